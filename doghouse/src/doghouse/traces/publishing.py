"""Counted spans as points: `trace.<span name>.hits`, `.errors`, `.duration` and the rest (docs: tracing/metrics/metrics_namespace)."""

from __future__ import annotations

import numpy as np

from doghouse.metrics.distributions.sketches import Sketches, keys_of
from doghouse.metrics.door import MetricStore
from doghouse.metrics.model import NO_SERIES, Columns, Sent
from doghouse.traces.stats import BUCKET_S, Key, Tallies, Tally

Submission = tuple[Sent, int, float]


def publish(points: MetricStore, tallies: Tallies) -> None:
    """Write the points of closed buckets; they are on disk when this returns.

    Counts are written last, so that whoever sees the hits of a bucket sees its latencies too.
    """
    sketches = _sketches(points, tallies)
    if len(sketches):
        points.append_sketches(sketches)
    submissions = [
        submission for (start, key), tally in tallies.items() for submission in _submissions(start, key, tally)
    ]
    if submissions:
        series = points.numbers([sent for sent, _, _ in submissions])
        keep = series != NO_SERIES
        ts = np.array([at for _, at, _ in submissions], np.int64)
        value = np.array([value for _, _, value in submissions], np.float64)
        points.append(Columns(series[keep], ts[keep], value[keep]))


def tags(key: Key) -> tuple[str, ...]:
    """The tags of a key's series. Resources are tagged by name; Datadog's hash of it (`resource`) is not made."""
    return (
        f"service:{key.service}",
        f"resource_name:{key.resource}",
        *((f"env:{key.env}",) if key.env else ()),
        *((f"version:{key.version}",) if key.version else ()),
        *((f"http.status_code:{key.status}", f"http.status_class:{key.status // 100}xx") if key.status else ()),
    )


def _submissions(start: int, key: Key, tally: Tally) -> list[Submission]:
    """The counts. Where no span failed, 0 errors are submitted, so that a share of errors is 0 and not unknown (GUESS)."""
    base, with_tags, host = f"trace.{key.name}", tags(key), key.host or None

    def submission(suffix: str, kind: str, value: float) -> Submission:
        return (f"{base}.{suffix}", host, kind, BUCKET_S, with_tags), start, value

    submissions = [
        submission("hits", "count", tally.hits),
        submission("errors", "count", tally.errors),
        submission("duration", "gauge", tally.duration),
    ]
    if key.status:
        submissions.append(submission("hits.by_http_status", "count", tally.hits))
        submissions.append(submission("errors.by_http_status", "count", tally.errors))
    return submissions


def _sketches(points: MetricStore, tallies: Tallies) -> Sketches:
    """The latencies (s): a distribution `trace.<span name>` for each key and bucket."""
    sent: list[Sent] = [(f"trace.{key.name}", key.host or None, "distribution", None, tags(key)) for _, key in tallies]
    series = points.numbers(sent)
    sizes = [len(tally.values) for tally in tallies.values()]
    value = np.concatenate([np.frombuffer(tally.values) for tally in tallies.values()] or [np.empty(0)])
    number = np.concatenate([np.frombuffer(tally.counts) for tally in tallies.values()] or [np.empty(0)])
    ts = np.repeat(np.array([start for start, _ in tallies], np.int64), sizes)
    group = np.repeat(series, sizes)
    every = Sketches(group, ts, number, value * number, value, value, np.arange(len(value)), keys_of(value), number)
    valid = every.where((group != NO_SERIES) & np.isfinite(value) & (number > 0))
    return valid.merged(valid.group, valid.ts)
