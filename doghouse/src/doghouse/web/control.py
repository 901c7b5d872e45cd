"""doghouse's own paths under `/doghouse/`: what Datadog does not have and tests need."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from starlette.routing import BaseRoute

from doghouse.storage import backup
from doghouse.time.clock import Clock
from doghouse.web import errors
from doghouse.web.http import Call, Reply, endpoint, parse_instant


class Moment(Struct):
    """`now`: an ISO 8601 time at which the clock stands still, or null to follow the wall clock."""

    now: str | None


def clock_routes(clock: Clock) -> list[BaseRoute]:
    """`POST /doghouse/clock` sets the server's time: served with `--time-travel` alone."""

    def set_clock(call: Call) -> Reply:
        """Stop the clock, or let it go."""
        moment = call.json(Moment).now
        clock.set(None if moment is None else parse_instant(moment))
        return Reply({"now": clock.now()})

    return [endpoint("POST", "/doghouse/clock", set_clock)]


class Copy(Struct):
    """`folder`: the absolute path of the copy, on the server's machine; it must be new or empty."""

    folder: str


def backup_routes(data: Path, stores: Sequence[backup.Store]) -> list[BaseRoute]:
    """`POST /doghouse/backup`, which `doghouse backup` asks for; it wants both keys."""
    one_at_a_time = threading.Lock()

    def copy(call: Call) -> Reply:
        """Make the copy, and say how large it is."""
        target = Path(call.json(Copy).folder)
        with one_at_a_time:
            try:
                size = backup.copy(target, data, stores)
            except backup.BackupError as error:
                raise errors.no_backup(str(error)) from None
        return Reply({"folder": str(target), "bytes": size})

    return [endpoint("POST", "/doghouse/backup", copy)]
