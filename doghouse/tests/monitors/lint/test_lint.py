"""What lint says of monitors: each problem with its place, and nothing of monitors that are well."""

from __future__ import annotations

from typing import Any

import pytest

from doghouse import monitors
from doghouse.monitors.lint import Problem, lint
from doghouse.monitors.lint.rules import unknown_option
from doghouse.monitors.notification_rules import read

QUERY = "avg(last_5m):avg:m{*} by {host} > 90"
TOLD = "{{#is_alert}}{{value}} @a@b.cc{{/is_alert}}{{#is_recovery}}ok @a@b.cc{{/is_recovery}}"


def linted(message: str = TOLD, query: str = QUERY, type: str = "metric alert", **body: Any) -> list[Problem]:
    return lint(monitors.parse({"type": type, "query": query, "name": "n", "message": message, **body}))


def errors(message: str = TOLD, **body: Any) -> list[tuple[str, int, int]]:
    return [(one.field, one.line, one.column) for one in linted(message, **body) if one.severity == "error"]


def texts(message: str = TOLD, severity: str = "error", but: str = "", **body: Any) -> list[str]:
    """What is said that bad, `but` for the problems of one rule."""
    return [one.text for one in linted(message, **body) if one.severity == severity and one.rule != but]


def test_a_monitor_that_is_well_has_no_problems() -> None:
    assert linted() == []


def test_a_query_that_does_not_parse_is_one() -> None:
    assert errors(query="avg(last_5m):avg:m{* > 90") == [("query", 1, 22)]
    assert errors(query="avg(last_5m):\navg:m{*} by {host} + > 90") == [("query", 2, 22)]
    assert errors(type="composite", query="1 && ") == [("query", 1, 6)]


def test_thresholds_that_contradict_the_query_are_one() -> None:
    assert errors(options={"thresholds": {"critical": 1}}) == [("options.thresholds.critical", 0, 0)]


@pytest.mark.parametrize(
    ("message", "line", "column", "word"),
    [
        ("{{#is_alert}}\nhi @a@b.cc", 1, 1, "never closed"),
        ("@a@b.cc\n  {{hots.name.x}}{{vlaue}}", 2, 18, "value"),
        ("@a@b.cc\n{{#is_alrt}}x{{/is_alrt}}", 2, 1, "is_alert"),
        ("@a@b.cc {{eval \"value+\"}}", 1, 9, "value is expected"),
        ("@a@b.cc {{local_time 'last_triggered_at' 'Mars/Base'}}", 1, 9, "time zone"),
        ("@a@b.cc {{local_time 'noon' 'UTC'}}", 1, 9, "no time"),
        ("@a@b.cc {{#is_match \"host.name\"}}x{{/is_match}}", 1, 9, "compared"),
        ("@a@b.cc {{#is_priority 'high'}}x{{/is_priority}}", 1, 9, "P1"),
        ("@a@b.cc {{#is_alert 'x'}}x{{/is_alert}}", 1, 9, "takes nothing"),
        ("@a@b.cc {{override_priority 'high'}}", 1, 9, "P1"),
    ],
)  # fmt: skip
def test_template_errors_have_a_line_and_a_column(message: str, line: int, column: int, word: str) -> None:
    problems = [one for one in linted(message) if one.severity == "error"]

    assert [(one.field, one.line, one.column) for one in problems] == [("message", line, column)]
    assert word in problems[0].text


@pytest.mark.parametrize("variable", ["{{host.ip}}", "{{host.name}}", "{{service.name}}", '{{eval "host.cores*2"}}'])
def test_a_group_variable_needs_the_group(variable: str) -> None:
    simple = "avg(last_5m):avg:m{*} > 90"

    assert texts(f"@a@b.cc {variable}", query=simple)[0].endswith("it does not group at all")


def test_a_key_that_it_does_not_group_by_is_named_with_those_it_does() -> None:
    by_env = "avg(last_5m):avg:m{*} by {env,az} > 90"

    assert texts("@a@b.cc {{host.ip}} {{env.name}}", query=by_env) == [
        "{{host.ip}} is always empty: the query does not group by 'host', it groups by env, az"
    ]


