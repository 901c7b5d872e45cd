"""The JSON of other tools, as they write it."""

import json

import pytest

from doghouse.importing.monitor_files import collect
from doghouse.importing.things import DowntimeInFile, MonitorInFile, Note, SloInFile
from doghouse.importing.verdicts import lint_all

BODY = {
    "type": "query alert",
    "query": "avg(last_5m):avg:m{*} > 1",
    "name": "n",
    "message": "@a@example.com",
    "tags": [],
    "options": {},
}
SLO = {
    "type": "metric",
    "name": "s",
    "query": {"numerator": "sum:g{*}.as_count()", "denominator": "sum:a{*}.as_count()"},
    "thresholds": [{"timeframe": "7d", "target": 99}],
}


@pytest.fixture
def write(tmp_path):
    def file(name, document):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))
        return path

    return file


def test_kennels_parts_go_in_and_composites_find_their_members(write, tmp_path):
    write("generated/shop/high.json", {**BODY, "api_resource": "monitor"})
    write("generated/shop/slo.json", {**SLO, "api_resource": "slo"})
    up = {**SLO, "type": "monitor", "monitor_ids": ["%{shop:high}", 5], "api_resource": "slo"}
    write("generated/shop/up.json", up)
    burns = {**BODY, "type": "slo alert", "query": 'error_budget("%{shop:slo}").over("7d") > 75'}
    write("generated/shop/zburns.json", {**burns, "api_resource": "monitor"})
    write("generated/shop/board.json", {"title": "t", "widgets": [], "api_resource": "dashboard"})
    both = {**BODY, "type": "composite", "query": "%{shop:high} && !%{shop:high}", "api_resource": "monitor"}
    write("generated/shop/both.json", both)
    things = list(collect(str(tmp_path)))
    both, high, burns = [one for one in things if isinstance(one, MonitorInFile)]
    slo, up = [one for one in things if isinstance(one, SloInFile)]
    assert both.body["query"] == f"{high.body['id']} && !{high.body['id']}"
    assert "api_resource" not in high.body
    assert burns.body["query"] == f'error_budget("{slo.body["id"]}").over("7d") > 75'
    assert up.body["monitor_ids"] == [high.body["id"], 5]
    assert [one.verdict for one in lint_all([both, high, slo, burns])] == ["ok"] * 4


def test_datadog_sync_clis_files_go_in_with_their_ids(write, tmp_path):
    write("resources/source/monitors.json", {"11": BODY, "12": {**BODY, "id": 12, "name": "second"}})
    write("resources/source/monitors.13.json", {"13": BODY})
    write("resources/source/service_level_objectives.json", {"abc": SLO})
    write("resources/source/dashboards.json", {"x-y-z": {"title": "t", "widgets": []}})
    things = list(collect(str(tmp_path)))
    assert [one.body["id"] for one in things if isinstance(one, MonitorInFile)] == [13, 11, 12]
    assert [one.where.rpartition("/")[2] for one in things if isinstance(one, SloInFile)] == [
        'service_level_objectives.json["abc"]'
    ]


DOWNTIME = {
    "type": "downtime",
    "id": "d-1",
    "attributes": {
        "scope": "env:prod",
        "monitor_identifier": {"monitor_tags": ["*"]},
        "schedule": {"start": "2026-12-01T00:00:00+00:00", "end": None},
        "status": "scheduled",
        "created": "2026-11-30T00:00:00+00:00",
        "canceled": None,
    },
}


@pytest.mark.parametrize("document", [{"d-1": DOWNTIME}, DOWNTIME, {"data": DOWNTIME}])
def test_downtimes_go_in_as_datadog_sync_cli_keeps_them_and_as_the_api_answers(write, document):
    path = write("resources/source/downtime_schedules.json", document)
    [found] = collect(str(path))
    assert isinstance(found, DowntimeInFile)
    assert found.body["scope"] == "env:prod"
    assert found.line("scope", 0) == 1
    assert [one.verdict for one in lint_all([found])] == ["ok"]


PULUMI_MONITOR = {
    "urn": "urn:pulumi:dev::shop::datadog:index/monitor:Monitor::high",
    "type": "datadog:index/monitor:Monitor",
    "id": "4711",
    "inputs": {
        "__defaults": ["includeTags"],
        "name": "n",
        "type": "metric alert",
        "query": "avg(last_5m):avg:m{*} > 90",
        "message": "@a@example.com",
        "monitorThresholds": {"__defaults": [], "critical": "90", "criticalRecovery": "70"},
        "requireFullWindow": False,
        "evaluationDelay": 0,
        "includeTags": True,
    },
}


@pytest.mark.parametrize(
    "document",
    [
        {"version": 3, "deployment": {"manifest": {}, "resources": [{"type": "pulumi:pulumi:Stack"}, PULUMI_MONITOR]}},
        {"config": {}, "steps": [{"op": "create", "urn": "u", "newState": PULUMI_MONITOR}, {"op": "delete"}]},
    ],
)
def test_pulumis_stacks_and_previews_go_in(write, document):
    [found] = collect(str(write("stack.json", document)))
    assert found.where.endswith("stack.json high")
    assert found.body == {
        "id": 4711,
        "name": "n",
        "type": "metric alert",
        "query": "avg(last_5m):avg:m{*} > 90",
        "message": "@a@example.com",
        "tags": [],
        "options": {
            "thresholds": {"critical": 90.0, "critical_recovery": 70.0},
            "require_full_window": False,
            "evaluation_delay": 0,
            "include_tags": True,
        },
    }


