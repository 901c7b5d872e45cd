"""One JSON document, for programs."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

from doghouse.reports.registry import writes
from doghouse.reports.results import Backtested, BacktestResult, LintResult, UnitTestResult

if TYPE_CHECKING:
    from doghouse.backtest.figures import Figures
    from doghouse.backtest.run import Backtest
    from doghouse.importing.verdicts import Linted
    from doghouse.testing.running import Result


@writes("json", LintResult)
def lint(result: LintResult, out: TextIO) -> None:
    """Each monitor and downtime with its problems, and the line of counts."""
    listed = {
        "monitors": result.monitors,
        "downtimes": result.downtimes,
        "slos": result.of("slo"),
        "notes": result.of("note"),
    }
    _write({**{name: [_linted(one) for one in some] for name, some in listed.items()}, "summary": result.summary}, out)


@writes("json", UnitTestResult)
def unit_tests(result: UnitTestResult, out: TextIO) -> None:
    """Each test with what differs, and a sentence for each file that could not be read."""
    _write({"tests": [_test(one) for one in result.tests], "errors": [str(one) for one in result.errors]}, out)


@writes("json", BacktestResult)
def backtests(result: BacktestResult, out: TextIO) -> None:
    """One monitor's document; a list of them, with names, where several were asked for."""
    documents = [({"monitor": one.name} if result.several else {}) | _backtested(one) for one in result.backtests]
    _write(documents if result.several else documents[0], out)


def _write(made: Any, out: TextIO) -> None:
    """One line, written out at once."""
    import msgspec

    out.write(msgspec.json.encode(made).decode() + "\n")
    out.flush()


def _linted(one: Linted) -> dict[str, Any]:
    problems = [
        {
            "field": each.field,
            "text": each.text,
            "severity": each.severity,
            "file_line": line or None,
            "line": each.line or None,
            "column": each.column or None,
        }
        for each, line in zip(one.problems, one.lines, strict=True)
    ]
    return {
        "where": one.where,
        "file": one.file or None,
        "name": one.name,
        "type": one.type,
        "verdict": one.verdict,
        "problems": problems,
    }


def _test(one: Result) -> dict[str, Any]:
    differences = [
        {"line": each.line, "expected": list(each.expected), "got": list(each.got)} for each in one.differences
    ]
    made = {"file": str(one.path), "line": one.line, "name": one.name, "passed": one.passed, "differences": differences}
    return made | ({"remarks": list(one.remarks)} if one.remarks else {})


def _backtested(one: Backtested) -> dict[str, Any]:
    made = document(one.result, one.figures)
    if one.suggestions is not None:
        made["suggestions"] = [
            {"setting": each.setting, "first_alert_delay_s": each.alert_delay, **each.figures.document()}
            for each in one.suggestions
        ]
    made |= {"remarks": list(one.remarks)} if one.remarks else {}
    return made | ({"points": one.points} if one.points else {})


def document(test: Backtest, figures: Figures) -> dict[str, Any]:
    """A backtest: its transitions, notifications and figures."""
    from doghouse.monitors import Status

    return {
        "from": iso(test.start),
        "to": iso(test.end),
        "evaluations": figures.evaluations,
        "transitions": [
            {
                "time": iso(one.at),
                "group": dict(group),
                "from": one.before.label if one.before is not Status.NEW else "OK",
                "to": one.after.label,
                "value": number(one.value),
            }
            for group, one in test.transitions()
        ],
        "notifications": [
            {
                "time": iso(one.at),
                "group": dict(one.group),
                "transition": one.transition,
                "recipients": list(one.recipients),
                "subject": one.subject,
                "body": one.body,
                "silenced_by": one.silenced_by,
                "released_by": one.released_by,
            }
            for one in test.notifications()
        ],
        "figures": figures.document(),
    }


def iso(when: float) -> str:
    """A time (s UTC) as `2026-03-02T10:05:00Z`."""
    return datetime.fromtimestamp(int(when), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number(value: float) -> float | None:
    """A value for JSON: null where there is none; rounding noise of sums (beyond 10 digits) trimmed."""
    return None if math.isnan(value) else float(f"{value:.10g}")
