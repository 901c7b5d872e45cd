"""Monitors over records: the worked examples of the specification (E01 to E18), each in columns and tick by tick."""

from __future__ import annotations

from typing import Any

import pytest
from record_lines import T0, Line, alert, changes, lines, shown, sources, values

from doghouse import monitors as mon
from doghouse.backtest.run import replay
from doghouse.backtest.sources import points_of, sources_of
from doghouse.backtest.suggesting import suggest
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import no_columns
from doghouse.search.records import Lines

FOUR = lines(30, 70, 100, 400)
TWO_SERVICES = [*lines(10, 20, 30, service="a"), *lines(130, 140, 150, 160, service="b")]
BELOW = [*lines(*range(5, 490, 60), service="a"), *lines(5, 15, 65, 66, service="b")]
USERS = [
    line
    for at, user in ((10, "u1"), (20, "u1"), (70, "u2"), (130, "u3"), (200, "u1"))
    for line in lines(at, usr={"id": user})
]
DURATIONS = [line for at, took in ((10, 100), (70, 200), (130, 600), (190, 500)) for line in lines(at, duration=took)]
ERRORS = [*lines(30, 90, 95, 150, status="error"), *lines(5, 40, 65, 110, 155, 200, 260, 320, 380, status="ok")]
DEPLOYS = [*lines(75, host="h1", source="deploy", status="error", title="Deploy failed", tags=["env:prod"])]
COUNT = 'logs("*").index("*").rollup("count").last("5m")'
BY_SERVICE = 'logs("*").index("*").rollup("count").by("service").last("5m")'


def variable(name: str, search: str, **more: Any) -> dict[str, Any]:
    """One of `options.variables`: a count of logs."""
    counted = {"data_source": "logs", "search": {"query": search}, "compute": {"aggregation": "count"}, "group_by": []}
    return {"name": name, "indexes": ["*"], **counted, **more}


@pytest.mark.parametrize(
    ("query", "records", "by_tick"),
    [
        pytest.param(f"{COUNT} > 2", FOUR, [1, 3, 3, 3, 3, 2, 1, 1, 1, 1, 1, 0], id="E01"),
        pytest.param(f"{COUNT} >= 1", lines(60), [0, 1, 1, 1, 1, 1, 0], id="E02"),
        pytest.param(
            'logs("*").rollup("cardinality", "@usr.id").last("3m") > 2', USERS, [1, 2, 3, 3, 2, 1, 0], id="E07"
        ),
        pytest.param(
            'logs("*").rollup("avg", "@duration").last("3m") > 400',
            DURATIONS,
            [100, 150, 300, 433.33, 550, 500, None],
            id="E08",
        ),
    ],
)
def test_a_window_is_worth(query: str, records: list[Line], by_tick: list[float | None]) -> None:
    [made] = values(alert(query), sources(records), len(by_tick)).values()
    assert [None if one is None else round(one, 2) for one in made] == by_tick


def test_a_groups_window_is_worth_what_its_own_records_are() -> None:
    assert values(alert(f"{BY_SERVICE} > 2"), sources(TWO_SERVICES), 8) == {
        "a": [3, 3, 3, 3, 3, None, None, None],
        "b": [None, None, 4, 4, 4, 4, 4, None],
    }


