"""The body of `POST /api/v1/series` (OpenAPI v1: MetricsPayload)."""

from __future__ import annotations

from itertools import chain
from operator import attrgetter

import msgspec
from msgspec import Struct

from doghouse.metrics.intake.batch import Batch, split


class Sent(Struct, gc=False):
    """One series. `points` are pairs of seconds and value."""

    metric: str
    points: list[tuple[float, float]]
    type: str | None = None
    interval: int | float | None = None
    host: str | None = None
    tags: tuple[str, ...] | None = None
    device: str | None = None


class Payload(Struct, gc=False):
    """The whole body."""

    series: list[Sent]


_payload = msgspec.json.Decoder(Payload)
form = attrgetter("metric", "host", "type", "interval", "tags")  # an index's `Sent`
_points = attrgetter("points")


def decode(body: bytes) -> Batch:
    """The series of a body. Raises msgspec.DecodeError or ValidationError that says what is wrong and where."""
    series = _payload.decode(body).series
    for sent in series:
        if sent.device:
            tag_device(sent)
    points = list(map(_points, series))
    counts = list(map(len, points))
    return Batch(list(map(form, series)), counts, *split(list(chain.from_iterable(points))))


def tag_device(sent: Sent) -> None:
    """Put a device, which older Agents send beside the tags, among them."""
    sent.tags = (*(sent.tags or ()), f"device:{sent.device}")
