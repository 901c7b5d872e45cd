"""Logs, events, spans and a check's runs of a stretch of history as a unit test: small, passing, and with what the monitor did in it."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from doghouse.backtest.sources import points_of
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Series, no_columns
from doghouse.monitors import parse
from doghouse.queries import NotEvaluated
from doghouse.search.records import Lines
from doghouse.testing.entries import EventEntry, LogEntry, SpanEntry
from doghouse.testing.file import load
from doghouse.testing.recording.history import History
from doghouse.testing.recording.recording import CannotRecord, record
from doghouse.testing.recording.writing import written
from doghouse.testing.records import record_of
from doghouse.testing.running import run

START = 1_772_445_600  # 2026-03-02T10:00Z
LOGS = {
    "name": "errors of {{service.name}}",
    "type": "log alert",
    "query": 'logs("status:error").index("*").rollup("count").by("service").last("5m") > 20',
    "message": "{{value}} @ops@example.com",
    "options": {"thresholds": {"critical": 20}},
}
NOTHING = points_of(MemorySource([], no_columns()))


def history(arriving, monitor=LOGS, *, start=30, end=120, members=None, source="logs"):
    """The stretch of these minutes of what arrives: pairs of a minute and an entry, in the middle of that minute."""
    lines = Lines(
        (at * 1000, record_of(entry, at, {}))
        for at, entry in ((START + minute * 60 + 30, one) for minute, one in arriving)
    )
    kept = {number: parse(body) for number, body in (members or {}).items()}

    def records(query):
        assert query.source == source
        return lines

    return History(parse(monitor), NOTHING, START + start * 60, START + end * 60, kept, (), {}, (), records)


def passes(made, tmp_path, monitor=LOGS, **more):
    path = tmp_path / "a.test.yaml"
    path.write_text(written(made, {"monitor": monitor, **more}))
    (result,) = run(path)
    assert result.passed, (path.read_text(), result.differences)
    return load(path).file.tests[0]


def failing(minutes, many, service="web", **more):
    """So many logs in each of the minutes, no two of which have the same message."""
    return [
        (minute, LogEntry(message=f"failed {minute} {n}", service=service, status="error", tags=["pod:a"], **more))
        for minute in minutes
        for n in range(many)
    ]


def test_an_incident_is_a_few_entries_with_what_the_query_names(tmp_path):
    made = record(history(failing(range(150), 2) + failing(range(60, 75), 40) + failing(range(150), 1, "api")))
    case = passes(made, tmp_path)
    assert case.transitions == ["+36m Alert", "+55m OK"]
    assert {(one.service, one.message, tuple(one.tags)) for one in case.logs} == {("web", "", ())}
    assert len(case.logs) <= 3


def test_words_that_are_searched_for_are_kept_of_one_message(tmp_path):
    monitor = LOGS | {"query": 'logs("failed").index("*").rollup("count").last("5m") > 20'}
    made = record(history(failing(range(60, 75), 40), monitor))
    (entry,) = passes(made, tmp_path, monitor).logs
    assert entry.message.startswith("failed ")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    many=st.lists(st.sampled_from([0, 0, 1, 4, 5, 9]), min_size=12, max_size=60),
    other=st.lists(st.sampled_from([0, 3, 8]), min_size=1, max_size=60),
    options=st.sampled_from(
        [
            {"thresholds": {"critical": 20}},
            {"thresholds": {"critical": 20, "warning": 10, "critical_recovery": 12}, "renotify_interval": 10},
            {"thresholds": {"critical": 20}, "on_missing_data": "show_and_notify_no_data"},
            {"thresholds": {"critical": 20}, "on_missing_data": "resolve"},
        ]
    ),
)
def test_what_is_recorded_passes_and_is_what_the_monitor_did(tmp_path, many, other, options):
    arriving = [one for minute, count in enumerate(many) for one in failing([minute], count)]
    arriving += [one for minute, count in enumerate(other) for one in failing([minute], count, "api")]
    monitor = LOGS | {"options": options}
    whole = history(arriving, monitor, start=len(many) // 3, end=len(many))
    made = record(whole)
    passes(made, tmp_path, monitor)
    shown = {one.group for one in made.test.timelines}
    did = whole.replayed(NOTHING, made.start, whole.records)

    def since(test):
        return [
            (one.at, group, one.after) for group, one in test.transitions() if one.at >= whole.start and group in shown
        ]

    assert since(made.test) == since(did)


def test_a_composite_of_monitors_of_logs(tmp_path):
    both = {"name": "both", "type": "composite", "query": "1 && 2", "message": "@ops@example.com"}
    members = {
        1: LOGS,
        2: LOGS | {"query": LOGS["query"].replace("20", "30"), "options": {"thresholds": {"critical": 30}}},
    }
    made = record(history(failing(range(60, 75), 40), both, members=members))
    assert passes(made, tmp_path, both, members={str(number): body for number, body in members.items()}).transitions


def test_events_and_spans(tmp_path):
    events = {
        "name": "deployment failed",
        "type": "event-v2 alert",
        "query": 'events("source:deploy status:error").rollup("count").by("host").last("10m") >= 1',
        "message": "@ops@example.com",
        "options": {"thresholds": {"critical": 1}, "new_group_delay": 0},
    }
    failed = EventEntry(
        title="Deploy failed", text="of web", status="error", host="h1", source="deploy", tags=["env:prod"]
    )
    case = passes(record(history([(60, failed)], events, source="events")), tmp_path, events)
    assert [(one.title, one.status, one.host, one.source) for one in case.events] == [("", "error", "h1", "deploy")]
    spans = {
        "name": "slow",
        "type": "trace-analytics alert",
        "query": 'trace-analytics("env:prod service:web").rollup("count").by("resource_name").last("5m") > 3',
        "message": "@ops@example.com",
        "options": {"thresholds": {"critical": 3}, "new_group_delay": 0},
    }
    span = SpanEntry(
        service="web", name="http", resource="GET /", env="prod", duration="120ms", attributes={"shop.region": "eu"}
    )
    case = passes(record(history([(60, span)] * 9, spans, source="spans")), tmp_path, spans)
    assert [(one.resource, one.duration, one.count) for one in case.spans] == [("GET /", "0ms", 9)]


def test_runs_of_a_check(tmp_path):
    monitor = {
        "name": "{{url.name}} is down",
        "type": "service check",
        "query": '"http.can_connect".over("env:prod").by("url").last(4).count_by_status()',
        "message": "@ops@example.com",
        "options": {
            "thresholds": {"critical": 3, "warning": 1, "ok": 2},
            "notify_no_data": True,
            "no_data_timeframe": 5,
        },
    }
    statuses = np.where((np.arange(240) >= 150) & (np.arange(240) < 160), 2.0, 0.0)
    there = np.flatnonzero((np.arange(240) < 180) | (np.arange(240) >= 190))  # ten minutes without a run
    series = Series(0, "http.can_connect", "gauge", 0, None, ("env:prod", "instance:x", "url:a"))
    points = points_of(
        MemorySource([series], Columns(np.zeros(len(there), np.int64), START + there * 60, statuses[there]))
    )
    made = record(History(parse(monitor), points, START + 7200, START + 12_600, {}, (), {}, ()))
    case = passes(made, tmp_path, monitor)
    assert case.checks == {"http.can_connect{env:prod,url:a}": "OKx90 CRITICALx10 OKx20 _x10 OKx20"}
    assert [one.split(maxsplit=1)[1] for one in case.transitions] == ["Alert", "OK", "No Data", "OK"]


def test_what_cannot_be_recorded_is_said():
    slow = LOGS | {"query": 'logs("*").index("*").rollup("avg", "@duration").last("5m") > 1'}
    some = [(minute, LogEntry(attributes={"duration": minute + n / 7})) for minute in range(120) for n in range(3)]
    with pytest.raises(CannotRecord, match="as far as 200 entries tell them"):
        record(history(some, slow))
    mixed = {"name": "n", "type": "composite", "query": "1 && 2", "message": ""}
    metric = {"name": "m", "type": "metric alert", "query": "avg(last_5m):avg:m{*} > 1", "message": ""}
    whole = history(failing(range(60, 75), 40), mixed, members={1: LOGS, 2: metric})
    series = MemorySource([Series(0, "m", "gauge", 0, None, ())], Columns(*np.array([[0], [START], [1]])))
    with pytest.raises(NotEvaluated, match="points and of records together"):
        record(replace(whole, points=points_of(series)))


def test_an_entry_that_counts_is_as_many_of_it(tmp_path):
    many, one = tmp_path / "many.test.yaml", tmp_path / "one.test.yaml"
    made = record(history(failing(range(60, 61), 40)))
    text = written(made, {"monitor": LOGS})
    assert "count: 40" in text
    many.write_text(text)
    one.write_text(text.replace("count: 40", "count: 20"))
    assert run(many)[0].passed
    assert not run(one)[0].passed
