"""A doghouse for tests that speak to one over HTTP: the application in this process, or the whole server on a port of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from doghouse import running, server
from doghouse.running import House
from doghouse.storage import config
from doghouse.storage.config import Settings
from doghouse.time.clock import Clock

API_KEY, APP_KEY = "a" * 32, "b" * 40


SAFE = {"GET", "HEAD", "OPTIONS"}


def writes(app: Starlette) -> list[tuple[str, str]]:
    """Method and path of every route that changes something, with something in the place of its parameters."""
    return [
        (method, "/".join("1" if part.startswith("{") else part for part in route.path.split("/")))
        for route in app.routes
        if isinstance(route, Route)
        for method in sorted((route.methods or set()) - SAFE)
    ]


class Api:
    """A doghouse with a clock that stands still, spoken to over HTTP with both keys."""

    def __init__(self, client: httpx.Client, clock: Clock) -> None:
        self.client = client
        self.clock = clock

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        if body is not None:
            options["json"] = body
        return self.client.request(method, path, **options)

    def ok(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """The answer's JSON; the status must be one of success."""
        answer = self(method, path, body, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
        """The status and first error of an answer."""
        answer = self(method, path, body, **options)
        return answer.status_code, answer.json()["errors"][0]


class Server(Api):
    """A server on a port of its own."""

    def __init__(self, house: House) -> None:
        super().__init__(httpx.Client(base_url=house.url, headers=house.headers, timeout=60), house.clock)
        self.house = house
        self.url = house.url


@contextmanager
def opened(folder: config.DataFolder, clock: Clock) -> Iterator[Api]:
    """The application in this process, over a data folder."""
    app = server.build(folder, config.KeyPair(API_KEY, APP_KEY), clock, Settings(time_travel=True))
    keys = {"dd-api-key": API_KEY, "dd-application-key": APP_KEY}
    with TestClient(app, base_url="http://127.0.0.1", headers=keys) as client:
        yield Api(client, clock)


@contextmanager
def serving(folder: Path, clock: Clock) -> Iterator[Server]:
    """A server over a data folder."""
    with running.serve(folder, clock=clock) as house:
        served = Server(house)
        yield served
        served.client.close()
