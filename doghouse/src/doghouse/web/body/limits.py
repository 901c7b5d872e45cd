"""What a request's body may hold, by endpoint: declared here alone. docs/limits.md is written from it.

Bytes as sent stop a large body, bytes unpacked a small one that swells, values one that is all brackets (`[{},{},…]` takes 25 times its size), depth one that
no reader gets through. What all requests hold together is bounded by `IN_FLIGHT_BYTES` (`doghouse.web.body.in_flight`).
"""

from __future__ import annotations

import re

import numpy as np
from msgspec import Struct

MIB = 1024 * 1024
IN_FLIGHT_BYTES = 96 * MIB  # of all bodies that are being read or worked on; one alone is always taken
HEAD_S, BODY_S, IDLE_S = 10, 60, 75  # s for a request's headers, for its body, and for the next request on a connection
SLOWEST_S = 10  # s within which some of a body must arrive
UNREAD_S = 60  # s after which a client that takes nothing of its answer is given up
HEAD_BYTES = 64 * 1024  # of a request before its body
CONNECTIONS = 1000  # open at once; one more is closed at once
PACKED_TEXTS = 3_000_000  # in a body of msgpack: one of two letters takes 64 bytes of memory for its three
LONGEST_MESSAGE = 40_000  # characters of what is written anew for each notification: some 0.3 s of {{value}}


class Bounds(Struct, frozen=True):
    """The most of a body: bytes as it is sent and unpacked, values in it, lists and objects inside each other (None: what its decoder takes).

    `packs`: the body is msgpack, where the values are its lists and maps alone, and texts have a bound of their own (`PACKED_TEXTS`).
    `lines`: it is JSON, unless its Content-Type says that it is text.
    `source` is where the bytes come from.
    """

    sent: int
    unpacked: int
    items: int
    depth: int | None = 100
    packs: bool = False
    lines: bool = False
    source: str = "ours"

    @property
    def unread(self) -> int:
        """How long a body may be (bytes) that `check` need not look through: it has no more values than bytes."""
        if self.depth is not None:
            return 0
        return min(self.items, PACKED_TEXTS) if self.packs else self.items


OTHERS = Bounds(4 * MIB, 4 * MIB, 200_000)
_SERIES = Bounds(3_200_000, 62_914_560, 8_000_000, None, source="OpenAPI v1: SubmitMetrics")
_DISTRIBUTIONS = Bounds(3_200_000, 62_914_560, 2_000_000, None, source="as series, GUESS")
_TRACES = Bounds(
    25 * MIB, 25 * MIB, 500_000, None, packs=True, source="datadog-agent: MaxRequestBytes of pkg/trace/config"
)
_LOGS = Bounds(5 * MIB, 5 * MIB, 500_000, lines=True, source="docs.datadoghq.com: api/latest/logs")
# A path belongs to the first that it begins with.
BY_PATH = {
    "/api/v1/series": _SERIES,
    "/api/v2/series": Bounds(512_000, 5_242_880, 2_000_000, None, source="OpenAPI v2: SubmitMetrics"),
    "/api/v1/distribution_points": _DISTRIBUTIONS,
    "/api/beta/sketches": _DISTRIBUTIONS,
    "/doghouse/import": Bounds(32 * MIB, 32 * MIB, 2_000_000, None, packs=True),
    "/v1/input": _LOGS,
    "/api/v2/logs": _LOGS,
    "/intake": Bounds(10 * MIB, 10 * MIB, 200_000),
    "/v0.3/traces": _TRACES,
    "/v0.4/traces": _TRACES,
    "/v0.5/traces": _TRACES,
    "/v0.6/stats": _TRACES,
    "/telemetry/proxy/": _TRACES,
    "/profiling/": _TRACES,
    "/debugger/": _TRACES,
    "/symdb/": _TRACES,
    "/ui/data/workbench/files/": Bounds(64 * MIB, 64 * MIB, 2_000_000, lines=True),
    "/login": Bounds(4096, 4096, 200),
}


class TooMuch(ValueError):
    """What a body has too much of, in words."""


class TooDeep(ValueError):
    """A body whose lists and objects stand too deep in each other."""


def of(path: str) -> Bounds:
    """The bounds of a path's bodies."""
    return next((bounds for start, bounds in BY_PATH.items() if path.startswith(start)), OTHERS)


_JSON_OTHERS = bytes(sign for sign in range(256) if sign not in b",[{")
_PACKED_OTHERS = bytes(sign for sign in range(256) if not (0x80 <= sign <= 0x9F or 0xDC <= sign <= 0xDF))
_PACKED_TEXTLESS = bytes(sign for sign in range(256) if not (0xA0 <= sign <= 0xBF or 0xD9 <= sign <= 0xDB))
# One that does not end goes to the end: were it left, each quotation mark in it would be tried as another's begin.
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)


def check(body: bytes, bounds: Bounds, content_type: str) -> None:
    """Raise TooMuch or TooDeep where a body has more values, or deeper ones, than its bounds allow. It is looked at as it is, before anything is made of it.

    In msgpack every byte counts that may begin a list, a map or a text: more than there are, where texts are not ASCII.
    """
    if bounds.lines and content_type.startswith(("text/", "application/logplex-1")):
        return
    packed = bounds.packs and not content_type.startswith("application/json")
    if (
        len(body) > bounds.items
        and len(body.translate(None, _PACKED_OTHERS if packed else _JSON_OTHERS)) > bounds.items
    ):
        bare = body if packed else _TEXT.sub(b"", body)
        if packed or len(bare.translate(None, _JSON_OTHERS)) > bounds.items:
            raise TooMuch(f"more than {bounds.items:,} values")
    if packed and len(body) > PACKED_TEXTS and len(body.translate(None, _PACKED_TEXTLESS)) > PACKED_TEXTS:
        raise TooMuch(f"more than {PACKED_TEXTS:,} texts")
    if bounds.depth is not None and body.count(b"[") + body.count(b"{") > bounds.depth and depth(body) > bounds.depth:
        raise TooDeep


def depth(body: bytes) -> int:
    """How deep the lists and objects of a JSON text stand in each other."""
    signs = np.frombuffer(_TEXT.sub(b"", body), np.uint8) | 0x20  # { and [ differ in that bit, as } and ] do
    steps = (signs == ord("{")).astype(np.int32) - (signs == ord("}"))
    return int(np.cumsum(steps).max(initial=0))
