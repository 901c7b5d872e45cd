"""Distributions as they are sent, on their way into the store; and the body of `POST /api/v1/distribution_points`."""

from __future__ import annotations

from itertools import chain

import msgspec
import numpy as np
from msgspec import Struct

from doghouse.metrics.distributions.sketches import Sketches, no_sketches, of_values
from doghouse.metrics.door import SeriesList
from doghouse.metrics.intake.batch import in_time
from doghouse.metrics.model import NO_SERIES, Ints, Sent


class SentSketches(msgspec.Struct, frozen=True, eq=False):
    """Series as they were sent, and their sketches, whose groups are places in `sent`."""

    sent: list[Sent]
    sketches: Sketches


class Values(Struct, gc=False):
    """One series of `distribution_points`: at each second (s) a list of values."""

    metric: str
    points: list[tuple[float, list[float]]]
    host: str | None = None
    tags: tuple[str, ...] | None = None
    type: str | None = None


class ValuesPayload(Struct, gc=False):
    """The whole body."""

    series: list[Values]


_values = msgspec.json.Decoder(ValuesPayload)


def decode_values(body: bytes) -> SentSketches:
    """The body of `/api/v1/distribution_points` (OpenAPI v1: DistributionPointsPayload). Raises msgspec's errors."""
    series = _values.decode(body).series
    points = [(place, ts, values) for place, sent in enumerate(series) for ts, values in sent.points]
    counts = [len(values) for _, _, values in points]
    group = np.repeat(np.array([place for place, _, _ in points], np.int64), counts)
    ts = np.repeat(np.array([ts for _, ts, _ in points], np.float64), counts)
    value = np.fromiter(chain.from_iterable(values for _, _, values in points), np.float64, sum(counts))
    keep = np.isfinite(value) & in_time(ts, None)
    sketches = of_values(group[keep], ts[keep].astype(np.int64), value[keep]) if keep.any() else no_sketches()
    return SentSketches([form(sent.metric, sent.host, sent.tags) for sent in series], sketches)


def form(metric: str, host: str | None, tags: tuple[str, ...] | None) -> Sent:
    """How a distribution was sent, as the index knows it."""
    return metric, host, "distribution", None, tags


def numbered(sent: SentSketches, series_list: SeriesList, now: float) -> Sketches:
    """The sketches as the store takes them: numbered series, one a second, of a time that Datadog takes at `now`."""
    ids: Ints = series_list.numbers(sent.sent)
    sketches = sent.sketches
    if not len(sketches):
        return sketches
    series = ids[sketches.group]
    keep = (series != NO_SERIES) & in_time(sketches.ts.astype(np.float64), now) & (sketches.count > 0)
    selected = sketches.where(keep)
    return selected.merged(series[keep], selected.ts)
