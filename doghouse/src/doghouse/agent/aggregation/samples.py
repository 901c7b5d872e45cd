"""What checks and DogStatsD clients submit, and what the Agent makes of it: values only."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec import Struct

ApiType = Literal["gauge", "count", "rate"]


class Kind(enum.IntEnum):
    """How samples are aggregated. The first seven are the numbers of the `aggregator` module that checks import."""

    GAUGE = 0
    RATE = 1
    COUNT = 2
    MONOTONIC_COUNT = 3
    COUNTER = 4
    HISTOGRAM = 5
    HISTORATE = 6
    SET = 7
    DISTRIBUTION = 8


class Context(Struct, frozen=True):
    """What one series is: a name, a host and a set of tags, sorted and each once."""

    name: str
    host: str
    tags: tuple[str, ...]


class Sample(Struct, frozen=True):
    """One submitted value. `timestamp` is when it was submitted (s UTC); `rate` is the share of values that a client sent (1: all)."""

    kind: Kind
    context: Context
    value: float
    timestamp: float
    rate: float = 1.0
    flush_first: bool = False
    member: str = ""  # of a SET


class Bucket(Struct, frozen=True):
    """One bucket of a histogram that a check read elsewhere: `count` values between two bounds."""

    context: Context
    count: int
    lower: float
    upper: float
    monotonic: bool
    timestamp: float
    flush_first: bool = False
    several: bool = False  # the tags don't say which bucket: the bounds do


class Point(Struct, frozen=True):
    """A value to send: `suffix` comes after the metric's name (`.avg`)."""

    type: ApiType
    timestamp: float
    value: float
    suffix: str = ""


class FlushedSeries(Struct, frozen=True):
    """Points of one series on their way out. `interval` is in seconds; 0 for what checks submit, as the Agent sends it."""

    metric: str
    type: ApiType
    interval: int
    host: str
    tags: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    source_type: str = "System"  # what the Agent says for all that checks submit


class ServiceCheck(Struct, frozen=True):
    """A status (0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN) with its message."""

    check: str
    status: int
    host: str
    tags: tuple[str, ...]
    message: str
    timestamp: int


@dataclass(frozen=True, slots=True)
class Event:
    """An event as the Agent's intake has it; `fields` are msg_title, msg_text, alert_type …"""

    source: str
    fields: Mapping[str, Any] = field(repr=False)


def context(name: str, host: str, tags: tuple[str, ...] | list[str]) -> Context:
    """A context: tags in any order and repeated make the same one."""
    return Context(sendable(name), sendable(host), tuple(sorted({sendable(tag) for tag in tags})))


def sendable(text: str) -> str:
    """A text as it can be sent: what is no Unicode (a surrogate, from bytes that were not UTF-8) becomes `?`."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
