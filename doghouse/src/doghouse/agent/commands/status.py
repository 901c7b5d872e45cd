"""`agent status`: the state of an Agent as a document that other processes read, and as the text that the real `agent status` prints."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from doghouse.agent.checks.running import Running
from doghouse.agent.settings import AGENT_VERSION

if TYPE_CHECKING:
    from doghouse.agent.aggregation.submissions import Counts
    from doghouse.agent.components import Components

# What the Agent calls the tracks of its event platform (pkg/collector/check/stats); they are counted here, and not sent.
TRACKS = {
    "dbm-samples": "Database Monitoring Query Samples",
    "dbm-metrics": "Database Monitoring Query Metrics",
    "dbm-activity": "Database Monitoring Activity Samples",
    "dbm-metadata": "Database Monitoring Metadata Samples",
    "network-devices-metadata": "Network Devices Metadata",
    "network-devices-netflow": "Network Devices NetFlow",
    "network-devices-snmp-traps": "SNMP Traps",
}


def document(components: Components, started: float) -> dict[str, Any]:
    """Everything that `agent status` shows. Times are in seconds UTC, durations in seconds. It holds no keys."""
    settings, collector, forwarder = components.settings, components.collector, components.forwarder
    return {
        "version": AGENT_VERSION,
        "pid": os.getpid(),
        "python": platform.python_version(),
        "arch": {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine()),
        "written": components.clock.now(),
        "started": started,
        "hostname": settings.hostname,
        "host_tags": list(settings.host_tags),
        "log_level": settings.log_level,
        "config_file": settings.path,
        "conf": str(collector.conf.resolve()),
        "checks_d": str(settings.get("additional_checksd") or collector.conf.resolve().parent / "checks.d"),
        "url": settings.url,
        "checks": [check(running) for running in collector.running.values()],
        "loading_errors": [
            {"name": instance.name, "source": instance.source, "error": error}
            for instance, error in collector.failed.values()
        ],
        "config_errors": [
            {"path": problem.path, "line": problem.line, "error": problem.what} for problem in collector.problems
        ],
        "forwarder": {**asdict(forwarder.traffic), "waiting": forwarder.waiting, "dropped": forwarder.dropped},
        "dogstatsd": asdict(components.statsd.received),
    }


def check(running: Running) -> dict[str, Any]:
    """One instance's part of the document."""
    history, counts = running.history, running.counts
    return {
        "name": running.instance.name,
        "version": str(getattr(running.check, "check_version", "") or ""),
        "id": running.instance.id,
        "source": running.instance.source,
        "interval": running.instance.interval,
        "running": running.busy,
        "runs": history.runs,
        "errors": history.errors,
        "skipped": history.skipped,
        "error": str(history.last_error) if history.last_error else "",
        "traceback": history.last_error.traceback if history.last_error else "",
        "warnings": list(history.last_warnings),
        "last_start": history.last_start,
        "last_success": history.last_success,
        "last_duration": history.last_duration,
        "average_duration": history.total_duration / history.runs if history.runs else 0.0,
        "last_run": _counted(history.last_counts),
        **_counted(counts),
        "metadata": counts.metadata,
    }


def _counted(counts: Counts) -> dict[str, Any]:
    return {
        "metrics": counts.metrics,
        "events": counts.events,
        "service_checks": counts.service_checks,
        "histogram_buckets": counts.histogram_buckets,
        "logs": counts.logs,
        "platform_events": dict(counts.platform_events),
    }


def text(status: dict[str, Any]) -> str:
    """The document as the real Agent prints it."""
    return "\n".join(
        [
            "Getting the status from the agent.",
            "",
            *_heading(f"Agent (v{status['version']})"),
            f"  Status date: {_date(status['written'])}",
            f"  Agent start: {_date(status['started'])}",
            f"  Pid: {status['pid']}",
            f"  Python Version: {status['python']}",
            f"  Build arch: {status['arch']}",
            "  Agent flavor: agent",
            f"  Log Level: {status['log_level']}",
            "",
            *_heading("Paths", 2),
            f"    Config File: {status['config_file'] or 'There is no config file'}",
            f"    conf.d: {status['conf']}",
            f"    checks.d: {status['checks_d']}",
            "",
            *_heading("Hostnames", 2),
            f"    hostname: {status['hostname']}",
            *(["    host tags:", *(f"      {tag}" for tag in status["host_tags"])] if status["host_tags"] else []),
            "",
            *_heading("Collector"),
            "",
            *_heading("Running Checks", 2),
            *(checks_text(status["checks"]) if status["checks"] else ["    No checks have run yet"]),
            *_problems(status),
            "",
            *_heading("Forwarder"),
            "",
            *_heading("Transactions", 2),
            *_forwarder(status["forwarder"], status["url"]),
            "",
            *_heading("Aggregator"),
            *_aggregator(status["checks"], status["dogstatsd"]),
            "",
            *_heading("DogStatsD"),
            *_statsd(status["dogstatsd"]),
            "",
        ]
    )


def _heading(title: str, indent: int = 0) -> list[str]:
    space = " " * indent
    return [*([space + "=" * len(title)] if not indent else []), space + title, space + "=" * len(title)]


def checks_text(checks: list[dict[str, Any]]) -> Iterator[str]:
    """The instances' blocks, under their checks' names."""
    named = ""
    for check in sorted(checks, key=lambda check: (check["name"], check["id"])):
        if check["name"] != named:
            named = check["name"]
            title = f"{named} ({check['version']})" if check["version"] not in ("", "0.0.0") else named
            yield from ("", f"    {title}", f"    {'-' * len(title)}")
        yield from (f"      {line}" for line in instance_lines(check))


