"""Starts an Agent in this process, from what was said on the command line."""

from __future__ import annotations

import json
import logging
import math
import os
import random
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from doghouse import config
from doghouse.agent import bridge, configs, history, inspection, loader, oneshot, runfolder, transport
from doghouse.agent.agent import Agent
from doghouse.agent.aggregation import Options
from doghouse.agent.cache import FileCache, MemoryCache
from doghouse.agent.collector import Collector
from doghouse.agent.dogstatsd.intake import STANDARD_PREFIXES, StatsdIntake, StatsdOptions
from doghouse.agent.dogstatsd.listeners import Listeners
from doghouse.agent.forwarder import Forwarder
from doghouse.agent.hostmetrics import HostMetrics
from doghouse.agent.parts import Parts
from doghouse.agent.problems import Problem
from doghouse.agent.settings import Settings, load
from doghouse.agent.spool import Spool
from doghouse.agent.submissions import Submissions
from doghouse.agent.transport import Intake
from doghouse.time.clock import Clock

LEVELS = {
    "trace": 7,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "err": logging.ERROR,
    "critical": logging.CRITICAL,
    "off": logging.CRITICAL + 1,
}
LARGEST_PORT = 65535
_BLOCKLISTS = ("statsd_metric_namespace_blocklist", "statsd_metric_namespace_blacklist")
_logger = logging.getLogger("doghouse.agent")


class CannotStart(Exception):
    """Why there is no Agent: one sentence."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What `agent run` was told on the command line."""

    conf: Path | None = None
    datadog_yaml: Path | None = None
    url: str = ""
    keys_file: Path | None = None
    run_path: Path | None = None
    log_level: str = ""
    host_metrics: bool = True
    key_check: bool = True


def run(asked: Asked) -> None:
    """Run an Agent until SIGTERM or SIGINT. Raises CannotStart."""
    stop = stop_on_signals()
    try:
        settings = settle(asked.datadog_yaml, asked.url, asked.keys_file)
        transport.check(settings.url)
        log_to_stderr(asked.log_level or settings.log_level)
        conf = asked.conf or conf_folder(settings)
        configs.check_files(conf)
        options = histogram_options(settings)
        place = str(asked.run_path or settings.get("run_path") or "")
        folder = runfolder.of(conf, settings.url, place or None)
        lock = folder.own()
        spool = Spool(folder.retry)
    except (Problem, runfolder.InUse, transport.BadAddress) as error:
        raise CannotStart(error) from None
    except OSError as error:
        raise CannotStart(f"{error.filename} can't be used: {error.strerror}") from None
    with lock:
        intake = Intake(settings.url, settings.api_key)
        _check_key(intake, asked.key_check)
        clock = Clock()
        submissions = Submissions(settings.hostname, clock.now, options)
        prepare(conf, settings, submissions, FileCache(folder.cache), clock)
        statsd = statsd_intake(settings, options)
        parts = Parts(
            settings=settings,
            collector=Collector(conf, submissions, clock),
            submissions=submissions,
            statsd=statsd,
            listeners=listening(settings, statsd, clock),
            host=HostMetrics(settings.hostname) if asked.host_metrics else None,
            forwarder=Forwarder(intake.send, spool, random.random),
            folder=folder,
            clock=clock,
        )
        Agent(parts).run(stop)


def statsd_intake(settings: Settings, options: Options) -> StatsdIntake:
    """DogStatsD by its settings."""
    without = next((key for key in _BLOCKLISTS if settings.get(key) is not None), None)
    copied = settings.get("histogram_copy_to_distribution") is True
    asked = StatsdOptions(
        tags=settings.strings("dogstatsd_tags"),
        namespace=str(settings.get("statsd_metric_namespace") or ""),
        without_namespace=STANDARD_PREFIXES if without is None else settings.strings(without),
        distribution_prefix=str(settings.get("histogram_copy_to_distribution_prefix") or "") if copied else None,
    )
    return StatsdIntake(settings.hostname, asked, options)


