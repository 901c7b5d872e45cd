"""The sockets that DogStatsD listens on: UDP on loopback, and a Unix socket of datagrams."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from doghouse.agent.dogstatsd.intake import StatsdIntake

UDP_LIMIT_BYTES = 65535
POLL_S = 0.5  # how long stopping may take
RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
_logger = logging.getLogger("doghouse.agent.dogstatsd")


def udp(port: int) -> socket.socket:
    """A UDP socket on 127.0.0.1. Raises OSError."""
    return _bound(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), ("127.0.0.1", port))


def unix(path: str) -> socket.socket:
    """A Unix socket of datagrams that anyone on this machine may write to, as the Agent's; a stale one is replaced. Raises OSError."""
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_socket():
        place.unlink()
    bound = _bound(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), path)
    place.chmod(0o722)
    return bound


def _bound(made: socket.socket, address: object) -> socket.socket:
    try:
        made.bind(address)  # type: ignore[arg-type]
    except OSError:
        made.close()
        raise
    with contextlib.suppress(OSError):
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
    made.settimeout(POLL_S)
    return made


class Listeners:
    """Threads that read sockets until they are stopped."""

    def __init__(self, intake: StatsdIntake, now: Callable[[], float]) -> None:
        self._intake = intake
        self._now = now
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._paths: list[str] = []

    def open(self, port: int, path: str) -> None:
        """Listen where it is asked (port 0, empty path: not). What can't be opened is said, and the rest goes on."""
        if port:
            self._start(f"UDP port {port}", lambda: udp(port))
        if path and self._start(f"the socket {path}", lambda: unix(path)):
            self._paths.append(path)

    def close(self) -> None:
        """Stop, and take the Unix socket away."""
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * POLL_S)
        for path in self._paths:
            Path(path).unlink(missing_ok=True)

    def _start(self, where: str, make: Callable[[], socket.socket]) -> bool:
        try:
            opened = make()
        except OSError as error:
            _logger.warning("DogStatsD can't listen on %s: %s; nothing is received there", where, error.strerror)
            return False
        thread = threading.Thread(target=self._read, args=(opened,), name="dogstatsd", daemon=True)
        thread.start()
        self._threads.append(thread)
        return True

    def _read(self, opened: socket.socket) -> None:
        with opened:
            while not self._stop.is_set():
                try:
                    packet = opened.recv(UDP_LIMIT_BYTES)
                except TimeoutError:
                    continue
                except OSError as error:
                    _logger.error("DogStatsD can't receive: %s", error.strerror)
                    return
                self._intake.take(packet, self._now())
