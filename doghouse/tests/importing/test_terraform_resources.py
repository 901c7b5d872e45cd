"""What the provider makes of a resource, and that a plan and the files that it is of say the same."""

import json

import pytest

from doghouse.importing.monitor_files import collect
from doghouse.importing.terraform import resources
from doghouse.importing.verdicts import lint_all

# Each block with the attributes that `terraform show -json` has of it in a plan: the schema's defaults are filled in, what is absent is null.
ABSENT = dict.fromkeys(
    [
        "evaluation_delay",
        "new_group_delay",
        "timeout_h",
        "renotify_interval",
        "renotify_occurrences",
        "no_data_timeframe",
        "priority",
        "escalation_message",
        "on_missing_data",
    ]
)
DEFAULTS = {**ABSENT, "include_tags": True, "new_host_delay": 300, "notify_no_data": False, "require_full_window": True}
BASE = {"name": "n", "type": "query alert", "query": "avg(last_5m):avg:m{*} > 1", "message": "@a@example.com"}
BASE_TF = "".join(f"  {key} = {json.dumps(value)}\n" for key, value in BASE.items())
RECURRENCE = {"start": "2026-03-01T19:00:00", "duration": "14h", "rrule": "FREQ=DAILY"}

PAIRS = {
    "nothing optional": ("datadog_monitor", BASE_TF, {**BASE, **DEFAULTS}),
    "zeros": (
        "datadog_monitor",
        BASE_TF + "  evaluation_delay = 0\n  new_group_delay = 0\n  new_host_delay = 0\n  timeout_h = 0\n"
        "  renotify_interval = 0\n  priority = 0\n  require_full_window = false\n",
        {
            **BASE,
            **DEFAULTS,
            "evaluation_delay": 0,
            "new_group_delay": 0,
            "new_host_delay": 0,
            "timeout_h": 0,
            "renotify_interval": 0,
            "priority": 0,
            "require_full_window": False,
        },
    ),
    "thresholds of zero": (
        "datadog_monitor",
        BASE_TF + "  monitor_thresholds {\n    critical = 1\n    warning = 0\n    critical_recovery = null\n  }\n",
        {**BASE, **DEFAULTS, "monitor_thresholds": [{"critical": "1", "warning": "0", "critical_recovery": None}]},
    ),
    "an hour that starts at 0": (
        "datadog_monitor",
        BASE_TF + "  scheduling_options {\n    evaluation_window {\n      hour_starts = 0\n    }\n  }\n",
        {
            **BASE,
            **DEFAULTS,
            "scheduling_options": [
                {
                    "evaluation_window": [
                        {"hour_starts": 0, "day_starts": None, "month_starts": None, "timezone": None}
                    ],
                    "custom_schedule": [],
                }
            ],
        },
    ),
    "a day that starts": (
        "datadog_monitor",
        BASE_TF
        + '  scheduling_options {\n    evaluation_window {\n      day_starts = "04:00"\n      timezone = "Europe/Berlin"\n    }\n  }\n',
        {
            **BASE,
            **DEFAULTS,
            "scheduling_options": [
                {
                    "evaluation_window": [
                        {"hour_starts": None, "day_starts": "04:00", "month_starts": None, "timezone": "Europe/Berlin"}
                    ],
                    "custom_schedule": [],
                }
            ],
        },
    ),
    "a log monitor with variables": (
        "datadog_monitor",
        BASE_TF.replace("query alert", "log alert")
        + '  enable_logs_sample = true\n  variables {\n    event_query {\n      name = "a"\n      data_source = "logs"\n'
        '      indexes = ["*"]\n      search {\n        query = "status:error"\n      }\n      compute {\n'
        '        aggregation = "count"\n      }\n      group_by {\n        facet = "service"\n        limit = 10\n'
        '        sort {\n          order = "desc"\n          aggregation = "count"\n        }\n      }\n    }\n  }\n',
        {
            **BASE,
            **DEFAULTS,
            "type": "log alert",
            "enable_logs_sample": True,
            "variables": [
                {
                    "event_query": [
                        {
                            "name": "a",
                            "data_source": "logs",
                            "indexes": ["*"],
                            "search": [{"query": "status:error"}],
                            "compute": [{"aggregation": "count", "interval": None, "metric": None}],
                            "group_by": [
                                {
                                    "facet": "service",
                                    "limit": 10,
                                    "sort": [{"order": "desc", "aggregation": "count", "metric": None}],
                                }
                            ],
                        }
                    ],
                    "cloud_cost_query": [],
                }
            ],
        },
    ),
    "a body in JSON": (
        "datadog_monitor_json",
        f"  monitor = jsonencode({{ {', '.join(f'{key} = {json.dumps(value)}' for key, value in BASE.items())} }})\n",
        {"monitor": json.dumps(BASE)},
    ),
    "a schedule of downtimes": (
        "datadog_downtime_schedule",
        '  scope = "env:prod"\n  monitor_identifier {\n    monitor_tags = ["*"]\n  }\n  recurring_schedule {\n'
        '    timezone = "Europe/Berlin"\n    recurrence {\n'
        + "".join(f"      {key} = {json.dumps(value)}\n" for key, value in RECURRENCE.items())
        + "    }\n  }\n",
        {
            "scope": "env:prod",
            "monitor_identifier": [{"monitor_tags": ["*"], "monitor_id": None}],
            "recurring_schedule": [{"timezone": "Europe/Berlin", "recurrence": [RECURRENCE]}],
            "one_time_schedule": [],
        },
    ),
    "a downtime of the first version": (
        "datadog_downtime",
        '  scope = ["env:prod", "role:web"]\n  start = 1772445600\n  end = 1772449200\n  timezone = "Europe/Berlin"\n'
        '  recurrence {\n    type = "weeks"\n    period = 1\n    week_days = ["Mon"]\n  }\n',
        {
            "scope": ["env:prod", "role:web"],
            "start": 1772445600,
            "end": 1772449200,
            "timezone": "Europe/Berlin",
            "monitor_id": None,
            "monitor_tags": None,
            "recurrence": [
                {"type": "weeks", "period": 1, "week_days": ["Mon"], "until_date": None, "until_occurrences": 0}
            ],
        },
    ),
    "an objective": (
        "datadog_service_level_objective",
        '  name = "o"\n  type = "metric"\n  query {\n    numerator = "sum:g{*}.as_count()"\n'
        '    denominator = "sum:a{*}.as_count()"\n  }\n  thresholds {\n    timeframe = "7d"\n    target = 99.9\n'
        "    warning = 99.95\n  }\n",
        {
            "name": "o",
            "type": "metric",
            "query": [{"numerator": "sum:g{*}.as_count()", "denominator": "sum:a{*}.as_count()"}],
            "thresholds": [{"timeframe": "7d", "target": 99.9, "warning": 99.95}],
            "tags": None,
        },
    ),
}


