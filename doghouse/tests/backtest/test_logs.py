"""`doghouse backtest --logs`: log monitors over a file of logs, as a person calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

T0 = 1772445600  # 2026-03-02T10:00Z
OPTIONS = {"thresholds": {"critical": 2}}
ERRORS = {
    "type": "log alert",
    "name": "errors",
    "query": 'logs("status:error").index("*").rollup("count").last("5m") > 2',
    "message": "{{value}} {{log.message}} @ops@example.com",
    "options": OPTIONS,
}
METRIC = {
    "type": "metric alert",
    "name": "m",
    "query": "avg(last_5m):avg:m{*} > 2",
    "message": "@x",
    "options": OPTIONS,
}
EVENT = {
    "type": "event-v2 alert",
    "name": "e",
    "query": 'events("*").rollup("count").last("5m") > 2',
    "message": "@x",
    "options": OPTIONS,
}
LINES = [
    {"timestamp": (T0 + second) * 1000, "message": f"line {second}", "status": "error"} for second in (30, 70, 100, 400)
]
Run = Callable[..., tuple[Any, str, str]]


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    def call(monitors: object, lines: list[dict[str, Any]] | None = LINES, *more: str) -> tuple[Any, str, str]:
        (tmp_path / "monitors.json").write_text(json.dumps(monitors))
        (tmp_path / "logs.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines or []))
        logs = [] if lines is None else ["--logs", str(tmp_path / "logs.jsonl")]
        span = ["--from", str(T0), "--to", str(T0 + 720)]
        return run("backtest", tmp_path / "monitors.json", *logs, *span, "--json", *more)

    return call


def test_a_log_monitor_is_backtested_from_lines(run: Run) -> None:
    code, out, _ = run(ERRORS)
    assert code in (0, None)
    changes = [(change["time"], change["to"]) for change in json.loads(out)["transitions"]]
    assert changes == [("2026-03-02T10:02:00Z", "Alert"), ("2026-03-02T10:06:00Z", "OK")]
    messages = [sent["body"] for sent in json.loads(out)["notifications"]]
    assert messages[0].startswith("3.0 line 100 ")


def test_what_no_file_was_given_for_is_left_out_in_words(run: Run) -> None:
    code, out, err = run([ERRORS, METRIC, EVENT])
    assert code in (0, None)
    assert len(json.loads(out)["monitors"]) == 1
    assert "a monitor of metrics without points (--series), and is left out" in err
    assert "a monitor of events without a file of them, and is left out" in err


def test_a_log_monitor_without_logs_says_which_option_is_missing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("timestamp,metric,value\n")
    code, _, err = run(ERRORS, None, "--series", str(tmp_path / "points.csv"))
    assert (code, "a monitor of logs without a file of them (--logs)" in err) == (1, True)


def test_a_wrong_line_ends_the_command_with_its_place(run: Run) -> None:
    code, _, err = run(ERRORS, [{"message": "x"}])
    assert (code, "logs.jsonl:1: has no timestamp" in err) == (1, True)
