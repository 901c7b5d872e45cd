"""A stretch of history as a unit test: small, passing, and with what the monitor did in it."""

import json
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doghouse.backtest.sources import points_of
from doghouse.cli import main
from doghouse.downtimes import parse as parse_downtime
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Series, columns_of
from doghouse.monitors import parse
from doghouse.queries import NotEvaluated
from doghouse.testing.file import load
from doghouse.testing.recording.history import History
from doghouse.testing.recording.recording import CannotRecord, record
from doghouse.testing.recording.shrinking import flattened, runs
from doghouse.testing.recording.writing import written
from doghouse.testing.running import run

START = 1_772_445_600  # 2026-03-02T10:00Z
MONITOR = {
    "name": "high: on {{host.name}}",
    "type": "query alert",
    "query": "avg(last_5m):avg:m{env:prod} by {host} > 90",
    "message": "{{value}} @ops@example.com",
    "options": {"thresholds": {"critical": 90}},
}


def source(samples, every=15, tags=("env:prod", "region:eu")):
    """A series a host, a sample each `every` seconds from the start on."""
    series, parts = [], []
    for number, (host, given_values) in enumerate(samples.items()):
        series.append(Series(number, "m", "gauge", 0, host, tags))
        there = np.flatnonzero(~np.isnan(given_values))
        parts.append((number, START + there * every, np.asarray(given_values, np.float64)[there]))
    return MemorySource(series, columns_of(parts))


def history(samples, monitor=MONITOR, *, start=30, end=120, downtimes=(), members=None, every=15):
    """The stretch of these minutes."""
    quiet = [parse_downtime(one, START) for one in downtimes]
    points = points_of(source(samples, every))
    kept = {number: parse(body) for number, body in (members or {}).items()}
    return History(parse(monitor), points, START + start * 60, START + end * 60, kept, quiet, {}, ())


def as_file(made, tmp_path, monitor=MONITOR, **more):
    path = tmp_path / "a.test.yaml"
    path.write_text(written(made, {"monitor": monitor, **more}))
    return path


def changes(test, since):
    return [(one.at, group, one.after) for group, one in test.transitions() if one.at >= since]


def incident(length=480, high=(240, 320), level=99.0, seed=1):
    values = 40 + np.random.default_rng(seed).normal(0, 3, length)
    values[slice(*high)] += level - 40
    return values


