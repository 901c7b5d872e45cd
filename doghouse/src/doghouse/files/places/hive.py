"""What the names of a partitioned folder say of what is in it: `metric=system.load.1/date=2026-11-29/points.parquet` (docs of Hive, DuckDB, Spark)."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import unquote

DAY_S = 86_400


def says(name: str, key: str) -> str | None:
    """The value that a name has for a key; None where it says nothing of it."""
    for part in name.split("/")[:-1]:
        own, mark, value = part.partition("=")
        if mark and own == key:
            return unquote(value)
    return None


def date_of(name: str) -> int | None:
    """When the day of a name begins (s UTC): its `date`, or its `year`, `month` and `day`; None where it says no day."""
    text = says(name, "date") or "-".join(says(name, key) or "" for key in ("year", "month", "day"))
    try:
        year, month, day = map(int, text.split("-"))
        return int(datetime(year, month, day, tzinfo=UTC).timestamp())
    except ValueError:
        return None


def on_days(name: str, start: int | None, end: int) -> bool:
    """Whether a file may hold something of [start, end) (s UTC; None: from the beginning), as far as its name tells."""
    day = date_of(name)
    return day is None or (day < end and (start is None or day + DAY_S > start))
