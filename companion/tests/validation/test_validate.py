"""What Datadog would refuse is found offline, with the field."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from companion import resources
from companion.settings import Settings
from companion.validation.command import check

from ..conftest import MyMetric

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
SHIPPED = {
    one.mark if "/" in one.mark else one.kind.name: (one.kind.name, dict(one.body))
    for one in resources.read(Settings(email="a@example.org", host="web-1", timezone="Europe/Berlin"), NOW)
}
MISSING = object()


def changed(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The body with one field set, or taken out; a number in the path is an index."""
    body = copy.deepcopy(body)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    holder: Any = body
    for part in parents:
        holder = holder[part]
    if value is MISSING:
        del holder[last]
    else:
        holder[last] = value
    return body


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shipped_is_valid(name: str) -> None:
    kind, body = SHIPPED[name]
    assert list(check(kind, body)) == []


TIMEBOARD = [
    ("title", MISSING, "title"),
    ("title", 5, "title"),
    ("layout_type", "orderd", "layout_type"),
    ("widgets", {}, "widgets"),
    ("tags", ["env:lab"], "tags[0]"),
    ("tags", ["team:a"] * 6, "tags"),
    ("reflow_type", "auto", "widgets[0].layout"),
    ("widgets.1.layout", MISSING, "widgets[1]"),
    ("widgets.0.layout.x", "left", "widgets[0].layout.x"),
    ("widgets.0.definition.type", "timeserie", "widgets[0].definition.type"),
    ("widgets.0.definition.requests.0.display_type", "lines", "widgets[0].definition.requests[0].display_type"),
    ("widgets.0.definition.time", {"live_span": "3d"}, "widgets[0].definition.time.live_span"),
    ("widgets.0.definition.requests.0.queries.0.query", MISSING, "widgets[0].definition.requests[0].queries[0].query"),
    ("widgets.0.definition.requests.0.queries.0.query", "avg:my_metric{$host", "widgets[0].definition.requests[0].queries[0].query"),
    ("widgets.0.definition.requests.0.queries.0.query", "avgg:my_metric{$host}", "widgets[0].definition.requests[0].queries[0].query"),
    ("widgets.0.definition.requests.0.queries.0.query", "foo(avg:my_metric{$host})", "widgets[0].definition.requests[0].queries[0].query"),
    ("widgets.0.definition.requests.0.queries.0.query", "avg:my_metric", "widgets[0].definition.requests[0].queries[0].query"),
    ("widgets.0.definition.requests.0.formulas", [{"formula": "querry1"}], "widgets[0].definition.requests[0].formulas[0].formula"),
    ("widgets.0.definition.requests.0.formulas", [{"formula": "query1 +"}], "widgets[0].definition.requests[0].formulas[0].formula"),
    ("widgets.0.definition", {"type": "group", "layout_type": "ordered", "widgets": [
        {"definition": {"type": "timeseries", "requests": [{"q": "avg:m{*} by host"}]}}]},
     "widgets[0].definition.widgets[0].definition.requests[0].q"),
    ("template_variables.0.default", "*", "template_variables[0].defaults"),
    ("template_variables.0.defaults", [""], "template_variables[0].defaults"),
    ("template_variable_presets", [{"name": "a", "template_variables": [{"name": "host", "values": []}]}],
     "template_variable_presets[0].template_variables[0].values"),
    ("template_variable_presets", [{"name": "a", "template_variables": [{"name": "host", "value": "a", "values": ["a"]}]}],
     "template_variable_presets[0].template_variables[0].values"),
]  # fmt: skip
MONITOR = [
    ("query", MISSING, "query"),
    ("type", "metric", "type"),
    ("query", "avg(last_5m):avg:my_metric{*}", "query"),
    ("query", "average(last_5m):avg:my_metric{*} by {host} > 800", "query"),
    ("query", "avg(last_5x):avg:my_metric{*} by {host} > 800", "query"),
    ("query", "avg(last_5m):avg:my_metric{* by {host} > 800", "query"),
    ("query", "avg(last_5m):avg:my_metric{*} by {host} > 700", "options.thresholds.critical"),
    ("query", "avg(current_1h):avg:my_metric{*} by {host} > 800", "options.scheduling_options.evaluation_window"),
    ("query", "avg(last_5m):avg:my_metric{*} by host > 800", "query"),
    ("query", "avg(last_5m):foo(avg:my_metric{*}) > 800", "query"),
    ("query", "avg(last_5m):avg:my_metric > 800", "query"),
    ("query", "avg(last_5m):avg:my_metric{*}.rollup(mean) > 800", "query"),
    ("query", "avg(last_5m):avg:my_metric{env:a,b:c OR d:e} > 800", "query"),
    ("query", "avg(last_5m):avg:my_metric{$host} > 800", "query"),
    ("query", "avg(last_0m):avg:my_metric{*} > 800", "query"),
    ("query", "avg(last_2mo):avg:my_metric{*} > 800", "query"),
    ("query", "avg(last_4h):anomalies(avg:my_metric{*}, 'basik', 2) >= 800", "query"),
    ("query", "", "query"),
    ("query", "avg(last_5m):abs(avg:my_metric{*}, 1) > 800", "query"),
    ("query", "avg(last_5m):clamp_min(avg:my_metric{*}, '5') > 800", "query"),
    ("query", "avg(last_5m):avg:my_metric{env IN (!prod)} > 800", "query"),
    ("query", "avg(last_5m):avg:my_metric{env=prod} > 800", "query"),
    ("query", "avg(last_5m):avg:my_metric{*}.rollup(avg, weekly, 6am) > 800", "query"),
    ("query", "change(avg(last_5m),30x_ago):avg:my_metric{*} > 800", "query"),
    ("query", "avg(last_5m):calendar_shift(avg:my_metric{*}, '-1d', 'Nowhere/X') > 800", "query"),
    ("query", "avg(last_5m):" + "-" * 5000 + "avg:my_metric{*} > 800", "query"),
    ("query", "avg(last_5m):avg:my_metric{" + "NOT " * 3000 + "a:b} > 800", "query"),
    ("options.renotify_interval", -1, "options.renotify_interval"),
    ("options.no_data_timeframe", -1, "options.no_data_timeframe"),
    ("options.new_group_delay", -1, "options.new_group_delay"),
    ("options.notify_by", ["*", "host"], "options.notify_by"),
    ("type", "service check", "query"),
    ("options.thresholds.warning", 900, "options.thresholds.warning"),
    ("options.thresholds.warning", "high", "options.thresholds.warning"),
    ("options.thresholds.critical_recovery", 850, "options.thresholds.critical_recovery"),
    ("options.thresholds.warning_recovery", 600, "options.thresholds.warning_recovery"),
    ("options.thresholds.critical", MISSING, "options.thresholds.critical"),
    ("options.renotify_occurrences", 3, "options.renotify_occurrences"),
    ("options.on_missing_data", "show", "options.on_missing_data"),
    ("options.notify_by", ["env"], "options.notify_by"),
    ("options.timeout_h", 25, "options.timeout_h"),
    ("options.no_data_timeframe", "10m", "options.no_data_timeframe"),
    ("priority", 6, "priority"),
    ("tags", "a:b", "tags"),
]  # fmt: skip
RECURRENCE = "schedule.recurrences.0"
DOWNTIME = [
    ("scope", MISSING, "scope"),
    ("scope", "prod", "scope"),
    ("scope", "service:a OR host:b", "scope"),
    ("scope", "NOT env:prod", "scope"),
    ("scope", "env:a AND (b:c OR (d:e AND (f:g)))", "scope"),
    ("scope", "service:auth?", "scope"),
    ("scope", "env:(dev OR prod", "scope"),
    ("monitor_identifier", MISSING, "monitor_identifier"),
    ("monitor_identifier", {"monitor_tags": []}, "monitor_identifier.monitor_tags"),
    ("notify_end_states", ["alarm"], "notify_end_states[0]"),
    ("display_timezone", "UTC", "schedule.timezone"),
    ("schedule.timezone", "Europe/Berln", "schedule.timezone"),
    (f"{RECURRENCE}.duration", "14hours", "schedule.recurrences[0].duration"),
    (f"{RECURRENCE}.duration", "PT14H", "schedule.recurrences[0].duration"),
    (f"{RECURRENCE}.start", "2026-03-02T19:00:00Z", "schedule.recurrences[0].start"),
    (f"{RECURRENCE}.start", "tonight", "schedule.recurrences[0].start"),
    (f"{RECURRENCE}.rrule", "FREQ=WEKLY", "schedule.recurrences[0].rrule"),
    (f"{RECURRENCE}.rrule", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "schedule.recurrences[0].rrule"),
    (f"{RECURRENCE}.rrule", "FREQ=WEEKLY;BYDAY=XX", "schedule.recurrences[0].rrule"),
    (f"{RECURRENCE}.rrule", "DTSTART=20260301;FREQ=DAILY", "schedule.recurrences[0].rrule"),
    ("schedule.recurrences", [{"duration": "1h", "rrule": "FREQ=DAILY"}] * 6, "schedule.recurrences"),
    ("schedule", {"start": "2026-03-02T19:00:00+01:00"}, "schedule.start"),
    ("schedule", {"start": "2027-01-02T00:00:00Z", "end": "2027-01-01T00:00:00Z"}, "schedule.end"),
    ("schedul", {}, "schedul"),
    ("scope", "env:", "scope"),
    ("scope", ":prod", "scope"),
    ("monitor_identifier", {"monitor_id": 1, "monitor_tags": ["a"]}, "monitor_identifier.monitor_tags"),
    (f"{RECURRENCE}.duration", "0h", "schedule.recurrences[0].duration"),
    (f"{RECURRENCE}.start", "2026-03-02", "schedule.recurrences[0].start"),
    (f"{RECURRENCE}.rrule", "FREQ=DAILY;INTERVAL=0", "schedule.recurrences[0].rrule"),
    (f"{RECURRENCE}.rrule", "FREQ=DAILY;COUNT=1;UNTIL=20270101T000000Z", "schedule.recurrences[0].rrule"),
    (f"{RECURRENCE}.rrule", "FREQ=DAILY;FREQ=WEEKLY", "schedule.recurrences[0].rrule"),
    (f"{RECURRENCE}.rrule", "FREQ=MONTHLY;BYMONTHDAY=32", "schedule.recurrences[0].rrule"),
    (f"{RECURRENCE}.rrule", "FREQ=DAILY;UNTIL=2027", "schedule.recurrences[0].rrule"),
    (f"{RECURRENCE}.rrule", "FREQ=WEEKLY;BYDAY=2MO", "schedule.recurrences[0].rrule"),
    (f"{RECURRENCE}.rrule", "FREQ=YEARLY;BYDAY=54MO", "schedule.recurrences[0].rrule"),
    (f"{RECURRENCE}.rrule", "FREQ=DAILY;BYMONTH=-1", "schedule.recurrences[0].rrule"),
    (f"{RECURRENCE}.rrule", "FREQ=DAILY;COUNT=" + "9" * 5000, "schedule.recurrences[0].rrule"),
    (f"{RECURRENCE}.rrule", "FREQ=DAILY;BYMONTHDAY=" + "9" * 5000, "schedule.recurrences[0].rrule"),
]  # fmt: skip
NIGHTS = "managed-by:my-metric/nights"
REFUSED = [
    (name, *case)
    for name, cases in (("timeboard", TIMEBOARD), ("monitor", MONITOR), (NIGHTS, DOWNTIME))
    for case in cases
]


