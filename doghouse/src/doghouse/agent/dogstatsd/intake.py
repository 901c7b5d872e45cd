"""Keeps what arrives in datagrams until the next flush."""

from __future__ import annotations

import logging
import threading
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from doghouse.agent.aggregation import samples
from doghouse.agent.aggregation.metric_types import Options
from doghouse.agent.aggregation.samples import Event, FlushedSeries, Kind, Sample, ServiceCheck
from doghouse.agent.aggregation.submissions import Batch
from doghouse.agent.dogstatsd.buckets import BUCKET_S, Buckets
from doghouse.agent.dogstatsd.messages import BadMessage, CheckMessage, EventMessage, MetricMessage, lines, parse

_logger = logging.getLogger("doghouse.agent.dogstatsd")


class Received(Struct):
    """How much was received since the start."""

    packets: int = 0
    metrics: int = 0
    events: int = 0
    service_checks: int = 0
    errors: int = 0
    dropped: int = 0  # packets


# What gets no namespace (datadog.yaml: statsd_metric_namespace_blocklist; pkg/config/setup: StandardStatsdPrefixes).
STANDARD_PREFIXES = (
    "datadog.agent", "datadog.dogstatsd", "datadog.process", "datadog.trace_agent", "datadog.tracer",
    "activemq", "activemq_58", "airflow", "cassandra", "confluent", "hazelcast", "hive", "ignite", "jboss", "jvm",
    "kafka", "presto", "sidekiq", "solr", "tomcat", "runtime",
)  # fmt: skip


class StatsdOptions(Struct, frozen=True):
    """Settings: `dogstatsd_tags`, `statsd_metric_namespace` and its `_blocklist`, `histogram_copy_to_distribution_prefix` (None: no copies)."""

    tags: tuple[str, ...] = ()
    namespace: str = ""
    without_namespace: tuple[str, ...] = STANDARD_PREFIXES
    distribution_prefix: str | None = None

    def name(self, sent: str) -> str:
        """A metric's name under the namespace."""
        if not self.namespace or sent.startswith(self.without_namespace):
            return sent
        return f"{self.namespace.removesuffix('.')}.{sent}"


class StatsdIntake:
    """Takes packets from any thread. `hostname` is the host of what names none."""

    def __init__(self, hostname: str, statsd: StatsdOptions | None = None, options: Options | None = None) -> None:
        self._hostname = hostname
        self._statsd = statsd or StatsdOptions()
        self._tags = self._statsd.tags
        self._lock = threading.Lock()
        self._buckets = Buckets(options)
        self._batch = Batch()
        self.received = Received()

    def take(self, packet: bytes, now: float) -> None:
        """Read a packet that came at `now` (s UTC); a line that is not a message is counted as an error, and the others are read."""
        with self._lock:
            self.received.packets += 1
            for line in lines(packet):
                try:
                    message = parse(line)
                except BadMessage as error:
                    self.received.errors += 1
                    _logger.debug("a message can't be read: %s", error)
                    continue
                match message:
                    case MetricMessage():
                        self._metric(message, now)
                    case EventMessage():
                        self._event(message, now)
                    case CheckMessage():
                        self._check(message, now)

    def flush(self, now: float) -> Batch:
        """What is complete by `now` (s UTC)."""
        with self._lock:
            batch, self._batch = self._batch, Batch()
            series, sketches = self._buckets.flush(now)
        batch.series += series
        batch.sketches += sketches
        return batch

    def _metric(self, message: MetricMessage, now: float) -> None:
        self.received.metrics += len(message.values) or 1
        host = self._hostname if message.host is None else message.host
        where = samples.context(self._statsd.name(message.name), host, (*message.tags, *self._tags))
        if message.timestamp is not None:
            self._aggregated(message, where)
            return
        for value in message.values or (0.0,):
            self._buckets.add(Sample(message.kind, where, value, now, message.rate, member=message.member))
        if message.kind is Kind.HISTOGRAM and self._statsd.distribution_prefix is not None:
            copy = replace(where, name=self._statsd.distribution_prefix + where.name)
            for value in message.values:
                self._buckets.add(Sample(Kind.DISTRIBUTION, copy, value, now, message.rate))

    def _aggregated(self, message: MetricMessage, where: samples.Context) -> None:
        """Send values that have a time of their own as they are. The Agent does so for gauges and counts only (no_aggregation_stream_worker.go)."""
        if message.kind not in (Kind.GAUGE, Kind.COUNTER) or message.timestamp is None:
            self.received.errors += 1
            return
        gauge = message.kind is Kind.GAUGE
        points = tuple((float(message.timestamp), value if gauge else value / BUCKET_S) for value in message.values)
        kind: samples.ApiType = "gauge" if gauge else "rate"
        self._batch.series.append(FlushedSeries(where.name, kind, BUCKET_S, where.host, where.tags, points, ""))

    def _event(self, message: EventMessage, now: float) -> None:
        self.received.events += 1
        fields: dict[str, Any] = {
            "msg_title": message.title,
            "msg_text": message.text,
            "timestamp": int(now),
            "host": self._hostname if message.host is None else message.host,
            "tags": sorted({*message.tags, *self._tags}),
            **message.optional,
        }
        self._batch.events.append(Event(str(message.optional.get("source_type_name", "api")), fields))

    def _check(self, message: CheckMessage, now: float) -> None:
        self.received.service_checks += 1
        tags = tuple(sorted({*message.tags, *self._tags}))
        host = self._hostname if message.host is None else message.host
        when = int(now) if message.timestamp is None else message.timestamp
        self._batch.service_checks.append(ServiceCheck(message.name, message.status, host, tags, message.message, when))