def test_a_key_that_notify_by_leaves_out_is_empty_too() -> None:
    by_env = "avg(last_5m):avg:m{*} by {env,az} > 90"

    assert len(texts("@a@b.cc {{az.name}}", query=by_env, options={"notify_by": ["env"]})) == 1


def test_by_host_any_tag_of_the_host_may_be_there() -> None:
    assert texts("@a@b.cc {{role.name}} {{host.role.name}} {{host.ip}}") == []


ENTITIES = "avg(last_5m):avg:m{*} by {service,kube_namespace,pod_name,device_ip,device_namespace} > 90"


def test_attributes_of_an_entity_that_it_groups_by_are_fine() -> None:
    message = (
        "{{service.team}} {{service.links[Runbook]}} {{kube_namespace.cluster_name}} {{pod_name.phase}} {{network_device.vendor}}"
        '{{#is_exact_match "kube_namespace.owner" ""}}x{{/is_exact_match}} @a@b.cc'
    )
    assert texts(message, query=ENTITIES) == []
    assert texts(message, "warning", "fan-out", query=ENTITIES) == []


def test_attributes_of_an_entity_that_it_does_not_group_by_are_empty() -> None:
    assert [text.split(" is ")[0] for text in texts("@a@b.cc {{service.team}} {{network_device.vendor}}")] == []
    by_env = "avg(last_5m):avg:m{*} by {env,device_ip} > 90"
    found = texts("@a@b.cc {{service.team}} {{network_device.vendor}}", query=by_env)
    assert [text.split(" is ")[0] for text in found] == ["{{service.team}}", "{{network_device.vendor}}"]


def test_attributes_of_a_plain_tag_are_a_warning() -> None:
    by_env = "avg(last_5m):avg:m{*} by {env} > 90"
    (text,) = texts("@a@b.cc {{env.owner}}", "warning", query=by_env)
    assert "only {{env.name}} is documented" in text


def test_functions_of_texts_and_conditions_on_functions_are_known() -> None:
    good = '@a@b.cc {{eval "upper(host.name)"}} {{#is_match (eval "int(value)") "9"}}x{{/is_match}} {{link "a" "b"}}'
    assert texts(good) == []
    assert "unknown function 'uper'" in texts('@a@b.cc {{#is_match (eval "uper(host.name)") "9"}}x{{/is_match}}')[0]
    assert (
        "does not group by 'env'" in texts('@a@b.cc {{eval "upper(env.name)"}}', query=QUERY.replace("host", "az"))[0]
    )


CHECK = '"http.can_connect".over("env:prod").by("url").last(3).count_by_status()'


def test_a_service_check_has_the_variables_that_it_groups_by() -> None:
    check = {"type": "service check", "query": CHECK}
    assert texts("@a@b.cc {{url.name}} {{check_message}}", **check) == []
    assert texts("@a@b.cc {{host.ip}}", **check) == [
        "{{host.ip}} is always empty: the query does not group by 'host', it groups by url"
    ]
    anything = {"type": "service check", "query": CHECK.replace('"url"', '"*"')}
    assert texts("@a@b.cc {{host.ip}}", **anything) == []


def test_a_service_check_can_warn_and_be_unknown_without_a_threshold_for_it() -> None:
    message = "{{#is_warning}}@w@b.cc {{/is_warning}}{{#is_unknown}}@u@b.cc{{/is_unknown}} @a@b.cc"
    assert texts(message, type="service check", query=CHECK) == []


def test_a_key_with_a_period_needs_brackets() -> None:
    by_dot = "avg(last_5m):avg:m{*} by {dot.key} > 90"

    assert "{{[dot.key].name}}" in texts("@a@b.cc {{dot.key.name}}", query=by_dot)[0]
    assert texts("@a@b.cc {{[dot.key].name}}", query=by_dot) == []


