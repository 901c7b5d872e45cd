"""Lengths of time of spans: a span's duration is kept in ns."""

from __future__ import annotations

from doghouse.search.units import TIMES, scaled

NS_PER_MS = TIMES["ms"]


def nanoseconds(length: str) -> int:
    """`20ms` in ns. Raises ValueError."""
    try:
        return scaled(length, TIMES)
    except ValueError:
        raise ValueError(f"'{length}' is no length of time: expected for example 20ms or 1.5s") from None
