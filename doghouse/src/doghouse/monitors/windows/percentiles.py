"""`percentile(last_5m):p95:m{*}`: every value that a distribution had in the window, taken together (metrics/distributions).

GUESS: the whole window is one bucket, and arithmetic is done on what each metric query gives for it; a `.rollup` plays no part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd

import numpy as np

from doghouse.metrics.distributions.sketches import Sketches
from doghouse.metrics.door import SketchSource
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Ints, Series, Source, no_columns
from doghouse.monitors.query import MAY_MISS, Windows, full_bucket
from doghouse.monitors.windows.columns import Bools, Group, GroupColumn, outermost_of, seen_where_valued
from doghouse.monitors.windows.sliding import full_windows
from doghouse.monitors.windows.streams import grouped
from doghouse.queries import MonitorQuery, NotEvaluated, Window
from doghouse.queries.evaluation.arithmetic import Value
from doghouse.queries.evaluation.compute import compute
from doghouse.queries.evaluation.context import Context
from doghouse.queries.evaluation.distributions import aggregated
from doghouse.queries.evaluation.engine import FrameValues, apply
from doghouse.queries.evaluation.frames import Frame
from doghouse.queries.functions import catalogue
from doghouse.queries.language import tree
from doghouse.queries.scopes import select

AGGREGATOR = "percentile"
STEP_S = 10  # in which distributions arrive
NOWHERE = Context.of(MemorySource([], no_columns()), Window(0, STEP_S))


def columns(query: MonitorQuery, source: Source, over: Windows, full: bool) -> Iterator[GroupColumn]:
    """Every group's column; see `evaluation.window_columns`. Raises NotEvaluated."""
    if query.change is not None:
        raise NotEvaluated("a change of percentiles over time")
    values = _Percentiles(source, over, {}, NOWHERE)
    frame = compute(query.expression, values)
    if not isinstance(frame, Frame):
        raise NotEvaluated("an expression without a metric")
    for row, group in enumerate(frame.groups):
        column = np.where(frame.points[row], frame.values[row], np.nan)
        ts = values.seen(group)
        complete = _full(query, over, ts) if full else None
        yield seen_where_valued(group, column, complete, outermost_of(ts, over), over)


def _full(query: MonitorQuery, over: Windows, ts: Ints) -> Bools:
    """Which windows are full; those of a running hour or day differ in length."""
    bucket, edges = full_bucket(query), zip(over.starts.tolist(), over.ends.tolist(), strict=True)
    return np.array([full_windows(ts, np.array([end]), end - start, bucket, MAY_MISS)[0] for start, end in edges])


@dataclass(frozen=True, slots=True)
class _Percentiles(FrameValues):
    """The parts of an expression as frames with a row for each group and a column for each tick. `times`: when each group had values."""

    source: Source
    over: Windows
    times: dict[Group, list[Ints]]
    context: Context

    def leaf(self, leaf: tree.Leaf) -> Value:
        """A metric query over the windows, or a number. Raises NotEvaluated for a metric that is no distribution."""
        if isinstance(leaf, tree.Number):
            return leaf.value
        if not isinstance(leaf, tree.MetricQuery):
            raise NotEvaluated("a percentile over time of anything but metrics")
        chosen = select(leaf.scope, self.source.find(leaf.metric))
        if chosen and not self._has_sketches(chosen):
            raise NotEvaluated(f"a percentile over time of {leaf.metric}, which is no distribution")
        groups = grouped(chosen, leaf.by)
        values = np.full((len(groups), len(self.over.ticks)), np.nan)
        for row, (group, sketches) in enumerate(zip(groups, self._read(list(groups.values())), strict=True)):
            self.times.setdefault(group, []).append(sketches.ts)
            low, high = (np.searchsorted(sketches.ts, edge) for edge in (self.over.starts, self.over.ends))
            for tick in np.flatnonzero(low < high):
                values[row, tick] = aggregated(leaf.aggregator, sketches.together(int(low[tick]), int(high[tick])))[0]
        return Frame(self.over.ticks, values, ~np.isnan(values), tuple(groups), STEP_S)

    def _has_sketches(self, chosen: Sequence[Series]) -> bool:
        return isinstance(self.source, SketchSource) and all(series.type == "distribution" for series in chosen)

    def _read(self, groups: Sequence[Sequence[Series]]) -> list[Sketches]:
        """The sketches of each of these groups, by time, none of which lies in a window in part only."""
        if not groups:
            return []
        assert isinstance(self.source, SketchSource)  # see `leaf`
        ids = np.array([series.id for members in groups for series in members], np.int64)
        numbers = np.repeat(np.arange(len(groups)), [len(members) for members in groups])
        step = gcd(STEP_S, *self.over.starts.tolist(), *self.over.ends.tolist())
        read = self.source.read_sketches(ids, numbers, int(self.over.starts[0]), int(self.over.ends[-1]), step)
        return [read.where(read.group == number) for number in range(len(groups))]

    def seen(self, group: Group) -> Ints:
        """When any of a group's queries had values (s UTC, ascending)."""
        tags = frozenset(group)
        mine = [ts for own, parts in self.times.items() if frozenset(own) <= tags for ts in parts]
        return np.unique(np.concatenate(mine)) if mine else np.empty(0, np.int64)

    def called(self, call: tree.Call) -> Value:
        """A function of numbers. Raises NotEvaluated for others."""
        function = catalogue()[call.function]
        if not (function.on_numbers or function.pointwise):
            raise NotEvaluated(f"{call.function}() of percentiles over time")
        return apply(call, self)

    def worth(self, expression: tree.Expression, context: Context | None = None) -> Value:
        """What an argument is worth."""
        return compute(expression, self)

    def buckets(self, frame: Frame) -> Ints:
        """The ticks."""
        return frame.ts