@pytest.mark.parametrize(
    "block",
    ["{{#is_warning}}@w@b.cc{{/is_warning}}", "{{#is_no_data}}@w@b.cc{{/is_no_data}}", "{{#is_renotify}}@w@b.cc{{/is_renotify}}",
     "{{#is_priority 'P1'}}@w@b.cc{{/is_priority}}", "{{#is_alert}}{{#is_recovery}}@w@b.cc{{/is_recovery}}{{/is_alert}}",
     "{{#is_alert_to_warning}}@w@b.cc{{/is_alert_to_warning}}", "{{#is_no_data_recovery}}@w@b.cc{{/is_no_data_recovery}}"],
)  # fmt: skip
def test_a_mention_that_no_state_reaches_is_an_error(block: str) -> None:
    assert texts(TOLD + "\n" + block) == ["no state of this monitor reaches @w@b.cc"]


@pytest.mark.parametrize(
    ("block", "body"),
    [
        ("{{#is_warning}}@w@b.cc{{/is_warning}}", {"options": {"thresholds": {"critical": 90, "warning": 80}}}),
        ("{{#is_no_data}}@w@b.cc{{/is_no_data}}", {"options": {"notify_no_data": True, "no_data_timeframe": 10}}),
        ("{{#is_no_data_recovery}}@w@b.cc{{/is_no_data_recovery}}", {"options": {"on_missing_data": "show_no_data"}}),
        ("{{#is_renotify}}@w@b.cc{{/is_renotify}}", {"options": {"renotify_interval": 10}}),
        ("{{#is_priority 'P1'}}@w@b.cc{{/is_priority}}", {"priority": 1}),
        ('{{#is_match "host.name" "x"}}@w@b.cc{{else}}@v@b.cc{{/is_match}}', {}),
    ],
)
def test_a_mention_that_some_state_may_reach_is_fine(block: str, body: dict[str, Any]) -> None:
    assert texts(f"{TOLD} {block}", **body) == []


def test_a_state_that_reaches_nobody_is_a_warning_because_rules_may_route_it() -> None:
    assert texts("{{#is_alert}}@a@b.cc{{/is_alert}}", "warning") == [
        "nobody is mentioned when it recovers, unless notification rules route it"
    ]
    assert texts("nobody here", "warning") == [
        "nobody is mentioned when it alerts or recovers, unless notification rules route it"
    ]
    options = {"thresholds": {"critical": 90, "warning": 80}, "notify_no_data": True, "no_data_timeframe": 10}
    assert texts("x", "warning", options=options) == [
        "nobody is mentioned when it alerts, warns, has no data or recovers, unless notification rules route it"
    ]


def test_where_the_rules_are_known_a_state_that_reaches_nobody_is_an_error() -> None:
    def nobody(*rules: dict[str, Any], **body: Any) -> list[tuple[str, str]]:
        subject = {"type": "metric alert", "query": QUERY, "name": "n", "message": "nobody here", "tags": ["team:a"]}
        problems = lint(monitors.parse(subject | body), routed_by=read(list(rules)))
        return [(problem.severity, problem.text) for problem in problems if problem.rule.startswith("nobody-mentioned")]

    alert = {"conditions": [{"scope": "transition_type:is_alert", "recipients": ["x"]}]}
    everything = {"name": "all", "filter": {"tags": ["team:a"]}, "recipients": ["x"]}
    assert nobody(everything) == []
    assert nobody() == [("error", "nobody is mentioned when it alerts or recovers, and no notification rule routes it")]
    assert nobody({"name": "alerts", "conditional_recipients": alert}) == [
        ("error", "nobody is mentioned when it recovers, and no notification rule routes it")
    ]
    assert nobody(everything, tags=["team:b"]) != []
    assert nobody({"name": "a host", "filter": {"scope": "host:web-1"}, "recipients": ["x"]}) == []
    assert nobody({"name": "urgent", "filter": {"scope": "priority:p1"}, "recipients": ["x"]}, priority=2) != []
    raised = "{{override_priority 'P1'}}"
    assert nobody({"name": "urgent", "filter": {"scope": "priority:p1"}, "recipients": ["x"]}, message=raised) == []


