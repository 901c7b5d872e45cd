"""`agent run`: puts the components of an Agent together, and runs it in this process."""

from __future__ import annotations

import logging
import random
from pathlib import Path

from msgspec import Struct

from doghouse.agent import options, run_folder
from doghouse.agent.agent import Agent
from doghouse.agent.aggregation.submissions import Submissions
from doghouse.agent.checks import builtin_modules, configuration, loading
from doghouse.agent.checks.cache import Cache
from doghouse.agent.checks.collector import Collector
from doghouse.agent.commands import log
from doghouse.agent.components import Components
from doghouse.agent.dogstatsd.intake import StatsdIntake
from doghouse.agent.dogstatsd.listeners import Listeners
from doghouse.agent.errors import AgentError
from doghouse.agent.forwarder import transport
from doghouse.agent.forwarder.forwarding import Forwarder
from doghouse.agent.forwarder.spool import Spool
from doghouse.agent.forwarder.transport import Intake
from doghouse.agent.host.metrics import HostMetrics
from doghouse.agent.settings import Settings
from doghouse.agent.stopping import Stop
from doghouse.time.clock import Clock

_logger = logging.getLogger("doghouse.agent")


class RunOptions(Struct, frozen=True):
    """The options of `agent run`, as they were given on the command line."""

    conf: Path | None = None
    datadog_yaml: Path | None = None
    url: str = ""
    keys_file: Path | None = None
    run_path: Path | None = None
    log_level: str = ""
    host_metrics: bool = True
    key_check: bool = True


def run(run_options: RunOptions) -> None:
    """Run an Agent until SIGTERM or SIGINT. Raises AgentError."""
    stop = Stop()
    stop.listen()
    try:
        settings = options.with_key(run_options.datadog_yaml, run_options.url, run_options.keys_file)
        transport.check(settings.url)
        log.to_stderr(run_options.log_level or settings.log_level)
        conf = run_options.conf or options.conf_folder(settings)
        configuration.check_files(conf)
        histograms = options.histogram_options(settings)
        place = str(run_options.run_path or settings.get("run_path") or "")
        folder = run_folder.of(conf, settings.url, place or None)
        lock = folder.own()
        spool = Spool(folder.retry)
    except OSError as error:
        raise AgentError(f"{error.filename} can't be used: {error.strerror}") from None
    with lock:
        intake = Intake(settings.url, settings.api_key)
        _check_key(intake, run_options.key_check)
        clock = Clock()
        submissions = Submissions(settings.hostname, clock.now, histograms)
        prepare(conf, settings, submissions, Cache(folder.cache), clock)
        statsd = StatsdIntake(settings.hostname, options.statsd_options(settings), histograms)
        components = Components(
            settings=settings,
            collector=Collector(conf, submissions, clock),
            submissions=submissions,
            statsd=statsd,
            listeners=_listening(settings, statsd, clock),
            host=HostMetrics(settings.hostname) if run_options.host_metrics else None,
            forwarder=Forwarder(intake.send, spool, random.random),
            folder=folder,
            clock=clock,
        )
        Agent(components).run(stop)


def prepare(conf: Path | None, settings: Settings, submissions: Submissions, cache: Cache, clock: Clock) -> None:
    """Make checks importable, and let them submit to `submissions`. Raises AgentError."""
    loading.extend_path(loading.search_path(conf, settings.get("additional_checksd")))
    builtin_modules.install(submissions, settings, cache, clock.now())


def _listening(settings: Settings, statsd: StatsdIntake, clock: Clock) -> Listeners:
    """Listen for datagrams where `dogstatsd_port` and `dogstatsd_socket` say, unless `use_dogstatsd` is off. Raises AgentError.

    The port is on `bind_host`, or on every address with `dogstatsd_non_local_traffic`.
    """
    listeners = Listeners(statsd, clock.now)
    if settings.get("use_dogstatsd"):
        everywhere = settings.get("dogstatsd_non_local_traffic") is True
        host = "0.0.0.0" if everywhere else str(settings.get("bind_host") or "127.0.0.1")
        listeners.open(host, options.statsd_port(settings), str(settings.get("dogstatsd_socket") or ""))
    return listeners


def _check_key(intake: Intake, strict: bool) -> None:
    outcome = intake.validate()
    if outcome.status == 403 and strict:
        raise AgentError(f"{intake.url}: {outcome.why}")
    if outcome.why:
        _logger.warning("%s; checks run all the same, and what they submit is kept", outcome.why)
