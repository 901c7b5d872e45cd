"""What a row of a file of series says of its series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast, get_args

import numpy as np
from msgspec.structs import replace

from doghouse.metrics.model import Ints, MetricType, Series
from doghouse.numbers import MAX_KEY, whole_number
from doghouse.tags.pairs import split_host

REQUIRED = ("timestamp", "metric", "value")
OPTIONAL = {"type": "gauge", "interval": "0", "tags": "", "host": ""}
MOST_AT_ONCE = 300_000_000  # points in memory, 24 bytes each
LAST_SECOND = 32_503_680_000  # the year 3000: what is beyond counts milliseconds or less


def check_columns(names: Iterable[str]) -> None:
    """Raise ValueError for a column that says nothing of a series: a tag that nobody reads is missed only later. An index of pandas is passed over."""
    read = (*REQUIRED, *OPTIONAL, "", "__index_level_0__")
    if other := [name for name in names if name not in read]:
        raise ValueError(
            f"has a column '{other[0]}', which is not read: expected {', '.join(REQUIRED)} and perhaps {', '.join(OPTIONAL)}; "
            f'tags stand together in the column tags, as in "host:web-1,env:prod"'
        )


def series_of(number: int, metric: str, kind: str, interval: str, tags: str, host: str = "") -> Series:
    """A series from a row's texts; its host is a column or a tag. Raises ValueError with what is wrong."""
    if not metric:
        raise ValueError("metric is empty")
    kind = kind or "gauge"
    if kind not in get_args(MetricType):
        raise ValueError(f"type '{kind}' is not gauge, count, rate or distribution")
    seconds = whole_number(interval or "0")
    if seconds is None or seconds > MAX_KEY:
        raise ValueError(f"interval '{interval}' is not a whole number of seconds, 0 or more")
    parts = [tag.strip() for tag in tags.split(",") if tag.strip()]
    tagged, own = split_host(sorted(set(parts)))
    if host and tagged and host != tagged:
        raise ValueError(f"host '{host}' is another one than that of its tag host:{tagged}")
    return Series(number, metric, cast(MetricType, kind), seconds, host or tagged, own)


def numbered(distinct: Mapping[Series, int]) -> list[Series]:
    """Series with the ids that they were found under."""
    return [replace(series, id=number) for series, number in distinct.items()]


def check_rows(count: int) -> None:
    """Raise ValueError where points are too many to be in memory."""
    if count > MOST_AT_ONCE:
        raise ValueError(
            f"has {count:,} points, and at most {MOST_AT_ONCE:,} are read at once: sort it by metric, tags and timestamp, or give a part of it"
        )


def check_seconds(times: Ints) -> None:
    """Raise ValueError where times cannot be seconds since 1970."""
    if not len(times):
        return
    earliest, latest = int(np.min(times)), int(np.max(times))
    if earliest < 0:
        raise ValueError(f"timestamp {earliest} is before 1970")
    if latest > LAST_SECOND:
        raise ValueError(
            f"timestamp {latest} is beyond the year 3000: timestamps are seconds since 1970, not milliseconds"
        )