def test_whoever_hears_of_recoveries_hears_of_the_step_down() -> None:
    message = "{{#is_alert}}@a@b.cc{{/is_alert}}{{#is_recovery}}@a@b.cc {{/is_recovery}}{{#is_alert_recovery}}@a@b.cc{{/is_alert_recovery}}"

    assert (
        texts(message, "warning", "mention-recovery-unheard", options={"thresholds": {"critical": 90, "warning": 80}})
        == []
    )


def test_a_broken_handle_is_an_error() -> None:
    assert texts("@slack- @a@b.cc") == ["@slack- is no whole handle"]


def test_a_handle_that_a_tag_completes_is_fine() -> None:
    assert texts("@slack-{{host.name}}") == []


@pytest.mark.parametrize(
    ("older", "first"),
    [
        ({"notify_no_data": True}, "on_missing_data has no effect"),
        ({"notify_no_data": True, "no_data_timeframe": 10}, "on_missing_data has no effect"),
        ({"no_data_timeframe": 10}, "no_data_timeframe has no effect"),
    ],
)
def test_of_options_that_exclude_one_another_it_says_which_counts(older: dict[str, Any], first: str) -> None:
    found = linted(options={"on_missing_data": "resolve", **older})

    assert [one.text.startswith(first) for one in found if one.rule == "missing-data-twice"] == [True]


def test_the_older_option_that_is_off_is_no_contradiction() -> None:
    assert linted(options={"on_missing_data": "resolve", "notify_no_data": False}) == []


def test_an_escalation_message_that_is_never_sent_is_a_warning() -> None:
    (text,) = texts(severity="warning", options={"escalation_message": "x"})
    assert "never sent" in text


def test_what_datadogs_page_would_not_offer_is_a_warning() -> None:
    assert "as_count()" in texts(severity="warning", query="avg(last_5m):sum:m{*} by {host}.as_count() > 90")[0]
    options = {"notify_no_data": True, "no_data_timeframe": 5}
    assert (
        "at least twice the window, 10"
        in texts(TOLD + "{{#is_no_data}}@a@b.cc{{/is_no_data}}", "warning", options=options)[0]
    )


def test_a_no_data_window_that_the_metrics_interval_does_not_allow_is_an_error() -> None:
    body = {"type": "metric alert", "query": "avg(last_1m):avg:m{*} by {host} > 90", "name": "n", "message": "@a@b.cc"}
    quick = monitors.parse({**body, "options": {"on_missing_data": "show_and_notify_no_data"}})

    wanted = {"empty-window", "no-data-by-chance"}
    assert [one.rule for one in lint(quick, {"m": 45}, chosen=wanted)] == ["no-data-by-chance"]
    assert [one.rule for one in lint(quick, {"m": 90}, chosen=wanted)] == ["empty-window", "no-data-by-chance"]
    assert lint(quick, {"m": 15}, chosen=wanted) == []


def test_a_kind_of_monitor_that_is_not_evaluated_still_has_its_message_looked_at() -> None:
    query = 'rum("status:error").rollup("count").last("5m") > 10'

    assert errors("@a@b.cc {{log.message}} {{#is_alert}}", query=query, type="rum alert") == [("message", 1, 25)]
    assert errors("@a@b.cc {{log.message}} {{service.name}}", query=query, type="rum alert") == []


ANOMALY = "avg(last_4h):anomalies(avg:m{*} by {host}, 'basic', 2, interval=60, alert_window='last_15m') >= 1"


@pytest.mark.parametrize(
    ("query", "trigger", "word"),
    [
        (ANOMALY, "last_30m", "must match trigger window"),
        (ANOMALY.replace("last_4h", "last_10m"), "last_15m", "shorter than the alert_window"),
        (ANOMALY.replace("interval=60", "interval=300"), "last_15m", "fewer than 5 points"),
        (ANOMALY.replace(">= 1", ">= 2"), "last_15m", "a share"),
    ],
)
def test_the_windows_of_an_anomaly_monitor_fit_together(query: str, trigger: str, word: str) -> None:
    (text,) = texts(query=query, options={"threshold_windows": {"trigger_window": trigger, "recovery_window": trigger}})

    assert word in text


