"""What a folder of unit tests holds beside them: the monitors and downtimes of which tests may be missing."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.importing.monitor_files import collect
from doghouse.importing.things import DowntimeInFile, MonitorInFile, Thing, Unread


class Beside(Struct, frozen=True):
    """Monitors that can be tested and downtimes, each with where it stands; what could not be read, in sentences."""

    monitors: Sequence[tuple[str, mon.Definition]]
    downtimes: Sequence[tuple[str, dt.Downtime]]
    unread: Sequence[str]


def beside(folders: Sequence[str]) -> Beside:
    """What stands in folders. A monitor that doghouse does not evaluate cannot be tested and is left out; so is what is broken, which is said."""
    monitors, downtimes, unread = [], [], []
    for thing in (thing for folder in folders for thing in collect(folder)):
        try:
            if isinstance(thing, Unread) and thing.where not in folders:
                unread.append(f"{thing.where} {thing.text}, and is left out of the coverage")
            elif (monitor := _monitor(thing)) is not None:
                monitors.append((thing.where, monitor))
            elif isinstance(thing, DowntimeInFile) and not thing.remarks:
                downtimes.append((thing.where, dt.parse(thing.body, 0.0)))
        except (mon.MonitorError, dt.DowntimeError) as error:
            unread.append(f"{thing.where}: {error}, and is left out of the coverage")
    return Beside(monitors, downtimes, unread)


def _monitor(thing: Thing) -> mon.Definition | None:
    """The monitor of a thing, where it is one that can be tested."""
    if (
        not isinstance(thing, MonitorInFile)
        or thing.unknown
        or any(remark.severity == "error" for remark in thing.remarks)
    ):
        return None
    monitor = mon.parse(thing.body)
    return monitor if monitor.problem is None else None