def instance_lines(check: dict[str, Any]) -> Iterator[str]:
    """One instance's block, without its indent."""
    state = "[ERROR]" if check["error"] else "[WARNING]" if check["warnings"] else "[OK]"
    yield f"Instance ID: {check['id']} {state}"
    yield f"Configuration Source: file:{check['source']}"
    yield f"Collection Interval: {check['interval']}s"
    yield f"Total Runs: {check['runs']:,}" + (" (running now)" if check["running"] else "")
    yield from _count_lines(check, check["last_run"])
    if check["skipped"]:
        yield f"Skipped Runs: {check['skipped']:,} (the one before was still under way)"
    yield f"Average Execution Time : {duration(check['average_duration'])}"
    if check["runs"]:
        yield f"Last Execution Date : {_date(check['last_start'])}"
        yield f"Last Successful Execution Date : {_date(check['last_success']) if check['last_success'] else 'Never'}"
    if check["metadata"]:
        yield "metadata:"
        yield from (f"  {key}: {value}" for key, value in sorted(check["metadata"].items()))
    if check["error"]:
        yield f"Error: {check['error']}"
        yield from (f"  {line}" for line in check["traceback"].splitlines())
    for warning in check["warnings"]:
        yield f"Warning: {warning}"


def _count_lines(total: dict[str, Any], last: dict[str, Any]) -> Iterator[str]:
    def line(title: str, last: int, total: int) -> str:
        return f"{title}: Last Run: {last:,}, Total: {total:,}"

    yield line("Metric Samples", last["metrics"], total["metrics"])
    yield line("Events", last["events"], total["events"])
    for track, count in total["platform_events"].items():
        yield line(TRACKS.get(track, track), last["platform_events"].get(track, 0), count)
    yield line("Service Checks", last["service_checks"], total["service_checks"])
    for title, key in (("Histogram Buckets", "histogram_buckets"), ("Logs", "logs")):
        if total[key]:
            yield line(title, last[key], total[key])


def _problems(status: dict[str, Any]) -> Iterator[str]:
    if status["config_errors"]:
        yield ""
        yield from _heading("Config Errors", 2)
        for error in status["config_errors"]:
            place = f"{error['path']}:{error['line']}" if error["line"] else error["path"]
            name = _check_of(Path(error["path"]), Path(status["conf"]))
            yield from (f"    {name}", f"    {'-' * len(name)}", f"      {place}: {error['error']}")
    if status["loading_errors"]:
        yield ""
        yield from _heading("Loading Errors", 2)
        for error in status["loading_errors"]:
            yield from (
                "",
                f"    {error['name']}",
                f"    {'-' * len(error['name'])}",
                "      Python Check Loader:",
                f"        {error['error']}",
            )


def _check_of(path: Path, conf: Path) -> str:
    """The check that a file in conf.d is of: `NAME.yaml`, or any file in `NAME.d`."""
    return path.stem if path.parent.resolve() == conf else path.parent.stem


def _forwarder(forwarder: dict[str, Any], url: str) -> Iterator[str]:
    yield f"    Endpoint: {url}"
    yield f"    Success: {forwarder['delivered']:,}"
    yield f"    Retried: {forwarder['retried']:,}"
    yield f"    Retry Queue Size: {forwarder['waiting']:,}"
    yield f"    Dropped: {forwarder['dropped'] + forwarder['refused']:,}"
    if forwarder["last_problem"]:
        yield f"    Last problem: {forwarder['last_problem']}"


def _statsd(received: dict[str, int]) -> Iterator[str]:
    yield f"  Packets: {received['packets']:,}"
    yield f"  Metric Packets: {received['metrics']:,}"
    yield f"  Event Packets: {received['events']:,}"
    yield f"  Service Check Packets: {received['service_checks']:,}"
    yield f"  Parse Errors: {received['errors']:,}"
    yield f"  Packets Dropped: {received['dropped']:,}"


def _aggregator(checks: list[dict[str, Any]], received: dict[str, int]) -> Iterator[str]:
    """What checks and DogStatsD's clients submitted, under the Agent's names; what is 0 is left out."""
    for title, total in (
        ("Checks Metric Sample", sum(check["metrics"] for check in checks)),
        ("Dogstatsd Metric Sample", received["metrics"]),
        ("Event", received["events"] + sum(check["events"] for check in checks)),
        ("Service Check", received["service_checks"] + sum(check["service_checks"] for check in checks)),
        ("Checks Histogram Bucket Metric Sample", sum(check["histogram_buckets"] for check in checks)),
    ):
        if total:
            yield f"  {title}: {total:,}"


def duration(seconds: float) -> str:
    """A duration to the millisecond, as the Agent writes it (Go's time.Duration): `0s`, `12ms`, `1.798s`, `2m3.5s`."""
    milliseconds = round(seconds * 1000)
    if milliseconds < 1000:
        return f"{milliseconds}ms" if milliseconds else "0s"
    minutes, remainder = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    above = (f"{hours}h" if hours else "") + (f"{minutes}m" if hours or minutes else "")
    return f"{above}{remainder / 1000:g}s"


def _date(when: float) -> str:
    return f"{datetime.fromtimestamp(when, UTC):%Y-%m-%d %H:%M:%S UTC} ({int(when) * 1000})"
