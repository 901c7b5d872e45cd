"""A listening socket whose connections are taken as they come, all that wait at once.

uvloop's own server takes one in each round of its loop, and each round serves what the connections before it ask for: of 900 that asked for 18,000 pages
the last was taken when nearly all of these had been written.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress

BACKLOG = 2048  # connections that may wait
AGAIN_S = 1.0  # later, where there is no file for one more


class Listening:
    """Begins to take connections, each for a protocol of its own; `close` ends it."""

    def __init__(self, listener: socket.socket, protocol: Callable[[], asyncio.Protocol]) -> None:
        self._listener, self._protocol = listener, protocol
        self._loop = asyncio.get_running_loop()
        self._again: asyncio.TimerHandle | None = None
        self._begun: set[asyncio.Task[None]] = set()
        listener.setblocking(False)
        listener.listen(BACKLOG)
        self._listen()

    def close(self) -> None:
        """Take no more."""
        self._loop.remove_reader(self._listener)
        if self._again is not None:
            self._again.cancel()

    async def wait_closed(self) -> None:
        """Nothing is left to wait for, as uvicorn asks of each of its servers."""

    def _listen(self) -> None:
        self._loop.add_reader(self._listener, self._take)

    def _take(self) -> None:
        for _ in range(BACKLOG):
            try:
                connection, _ = self._listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError:
                self._loop.remove_reader(self._listener)
                self._again = self._loop.call_later(AGAIN_S, self._listen)
                return
            connection.setblocking(False)
            task = self._loop.create_task(self._serve(connection))
            self._begun.add(task)
            task.add_done_callback(self._begun.discard)

    async def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):  # it is gone already
            await self._loop.connect_accepted_socket(self._protocol, connection)
