"""Records in memory for tests, and what a monitor over them does, tick by tick and in columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from doghouse import monitors as mon
from doghouse.backtest.run import Backtest, replay
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Source, no_columns
from doghouse.monitors.definition import Definition
from doghouse.monitors.records.alert import RecordAlert
from doghouse.search.record import Record
from doghouse.search.records import Lines

T0 = int(datetime.fromisoformat("2026-03-02T10:00:00Z").timestamp())
RESERVED = ("service", "status", "host", "source")
Line = tuple[int, Record]


def lines(*at: float, message: str = "", tags: Iterable[str] = (), **values: Any) -> list[Line]:
    """Equal records at so many seconds after T0 each; `values` are reserved attributes where they have such a name, else attributes."""
    reserved = {name: [values.pop(name)] for name in RESERVED if name in values}
    return [(int((T0 + when) * 1000), Record(message, reserved, list(tags), values)) for when in at]


def sources(records: Iterable[Line], points: Source | None = None) -> mon.Sources:
    """These records for whatever asks for some, and points."""
    stored, series = Lines(records), MemorySource([], no_columns()) if points is None else points
    return mon.Sources(lambda _: (series, None), records=lambda _: stored)


def alert(query: str, type: str = "log alert", message: str = "", name: str = "", **options: Any) -> mon.Definition:
    """A monitor of records."""
    return mon.parse({"type": type, "query": query, "message": message, "name": name, "options": options})


def replayed(monitor: mon.Definition, read: mon.Sources, minutes: int) -> Backtest:
    """What the monitor does from T0 on."""
    return replay(monitor, read, T0, T0 + 60 * minutes)


def changes(monitor: mon.Definition, read: mon.Sources, minutes: int) -> list[str]:
    """Its transitions: `10:02 Triggered`, with `a,b` the values of its group in front. That stepping it gives the same is asserted."""
    backtest = replayed(monitor, read, minutes)
    stepped = Definition.over(monitor, read, T0, T0 + 60 * minutes).groups()
    assert _whole(timeline.history for timeline in backtest.timelines) == _whole(
        timeline.history for timeline in stepped.values()
    )
    return [
        f"{','.join(value for _, value in group)} {shown(transition)}".strip()
        for group, transition in backtest.transitions()
    ]


def _whole(histories: Iterable[mon.History]) -> list[tuple[str, list[int]]]:
    """What the histories say of groups that were evaluated at all; a value that there is not is equal to itself."""
    return sorted(
        (repr(history.transitions()), history.statuses.tolist()) for history in histories if history.statuses.any()
    )


def shown(transition: mon.Transition) -> str:
    """`10:02 Triggered`."""
    return f"{datetime.fromtimestamp(transition.at, UTC):%H:%M} {transition.word}"


def values(monitor: mon.Definition, read: mon.Sources, minutes: int) -> Mapping[str, list[float | None]]:
    """What each group's windows are worth, by the values of its group; None where there is nothing."""
    assert isinstance(monitor, RecordAlert)
    return {
        ",".join(value for _, value in column.group): [
            None if math.isnan(value) else value for value in column.values.tolist()
        ]
        for column in monitor.columns(read, T0 + 60 * np.arange(1, minutes + 1))
    }
