"""The JSON body of `POST /api/v2/series` (OpenAPI v2: MetricPayload)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from operator import attrgetter

import msgspec
from msgspec import Struct

from doghouse.metrics.intake.batch import Batch, split
from doghouse.metrics.model import Sent

TYPES = {0: "", 1: "count", 2: "rate", 3: "gauge"}  # OpenAPI v2: MetricIntakeType


class Point(Struct, gc=False):
    """A value at a second. Read as dicts, points took a quarter longer (100 series of 100 points: 3.5 against 2.7 ms)."""

    timestamp: float
    value: float


class Resource(Struct, gc=False):
    """What a series is about; `type` `host` names its host."""

    name: str | None = None
    type: str | None = None


class Submitted(Struct, gc=False):
    """One series."""

    metric: str
    points: list[Point]
    type: int | None = None
    interval: int | float | None = None
    resources: list[Resource] | None = None
    tags: tuple[str, ...] | None = None


class Payload(Struct, gc=False):
    """The whole body."""

    series: list[Submitted]


_payload = msgspec.json.Decoder(Payload)
_pair = attrgetter("timestamp", "value")


def decode(body: bytes) -> Batch:
    """The series of a body. Raises msgspec.DecodeError or ValidationError that says what is wrong and where."""
    series = _payload.decode(body).series
    counts = [len(sent.points) for sent in series]
    pairs = map(_pair, chain.from_iterable(sent.points for sent in series))
    return Batch([form(sent) for sent in series], counts, *split(list(pairs)))


def form(series: Submitted) -> Sent:
    """How a series was sent, as the index knows it."""
    host, tags = located(
        ((resource.type or "", resource.name or "") for resource in series.resources or ()), series.tags or ()
    )
    return (series.metric, host, TYPES.get(series.type or 0, ""), series.interval, tags)


def located(resources: Iterable[tuple[str, str]], tags: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The host among resources, and the tags with the other resources as tags `type:name` (GUESS for other resources than `device`)."""
    host = ""
    for kind, name in resources:
        if kind == "host":
            host = name
        elif kind and name:
            tags = (*tags, f"{kind}:{name}")
    return host, tags
