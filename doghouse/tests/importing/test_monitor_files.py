import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.importing.monitor_files import collect, collect_each
from doghouse.importing.positions import positions
from doghouse.importing.things import DowntimeInFile, MonitorInFile, Unread
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
    assert isinstance(night, DowntimeInFile)
    assert night.body == {
        "scope": "env:prod",
        "monitor_identifier": {"monitor_tags": ["*"]},
        "schedule": {"timezone": "Europe/Berlin", "recurrences": [recurrence]},
    }
    assert [one.verdict for one in lint_all([monitor, night])] == ["ok", "ok"]


def test_a_folder_gives_its_monitors_and_passes_over_other_json(write, tmp_path):
    write("a.json", MONITOR)
    write("dashboard.json", {"title": "t", "widgets": []})
    assert [type(one) for one in collect(str(tmp_path))] == [MonitorInFile]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [('{"title": "t"}', "holds no monitor"), ("{", "is not JSON")],
)
def test_a_file_that_was_named_and_holds_none_says_so(write, text, wrong):
    (found,) = collect(write("a.json", text))
    assert isinstance(found, Unread)
    assert wrong in found.text


def test_a_key_that_stands_twice_is_refused_with_its_line_as_in_yaml(write):
    text = json.dumps(MONITOR, indent=1).replace('"query"', '"query": "",\n"query"', 1)
    line = next(at for at, one in enumerate(text.splitlines(), 1) if one.startswith('"query"'))
    (unread,) = collect(path := write("a.json", text))
    assert (unread.where, unread.text) == (
        f"{path}:{line}",
        "is not read: 'query' stands twice, and it is not said which counts",
    )


def test_a_key_that_stands_twice_in_what_holds_no_monitor_is_passed_over(write, tmp_path):
    write("a.json", MONITOR)
    write("package.json", '{"name": "a", "name": "b"}')
    assert [type(one) for one in collect(str(tmp_path))] == [MonitorInFile]


def test_a_file_counts_once_whatever_links_to_it_or_names_it_again(write, tmp_path):
    path = write("b.json", MONITOR)
    (tmp_path / "a.json").symlink_to("b.json")
    assert [one.where for one in collect(str(tmp_path))] == [path]
    again = f"{tmp_path}/../{tmp_path.name}/b.json"
    named = [str(tmp_path), path, again, str(tmp_path / "a.json")]
    assert [(name, [one.where for one in things]) for name, things in collect_each(named)] == [
        (str(tmp_path), [path]), (path, []), (again, []), (str(tmp_path / "a.json"), [])]  # fmt: skip


def test_a_link_to_a_file_elsewhere_is_read(write, tmp_path):
    path = write("b.json", MONITOR)
    (tmp_path / "monitors").mkdir()
    (tmp_path / "monitors" / "a.json").symlink_to(path)
    assert [one.where for one in collect(str(tmp_path / "monitors"))] == [str(tmp_path / "monitors" / "a.json")]


def test_standard_input_is_a_file_too():
    (found,) = collect("-", json.dumps(MONITOR))
    assert found.where == "standard input"


def test_a_field_has_its_line_or_that_of_what_is_around_it(write):
    (found,) = collect(write("a.json", MONITOR))
    assert found.line("query", 0) == 3
    assert found.line("options.thresholds.critical", 0) == 6
    assert found.line("tags", 0) == 1


@pytest.mark.parametrize(
    "around",
    [
        lambda one: [one, one, one],
        lambda one: {"monitors": [one, one]},
        lambda one: {"1": one, "2": one},
        lambda one: [{"definition": one}, {"definition": one}],
        lambda one: [{"query": 'a "query": b', "type": "x", "name": "\\"}, one],
    ],
)
def test_each_monitor_of_a_file_has_its_own_lines(write, around):
    path = write("a.json", around(MONITOR))
    text = Path(path).read_text().splitlines()
    lines = [one.line("message", 0) for one in collect(path) if "message" in one.body]
    assert lines == [number for number, line in enumerate(text, 1) if '"message"' in line]
    assert len(lines) >= 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON, st.booleans())
def test_the_positions_of_a_text_are_those_of_its_values(document, ascii_only):
    """Against an index that goes through the lines which json.dumps writes: a value each, or a bracket."""
    text = json.dumps(document, indent=1, ensure_ascii=ascii_only)

    def count(value, at, first):
        """The line on which a value ends, after its position was compared."""
        assert at.line == first
        children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        line = first
        for key, one in children:
            line = count(one, at.inside[str(key)], line + 1)
        return line + 1 if isinstance(value, dict | list) and value else first

    count(document, positions(text), 1)
