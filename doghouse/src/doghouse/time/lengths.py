"""Lengths of time as Datadog writes them: a whole number and a unit, as in `90s`, `30m`, `36h`, `15d`, `2w`."""

from __future__ import annotations

import re
from collections.abc import Mapping

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800  # s
UNITS: Mapping[str, int] = {"s": 1, "m": MINUTE, "h": HOUR, "d": DAY, "w": WEEK}  # s
DIGITS = 12  # at most
_LENGTH = re.compile(rf"([0-9]{{1,{DIGITS}}})([a-z]{{1,2}})")


def seconds(text: str, units: Mapping[str, int] = UNITS) -> int | None:
    """`15d` in seconds; None where it is not a whole number (of at most DIGITS digits) with one of the units (each in s)."""
    match = _LENGTH.fullmatch(text)
    return int(match[1]) * units[match[2]] if match and match[2] in units else None
