"""What backtests hand to monitors: points, runs of checks that are points, and the histories of a composite's members over the same stretch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from doghouse import monitors as mon
from doghouse.backtest.checkruns import runs_of
from doghouse.metrics.model import Source
from doghouse.monitors import Group, GroupHistory
from doghouse.monitors.definition import Objectives
from doghouse.monitors.records.model import RecordQuery
from doghouse.monitors.service_checks import Runs
from doghouse.monitors.windows.sharing import LastColumns
from doghouse.search.records import Records
from doghouse.slos.model import Objective

# A monitor's series, and the monitor to evaluate over them if it is another.
Points = Callable[[mon.Definition], tuple[Source, mon.Definition | None]]
NO_SLOS: Mapping[str, Objective] = {}
RunsOf = Callable[[mon.Definition], Callable[[int], Sequence[Runs]]]
RecordsOf = Callable[[RecordQuery], Records]


class MembersMissing(mon.MonitorError):
    """A composite, or an SLO of monitors, names monitors that are not given."""


def points_of(source: Source) -> Points:
    """The same points for every monitor."""
    return lambda _: (source, None)


def sources_of(
    monitor: mon.Definition,
    points: Points,
    members: Mapping[int, mon.Definition],
    start: int,
    end: int,
    runs: RunsOf | None = None,
    records: RecordsOf | None = None,
    slos: Mapping[str, Objective] = NO_SLOS,
    shared: LastColumns | None = None,
) -> mon.Sources:
    """What a monitor may read over (start, end] (s UTC). `members` are the monitors that a composite or an SLO may name, by id; so are `slos`.

    `records` are logs, events and spans; `shared` keeps windows that other monitors look at too. Without `runs` those of checks are points
    (`checkruns`). Raises MembersMissing.
    """
    missing = [str(member) for member in monitor.members if member not in members]
    if missing:
        many = f"monitors {', '.join(missing)}, which are" if missing[1:] else f"monitor {missing[0]}, which is"
        raise MembersMissing("query", f"the composite names {many} not among those given")
    read: dict[int, Callable[[int], Sequence[Runs]]] = {}

    def checks(definition: mon.Definition) -> Callable[[int], Sequence[Runs]]:
        if id(definition) not in read:
            read[id(definition)] = runs_of(definition, points(definition)[0], start, end)
        return read[id(definition)]

    def histories(monitor_id: int) -> Mapping[Group, GroupHistory]:
        return members[monitor_id].over(sources, start, end).groups()

    objectives = Objectives(slos.get, members.get)
    sources = mon.Sources(
        points, runs or checks, histories=histories, records=records, objectives=objectives, shared=shared
    )
    return sources