def test_of_an_anomaly_monitor_that_is_well_it_is_said_that_it_is_an_approximation_and_what_history_it_needs() -> None:
    windows = {"threshold_windows": {"trigger_window": "last_15m"}}
    published = "is an approximation: the original algorithm is not published"
    agile = ANOMALY.replace("basic", "agile")
    needs = "before it says anything it needs 3"

    assert texts(severity="error", query=ANOMALY, options=windows) == []
    assert texts(severity="warning", query=ANOMALY, options=windows) == []
    assert texts(severity="note", query=ANOMALY, options=windows) == [f"anomalies 'basic' {published}"]
    assert texts(severity="note", query=agile, options=windows) == [
        f"anomalies 'agile' {published}; {needs} weeks of points"
    ]
    daily = agile.replace("interval", "seasonality='daily', interval")
    assert texts(severity="note", query=daily, options=windows) == [
        f"anomalies 'agile' {published}; {needs} days of points"
    ]


@pytest.mark.parametrize(
    ("algorithm", "named", "word"),
    [
        ("basic", "seasonality='daily'", "'basic' knows no seasonality"),
        ("basic", "timezone='Europe/Paris'", "'basic' looks at no days"),
        ("agile", "seasonality='hourly', timezone='Europe/Paris'", "hourly seasonality looks at no days"),
    ],
)
def test_a_seasonality_or_a_zone_without_effect_is_warned_of(algorithm: str, named: str, word: str) -> None:
    query = ANOMALY.replace("'basic'", f"'{algorithm}'").replace("interval", f"{named}, interval")

    (text,) = texts(severity="warning", query=query)

    assert word in text


@pytest.mark.parametrize(
    "named", ["seasonality='daily', timezone='Europe/Paris'", "timezone='utc'", "seasonality='hourly', timezone='utc'"]
)
def test_a_seasonality_or_a_zone_with_an_effect_is_not(named: str) -> None:
    query = ANOMALY.replace("'basic'", "'robust'").replace("interval", f"{named}, interval")

    assert texts(severity="warning", query=query) == []


def test_an_anomaly_monitor_without_an_alert_window_is_warned_of() -> None:
    (text,) = texts(severity="warning", query=ANOMALY.replace(", alert_window='last_15m'", ""))

    assert "no alert_window" in text


def test_counts_in_an_anomaly_monitor_need_no_sum_over_time() -> None:
    query = ANOMALY.replace("avg:m{*} by {host}", "sum:m{*}.as_count()")

    assert texts(severity="warning", query=query) == []


def test_an_option_that_datadog_does_not_have_is_named_and_the_nearest_one() -> None:
    options = {"thresholds": {"critical": 90, "critcal_recovery": 80}, "renotify_intervall": 10}

    assert texts(severity="warning", options=options) == [
        "'renotify_intervall' is no option of monitors, and has no effect; did you mean renotify_interval?",
        "'critcal_recovery' is no option of monitors, and has no effect; did you mean critical_recovery?",
    ]


def test_the_options_are_those_of_the_official_client() -> None:
    options = pytest.importorskip("datadog_api_client.v1.model.monitor_options").MonitorOptions
    thresholds = pytest.importorskip("datadog_api_client.v1.model.monitor_thresholds").MonitorThresholds

    assert set(unknown_option.OPTIONS) == set(options.openapi_types)
    assert set(unknown_option.THRESHOLDS) == set(thresholds.openapi_types)


def test_how_long_groups_are_kept_is_a_duration() -> None:
    assert texts(options={"group_retention_duration": "2d"}) == []
    for lasts in ("2 days", "10s"):
        assert texts(options={"group_retention_duration": lasts}) == [f"'{lasts}' is no duration: it is 60m, 1h or 2d"]
    for lasts in ("0h", "30m", "4d"):
        words = f"options.group_retention_duration must be from 1h to 72h, not {lasts}"
        assert texts(options={"group_retention_duration": lasts}) == [words]
