"""What logs come to, by facets and over time (docs.datadoghq.com/api/latest/logs/aggregate-events)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType

from doghouse.logs.api import listing
from doghouse.logs.api.computing import Compute
from doghouse.logs.api.facets import GroupBy, Groups
from doghouse.logs.store.log_store import LogStore
from doghouse.numbers import whole_number
from doghouse.search import matching, paging
from doghouse.search.grouping import Values
from doghouse.search.paging import Filter
from doghouse.search.records import Selected
from doghouse.search.tree import Node
from doghouse.time import iso
from doghouse.web import errors
from doghouse.web.http import Call, Reply

MOST_BUCKETS = 1000  # of an answer; there are more behind its cursor (schema of the request's page)
MOST_LIMIT = 10_000  # of a facet, and of all facets' limits multiplied (schema of group_by)
WHOLE = 10**15  # ms, longer than any stretch: one piece
MOST_FACETS = 4  # GUESS: as many as a monitor has


class Page(msgspec.Struct):
    """`page`: the cursor of an answer before."""

    cursor: str | UnsetType = UNSET


class AggregateRequest(msgspec.Struct):
    """What is asked for (LogsAggregateRequest of the schema). GUESS: a count, where nothing is computed."""

    compute: list[Compute] = msgspec.field(default_factory=lambda: [Compute()])
    filter: Filter = msgspec.field(default_factory=Filter)
    group_by: list[GroupBy] = []
    page: Page = msgspec.field(default_factory=Page)

    def check(self) -> None:
        """Raise ApiError 400 where a limit is passed."""
        if len(self.group_by) > MOST_FACETS:
            raise errors.invalid_body(f"group_by: expected at most {MOST_FACETS} facets")
        for facet in self.group_by:
            facet.check()
        if math.prod(facet.limit for facet in self.group_by) > MOST_LIMIT:
            raise errors.invalid_body(f"group_by: the product of the limits must not exceed {MOST_LIMIT}")


def aggregate(store: LogStore, call: Call) -> Reply:
    """Buckets, one for each group; none where no log matches (recorded: v2 aggregate_events)."""
    begin = time.perf_counter()
    asked = call.json(AggregateRequest) if call.body else AggregateRequest()
    asked.check()
    search = paging.Search(filter=asked.filter)
    start, end = search.stretch(call.now)
    steps = [compute.step(start, end) if compute.type == "timeseries" else 0 for compute in asked.compute]
    facets = [facet.facet for facet in asked.group_by]
    groups = Groups.of(
        selected(store, matching.tree(search.text), start, end, asked, math.gcd(*steps) or WHOLE), asked.group_by
    )
    ranked = groups.ranked()
    first = _first(asked.page.cursor)
    shown = ranked[first : first + MOST_BUCKETS]
    computed = [_values(groups, compute, step) for compute, step in zip(asked.compute, steps, strict=True)]
    meta = listing.done(begin)
    if first + MOST_BUCKETS < len(ranked):
        meta["page"] = {"after": paging.cursor(str(first + MOST_BUCKETS))}
    return Reply({"data": {"buckets": [_bucket(group, facets, computed) for group in shown]}, "meta": meta})


def selected(store: LogStore, search: Node, start: int, end: int, asked: AggregateRequest, step: int) -> Selected:
    """The logs that match, with the values that are read of them; or how many have which values, where that is enough. `step` is in ms."""
    facets = [facet.facet for facet in asked.group_by]
    computes = [*asked.compute, *(facet.ranking for facet in asked.group_by)]
    if all(compute.aggregation == "count" for compute in computes):
        counts = store.counts(search, start, end, list(dict.fromkeys(facets)), step)
        if counts is not None:
            return counts
    measures = [compute.measure for compute in computes if compute.measure]
    return store.select(search, start, end, list(dict.fromkeys([*facets, *measures])))


def _bucket(group: Values, facets: Sequence[str], computed: Sequence[Callable[[Values], Any]]) -> dict[str, Any]:
    values = {f"c{number}": of(group) for number, of in enumerate(computed)}
    return {
        "by": dict(zip(facets, group, strict=True)),
        "computes": {name: value for name, value in values.items() if value is not None},
    }


def _values(table: Groups, compute: Compute, step: int) -> Callable[[Values], Any]:
    """A function that gives a group's value, or its points; None where it has none."""
    groups, work = table.by(len(table.facets), compute), table.work(compute)
    place: Mapping[Values, int] = {group: number for number, group in enumerate(groups.groups)}
    if compute.type == "total":
        totals = work.over(groups.measure, groups.first[:-1], groups.first[1:])
        return lambda group: number(float(totals[place[group]]))

    def points(group: Values) -> list[dict[str, Any]]:
        times, measure = groups.of(place[group])
        pieces, low = np.unique(times // step * step, return_index=True)
        values = work.over(measure, low, np.append(low[1:], len(times))).tolist()
        return [
            {"time": iso.utc_milliseconds(piece), "value": number(value)}
            for piece, value in zip(pieces.tolist(), values, strict=True)
        ]

    return points


def number(value: float) -> float | int | None:
    """A value as it is answered. GUESS: whole numbers are written without a point; what is none, not at all."""
    if math.isnan(value) or math.isinf(value):
        return None
    return int(value) if value.is_integer() else value


def _first(cursor: str | UnsetType) -> int:
    """The number of the first bucket that is asked for. Raises ApiError 400."""
    if isinstance(cursor, UnsetType):
        return 0
    first = whole_number(paging.behind(cursor))
    if first is None or first >= 10**9:
        raise paging.invalid_cursor()
    return first
