"""`group_by` of the aggregate endpoint: which groups there are, which of them are kept, in which order (schema: LogsGroupBy)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType

from doghouse.logs.api.computing import Compute
from doghouse.logs.store.reading import LOGS
from doghouse.search.aggregation import AGGREGATIONS, Aggregation
from doghouse.search.grouping import Grouped, Values, grouped, number_of
from doghouse.search.record import text_of
from doghouse.search.records import Column, Selected
from doghouse.web import errors

MOST = 10_000  # groups of a facet
MOST_BARS = 100  # of a histogram
TOTAL = "$total"  # GUESS: what the bucket over all logs is called where the request says `true`


class Sort(msgspec.Struct):
    """`sort`. GUESS: a facet without one has the groups of most logs first; names ascend and measures descend where no order is said."""

    type: Literal["alphabetical", "measure"] = "alphabetical"
    order: Literal["asc", "desc"] | UnsetType = UNSET
    aggregation: str = "count"
    metric: str | None = None

    @property
    def descends(self) -> bool:
        """Whether the last comes first."""
        return self.type == "measure" if self.order is UNSET else self.order == "desc"


class Histogram(msgspec.Struct):
    """`histogram`: the groups are ranges of numbers, each called by its lower end. GUESS: `max` belongs to the last."""

    interval: float
    min: float
    max: float

    def check(self) -> None:
        """Raise ApiError 400 where there are no bars, or too many."""
        if not (self.interval > 0 and self.min < self.max):
            raise errors.invalid_body("group_by.histogram: expected an interval above 0, and min below max")
        if (self.max - self.min) / self.interval > MOST_BARS:
            raise errors.invalid_body(f"group_by.histogram: expected at most {MOST_BARS} buckets from min to max")

    def bar(self, value: Any) -> float | None:
        """The lower end of a value's bar; None outside."""
        number = number_of(value)
        if not self.min <= number <= self.max:
            return None
        last = math.ceil((self.max - self.min) / self.interval) - 1
        return self.min + min(int((number - self.min) / self.interval), last) * self.interval


class GroupBy(msgspec.Struct):
    """A facet: `host`, the key of a tag, or `@attribute`. A log with several values is in a group for each (logs/explorer/analytics)."""

    facet: str
    limit: int = 10
    missing: str | float | UnsetType = UNSET
    sort: Sort | UnsetType = UNSET
    total: bool | str | float = False
    histogram: Histogram | None = None

    def check(self) -> None:
        """Raise ApiError 400 where a limit is passed."""
        if not 0 < self.limit <= MOST:
            raise errors.invalid_body(f"group_by.limit must be a number from 1 to {MOST}")
        if self.histogram is not None:
            self.histogram.check()
        self.ranking.work  # noqa: B018  (raises)

    @property
    def order(self) -> Sort:
        """How its groups are sorted."""
        return Sort("measure") if isinstance(self.sort, UnsetType) else self.sort

    @property
    def ranking(self) -> Compute:
        """What its groups are sorted by."""
        return Compute(self.order.aggregation, self.order.metric) if self.order.type == "measure" else Compute()

    @property
    def total_name(self) -> str | None:
        """What the group over all logs is called; None where there is none."""
        return None if self.total is False else TOTAL if self.total is True else text_of(self.total)

    def column(self, own: Column, count: int) -> Column:
        """The facet's values as groups are called, of so many logs."""
        parts = [own if self.histogram is None else _bars(own, self.histogram)]
        if not isinstance(self.missing, UnsetType):
            without = np.setdiff1d(np.arange(count), own.rows)
            parts.append(Column(without, np.zeros(len(without), np.int64), [self.missing]))
        if self.total_name is not None:
            parts.append(Column(np.arange(count), np.zeros(count, np.int64), [self.total_name]))
        return parts[0] if len(parts) == 1 else _together(parts)


class Groups(msgspec.Struct, frozen=True, eq=False):
    """Logs by facets. Where a row stands for several logs, the column LOGS says for how many."""

    selected: Selected
    facets: Sequence[GroupBy]
    # what was grouped already
    grouped: dict[tuple[int, str, str | None], Grouped] = msgspec.field(default_factory=dict)

    @classmethod
    def of(cls, selected: Selected, facets: Sequence[GroupBy]) -> Groups:
        """The groups of logs that were selected with the columns of the facets, and of what is computed."""
        count = len(selected.times)
        columns = {
            _name(place): facet.column(selected.columns[facet.facet], count) for place, facet in enumerate(facets)
        }
        return cls(Selected(selected.times, {**selected.columns, **columns}), facets)

    def by(self, count: int, compute: Compute) -> Grouped:
        """The groups by the first so many facets, and what they have to compute something of."""
        work, measure = self.work(compute), LOGS if self._is_counted(compute) else compute.measure
        asked = (count, work.name, measure)
        if asked not in self.grouped:
            names = [_name(place) for place in range(count)]
            self.grouped[asked] = grouped(self.selected, names, work, measure)
        return self.grouped[asked]

    def work(self, compute: Compute) -> Aggregation:
        """The aggregation that computes it over the rows."""
        return AGGREGATIONS["sum"] if self._is_counted(compute) else compute.work

    def _is_counted(self, compute: Compute) -> bool:
        return LOGS in self.selected.columns and compute.aggregation == "count"

    def ranked(self) -> list[Values]:
        """The groups that are kept, in order: of each facet so many as its limit, within each group of the facets before."""
        ranked: list[Values] = [()] if len(self.selected.times) else []
        for place, facet in enumerate(self.facets):
            groups = self.by(place + 1, facet.ranking)
            values = self.work(facet.ranking).over(groups.measure, groups.first[:-1], groups.first[1:]).tolist()
            inside: dict[Values, list[tuple[float, str]]] = {}
            for group, value in zip(groups.groups, values, strict=True):
                inside.setdefault(group[:-1], []).append((value, group[-1]))
            ranked = [(*group, name) for group in ranked for name in _ordered(inside.get(group, []), facet)]
        return ranked


def _ordered(groups: Sequence[tuple[float, str]], facet: GroupBy) -> list[str]:
    """The names of the groups that are kept, from their values; the total stands last."""
    order, total = facet.order, facet.total_name
    names = sorted(
        (name for _, name in groups if name != total), reverse=order.type == "alphabetical" and order.descends
    )
    if order.type == "measure":
        value = {
            name: (math.inf if math.isnan(worth) else -worth if order.descends else worth) for worth, name in groups
        }
        names.sort(key=value.__getitem__)  # of equal ones the first by name
    listed = names[: facet.limit]
    return listed if total is None or not groups else [*listed, total]


def _name(place: int) -> str:
    """The column of a facet; no field is called so."""
    return f"group_by[{place}]"


def _bars(own: Column, histogram: Histogram) -> Column:
    bars = [histogram.bar(value) for value in own.values]
    inside = np.array([bar is not None for bar in bars], np.bool_)[own.codes]
    return Column(own.rows[inside], own.codes[inside], bars)


def _together(parts: Sequence[Column]) -> Column:
    """All values of several columns, by rows."""
    rows = np.concatenate([part.rows for part in parts])
    starts = np.cumsum([0, *(len(part.values) for part in parts)])
    codes = np.concatenate([part.codes + start for part, start in zip(parts, starts[:-1], strict=True)])
    order = np.argsort(rows, kind="stable")
    return Column(rows[order], codes[order], [value for part in parts for value in part.values])
