import json

import pytest

from doghouse.importing.monitor_files import collect
from doghouse.importing.things import Found, FoundDowntime, Unread
from doghouse.importing.verdicts import lint_all

MONITOR = {"type": "metric alert", "query": "avg(last_5m):avg:m{*} > 1", "name": "m", "message": "x", "options": {}}
TERRAFORM = {
    "format_version": "1.0",
    "values": {
        "root_module": {
            "resources": [{"type": "aws_instance", "address": "aws_instance.a", "values": {}}],
            "child_modules": [
                {
                    "resources": [
                        {
                            "type": "datadog_monitor",
                            "address": "module.a.datadog_monitor.cpu",
                            "values": {
                                "name": "cpu",
                                "type": "metric alert",
                                "query": "avg(last_5m):avg:m{*} > 90",
                                "message": "hot @a@example.com",
                                "tags": ["team:b", "env:a"],
                                "monitor_thresholds": [{"critical": "90", "warning": "80.5", "critical_recovery": ""}],
                                "renotify_interval": 0,
                                "evaluation_delay": "60",
                                "notify_no_data": True,
                                "priority": "2",
                            },
                        }
                    ]
                }
            ],
        }
    },
}


@pytest.fixture
def write(tmp_path):
    def file(name, document):
        path = tmp_path / name
        path.write_text(document if isinstance(document, str) else json.dumps(document, indent=2))
        return str(path)

    return file


@pytest.mark.parametrize(
    ("document", "addresses"),
    [
        (MONITOR, [""]),
        ([MONITOR, MONITOR], ["[0]", "[1]"]),
        ({"version": 2, "title": "t", "definition": MONITOR}, [""]),
        ({"monitors": [MONITOR]}, [".monitors[0]"]),
        (TERRAFORM, [" module.a.datadog_monitor.cpu"]),
    ],
)
def test_monitors_are_found_in_every_form_that_people_keep_them_in(write, document, addresses):
    path = write("a.json", document)
    assert [one.where for one in collect(path)] == [path + address for address in addresses]


def test_a_terraform_resource_becomes_an_api_body(write):
    (found,) = collect(write("state.json", TERRAFORM))
    assert found.body == {
        "name": "cpu",
        "type": "metric alert",
        "query": "avg(last_5m):avg:m{*} > 90",
        "message": "hot @a@example.com",
        "tags": ["env:a", "team:b"],
        "priority": 2,
        "options": {"thresholds": {"critical": 90.0, "warning": 80.5}, "evaluation_delay": 60, "notify_no_data": True},
    }


def test_schedules_and_downtimes_of_terraform_are_read_too(write):
    window = [{"day_starts": "04:00", "hour_starts": 0, "month_starts": 0, "timezone": "Europe/Berlin"}]
    values = {
        "type": "query alert",
        "query": "sum(current_1d):sum:m{*}.as_count() > 9",
        "on_missing_data": "default",
        "no_data_timeframe": 0,
        "renotify_interval": 0,
        "scheduling_options": [{"evaluation_window": window, "custom_schedule": []}],
    }
    recurrence = {"start": "2026-03-01T19:00:00", "duration": "14h", "rrule": "FREQ=DAILY"}
    downtime = {
        "scope": "env:prod",
        "monitor_identifier": [{"monitor_id": None, "monitor_tags": ["*"]}],
        "one_time_schedule": [],
        "recurring_schedule": [{"timezone": "Europe/Berlin", "recurrence": [recurrence]}],
    }
    resources = [
        {"type": "datadog_monitor", "address": 'datadog_monitor.day["a"]', "values": values},
        {"type": "datadog_downtime_schedule", "address": "datadog_downtime_schedule.night", "values": downtime},
    ]
    monitor, night = collect(write("plan.json", {"planned_values": {"root_module": {"resources": resources}}}))

    assert monitor.body["options"] == {
        "on_missing_data": "default",
        "scheduling_options": {"evaluation_window": {"day_starts": "04:00", "timezone": "Europe/Berlin"}},
    }
    assert isinstance(night, FoundDowntime)
    assert night.attributes == {
        "scope": "env:prod",
        "monitor_identifier": {"monitor_tags": ["*"]},
        "schedule": {"timezone": "Europe/Berlin", "recurrences": [recurrence]},
    }
    assert [one.verdict for one in lint_all([monitor, night])] == ["ok", "ok"]


def test_a_folder_gives_its_monitors_and_passes_over_other_json(write, tmp_path):
    write("a.json", MONITOR)
    write("dashboard.json", {"title": "t", "widgets": []})
    assert [type(one) for one in collect(str(tmp_path))] == [Found]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [('{"title": "t"}', "holds no monitor"), ("{", "is not JSON")],
)
def test_a_file_that_was_named_and_holds_none_says_so(write, text, wrong):
    (found,) = collect(write("a.json", text))
    assert isinstance(found, Unread)
    assert wrong in found.text


def test_standard_input_is_a_file_too():
    (found,) = collect("-", json.dumps(MONITOR))
    assert found.where == "standard input"


def test_a_field_has_its_line(write):
    (found,) = collect(write("a.json", MONITOR))
    assert found.line("query", 0) == 3
    assert found.line("options.thresholds.critical", 0) == 0
