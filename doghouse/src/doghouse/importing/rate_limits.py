"""How long an account asks to wait before the next request, and how its rate limit stands (docs.datadoghq.com: api/latest/rate-limits)."""

from __future__ import annotations

import math
from collections.abc import Mapping

from msgspec import Struct


class Standing(Struct, frozen=True):
    """How a rate limit stands: `limit` requests in each `period` (s), `remaining` now, all of them again in `reset` (s)."""

    limit: int
    period: float
    remaining: int
    reset: float

    def waiting(self, requests: int) -> float:
        """How long (s) so many requests have to wait for the limit, whatever they take themselves."""
        over = requests - self.remaining
        return 0.0 if over <= 0 else self.reset + (math.ceil(over / max(self.limit, 1)) - 1) * self.period


def standing(headers: Mapping[str, str]) -> Standing | None:
    """How an answer says that its limit stands; None where it has none."""
    fields = {name.lower().removeprefix("x-ratelimit-"): value for name, value in headers.items()}
    try:
        numbers = [float(fields[name]) for name in ("limit", "period", "remaining", "reset")]
    except (KeyError, ValueError):
        return None
    if not all(math.isfinite(number) and number >= 0 for number in numbers):
        return None
    return Standing(int(numbers[0]), numbers[1], int(numbers[2]), numbers[3])


def asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """The seconds until a rate limit allows more, by an answer's headers (`X-RateLimit-Reset`, else `Retry-After`); None: they do not say."""
    fields = {name.lower(): value for name, value in headers.items()}
    for name in ("x-ratelimit-reset", "retry-after"):
        try:
            seconds = float(fields.get(name, ""))
        except ValueError:  # nothing, or a date as HTTP allows
            continue
        if math.isfinite(seconds):
            return max(seconds, 0.0)
    return None
