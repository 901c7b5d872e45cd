"""Faults made on purpose (`--chaos SPEC --seed N`), so that a client's retries can be tried.

SPEC is a list such as `503=0.1,slow=0.05:2s,drop-before=0.02,drop-after=0.02`: each fault with the share of API requests that meet it.

- `500` to `599`: that status, nothing having been done;
- `slow`: the answer comes so much later (default 1s);
- `drop-before`: the connection is cut, nothing having been done;
- `drop-after`: the connection is cut when everything is done and written, instead of an answer.

Which requests meet a fault follows from the seed and the order in which requests come.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from doghouse.numbers import decimal, whole_number
from doghouse.storage.config import OptionError, duration

PATHS = ("/api/", "/intake", "/v1/input")  # of Datadog's own; pages and doghouse's own paths stay whole
DEFAULT_DELAY_S = 1.0


class Fault(Struct, frozen=True):
    """What happens to a share (0 to 1) of requests. `delay` in s."""

    kind: str
    share: float
    delay: float = 0.0


def parse(spec: str) -> tuple[Fault, ...]:
    """The faults of a SPEC. Raises OptionError."""
    return tuple(_fault(part.strip()) for part in spec.split(",") if part.strip())


def _fault(part: str) -> Fault:
    kind, _, settings = part.partition("=")
    share, _, delay = settings.partition(":")
    is_known = kind in ("slow", "drop-before", "drop-after") or 500 <= (whole_number(kind) or 0) <= 599
    if not is_known or (delay and kind != "slow"):
        raise OptionError(f"'{part}' is no fault: expected 503=0.1, slow=0.1:2s, drop-before=0.1 or drop-after=0.1")
    try:
        number = decimal(share)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise OptionError(f"'{part}': '{share}' is not a share of requests from 0 to 1")
    return Fault(kind, number, (duration(delay) if delay else DEFAULT_DELAY_S) if kind == "slow" else 0.0)


class Chaos:
    """An application some of whose requests go wrong. It must be the outermost one: it cuts the server's own connection."""

    def __init__(self, app: ASGIApp, faults: Sequence[Fault], seed: int) -> None:
        self._app, self._faults = app, faults
        self._random = random.Random(seed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or not."""
        if scope["type"] != "http" or not scope["path"].startswith(PATHS):
            await self._app(scope, receive, send)
            return
        met = [fault for fault in self._faults if self._random.random() < fault.share]
        for fault in met:
            await asyncio.sleep(fault.delay)
        kinds = {fault.kind for fault in met} - {"slow"}
        if "drop-before" in kinds:
            cut(send)
        elif status := next(filter(None, map(whole_number, kinds)), None):
            response = JSONResponse({"errors": ["A fault that --chaos asked for"]}, status)
            await response(scope, receive, send)
        elif "drop-after" in kinds:
            await self._app(scope, receive, unheard)
            cut(send)
        else:
            await self._app(scope, receive, send)


async def unheard(_: Message) -> None:
    """An answer that nobody gets."""


def cut(send: Send) -> None:
    """Cut the connection that an answer would go to."""
    connection: Any = send
    connection.__self__.transport.abort()  # uvicorn gives no other way
