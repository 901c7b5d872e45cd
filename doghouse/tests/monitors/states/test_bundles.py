"""notify_by: the histories of bundles in columns are what following the worst of their groups minute by minute gives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from monitor_points import T0, monitor

from doghouse.monitors import GroupState, Rules, Status, Transition, states_range, step
from doghouse.monitors.query import Windows
from doghouse.monitors.states.bundles import bundle_of, bundled, worst
from doghouse.monitors.states.machine import Missing, follow
from doghouse.monitors.windows.columns import GroupColumn

BY_TWO = "avg(last_5m):avg:m{*} by {host,env} > 90"


@pytest.mark.parametrize(
    ("notify_by", "expected"),
    [(None, None), ([], None), (["*"], ()), (["env"], ("env",)), (["host", "env"], None), (["env", "host"], None)],
)
def test_which_keys_are_notified_together(notify_by: list[str] | None, expected: tuple[str, ...] | None) -> None:
    assert monitor(BY_TWO, notify_by=notify_by).bundle_keys == expected


def test_a_simple_alert_has_nothing_to_bundle() -> None:
    assert monitor("avg(last_5m):avg:m{*} > 90", notify_by=["*"]).bundle_keys is None


def test_a_group_belongs_to_the_bundle_of_its_tags() -> None:
    assert bundle_of((("host", "a"), ("env", "x")), ("env",)) == (("env", "x"),)
    assert bundle_of((("host", "a"),), ()) == ()


def test_the_worst_speaks_for_all() -> None:
    states = [GroupState(Status.OK, 1.0), GroupState(Status.ALERT, 95.0), GroupState(Status.ALERT, 99.0)]

    assert worst(states) == (Status.ALERT, 95.0)
    assert worst([])[0] is Status.NEW


values = st.lists(st.sampled_from([math.nan, 50.0, 85.0, 95.0]), min_size=30, max_size=30)
rules = st.builds(
    Rules,
    comparator=st.just(">"),
    critical=st.just(90.0),
    warning=st.sampled_from([None, 80.0]),
    multi=st.just(True),
    missing=st.sampled_from([Missing.KEEP, Missing.NO_DATA]),
    notify_no_data=st.booleans(),
    renotify_interval=st.sampled_from([None, 180]),
    renotify_statuses=st.just(frozenset({Status.ALERT, Status.NO_DATA})),
)


@settings(max_examples=150, deadline=None)
@given(rules, st.lists(values, min_size=1, max_size=3))
def test_bundles_in_columns_are_what_following_the_worst_gives(rule: Rules, series: list[list[float]]) -> None:
    ticks = T0 + 60 * np.arange(1, 31)
    windows = Windows(ticks, ticks - 300, ticks)
    columns = {
        (("host", str(n)),): GroupColumn((("host", str(n)),), np.array(one), None, ticks - 30, windows)
        for n, one in enumerate(series)
    }
    histories = {group: (states_range(rule, column, ticks), column.values) for group, column in columns.items()}

    history, _ = bundled(rule, (), histories, ticks)[()]

    states = dict.fromkeys(columns, GroupState())
    bundle, found = GroupState(), []
    for index, now in enumerate(ticks.tolist()):
        for group, column in columns.items():
            states[group], _ = step(rule, states[group], column.window(index), now)
        status, value = worst(states.values())
        bundle, transition = follow(rule, bundle, None if status is Status.NEW else status, value, now)
        found += [transition] if transition is not None else []
    assert [_told(one) for one in history.transitions()] == [_told(one) for one in found]


def _told(one: Transition) -> tuple[object, ...]:
    return (one.at, one.before, one.after, one.notify, one.renotified, one.first_triggered, one.last_triggered)
