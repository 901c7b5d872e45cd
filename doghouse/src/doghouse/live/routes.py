"""Time travel over HTTP: `POST /doghouse/advance`, which Datadog does not have. Served with `--time-travel` alone."""

from __future__ import annotations

from functools import partial

from msgspec import Struct
from starlette.routing import BaseRoute

from doghouse.live.loop import Live
from doghouse.web import errors
from doghouse.web.http import Call, Reply, endpoint

MOST_MINUTES = 60 * 24 * 366


def routes(live: Live) -> list[BaseRoute]:
    """Making time pass."""
    return [endpoint("POST", "/doghouse/advance", partial(advance, live))]


class Advance(Struct):
    """How many minutes are to pass."""

    minutes: int


def advance(live: Live, call: Call) -> Reply:
    """Let minutes pass, each monitor stepped at each of them."""
    minutes = call.json(Advance).minutes
    if not 0 <= minutes <= MOST_MINUTES:
        raise errors.invalid_query_parameter("minutes", str(minutes), f"a number from 0 to {MOST_MINUTES}")
    live.advance(minutes)
    return Reply({"now": live.now()})
