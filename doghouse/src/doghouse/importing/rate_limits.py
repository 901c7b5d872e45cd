"""How long an account asks to wait before the next request (docs.datadoghq.com: api/latest/rate-limits)."""

from __future__ import annotations

import math
from collections.abc import Mapping


def asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """The seconds until a rate limit allows more, by an answer's headers (`X-RateLimit-Reset`, else `Retry-After`); None: they do not say."""
    given = {name.lower(): value for name, value in headers.items()}
    for name in ("x-ratelimit-reset", "retry-after"):
        try:
            seconds = float(given.get(name, ""))
        except ValueError:  # nothing, or a date as HTTP allows
            continue
        if math.isfinite(seconds):
            return max(seconds, 0.0)
    return None


def is_used_up(headers: Mapping[str, str]) -> bool:
    """Whether this answer was the last that the rate limit allows for now."""
    return next((value for name, value in headers.items() if name.lower() == "x-ratelimit-remaining"), "") == "0"
