"""Series with their points, put together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from doghouse.metrics.memory import sort
from doghouse.metrics.model import Columns, Series, joined_columns, no_columns


def joined(parts: Sequence[tuple[Sequence[Series], Columns]]) -> tuple[list[Series], Columns]:
    """Series and points of several together, one value a second and series: the last. The series are in the order in which they appear."""
    numbers: dict[Series, int] = {}
    columns = [no_columns()]
    for series, points in parts:
        own = np.array([numbers.setdefault(_as_read(one), len(numbers)) for one in series], np.int64)
        columns.append(Columns(own[points.series] if len(points) else points.series, points.ts, points.value))
    together = joined_columns(columns)
    return list(numbers), sort(together) if len(together) else together


def _as_read(series: Series) -> Series:
    """A series as a file tells it: its host is a tag of it, and nothing else."""
    tags = set(series.tags) | ({f"host:{series.host}"} if series.host else set())
    return replace(series, id=0, host="", tags=tuple(sorted(tags)))
