"""What `agent check` prints: the real Agent's text, tables and JSON (datadog-agent: pkg/cli/subcommands/check, pkg/aggregator)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from doghouse.agent.aggregation.samples import FlushedSeries
from doghouse.agent.aggregation.sketches import FlushedSketch, Sketch
from doghouse.agent.aggregation.submissions import Batch, Counts
from doghouse.agent.commands import status
from doghouse.agent.commands.check import Result, Shown
from doghouse.agent.commands.metadata_csv import Difference
from doghouse.agent.forwarder import payloads

ONCE = (
    "Check has run only once, if some metrics are missing you can try again with --check-rate to see any other metric"
    " if available."
)


def as_json(result: Result) -> str:
    """A list with an object for each instance, indented: ddev looks for a `]` at the beginning of a line."""
    difference = {"metadata_csv": _difference(result.difference)} if result.difference else {}
    listed = [_instance(runs) | difference for runs in result.shown]
    listed += [
        {
            "aggregator": {"metrics": []},
            "inventories": {},
            "runner": {"CheckName": runs.name, "CheckID": runs.id, "LastError": error},
        }
        for runs, error in result.failed
    ]
    return json.dumps(listed, indent=2)


def as_text(result: Result, table: bool, once: bool) -> str:
    """For people: each kind of submission, how the runs went, and what metadata.csv says differently."""
    parts = ["Multiple check instances found, running each of them"] if len(result.shown) > 1 else []
    parts += [line for runs in result.shown for line in _submitted(runs, table)]
    for instance, error in result.failed:
        parts += ["", f"Error: could not load {instance.name}:", f"* Python Check Loader: {error}"]
    if result.shown:
        parts += ["=========", "Collector", "=========", "", "  Running Checks", "  =============="]
        parts += list(status.checks_text([status.check(runs.running) for runs in result.shown]))
        parts += ["", "  Metadata", "  ========"]
        for runs in result.shown:
            metadata = {
                "config.hash": runs.running.instance.id,
                "config.provider": "file",
                **runs.running.counts.metadata,
            }
            parts += [f"    {key}: {value}" for key, value in metadata.items()]
    if result.difference:
        parts += ["", *_difference_text(result.difference)]
    if once and result.shown:
        parts += ["", ONCE]
    return "\n".join(parts)


def _instance(shown: Shown) -> dict[str, Any]:
    aggregator: dict[str, Any] = {"metrics": []}
    for title, items in _kinds(shown.batch):
        aggregator["metrics" if title == "Series" else title.lower().replace(" ", "_")] = items
    running = shown.running
    inventory = {running.instance.id: dict(running.counts.metadata)} if running.counts.metadata else {}
    return {"aggregator": aggregator, "inventories": inventory, "runner": _runner(shown)}


def _runner(shown: Shown) -> dict[str, Any]:
    """The counts of pkg/collector/check/stats, with their names; durations in ms."""
    running = shown.running
    history, counts, instance = running.history, running.counts, running.instance
    error = history.last_error
    milliseconds = [round(seconds * 1000) for seconds in shown.durations]
    return {
        "CheckName": instance.name,
        "CheckVersion": str(getattr(running.check, "check_version", "") or ""),
        "CheckConfigSource": f"file:{instance.source}",
        "CheckID": instance.id,
        "Interval": instance.interval * 1_000_000_000,
        "TotalRuns": history.runs,
        "TotalErrors": history.errors,
        "TotalWarnings": len(history.last_warnings),
        **_counted(history.last_counts),
        **{f"Total{name}": count for name, count in _counted(counts).items()},
        "ExecutionTimes": milliseconds,
        "AverageExecutionTime": sum(milliseconds) // max(len(milliseconds), 1),
        "LastExecutionTime": milliseconds[-1] if milliseconds else 0,
        "LastError": json.dumps([{"message": error.message, "traceback": error.traceback}]) if error else "",
        "LastWarnings": list(history.last_warnings),
        "UpdateTimestamp": int(history.last_start),
        "LastSuccessDate": int(history.last_success),
    }


def _counted(counts: Counts) -> dict[str, Any]:
    return {
        "MetricSamples": counts.metrics,
        "Events": counts.events,
        "ServiceChecks": counts.service_checks,
        "HistogramBuckets": counts.histogram_buckets,
        "EventPlatformEvents": dict(counts.platform_events),
    }


def _series(series: FlushedSeries) -> dict[str, Any]:
    return {
        "metric": series.metric,
        "points": [[int(timestamp), _number(value)] for timestamp, value in series.points],
        "tags": list(series.tags),
        "host": series.host,
        "type": series.type,
        "interval": series.interval,
        "source_type_name": "System",
    }


def _number(value: float) -> float:
    """As Go writes it: 5, not 5.0."""
    return int(value) if value.is_integer() else value


def _sketches(flushed: FlushedSketch) -> dict[str, Any]:
    return {
        "metric": flushed.metric,
        "tags": list(flushed.tags),
        "host": flushed.host,
        "interval": 0,
        "points": [{"sketch": {"summary": _summary(sketch)}, "ts": at} for at, sketch in flushed.points],
    }


def _summary(sketch: Sketch) -> dict[str, float]:
    average = sketch.sum / sketch.count if sketch.count else 0.0
    return {"Min": sketch.min, "Max": sketch.max, "Sum": sketch.sum, "Avg": average, "Cnt": sketch.count}


def _kinds(batch: Batch) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What was submitted, by its kind in the Agent's words; no kind of which there is nothing."""
    kinds: tuple[tuple[str, list[dict[str, Any]]], ...] = (
        ("Series", [_series(item) for item in batch.series]),
        ("Sketches", [_sketches(item) for item in batch.sketches]),
        ("Service Checks", [payloads.service_check(item) for item in batch.service_checks]),
        ("Events", [dict(item.fields) for item in batch.events]),
        ("Logs", batch.logs),
    )
    return ((title, items) for title, items in kinds if items)


def _submitted(shown: Shown, table: bool) -> Iterator[str]:
    for title, items in _kinds(shown.batch):
        yield f"=== {title} ==="
        if table and title == "Series":
            yield from _table(["METRIC", "TYPE", "TIMESTAMP", "VALUE", "TAGS"], [_row(item) for item in items])
        elif table and title == "Service Checks":
            rows = [
                [item["check"], item["timestamp"], item["status"], item["message"], " ".join(item["tags"])]
                for item in items
            ]
            yield from _table(["CHECK", "TIMESTAMP", "STATUS", "MESSAGE", "TAGS"], rows)
        else:
            yield json.dumps(items, indent=2, default=str)


def _row(series: dict[str, Any]) -> list[Any]:
    timestamp, value = series["points"][0]
    return [series["metric"], series["type"], timestamp, value, " ".join(series["tags"])]


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *texts, strict=True)]
    for row in [head, ["-" * width for width in widths], *texts]:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "file": difference.file,
        "not_listed": list(difference.not_listed),
        "not_submitted": list(difference.not_submitted),
        "other_type": {
            name: {"submitted": now, "listed": listed} for name, (now, listed) in difference.other_type.items()
        },
    }


def _difference_text(difference: Difference) -> Iterator[str]:
    yield f"=== {difference.file} ==="
    if not (difference.not_listed or difference.not_submitted or difference.other_type):
        yield "Every submitted metric is listed, and every listed metric was submitted."
    for name in difference.not_listed:
        yield f"missing from metadata.csv: {name}"
    for name in difference.not_submitted:
        yield f"listed, but not submitted: {name}"
    for name, (submitted, listed) in difference.other_type.items():
        yield f"listed as {listed}, but submitted as {submitted}: {name}"