def listening(settings: Settings, statsd: StatsdIntake, clock: Clock) -> Listeners:
    """Receive datagrams where `dogstatsd_port` and `dogstatsd_socket` say, unless `use_dogstatsd` is off. Raises CannotStart.

    The port is on `bind_host`, or on every address with `dogstatsd_non_local_traffic`.
    """
    listeners = Listeners(statsd, clock.now)
    if settings.get("use_dogstatsd"):
        everywhere = settings.get("dogstatsd_non_local_traffic") is True
        host = "0.0.0.0" if everywhere else str(settings.get("bind_host") or "127.0.0.1")
        listeners.open(host, _port(settings), str(settings.get("dogstatsd_socket") or ""))
    return listeners


def _port(settings: Settings) -> int:
    """`dogstatsd_port`. Raises CannotStart."""
    said = settings.get("dogstatsd_port")
    try:
        port = int(said or 0)
    except (TypeError, ValueError):
        port = -1
    if not 0 <= port <= LARGEST_PORT:
        raise CannotStart(f"dogstatsd_port must be a number from 0 to {LARGEST_PORT}, found {said!r}")
    return port


def prepare(conf: Path | None, settings: Settings, submissions: Submissions, cache: bridge.Cache, clock: Clock) -> None:
    """Let checks be imported, and submit here. Raises CannotStart."""
    loader.extend_path(loader.search_path(conf, settings.get("additional_checksd")))
    try:
        bridge.install(submissions, settings, cache, clock.now())
    except bridge.BridgeError as error:
        raise CannotStart(error) from None


def check(
    name: str, conf: Path | None, datadog_yaml: Path | None, turns: oneshot.Turns, log_level: str, metadata: Path | None
) -> oneshot.Result:
    """Run a check that is named, or an integration's folder, without sending anything. Raises CannotStart."""
    clock = Clock()
    try:
        settings = load(datadog_yaml, os.environ)
        log_to_stderr(log_level)
        submissions = Submissions(settings.hostname, clock.now, histogram_options(settings))
        folder = _integration_folder(name)
        where = conf or (None if folder else _conf_folder_for(name, settings))
        prepare(where, settings, submissions, MemoryCache(), clock)
        if folder:
            name = folder.resolve().name
            loader.prefer_integration(folder.resolve())
            metadata = metadata or (folder / "metadata.csv" if (folder / "metadata.csv").is_file() else None)
        instances = oneshot.configured(where, name) if where else oneshot.example(folder or Path(), name)
        return oneshot.run(instances, submissions, turns, metadata, clock.now)
    except Problem as error:
        raise CannotStart(error) from None


def configcheck(conf: Path | None, datadog_yaml: Path | None) -> tuple[str, bool]:
    """What `agent configcheck` prints, and whether all of it is right. Raises CannotStart."""
    clock = Clock()
    try:
        settings = load(datadog_yaml, os.environ)
        log_to_stderr("critical")
        where = conf or conf_folder(settings)
        prepare(where, settings, Submissions(settings.hostname, clock.now), MemoryCache(), clock)
        return inspection.configcheck(where)
    except Problem as error:
        raise CannotStart(error) from None


def found_conf(datadog_yaml: Path | None) -> Path:
    """Where configurations are by the settings. Raises CannotStart."""
    try:
        return conf_folder(load(datadog_yaml, os.environ))
    except Problem as error:
        raise CannotStart(error) from None


def _integration_folder(name: str) -> Path | None:
    """The folder that `name` says, if it is a path (`./my_metric`): a plain word is a check's name. Raises Problem."""
    if os.sep not in name and name != ".":
        return None
    if not (Path(name) / "datadog_checks").is_dir():
        raise Problem(name, 0, "is not an integration's folder: it has no datadog_checks")
    return Path(name)