def plan(kind, values, state=False):
    resource = {"address": f"{kind}.a", "mode": "managed", "type": kind, "name": "a", "values": values}
    return {
        "format_version": "1.2",
        "values" if state else "planned_values": {"root_module": {"resources": [resource]}},
    }


def content(thing):
    """What a thing is, without where it stands, and without the number that doghouse makes up for others to name it by."""
    return {key: value for key, value in thing.body.items() if key != "id"}


@pytest.mark.parametrize("name", PAIRS)
def test_the_files_say_what_the_plan_of_them_says(tmp_path, name):
    kind, block, values = PAIRS[name]
    (tmp_path / "main.tf").write_text(f'resource "{kind}" "a" {{\n{block}}}\n')
    (tmp_path / "plan.json").write_text(json.dumps(plan(kind, values)))
    [of_files] = collect(str(tmp_path / "main.tf"))
    [of_plan] = collect(str(tmp_path / "plan.json"))
    assert type(of_files) is type(of_plan)
    assert content(of_files) == content(of_plan)
    assert [one.verdict for one in lint_all([of_files])] == [one.verdict for one in lint_all([of_plan])]


OPTION = {
    # name: what becomes of 0 in a plan, and in a state
    "evaluation_delay": (0, None),
    "new_group_delay": (0, None),
    "timeout_h": (0, None),
    "new_host_delay": (0, 0),
    "renotify_interval": (None, None),
    "renotify_occurrences": (None, None),
    "no_data_timeframe": (None, None),
}


