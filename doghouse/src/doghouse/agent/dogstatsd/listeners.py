"""The sockets that DogStatsD listens on: UDP on loopback, and a Unix socket of datagrams."""

from __future__ import annotations

import contextlib
import logging
import queue
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from doghouse.agent.dogstatsd.intake import StatsdIntake

UDP_LIMIT_BYTES = 65535
POLL_S = 0.5  # how long a socket is waited for before it is looked whether to stop
TAKE_S = 5.0  # how long stopping waits for what was read to be taken
RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
WAITING = 20_000  # packets that were read and wait to be taken; more are dropped, and counted
_logger = logging.getLogger("doghouse.agent.dogstatsd")


def udp(host: str, port: int) -> socket.socket:
    """A UDP socket. Raises OSError."""
    return _bound(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), (host, port))


def unix(path: str) -> socket.socket:
    """A Unix socket of datagrams that anyone on this machine may write to, as the Agent's; a stale one is replaced. Raises OSError."""
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_socket():
        place.unlink()
    bound = _bound(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), path)
    place.chmod(0o722)
    return bound


def _bound(unbound: socket.socket, address: object) -> socket.socket:
    try:
        unbound.bind(address)  # type: ignore[arg-type]
    except OSError:
        unbound.close()
        raise
    with contextlib.suppress(OSError):
        unbound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
    unbound.settimeout(POLL_S)
    return unbound


class Listeners:
    """Threads that read sockets until they are stopped, and one that takes what they read.

    Reading is kept apart because a Unix socket holds ten datagrams (net.unix.max_dgram_qlen), and clients drop what does not fit.
    """

    def __init__(self, intake: StatsdIntake, now: Callable[[], float]) -> None:
        self._intake = intake
        self._now = now
        self._stop = threading.Event()
        self._packets: queue.SimpleQueue[tuple[bytes, float] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._taker = threading.Thread(target=self._take, name="dogstatsd", daemon=True)
        self._paths: list[str] = []

    def open(self, host: str, port: int, path: str) -> None:
        """Listen where it is asked (port 0, empty path: not). A warning is logged for what can't be opened, and the rest goes on."""
        if port:
            self._start(f"UDP port {port}", lambda: udp(host, port))
        if path and self._start(f"the socket {path}", lambda: unix(path)):
            self._paths.append(path)

    def close(self) -> None:
        """Stop once everything that was read is taken, and remove the Unix socket."""
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * POLL_S)
        self._packets.put(None)
        if self._threads:
            self._taker.join(TAKE_S)
        for path in self._paths:
            Path(path).unlink(missing_ok=True)

    def _start(self, where: str, make: Callable[[], socket.socket]) -> bool:
        try:
            opened = make()
        except OSError as error:
            _logger.warning("DogStatsD can't listen on %s: %s; nothing is received there", where, error.strerror)
            return False
        if not self._threads:
            self._taker.start()
        thread = threading.Thread(target=self._read, args=(opened,), name="dogstatsd", daemon=True)
        thread.start()
        self._threads.append(thread)
        return True

    def _read(self, opened: socket.socket) -> None:
        """Read until it is stopped, and then what is left in the socket."""
        with opened:
            while True:
                try:
                    packet = opened.recv(UDP_LIMIT_BYTES)
                except (TimeoutError, BlockingIOError):
                    if self._stop.is_set():
                        return
                    continue
                except OSError as error:
                    _logger.error("DogStatsD can't receive: %s", error.strerror)
                    return
                if self._stop.is_set():
                    opened.setblocking(False)
                if self._packets.qsize() < WAITING:
                    self._packets.put((packet, self._now()))
                else:
                    self._intake.received.dropped += 1

    def _take(self) -> None:
        while (packet := self._packets.get()) is not None:
            self._intake.take(*packet)
