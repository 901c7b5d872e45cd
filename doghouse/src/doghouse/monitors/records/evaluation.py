"""What the windows of a monitor over records are worth, over a stretch of ticks in columns; one tick is a stretch of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce

import numpy as np

from doghouse.metrics.model import Ints, Source
from doghouse.monitors.model import Options
from doghouse.monitors.query import Windows, is_count_query, windows
from doghouse.monitors.records import formulas
from doghouse.monitors.records.formulas import QueryWindows
from doghouse.monitors.records.model import Asked, RecordQuery
from doghouse.monitors.records.windows import RecordsOf, RecordWindows
from doghouse.monitors.states.conditions import Missing, Rules
from doghouse.monitors.windows.columns import Bools, Group, GroupColumn
from doghouse.monitors.windows.evaluation import over_windows
from doghouse.queries import MonitorQuery, group_keys
from doghouse.queries.language.tree import Variable


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


@dataclass(frozen=True, slots=True)
class Evaluator:
    """A monitor's query, its options and rules, and where its records and points are."""

    asked: Asked
    options: Options
    rules: Rules
    records: RecordsOf
    points: Callable[[], Source]

    def columns(self, ticks: Ints) -> Iterator[GroupColumn]:
        """Every group's windows at `ticks` (s UTC, ascending), one group at a time. Raises NotEvaluated.

        GUESS: a monitor without groups whose missing data is a 0 that does not alert has that 0 from the start; one whose 0 alerts waits for a first record.
        """
        over = windows(self.options, self.asked, ticks)
        read: dict[tuple[str, int], QueryWindows] = {}

        def query(name: str, shift: int) -> QueryWindows:
            if (name, shift) not in read:
                read[name, shift] = self._windows(name, _shifted(over, shift))
            return read[name, shift]

        made = self._all(query, over)
        if self.rules.multi:
            if self.rules.zero_alerts:
                made = (replace(column, reporting=_reporting(read)) for column in made)
            yield from made
        elif self.rules.missing is Missing.ZERO and not self.rules.zero_alerts:
            for column in made:
                yield replace(column, values=np.nan_to_num(column.values, nan=0.0))
        else:
            yield from (column for column in made if not np.isnan(column.values).all())

    def _all(self, query: formulas.Read, over: Windows) -> Iterator[GroupColumn]:
        if isinstance(self.asked.formula, Variable):
            single = query(self.asked.formula.name, 0)
            return map(single.column, single.groups)
        return formulas.columns(self.asked.formula, query, over)

    def _windows(self, name: str, over: Windows) -> QueryWindows:
        query = self.asked.queries[name]
        if isinstance(query, RecordQuery):
            return RecordWindows(query, self.records(query), over)
        return PointWindows(query, self.points(), over)


def _reporting(read: dict[tuple[str, int], QueryWindows]) -> Bools:
    """At which ticks any query has data of its own time."""
    return reduce(np.logical_or, (query.reporting for (_, shift), query in read.items() if not shift))


def _shifted(over: Windows, seconds: int) -> Windows:
    return Windows(over.ticks + seconds, over.starts + seconds, over.ends + seconds) if seconds else over


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
