"""The bakery over a real PostgreSQL: its routes asked in this process, or served."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from companion.app import web
from companion.demo import postgres
from companion.demo.children import Stop


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """Where the database is, as libpq is told."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # the database's user has to reach its own folder
        with postgres.running(Path(folder), Stop()) as database:
            yield database.libpq(postgres.APP)


@pytest.fixture
def app(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Flask:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("companion.app.logs.configure", lambda _: None)  # pytest's own handlers stay
    return web.create()


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The app's address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
