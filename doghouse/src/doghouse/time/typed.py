"""Times as people type them, on the command line and in searches: ISO 8601, seconds since 1970, or `now-5m`."""

from __future__ import annotations

import re

from doghouse.time import iso, lengths

_NOW = re.compile(r"now(?:\s*([+-])\s*(\d+)\s*([a-z]+))?")


def parse_time(text: str, now: float) -> float:
    """Seconds since 1970 UTC. A time without an offset is UTC. Raises ValueError with one sentence."""
    text = text.strip()
    if (relative := from_now(text, now)) is not None:
        return relative
    if re.fullmatch(r"\d+(\.\d+)?", text) and not re.fullmatch(r"\d{8}", text):
        return float(text)
    try:
        return iso.instant(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a time: it is ISO 8601, seconds since 1970, or now-5m") from None


def from_now(text: str, now: float) -> float | None:
    """`now`, `now-15m`, `now + 1h` as s UTC; None where it is written otherwise."""
    match = _NOW.fullmatch(text)
    if match is None or match[1] is None:
        return None if match is None else now
    length = lengths.seconds(match[2] + match[3])
    return None if length is None else now + (length if match[1] == "+" else -length)
