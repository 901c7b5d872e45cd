"""What Datadog refuses to store, in its words."""

from __future__ import annotations

from typing import Any

import pytest

from doghouse import monitors
from doghouse.monitors import MonitorError

QUERY = "avg(last_5m):avg:m{*} by {host,env} > 90"


def refused(query: str = QUERY, type: str = "metric alert", priority: Any = None, **options: Any) -> tuple[str, str]:
    with pytest.raises(MonitorError) as error:
        monitors.validate({"type": type, "query": query, "priority": priority, "options": options})
    return error.value.field, error.value.text


def taken(query: str = QUERY, type: str = "metric alert", **options: Any) -> monitors.Definition:
    return monitors.validate({"type": type, "query": query, "options": options})


def test_a_query_without_an_operator_gets_the_recorded_words() -> None:
    words = "The value provided for parameter 'query' is invalid: invalid operator specified: "

    assert refused("query") == ("query", words)
    assert refused("query", type="log alert") == ("query", words)


def test_a_query_that_does_not_parse_says_why() -> None:
    field, text = refused("avg(last_5m:avg:m{*} > 90")

    assert field == "query"
    assert text.startswith("The value provided for parameter 'query' is invalid: ")
    assert refused("avg(last_5m):avg:m{*} > 90 by {host}")[1].endswith("expected the end")


@pytest.mark.parametrize(
    ("thresholds", "field", "text"),
    [
        ({"critical": 80}, "critical", "Alert threshold (80.0) does not match that used in the query (90.0)."),
        ({"warning": 80}, "critical", "Alert status is required."),
        (
            {"critical": 90, "warning": 95},
            "warning",
            "Warning threshold (95.0) must be less than the alert threshold (90.0).",
        ),
        (
            {"critical": 90, "critical_recovery": 91},
            "critical_recovery",
            "alert and alert recovery criteria are such that the monitor can be simultaneously in alert and alert recovery states",
        ),
    ],
)
def test_thresholds_that_contradict_are_refused(thresholds: dict[str, float], field: str, text: str) -> None:
    assert refused(thresholds=thresholds) == (f"options.thresholds.{field}", text)


def test_below_a_threshold_the_sides_swap() -> None:
    below = "avg(last_5m):avg:m{*} < 10"

    assert taken(below, thresholds={"critical": 10, "warning": 20, "critical_recovery": 15, "warning_recovery": 25})
    words = "Warning threshold (10.0) must be greater than the alert threshold (10.0)."
    assert refused(below, thresholds={"critical": 10, "warning": 10}) == ("options.thresholds.warning", words)
    assert (
        refused(below, thresholds={"critical": 10, "warning": 20, "warning_recovery": 19})[0]
        == "options.thresholds.warning_recovery"
    )
    assert refused(below, thresholds={"critical": 10, "warning": 5})[0] == "options.thresholds.warning"
    assert (
        refused(below, thresholds={"critical": 10, "critical_recovery": 5})[0] == "options.thresholds.critical_recovery"
    )


def test_a_recovery_may_equal_its_threshold() -> None:
    assert taken(thresholds={"critical": 90, "critical_recovery": 90})
    assert taken(thresholds={"critical": 90, "warning": 80, "warning_recovery": 80})
    words = "warning and warning recovery criteria are such that the monitor can be simultaneously in warning and warning recovery states"
    assert refused(thresholds={"critical": 90, "warning": 80, "warning_recovery": 81}) == (
        "options.thresholds.warning_recovery",
        words,
    )
    assert refused(thresholds={"critical": 90, "warning": 90})[0] == "options.thresholds.warning"


@pytest.mark.parametrize("query", ["avg(current_1d):avg:m{*} > 90", "avg(last_5m):avg:m{*} > 90"])
def test_a_cumulative_window_and_its_option_come_together(query: str) -> None:
    given = {"evaluation_window": {"day_starts": "00:00"}} if "last" in query else {}

    assert refused(query, scheduling_options=given)[1] == (
        "Monitors with an evaluation_window scheduling_option must have a current query period and vice versa."
    )


