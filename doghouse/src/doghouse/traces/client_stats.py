"""The counts that a tracer makes itself: the body of `/v0.6/stats` (datadog-agent: pkg/proto/datadog/trace/stats.proto, ClientStatsPayload in msgpack)."""

from __future__ import annotations

from array import array
from typing import Any

import msgspec
from msgspec import Struct, field

from doghouse.traces import normalize
from doghouse.traces.decoding import TracesError
from doghouse.traces.stats import NS, Key, Tallies, Tally, bucket


class Group(Struct, rename="pascal", gc=False):
    """A group of spans that the tracer counted together. Durations are in ns; the summaries are DDSketches in protobuf."""

    service: str = ""
    name: str = ""
    resource: str = ""
    http_status_code: int = field(name="HTTPStatusCode", default=0)
    type: str = ""
    hits: int = 0
    errors: int = 0
    duration: int = 0
    ok_summary: bytes = b""
    error_summary: bytes = b""


class Bucket(Struct, rename="pascal", gc=False):
    """The counts of a stretch of time: `start` and `duration` in ns."""

    start: int
    duration: int
    stats: list[Group] = []


class Payload(Struct, rename="pascal", gc=False):
    """A whole body."""

    hostname: str = ""
    env: str = ""
    version: str = ""
    stats: list[Bucket] = []


_payload = msgspec.msgpack.Decoder(Payload)


def count(body: bytes, host: str, now: float, into: Tallies) -> None:
    """Add the counts of a tracer to our own. Raises TracesError."""
    try:
        payload = _payload.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise TracesError(str(error)) from None
    for stretch in payload.stats:
        start = bucket(stretch.start / NS, now)
        for group in stretch.stats:
            name = normalize.name(group.name)
            key = Key(
                normalize.service(group.service),
                name,
                group.resource or name,
                group.type,
                normalize.status(group.http_status_code),
                normalize.tag(payload.env),
                payload.version,
                payload.hostname or host,
            )
            _add(into.setdefault((start, key), Tally()), group)


def _add(tally: Tally, group: Group) -> None:
    tally.hits += group.hits
    tally.errors += group.errors
    tally.duration += group.duration / NS
    for summary in (group.ok_summary, group.error_summary):
        values, counts = _bins(summary)
        tally.values.extend(values)
        tally.counts.extend(counts)


def _bins(summary: bytes) -> tuple[array[float], array[float]]:
    """The durations (s) in a sketch of ns, and how often each was seen, with the precision of the sketch."""
    values, counts = array("d"), array("d")
    if not summary:
        return values, counts
    from ddsketch.pb.proto import KeyMappingProto, pb
    from google.protobuf.message import DecodeError

    try:
        sketch: Any = pb.DDSketch.FromString(summary)
        mapping: Any = KeyMappingProto.from_proto(sketch.mapping)
    except (DecodeError, ValueError, AssertionError, ZeroDivisionError) as error:
        raise TracesError(f"a summary is not a DDSketch: {error}") from None
    bins = dict(sketch.positiveValues.binCounts)
    first = sketch.positiveValues.contiguousBinIndexOffset
    for place, number in enumerate(sketch.positiveValues.contiguousBinCounts, first):
        bins[place] = bins.get(place, 0.0) + number
    for key, number in bins.items():
        if number > 0:
            values.append(mapping.value(key) / NS)
            counts.append(number)
    if sketch.zeroCount > 0:
        values.append(0.0)
        counts.append(sketch.zeroCount)
    return values, counts
