"""What the windows of a monitor over records are worth, over a stretch of ticks in columns; one tick is a stretch of one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, reduce

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from doghouse.metrics.model import Floats, Ints, Source
from doghouse.monitors.model import Options
from doghouse.monitors.query import Windows, is_count_query, windows
from doghouse.monitors.records import formulas
from doghouse.monitors.records.formulas import QueryWindows
from doghouse.monitors.records.model import FormulaQuery, RecordQuery
from doghouse.monitors.records.over_time import bucket, over_time
from doghouse.monitors.records.windows import RecordsOf, RecordWindows
from doghouse.monitors.states.conditions import Missing, Rules
from doghouse.monitors.windows.columns import Bools, Group, GroupColumn
from doghouse.monitors.windows.evaluation import over_windows
from doghouse.queries import MonitorQuery, NotEvaluated, group_keys, variables
from doghouse.queries.functions.anomalies import settings
from doghouse.queries.language.formulas import bound
from doghouse.queries.language.inspection import walk
from doghouse.queries.language.tree import Call, Variable


class PointWindows:
    """A query of points over the windows `over`."""

    def __init__(self, query: MonitorQuery, source: Source, over: Windows) -> None:
        """Reads all groups. Raises NotEvaluated."""
        self.keys, self.counts = group_keys(query.expression), is_count_query(query)
        self._columns = {column.group: column for column in over_windows(query, source, over, full=False)}
        self.groups: tuple[Group, ...] = tuple(self._columns)
        self._ticks = len(over.ticks)

    def column(self, group: Group) -> GroupColumn:
        """A group's windows."""
        return self._columns[group]

    @cached_property
    def reporting(self) -> Bools:
        """At which ticks any group has a point."""
        there = [~np.isnan(column.values) for column in self._columns.values()]
        return np.any(there, axis=0) if there else np.zeros(self._ticks, np.bool_)


class Evaluator(Struct, frozen=True):
    """A monitor's query, its options and rules, and where its records and points are."""

    asked: FormulaQuery
    options: Options
    rules: Rules
    records: RecordsOf
    points: Source

    def columns(self, ticks: Ints) -> Iterator[GroupColumn]:
        """Every group's windows at `ticks` (s UTC, ascending), one group at a time. Raises NotEvaluated.

        GUESS: a monitor without groups whose missing data is a 0 that does not alert has that 0 from the start; one whose 0 alerts waits for a first record.
        """
        over = windows(self.options, self.asked, ticks)
        read = _Reads(self, over)
        columns = self._all(read, over)
        if self.rules.multi:
            if self.rules.zero_alerts:
                columns = (replace(column, reporting=read.reporting) for column in columns)
            yield from columns
        elif self.rules.missing is Missing.ZERO and not self.rules.zero_alerts:
            for column in columns:
                yield replace(column, values=np.nan_to_num(column.values, nan=0.0))
        else:
            yield from (column for column in columns if not np.isnan(column.values).all())

    def _all(self, read: formulas.Read, over: Windows) -> Iterator[GroupColumn]:
        if isinstance(self.asked.formula, Variable):
            single = read.query(self.asked.formula.name, over)
            return map(single.column, single.groups)
        return formulas.columns(self.asked.formula, read, over)

    def windows(self, query: RecordQuery | MonitorQuery, over: Windows) -> QueryWindows:
        """One query over some windows."""
        if isinstance(query, RecordQuery):
            return RecordWindows(query, self.records(query), over)
        return PointWindows(query, self.points, over)


class _Reads:
    """The queries of a monitor over windows, each read once (`formulas.Read`). `over` are the windows of its own time."""

    def __init__(self, evaluator: Evaluator, over: Windows) -> None:
        self._evaluator, self._asked, self._over = evaluator, evaluator.asked, over
        self._read: dict[tuple[str, bytes], QueryWindows] = {}

    def query(self, name: str, over: Windows) -> QueryWindows:
        """See `formulas.Read`."""
        key = (name, over.ticks.tobytes())
        if key not in self._read:
            self._read[key] = self._evaluator.windows(self._asked.queries[name], over)
        return self._read[key]

    def over_time(self, call: Call, over: Windows) -> Mapping[Group, Floats]:
        """See `formulas.Read`. Over points it is a metric monitor's query of its own."""
        queries = {name: self._asked.queries[name] for name in variables(call)}
        if not queries:
            raise NotEvaluated(f"{call.function}() of a number without a query")
        records = [query for query in queries.values() if isinstance(query, RecordQuery)]
        points = [query for query in queries.values() if isinstance(query, MonitorQuery)]
        if any(isinstance(part, Call) and part.function == settings.FUNCTION for part in walk(call)):
            raise NotEvaluated("anomalies() in the formula of a monitor, but of points alone")
        if not records:
            windows = self._evaluator.windows(_together(call, points, queries), over)
            return {group: windows.column(group).values for group in windows.groups}
        if points:
            raise NotEvaluated(f"{call.function}() over records and points together")
        interval = next((query.compute.interval for query in records if query.compute.interval), None)
        length = bucket(self._asked.window.seconds, interval)

        def read(name: str, buckets: Windows) -> QueryWindows:
            return self._evaluator.windows(_with_all_groups(queries[name]), buckets)

        return over_time(call, over, read, length, self._asked.over_time)

    @property
    def reporting(self) -> Bools:
        """At which ticks any query has data of its own time."""
        now = self._over.ticks.tobytes()
        return reduce(np.logical_or, (query.reporting for (_, when), query in self._read.items() if when == now))


def _together(
    call: Call, points: Sequence[MonitorQuery], queries: Mapping[str, RecordQuery | MonitorQuery]
) -> MonitorQuery:
    """A function of points as one query. Raises NotEvaluated where they are reduced in different ways."""
    if len({query.aggregator for query in points}) > 1:
        raise NotEvaluated(f"{call.function}() over queries with different time aggregators")
    expression = bound(call, {name: query.expression for name, query in queries.items()})  # type: ignore[union-attr]
    return replace(points[0], expression=expression)


def _with_all_groups(query: RecordQuery | MonitorQuery) -> RecordQuery:
    """The query without limits of its groups: which of them count is decided over whole windows."""
    assert isinstance(query, RecordQuery)  # points go another way
    return replace(query, by=tuple(replace(facet, limit=sys.maxsize) for facet in query.by))


class ByGroup(Mapping[Group, Mapping[str, str]]):
    """What each group's message can say, worked out for those that are asked for: a group, or several that are notified together."""

    def __init__(self, groups: Iterable[Group], variables: Callable[[Group], Mapping[str, str]]) -> None:
        self._groups, self._variables = tuple(groups), variables

    def __getitem__(self, group: Group) -> Mapping[str, str]:
        return self._variables(group)

    def __iter__(self) -> Iterator[Group]:
        return iter(self._groups)

    def __len__(self) -> int:
        return len(self._groups)
