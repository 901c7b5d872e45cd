"""Giving bodies to a second process while this one is decoding others: one interpreter decodes on one core alone."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections import deque

import msgspec
import numpy as np

from doghouse import errors
from doghouse.metrics.batch import Numbered
from doghouse.metrics.decoding.helper import ANSWER, FRAME, Answer
from doghouse.metrics.index import SeriesIndex
from doghouse.metrics.model import Ints

START_AFTER = 200  # bodies that would have had to wait: a helper is worth its memory under load alone
WAITING_LIMIT = 2  # bodies at the helper: one in work and one that is next
SMALLEST_BYTES = 8 * 1024  # a smaller body is decoded sooner than sent


class Helper:
    """The second process, started when it is first worth while. All of this runs on the event loop."""

    def __init__(self, index: SeriesIndex) -> None:
        self._index = index
        self._wished = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._peer: socket.socket | None = None
        self._numbers: Ints = np.empty(0, np.int64)  # of the helper's series, in its order
        self._waiting: deque[asyncio.Future[Answer | None]] = deque()
        self._sending = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None

    def is_free(self, body: bytes) -> bool:
        """Whether a body that would have to wait here had better go to the helper."""
        if len(body) < SMALLEST_BYTES:
            return False
        if self._peer is None:
            self._wished += 1
            if self._wished >= START_AFTER:
                self._start()
            return False
        return len(self._waiting) < WAITING_LIMIT

    async def decode(self, body: bytes, kind: str) -> Numbered | None:
        """What the helper makes of a body; None if it is gone. Raises ApiError 400 where it cannot be read."""
        peer = self._peer
        if peer is None:
            return None
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Answer | None] = loop.create_future()
        self._waiting.append(answered)
        try:
            async with self._sending:
                await loop.sock_sendall(peer, FRAME.pack(len(body), kind.encode()) + body)
        except OSError:
            self._lose(peer)
        answer = await answered
        if answer is None:
            return None
        if answer.error is not None:
            raise errors.payload_unreadable(answer.error)
        return Numbered(
            self._numbers[np.frombuffer(answer.series, np.int32)],
            np.frombuffer(answer.counts, np.int32).astype(np.int64),
            np.frombuffer(answer.ts, np.float64),
            np.frombuffer(answer.value, np.float64),
        )

    def close(self) -> None:
        """Let the helper end, and wait for it."""
        if self._reading is not None:
            self._reading.cancel()
        if self._peer is not None:
            self._peer.close()
        if self._process is not None:
            self._process.wait()

    def _start(self) -> None:
        if self._process is not None:
            self._process.wait()
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "doghouse.metrics.decoding.helper"]
            self._process = subprocess.Popen(command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL)
        ours.setblocking(False)
        self._peer, self._numbers, self._wished = ours, np.empty(0, np.int64), 0
        self._reading = asyncio.get_running_loop().create_task(self._read(ours))

    async def _read(self, peer: socket.socket) -> None:
        """Take answers until the helper is gone."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                (length,) = ANSWER.unpack(await _exactly(loop, peer, ANSWER.size))
                answer = msgspec.msgpack.decode(await _exactly(loop, peer, length), type=Answer)
                fresh = [self._index.resolve(form) for form in answer.forms]
                self._numbers = np.concatenate([self._numbers, np.array(fresh, np.int64)])
                self._answer_next(answer)
        except OSError:
            self._lose(peer)

    def _answer_next(self, answer: Answer | None) -> None:
        answered = self._waiting.popleft()
        if not answered.done():  # whoever asked may have been cancelled
            answered.set_result(answer)

    def _lose(self, peer: socket.socket) -> None:
        """The helper is gone, and with it the bodies that it had."""
        if peer is self._peer:
            self._peer = None
            # The next helper's socket may get this number: the loop must not watch it for the one that is gone.
            asyncio.get_running_loop().remove_reader(peer.fileno())
            if self._reading is not None and self._reading is not asyncio.current_task():
                self._reading.cancel()
            peer.close()
            while self._waiting:
                self._answer_next(None)


async def _exactly(loop: asyncio.AbstractEventLoop, peer: socket.socket, size: int) -> bytes:
    """So many bytes. Raises ConnectionError when there are no more."""
    held = bytearray(size)
    view = memoryview(held)
    while view:
        count = await loop.sock_recv_into(peer, view)
        if not count:
            raise ConnectionError
        view = view[count:]
    return bytes(held)
