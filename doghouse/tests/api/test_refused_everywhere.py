"""What Datadog does not store, nobody evaluates here: the API, lint, backtest and unit tests refuse it, in the same words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from doghouse.cli import application

from .conftest import NOW, Api

MULTI, SIMPLE = "avg(last_5m):avg:m{*} by {host} > 90", "avg(last_5m):avg:m{*} > 90"
BEFORE = "The value provided for parameter 'query' is invalid: "
Body = dict[str, Any]


def metric(query: str, **options: Any) -> Body:
    return {"type": "query alert", "query": query, "name": "n", "message": "m", "options": options}


def check(query: str, **options: Any) -> Body:
    return {**metric(query, **options), "type": "service check"}


REFUSED: list[tuple[Body, str]] = [
    (metric(SIMPLE, new_group_delay=60), "The new_group_delay option can only be used for multi-alert monitors"),
    (metric(MULTI, notify_by=["host"]), "The notify_by list may not include all of the query's group keys."),
    (check('"ok".over("*").last(2).count_by_status()'), "A grouping must be specified for custom checks"),
    (
        metric("avg(last_5m):default_zero(avg:m{*} by {host}) > 90", on_missing_data="resolve"),
        "Invalid on_missing_data value: resolve; valid value is: default",
    ),
    (
        metric(MULTI, thresholds={"critical": 80}),
        "Alert threshold (80.0) does not match that used in the query (90.0).",
    ),
    (metric(MULTI, thresholds={"warning": 80}), "Alert status is required."),
    (
        metric(MULTI, thresholds={"critical": 90, "warning": 95}),
        "Warning threshold (95.0) must be less than the alert threshold (90.0).",
    ),
    (
        metric(MULTI, thresholds={"critical": 90, "critical_recovery": 95}),
        "alert and alert recovery criteria are such that the monitor can be simultaneously in alert and alert recovery states",
    ),
    (
        metric(MULTI, renotify_occurrences=2),
        "The renotify_occurrences option can only be used if renotify_interval is set",
    ),
    (metric("avg(last_5m):avg:m{*}"), f"{BEFORE}invalid operator specified: "),
    (
        metric("avg(current_1d):avg:m{*} > 90"),
        "Monitors with an evaluation_window scheduling_option must have a current query period and vice versa.",
    ),
    (
        metric(
            "avg(last_4h):anomalies(avg:m{*}, 'basic', 2, alert_window='last_15m') >= 1",
            threshold_windows={"trigger_window": "last_30m", "recovery_window": "last_15m"},
            thresholds={"critical": 1},
        ),
        "alert window query arg must match trigger window monitor option",
    ),
    (
        check('"ok".over("*").by("host").last(2).count_by_status()', thresholds={"critical": 3, "ok": 1}),
        "Last field should be larger than or equal to max threshold defined in monitor options",
    ),
    (
        {**metric('logs("service:(a").rollup("count").last("5m") > 1'), "type": "log alert"},
        f"{BEFORE}Invalid query: Check for invalid tags or facets in your query.",
    ),
]


def says(*command: str) -> tuple[int, str]:
    made = CliRunner().invoke(application([command[0]]), list(command))
    return made.exit_code, " ".join(made.output.split())


@pytest.mark.parametrize(("body", "words"), REFUSED, ids=lambda given: given[:40] if isinstance(given, str) else "")
def test_what_the_api_refuses_lint_backtest_and_unit_tests_refuse_in_its_words(
    api: Api, tmp_path: Path, body: Body, words: str
) -> None:
    (tmp_path / "monitor.json").write_text(json.dumps(body))
    (tmp_path / "points.csv").write_text(f"timestamp,metric,value,tags\n{int(NOW)},m,1,host:a\n")
    tests = [{"name": "t", "until": "+10m", "series": {}, "transitions": []}]
    (tmp_path / "t.test.yaml").write_text(json.dumps({"monitor": body, "start": "2026-03-02T10:00Z", "tests": tests}))

    assert api.refused("POST", "/api/v1/monitor", body) == (400, words)
    assert api.refused("POST", "/api/v1/monitor/validate", body) == (400, words)
    monitor, points = str(tmp_path / "monitor.json"), str(tmp_path / "points.csv")
    span = ("--from", str(int(NOW)), "--to", str(int(NOW) + 3600))
    for command in (("lint", monitor), ("backtest", monitor, "--series", points, *span), ("test", str(tmp_path))):
        code, text = says(*command)
        assert code != 0, command
        assert " ".join(words.split()) in text, (command, text)