E03 = ["a 10:01 Triggered", "b 10:03 Triggered", "a 10:06 Recovered", "b 10:08 Recovered"]
E04 = ["a 10:01 Triggered", "b 10:03 Triggered", "a 10:06 No Data", "b 10:08 No Data"]
CASES: list[tuple[str, str, list[Line], dict[str, Any], list[str]]] = [
    ("E01", f"{COUNT} > 2", FOUR, {}, ["10:02 Triggered", "10:06 Recovered"]),
    ("E02", f"{COUNT} >= 1", lines(60), {}, ["10:02 Triggered", "10:07 Recovered"]),
    ("E03", f"{BY_SERVICE} > 2", TWO_SERVICES, {}, E03),
    ("E04", f"{BY_SERVICE} > 2", TWO_SERVICES, {"on_missing_data": "default"}, E03),
    ("E04", f"{BY_SERVICE} > 2", TWO_SERVICES, {"on_missing_data": "resolve"}, E03),
    ("E04", f"{BY_SERVICE} > 2", TWO_SERVICES, {"on_missing_data": "show_no_data"}, E04),
    ("E04", f"{BY_SERVICE} > 2", TWO_SERVICES, {"on_missing_data": "show_and_notify_no_data"}, E04),
    (
        "E05",
        f"{BY_SERVICE} > 2",
        TWO_SERVICES,
        {"new_group_delay": 60},
        ["a 10:02 Triggered", "b 10:04 Triggered", "a 10:06 Recovered", "b 10:08 Recovered"],
    ),
    (
        "E06",
        f"{BY_SERVICE} < 2",
        BELOW,
        {},
        ["a 10:01 Triggered", "a 10:02 Recovered", "a 10:13 Triggered", "b 10:14 Triggered"],
    ),
    (
        "E07",
        'logs("*").rollup("cardinality", "@usr.id").last("3m") > 2',
        USERS,
        {},
        ["10:03 Triggered", "10:05 Recovered"],
    ),
    ("E08", 'logs("*").rollup("avg", "@duration").last("3m") > 400', DURATIONS, {}, ["10:04 Triggered"]),
    (
        "E08",
        'logs("*").rollup("avg", "@duration").last("3m") > 400',
        DURATIONS,
        {"on_missing_data": "resolve"},
        ["10:04 Triggered", "10:07 Recovered"],
    ),
    (
        "E08",
        'logs("*").rollup("avg", "@duration").last("3m") > 400',
        DURATIONS,
        {"on_missing_data": "show_no_data"},
        ["10:04 Triggered", "10:07 No Data"],
    ),
    ("E09", f"{COUNT} < 1", lines(10), {}, ["10:06 Triggered"]),
    ("E09", f"{COUNT} < 1", [], {}, []),
    (
        "E10",
        'logs("*").rollup("count").last("1m") > 0',
        lines(70),
        {"evaluation_delay": 120},
        ["10:04 Triggered", "10:05 Recovered"],
    ),
    ("E11", 'logs("*").rollup("count").last("1m") > 0', lines(70), {}, ["10:02 Triggered", "10:03 Recovered"]),
    (
        "E12",
        f"{COUNT} > 2",
        FOUR,
        {"thresholds": {"critical": 2, "warning": 1}},
        ["10:02 Triggered", "10:06 Warn", "10:07 Recovered"],
    ),
    (
        "E12",
        f"{COUNT} > 2",
        FOUR,
        {"thresholds": {"critical": 2, "critical_recovery": 1}},
        ["10:02 Triggered", "10:07 Recovered"],
    ),
    (
        "E13",
        'formula("errors / all * 100").last("5m") > 40',
        ERRORS,
        {"variables": [variable("errors", "status:error"), variable("all", "*")]},
        ["10:02 Triggered", "10:04 Recovered"],
    ),
    (
        "E14",
        'formula("cutoff_min(query, 50) / cutoff_min(query1, 50) * 100").last("1m") > 30',
        [
            *lines(*[30] * 60, status="error"),
            *lines(*[30] * 150, status="ok"),
            *lines(*[90] * 40, status="error"),
            *lines(*[90] * 100, status="ok"),
        ],
        {"variables": [variable("query", "status:error"), variable("query1", "status:ok")]},
        ["10:01 Triggered", "10:02 Recovered"],
    ),
    (
        "E16",
        'logs("*").rollup("count").by("team").last("5m") > 0',
        [*lines(10, tags=["team:sre", "team:ops"]), *lines(10, tags=["env:prod"])],
        {},
        ["ops 10:01 Triggered", "sre 10:01 Triggered", "ops 10:06 Recovered", "sre 10:06 Recovered"],
    ),
]