@pytest.mark.parametrize(
    ("window", "field", "said"),
    [
        ({"day_starts": "23:59", "timezone": "Europe/Paris"}, "", ""),
        ({"day_starts": "9:05"}, "", ""),
        ({"day_starts": "24:00"}, "day_starts", "'24:00' is no time of day, as 04:00 is"),
        ({"day_starts": "09:60"}, "day_starts", "'09:60' is no time of day, as 04:00 is"),
        ({"hour_starts": 59}, "", ""),
        ({"hour_starts": 60}, "hour_starts", "'60' is no minute from 0 to 59"),
        ({"hour_starts": -1}, "hour_starts", "'-1' is no minute from 0 to 59"),
        ({"hour_starts": True}, "hour_starts", "'True' is no minute from 0 to 59"),
        ({"month_starts": 28}, "", ""),
        ({"month_starts": 29}, "month_starts", "'29' is no day that every month has, from 1 to 28"),
        ({"month_starts": -1}, "month_starts", "'-1' is no day that every month has, from 1 to 28"),
        ({"timezone": "Nowhere", "hour_starts": 1}, "timezone", "Nowhere"),
    ],
)
def test_an_evaluation_window_begins_at_a_time_that_there_is(window: dict[str, Any], field: str, said: str) -> None:
    given = {"scheduling_options": {"evaluation_window": window}}
    if field:
        place, text = refused("avg(current_1d):avg:m{*} > 90", **given)
        assert (place, said in text) == (f"options.scheduling_options.evaluation_window.{field}", True)
    else:
        assert taken("avg(current_1d):avg:m{*} > 90", **given)


def test_occurrences_need_an_interval() -> None:
    words = "The renotify_occurrences option can only be used if renotify_interval is set"

    assert refused(renotify_occurrences=3) == ("options.renotify_occurrences", words)
    assert taken(renotify_occurrences=3, renotify_interval=10)


@pytest.mark.parametrize(
    ("option", "least", "most"),
    [
        ("timeout_h", 0, 24),
        ("evaluation_delay", 0, 86_400),
        ("min_failure_duration", 0, 7200),
        ("new_group_delay", 0, None),
        ("new_host_delay", 0, None),
        ("no_data_timeframe", 0, None),
        ("renotify_interval", 0, None),
    ],
)
def test_numbers_have_limits(option: str, least: int, most: int | None) -> None:
    field, bounds = f"options.{option}", f"from {least} to {most}" if most is not None else f"{least} or more"

    assert refused(**{option: least - 1}) == (field, f"{field} must be {bounds}, not {least - 1}")
    assert taken(**{option: least})
    if most is not None:
        assert refused(**{option: most + 1}) == (field, f"{field} must be {bounds}, not {most + 1}")
        assert taken(**{option: most})
    else:
        assert taken(**{option: 10**9})


@pytest.mark.parametrize("lasts", ["59m", "73h", "4d"])
def test_groups_are_retained_for_one_to_72_hours(lasts: str) -> None:
    assert refused(group_retention_duration=lasts)[0] == "options.group_retention_duration"
    assert taken(group_retention_duration="60m")
    assert taken(group_retention_duration="72h")
    assert taken(group_retention_duration="soon")  # lint's
    assert taken(group_retention_duration="3d")


@pytest.mark.parametrize("roles", ["admin", ["admin"], [7]])
def test_restricted_roles_are_uuids(roles: Any) -> None:
    words = "The monitor's restricted roles is expected to be an array of UUID strings."
    with pytest.raises(MonitorError) as error:
        monitors.validate({"type": "metric alert", "query": QUERY, "restricted_roles": roles})
    assert (error.value.field, error.value.text) == ("restricted_roles", words)
    uuid = "F9692CA4-F87E-4BA3-AAFB-DCECE31262EC"
    for taken in ([uuid], [], None):
        assert monitors.validate({"type": "metric alert", "query": QUERY, "restricted_roles": taken})


def test_priorities_are_one_to_five() -> None:
    assert refused(priority=6)[0] == refused(priority=-1)[0] == "priority"
    for priority in (0, 1, 5, None):  # recorded: 0 is taken as none
        assert monitors.validate({"type": "metric alert", "query": QUERY, "priority": priority})


@pytest.mark.parametrize("keys", [["host"], ["*"], []])
def test_notify_by_takes_keys_of_the_query(keys: list[str]) -> None:
    assert taken(notify_by=keys)
    assert refused(notify_by=["service"])[0] == "options.notify_by"


