"""Collects what checks submit until the next flush (datadog-agent: pkg/aggregator/sender.go)."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from doghouse.agent.aggregation import samples
from doghouse.agent.aggregation.metric_types import Options
from doghouse.agent.aggregation.sampler import CheckSampler, Committed
from doghouse.agent.aggregation.samples import Bucket, Event, FlushedSeries, Kind, Sample, ServiceCheck
from doghouse.agent.aggregation.sketches import FlushedSketch
from doghouse.agent.checks.configuration import Instance

STATUSES = (0, 1, 2, 3)  # OK, WARNING, CRITICAL, UNKNOWN
_logger = logging.getLogger("doghouse.agent.checks")


class Counts(Struct):
    """How much one check instance submitted, in all."""

    metrics: int = 0
    service_checks: int = 0
    events: int = 0
    histogram_buckets: int = 0
    logs: int = 0
    platform_events: Counter[str] = field(default_factory=Counter)
    metadata: dict[str, str] = field(default_factory=dict)

    def copy(self) -> Counts:
        """A copy that no longer changes."""
        return replace(self, platform_events=self.platform_events.copy(), metadata=dict(self.metadata))

    def since(self, before: Counts) -> Counts:
        """What was added to an earlier copy."""
        return Counts(
            self.metrics - before.metrics,
            self.service_checks - before.service_checks,
            self.events - before.events,
            self.histogram_buckets - before.histogram_buckets,
            self.logs - before.logs,
            self.platform_events - before.platform_events,
        )


class Batch(Struct):
    """What is to be sent at a flush."""

    series: list[FlushedSeries] = field(default_factory=list)
    sketches: list[FlushedSketch] = field(default_factory=list)
    service_checks: list[ServiceCheck] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    logs: list[dict[str, Any]] = field(default_factory=list)
    external_tags: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def add(self, other: Batch) -> None:
        """Add what another batch holds."""
        self.series += other.series
        self.sketches += other.sketches
        self.service_checks += other.service_checks
        self.events += other.events
        self.logs += other.logs
        self.external_tags |= other.external_tags


class _Sender(Struct):
    """What the Agent adds to an instance's submissions, and what it counts of them."""

    host: str  # where none is given; empty with `empty_default_hostname`
    tags: tuple[str, ...]  # `service:` of the instance, else of init_config
    source: str
    sampler: CheckSampler
    counts: Counts = field(default_factory=Counts)