@pytest.mark.parametrize(
    ("query", "records", "options", "expected"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_worked_examples(query: str, records: list[Line], options: dict[str, Any], expected: list[str]) -> None:
    assert changes(alert(query, **{"new_group_delay": 0, **options}), sources(records), 16) == expected


def test_e12_a_value_between_the_thresholds_is_still_an_alert_until_it_recovers() -> None:
    monitor = alert(f"{COUNT} > 2", thresholds={"critical": 2, "critical_recovery": 1})
    [group] = monitor.over(sources(FOUR), 1_772_445_600, 1_772_445_600 + 420).groups().values()
    assert [mon.Status(one).label for one in group.history.statuses[-2:]] == ["Alert", "OK"]


def test_e13_a_formula_is_worked_out_on_whole_windows() -> None:
    monitor = alert(
        'formula("errors / all * 100").last("5m") > 40',
        variables=[variable("errors", "status:error"), variable("all", "*")],
    )
    [made] = values(monitor, sources(ERRORS), 12).values()
    assert [round(one or 0, 2) for one in made] == [33.33, 42.86, 44.44, 40, 36.36, 33.33, 16.67, 0, 0, 0, 0, 0]


def test_e17_no_more_groups_are_kept_than_datadog_keeps() -> None:
    records = [line for region in range(1, 1101) for line in lines(*[10] * (1101 - region), region=f"r{region:04}")]
    made = values(alert('logs("*").rollup("count").by("@region").last("5m") > 0'), sources(records), 1)
    assert sum(one == [None] for one in made.values()) == 100
    assert max(group for group, of in made.items() if of != [None]) == "r1000"


def test_e18_an_event_monitor_waits_for_a_new_group_and_counts_it_afterwards() -> None:
    monitor = alert(
        'events("source:deploy status:error").rollup("count").by("host").last("10m") >= 1', type="event-v2 alert"
    )
    assert changes(monitor, sources(DEPLOYS), 14) == ["h1 10:03 Triggered", "h1 10:12 Recovered"]


@pytest.mark.parametrize(
    "query",
    [
        "events('priority:all sources:deploy tags:env:prod').by('host').rollup('count').last('10m') >= 1",
        'events("sources:nagios,deploy status:error,warning failed").by("host").rollup("count").last("10m") >= 1',
        "events('tags:env:prod excluded_tags:env:dev hosts:h1').by('host').rollup('count').last('10m') >= 1",
    ],
)
def test_event_monitors_of_the_api_before_are_read_in_todays_language(query: str) -> None:
    assert changes(alert(query, type="event alert"), sources(DEPLOYS), 14) == [
        "h1 10:03 Triggered",
        "h1 10:12 Recovered",
    ]


def test_a_retired_event_search_looks_for_all_that_it_names() -> None:
    for search in (
        "sources:nagios",
        "tags:env:prod,team:x",
        "excluded_tags:env:prod",
        "status:warning",
        "nothing like it",
    ):
        query = f'events("{search}").rollup("count").last("10m") >= 1'
        assert changes(alert(query, type="event alert"), sources(DEPLOYS), 14) == []


def test_a_monitor_with_other_thresholds_or_a_longer_window_asks_the_same() -> None:
    monitor = alert(f"{COUNT} > 2", thresholds={"critical": 2})
    assert monitor.with_thresholds({"critical": 3}).query.endswith('.last("5m") > 3')
    assert changes(monitor.with_thresholds({"critical": 0}), sources(FOUR), 16) == [
        "10:01 Triggered",
        "10:12 Recovered",
    ]
    name, longer = monitor.longer(2) or ("", monitor)
    assert (name, longer.span, longer.query) == ("last 10m", 600, f"{COUNT} > 2".replace("5m", "10m"))
    formula = alert('formula("errors").last("5m") > 1', variables=[variable("errors", "status:error")])
    assert formula.with_thresholds({"critical": 4}).query == 'formula("errors").last("5m") > 4'


def test_settings_of_a_log_monitor_are_suggested_as_those_of_a_metric_monitor_are() -> None:
    made = suggest(
        alert(f"{COUNT} > 2", message="@ops@example.com"), sources(FOUR), 1_772_445_600, 1_772_446_500, (), {}, "UTC"
    )
    changed = {one.setting: one.figures.changes for one in made}
    assert (changed["as it is"], changed["critical_recovery 1.9"]) == (2, 2)
    assert {"critical 1.8", "last 10m", "critical_recovery 1.9"} <= changed.keys()


def test_a_running_window_begins_with_the_hour() -> None:
    options = {"scheduling_options": {"evaluation_window": {"hour_starts": 5}}}
    monitor = alert('logs("*").rollup("count").current("1h") > 2', **options)
    assert values(monitor, sources(lines(0, 60, 240, 360, 420)), 9) == {"": [1, 2, 2, 2, 3, 0, 1, 2, 2]}
    assert changes(monitor, sources(lines(0, 60, 240)), 8) == ["10:05 Triggered", "10:06 Recovered"]


def test_a_composite_combines_monitors_over_records() -> None:
    members = {1: alert(f"{COUNT} > 2"), 2: alert('logs("service:a").rollup("count").last("5m") > 0')}
    both = mon.parse({"type": "composite", "query": "1 && 2", "name": "both"})
    held = Lines([*FOUR, *lines(170, service="a")])
    end = T0 + 900
    read = sources_of(both, points_of(MemorySource([], no_columns())), members, T0, end, records=lambda _: held)
    assert [shown(one) for _, one in replay(both, read, T0, end).transitions()] == [
        "10:03 Triggered",
        "10:07 Recovered",
    ]


def test_nothing_seen_is_said_with_the_search() -> None:
    monitor = alert('logs("service:none").rollup("avg", "@took").last("5m") > 2')
    assert monitor.nothing_seen(sources([])) == "there are no logs that match 'service:none' in that time"