@pytest.mark.parametrize(
    ("query", "keys"), [(QUERY, ["env", "host"]), ("avg(last_5m):avg:m{*} by {host} > 90", ["host"])]
)
def test_notify_by_may_not_name_every_key(query: str, keys: list[str]) -> None:
    words = "The notify_by list may not include all of the query's group keys."

    assert refused(query, notify_by=keys) == ("options.notify_by", words)
    logs = 'logs("*").index("*").rollup("count").by("service").last("5m") > 1'
    assert refused(logs, "log alert", notify_by=["service"]) == ("options.notify_by", words)


@pytest.mark.parametrize(
    ("query", "type"),
    [
        ("avg(last_5m):avg:m{*} > 90", "metric alert"),
        ('logs("*").index("*").rollup("count").last("5m") > 1', "log alert"),
        ('rum("*").rollup("count").last("5m") > 1', "rum alert"),
        ("1 && 2", "composite"),
    ],
)
def test_a_delay_of_new_groups_needs_groups(query: str, type: str) -> None:
    words = "The new_group_delay option can only be used for multi-alert monitors"

    assert refused(query, type, new_group_delay=60) == ("options.new_group_delay", words)
    assert taken(query, type, new_group_delay=0)
    assert taken(new_group_delay=60)


def test_a_service_check_has_to_group() -> None:
    words = "A grouping must be specified for custom checks"

    assert refused('"c".over("*").last(2).count_by_status()', "service check") == ("query", words)
    assert taken('"c".over("*").by("*").last(2).count_by_status()', "service check")
    assert taken('"c".over("*").last(2).pct_by_status()', "service check")


@pytest.mark.parametrize("asked", ["resolve", "show_no_data", "show_and_notify_no_data"])
def test_default_zero_leaves_nothing_but_the_default_of_missing_data(asked: str) -> None:
    words = f"Invalid on_missing_data value: {asked}; valid value is: default"
    filled, variables = (
        "avg(last_5m):default_zero(avg:m{*}) > 1",
        [{"name": "a", "data_source": "metrics", "query": "avg:m{*}"}],
    )

    assert refused(filled, on_missing_data=asked) == ("options.on_missing_data", words)
    assert refused('formula("default_zero(a)").last("5m") > 1', variables=variables, on_missing_data=asked)[1] == words
    assert taken(filled, on_missing_data="default")
    assert taken(filled)
    assert taken("avg(last_5m):avg:m{*} > 1", on_missing_data=asked)


def test_a_recovery_from_warning_needs_a_warning() -> None:
    assert refused(thresholds={"critical": 90, "warning_recovery": 70})[0] == "options.thresholds.warning_recovery"
    assert taken(thresholds={"critical": 90, "warning": 80, "warning_recovery": 70})


def test_a_custom_schedule_leaves_a_full_window_out_of_account() -> None:
    schedule = {"custom_schedule": {"recurrences": [{"rrule": "FREQ=DAILY;INTERVAL=1", "timezone": "UTC"}]}}
    full = {"require_full_window": True, "on_missing_data": "default"}

    assert taken(**full).rules.require_full_window
    assert not taken(**full, scheduling_options=schedule).rules.require_full_window


def test_a_custom_schedule_needs_a_word_on_missing_data() -> None:
    schedule = {"custom_schedule": {"recurrences": [{"rrule": "FREQ=DAILY;INTERVAL=1", "timezone": "UTC"}]}}

    assert refused(scheduling_options=schedule)[0] == "options.on_missing_data"
    assert taken(scheduling_options=schedule, on_missing_data="show_no_data")


def test_a_wrong_kind_of_value_names_its_field() -> None:
    assert refused(renotify_interval="soon") == (
        "options.renotify_interval",
        "options.renotify_interval: Expected `int | null`, got `str`",
    )


def test_a_number_in_quotes_is_one_as_in_datadogs_own_assets() -> None:
    assert taken(renotify_interval="10").options.renotify_interval == 10


def test_a_type_that_does_not_exist_is_refused() -> None:
    assert refused(type="metrik alert")[0] == "type"


def test_an_integrations_asset_is_read_under_its_definition() -> None:
    monitor = monitors.validate(
        {"version": 2, "title": "t", "definition": {"type": "query alert", "query": QUERY, "name": "n", "own": 1}}
    )

    assert (monitor.name, monitor.document["own"]) == ("n", 1)


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("log alert", 'logs("status:error").index("*").rollup("count").last("5m") > 10'),
        ("composite", "12 && !(34 || 56)"),
        ("service check", '"http.can_connect".over("env:x").by("*").last(3).count_by_status()'),
        ("slo alert", 'error_budget("abc").over("7d") > 10'),
    ],
)
def test_kinds_of_monitors_that_are_stored_are_taken(kind: str, query: str) -> None:
    assert taken(query, type=kind).type == kind


