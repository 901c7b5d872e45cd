"""Times as people type them, on the command line and in searches: ISO 8601, seconds since 1970, or `now-5m`."""

from __future__ import annotations

import math
import re

from doghouse.numbers import LATEST_S
from doghouse.time import iso, lengths

_NOW = re.compile(r"now(?:\s*([+-])\s*([0-9]+)\s*([a-z]+))?")


def parse_time(text: str, now: float) -> float:
    """Seconds since 1970 UTC. A time without an offset is UTC. Raises ValueError with one sentence."""
    text = text.strip()
    when = from_now(text, now)
    if when is None and re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) and not re.fullmatch(r"[0-9]{8}", text):
        when = float(text)
    try:
        when = iso.instant(text) if when is None else when
    except ValueError:
        when = math.nan
    if not abs(when) <= 1000 * LATEST_S:  # whoever asks says of milliseconds that they are none
        raise ValueError(f"'{text}' is not a time: it is ISO 8601, seconds since 1970, or now-5m")
    return when


def from_now(text: str, now: float) -> float | None:
    """`now`, `now-15m`, `now + 1h` as s UTC; None where it is written otherwise."""
    match = _NOW.fullmatch(text)
    if match is None or match[1] is None:
        return None if match is None else now
    length = lengths.seconds(match[2] + match[3])
    return None if length is None else now + (length if match[1] == "+" else -length)
