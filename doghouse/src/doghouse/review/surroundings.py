"""What the monitors of a side go by besides themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from doghouse import monitors as mon
from doghouse.downtimes import Downtime
from doghouse.importing.things import DowntimeInFile, MonitorInFile, SloInFile
from doghouse.monitors import Definition
from doghouse.monitors.notification_rules import Rules
from doghouse.review import effects
from doghouse.review.model import Side
from doghouse.slos.files import objective
from doghouse.slos.model import Objective, SloError


class Surroundings(Struct, frozen=True):
    """The monitors that composites and objectives name, the objectives, the downtimes, the notification rules."""

    members: Mapping[int, Definition]
    slos: Mapping[str, Objective]
    downtimes: Sequence[Downtime]
    rules: Rules


def surroundings(side: Side, now: float, downtimes: Sequence[Downtime], rules: Rules) -> Surroundings:
    """Of a side, with the downtimes and rules that are given beside it. A downtime without a start starts at `now` (s UTC). What is wrong is left out."""
    own = effects.downtimes([thing for thing in side.things if isinstance(thing, DowntimeInFile)], now)
    return Surroundings(
        {monitor.id: monitor for _, monitor in parsed(side) if monitor and monitor.id},
        dict(_objectives(side)),
        [*downtimes, *(downtime for _, downtime in own)],
        [*rules, *(rule for named in side.rules for rule in named.rules)],
    )


def parsed(side: Side) -> Iterator[tuple[MonitorInFile, Definition | None]]:
    """Each monitor with its definition; None where it cannot be read, which lint says."""
    for thing in side.things:
        if isinstance(thing, MonitorInFile):
            try:
                yield thing, None if thing.unknown else mon.parse(thing.body)
            except mon.MonitorError:
                yield thing, None


def _objectives(side: Side) -> Iterator[tuple[str, Objective]]:
    for thing in side.things:
        if isinstance(thing, SloInFile):
            try:
                slo = objective(thing.body)
            except SloError:
                continue
            yield slo.id, slo