def test_an_incident_is_two_or_three_runs_a_host(tmp_path):
    samples = {"a": incident(), "b": incident(high=(0, 0)), "c": incident(high=(200, 260))}
    whole = history(samples)
    made = record(whole)
    assert [one.tags for one in made.series] == [("env:prod", "host:a"), ("env:prod", "host:c")]
    assert max(len(one.runs) for one in made.series) <= 5
    (result,) = run(as_file(made, tmp_path))
    assert result.passed, result.differences
    assert changes(made.test, whole.start) == [
        change
        for change in changes(whole.replayed(whole.points, made.start), whole.start)
        if change[1] != (("host", "b"),)
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    levels=st.lists(st.sampled_from([20.0, 60.0, 85.0, 92.0, 120.0, np.nan]), min_size=8, max_size=24),
    noise=st.sampled_from([0.0, 1.0, 8.0]),
    every=st.sampled_from([10, 15, 45, 60]),
    options=st.sampled_from(
        [
            {"thresholds": {"critical": 90}},
            {"thresholds": {"critical": 90, "warning": 80, "critical_recovery": 85}, "renotify_interval": 10},
            {"thresholds": {"critical": 90}, "notify_no_data": True, "no_data_timeframe": 10},
        ]
    ),
)
def test_what_is_recorded_passes_and_is_what_the_monitor_did(tmp_path, levels, noise, every, options):
    values = np.repeat(levels, 600 // every)
    values = values + np.random.default_rng(7).normal(0, noise, len(values))
    monitor = MONITOR | {"options": options}
    minutes = len(levels) * 10
    if np.isnan(values).all():
        return
    whole = history({"a": values, "b": values[::-1]}, monitor, start=minutes // 3, end=minutes, every=every)
    try:
        made = record(whole)
    except CannotRecord as error:
        if "there are no points" not in str(error):
            raise
        return
    (result,) = run(as_file(made, tmp_path, monitor))
    assert result.passed, result.differences
    shown = {one.group for one in made.test.timelines}
    did = changes(whole.replayed(whole.points, made.start), whole.start)
    assert changes(made.test, whole.start) == [change for change in did if change[1] in shown]


def test_only_so_many_groups_are_shown_those_that_changed_most(tmp_path):
    samples = {f"h{n}": incident(seed=n) for n in range(4)} | {"flapping": np.tile(np.repeat([40.0, 99.0], 40), 6)}
    made = record(history(samples), groups=2)
    assert {one.tags[1] for one in made.series} == {"host:flapping", "host:h0"}
    assert made.left_out == 3
    assert "# 3 more groups changed and are not shown." in as_file(made, tmp_path).read_text()


def test_series_of_a_simple_alert_are_one(tmp_path):
    monitor = MONITOR | {"query": "sum(last_5m):sum:m{env:prod} > 1300", "options": {}}
    made = record(history({"a": incident(), "b": incident(seed=2)}, monitor))
    assert [one.tags for one in made.series] == [("env:prod",)]
    assert run(as_file(made, tmp_path, monitor))[0].passed
    assert made.test.timelines[0].group == ()


def test_a_downtime_is_told_of(tmp_path):
    schedule = {"start": "2026-03-02T11:00:00Z", "end": "2026-03-02T11:10:00Z"}
    downtime = {"name": "works", "scope": "host:a", "message": "", "schedule": schedule}
    path = as_file(record(history({"a": incident()}, downtimes=[downtime])), tmp_path, downtimes=[downtime])
    assert "by: works}" in path.read_text()
    assert run(path)[0].passed


def test_a_composite_is_recorded_with_its_members(tmp_path):
    other = MONITOR | {"query": "max(last_1m):avg:m{env:prod} by {host} > 95", "options": {}}
    both = {"name": "both", "type": "composite", "query": "1 && 2", "message": "@ops@example.com"}
    made = record(history({"a": incident(), "b": incident(high=(0, 0))}, both, members={1: MONITOR, 2: other}))
    path = as_file(made, tmp_path, both, members={"1": MONITOR, "2": other})
    assert run(path)[0].passed
    assert made.test.notifications()


def test_a_quiet_stretch_is_a_test_that_nothing_happens(tmp_path):
    made = record(history({"a": incident(high=(0, 0)), "b": incident(high=(0, 0))}))
    path = as_file(made, tmp_path)
    assert load(path).file.tests[0].transitions == []
    assert len(made.series) == 1
    assert run(path)[0].passed


def test_what_cannot_be_recorded_is_said():
    with pytest.raises(CannotRecord, match="there are no points"):
        record(history({"a": np.full(10, np.nan)}))
    with pytest.raises(NotEvaluated, match="a recording of logs without logs"):
        record(history({"a": incident()}, {"type": "log alert", "query": 'logs("*").rollup("count").last("5m") > 1'}))


def test_runs_hold_what_lies_within_the_tolerance_and_keep_gaps():
    values = np.array([10.0, 11.0, 10.4, np.nan, np.nan, 30.0, np.nan])
    assert runs(flattened(values, 1.0))[0] == (10.0, 3)
    assert [count for _, count in runs(flattened(values, 1.0))] == [3, 2, 1]
    assert runs(flattened(values, 0.0))[:2] == [(10.0, 1), (11.0, 1)]


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    def call(*arguments):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["doghouse", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        told = capsys.readouterr()
        return left.value.code, told.out, told.err

    return call


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "monitors").mkdir()
    (tmp_path / "monitors" / "all.json").write_text(json.dumps([MONITOR, MONITOR | {"name": "other"}]))
    rows = [f'{START + n * 15},m,{value:.4f},"env:prod,host:a"' for n, value in enumerate(incident())]
    (tmp_path / "points.csv").write_text("timestamp,metric,value,tags\n" + "\n".join(rows) + "\n")
    return tmp_path


SPAN = ("--from", "2026-03-02T10:30Z", "--to", "2026-03-02T12:00Z")


def test_the_command_writes_a_test_that_names_the_monitor_as_seen_from_its_own_folder(command, folder):
    (folder / "tests").mkdir()
    out = "tests/incident.test.yaml"
    code, _, err = command("record", "monitors/all.json#other", "--series", "points.csv", *SPAN, "--out", out)
    assert (code, err) == (0, f"doghouse: {out} is written, and passes (15 lines)\n")
    assert 'monitor: "../monitors/all.json#other"' in (folder / out).read_text()
    code, printed, _ = command("test", out)
    assert (code, printed.splitlines()[-1]) == (0, "1 passed, 0 failed")
    assert list((folder / "tests").iterdir()) == [folder / out]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("none.json",), 1, "none.json cannot be read"),
        (("monitors/all.json",), 1, "holds 2 monitors: name one of them behind a #"),
        (("monitors/all.json#othre",), 1, "did you mean monitors/all.json#other?"),
        (("monitors/all.json#other", "--out", "x.yaml"), 64, "does not end with .test.yaml"),
        (("monitors/all.json#other", "--out", "no/x.test.yaml"), 1, "no/x.test.yaml cannot be written: No such file"),
        (
            ("monitors/all.json#other", "--from", "2026-03-03T10:30Z", "--to", "2026-03-03T12:00Z"),
            1,
            "there are no points",
        ),
        (
            ("monitors/all.json#other", "--to", "2026-03-02T10:30:30Z"),
            64,
            "a minute before --to: both are in that of 2026",
        ),
        (("monitors/all.json#other", "--url", "http://127.0.0.1:1"), 64, "from --series or --logs, from an account"),
    ],
)
def test_what_the_command_cannot_use_is_one_sentence_and_writes_nothing(command, folder, arguments, code, said):
    given_already = dict(zip(arguments[1::2], arguments[2::2], strict=True))
    options = {"--series": "points.csv", "--out": "x.test.yaml", **dict([SPAN[:2], SPAN[2:]]), **given_already}
    left, out, err = command("record", arguments[0], *(word for pair in options.items() for word in pair))
    assert (left, out, err.count("\n")) == (code, "", 1)
    assert said in err
    assert not list(folder.rglob("*.test.yaml*"))


def test_a_file_that_is_there_is_not_written_over(command, folder):
    (folder / "x.test.yaml").write_text("mine")
    code, _, err = command("record", "monitors/all.json#other", "--series", "points.csv", *SPAN, "--out", "x.test.yaml")
    assert (code, (folder / "x.test.yaml").read_text()) == (64, "mine")
    assert "--force" in err


def test_values_as_far_apart_as_floats_go_are_flattened_without_a_fault():
    values = np.array([1e308, -1e308, 1e308])
    assert flattened(values, np.inf).shape == values.shape
