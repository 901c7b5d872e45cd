"""Which group each series is in, and the groups' values as one number a bucket (space aggregation)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from msgspec import Struct

from doghouse.metrics.model import Floats, Ints, Series
from doghouse.queries.errors import NotEvaluated
from doghouse.queries.evaluation.frames import Bools, Group
from doghouse.queries.model import NOT_AVAILABLE

MOST_GROUPS = 20_000  # of a query: each takes some 75 microseconds to work out and to write, during which others wait


class Grouping(Struct, frozen=True):
    """Groups, and which series are in them: `members` (positions of series) lie group by group, `first` is where each group's begin."""

    groups: tuple[Group, ...]
    members: Ints
    first: Ints

    @property
    def plain(self) -> bool:
        """Whether each group has one series."""
        return len(self.members) == len(self.groups)


def group(series: Sequence[Series], keys: tuple[str, ...], *, not_available: bool = True) -> Grouping:
    """The series by the values of `keys`. GUESS: a series with several values of a key is in each of those groups.

    `not_available` keeps the groups of series that lack a key; monitors drop them (monitors/types/metric). Raises NotEvaluated for more than MOST_GROUPS.
    """
    # A template variable without a value groups by nothing.
    keys = tuple(key for key in keys if not key.startswith("$"))
    if not keys:
        groups: tuple[Group, ...] = ((),) if series else ()
        return Grouping(groups, np.arange(len(series)), np.zeros(len(groups), np.int64))
    places: dict[Group, list[int]] = {}
    for place, tags_of_group in enumerate(series):
        for values in product(*(_values(tags_of_group.tags, key) for key in keys)):
            if not_available or NOT_AVAILABLE not in values:
                places.setdefault(tuple(zip(keys, values, strict=True)), []).append(place)
            if len(places) > MOST_GROUPS:
                raise NotEvaluated(
                    f"a query of more than {MOST_GROUPS:,} groups (by {{{','.join(keys)}}}); narrow its scope, or group by less"
                )
    ordered = sorted(places)
    members = [place for tags_of_group in ordered for place in places[tags_of_group]]
    sizes = [len(places[tags_of_group]) for tags_of_group in ordered]
    first = np.concatenate(([0], np.cumsum(sizes)[:-1])) if sizes else np.zeros(0)
    return Grouping(tuple(ordered), np.array(members, np.int64), first.astype(np.int64))


def each_alone(grouping: Grouping) -> Grouping:
    """The same groups where each has one row already."""
    places = np.arange(len(grouping.groups))
    return Grouping(grouping.groups, places, places)


def _values(tags: Sequence[str], key: str) -> list[str]:
    prefix = f"{key}:"
    values = [tag[len(prefix) :] for tag in tags if tag.startswith(prefix)]
    return values or [NOT_AVAILABLE]


def aggregate(values: Floats, grouping: Grouping, aggregator: str) -> Floats:
    """One row a group: avg, sum, min or max over the series that have a value in the bucket; NaN where none has.

    avg is the unweighted mean of the series, not of their points (query-to-the-graph, step 3).
    """
    rows = values if _in_order(grouping.members, len(values)) else values[grouping.members]
    if grouping.plain:
        return rows
    reduced: Floats
    if aggregator in ("min", "max"):
        reduced = (np.fmin if aggregator == "min" else np.fmax).reduceat(rows, grouping.first, axis=0)
        return reduced
    real = ~np.isnan(rows)
    counts = np.add.reduceat(real.astype(np.int64), grouping.first, axis=0)
    sums = np.add.reduceat(np.where(real, rows, 0.0), grouping.first, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(counts > 0, sums / counts if aggregator == "avg" else sums, np.nan)


def any_of(flags: Bools, grouping: Grouping) -> Bools:
    """Whether any series of a group has a flag, one row a group."""
    rows = flags[grouping.members]
    return rows if grouping.plain else np.logical_or.reduceat(rows, grouping.first, axis=0)


def _in_order(members: Ints, count: int) -> bool:
    return len(members) == count and bool(np.array_equal(members, np.arange(count)))
