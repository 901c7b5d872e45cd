from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from doghouse import config, server
from doghouse.time.clock import Clock

API_KEY, APP_KEY = "a" * 32, "b" * 40
NOW = datetime.fromisoformat("2026-03-02T10:00:00Z").timestamp()


class Api:
    """A doghouse with a clock that stands still, spoken to over HTTP."""

    def __init__(self, client: TestClient, clock: Clock) -> None:
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


@contextmanager
def opened(folder: config.DataFolder, clock: Clock) -> Iterator[Api]:
    """A doghouse over a data folder."""
    app = server.build(folder, config.KeyPair(API_KEY, APP_KEY), clock, config.Settings(time_travel=True))
    keys = {"dd-api-key": API_KEY, "dd-application-key": APP_KEY}
    with TestClient(app, base_url="http://127.0.0.1", headers=keys) as client:
        yield Api(client, clock)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def open_api(tmp_path: Path, clock: Clock) -> Iterator[Callable[[], Api]]:
    """Opens the same data folder as often as asked: what was stored must be there again."""
    folder = config.own(tmp_path / "data")
    with ExitStack() as stack:
        yield lambda: stack.enter_context(opened(folder, clock))
    folder.release()


@pytest.fixture
def api(open_api: Callable[[], Api]) -> Api:
    return open_api()
