"""Functions of a formula that look along time over records, as `derivative(errors)` does: the window in buckets, the function over these, then one number.

GUESS: buckets are as long as the variable's `compute.interval` says, else a minute, of a window of one a fifth; they are counted back from
the window's end, and a count without records is 0 in them. What the function gives is reduced by the formula's `.rollup`, else averaged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from msgspec import Struct

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Floats, Ints, no_columns
from doghouse.monitors.query import Windows
from doghouse.monitors.records.formulas import QueryWindows, combined, moved
from doghouse.monitors.windows.columns import Group
from doghouse.monitors.windows.sliding import REDUCERS
from doghouse.queries import Expression, NotEvaluated, Window
from doghouse.queries.evaluation.arithmetic import Value
from doghouse.queries.evaluation.compute import compute
from doghouse.queries.evaluation.context import Context
from doghouse.queries.evaluation.engine import FrameValues, apply
from doghouse.queries.evaluation.frames import Frame
from doghouse.queries.language import tree
from doghouse.time.lengths import MINUTE

BUCKETS_AT_ONCE = 50_000  # so that memory is bounded
Read = Callable[[str, Windows], QueryWindows]


def bucket(window: int, interval: int | None) -> int:
    """How long the buckets of a window are (s)."""
    return max(1, min(interval or (MINUTE if window > MINUTE else window // 5), window))


def over_time(call: tree.Call, over: Windows, read: Read, length: int, how: str) -> Mapping[Group, Floats]:
    """What a function makes of each window, by group; NaN: nothing. Raises NotEvaluated."""
    columns: dict[Group, Floats] = {}
    for part in _parts(over, length):
        buckets = _Buckets(Windows(over.ticks[part], over.starts[part], over.ends[part]), read, length)
        for tick in range(part.stop - part.start):
            value = compute(call, buckets.at(tick))
            if not isinstance(value, Frame):
                raise NotEvaluated(f"{call.function}() of a number without a query")
            for row, group in enumerate(value.groups):
                values = value.values[row][value.points[row] & ~np.isnan(value.values[row])]
                column = columns.setdefault(group, np.full(len(over.ticks), np.nan))
                column[part.start + tick] = REDUCERS[how](values) if len(values) else np.nan
    return columns


def _parts(over: Windows, length: int) -> Iterator[slice]:
    """Runs of ticks that have not too many buckets together."""
    longest = int(np.max(over.ends - over.starts, initial=length)) // length
    step = max(BUCKETS_AT_ONCE // max(longest, 1), 1)
    return (slice(start, min(start + step, len(over.ticks))) for start in range(0, len(over.ticks), step))


class _Rows(Struct, frozen=True, eq=False):
    """A query's groups in every bucket of a run of ticks, [group, bucket]."""

    groups: tuple[Group, ...]
    values: Floats
    counts: bool


class _Buckets:
    """The buckets of a run of ticks, those of one tick behind those of the one before."""

    def __init__(self, over: Windows, read: Read, length: int) -> None:
        counts = (over.ends - over.starts) // length
        self.first = np.concatenate(([0], np.cumsum(counts)))
        place = np.arange(self.first[-1]) - np.repeat(self.first[:-1], counts)
        starts = np.repeat(over.ends - counts * length, counts) + place * length
        self.windows, self.length, self._read = Windows(starts, starts, starts + length), length, read
        self._rows: dict[tuple[str, int], _Rows] = {}

    def rows(self, name: str, shift: int) -> _Rows:
        """A query's buckets, `shift` s later."""
        if (name, shift) not in self._rows:
            self._rows[name, shift] = self.read(name, moved(self.windows, shift))
        return self._rows[name, shift]

    def read(self, name: str, over: Windows) -> _Rows:
        """A query over these buckets."""
        query = self._read(name, over)
        values = [query.column(group).values for group in query.groups]
        return _Rows(query.groups, np.array(values).reshape(len(values), len(over.ticks)), query.counts)

    def at(self, tick: int) -> _Tick:
        """The buckets of one of the ticks."""
        mine = slice(int(self.first[tick]), int(self.first[tick + 1]))
        ts = self.windows.starts[mine]
        begin = int(ts[0]) if len(ts) else 0
        window = Window(begin, begin + len(ts) * self.length, self.length, max_points=None)
        context = Context.of(MemorySource([], no_columns()), window)
        return _Tick(self, mine, context, context)


@dataclass(frozen=True, slots=True)
class _Tick(FrameValues):
    """The parts of a formula as frames with a row for each group and a column for each bucket of one tick's window, or of one that a function asks for."""

    of: _Buckets
    mine: slice
    own: Context
    context: Context

    def leaf(self, leaf: tree.Leaf) -> Value:
        """A query of the monitor, or a number."""
        if isinstance(leaf, tree.Number):
            return leaf.value
        assert isinstance(leaf, tree.Variable)  # the reader of formulas knows no other leaves
        ts = self._starts()
        if (self.context.start, self.context.end) == (self.own.start, self.own.end):
            rows = self.of.rows(leaf.name, self.context.shift)
            values = rows.values[:, self.mine]
        else:
            rows = self.of.read(leaf.name, moved(Windows(ts, ts, ts + self.of.length), self.context.shift))
            values = rows.values
        there = np.flatnonzero(~np.isnan(values).all(axis=1))
        values = np.nan_to_num(values[there], nan=0.0) if rows.counts else values[there]
        groups = tuple(rows.groups[row] for row in there)
        return Frame(ts, values, ~np.isnan(values), groups, self.of.length, counts=rows.counts)

    def combined(self, operator: tree.Operator, left: Value, right: Value) -> Value:
        """`left operator right`: a count is 0 for a group that the other side alone has."""
        return combined(operator, left, right)

    def called(self, call: tree.Call) -> Value:
        """What a function makes of its arguments. Raises NotEvaluated."""
        return apply(call, self)

    def worth(self, expression: Expression, context: Context | None = None) -> Value:
        """What an argument is worth; `context`: in another window."""
        return compute(expression, self if context is None else replace(self, context=context))

    def buckets(self, frame: Frame) -> Ints:
        """The start of every bucket."""
        return self._starts()

    def _starts(self) -> Ints:
        return np.arange(self.context.start, self.context.end, self.of.length, dtype=np.int64)
