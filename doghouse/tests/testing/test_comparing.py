"""What a test that fails says beside what was expected: why it came otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from doghouse.testing.places import TestFileError
from doghouse.testing.running import Result, run

MONITOR = 'monitor: {type: metric alert, query: "avg(last_5m):avg:m{*} by {host} > 90", message: "MESSAGE"}\n'
EARLY = """\
start: 2026-03-02T10:00Z
tests:
  - name: early
    series: {"m{host:a}": 100x10}
"""


def results(tmp_path: Path, text: str, message: str = "@ops@example.com") -> list[Result]:
    path = tmp_path / "a.test.yaml"
    path.write_text(MONITOR.replace("MESSAGE", message) + text)
    return run(path)


def test_an_alert_that_came_late_because_its_group_was_new_says_so(tmp_path: Path) -> None:
    (result,) = results(tmp_path, EARLY + "    transitions: [+1m Alert]\n")
    (difference,) = result.differences
    assert difference.got[0] == "+5m Alert (100)"
    assert difference.got[1].startswith("(a new group is left alone for 300 s: see new_group_delay")


def test_values_with_a_known_unit_read_as_people_read_them(tmp_path: Path) -> None:
    path = tmp_path / "a.test.yaml"
    path.write_text(
        'monitor: {type: metric alert, query: "avg(last_5m):avg:trace.flask.request{*} > 0.01", message: "@ops@example.com"}\n'
        "start: 2026-03-02T10:00Z\ntests:\n  - {name: a, series: {trace.flask.request: 0.0234x10}, transitions: []}\n"
    )
    (result,) = run(path)
    assert [difference.got for difference in result.differences] == [["+1m Alert (23.4ms)"]]


def test_an_alert_of_which_nobody_is_told_says_so(tmp_path: Path) -> None:
    text = EARLY + "    notifications: [{at: +5m, transition: Triggered}]\n"
    (result,) = results(tmp_path, text, "nobody")
    (difference,) = result.differences
    assert difference.got == ["nothing: it changed to Alert, but nobody is mentioned in its message"]
    assert results(tmp_path, text)[0].passed


def test_each_test_may_have_a_start_of_its_own(tmp_path: Path) -> None:
    tests = """\
tests:
  - {name: a, start: 2026-03-02T10:00Z, series: {"m{host:a}": 100x10}, transitions: ["2026-03-02T10:05Z Alert"]}
  - {name: b, start: 2026-07-01T10:00+02:00, series: {"m{host:a}": 100x10}, transitions: ["10:05 Alert"]}
"""
    assert [result.differences for result in results(tmp_path, tests)] == [[], []]


@pytest.mark.parametrize(
    ("tests", "wrong"),
    [
        ("tests: [{name: a, series: {m: 1}, transitions: []}]", ":1: names no start"),
        (
            "tests:\n  - {name: a, start: 2026-03-02T10:00Z, series: {m: 1}, transitions: []}\n"
            "  - {name: b, series: {m: 1}, transitions: []}",
            ":4: test 'b' has no start, nor has the file",
        ),
        ("tests: [{name: a, start: noon, series: {m: 1}, transitions: []}]", ":2: start: 'noon' is not"),
    ],
)
def test_a_start_that_is_missing_or_wrong_is_named_with_its_line(tmp_path: Path, tests: str, wrong: str) -> None:
    with pytest.raises(TestFileError) as caught:
        results(tmp_path, tests)
    assert wrong in str(caught.value)


@pytest.mark.parametrize(("limit", "state"), [(119, "Alert"), (120, "OK")])
def test_a_rate_counts_for_the_seconds_between_its_samples(tmp_path: Path, limit: int, state: str) -> None:
    path = tmp_path / "a.test.yaml"
    path.write_text(
        f"""monitor: {{type: metric alert, query: "sum(last_1m):sum:m{{*}}.as_count() > {limit}", message: "@a@example.com"}}
start: 2026-03-02T10:00Z
tests:
  - {{name: a, series: {{m: {{type: rate, every: 10s, values: 2x60}}}}, states: {{+5m: {state}}}}}
"""
    )
    (result,) = run(path)
    assert result.differences == []
