"""doghouse's own paths under `/doghouse/`: what Datadog does not have and tests need."""

from __future__ import annotations

from msgspec import Struct
from starlette.routing import BaseRoute

from doghouse.time.clock import Clock
from doghouse.web.http import Call, Reply, endpoint, parse_instant


class Moment(Struct):
    """`now`: an ISO 8601 time at which the clock stands still, or null to follow the wall clock."""

    now: str | None


def clock_routes(clock: Clock) -> list[BaseRoute]:
    """`POST /doghouse/clock` sets the server's time: served with `--time-travel` alone."""

    def set_clock(call: Call) -> Reply:
        """Stop the clock, or let it go."""
        wanted = call.json(Moment).now
        clock.set(None if wanted is None else parse_instant(wanted))
        return Reply({"now": clock.now()})

    return [endpoint("POST", "/doghouse/clock", set_clock)]
