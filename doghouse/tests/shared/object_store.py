"""A server that speaks S3 (moto's), on this machine, which says what was asked of it; and one of plain files, as web servers are."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from werkzeug.serving import make_server

BUCKET = "history"


@dataclass
class Asked:
    """A request: its method, its path, and how many bytes the answer had."""

    method: str
    path: str
    bytes: int


@dataclass
class Served:
    """A server on this machine, and what it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    parts: int | None = None  # of each answer so many pieces are sent, all where this is None

    def read(self, path: str = "") -> list[Asked]:
        """The reads of objects whose paths have this in them."""
        return [
            request
            for request in self.asked
            if request.method == "GET" and path in request.path and ".parquet" in request.path
        ]

    def bytes(self, path: str = "") -> int:
        """How many bytes these came to."""
        return sum(request.bytes for request in self.read(path))


@contextmanager
def serving(app: Callable[..., Any]) -> Iterator[Served]:
    """Serve a WSGI application."""
    served = Served("")

    def counted(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        parts = list(app(environ, start))
        served.asked.append(Asked(environ["REQUEST_METHOD"], environ["PATH_INFO"], sum(map(len, parts))))
        return parts[: served.parts]

    server = make_server("127.0.0.1", 0, counted, threaded=True)
    served.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def s3(patch: pytest.MonkeyPatch) -> Iterator[Served]:
    """An S3 with one bucket, which the environment names."""
    moto = pytest.importorskip("moto.server")

    for name, value in (
        ("AWS_ACCESS_KEY_ID", "not-a-key"),
        ("AWS_SECRET_ACCESS_KEY", "hidden-secret"),
        ("AWS_REGION", "us-east-1"),
    ):
        patch.setenv(name, value)
    with serving(moto.DomainDispatcherApplication(moto.create_backend_app)) as served:
        patch.setenv("AWS_ENDPOINT_URL", served.url)
        httpx.post(f"{served.url}/moto-api/reset").raise_for_status()  # what tests before this one left
        make_bucket(served.url)
        served.asked.clear()
        yield served


def make_bucket(url: str) -> None:
    """Make the bucket, as its owner did once."""
    import http.client
    from urllib.parse import urlsplit

    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    auth = "AWS4-HMAC-SHA256 Credential=not-a-key/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
    connection.request("PUT", f"/{BUCKET}", headers={"Authorization": auth})
    assert connection.getresponse().status == 200


@contextmanager
def web(folder: Path) -> Iterator[Served]:
    """A web server of a folder's files, which answers with ranges of them."""
    from flask import Flask, send_from_directory

    app = Flask("files")
    app.add_url_rule("/<path:name>", "file", lambda name: send_from_directory(folder, name, conditional=True))
    with serving(app) as served:
        yield served
