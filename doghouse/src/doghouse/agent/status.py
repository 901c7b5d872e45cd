"""`agent status`: what an Agent says of itself, as a document that another process reads, and as the text that the real `agent status` prints."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from doghouse.agent.running import Running
from doghouse.agent.settings import AGENT_VERSION

if TYPE_CHECKING:
    from doghouse.agent.agent import Parts


def document(parts: Parts, started: float) -> dict[str, Any]:
    """Everything that `agent status` shows. Times are in seconds UTC, durations in seconds. There are no keys in it."""
    settings, collector, forwarder = parts.settings, parts.collector, parts.forwarder
    return {
        "version": AGENT_VERSION,
        "pid": os.getpid(),
        "python": platform.python_version(),
        "started": started,
        "hostname": settings.hostname,
        "host_tags": list(settings.host_tags),
        "log_level": settings.log_level,
        "conf": str(collector.conf.resolve()),
        "url": settings.url,
        "checks": [check(running) for running in collector.running.values()],
        "loading_errors": [
            {"name": instance.name, "source": instance.source, "error": error}
            for instance, error in collector.failed.values()
        ],
        "config_errors": [{"path": one.path, "line": one.line, "error": one.what} for one in collector.problems],
        "forwarder": {
            **asdict(forwarder.traffic),
            "waiting": forwarder.waiting,
            "dropped": forwarder.dropped,
        },
        "dogstatsd": asdict(parts.statsd.received),
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
        "last_duration": history.last_duration,
        "average_duration": history.total_duration / history.runs if history.runs else 0.0,
        "last_metrics": history.last_metrics,
        "metrics": counts.metrics,
        "events": counts.events,
        "service_checks": counts.service_checks,
        "histogram_buckets": counts.histogram_buckets,
        "logs": counts.logs,
        "platform_events": dict(counts.platform_events),
        "metadata": counts.metadata,
    }


def text(status: dict[str, Any]) -> str:
    """The document as the real Agent prints it."""
    return "\n".join(
        [
            *_heading(f"Agent (v{status['version']})"),
            f"  Agent start: {_date(status['started'])}",
            f"  Pid: {status['pid']}",
            f"  Python Version: {status['python']}",
            f"  Log Level: {status['log_level']}",
            "",
            *_heading("Paths", 2),
            f"    conf.d: {status['conf']}",
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
    for one in sorted(checks, key=lambda one: (one["name"], one["id"])):
        if one["name"] != named:
            named = one["name"]
            title = f"{named} ({one['version']})" if one["version"] not in ("", "0.0.0") else named
            yield from ("", f"    {title}", f"    {'-' * len(title)}")
        yield from (f"      {line}" for line in instance_lines(one))


def instance_lines(one: dict[str, Any]) -> Iterator[str]:
    """One instance's block, without its indent."""
    state = "[ERROR]" if one["error"] else "[WARNING]" if one["warnings"] else "[OK]"
    yield f"Instance ID: {one['id']} {state}"
    yield f"Configuration Source: file:{one['source']}"
    yield f"Collection Interval: {one['interval']}s"
    yield f"Total Runs: {one['runs']:,}" + (" (running now)" if one["running"] else "")
    yield f"Metric Samples: Last Run: {one['last_metrics']:,}, Total: {one['metrics']:,}"
    yield f"Events: Total: {one['events']:,}"
    yield f"Service Checks: Total: {one['service_checks']:,}"
    if one["histogram_buckets"]:
        yield f"Histogram Buckets: Total: {one['histogram_buckets']:,}"
    if one["logs"]:
        yield f"Logs: Total: {one['logs']:,}"
    for track, count in one["platform_events"].items():
        yield f"{track}: Total: {count:,} (counted, not sent)"
    if one["skipped"]:
        yield f"Skipped Runs: {one['skipped']:,} (the one before was still under way)"
    yield f"Average Execution Time : {duration(one['average_duration'])}"
    if one["runs"]:
        yield f"Last Execution Date : {_date(one['last_start'])}"
    if one["metadata"]:
        yield "metadata:"
        yield from (f"  {key}: {value}" for key, value in sorted(one["metadata"].items()))
    if one["error"]:
        yield f"Error: {one['error']}"
        yield from (f"  {line}" for line in one["traceback"].splitlines())
    for warning in one["warnings"]:
        yield f"Warning: {warning}"


def _problems(status: dict[str, Any]) -> Iterator[str]:
    if status["config_errors"]:
        yield ""
        yield from _heading("Config Errors", 2)
        for one in status["config_errors"]:
            place = f"{one['path']}:{one['line']}" if one["line"] else one["path"]
            yield f"    {place}: {one['error']}"
    if status["loading_errors"]:
        yield ""
        yield from _heading("Loading Errors", 2)
        for one in status["loading_errors"]:
            yield from (
                "",
                f"    {one['name']}",
                f"    {'-' * len(one['name'])}",
                f"      Python Check Loader: {one['error']}",
            )


def _forwarder(forwarder: dict[str, Any], url: str) -> Iterator[str]:
    yield f"    Endpoint: {url}"
    yield f"    Success: {forwarder['delivered']:,}"
    yield f"    Retried: {forwarder['retried']:,}"
    yield f"    Waiting on disk: {forwarder['waiting']:,}"
    yield f"    Dropped: {forwarder['dropped'] + forwarder['refused']:,}"
    if forwarder["last_problem"]:
        yield f"    Last problem: {forwarder['last_problem']}"


def _statsd(received: dict[str, int]) -> Iterator[str]:
    yield f"  Packets: {received['packets']:,}"
    yield f"  Metric Samples: {received['metrics']:,}"
    yield f"  Events: {received['events']:,}"
    yield f"  Service Checks: {received['service_checks']:,}"
    yield f"  Parse Errors: {received['errors']:,}"


def duration(seconds: float) -> str:
    """A duration as the Agent writes it: `12ms`, `1.5s`."""
    return f"{round(seconds * 1000)}ms" if seconds < 1 else f"{seconds:.1f}s"


def _date(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
