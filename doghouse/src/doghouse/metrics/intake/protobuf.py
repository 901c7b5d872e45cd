"""What Agents send: the protobuf bodies of `POST /api/v2/series` and `/api/beta/sketches`."""

from __future__ import annotations

from itertools import chain
from operator import attrgetter

import numpy as np
from google.protobuf.message import DecodeError

from doghouse.metrics.distributions.sketches import Sketches
from doghouse.metrics.intake import v2
from doghouse.metrics.intake.batch import Batch
from doghouse.metrics.intake.messages import message
from doghouse.metrics.intake.sketches import SentSketches, form
from doghouse.metrics.model import Floats

_pair = attrgetter("timestamp", "value")


def decode_series(body: bytes) -> Batch:
    """The series of a body. Raises ValueError where it is no MetricPayload."""
    try:
        series = message("MetricPayload").FromString(body).series
    except DecodeError as error:
        raise ValueError(str(error)) from None
    sent = []
    for one in series:
        host, tags = v2.located(((resource.type, resource.name) for resource in one.resources), tuple(one.tags))
        sent.append((one.metric, host, v2.TYPES.get(one.type, ""), one.interval, tags))
    counts = [len(one.points) for one in series]
    pairs = map(_pair, chain.from_iterable(one.points for one in series))
    flat = np.fromiter(chain.from_iterable(pairs), np.float64, 2 * sum(counts)).reshape(-1, 2)
    return Batch(sent, counts, flat[:, 0], flat[:, 1])


def decode_sketches(body: bytes) -> SentSketches:
    """The body of `/api/beta/sketches`. Raises ValueError where it is no SketchPayload."""
    try:
        series = message("SketchPayload").FromString(body).sketches
    except DecodeError as error:
        raise ValueError(str(error)) from None
    placed = [(place, one) for place, sketch in enumerate(series) for one in sketch.dogsketches]
    sizes = [len(one.k) for _, one in placed]
    if any(size != len(one.n) for size, (_, one) in zip(sizes, placed, strict=True)):
        raise ValueError("a sketch has not as many counts as keys")

    def floats(name: str) -> Floats:
        return np.array([getattr(one, name) for _, one in placed], np.float64)

    sketches = Sketches(
        group=np.array([place for place, _ in placed], np.int64),
        ts=np.array([one.ts for _, one in placed], np.int64),
        count=floats("cnt"),
        sum=floats("sum"),
        min=floats("min"),
        max=floats("max"),
        sketch=np.repeat(np.arange(len(placed)), sizes),
        key=np.fromiter(chain.from_iterable(one.k for _, one in placed), np.int64, sum(sizes)),
        n=np.fromiter(chain.from_iterable(one.n for _, one in placed), np.float64, sum(sizes)),
    )
    return SentSketches([form(one.metric, one.host, tuple(one.tags)) for one in series], sketches)
