"""Rate limits: the headers that Datadog's answers carry, and with `--rate-limit` the answer 429 (docs.datadoghq.com: api/latest/rate-limits).

Submitting points, checks and logs is not limited there, and not here.
"""

from __future__ import annotations

import math
import threading

from msgspec import Struct
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from doghouse.time.clock import Clock
from doghouse.web import errors

HOUR_S, MINUTE_S = 3600, 60
FAULT = 500  # from this status on clients try again, and the official ones wait as long as `X-RateLimit-Reset` says: up to an hour for a 501


class Limit(Struct, frozen=True):
    """So many requests in each period (s) that begins at a multiple of it since 1970 UTC."""

    name: str
    requests: int
    period: int


# The page names these; recorded are those of monitors (datadogpy), metric tags (terraform-provider-datadog) and host tags (datadog-sync-cli);
# the others, and the names of all, are GUESS. A path belongs to the first that it begins with.
LIMITS = {
    "/api/v1/query": Limit("query", 1600, HOUR_S),
    "/api/v2/query/": Limit("query", 1600, HOUR_S),
    "/api/v1/graph/snapshot": Limit("graph_snapshot", 60, HOUR_S),
    "/api/v1/metrics": Limit("metrics", 100, HOUR_S),
    "/api/v2/metrics": Limit("metric_tags", 50, MINUTE_S),
    "/api/v1/search": Limit("metrics", 100, HOUR_S),
    "/api/v1/dashboard": Limit("dashboards", 1000, MINUTE_S),
    "/api/v2/dashboard": Limit("dashboards", 1000, MINUTE_S),
    "/api/v1/monitor": Limit("monitors", 1000, 10),
    "/api/v2/monitor": Limit("monitors", 1000, 10),
    "/api/v1/downtime": Limit("downtimes", 1000, MINUTE_S),
    "/api/v2/downtime": Limit("downtimes", 1000, MINUTE_S),
    "/api/v1/events": Limit("events", 1000, MINUTE_S),
    "/api/v2/events": Limit("events", 1000, MINUTE_S),
    "/api/v1/host": Limit("hosts", 1000, MINUTE_S),
    "/api/v1/tags": Limit("tags", 100, HOUR_S),
}
PATHS = tuple(LIMITS)


class Standing(Struct, frozen=True):
    """How a request stands with its limit: `reset` in s from now."""

    limit: Limit
    used: int
    reset: int

    @property
    def is_over(self) -> bool:
        """Whether it is one too many."""
        return self.used > self.limit.requests

    def headers(self) -> dict[str, str]:
        """What the answer says of it."""
        return {
            "X-RateLimit-Limit": str(self.limit.requests),
            "X-RateLimit-Period": str(self.limit.period),
            "X-RateLimit-Remaining": str(max(0, self.limit.requests - self.used)),
            "X-RateLimit-Reset": str(self.reset),
            "X-RateLimit-Name": self.limit.name,
        }


class Counter:
    """Requests by limit and period. `requests` (a minute) takes the place of Datadog's own limits."""

    def __init__(self, requests: int | None) -> None:
        self._requests = requests
        self._lock = threading.Lock()
        self._used: dict[str, tuple[int, int]] = {}

    def count(self, path: str, now: float) -> Standing | None:
        """One more request at `now` (s UTC); None if its path has no limit."""
        if not path.startswith(PATHS):
            return None
        own = next(limit for start, limit in LIMITS.items() if path.startswith(start))
        limit = own if self._requests is None else Limit(own.name, self._requests, MINUTE_S)
        period = int(now // limit.period)
        with self._lock:
            before, used = self._used.get(limit.name, (period, 0))
            used = used + 1 if before == period else 1
            self._used[limit.name] = (period, used)
        return Standing(limit, used, math.ceil((period + 1) * limit.period - now))


class RateLimits:
    """An application whose answers say how they stand with their limit. Only a limit that was asked for is enforced."""

    def __init__(self, app: ASGIApp, clock: Clock, requests: int | None) -> None:
        self._app, self._clock = app, clock
        self._enforced = requests is not None
        self._counter = Counter(requests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say when to come again."""
        standing = self._counter.count(scope["path"], self._clock.now()) if scope["type"] == "http" else None
        if standing is None:
            await self._app(scope, receive, send)
        elif standing.is_over and self._enforced:
            refusal = errors.too_many_requests()
            response = JSONResponse({"errors": list(refusal.errors)}, refusal.status, standing.headers())
            await response(scope, receive, send)
        else:
            own_headers = [(name.lower().encode(), value.encode()) for name, value in standing.headers().items()]

            async def with_headers(message: Message) -> None:
                if message["type"] == "http.response.start" and message["status"] < FAULT:
                    message["headers"] = [*message.get("headers", ()), *own_headers]
                await send(message)

            await self._app(scope, receive, with_headers)
