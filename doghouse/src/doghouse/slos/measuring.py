"""An SLO over a stretch of time: what was good of what there was, as a whole and row by row.

What monitors were in each minute is handed in (`States`), for monitors come after SLOs: an alert of an SLO is a monitor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from doghouse.metrics.model import Source
from doghouse.queries import Window, evaluate, group_keys
from doghouse.queries.language.tree import COMPARISONS
from doghouse.slos.corrections import covered
from doghouse.slos.counting import events
from doghouse.slos.model import Counts, Objective, Slices, Uptime
from doghouse.slos.tally import Measured, Tally
from doghouse.tags.pairs import group_text
from doghouse.time.lengths import MINUTE

UP, DOWN, UNKNOWN = 0, 1, 2  # SLOHistorySLIData of the schema
Codes = NDArray[np.int8]
# A monitor's id, from and to (s UTC, full minutes) → its name, and for each group (`host:a`; empty: the whole) what it was in each minute.
States = Callable[[int, int, int], tuple[str, Mapping[str, Codes]]]


def measured(objective: Objective, points: Source, states: States, start: int, end: int) -> Measured:
    """The SLO over the minutes (or slices) that begin in [start, end) (s UTC), corrections applied. Raises NotEvaluated."""
    start = -(-start // MINUTE) * MINUTE
    match objective.sli:
        case Counts() as sli:
            result = _counted(sli, points, start, end)
        case Uptime() as sli:
            result = _uptime(sli, states, start, end)
        case Slices() as sli:
            result = _sliced(sli, points, start, end)
    return _corrected(result, objective) if objective.corrections else result


def _counted(sli: Counts, points: Source, start: int, end: int) -> Measured:
    """GUESS: the whole of a grouped SLO is the sum of all its groups."""
    good, total = (events(expression, points, start, end) for expression in (sli.good, sli.total))
    none = np.zeros(max(0, -(-(end - start) // MINUTE)))
    rows = {
        group_text(group): Tally(start, MINUTE, good.get(group, none), total.get(group, none))
        for group in sorted({*good, *total})
    }
    whole = [sum(side.values(), none) for side in (good, total)]
    by = group_keys(sli.total)
    return Measured(Tally(start, MINUTE, whole[0], whole[1]), rows if by else {}, by)


def _uptime(sli: Uptime, states: States, start: int, end: int) -> Measured:
    """A minute is up only where every monitor and every group that counts is. GUESS: one that none of them knows anything of is not counted."""
    read = {monitor_id: states(monitor_id, start, end) for monitor_id in sli.monitors}
    minutes = max(0, -(-(end - start) // MINUTE))
    rows: dict[str, Codes] = {}
    for number, (name, groups) in read.items():
        counted = {group: codes for group, codes in groups.items() if not sli.groups or group in sli.groups}
        if len(read) > 1:
            rows[f"{number} {name}"] = _all_of(list(counted.values()), minutes)
        else:
            rows |= counted
    overall = _timed(_all_of(list(rows.values()), minutes), start)
    shown = {} if set(rows) <= {""} else {name: _timed(codes, start) for name, codes in rows.items()}
    return Measured(overall, shown)


def _all_of(rows: Sequence[Codes], minutes: int) -> Codes:
    """Down where one is, up where one is and none is down, else unknown."""
    worst = {UNKNOWN: 0, UP: 1, DOWN: 2}
    order = np.array([worst[UP], worst[DOWN], worst[UNKNOWN]], np.int8)
    back = np.array([UNKNOWN, UP, DOWN], np.int8)
    nothing = np.zeros(minutes, np.int8)
    return back[reduce(np.maximum, (order[codes] for codes in rows), nothing)]


def _timed(codes: Codes, start: int) -> Tally:
    return Tally(start, MINUTE, (codes == UP) * float(MINUTE), (codes != UNKNOWN) * float(MINUTE))


def _sliced(sli: Slices, points: Source, start: int, end: int) -> Measured:
    """A slice without data counts as up (service_level_objectives/time_slice); the whole is up where every group is."""
    start = -(-start // sli.interval) * sli.interval
    slices = max(0, (end - start) // sli.interval)
    window = Window(start, start + slices * sli.interval, sli.interval, max_points=None)
    length = np.full(slices, float(sli.interval))
    up = np.ones(slices, np.bool_)
    rows = {}
    for series in evaluate(sli.expression, points, window) if slices else ():
        there = ~np.isnan(series.values)
        place = (series.ts[there] - start) // sli.interval
        mine = np.ones(slices, np.bool_)
        mine[place] = COMPARISONS[sli.comparator](series.values[there], sli.threshold)
        up &= mine
        rows[",".join(series.tag_set)] = Tally(start, sli.interval, length * mine, length)
    by = group_keys(sli.expression)
    return Measured(Tally(start, sli.interval, length * up, length), rows if by else {}, by)


def _corrected(result: Measured, objective: Objective) -> Measured:
    """In a correction neither events nor monitors' time are counted; slices count as up (service_level_objectives, corrections)."""
    inside = covered(objective.corrections, result.overall.times)

    def corrected(tally: Tally) -> Tally:
        return tally.up(inside) if isinstance(objective.sli, Slices) else tally.without(inside)

    return Measured(
        corrected(result.overall), {name: corrected(tally) for name, tally in result.rows.items()}, result.by
    )
