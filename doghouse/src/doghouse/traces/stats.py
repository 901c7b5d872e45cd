"""Counting spans, as the Agent's concentrator does: hits, errors and durations in buckets of 10 s (datadog-agent: pkg/trace/stats)."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from msgspec import Struct, field

from doghouse.traces.model import MEASURED, PARTIAL, Chunk, Span, entries
from doghouse.traces.normalize import status_of

BUCKET_S = 10
BUCKETS_HELD = 2  # a bucket is closed when this many have passed: about 20 s after it began
NS = 1_000_000_000
KINDS = ("server", "consumer", "client", "producer")  # values of `span.kind` whose spans are counted


class Key(Struct, frozen=True, array_like=True):
    """The properties by which spans are counted. `status` is the HTTP status code, 0 for none."""

    service: str
    name: str
    resource: str
    type: str = ""
    status: int = 0
    env: str = ""
    version: str = ""
    host: str = ""


class Tally(Struct):
    """The counts of a key in a bucket: how many spans, how many of them failed, their total duration (s), and how often each duration (s) was seen."""

    hits: float = 0.0
    errors: float = 0.0
    duration: float = 0.0
    values: array[float] = field(default_factory=lambda: array("d"))
    counts: array[float] = field(default_factory=lambda: array("d"))

    def add(self, span: Span) -> None:
        """Count a span."""
        seconds = span.duration / NS
        self.hits += 1
        self.errors += 1 if span.error else 0
        self.duration += seconds
        self.values.append(seconds)
        self.counts.append(1)


Tallies = dict[tuple[int, Key], Tally]  # the bucket's start (s UTC) and the key


def count(chunks: Iterable[Chunk], marked: bool, host: str, now: float, into: Tallies) -> None:
    """Count the service-entry and measured spans of chunks, and those of KINDS (apm_config.compute_stats_by_span_kind).

    `marked`: the tracer says which are service entries. `now` in s UTC.
    A span counts in the bucket in which it ended, or, where that bucket is closed, in the oldest open one.
    Unfinished spans do not count.
    """
    for chunk in chunks:
        counted = {span.span_id: span for span in entries(chunk, marked)}
        counted.update((span.span_id, span) for span in chunk if _counts(span))
        env = next((tag for span in chunk if (tag := span.tag("env"))), "")
        version = chunk[0].tag("version")
        for span in counted.values():
            if not span.metrics or PARTIAL not in span.metrics:
                key = _key(span, env, version if span.service == chunk[0].service else "", host)
                place = bucket(span.end / NS, now), key
                if (tally := into.get(place)) is None:
                    tally = into[place] = Tally()
                tally.add(span)


def _counts(span: Span) -> bool:
    """Whether a span counts although it is no service entry."""
    # Of each span that arrives: by `metric` and `tag` it takes three times as long.
    metrics, meta = span.metrics, span.meta
    return bool((metrics and metrics.get(MEASURED) == 1) or (meta and meta.get("span.kind", "").lower() in KINDS))


def bucket(end: float, now: float) -> int:
    """The start of the bucket (s UTC) in which something that ended at `end` counts, at `now`."""
    return max(_start(end), oldest(now))


def oldest(now: float) -> int:
    """The start of the oldest bucket that is open at `now`; earlier ones are closed."""
    return _start(now) - (BUCKETS_HELD - 1) * BUCKET_S


def _start(at: float) -> int:
    return int(at // BUCKET_S) * BUCKET_S


def _key(span: Span, env: str, version: str, host: str) -> Key:
    return Key(
        span.service or "",
        span.name,
        span.resource or span.name,
        span.type or "",
        status_of(span),
        span.tag("env", env),
        span.tag("version", version),
        span.tag("_dd.hostname") or host,
    )