@pytest.mark.parametrize(("name", "path", "value", "field"), REFUSED)
def test_one_wrong_field_is_found_and_named(name: str, path: str, value: Any, field: str) -> None:
    kind, body = SHIPPED[name]
    found = [fault for fault in check(kind, changed(body, path, value)) if not fault.warning]
    assert [fault.field for fault in found][:1] == [field], found


ACCEPTED = [
    ("timeboard", "widgets.0.definition.time", {"live_span": "5m"}),
    ("timeboard", "template_variables.0.type", "group"),
    ("monitor", "options.thresholds.critical_recovery", 700),
    ("monitor", "query", "avg(last_1mo):avg:my_metric{*} by {host} > 800"),
    ("monitor", "query", "pct_change(avg(last_5m),last_30m):avg:my_metric{*} by {host} > 800"),
    ("monitor", "priority", None),
    (NIGHTS, "scope", "env:(staging OR prod) AND team:y"),
    (NIGHTS, "scope", "env:staging OR env:prod"),
    (NIGHTS, "scope", "env:prod AND (host:a OR host:b)"),
    (NIGHTS, f"{RECURRENCE}.rrule", "RRULE:FREQ=MONTHLY;BYDAY=-1SU,2MO;"),
    (NIGHTS, f"{RECURRENCE}.rrule", "FREQ=MONTHLY;BYMONTHDAY=-1,+5"),
    (
        "timeboard",
        "widgets.0.definition.requests.0.formulas",
        [{"formula": "100 * default_zero(query1) / week_before(query1)"}],
    ),
    (
        "timeboard",
        "widgets.0.definition.requests.0.queries.0.query",
        "p99:a.b-c/d{env IN (a,b) AND NOT $host} by {x,y}.rollup(sum, 60).fill(60)",
    ),
    ("monitor", "query", "max(last_1h):(avg:a{*} by {host} + 1) / avg:b{!x:y,-z:w} by {host}.as_count() > 800"),
    (NIGHTS, "scope", "host:*-prod"),
    (NIGHTS, "scope", "team:app AND (service:auth OR env:(a OR b))"),
    ("monitor", "query", "pct_change(avg(last_5m),30m_ago):max(avg:my_metric{*} by {host,env},{host}) > 800"),
    ("monitor", "query", "avg(last_5m):count(v: v<=5):my_metric{*} by {host} > 800"),
    (NIGHTS, "schedule", {"start": None, "end": "2050-01-02T03:04:05Z"}),
    (NIGHTS, f"{RECURRENCE}.rrule", "FREQ=MONTHLY;BYDAY=2TU;COUNT=3"),
]


