"""What the unit tests of a folder reach, and what none does: `doghouse test --coverage`."""

import json
import sys
from pathlib import Path

import pytest

from doghouse.cli import main
from doghouse.monitors import parse
from doghouse.testing.coverage import coverage, points_of
from doghouse.testing.running import run

MESSAGE = '{{#is_alert}}page @ops{{/is_alert}}{{#is_recovery}}fine @ops{{/is_recovery}}\n{{^is_match "host.name" "a"}}not a{{else}}a{{/is_match}}'
MONITOR = {
    "name": "high",
    "type": "query alert",
    "query": "avg(last_5m):avg:m{*} by {host} > 90",
    "message": MESSAGE,
    "options": {"thresholds": {"critical": 90}, "new_group_delay": 0},
}
ALERTS = """\
monitor: high.json
start: 2026-03-02T10:00Z
tests:
  - name: alerts
    series: {"m{host:a}": 10x5 100x5}
    states: {+10m: Alert}
"""


def points(kind, monitor=MONITOR):
    return [one.text for one in points_of(parse(monitor)) if one.kind == kind]


def reached(tmp_path, tests, monitor=MONITOR, **files):
    for name, content in {"high_json": monitor, **files}.items():
        (tmp_path / name.replace("_json", ".json")).write_text(json.dumps(content))
    (tmp_path / "a.test.yaml").write_text(tests)
    made = coverage(one.reached for one in run(tmp_path / "a.test.yaml", cover=True))
    return {(one.kind, one.text) for each in (*made.monitors, *made.downtimes) for one in each.missed}


def test_a_monitor_has_the_states_and_transitions_that_its_options_allow():
    assert points("state") == ["OK", "Alert"]
    assert points("transition") == ["OK → Alert", "Alert → OK"]
    more = {"thresholds": {"critical": 90, "warning": 80}, "notify_no_data": True, "renotify_interval": 10}
    assert points("state", MONITOR | {"options": more}) == ["OK", "Alert", "Warn", "No Data"]
    assert len(points("transition", MONITOR | {"options": more})) == 12 + 2


def test_a_conditional_has_each_side_that_is_written_and_can_be_shown():
    assert set(points("message")) == {
        "1:1 {{#is_alert}}",
        "1:36 {{#is_recovery}}",
        '2:1 {{^is_match "host.name" "a"}}',
        '2:1 {{else}} of {{^is_match "host.name" "a"}}',
    }
    assert points("message", MONITOR | {"message": "{{#is_warning}}never{{/is_warning}}"}) == []  # no warning threshold


def test_what_no_test_reaches_is_named(tmp_path):
    assert reached(tmp_path, ALERTS) == {
        ("transition", "Alert → OK"),
        ("message", "1:36 {{#is_recovery}}"),
        ("message", '2:1 {{^is_match "host.name" "a"}}'),
    }
    rest = (
        ALERTS
        + """\
  - name: recovers
    series: {"m{host:b}": 10x5 100x5 10x10}
    states: {+19m: OK}
"""
    )
    assert reached(tmp_path, rest) == set()


def test_a_side_within_a_side_that_is_not_shown_is_not_reached(tmp_path):
    within = MONITOR | {"message": '{{#is_recovery}}{{#is_match "host.name" "a"}}a{{/is_match}}{{/is_recovery}} @ops'}
    assert ("message", '1:17 {{#is_match "host.name" "a"}}') in reached(tmp_path, ALERTS, within)


def test_a_downtime_is_reached_where_it_silences_something(tmp_path):
    schedule = {"start": "2026-03-02T10:00:00Z", "end": "2026-03-02T11:00:00Z"}
    listed = [
        {"name": name, "scope": scope, "schedule": schedule, "message": ""}
        for name, scope in (("a", "host:a"), ("b", "host:b"))
    ]
    missed = reached(tmp_path, "downtimes: d.json\n" + ALERTS, d_json=listed)
    assert [one for one in missed if one[0] == "downtime"] == [("downtime", "b")]


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    def call(*arguments):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["doghouse", "test", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        told = capsys.readouterr()
        return left.value.code, told.out, told.err

    return call


def test_monitors_of_a_folder_without_a_test_count(command, tmp_path):
    folder = tmp_path / "monitors"
    folder.mkdir()
    (folder / "high.json").write_text(json.dumps(MONITOR))
    (folder / "other.json").write_text(json.dumps([MONITOR | {"name": "other"}]))
    (folder / "rum.json").write_text(json.dumps({"name": "rum", "type": "rum alert", "query": 'rum("*") > 1'}))
    (folder / "broken.json").write_text("{")
    (folder / "high.test.yaml").write_text(ALERTS)
    code, out, err = command("monitors", "--coverage")
    assert code == 0
    assert "monitors/other.json[0]  other: no test\n" in out
    assert out.splitlines()[-1] == (
        "coverage 31.2%: 5 of 16 (2 of 4 states, 1 of 4 transitions, 2 of 8 conditionals' sides); 1 of 2 monitors have no test"
    )
    assert "broken.json:1 is not JSON" in err

    code, out, _ = command("monitors", "--coverage", "--json")
    made = json.loads(out)["coverage"]
    assert (made["percent"], made["untested"], made["counts"]["state"]) == (31.25, 1, {"reached": 2, "of": 4})
    assert [(one["name"], one["tests"]) for one in made["monitors"]] == [("high", 1), ("other", 0)]

    _, out, _ = command("monitors", "--coverage", "--format", "github")
    assert "::notice file=monitors/other.json,title=other%3A test-missing::has no test\n" in out
    assert out.splitlines()[-1].startswith("coverage 31.2%")
    _, out, _ = command("monitors", "--coverage", "--format", "markdown")
    assert out.startswith("### Unit tests pass\n")
    assert "coverage 31.2%: 5 of 16" in out
    assert "**note** has no test<br>other <code>monitors/other.json</code>" in out


@pytest.mark.parametrize(("least", "code"), [("31", 0), ("31.25", 0), ("32", 1), ("101", 64)])
def test_a_share_that_is_not_reached_is_an_error(command, tmp_path, least, code):
    for name in ("high", "other"):
        (tmp_path / f"{name}.json").write_text(json.dumps(MONITOR | {"name": name}))
    Path(tmp_path / "high.test.yaml").write_text(ALERTS)
    left, _, err = command(".", "--coverage-at-least", least)
    assert left == code
    assert err.count("\n") == bool(code)