class Submissions:
    """Takes what checks submit, from any thread, until `flush`. A value gets the time (`now()`) at which it is submitted, as in the Agent."""

    def __init__(self, hostname: str, now: Callable[[], float], options: Options | None = None) -> None:
        self._hostname = hostname
        self._now = now
        self._options = options
        self._lock = threading.Lock()
        self._senders: dict[str, _Sender] = {}
        self._batch = Batch()

    def register(self, instance: Instance) -> None:
        """Accept submissions under this instance's id."""
        options = instance.instance
        host = "" if options.get("empty_default_hostname") is True else self._hostname
        service = options.get("service") or instance.init_config.get("service")
        tags = (f"service:{service}",) if service else ()
        with self._lock:
            self._senders[instance.id] = _Sender(host, tags, instance.name, CheckSampler(self._options))

    def forget(self, check_id: str) -> None:
        """Accept no more under this id; what was committed is still sent."""
        with self._lock:
            self._senders.pop(check_id, None)

    def counts(self, check_id: str) -> Counts:
        """What an instance submitted so far."""
        with self._lock:
            sender = self._senders.get(check_id)
            return sender.counts if sender else Counts()

    def metric(
        self,
        check_id: str,
        kind: int,
        name: str,
        value: float,
        tags: Sequence[str],
        host: str,
        flush_first: bool = False,
    ) -> None:
        """One sample, of the type that `aggregator` numbers `kind`."""
        with self._lock:
            if (sender := self._senders.get(check_id)) is None:
                return
            where = samples.context(name, host or sender.host, (*tags, *sender.tags))
            sender.sampler.add(Sample(Kind(kind), where, float(value), self._now(), 1.0, bool(flush_first)))
            sender.counts.metrics += 1

    def bucket(
        self,
        check_id: str,
        name: str,
        count: int,
        bounds: tuple[float, float],
        monotonic: bool,
        host: str,
        tags: Sequence[str],
        flush_first: bool,
        several: bool,
    ) -> None:
        """One bucket of a histogram."""
        with self._lock:
            if (sender := self._senders.get(check_id)) is None:
                return
            where = samples.context(name, host or sender.host, (*tags, *sender.tags))
            lower, upper = bounds
            sender.sampler.add_bucket(
                Bucket(where, int(count), float(lower), float(upper), monotonic, self._now(), flush_first, several)
            )
            sender.counts.histogram_buckets += 1

    def service_check(
        self, check_id: str, name: str, status: int, tags: Sequence[str], host: str, message: str
    ) -> None:
        """One status. A number that is not one of the four is not sent but logged: an intake would refuse the whole request."""
        if status not in STATUSES:
            _logger.warning(
                "%s: the status of %s must be 0, 1, 2 or 3, found %r; it is not sent", check_id, name, status
            )
            return
        with self._lock:
            if (sender := self._senders.get(check_id)) is None:
                return
            every_tag = tuple(sorted({*tags, *sender.tags}))
            self._batch.service_checks.append(
                ServiceCheck(name, int(status), host or sender.host, every_tag, message or "", int(self._now()))
            )
            sender.counts.service_checks += 1

    def event(self, check_id: str, fields: Mapping[str, Any]) -> None:
        """One event: the dict that `AgentCheck.event` was given."""
        with self._lock:
            if (sender := self._senders.get(check_id)) is None:
                return
            attributes = {key: value for key, value in fields.items() if value is not None}
            attributes["tags"] = sorted({*map(str, attributes.get("tags") or ()), *sender.tags})
            attributes["host"] = attributes.get("host") or sender.host
            attributes.setdefault("timestamp", int(self._now()))
            self._batch.events.append(Event(str(attributes.get("source_type_name") or sender.source), attributes))
            sender.counts.events += 1

    def log(self, check_id: str, line: Mapping[str, Any]) -> None:
        """One log line with its attributes."""
        with self._lock:
            if (sender := self._senders.get(check_id)) is None:
                return
            entry = {"ddsource": sender.source, "hostname": sender.host, **line}
            entry.setdefault("timestamp", int(self._now() * 1000))
            self._batch.logs.append(entry)
            sender.counts.logs += 1

    def platform_event(self, check_id: str, track: str) -> None:
        """An event for the event platform (database monitoring …): counted, not sent, since doghouse has no such tracks."""
        with self._lock:
            if sender := self._senders.get(check_id):
                sender.counts.platform_events[track] += 1

    def metadata(self, check_id: str, name: str, value: str) -> None:
        """A check's metadata (`version`, …): kept for `agent status`."""
        with self._lock:
            if sender := self._senders.get(check_id):
                sender.counts.metadata[name] = value

    def external_tags(self, tags: Sequence[tuple[str, Mapping[str, Sequence[str]]]]) -> None:
        """Tags of hosts that are not this one, by source."""
        with self._lock:
            for host, by_source in tags:
                tags_by_source = self._batch.external_tags.setdefault(host, {})
                for source, tags_of_source in by_source.items():
                    tags_by_source[source] = sorted({*tags_by_source.get(source, ()), *tags_of_source})

    def take(self, series: Sequence[FlushedSeries]) -> None:
        """Send these, which are points already."""
        with self._lock:
            self._batch.series += series

    def commit(self, check_id: str) -> Committed:
        """End a run: its points are stamped with the time of this call, and go out with the next flush."""
        with self._lock:
            if (sender := self._senders.get(check_id)) is None:
                return Committed((), ())
            committed = sender.sampler.commit(self._now())
            self._batch.series += committed.series
            self._batch.sketches += committed.sketches
            return committed

    def promised(self, check_id: str) -> dict[str, str]:
        """Metrics of an instance that need another run for a point: name and type (see CheckSampler.promised)."""
        with self._lock:
            sender = self._senders.get(check_id)
            return dict(sender.sampler.promised()) if sender else {}

    def flush(self) -> Batch:
        """Everything since the last flush."""
        with self._lock:
            batch, self._batch = self._batch, Batch()
            return batch