@pytest.mark.parametrize(("name", "state"), [(name, state) for name in OPTION for state in (False, True)])
def test_what_becomes_of_a_zero_is_what_the_provider_does(name, state):
    body = resources.monitor({**BASE, name: 0}, state)
    assert body["options"].get(name) == OPTION[name][state]


def test_a_zero_that_somebody_wrote_reaches_the_monitor():
    window = resources.monitor(PAIRS["an hour that starts at 0"][2])["options"]["scheduling_options"]
    assert window == {"evaluation_window": {"hour_starts": 0}}
    with_day = {
        "scheduling_options": [{"evaluation_window": [{"hour_starts": 0, "day_starts": "04:00", "month_starts": 0}]}]
    }
    # a state of the older provider has a 0 beside the day, which it does not send
    assert resources.monitor(with_day, True)["options"]["scheduling_options"] == {
        "evaluation_window": {"day_starts": "04:00"}
    }
    assert resources.monitor({**BASE, "monitor_thresholds": [{"critical": "0"}]})["options"]["thresholds"] == {
        "critical": 0.0
    }


def test_no_data_timeframe_is_not_sent_beside_on_missing_data():
    body = resources.monitor({**BASE, "no_data_timeframe": 10, "on_missing_data": "default"})
    assert body["options"] == {"on_missing_data": "default"}


def test_a_state_has_the_ids_that_composites_name(tmp_path):
    (tmp_path / "s.json").write_text(json.dumps(plan("datadog_monitor", {**BASE, "id": "4711"}, state=True)))
    [found] = collect(str(tmp_path / "s.json"))
    assert found.body["id"] == 4711


def test_a_downtime_of_the_first_version_that_datadog_refuses_is_wrong_with_its_field(tmp_path):
    (tmp_path / "p.json").write_text(json.dumps(plan("datadog_downtime", {"scope": [], "start": 5})))
    [verdict] = lint_all(collect(str(tmp_path / "p.json")))
    assert (verdict.verdict, verdict.problems[0].field) == ("wrong", "scope")


def test_data_sources_are_no_resources(tmp_path):
    document = plan("datadog_monitor", BASE)
    document["planned_values"]["root_module"]["resources"][0]["mode"] = "data"
    (tmp_path / "p.json").write_text(json.dumps(document))
    [only] = collect(str(tmp_path / "p.json"))
    assert "holds no monitor" in only.text


ROLES = [f"{letter * 8}-0000-0000-0000-000000000000" for letter in "ab"]


@pytest.mark.parametrize(
    ("values", "field", "made"),
    [
        ({"tags": ["b", None, 5, True, "a"]}, "tags", ["5", "a", "b", "true"]),
        ({"tags": [None]}, "tags", []),
        ({"restricted_roles": [ROLES[1], None, ROLES[0]]}, "restricted_roles", ROLES),
        ({"restricted_roles": [None]}, "restricted_roles", None),
    ],
)
def test_a_set_of_texts_has_no_nulls_and_its_numbers_are_texts(tmp_path, values, field, made):
    (tmp_path / "p.json").write_text(json.dumps(plan("datadog_monitor", {**BASE, **values})))
    [found] = collect(str(tmp_path / "p.json"))
    assert found.body.get(field) == made
    assert [one.verdict for one in lint_all([found])] == ["ok"]


@pytest.mark.parametrize("tags", [5, "env:prod", ["a", ["b"]], {"a": "b"}])
def test_tags_that_are_no_set_of_texts_are_wrong(tmp_path, tags):
    (tmp_path / "p.json").write_text(json.dumps(plan("datadog_monitor", {**BASE, "tags": tags})))
    [verdict] = lint_all(collect(str(tmp_path / "p.json")))
    assert (verdict.verdict, verdict.problems[0].field[:4]) == ("wrong", "tags")


@pytest.mark.parametrize(("ids", "made"), [([10, None, "9"], [9, 10]), (["x", 1], [1, "x"]), (5, 5)])
def test_ids_of_monitors_are_put_in_order_whatever_stands_among_them(ids, made):
    assert resources.slo({"monitor_ids": ids})["monitor_ids"] == made
