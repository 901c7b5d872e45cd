"""Connections with an end: one whose request does not arrive, whose client is gone or reads no answer, or that is one too many, is dropped.

The time for a body is `doghouse.web.body.receiving`'; an idle connection is uvicorn's (`timeout_keep_alive`).
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from typing import Any, cast

import httptools
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from doghouse.web import errors
from doghouse.web.body.limits import CONNECTIONS, HEAD_BYTES, HEAD_S, UNREAD_S

log = logging.getLogger(__name__)

SAY_EVERY_S = 60  # that there are too many
SPARE_FILES = 512  # for databases, of which each thread has files of its own, and for clients of other servers


class Together:
    """A connection's transport that sends at once what is written in one turn of the loop.

    uvicorn writes the head of an answer, then its body. Sent apart they wake a client twice: over one connection a body of 1,000 points took a tenth longer.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send something soon."""
        if not self._written:
            self._loop.call_soon(self.send)
        self._written.append(data)

    def send(self) -> None:
        """Send what is written, unless the client is gone: of several requests uvicorn tells only the newest that it is."""
        if self._written and not self._transport.is_closing():
            self._transport.writelines(self._written)
        self._written = []

    def close(self) -> None:
        """Send what is written, and no more."""
        self.send()
        self._transport.close()


class Bounded(HttpToolsProtocol):
    """uvicorn's protocol, with a time and a size for what comes before a request's headers are whole."""

    most = CONNECTIONS
    said_at: float | None = None  # of all connections, when it was last said that there are too many (s of the loop)
    _late: asyncio.TimerHandle | None = None
    _before_head = 0  # bytes
    _came = b""  # the newest bytes

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        self._answers = Together(transport, self.loop)
        super().connection_made(cast(asyncio.Transport, self._answers))
        if len(self.connections) > self.most:
            self._say()
            transport.abort()
            return
        _watch_client(transport.get_extra_info("socket"))
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what has come. What comes while no request is under way is the head of the next, or nothing that there is time for."""
        self._came = data
        super().data_received(data)
        if self.transport.is_closing() or not self._is_idle():
            return
        self._before_head += len(data)
        if self._before_head > HEAD_BYTES:
            self._drop()
        elif self._late is None and self.timeout_keep_alive_task is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """A request is under way, unless it asks for an upgrade: then it is read anew.

        One that does not say which host it is for is refused, and nothing more is read of its connection.
        """
        self._stop_waiting()
        if self._get_upgrade() is not None:
            return
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            self.app = _refuse_host
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """A request is whole, unless it is to be read anew."""
        if self._get_upgrade() is None:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Send the answer, and go on to the next request."""
        self._answers.send()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _unsupported_upgrade_warning(self) -> None:
        """Pass an upgrade over (RFC 9110, 7.8), without a word in the log: read the request again as one that asks for none, for its body was left out."""
        upgrade = sys.exception()
        if self._get_upgrade() is None or upgrade is None:  # CONNECT
            return
        headers = [
            (name, value) for name, value in self.headers if name not in (b"connection", b"upgrade", b"http2-settings")
        ]
        if any(name == b"connection" and b"close" in value.lower() for name, value in self.headers):
            headers.append((b"connection", b"close"))
        version = self.parser.get_http_version().encode()
        head = [self.parser.get_method(), b" ", self.url, b" HTTP/", version, b"\r\n"]
        lines = [part for name, value in headers for part in (name, b": ", value, b"\r\n")]
        self.parser = httptools.HttpRequestParser(self)
        super().data_received(b"".join([*head, *lines, b"\r\n", self._came[upgrade.args[0] :]]))

    def _say(self) -> None:
        now, last = self.loop.time(), type(self).said_at
        if last is None or now - last >= SAY_EVERY_S:
            type(self).said_at = now
            log.warning("doghouse: %d connections are open, as many as can be: more are closed at once", self.most)

    def _is_idle(self) -> bool:
        cycle: Any = self.cycle
        return cycle is None or (cycle.response_complete and not self.pipeline)

    def _wait(self) -> None:
        self._late = self.loop.call_later(HEAD_S, self._drop)

    def _stop_waiting(self) -> None:
        self._before_head = 0
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _drop(self) -> None:
        self._stop_waiting()
        self.transport.abort()


async def _refuse_host(scope: Scope, receive: Receive, send: Send) -> None:
    error = errors.not_one_host()
    await JSONResponse(error.body, error.status, {"Connection": "close"})(scope, receive, send)


def _watch_client(client: Any) -> None:
    """Have the kernel find out that a client is gone, or takes nothing of an answer any more."""
    if client is None or client.family not in (socket.AF_INET, socket.AF_INET6):
        return
    client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_S * 1000)


def most(files: int) -> int:
    """How many connections a process can have that may open so many files."""
    return max(1, min(CONNECTIONS, files - SPARE_FILES, files * 3 // 4))
