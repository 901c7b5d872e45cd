"""Times as people type them on the command line: ISO 8601, seconds since 1970, or `now-5m`."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def parse_time(text: str, now: float) -> float:
    """Seconds since 1970 UTC. A time without an offset is UTC. Raises ValueError with one sentence."""
    text = text.strip()
    if relative := re.fullmatch(r"now(?:\s*([+-])\s*(\d+)\s*([smhdw]))?", text):
        sign, amount, unit = relative.groups()
        return now if sign is None else now + int(f"{sign}1") * int(amount) * _UNITS[unit]
    if re.fullmatch(r"\d+(\.\d+)?", text) and not re.fullmatch(r"\d{8}", text):
        return float(text)
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a time: it is ISO 8601, seconds since 1970, or now-5m") from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
