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
    for submitted in series:
        host, tags = v2.located(
            ((resource.type, resource.name) for resource in submitted.resources), tuple(submitted.tags)
        )
        sent.append((submitted.metric, host, v2.TYPES.get(submitted.type, ""), submitted.interval, tags))
    counts = [len(submitted.points) for submitted in series]
    pairs = map(_pair, chain.from_iterable(submitted.points for submitted in series))
    flat = np.fromiter(chain.from_iterable(pairs), np.float64, 2 * sum(counts)).reshape(-1, 2)
    return Batch(sent, counts, flat[:, 0], flat[:, 1])


def decode_sketches(body: bytes) -> SentSketches:
    """The body of `/api/beta/sketches`. Raises ValueError where it is no SketchPayload."""
    try:
        series = message("SketchPayload").FromString(body).sketches
    except DecodeError as error:
        raise ValueError(str(error)) from None
    placed = [(place, dogsketch) for place, sketch in enumerate(series) for dogsketch in sketch.dogsketches]
    sizes = [len(sketch.k) for _, sketch in placed]
    if any(size != len(sketch.n) for size, (_, sketch) in zip(sizes, placed, strict=True)):
        raise ValueError("a sketch has not as many counts as keys")

    def floats(name: str) -> Floats:
        return np.array([getattr(sketch, name) for _, sketch in placed], np.float64)

    sketches = Sketches(
        group=np.array([place for place, _ in placed], np.int64),
        ts=np.array([sketch.ts for _, sketch in placed], np.int64),
        count=floats("cnt"),
        sum=floats("sum"),
        min=floats("min"),
        max=floats("max"),
        sketch=np.repeat(np.arange(len(placed)), sizes),
        key=np.fromiter(chain.from_iterable(sketch.k for _, sketch in placed), np.int64, sum(sizes)),
        n=np.fromiter(chain.from_iterable(sketch.n for _, sketch in placed), np.float64, sum(sizes)),
    )
    return SentSketches([form(sent.metric, sent.host, tuple(sent.tags)) for sent in series], sketches)
