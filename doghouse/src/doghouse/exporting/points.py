"""Series with their points, put together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from doghouse.metrics.distributions.sketches import Sketches, concatenated, no_sketches, packed
from doghouse.metrics.memory import Recorded, sort
from doghouse.metrics.model import Columns, Series, joined_columns, no_columns


def joined(parts: Sequence[Recorded]) -> Recorded:
    """Series and points of several together, one value (or sketch) a second and series: the last. The series are in the order in which they appear."""
    numbers: dict[Series, int] = {}
    columns, sketches = [no_columns()], [no_sketches()]
    for all_series, points, spread in parts:
        own = np.array([numbers.setdefault(_as_read(series), len(numbers)) for series in all_series], np.int64)
        columns.append(Columns(own[points.series] if len(points) else points.series, points.ts, points.value))
        if len(spread):
            sketches.append(spread.merged(own[spread.group], spread.ts))
    together = joined_columns(columns)
    return Recorded(list(numbers), sort(together) if len(together) else together, _last(concatenated(sketches)))


def _last(sketches: Sketches) -> Sketches:
    """Of several of one series and second the last, sorted by these."""
    order = packed(sketches.group, sketches.ts)
    by_time = np.argsort(order, kind="stable")
    is_last = np.append(np.diff(order[by_time]) != 0, True)[: len(order)]
    return sketches.at(by_time[is_last])


def _as_read(series: Series) -> Series:
    """A series as a file tells it: its host is a tag of it, and nothing else."""
    tags = set(series.tags) | ({f"host:{series.host}"} if series.host else set())
    return replace(series, id=0, host="", tags=tuple(sorted(tags)))