@pytest.mark.parametrize(
    "document", [{"deployment": {"resources": [PULUMI_MONITOR]}}, {"steps": [{"newState": PULUMI_MONITOR}]}]
)
def test_a_stack_on_several_lines_has_the_lines_of_its_fields(tmp_path, document):
    text = json.dumps(document, indent=1)
    (tmp_path / "stack.json").write_text(text)
    [found] = collect(str(tmp_path / "stack.json"))
    lines = [line.strip() for line in text.splitlines()]
    for field, written in (
        ("options.thresholds.critical", '"critical"'),
        ("message", '"message"'),
        ("nowhere", '"inputs"'),
    ):
        assert lines[found.line(field, 0) - 1].startswith(written)
    (tmp_path / "stack.json").write_text(json.dumps(document))
    [found] = collect(str(tmp_path / "stack.json"))
    assert found.line("message", 0) == 0


def test_a_plan_on_several_lines_has_them_too_in_modules_as_well(tmp_path):
    values = {
        "type": "metric alert", "name": "m", "query": "avg(last_5m):avg:m{*} > 90", "message": "x",
        "monitor_thresholds": [{"critical": "91"}], "tags": ["a", "b"], "renotify_interval": 7,
    }  # fmt: skip
    resource = {"address": "module.a.datadog_monitor.m", "mode": "managed", "type": "datadog_monitor", "values": values}
    document = {"planned_values": {"root_module": {"resources": [], "child_modules": [{"resources": [resource]}]}}}
    text = json.dumps(document, indent=1)
    (tmp_path / "plan.json").write_text(text)
    [found] = collect(str(tmp_path / "plan.json"))
    lines = [line.strip() for line in text.splitlines()]
    places = {
        "options.thresholds.critical": '"critical"',
        "options.renotify_interval": '"renotify_interval"',
        "tags[1]": '"tags"',
    }
    for field, written in places.items():
        assert lines[found.line(field, 0) - 1].startswith(written)


def test_what_pulumi_does_not_know_yet_is_said_and_other_types_are_counted(write):
    unknown = {
        **PULUMI_MONITOR,
        "inputs": {**PULUMI_MONITOR["inputs"], "query": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"},
    }
    board = {"urn": "u::b", "type": "datadog:index/dashboard:Dashboard", "inputs": {}}
    things = list(collect(str(write("s.json", {"deployment": {"resources": [unknown, board]}}))))
    verdict, _ = lint_all(things)
    assert (verdict.verdict, verdict.problems[0].field) == ("not evaluated", "query")
    assert [one.text for one in things if isinstance(one, Note)] == ["not read: 1 datadog:index/dashboard:Dashboard"]


def test_a_tag_that_pulumi_does_not_know_yet_leaves_the_others(write):
    tags = ["b", "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "a"]
    preview = {"steps": [{"newState": {**PULUMI_MONITOR, "inputs": {**PULUMI_MONITOR["inputs"], "tags": tags}}}]}
    [found] = collect(str(write("s.json", preview)))
    [verdict] = lint_all([found])
    assert found.body["tags"] == ["a", "b"]
    assert ("tags", "note") in [(one.field, one.severity) for one in verdict.problems]
    assert verdict.verdict != "wrong"


def test_blocks_that_pulumi_names_in_the_plural_are_the_providers(write):
    searched = {
        "dataSource": "logs",
        "name": "a",
        "indexes": ["*"],
        "search": {"query": "status:error"},
        "computes": [{"aggregation": "pc95", "metric": "@duration"}],
        "groupBies": [{"facet": "service", "limit": 5, "sort": {"aggregation": "count", "order": "desc"}}],
    }
    inputs = {"type": "log alert", "query": 'formula("a").last("5m") > 1', "variables": {"eventQueries": [searched]}}
    monitor = {**PULUMI_MONITOR, "inputs": {**PULUMI_MONITOR["inputs"], **inputs, "monitorThresholds": {}}}
    nightly = {"rrule": "FREQ=DAILY;INTERVAL=1", "start": "2026-12-01T22:00:00", "duration": "8h"}
    downtime = {
        "urn": "u::d",
        "type": "datadog:index/downtimeSchedule:DowntimeSchedule",
        "inputs": {
            "scope": "*",
            "monitorIdentifier": {"monitorTags": ["*"]},
            "recurringSchedule": {"timezone": "UTC", "recurrences": [nightly]},
        },
    }
    found, silenced = collect(str(write("s.json", {"deployment": {"resources": [monitor, downtime]}})))
    [variable] = found.body["options"]["variables"]
    assert variable["compute"] == {"aggregation": "pc95", "metric": "@duration"}
    assert variable["group_by"] == [{"facet": "service", "limit": 5, "sort": {"aggregation": "count", "order": "desc"}}]
    assert silenced.body["schedule"]["recurrences"] == [nightly]
    assert [one.verdict for one in lint_all([found, silenced])] == ["ok", "ok"]


def test_what_only_looks_like_one_of_them_is_one_sentence(write):
    for document in (
        {"1": {"title": "t"}},
        {"deployment": {"resources": []}},
        {"deployment": 1},
        {"steps": [1]},
        {"values": 1},
        {"query": {}},
    ):
        [only] = collect(str(write("a.json", document)))
        assert "holds no monitor: expected" in only.text
