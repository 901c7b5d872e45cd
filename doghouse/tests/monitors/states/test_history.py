"""The columns of `states_range` are what `step` does minute by minute: on random data, random rules, and from random states before."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from doghouse.monitors.query import Windows
from doghouse.monitors.states.history import state_values, states_range
from doghouse.monitors.states.machine import FRESH, GroupState, Missing, Rules, Status, Transition, step
from doghouse.monitors.windows.columns import GroupColumn

T0 = 1772445600
SPAN = 300
TICK = 60


@dataclass(frozen=True)
class Case:
    rules: Rules
    column: GroupColumn
    ticks: np.ndarray


def windows_at(ticks: np.ndarray, delay: int) -> Windows:
    return Windows(ticks, ticks - delay - SPAN, ticks - delay)


thresholds = st.sampled_from([2.0, 3.0, 4.0, 5.0])
maybe = st.one_of(st.none(), thresholds)


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    return Rules(
        comparator=draw(st.sampled_from([">", ">=", "<", "<=", "==", "!="])),
        critical=draw(thresholds),
        warning=draw(maybe),
        critical_recovery=draw(maybe),
        warning_recovery=draw(maybe),
        multi=draw(st.booleans()),
        missing=draw(st.sampled_from(Missing)),
        missing_after=draw(st.sampled_from([0, 120, 600])),
        notify_no_data=draw(st.booleans()),
        require_full_window=draw(st.booleans()),
        delay=draw(st.sampled_from([0, 45, 120])),
        new_group_delay=draw(st.sampled_from([0, 60, 130, 600])),
        timeout=draw(st.sampled_from([None, 180, 600, 1200])),
        retention=draw(st.sampled_from([None, 600, 900])),
        renotify_interval=draw(st.sampled_from([None, 60, 150, 300])),
        renotify_occurrences=draw(st.sampled_from([None, 1, 2])),
        renotify_statuses=frozenset(draw(st.lists(st.sampled_from([Status.ALERT, Status.WARN, Status.NO_DATA])))),
    )


@st.composite
def consistent_rules(draw: st.DrawFn) -> Rules:
    """Thresholds as a stored monitor may have them: see monitors.validation."""
    rule = draw(rules())
    if rule.comparator in ("<", "<="):
        order = sorted(draw(st.lists(st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), min_size=4, max_size=4)))
        return replace(rule, critical=order[0], warning=draw(st.sampled_from([None, order[1]])),
                       critical_recovery=draw(st.sampled_from([None, order[2], order[1]])),
                       warning_recovery=draw(st.sampled_from([None, order[3], order[2]])))  # fmt: skip
    order = sorted(
        draw(st.lists(st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), min_size=4, max_size=4)), reverse=True
    )
    return replace(rule, critical=order[0], warning=draw(st.sampled_from([None, order[1]])),
                   critical_recovery=draw(st.sampled_from([None, order[2], order[1]])),
                   warning_recovery=draw(st.sampled_from([None, order[3], order[2]])))  # fmt: skip


runs = st.lists(
    st.tuples(st.sampled_from([math.nan, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), st.integers(1, 14)),
    min_size=1,
    max_size=14,
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rule = draw(consistent_rules())
    values = np.array([value for value, times in draw(runs) for _ in range(times)])
    ticks = T0 + TICK * np.arange(1, len(values) + 1)
    held = ~np.isnan(values)
    points = (ticks - rule.delay - draw(st.integers(1, 59)))[held]
    full = np.array(draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))))
    recovery = None
    if draw(st.booleans()):
        recovery = np.array(
            draw(st.lists(st.sampled_from([math.nan, 0.0, 3.0, 6.0]), min_size=len(values), max_size=len(values)))
        )
    column = GroupColumn(
        (), values, full if draw(st.booleans()) else None, points, windows_at(ticks, rule.delay), recovery
    )
    return Case(rule, column, ticks)


def stepped(case: Case, state: GroupState) -> tuple[list[int], list[Transition], GroupState]:
    statuses, transitions = [], []
    for index, now in enumerate(case.ticks.tolist()):
        state, transition = step(case.rules, state, case.column.window(index), now)
        statuses.append(int(state.status))
        if transition is not None:
            transitions.append(transition)
    return statuses, transitions, state


def same(one: object) -> str:
    return repr(one)  # NaN equals NaN


@settings(max_examples=500, deadline=None)
@given(cases())
def test_a_stretch_in_columns_is_what_stepping_through_it_gives(case: Case) -> None:
    statuses, transitions, final = stepped(case, FRESH)

    history = states_range(case.rules, case.column, case.ticks)

    assert history.statuses.tolist() == statuses
    assert same(history.transitions()) == same(transitions)
    assert same(history.final) == same(final)


@settings(max_examples=300, deadline=None)
@given(cases())
def test_the_value_that_a_state_has_is_the_one_that_stepping_leaves_in_it(case: Case) -> None:
    state, found = FRESH, []
    for index, now in enumerate(case.ticks.tolist()):
        state, _ = step(case.rules, state, case.column.window(index), now)
        found.append(state.value)

    assert repr(state_values(case.rules, case.column, case.ticks).tolist()) == repr(found)


@settings(max_examples=300, deadline=None)
@given(cases(), st.integers(0, 200))
def test_a_stretch_that_is_cut_in_two_goes_on_where_it_stopped(case: Case, place: int) -> None:
    cut = min(place, len(case.ticks) - 1)
    whole = states_range(case.rules, case.column, case.ticks)

    first = states_range(case.rules, part(case.column, slice(0, cut)), case.ticks[:cut])
    second = states_range(case.rules, part(case.column, slice(cut, None)), case.ticks[cut:], first.final)

    assert first.statuses.tolist() + second.statuses.tolist() == whole.statuses.tolist()
    assert same(first.transitions() + second.transitions()) == same(whole.transitions())
    assert same(second.final) == same(whole.final)


def part(column: GroupColumn, which: slice) -> GroupColumn:
    windows = column.windows
    points = column.points[column.points < windows.ends[which].max(initial=0)]
    return GroupColumn(
        column.group,
        column.values[which],
        None if column.full is None else column.full[which],
        points,
        Windows(windows.ticks[which], windows.starts[which], windows.ends[which]),
        None if column.recovery is None else column.recovery[which],
    )


@settings(max_examples=60, deadline=None)
@given(cases())
def test_ticks_that_are_not_evenly_spaced_are_stepped_too(case: Case) -> None:
    if len(case.ticks) < 3:
        return
    keep = np.array([0, *range(2, len(case.ticks))])
    uneven = Case(case.rules, part(case.column, keep), case.ticks[keep])  # type: ignore[arg-type]
    statuses, transitions, final = stepped(uneven, FRESH)

    history = states_range(uneven.rules, uneven.column, uneven.ticks)

    assert history.statuses.tolist() == statuses
    assert same(history.transitions()) == same(transitions)
    assert same(history.final) == same(final)


def test_no_ticks_change_nothing() -> None:
    empty = np.empty(0, np.int64)
    column = GroupColumn((), np.empty(0), None, empty, Windows(empty, empty, empty))
    before = GroupState(status=Status.ALERT, value=7.0, since=T0)

    history = states_range(Rules(">", 5.0), column, empty, before)

    assert history.final == before
    assert history.transitions() == []


@pytest.mark.parametrize("status", list(Status))
def test_a_status_has_the_word_that_datadog_shows(status: Status) -> None:
    assert status.label in ("OK", "No Data", "Warn", "Alert")