@pytest.mark.parametrize(("name", "path", "value"), ACCEPTED)
def test_what_datadog_takes_is_not_refused(name: str, path: str, value: Any) -> None:
    kind, body = SHIPPED[name]
    assert [fault for fault in check(kind, changed(body, path, value)) if not fault.warning] == []


def test_what_is_accepted_and_does_nothing_is_a_warning() -> None:
    kind, body = SHIPPED["timeboard"]
    query = "avg:my_metric{$web.vagrant}"
    found = list(check(kind, changed(body, "widgets.0.definition.requests.0.queries.0.query", query)))
    assert [(fault.field, fault.warning) for fault in found] == [
        ("widgets[0].definition.requests[0].queries[0].query", True)
    ]
    presets = [{"name": "a", "template_variables": [{"name": "nobody", "value": "a"}]}]
    found = list(check(kind, changed(body, "template_variable_presets", presets)))
    assert [(fault.field, fault.warning) for fault in found] == [
        ("template_variable_presets[0].template_variables[0].name", True)
    ]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("{{#is_alert}}a", "is never closed"),
        ("{{#is_alrt}}a{{/is_alrt}}", "did you mean 'is_alert'?"),
        ("a{{/is_alert}}", "closes nothing"),
    ],
)
def test_a_block_of_a_message_that_shows_nothing_is_a_warning(message: str, said: str) -> None:
    kind, body = SHIPPED["monitor"]
    found = list(check(kind, {**body, "message": message}))
    assert found
    assert all(fault.warning and fault.field == "message" for fault in found)
    assert said in found[0].sentence


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("avg(last_5m):avg:m{*} by host > 1", "column 23: The value provided for parameter 'query' is invalid: by takes its keys in braces"),
        ("avg(last_5m):avrg:m{*} > 1", "unknown space aggregator 'avrg'; did you mean 'avg'?"),
        ("avg(last_5m):anomaly(avg:m{*}, 'basic', 2) > 1", "unknown function 'anomaly'; did you mean 'anomalies'?"),
        ("avg(last_5m):avg:m{*} >", "column 24: The value provided for parameter 'query' is invalid: the end was not expected here; expected a number"),
    ],
)  # fmt: skip
def test_a_wrong_query_is_said_with_its_place_and_what_was_expected(query: str, said: str) -> None:
    kind, body = SHIPPED["monitor"]
    (fault,) = check(kind, {**body, "query": query})
    assert said in fault.sentence