@pytest.mark.parametrize(
    ("kind", "query"),
    [("composite", "12 &&"), ("composite", "12 34"), ("composite", " && ".join(str(n) for n in range(11))),
     ("service check", "http.can_connect"), ("service check", '"a".over("*").count_by_status()'),
     ("service check", '"a".over("*").last(0).count_by_status()'), ("service check", '"a".over("*").last(1)')],
)  # fmt: skip
def test_composites_and_service_checks_have_to_parse(kind: str, query: str) -> None:
    assert refused(query, type=kind)[0] == "query"


@pytest.mark.parametrize(
    "body", [{"type": "metric alert"}, {"query": QUERY}, {"definition": 3}, {"type": 1, "query": QUERY}]
)
def test_a_body_that_lacks_what_a_monitor_needs_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(MonitorError):
        monitors.validate(body)


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("composite", "1 && 2"),
        ("service check", '"a".over("*").by("host").last(2).count_by_status()'),
        ("slo alert", 'error_budget("0123456789abcdef0123456789abcdef").over("7d") > 75'),
    ],
)
def test_monitors_that_do_not_ask_for_missing_data_refuse_its_option(kind: str, query: str) -> None:
    words = "Invalid monitor option: on_missing_data"

    assert refused(query, kind, on_missing_data="resolve") == ("options.on_missing_data", words)
    assert taken(query, kind)


ANOMALIES = "avg(last_4h):anomalies(avg:m{*}, 'basic', 2, direction='above', interval=60, alert_window='last_15m') >= 1"


@pytest.mark.parametrize("windows", [{"trigger_window": "last_5m"}, {"recovery_window": "last_15m"}])
def test_an_anomaly_monitors_trigger_window_is_its_alert_window(windows: dict[str, str]) -> None:
    words = "alert window query arg must match trigger window monitor option"

    assert refused(ANOMALIES, threshold_windows=windows) == ("options.threshold_windows.trigger_window", words)
    assert taken(ANOMALIES, threshold_windows={"trigger_window": "last_15m", "recovery_window": "last_15m"})


@pytest.mark.parametrize(
    ("threshold", "refused_window", "taken_window"),
    [("0.5", "last_120m", "last_121m"), ("0.8", "last_48m", "last_49m")],
)
def test_an_anomaly_monitor_is_not_in_alert_and_recovered_at_once(
    threshold: str, refused_window: str, taken_window: str
) -> None:
    """The documentation's two examples, with a trigger window of four hours."""
    query = ANOMALIES.replace("last_15m", "last_4h").replace(">= 1", f">= {threshold}")
    words = "alert and alert recovery criteria are such that the monitor can be simultaneously in alert and alert recovery states"
    windows = {"trigger_window": "last_4h"}

    assert refused(query, threshold_windows={**windows, "recovery_window": refused_window}) == (
        "options.threshold_windows.recovery_window",
        words,
    )
    assert taken(query, threshold_windows={**windows, "recovery_window": taken_window})


def test_a_mistake_in_a_search_gets_datadogs_words() -> None:
    words = "The value provided for parameter 'query' is invalid: Invalid query: Check for invalid tags or facets in your query."

    assert refused('logs("service:(a").index("*").rollup("count").last("5m") > 1', "log alert")[1] == words


def test_quotes_of_the_other_kind_are_no_log_query() -> None:
    words = "The value provided for parameter 'query' is invalid: invalid operator specified: "

    assert refused("logs('service:eks').index('*').rollup('count').last('5m') > 5", "log alert") == ("query", words)


@pytest.mark.parametrize("runs", [3, 4])
def test_a_service_check_looks_at_as_many_runs_as_its_thresholds_count(runs: int) -> None:
    words = "Last field should be larger than or equal to max threshold defined in monitor options"
    query = f'"c".over("*").by("*").last({runs}).count_by_status()'

    assert refused(query, "service check", thresholds={"ok": 3, "warning": 3, "critical": 5}) == ("query", words)
    assert taken(query, "service check", thresholds={"ok": 1, "warning": 2, "critical": 3})


def test_a_repeat_may_come_after_any_time() -> None:
    assert taken(renotify_interval=45)
