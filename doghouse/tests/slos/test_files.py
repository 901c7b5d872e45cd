"""SLOs in files: backtested with the alerts that look at them, and linted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ALERT = {
    "type": "slo alert",
    "name": "burns",
    "message": "{{long_window_burn_rate}} @ops@example.com",
    "query": 'burn_rate("answers").over("30d").long_window("1h").short_window("5m") > 14.4',
}
SLO: dict[str, Any] = {
    "id": "answers",
    "type": "metric",
    "name": "answers",
    "query": {"numerator": "sum:good{*}.as_count()", "denominator": "sum:all{*}.as_count()"},
    "thresholds": [{"timeframe": "30d", "target": 99}],
}
Run = Callable[..., tuple[Any, str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An alert, its SLO, and an hour of answers of which all are wrong from minute 30 to 39."""
    rows = ["metric,timestamp,value,type,interval,tags"]
    for minute in range(60):
        at = 1_772_445_600 + 60 * minute
        rows += [f"all,{at},100,count,60,", f"good,{at},{0 if 30 <= minute < 40 else 100},count,60,"]
    (tmp_path / "points.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "monitors").mkdir()
    (tmp_path / "monitors" / "alert.json").write_text(json.dumps(ALERT))
    (tmp_path / "monitors" / "slo.json").write_text(json.dumps(SLO))
    return tmp_path


SPAN = ("--from", "2026-03-02T10:00:00Z", "--to", "2026-03-02T11:00:00Z", "--json")


def test_an_alert_is_backtested_with_the_slo_that_stands_beside_it(run: Run, folder: Path) -> None:
    code, out, err = run("backtest", folder / "monitors", "--series", folder / "points.csv", *SPAN)
    assert (code, err) == (0, "")
    # six of 36 minutes are 16.7 % bad; the last bad minute leaves the short window at +45m
    assert [(one["to"], one["time"][11:16]) for one in json.loads(out)["transitions"]] == [
        ("Alert", "10:36"),
        ("OK", "10:45"),
    ]


def test_an_alert_without_its_slo_and_an_slo_that_is_wrong_are_said(run: Run, folder: Path) -> None:
    alert, slo = folder / "monitors" / "alert.json", folder / "monitors" / "slo.json"
    code, _, err = run("backtest", alert, "--series", folder / "points.csv", *SPAN)
    assert code == 1
    assert "an alert of SLO answers, which is not there" in err
    slo.write_text(json.dumps({**SLO, "thresholds": [{"timeframe": "30d", "target": 100}]}))
    code, _, err = run("backtest", folder / "monitors", "--series", folder / "points.csv", *SPAN)
    assert code == 1
    assert "slo.json: Invalid payload: target must be greater than 0 and less than 100, not 100" in err
    code, out, _ = run("lint", folder / "monitors")
    assert code == 1
    assert "target must be greater than 0 and less than 100, not 100" in out


def test_an_alert_is_linted_against_the_slo_that_stands_beside_it(run: Run, folder: Path) -> None:
    assert run("lint", folder / "monitors")[0] == 0
    (folder / "monitors" / "slo.json").write_text(
        json.dumps({**SLO, "thresholds": [{"timeframe": "30d", "target": 90}]})
    )
    code, out, _ = run("lint", folder / "monitors")
    assert code == 1
    assert "Alert threshold (14.4) must be in range 0 to 10.0 for burn rate alerts" in out


def test_a_correction_beside_an_slo_takes_its_time_out_of_the_backtest(run: Run, folder: Path) -> None:
    code, before, _ = run("backtest", folder / "monitors", "--series", folder / "points.csv", *SPAN)
    assert (code, json.loads(before)["notifications"] != []) == (0, True)
    corrected = {**SLO, "corrections": [{"start": "2026-03-02T10:30:00Z", "end": 1_772_445_600 + 40 * 60}]}
    (folder / "monitors" / "slo.json").write_text(json.dumps(corrected))
    code, after, _ = run("backtest", folder / "monitors", "--series", folder / "points.csv", *SPAN)
    assert (code, json.loads(after)["notifications"]) == (0, [])


@pytest.mark.parametrize(
    ("correction", "text"),
    [
        ({"start": 10, "end": 5}, "end must be later than start"),
        ({"start": "soon", "end": 5}, "correction 1: 'soon' is no time as ISO 8601 has it"),
        ({"end": 5}, "Object missing required field `start`"),
        ({"start": 1, "duration": 60, "rrule": "FREQ=SECONDLY"}, "rrule: FREQ=SECONDLY is not supported"),
        (7, "correction 1: expected an object with start and end"),
    ],
)
def test_a_wrong_correction_is_said(run: Run, folder: Path, correction: Any, text: str) -> None:
    (folder / "monitors" / "slo.json").write_text(json.dumps({**SLO, "corrections": [correction]}))
    code, said, _ = run("lint", folder / "monitors")
    assert (code, text in said) == (1, True), said
