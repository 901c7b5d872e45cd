"""The Agent: keeps its parts going. Checks run, what they and DogStatsD's clients submit is flushed, the host is reported."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence

from doghouse.agent import hostinfo, hostmetrics, payloads, status
from doghouse.agent.dogstatsd.buckets import BUCKET_S
from doghouse.agent.parts import Parts
from doghouse.agent.payloads import Payload
from doghouse.agent.samples import FlushedSeries, ServiceCheck
from doghouse.agent.settings import AGENT_VERSION
from doghouse.agent.submissions import Batch

FLUSH_S = 15  # datadog-agent: DefaultFlushInterval
RELOAD_S = 2  # how often the configuration is looked at
STATUS_S = 1
TICK_S = 0.5
STOP_S = 2.0  # how long running checks, and then the last requests, are waited for
_logger = logging.getLogger("doghouse.agent")


class Agent:
    """One Agent. `run` works until it is told to stop."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.started = parts.clock.now()
        self._outbox: queue.SimpleQueue[Sequence[Payload] | None] = queue.SimpleQueue()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; then flush once more."""
        sender = threading.Thread(target=self._deliver, name="forwarder", daemon=True)
        sender.start()
        jobs = self._jobs()
        collector, start = self.parts.collector, time.monotonic()
        collector.reload(start)
        self._report_host()
        due = {job: start + every for job, every in jobs.items()}
        while not stop.wait(collector.pause(time.monotonic(), TICK_S)):
            now = time.monotonic()
            collector.run_due(now)
            for job, every in jobs.items():
                if now >= due[job]:
                    _do(job)
                    due[job] += every * (1 + (now - due[job]) // every)
        self._stop(sender)

    def _jobs(self) -> dict[Callable[[], None], float]:
        """What is done again and again, and how often (s)."""
        jobs: dict[Callable[[], None], float] = {
            self._reload: RELOAD_S,
            self._flush: FLUSH_S,
            self._report_host: hostinfo.REPORT_EVERY_S,
            self._write_status: STATUS_S,
        }
        if self.parts.host:
            self._read_host()
            jobs[self._read_host] = hostmetrics.EVERY_S
        return jobs

    def _reload(self) -> None:
        self.parts.collector.reload(time.monotonic())

    def _flush(self, ahead: float = 0.0) -> None:
        """Send what is complete; `ahead` (s) also makes complete what will be by then."""
        parts, now = self.parts, self.parts.clock.now()
        batch = parts.submissions.flush()
        batch.add(parts.statsd.flush(now + ahead))
        batch.add(_own(parts.settings.hostname, now))
        self._outbox.put(list(payloads.of(batch, parts.settings.hostname)))

    def _read_host(self) -> None:
        host, parts = self.parts.host, self.parts
        if host:
            parts.collector.run_aside(lambda: parts.submissions.take(host.collect(parts.clock.now())))

    def _report_host(self) -> None:
        settings, states = self.parts.settings, self.parts.collector.states()

        def send() -> None:  # names are looked up, which may take long
            self._outbox.put([Payload("/intake/", payloads.encoded(hostinfo.report(settings, states)))])

        self.parts.collector.run_aside(send)

    def _write_status(self) -> None:
        try:
            self.parts.folder.write_status(status.document(self.parts, self.started))
        except OSError as error:
            _logger.warning("the status can't be written to %s: %s", self.parts.folder.path, error.strerror)

    def _deliver(self) -> None:
        """The forwarder's thread: sends what is put out, and every second what is kept; None ends it."""
        while True:
            try:
                waiting = self._outbox.get(timeout=1)
            except queue.Empty:
                waiting = ()
            if waiting is None:
                return
            try:
                self.parts.forwarder.deliver(waiting, self.parts.clock.now())
            except OSError as error:
                _logger.error("the retry queue can't be kept in %s: %s", self.parts.folder.retry, error.strerror)

    def _stop(self, sender: threading.Thread) -> None:
        self.parts.listeners.close()
        self.parts.collector.finish(STOP_S)
        _do(self._last_flush)
        self._outbox.put(None)
        sender.join(STOP_S)
        if sender.is_alive():  # a request hangs
            _do(self._leave)
        self.parts.collector.stop(STOP_S)

    def _last_flush(self) -> None:
        self._flush(ahead=BUCKET_S)

    def _leave(self) -> None:
        """Keep on disk what the forwarder's thread has not come to, for the next start."""
        left: list[Payload] = []
        with contextlib.suppress(queue.Empty):
            while True:
                left += self._outbox.get_nowait() or ()
        self.parts.forwarder.leave(left)


def _do(job: Callable[[], None]) -> None:
    """One turn of a job. A mistake of ours in it is told in full, and does not end the checks."""
    try:
        job()
    except Exception:
        _logger.exception(
            "the agent's job %s failed; it is tried again at its next turn", getattr(job, "__name__", job)
        )


def _own(hostname: str, now: float) -> Batch:
    """What every Agent says of itself at a flush: `datadog.agent.running` and the service check `datadog.agent.up`."""
    version = (f"version:{AGENT_VERSION}",)
    return Batch(
        series=[FlushedSeries("datadog.agent.running", "gauge", 0, hostname, version, ((now, 1.0),))],
        service_checks=[ServiceCheck("datadog.agent.up", 0, hostname, (), "", int(now))],
    )
