"""What goes over the wire: a flush as the requests that the Agent would send."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from doghouse.agent.aggregation.samples import Event, FlushedSeries, ServiceCheck, sendable
from doghouse.agent.aggregation.sketches import FlushedSketch
from doghouse.agent.aggregation.submissions import Batch
from doghouse.metrics.intake.messages import message

PER_PAYLOAD = 10_000  # datadog.yaml: serializer_max_series_points_per_payload
PROTOBUF = "application/x-protobuf"
SERIES, SKETCHES, CHECKS = "/api/v2/series", "/api/beta/sketches", "/api/v1/check_run"
INTAKE, LOGS = "/intake/", "/api/v2/logs"
_TYPES = {"count": 1, "rate": 2, "gauge": 3}  # POST /api/v2/series: MetricIntakeType
_logger = logging.getLogger("doghouse.agent.serializer")


@dataclass(frozen=True, slots=True)
class Payload:
    """One request's path and body, before it is compressed."""

    path: str
    body: bytes = field(repr=False)
    content_type: str = "application/json"


def of(batch: Batch, hostname: str) -> Iterator[Payload]:
    """The requests that carry a batch, each small enough to be accepted. A request that can't be made is logged, and the others are made."""
    for path, make in _makers(batch, hostname):
        try:
            yield make()
        except Exception:
            _logger.exception("a request to %s can't be made; what it was to carry is lost", path)


def _makers(batch: Batch, hostname: str) -> Iterator[tuple[str, Callable[[], Payload]]]:
    def binary(path: str, encode: Callable[[Any], bytes], part: Any) -> Callable[[], Payload]:
        return lambda: Payload(path, encode(part), PROTOBUF)

    def json(path: str, body: Any) -> Callable[[], Payload]:
        return lambda: Payload(path, encoded(body))

    for part in _parts(batch.series):
        yield SERIES, binary(SERIES, series_message, part)
    for sketches in _parts(batch.sketches):
        yield SKETCHES, binary(SKETCHES, sketch_message, sketches)
    for checks in _parts(batch.service_checks):
        yield CHECKS, json(CHECKS, [service_check(check) for check in checks])
    for events in _parts(batch.events):
        yield INTAKE, json(INTAKE, _events(events, hostname))
    if batch.external_tags:
        listed = [[host, tags] for host, tags in batch.external_tags.items()]
        yield INTAKE, json(INTAKE, {"internalHostname": hostname, "external_host_tags": listed})
    for lines in _parts(batch.logs):
        yield LOGS, json(LOGS, lines)


def encoded(body: Any) -> bytes:
    """A body as JSON. A value that JSON has no type for is sent as text; what is not Unicode becomes `?`."""
    try:
        return msgspec.json.encode(body, enc_hook=str)
    except UnicodeEncodeError:
        return msgspec.json.encode(_sendable(body), enc_hook=str)


def _sendable(body: Any) -> Any:
    if isinstance(body, str):
        return sendable(body)
    if isinstance(body, Mapping):
        return {_sendable(key): _sendable(value) for key, value in body.items()}
    if isinstance(body, list | tuple):
        return [_sendable(item) for item in body]
    return body


def _parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), PER_PAYLOAD):
        yield items[start : start + PER_PAYLOAD]


def series_message(many: Sequence[FlushedSeries]) -> bytes:
    """Series as a MetricPayload, as Agents send them."""
    payload = message("MetricPayload")()
    for flushed in many:
        series = payload.series.add(
            metric=flushed.metric,
            type=_TYPES[flushed.type],
            interval=flushed.interval,
            tags=flushed.tags,
            source_type_name=flushed.source_type,
        )
        if flushed.host:
            series.resources.add(type="host", name=flushed.host)
        for timestamp, value in flushed.points:
            series.points.add(timestamp=int(timestamp), value=value)
    return bytes(payload.SerializeToString())


def sketch_message(many: Sequence[FlushedSketch]) -> bytes:
    """Sketches as a SketchPayload."""
    payload = message("SketchPayload")()
    for flushed in many:
        series = payload.sketches.add(metric=flushed.metric, host=flushed.host, tags=flushed.tags)
        for at, sketch in flushed.points:
            keys, counts = sketch.columns()
            series.dogsketches.add(
                ts=at,
                cnt=sketch.count,
                min=sketch.min,
                max=sketch.max,
                sum=sketch.sum,
                avg=sketch.sum / sketch.count,
                k=keys,
                n=counts,
            )
    return bytes(payload.SerializeToString())


def service_check(check: ServiceCheck) -> dict[str, Any]:
    """A service check as the API has it."""
    return {
        "check": check.check,
        "host_name": check.host,
        "timestamp": check.timestamp,
        "status": check.status,
        "message": check.message,
        "tags": list(check.tags),
    }


def _events(events: Sequence[Event], hostname: str) -> Mapping[str, Any]:
    by_source: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for event in events:
        by_source[event.source].append(event.fields)
    return {"internalHostname": hostname, "events": by_source}
