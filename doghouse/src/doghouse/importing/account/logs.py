"""What log monitors look at of an account: what its logs come to each minute, which the account works out itself (`/api/v2/logs/analytics/aggregate`).

A window's count is the sum of its minutes' counts, its maximum the largest of theirs, its average that of as many values as each minute has logs. So the
answers stand in for the logs: a record a minute, and of averages as many as were counted. How many different values a window has, and its percentiles,
minutes do not tell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from doghouse.importing.account.pages import AnsweredSeries, Page, pages
from doghouse.monitors.records.model import RecordQuery
from doghouse.queries import NotEvaluated
from doghouse.search.record import Record
from doghouse.search.records import Column, Selected
from doghouse.search.tree import Node
from doghouse.time import lengths

MINUTE_S, MS = lengths.UNITS["m"], 1000
# What is asked of a minute for each aggregation of a window: an average is made of a sum and a count.
ASKED = {"count": ("count",), "sum": ("sum",), "min": ("min",), "max": ("max",), "avg": ("sum", "count")}
TALLY = "#tally"  # a field that no log has: how many a record stands for
# Where the API is the reason: the official client's EventsApi lists and searches, and aggregates nothing.
NO_AGGREGATE = {"events": ": Datadog's API of events has no aggregate"}
Pages = Callable[[Sequence[Page]], Mapping[Page, Sequence[AnsweredSeries]]]


def request_text(query: RecordQuery) -> str:
    """A query of logs as it is asked of each minute, in one text. Raises NotEvaluated."""
    name = query.compute.name
    if query.source != "logs":
        text = f"a monitor of {query.source} over an account, of which logs alone are counted"
        raise NotEvaluated(text + NO_AGGREGATE.get(query.source, ""))
    if name not in ASKED:
        raise NotEvaluated(f"{name} over an account, whose minutes do not tell it of a window")
    if any(facet.sort not in (None, query.compute) for facet in query.by):
        raise NotEvaluated("groups that are sorted by something else than is monitored, over an account")
    body = {
        "query": query.text,
        "indexes": list(query.indexes or ("*",)),
        "computes": [{"aggregation": aggregation, "metric": query.compute.measure} for aggregation in ASKED[name]],
        "group_by": [{"facet": facet.key, "limit": facet.limit} for facet in query.by],
    }
    return json.dumps(body, sort_keys=True)


def pages_of(query: RecordQuery, start: int, end: int) -> list[Page]:
    """The stretches of a query in [start, end) (s UTC), a value a minute. Raises NotEvaluated."""
    return pages(request_text(query), start, end, MINUTE_S, of_logs=True)


def answers(document: Any, computes: int) -> list[AnsweredSeries]:
    """The series of an answer: of each group one for each thing that was asked, with its number before the group's values.

    Raises KeyError, TypeError, ValueError, AttributeError.
    """
    series = []
    for bucket in document["data"]["buckets"]:
        for number in range(computes):
            points = bucket["computes"].get(f"c{number}") or []
            times = [int(np.datetime64(point["time"].removesuffix("Z"), "s").astype(np.int64)) for point in points]
            group = tuple(str(value) for value in bucket["by"].values())
            series.append(AnsweredSeries((str(number), *group), times, [float(point["value"]) for point in points]))
    return series


class CountedLogs(Struct, frozen=True):
    """The answers to one query, as Records. `read` gives the pages that are asked for."""

    query: RecordQuery
    read: Pages
    tally: str = TALLY

    def select(self, search: Node, start: int, end: int, fields: Sequence[str]) -> Selected:
        """One record a minute, at its beginning: a count, a sum, a least or largest value. Of averages as many as were counted."""
        if start % (MINUTE_S * MS) or end % (MINUTE_S * MS):
            raise NotEvaluated("an evaluation_delay of parts of a minute, over an account that counts minutes")
        asked_of = pages_of(self.query, start // MS, end // MS)
        answered = self.read(asked_of)
        groups: dict[tuple[str, ...], list[tuple[int, float, int]]] = {}
        for page in asked_of:
            for group, at, value, count in self._minutes(answered[page]):
                if start <= at * MS < end:
                    groups.setdefault(group, []).append((at, value, count))
        return self._selected(groups)

    def newest(self, search: Node, start: int, end: int, limit: int) -> Sequence[tuple[int, Record]]:
        """None: no log was read."""
        return []

    def _minutes(self, series: Sequence[AnsweredSeries]) -> Iterator[tuple[tuple[str, ...], int, float, int]]:
        """Each group's minutes: its beginning (s UTC), the value of a record in it, and how many there are."""
        by_number: dict[str, dict[tuple[str, ...], dict[int, float]]] = {}
        for answered in series:
            by_number.setdefault(answered.tags[0], {})[answered.tags[1:]] = dict(
                zip(answered.times, answered.values, strict=True)
            )
        for group, values in by_number.get("0", {}).items():
            counts = by_number.get("1", {}).get(group, {})
            for at, value in values.items():
                if self.query.compute.name == "avg":
                    if counts.get(at):
                        yield group, at, value / counts[at], round(counts[at])
                else:
                    yield group, at, value, 1

    def _selected(self, groups: Mapping[tuple[str, ...], Sequence[tuple[int, float, int]]]) -> Selected:
        rows = [(at, place, value, count) for place, many in enumerate(groups.values()) for at, value, count in many]
        rows.sort()
        counts = np.array([count for *_, count in rows], np.int64)
        places, times = (np.repeat(np.array([row[part] for row in rows], np.int64), counts) for part in (1, 0))
        every = np.arange(len(times))
        columns = {
            key: Column(every, places, [group[number] for group in groups])
            for number, key in enumerate(self.query.keys)
        }
        measure = TALLY if self.query.compute.name == "count" else self.query.compute.measure
        if measure is not None:
            values = np.repeat(np.arange(len(rows)), counts)
            columns[measure] = Column(every, values, [value for _, _, value, _ in rows])
        return Selected(times * MS, columns)
