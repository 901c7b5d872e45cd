"""Runs a doghouse: in the foreground for `doghouse up`, or inside the calling process for tests and the pytest plugin.

    with running.serve(tmp_path, clock=Clock(1_772_445_600.0)) as house:
        httpx.get(f"{house.url}/api/v1/validate", headers=house.headers)
        house.clock.set(1_772_445_660.0)

`house.app.state` holds what `server.build` put there. The server listens on a free port of 127.0.0.1;
it is stopped and its data folder released when the block ends.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import resource
import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from doghouse.storage import config
from doghouse.storage.config import ConfigError, DataFolder, OptionError, Settings
from doghouse.time.clock import Clock

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import ASGIApp
    from uvicorn import Server

    from doghouse.web.chaos import Fault

KEY_NAMES, SHORTEST_KEY = ("DOGHOUSE_API_KEY", "DOGHOUSE_APP_KEY"), 16
GRACE_S = 3  # an answer under way when the server is told to stop gets this long
ROOM_BYTES = 8 * 1024 * 1024
OPEN_FILES = 16_384  # that the server's own process may have; many systems give 1,024 until a process asks for more


@dataclass(frozen=True, slots=True)
class House:
    """A doghouse that accepts requests."""

    url: str
    data: Path
    keys_file: Path
    api_key: str = field(repr=False)
    app_key: str = field(repr=False)
    clock: Clock
    app: Starlette
    front: ASGIApp = field(repr=False)  # what is served: `app` behind rate limits and, if asked for, faults

    @property
    def headers(self) -> dict[str, str]:
        """Both keys, as request headers."""
        return {"DD-API-KEY": self.api_key, "DD-APPLICATION-KEY": self.app_key}


@contextmanager
def serve(
    data: Path, *, clock: Clock | None = None, settings: Settings | None = None, port: int = 0
) -> Iterator[House]:
    """A doghouse over the folder `data`, in a thread of this process, for as long as the block lasts.

    Raises ConfigError where the folder or the port cannot be had.
    """
    with opened(data, "127.0.0.1", port, clock or Clock(), settings or Settings()) as (house, listener):
        ready = threading.Event()
        server = build_server(house.front, ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="doghouse", daemon=True)
        thread.start()
        while not ready.wait(0.05):
            if not thread.is_alive():
                raise ConfigError("the server did not start")
        try:
            yield house
        finally:
            server.should_exit = True
            thread.join()


def serve_forever(house: House, listener: socket.socket, ready: Callable[[], object]) -> None:
    """Serve on this thread until SIGTERM or Ctrl-C; `ready` is called once requests are accepted."""
    import signal

    more_files()
    # uvicorn stops at a signal, then raises it again for whoever had it before: nobody, so that the exit code is 0.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    build_server(house.front, ready).run(sockets=[listener])


@contextmanager
def opened(data: Path, host: str, port: int, clock: Clock, settings: Settings) -> Iterator[tuple[House, socket.socket]]:
    """The folder locked, the port bound and the stores open, but nothing served yet. Raises ConfigError."""
    from doghouse import server
    from doghouse.storage import failures, privacy
    from doghouse.web import chaos

    faults = chaos.parse(settings.chaos)
    settings = replace(settings, shared=is_shared(host))
    with listen(host, port) as listener, owned(data) as folder:
        check_room(folder.path)
        try:
            privacy.make_private(folder.path)
            pair = config.keys(folder)
            app = server.build(folder, pair, clock, settings)
            privacy.make_private(folder.path)  # what is new, too
        except Exception as error:
            failure = failures.sentence(error)
            if failure is None:
                raise
        else:
            failure = ""
        if failure:  # here, where the error and what it holds of the files is gone
            raise ConfigError(failure)
        app.state.url = address(listener)  # where links in notifications lead
        front = in_front(app, clock, settings, faults)
        keys = (pair.api_key, pair.app_key)
        yield House(app.state.url, folder.path, folder.keys_file, *keys, clock, app, front), listener


def check_room(path: Path) -> None:
    """Raise ConfigError where the disk has no room for a doghouse's own files."""
    free = shutil.disk_usage(path).free
    if free < ROOM_BYTES:
        raise ConfigError(
            f"the disk of the data folder {path} is full: {free // 1024} KiB are free, {ROOM_BYTES // 1024} are needed to start"
        )


def in_front(app: ASGIApp, clock: Clock, settings: Settings, faults: Sequence[Fault]) -> ASGIApp:
    """The application with what goes before it."""
    from doghouse.web.chaos import Chaos
    from doghouse.web.rate_limits import RateLimits

    limited = RateLimits(app, clock, settings.rate_limit)
    return Chaos(limited, faults, settings.seed) if faults else limited


def address(listener: socket.socket) -> str:
    """The URL of a socket; of one that listens everywhere, by this machine's name."""
    name, port = listener.getsockname()[:2]
    if ipaddress.ip_address(name).is_unspecified:
        name = socket.gethostname()
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


@contextmanager
def owned(data: Path) -> Iterator[DataFolder]:
    """The folder, locked for as long as the block lasts."""
    folder = config.own(data)
    try:
        yield folder
    finally:
        folder.release()


def is_shared(host: str) -> bool:
    """Whether others than this machine can reach an address. Raises OptionError where it is none, or where nobody set keys for them on purpose."""
    if ip_address(host).is_loopback:
        return False
    if any(len(os.environ.get(name, "")) < SHORTEST_KEY for name in KEY_NAMES):
        raise OptionError(
            f"the host {host} is not a loopback address: others could reach this doghouse. To share it, set {' and '.join(KEY_NAMES)}, "
            f"of {SHORTEST_KEY} signs at least (docs/sharing.md)"
        )
    return True


def ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An address to listen on. Raises OptionError."""
    try:
        return ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise OptionError(f"the host '{host}' is not an IP address or localhost") from None


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on an address; port 0 picks a free one. Raises ConfigError."""
    parsed = ip_address(host)
    listener = socket.socket(socket.AF_INET6 if parsed.version == 6 else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((str(parsed), port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        why = "is in use by another program" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        raise ConfigError(f"port {port} of {host} {why}; choose another with --port (0 picks a free one)") from None
    return listener


def build_server(app: ASGIApp, ready: Callable[[], object]) -> Server:
    """A uvicorn server for the application, which calls `ready` once it accepts requests."""
    import uvicorn

    from doghouse.web import connections, listening
    from doghouse.web.body import limits

    class Bounded(connections.Bounded):
        most = connections.most(open_files())

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup([])

            def protocol() -> Bounded:
                return Bounded(self.config, self.server_state, self.lifespan.state)

            self.servers: list[Any] = [listening.Listening(listener, protocol) for listener in sockets or ()]
            if self.started:
                ready()

    return Announcing(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=GRACE_S,
            http=Bounded,
            timeout_keep_alive=limits.IDLE_S,
            server_header=False,
            proxy_headers=False,  # nothing stands between a client and a server on loopback
        )
    )


def open_files() -> int:
    """How many files this process may have open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return OPEN_FILES if soft == resource.RLIM_INFINITY else soft


def more_files() -> None:
    """Let this process have as many files open as it needs, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
