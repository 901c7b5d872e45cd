"""The Agent: keeps its components going. It runs checks, sends what they and DogStatsD's clients submit, and reports the host."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence

from doghouse.agent.aggregation.samples import FlushedSeries, ServiceCheck
from doghouse.agent.aggregation.submissions import Batch
from doghouse.agent.commands import status
from doghouse.agent.components import Components
from doghouse.agent.dogstatsd.buckets import BUCKET_S
from doghouse.agent.forwarder import payloads
from doghouse.agent.forwarder.payloads import Payload
from doghouse.agent.host import information, metrics
from doghouse.agent.settings import AGENT_VERSION
from doghouse.agent.stopping import Stop

FLUSH_S = 15  # datadog-agent: DefaultFlushInterval
RELOAD_S = 2  # how often the configuration is looked at
STATUS_S = 1
TICK_S = 0.5
STOP_S = 2.0  # how long running checks, and then the last requests, are waited for
_logger = logging.getLogger("doghouse.agent")


class Agent:
    """One Agent. `run` works until `stop` is set."""

    def __init__(self, components: Components) -> None:
        self.components = components
        self.started = components.clock.now()
        self._outbox: queue.SimpleQueue[Sequence[Payload] | None] = queue.SimpleQueue()

    def run(self, stop: Stop) -> None:
        """Work until `stop` is set; then flush once more."""
        sender = threading.Thread(target=self._deliver, name="forwarder", daemon=True)
        sender.start()
        jobs = self._jobs()
        collector, start = self.components.collector, time.monotonic()
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
        """What is done at regular intervals, with the interval of each (s)."""
        jobs: dict[Callable[[], None], float] = {
            self._reload: RELOAD_S,
            self._flush: FLUSH_S,
            self._report_host: information.REPORT_EVERY_S,
            self._write_status: STATUS_S,
        }
        if self.components.host:
            self._read_host()
            jobs[self._read_host] = metrics.EVERY_S
        return jobs

    def _reload(self) -> None:
        self.components.collector.reload(time.monotonic())

    def _flush(self, ahead: float = 0.0) -> None:
        """Send what is complete by now, or, with `ahead`, so many seconds later."""
        components, now = self.components, self.components.clock.now()
        batch = components.submissions.flush()
        batch.add(components.statsd.flush(now + ahead))
        batch.add(_own(components.settings.hostname, now))
        self._outbox.put(list(payloads.of(batch, components.settings.hostname)))

    def _read_host(self) -> None:
        host, components = self.components.host, self.components
        if host:
            components.collector.run_aside(lambda: components.submissions.take(host.collect(components.clock.now())))

    def _report_host(self) -> None:
        settings, states = self.components.settings, self.components.collector.states()

        def send() -> None:  # names are looked up, which may take long
            self._outbox.put([Payload("/intake/", payloads.encoded(information.report(settings, states)))])

        self.components.collector.run_aside(send)

    def _write_status(self) -> None:
        try:
            self.components.folder.write_status(status.document(self.components, self.started))
        except OSError as error:
            _logger.warning("the status can't be written to %s: %s", self.components.folder.path, error.strerror)

    def _deliver(self) -> None:
        """The forwarder's thread: sends what is put into the outbox and, every second, what is in the retry queue. None in the outbox ends it."""
        while True:
            try:
                waiting = self._outbox.get(timeout=1)
            except queue.Empty:
                waiting = ()
            if waiting is None:
                return
            try:
                self.components.forwarder.deliver(waiting, self.components.clock.now())
            except OSError as error:
                _logger.error("the retry queue can't be kept in %s: %s", self.components.folder.retry, error.strerror)

    def _stop(self, sender: threading.Thread) -> None:
        self.components.listeners.close()
        self.components.collector.finish(STOP_S)
        _do(self._last_flush)
        self._outbox.put(None)
        sender.join(STOP_S)
        if sender.is_alive():  # a request hangs
            _do(self._leave)
        self.components.collector.stop(STOP_S)

    def _last_flush(self) -> None:
        self._flush(ahead=BUCKET_S)

    def _leave(self) -> None:
        """Put what the forwarder's thread has not sent yet into the retry queue, for the next start."""
        unsent: list[Payload] = []
        with contextlib.suppress(queue.Empty):
            while True:
                unsent += self._outbox.get_nowait() or ()
        self.components.forwarder.leave(unsent)


def _do(job: Callable[[], None]) -> None:
    """Do a job once. A mistake of ours in it is logged in full, and does not end the checks."""
    try:
        job()
    except Exception:
        _logger.exception(
            "the agent's job %s failed; it is tried again at its next turn", getattr(job, "__name__", job)
        )


def _own(hostname: str, now: float) -> Batch:
    """What every Agent sends about itself with each flush: `datadog.agent.running` and the service check `datadog.agent.up`."""
    version = (f"version:{AGENT_VERSION}",)
    return Batch(
        series=[FlushedSeries("datadog.agent.running", "gauge", 0, hostname, version, ((now, 1.0),))],
        service_checks=[ServiceCheck("datadog.agent.up", 0, hostname, (), "", int(now))],
    )