def test_an_anomaly_monitor_is_taken() -> None:
    kind, body = SHIPPED["monitor"]
    query = "avg(last_4h):anomalies(avg:my_metric{*} by {host}, 'basic', 2, direction='both') >= 1"
    options = {**body["options"], "thresholds": {"critical": 1}}
    assert [fault for fault in check(kind, {**body, "query": query, "options": options}) if not fault.warning] == []


def test_a_field_with_a_slip_in_its_name_is_a_warning_that_names_the_right_one() -> None:
    kind, body = SHIPPED["monitor"]
    (fault,) = check(kind, {**body, "option": {}})
    assert fault.warning
    assert "did you mean options?" in fault.sentence


def test_the_command_says_that_all_is_well(offline: MyMetric) -> None:
    ran = offline("validate")
    assert (ran.code, ran.out) == (0, "valid: nothing that Datadog would refuse\n")


def test_the_command_takes_files_of_any_kind(offline: MyMetric, tmp_path: Path) -> None:
    _, body = SHIPPED["monitor"]
    file = tmp_path / "monitor.json"
    file.write_text(json.dumps(changed(body, "options.thresholds.warning", 900)))
    ran = offline("validate", str(file), "--json")
    assert ran.code == 1
    assert ran.document["valid"] is False
    assert ran.document["faults"][0]["field"] == "options.thresholds.warning"
    downtime = tmp_path / "downtime.json"
    downtime.write_text(json.dumps({"data": {"type": "downtime", "attributes": SHIPPED[NIGHTS][1]}}))
    assert offline("validate", str(downtime)).code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", ":1: is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", ":1: expected a JSON object"),
        ("{}", "neither a dashboard"),
    ],
)
def test_a_file_that_is_no_object_is_said_so(offline: MyMetric, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "a.json"
    file.write_text(text)
    ran = offline("validate", str(file))
    assert ran.code in (1, 64)
    assert said in ran.err
    assert ran.err.count("\n") == 1