def _conf_folder_for(name: str, settings: Settings) -> Path:
    try:
        return conf_folder(settings)
    except Problem as problem:
        if (Path(name) / "datadog_checks").is_dir():
            raise Problem(problem.path, 0, f"{problem.what}, or say ./{name} for the integration's folder") from None
        raise


def conf_folder(settings: Settings) -> Path:
    """Where configurations are, when it is not said: `confd_path`, else ./conf.d. Raises Problem."""
    folder = Path(str(settings.get("confd_path") or "conf.d"))
    if not folder.is_dir():
        raise Problem(str(folder), 0, "there is no such folder; give --conf DIR")
    return folder


def simulate(name: str, conf: Path, datadog_yaml: Path | None, span: tuple[int, int], out: Path) -> int:
    """Write a check's simulated history of a span (s UTC, the end excluded) to a CSV file; how many points it has. Raises CannotStart."""
    clock = Clock()
    try:
        settings = load(datadog_yaml, os.environ)
        log_to_stderr("critical")
        submissions = Submissions(settings.hostname, clock.now, histogram_options(settings))
        prepare(conf, settings, submissions, MemoryCache(), Clock())
        return history.write(history.simulate(name, conf, clock, submissions, *span), out)
    except Problem as error:
        raise CannotStart(error) from None


def settle(datadog_yaml: Path | None, url: str, keys_file: Path | None) -> Settings:
    """The settings, with a key: of --keys-file, DD_API_KEY, datadog.yaml, DOGHOUSE_API_KEY, or the default doghouse of this user. Raises Problem."""
    key = _key_of(keys_file) if keys_file else ""
    settings = load(datadog_yaml, os.environ, url=url, api_key=key)
    if settings.api_key:
        return settings
    found = os.environ.get("DOGHOUSE_API_KEY", "")
    default = config.default_folder() / "keys.json"
    if not found and default.is_file():
        found = _key_of(default)
    if not found:
        raise Problem("API key", 0, "there is none: give --keys-file, DD_API_KEY, or api_key in datadog.yaml")
    return load(datadog_yaml, os.environ, url=url, api_key=found)


def histogram_options(settings: Settings) -> Options:
    """What checks' histograms send (`histogram_aggregates`, `histogram_percentiles` as shares: "0.95"). Raises Problem."""
    default = Options()
    aggregates = settings.strings("histogram_aggregates")
    try:
        shares = [float(one) for one in settings.strings("histogram_percentiles")]
    except ValueError:
        shares = [math.nan]
    if not all(0 < share <= 1 for share in shares):
        said = settings.get("histogram_percentiles")
        raise Problem("histogram_percentiles", 0, f"must be a list of shares above 0 and at most 1, found {said!r}")
    percents = tuple(int(share * 100 + 0.5) for share in shares)
    return Options(1, aggregates or default.aggregates, percents or default.percentiles)


def log_to_stderr(level: str) -> None:
    """Write this process's log as the Agent does, one line a message. Raises Problem for a level that there is not."""
    if level.lower() not in LEVELS:
        raise Problem("log_level", 0, f"must be one of {', '.join(LEVELS)}, found '{level}'")
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter("%(asctime)s UTC | DOGHOUSE | %(levelname)s | %(message)s", "%Y-%m-%d %H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logger = logging.getLogger("doghouse")
    logger.handlers = [handler]
    logger.setLevel(LEVELS[level.lower()])


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _check_key(intake: Intake, strict: bool) -> None:
    outcome = intake.validate()
    if outcome.status == 403 and strict:
        raise CannotStart(f"{intake.url}: {outcome.why}")
    if outcome.why:
        _logger.warning("%s; checks run all the same, and what they submit is kept", outcome.why)


def _key_of(path: Path) -> str:
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["api_key"])
    except OSError as error:
        raise Problem(str(path), 0, f"can't be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise Problem(str(path), 0, "is not JSON with api_key") from None
