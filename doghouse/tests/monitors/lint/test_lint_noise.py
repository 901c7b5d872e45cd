"""The noise that public histories of monitors tell of: each is named in the state before it was mended, and no more in the state after."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from growth import seconds

from doghouse import monitors
from doghouse.importing import monitor_files, verdicts
from doghouse.monitors.lint import Problem, lint
from doghouse.monitors.lint.rules import mention_glued

LOGS = 'logs("service:login status:error").index("*").rollup("count").last("5m") > 20'
WARNS = {"thresholds": {"critical": 20, "warning": 10}}
PODS = "avg(last_4h):avg:pods.age{*} by {cluster,namespace,deployment} < 90"
RATIO = "sum(last_5m):sum:web.errors{*} by {host}.as_count() / sum:web.requests{*} by {host}.as_count() > 0.05"


def found(query: str, message: str = "{{#is_alert}}@ops@example.com{{/is_alert}}", **body: Any) -> dict[str, Problem]:
    kind = body.pop("type", "log alert" if query.startswith("logs") else "metric alert")
    return {
        one.rule: one
        for one in lint(monitors.parse({"type": kind, "query": query, "name": "n", "message": message, **body}))
    }


def linted(folder: Path, **files: Any) -> dict[str, set[str]]:
    """The rules that each file of a folder breaks."""
    for name, body in files.items():
        (folder / f"{name}.json").write_text(json.dumps(body))
    things = monitor_files.collect(str(folder))
    return {Path(one.file).stem: {each.rule for each in one.problems} for one in verdicts.lint_all(things)}


def body(query: str = LOGS, **more: Any) -> dict[str, Any]:
    kind = "log alert" if query.startswith("logs") else "metric alert"
    return {"type": kind, "query": query, "name": "n", "message": "{{#is_alert}}@ops@example.com{{/is_alert}}", **more}


def test_a_bare_handle_in_a_monitor_that_warns_is_six_mails_a_spike() -> None:
    bare = "Logins fail.\n\n@ops@example.com"
    scoped = "{{#is_alert}}@ops@example.com{{/is_alert}}{{#is_alert_recovery}}@ops@example.com{{/is_alert_recovery}}"
    problem = found(LOGS, bare, options=WARNS)["mention-unconditional"]
    assert (problem.severity, problem.line, problem.column) == ("warning", 3, 1)
    assert "mention-unconditional" not in found(LOGS, scoped, options=WARNS)
    assert "mention-unconditional" not in found(LOGS, bare)  # it alerts and recovers, and no more


def test_a_handle_beside_one_in_a_condition_is_named_by_itself() -> None:
    problem = found(LOGS, "{{#is_warning}}@a@example.com{{/is_warning}} @b@example.com", options=WARNS)[
        "mention-unconditional"
    ]
    assert problem.text.startswith("@b@example.com stands outside any condition")


def test_a_condition_on_a_tag_is_none_on_a_state() -> None:
    message = '{{#is_match "host.name" "x"}}@a@example.com{{/is_match}}'
    assert "mention-unconditional" in found("avg(last_5m):avg:m{*} by {host} > 20", message, options=WARNS)


def test_a_recovery_of_a_warning_that_nobody_heard_of() -> None:
    silent = "{{#is_alert}}@ops@example.com{{/is_alert}} {{#is_recovery}}@ops@example.com{{/is_recovery}}"
    problem = found(LOGS, silent, options=WARNS)["mention-recovery-unheard"]
    assert problem.mend is not None
    mended = silent.replace(problem.mend.old, problem.mend.new)
    assert "mention-recovery-unheard" not in found(LOGS, mended, options=WARNS)
    assert "mention-recovery-unheard" not in found(LOGS, silent)
    heard = silent + " {{#is_warning}}@ops@example.com{{/is_warning}}"
    assert "mention-recovery-unheard" not in found(LOGS, heard, options=WARNS)


def test_a_fan_out_over_all_deployments_of_all_clusters() -> None:
    assert found(PODS)["fan-out"].mend is not None
    assert found(PODS)["fan-out"].mend.new == '["cluster"]'
    assert "fan-out" not in found(PODS, options={"notify_by": ["cluster"]})
    assert "fan-out" not in found(PODS.replace("cluster,namespace,deployment", "deployment"))
    assert "fan-out" not in found(PODS.replace("cluster,namespace,deployment", "deployment,state"))
    assert "fan-out" not in found(PODS.replace("cluster,namespace,deployment", "org_id,project_id,cluster_id"))


def test_a_trigger_window_is_held_against_an_alert_window_that_the_query_names() -> None:
    query = "avg(last_1h):anomalies(avg:m{*}, 'basic', 2, interval=20, alert_window='last_15m') >= 0.8"
    windows = {"threshold_windows": {"trigger_window": "last_5m", "recovery_window": "last_15m"}}
    assert "thresholds-refused" in found(query, options=windows)
    assert "thresholds-refused" not in found(query.replace(", alert_window='last_15m'", ""), options=windows)


def test_everything_repeated_without_end() -> None:
    again = {"renotify_interval": 120}
    assert "renotify-without-end" in found(PODS, options=again)
    assert "renotify-without-end" not in found(PODS.replace("{*}", "{namespace:app}"), options=again)
    assert "renotify-without-end" not in found(PODS, options=again | {"renotify_occurrences": 3})
    assert "renotify-without-end" not in found(PODS)


@pytest.mark.parametrize(
    "tells", [{"notify_no_data": True, "no_data_timeframe": 600}, {"on_missing_data": "show_and_notify_no_data"}]
)
def test_a_lack_of_data_that_is_repeated(tells: dict[str, Any]) -> None:
    again = {"renotify_interval": 120, **tells}
    assert "renotify-no-data" in found(PODS, options=again)
    assert "renotify-no-data" in found(PODS, options=again | {"renotify_statuses": ["no data"]})
    assert "renotify-no-data" not in found(PODS, options=again | {"renotify_statuses": ["alert", "warn"]})
    assert "renotify-no-data" not in found(PODS, options={"renotify_interval": 120})


def test_one_query_at_three_thresholds(tmp_path: Path) -> None:
    alike = linted(
        tmp_path,
        a=body(),
        b=body(LOGS.replace("20", "40")),
        c=body(LOGS.replace("> 20", ">= 15")),
        other_way=body(LOGS.replace("> 20", "< 1")),
        other_logs=body(LOGS.replace("login", "logout")),
    )
    assert {name for name, rules in alike.items() if "monitors-alike" in rules} == {"a", "b", "c"}


def test_formulas_over_other_queries_are_not_alike(tmp_path: Path) -> None:
    def formula(metric: str) -> dict[str, Any]:
        variables = [{"name": "a", "data_source": "metrics", "query": f"avg:{metric}{{*}}"}]
        return body('formula("a").last("5m") > 1', options={"variables": variables})

    assert not any("monitors-alike" in rules for rules in linted(tmp_path, a=formula("x"), b=formula("y")).values())
    assert "monitors-alike" in linted(tmp_path, a=formula("x"), b=formula("x") | {"name": "other"})["b"]


def test_the_same_monitor_twice_is_refused_by_the_api(tmp_path: Path) -> None:
    assert linted(tmp_path, a=body(), b=body())["b"] >= {"monitor-twice"}
    assert "monitor-twice" not in linted(tmp_path, a=body(), b=body(message="@other@example.com"))["b"]


def test_a_file_that_is_named_twice_holds_no_monitor_twice(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(body()))
    things = [one for _ in range(2) for one in monitor_files.collect(str(tmp_path))]
    assert not any(each.rule == "monitor-twice" for one in verdicts.lint_all(things) for each in one.problems)


def test_instances_of_one_block_are_not_alike(tmp_path: Path) -> None:
    pytest.importorskip("hcl2")
    block = (
        'resource "datadog_monitor" "a" {\n  for_each = toset(["x", "y"])\n  name = each.key\n  type = "log alert"\n'
    )
    text = f'{block}  query = {json.dumps(LOGS)}\n  message = "@ops@example.com"\n}}\n'
    (tmp_path / "main.tf").write_text(text)
    problems = [each.rule for one in verdicts.lint_all(monitor_files.collect(str(tmp_path))) for each in one.problems]
    assert "monitors-alike" not in problems
    (tmp_path / "main.tf").write_text(text + text.replace('"a"', '"b"').replace('"x", "y"', '"z"'))
    problems = [each.rule for one in verdicts.lint_all(monitor_files.collect(str(tmp_path))) for each in one.problems]
    assert problems.count("monitors-alike") == 3  # each of the three monitors of two blocks


def test_a_ratio_whose_numerator_may_be_missing() -> None:
    assert "ratio-without-zero" in found(RATIO)
    assert "ratio-without-zero" in found(
        RATIO.replace("sum(last_5m):", "sum(last_5m):100 * (").replace(" > 0.05", ") > 5")
    )
    assert "ratio-without-zero" not in found(
        RATIO.replace("sum:web.errors{*} by {host}.as_count()", "default_zero(sum:web.errors{*} by {host}.as_count())")
    )
    assert "ratio-without-zero" not in found(RATIO.replace(".as_count() /", ".as_count().fill(zero) /"))
    gauge = "avg(last_5m):avg:mem.used{*} / avg:mem.total{*} > 0.9"
    assert "ratio-without-zero" not in found(gauge)
    rest = "sum(last_5m):(sum:r{*}.as_count() - sum:e{*}.as_count()) / sum:r{*}.as_count() < 0.9"
    assert "ratio-without-zero" not in found(rest)


def test_a_part_of_a_sum_that_may_be_missing() -> None:
    part = "sum(last_5m):sum:e{*}.as_count() / (sum:e{*}.as_count() + sum:ok{*}.as_count()) > 0.1"
    assert "ratio-without-zero" in found(part)
    assert "ratio-without-zero" in found(part.replace("as_count", "as_rate"))
    filled = part.replace("sum:e{*}.as_count()", "default_zero(sum:e{*}.as_count())")
    assert "ratio-without-zero" not in found(filled)
    assert "ratio-without-zero" not in found("sum(last_5m):sum:e{*}.as_count() / sum:e{*}.as_count() > 0.1")


@pytest.mark.parametrize(
    ("query", "options", "rule"),
    [
        ("avg(last_5m):avg:azure.vm.cpu{*} > 90", {}, "cloud-metric-without-delay"),
        ("avg(last_5m):avg:gcp.gce.cpu{*} > 90", {"evaluation_delay": 900}, ""),
        ("avg(last_5m):avg:aws_like.cpu{*} > 90", {}, ""),
        ("avg(last_5m):avg:m{*}.rollup(max, 600) > 90", {}, "rollup-longer-than-window"),
        ("avg(last_5m):(avg:m{*} / avg:n{*}).rollup(max, 600) > 90", {}, "rollup-longer-than-window"),
        ("avg(last_10m):avg:m{*}.rollup(max, 600) > 90", {}, ""),
        ("min(last_1h):sum:m{*}.rollup(sum, 600) < 5", {}, "rollup-last-bucket"),
        ("avg(last_1h):sum:m{*}.rollup(count, 61) <= 5", {"evaluation_delay": 60}, "rollup-last-bucket"),
        ("min(last_1h):sum:m{*}.rollup(sum, 600) < 5", {"evaluation_delay": 599}, "rollup-last-bucket"),
        ("min(last_1h):sum:m{*}.rollup(avg, 600) < 5", {}, ""),
        ("min(last_1h):sum:m{*}.rollup(sum) < 5", {}, ""),
        ("avg(last_10m):avg:m{*}.rollup(max, 601) > 90", {}, "rollup-longer-than-window"),
        ("avg(last_10m):avg:m{*}.rollup(max, 900).rollup(max, 60) > 90", {}, ""),
        ("avg(last_5m):anomalies(avg:m{*}.rollup(max, 600), 'basic', 2) >= 1", {}, ""),
        ("avg(last_5m):avg:m{*} + avg:aws.ec2.cpu{*} > 90", {}, "cloud-metric-without-delay"),
        ("min(last_1h):sum:m{*}.rollup(sum, 600) < 5", {"evaluation_delay": 600}, ""),
        ("min(last_1h):sum:m{*}.rollup(sum, 600) > 5", {}, ""),
        ("max(last_1h):sum:m{*}.rollup(sum, 600) < 5", {}, ""),
        ("min(last_1h):sum:m{*}.rollup(sum, 60) < 5", {}, ""),
        ("avg(last_5m):sum:m{*}.as_count() > 5", {}, "count-not-summed"),
        ("avg(last_1h):outliers(sum:m{*} by {host}.as_count(), 'DBSCAN', 3) > 0", {}, ""),
        ("avg(last_4h):anomalies(sum:m{*}.as_count(), 'basic', 2, interval=60, alert_window='last_15m') >= 1", {}, ""),
    ],
)  # fmt: skip
def test_delays_buckets_and_counts(query: str, options: dict[str, Any], rule: str) -> None:
    rules = ("cloud-metric-without-delay", "rollup-longer-than-window", "rollup-last-bucket", "count-not-summed")
    assert [one for one in found(query, options=options) if one in rules] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("query", "options", "rule", "field", "mend"),
    [
        (PODS, {"renotify_interval": 9}, "renotify-without-end", "options.renotify_occurrences", "3"),
        ("min(last_1h):sum:m{*}.rollup(sum, 600) < 5", {}, "rollup-last-bucket", "options.evaluation_delay", "600"),
        ("avg(last_5m):avg:aws.ec2.cpu{*} > 90", {}, "cloud-metric-without-delay", "options.evaluation_delay", "900"),
        (
            "avg(last_5m):avg:m{*} > 90",
            {"notify_no_data": True, "no_data_timeframe": 9},
            "no-data-window-too-short",
            "options.no_data_timeframe",
            "10",
        ),
        (
            PODS,
            {"renotify_interval": 9, "renotify_statuses": ["alert", "no data"], "notify_no_data": True},
            "renotify-no-data",
            "options.renotify_statuses",
            '["alert"]',
        ),
    ],
)
def test_a_mend_is_the_least_that_the_rule_lets_pass(
    query: str, options: dict[str, Any], rule: str, field: str, mend: str
) -> None:
    problem = found(query, options=options)[rule]
    assert problem.mend is not None
    assert (problem.mend.field, problem.mend.new) == (field, mend)
    assert rule not in found(query, options=options | {field.removeprefix("options."): json.loads(mend)})


def test_a_lack_of_data_alone_that_is_repeated_has_no_mend() -> None:
    options = {"renotify_interval": 9, "renotify_statuses": ["no data"], "notify_no_data": True}
    assert found(PODS, options=options)["renotify-no-data"].mend is None
    assert "renotify-statuses-unused" not in found(PODS, options=options)
    assert "renotify-statuses-unused" in found(PODS, options=options | {"renotify_interval": 0})
    assert "renotify-statuses-unused" not in found(PODS)


def test_a_silence_of_two_of_the_metrics_intervals_is_long_enough() -> None:
    told = {"on_missing_data": "show_and_notify_no_data"}
    monitor = monitors.parse(body("avg(last_2m):avg:m{*} > 90", options=told))
    assert [one.text for one in lint(monitor, {"m": 60}, chosen={"no-data-by-chance"})] == []
    (problem,) = lint(monitor, {"m": 61}, chosen={"no-data-by-chance"})
    assert problem.text.startswith("No Data after 120 s without points, but the metric has one each 61 s")
    silent = monitors.parse(body("avg(last_2m):avg:m{*} > 90", options={"on_missing_data": "resolve"}))
    assert lint(silent, {"m": 600}, chosen={"no-data-by-chance"}) == []
    older = monitors.parse(
        body("avg(last_2m):avg:m{*} > 90", options={"notify_no_data": True, "no_data_timeframe": 10})
    )
    assert lint(older, {"m": 300}, chosen={"no-data-by-chance"}) == []
    assert lint(older, {"m": 301}, chosen={"no-data-by-chance"}) != []


def test_an_escalation_is_sent_where_the_monitor_repeats_itself() -> None:
    rule = "escalation-never-sent"
    assert rule in found(PODS, options={"escalation_message": "x"})
    assert rule not in found(PODS, options={"escalation_message": "x", "renotify_interval": 9})
    assert rule not in found(PODS, options={"renotify_interval": 0})


@pytest.mark.parametrize(
    ("lasts", "wrong"), [("1m", False), ("90m", False), ("0m", False), ("1.5h", True), ("2w", True), ("h", True)]
)
def test_a_retention_is_a_whole_number_of_minutes_hours_or_days(lasts: str, wrong: bool) -> None:
    assert ("group-retention" in found(PODS, options={"group_retention_duration": lasts})) is wrong


@pytest.mark.parametrize(
    ("comparator", "words"),
    [
        ("<", "is missed when all of it fails"),
        ("<=", "is missed when all of it fails"),
        (">", "stays an alert when it is over"),
    ],
)
def test_a_ratio_without_a_value_is_told_by_what_it_does_to_the_alert(comparator: str, words: str) -> None:
    assert words in found(RATIO.replace(">", comparator))["ratio-without-zero"].text
    assert "ratio-without-zero" not in found(RATIO, options={"on_missing_data": "resolve"})


@pytest.mark.parametrize(
    ("message", "glued"),
    [
        ("{{value}}@slack-ops @a@example.com", ["@slack-ops"]),
        ("high{{#is_alert}}@slack-ops{{/is_alert}}", ["@slack-ops"]),
        ("{{#is_alert}}high{{/is_alert}}@pagerduty-ops", ["@pagerduty-ops"]),
        ("@slack-ops@pagerduty-ops", ["@pagerduty-ops"]),
        ("{{value}}@team@example.com", ["@team@example.com"]),
        ("{{value}}@pagerduty", ["@pagerduty"]),
        ("user@pagerduty.example.com @slack-ops", []),
        ("{{#is_alert}}\n@slack-ops\n{{/is_alert}}", []),
        ("{{#is_alert}}high{{/is_alert}} @slack-ops", []),
        ("{{#is_alert}}\n{{host.name}} is high\n{{/is_alert}}\n@slack-ops", []),
        ("@{{host.name}}@example.com @slack-{{host.name}}", []),
        ("write to ops@example.com @slack-ops", []),
        ("https://example.com/@slack-ops (cc @slack-ops)", []),
        ('{{#is_match "host.name" "a"}}@slack-a{{else}}@slack-b{{/is_match}}', []),
        ("{{#is_alert}}@slack-a{{/is_alert}}{{#is_recovery}}@slack-a{{/is_recovery}}", []),
    ],
)
def test_mentions_behind_other_text(message: str, glued: list[str]) -> None:
    monitor = monitors.parse(
        {"type": "metric alert", "query": "avg(last_5m):avg:m{*} by {host} > 90", "name": "n", "message": message}
    )
    texts = [one.text for one in lint(monitor) if one.rule == "mention-glued"]
    assert [text.split()[0] for text in texts] == glued


def test_the_time_to_find_them_grows_with_the_message_and_not_faster() -> None:
    def look(size: int) -> object:
        return mention_glued._glued([("x" * size + "@slack-ops " * 3 + "@slack-a" * (size // 8), 0)])

    short, long = (seconds(lambda size=size: look(size)) for size in (4_000, 32_000))  # type: ignore[misc]
    assert long < 32 * short + 0.001


def test_a_condition_without_its_hash() -> None:
    problem = found("avg(last_5m):avg:m{*} > 90", "{{is_alert}}down @a@example.com")["message-condition-without-hash"]
    assert problem.text == "{{is_alert}} is no block, and renders as nothing: did you mean {{#is_alert}}?"
    arguments = found("avg(last_5m):avg:m{*} > 90", '{{is_match "host.name" "x"}}down @a@example.com')
    assert "message-condition-without-hash" in arguments


def test_downtimes_that_never_end(tmp_path: Path) -> None:
    def silenced(**downtime: Any) -> set[str]:
        given = {
            "scope": "*",
            "monitor_identifier": {"monitor_tags": ["team:a"]},
            "display_timezone": "UTC",
            **downtime,
        }
        return linted(tmp_path, monitor=body("avg(last_5m):avg:m{env:prod} > 9", tags=["team:a"]), downtime=given)[
            "monitor"
        ]

    def nightly(rrule: str, start: str = "22:00", duration: str = "8h", **more: Any) -> set[str]:
        recurrence = {"rrule": rrule, "start": f"2026-03-02T{start}", "duration": duration}
        return silenced(schedule={"timezone": "UTC", "recurrences": [recurrence]}, **more)

    for_ever = {"start": "2026-03-02T22:00:00+00:00"}
    assert "silenced-without-end" in silenced(schedule=for_ever)
    assert "silenced-without-end" in silenced(schedule=for_ever, scope="env:prod")
    assert "silenced-without-end" not in silenced(schedule=for_ever, scope="env:test")
    assert "silenced-without-end" not in silenced(schedule=for_ever, monitor_identifier={"monitor_tags": ["team:b"]})
    assert "silenced-without-end" not in silenced(schedule=for_ever | {"end": "2026-03-03T22:00:00+00:00"})
    assert "silenced-at-night" in nightly("FREQ=DAILY;INTERVAL=1")
    assert "silenced-at-night" in nightly("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
    assert "silenced-at-night" in nightly("FREQ=DAILY", start="00:30", duration="5h")
    assert "silenced-at-night" not in nightly("FREQ=DAILY;UNTIL=20260401T000000Z")
    assert "silenced-at-night" not in nightly("FREQ=DAILY", start="12:00", duration="1h")
    assert "silenced-at-night" not in nightly("FREQ=WEEKLY;BYDAY=SA,SU")


def test_a_composite_of_monitors_without_common_groups(tmp_path: Path) -> None:
    def both(other: str) -> set[str]:
        one = body("avg(last_5m):avg:m{*} by {host} > 9", id=1)
        two = body(f"avg(last_5m):avg:n{{*}}{other} > 9", id=2)
        made = {"type": "composite", "query": "1 && 2", "name": "both", "message": "@a@example.com"}
        return linted(tmp_path, one=one, two=two, both=made)["both"]

    assert "composite-without-common-groups" in both(" by {service}")
    assert "composite-without-common-groups" not in both(" by {service,host}")
    assert "composite-without-common-groups" not in both("")


def test_what_datadogs_own_page_exports_is_no_unknown_option() -> None:
    options = {"restriction_query": None, "thresholds": {"critical": 90, "comparison": "above", "period": {}}}
    assert "unknown-option" not in found("avg(last_5m):avg:m{*} > 90", options=options)
    assert "unknown-option" in found("avg(last_5m):avg:m{*} > 90", options={"restricted_query": "x"})


def test_a_key_with_a_period_that_reads_as_another_variable_needs_brackets() -> None:
    problem = found("avg(last_5m):avg:m{*} by {host.name} > 90", "{{host.name}} @a@example.com")[
        "message-key-with-period"
    ]
    assert problem.mend is not None
    assert problem.mend.new == "{{[host.name].name}}"
