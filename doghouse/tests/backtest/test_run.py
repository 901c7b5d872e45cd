"""A backtest's notifications and figures: worked examples of downtimes, and that counting in columns counts what rendering gives."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from memory_points import T0, minutely
from memory_points import source as memory_source

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.backtest.figures import figures
from doghouse.backtest.notification_counts import firsts
from doghouse.backtest.run import backtest
from doghouse.monitors.notification_rules import read
from doghouse.reports.json import backtests, document, iso
from doghouse.reports.results import Backtested, BacktestResult

S = [80, 85, 95, 99, 100, 100, 60, 50, 50, 50, 50, 50]  # one point a minute


def source(samples):
    """A gauge m: a list of values a host."""
    return memory_source(*(minutely(values, host=host) for host, values in samples.items()))


def monitor(query="avg(last_5m):avg:m{*} > 90", message="x @ops@example.com", **options):
    return mon.parse({"type": "metric alert", "query": query, "name": "high", "message": message, "options": options})


def downtime(start, end, name="d", **attributes):
    schedule = {"start": f"2026-03-02T10:{start:02}:00+00:00", "end": f"2026-03-02T10:{end:02}:00+00:00"}
    return dt.parse({"name": name, "scope": "*", "schedule": schedule, **attributes}, T0, id=name)


def told(found):
    """`(minute, transition, silenced by)` of each notification."""
    return [((one.at - T0) // 60, one.transition, one.silenced_by) for one in found.notifications()]


EXPIRED = {"notify_end_types": ["expired"]}
D01 = downtime(4, 6, **EXPIRED)
CASES = {
    "d01_what_triggered_inside_is_told_when_it_ends": ([D01], [(5, "Triggered", "d"), (6, "Triggered", None), (8, "Recovered", None)]),
    "d02_what_triggers_and_recovers_inside_is_never_told": ([downtime(4, 20)], [(5, "Triggered", "d"), (8, "Recovered", "d")]),
    "d03_the_first_recovery_is_sent": ([downtime(6, 20)], [(5, "Triggered", None), (8, "Recovered", None)]),
    "d03_unless_it_is_muted": (
        [downtime(6, 20, mute_first_recovery_notification=True)],
        [(5, "Triggered", None), (8, "Recovered", "d")],
    ),
    "d04_an_alert_that_was_told_before_is_told_again_at_the_end": (
        [downtime(6, 7)],
        [(5, "Triggered", None), (7, "Triggered", None), (8, "Recovered", None)],
    ),
    "d06_no_end_type_no_word_at_the_end": ([downtime(4, 6, notify_end_types=[])], [(5, "Triggered", "d"), (8, "Recovered", None)]),
    "d06_nor_where_the_state_is_not_listed": ([downtime(4, 6, notify_end_states=["warn"])], [(5, "Triggered", "d"), (8, "Recovered", None)]),
    "d07_the_last_of_two_decides": (
        [downtime(4, 6, "a"), downtime(4, 30, "b")],
        [(5, "Triggered", "a"), (8, "Recovered", "b")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_downtimes(name):
    downtimes, expected = CASES[name]
    found = backtest(monitor(), source({"": S}), T0, T0 + 1800, downtimes)
    assert told(found) == expected


def test_a_message_that_mentions_nobody_notifies_nobody():
    found = backtest(monitor(message="high"), source({"": S}), T0, T0 + 1800)
    assert [one.after.label for _, one in found.transitions()] == ["Alert", "OK"]
    assert found.notifications() == []


def test_each_transition_belongs_to_its_own_group_and_they_stand_in_order_of_time():
    found = backtest(
        monitor("avg(last_5m):avg:m{*} by {host} > 90"), source({"a": S, "b": [50, 50, *S]}), T0, T0 + 1200
    )
    assert [((one.at - T0) // 60, dict(group)["host"], one.after.label) for group, one in found.transitions()] == [
        (5, "a", "Alert"),
        (7, "b", "Alert"),
        (8, "a", "OK"),
        (10, "b", "OK"),
    ]


def test_a_release_stands_at_the_end_of_its_downtime_and_carries_the_value_of_then():
    (_, released, _) = backtest(
        monitor(message="{{value}} @a@example.com"), source({"": S}), T0, T0 + 1800, [D01]
    ).notifications()
    assert (released.at, released.released_by, released.body) == (T0 + 360, "d", "95.8 @a@example.com")


def test_the_shares_are_of_the_time_in_which_there_was_a_state():
    found = figures(backtest(monitor(), source({"": S}), T0, T0 + 720))
    assert found.shares == {"Alert": 3 / 12, "Warn": 0, "OK": 9 / 12, "No Data": 0}
    nothing = figures(backtest(monitor(), source({"": []}), T0, T0 + 720))
    assert set(nothing.shares.values()) == {0}


MESSAGES = [
    "x @ops@example.com",
    "{{#is_alert}}a @a@example.com{{/is_alert}}{{#is_recovery}}r @r@example.com{{/is_recovery}}",
    '{{#is_match "host.name" "a"}}a @a@example.com{{/is_match}}',
    "nobody",
]


@settings(deadline=None, max_examples=40)
@given(
    values=st.lists(st.lists(st.integers(0, 1000), min_size=20, max_size=120), min_size=1, max_size=3),
    message=st.sampled_from(MESSAGES),
    stretches=st.lists(st.tuples(st.integers(0, 58), st.integers(0, 58)), max_size=4),
    muting=st.booleans(),
    renotify=st.sampled_from([{}, {"renotify_interval": 10}]),
)
def test_counting_in_columns_counts_what_rendering_gives(values, message, stretches, muting, renotify):
    quiet = [
        downtime(min(pair), max(pair) + 1, f"d{number}", mute_first_recovery_notification=muting)
        for number, pair in enumerate(stretches)
    ]
    subject = monitor(
        "avg(last_5m):avg:m{*} by {host} > 600",
        message,
        thresholds={"critical": 600, "warning": 500},
        notify_no_data=True,
        no_data_timeframe=10,
        **renotify,
    )
    found = backtest(subject, source(dict(zip("abc", values, strict=False))), T0, T0 + 7200, quiet)
    rendered = found.notifications()
    counted = figures(found, "Europe/Berlin")
    assert counted.sent == sum(one.silenced_by is None for one in rendered)
    assert counted.silenced == sum(one.silenced_by is not None for one in rendered)
    assert counted.changes == sum(1 for _ in found.transitions())
    assert [found.written(*one) for one in firsts(found)] == first_of_each(rendered)
    said = document(found, counted)
    assert [(one["time"], one["group"], one["to"]) for one in said["transitions"]] == [
        (iso(one.at), dict(group), one.after.label) for group, one in found.transitions()
    ]


def first_of_each(notifications):
    """The first notification of each kind of change."""
    by_word = {}
    for one in notifications:
        by_word.setdefault(one.transition, one)
    return list(by_word.values())


@pytest.mark.parametrize(
    ("many", "asked", "listed"),
    [(990, None, 990), (1010, None, 2), (1010, "all", 1010), (990, "first", 2), (990, "none", 0)],
)
def test_of_very_many_notifications_the_first_of_each_kind_of_change_are_listed_and_the_rest_counted(
    many, asked, listed
):
    flapping = source({"a": [50, 99] * (many // 2 + 1)})
    found = backtest(monitor("avg(last_1m):avg:m{*} > 90"), flapping, T0, T0 + 60 * (many + 1))
    counted = figures(found)
    result = BacktestResult(lambda make: [make(Backtested("high", found, counted, None))], False, "UTC", (), asked)
    out = StringIO()
    backtests(result, out)
    said = json.loads(out.getvalue())
    assert counted.sent == said["figures"]["notifications"] == len(said["transitions"]) == many
    assert len(said["notifications"]) == listed
    assert said.get("notifications_counted", 0) == many - listed


def test_the_document_says_what_commands_promise():
    found = backtest(monitor("avg(last_5m):avg:m{*} by {host} > 90"), source({"a": S}), T0, T0 + 1200)
    said = document(found, figures(found))
    assert said["from"] == "2026-03-02T10:00:00Z"
    assert said["evaluations"] == 20
    assert said["transitions"][0] == {
        "time": "2026-03-02T10:05:00Z",
        "group": {"host": "a"},
        "from": "OK",
        "to": "Alert",
        "value": 91.8,
    }
    assert said["notifications"][0]["recipients"] == ["ops@example.com"]
    assert said["notifications"][0]["silenced_by"] is None


def test_nights_are_counted_by_the_clocks_of_the_zone():
    found = backtest(monitor(), source({"": S}), T0, T0 + 1800)
    assert figures(found, "UTC").at_night == 0
    assert figures(found, "Pacific/Auckland").at_night == 2  # 23:05 and 23:08 there


def test_backtest_is_where_programs_look_for_it():
    from doghouse.backtest import backtest as promised

    assert promised is backtest


def test_figures_count_those_groups_alone_that_a_rule_routes() -> None:
    subject = mon.parse(
        {"type": "metric alert", "query": "avg(last_5m):avg:m{*} by {host} > 90", "name": "n", "message": "nobody"}
    )
    rules = read({"name": "r", "filter": {"scope": "host:a"}, "recipients": ["x"]})
    points = source({"a": S, "b": S})
    test = backtest(subject, points, T0, T0 + 1800, rules=rules)
    assert {one.group for one in test.notifications()} == {(("host", "a"),)}
    assert figures(test).sent == len(test.notifications()) == 2
    assert figures(backtest(subject, points, T0, T0 + 1800)).sent == 0
