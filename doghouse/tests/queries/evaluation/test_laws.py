"""Laws that hold for any points: groups and their whole, scope algebra, arrival, repetition, rollups of rollups."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from query_points import T0, by_scope, shown, source

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Series
from doghouse.queries import ResultSeries, Window, evaluate, matches, parse, parse_scope
from doghouse.queries.language.tree import AllOf, AnyOf, Everything, Not, Scope, Tag
from doghouse.queries.scopes import Indexed, select

TAGS = [f"{key}:{value}" for key in ("env", "az") for value in ("a", "b", "ab")]
HOUR = 3600

tag_sets = st.sets(st.sampled_from(TAGS)).map(lambda tags: tuple(sorted(tags)))
point_lists = st.lists(
    st.tuples(st.integers(0, HOUR - 1), st.integers(-1000, 1000).map(float)), min_size=1, max_size=30
)
series_lists = st.lists(st.tuples(tag_sets, point_lists), min_size=1, max_size=6)
scopes = st.recursive(
    st.one_of(
        st.just(Everything()),
        st.builds(Tag, st.sampled_from(["env", "az", "x"]), st.sampled_from(["a", "b", "a*", "*b", "*"])),
    ),
    lambda inner: st.one_of(
        st.builds(Not, inner), st.builds(AllOf, st.tuples(inner, inner)), st.builds(AnyOf, st.tuples(inner, inner))
    ),
    max_leaves=8,
)


def held(given_series: list[tuple[tuple[str, ...], list[tuple[int, float]]]], kind: str = "gauge") -> MemorySource:
    series = [Series(n, "m", kind, 60, "", tags) for n, (tags, _) in enumerate(given_series)]  # type: ignore[arg-type]
    rows = [(n, T0 + t, v) for n, (_, points) in enumerate(given_series) for t, v in points]
    return MemorySource(series, columns(rows))


def columns(rows: list[tuple[int, int, float]]) -> Columns:
    return Columns(
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64),
    )


def answer(found: MemorySource, query: str, interval: int | None = None) -> list[ResultSeries]:
    (expression,) = parse(query)
    return evaluate(expression, found, Window(T0, T0 + HOUR, interval))


@given(st.lists(st.tuples(st.sampled_from("abc"), point_lists), min_size=1, max_size=6))
def test_the_sum_over_groups_is_the_ungrouped_sum(given_series: list[tuple[str, list[tuple[int, float]]]]) -> None:
    found = held([((f"env:{env}", f"n:{n}"), points) for n, (env, points) in enumerate(given_series)], "count")
    total: dict[int, float] = {}
    for one in answer(found, "sum:m{*} by {env}.as_count().rollup(sum,60)"):
        for t, value in shown(one):
            total[t] = total.get(t, 0) + (value or 0)
    (whole,) = answer(found, "sum:m{*}.as_count().rollup(sum,60)")
    assert total == pytest.approx(dict(shown(whole)))


@given(series_lists, st.sampled_from(["min", "max"]))
def test_the_extreme_over_groups_is_the_ungrouped_extreme(
    given_series: list[tuple[tuple[str, ...], list[tuple[int, float]]]], aggregator: str
) -> None:
    found = held(given_series)
    extreme: dict[int, float] = {}
    for one in answer(found, f"{aggregator}:m{{*}} by {{env}}.fill(null).rollup({aggregator},60)"):
        for t, value in shown(one):
            assert value is not None
            extreme[t] = value if t not in extreme else (min if aggregator == "min" else max)(extreme[t], value)
    (whole,) = answer(found, f"{aggregator}:m{{*}}.fill(null).rollup({aggregator},60)")
    assert extreme == dict(shown(whole))


@given(scopes, scopes, tag_sets)
def test_scopes_are_an_algebra(one: Scope, other: Scope, tags: tuple[str, ...]) -> None:
    assert matches(Not(one), tags) == (not matches(one, tags))
    assert matches(AllOf((one, other)), tags) == (matches(one, tags) and matches(other, tags))
    assert matches(AnyOf((one, other)), tags) == (matches(one, tags) or matches(other, tags))
    assert matches(Not(AllOf((one, other))), tags) == matches(AnyOf((Not(one), Not(other))), tags)


@given(series_lists, scopes)
def test_a_scope_and_its_opposite_share_out_the_series(
    given_series: list[tuple[tuple[str, ...], list[tuple[int, float]]]], scope: Scope
) -> None:
    listed = [tags for tags, _ in given_series]
    inside = [tags for tags in listed if matches(scope, tags)]
    outside = [tags for tags in listed if matches(Not(scope), tags)]
    assert len(inside) + len(outside) == len(listed)


@given(point_lists, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(points: list[tuple[int, float]], random: object) -> None:
    distinct = list(dict(points).items())
    mixed = list(distinct)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    query = "avg:m{*}.rollup(avg,60)"
    assert [shown(one) for one in answer(held([((), mixed)]), query)] == [
        shown(one) for one in answer(held([((), sorted(distinct))]), query)
    ]


@given(point_lists, st.integers(-1000, 1000))
def test_a_repeated_point_replaces_its_twin(points: list[tuple[int, float]], value: float) -> None:
    t, _ = points[0]
    repeated = held([((), [*points, (t, float(value))])])
    kept = {**dict(points), t: float(value)}
    once = held([((), list(kept.items()))])
    for query in ("sum:m{*}.rollup(sum,60)", "sum:m{*}.rollup(count,60)"):
        assert [shown(one) for one in answer(repeated, query)] == [shown(one) for one in answer(once, query)]


@given(point_lists, st.sampled_from(["sum", "min", "max"]), st.sampled_from([(60, 300), (5, 60), (20, 600)]))
def test_a_rollup_of_a_finer_rollup_is_the_rollup(
    points: list[tuple[int, float]], method: str, intervals: tuple[int, int]
) -> None:
    fine, coarse = intervals
    found = held([((), points)])
    (finely,) = answer(found, f"avg:m{{*}}.rollup({method},{fine})")
    again = MemorySource(
        [Series(0, "m", "gauge", 0, "", ())], Columns(np.zeros(len(finely.ts), np.int64), finely.ts, finely.values)
    )
    query = f"avg:m{{*}}.rollup({method},{coarse})"
    assert [shown(one) for one in answer(again, query)] == [shown(one) for one in answer(found, query)]


@given(series_lists, st.sampled_from(["avg", "sum", "min", "max"]))
def test_a_query_by_every_tag_holds_each_series_points(
    given_series: list[tuple[tuple[str, ...], list[tuple[int, float]]]], aggregator: str
) -> None:
    alone = held([((*tags, f"n:{n}"), points) for n, (tags, points) in enumerate(given_series)])
    by_series = answer(alone, f"{aggregator}:m{{*}} by {{n}}.fill(null).rollup(max,60)")
    for one in by_series:
        (itself,) = answer(alone, f"{aggregator}:m{{{one.tag_set[0]}}}.rollup(max,60)")
        assert shown(one) == shown(itself)
    assert len(by_series) == len(given_series)


@given(series_lists, st.integers(1, 40))
def test_a_shift_of_any_length_moves_the_answer(
    given_series: list[tuple[tuple[str, ...], list[tuple[int, float]]]], minutes: int
) -> None:
    found = held(given_series)
    moved = held([(tags, [(t + minutes * 60, v) for t, v in points]) for tags, points in given_series])
    assert [shown(one) for one in answer(found, f"timeshift(sum:m{{*}},-{minutes * 60})", 60)] == [
        shown(one) for one in answer(moved, "sum:m{*}", 60)
    ]


@given(series_lists)
def test_doubling_is_adding_to_itself(given_series: list[tuple[tuple[str, ...], list[tuple[int, float]]]]) -> None:
    found = held(given_series)
    twice = [shown(one) for one in answer(found, "sum:m{*} by {env} * 2")]
    assert twice == [shown(one) for one in answer(found, "sum:m{*} by {env} + sum:m{*} by {env}")]


CHANGES = (
    datetime(2026, 3, 28, tzinfo=UTC),  # Europe
    datetime(2026, 10, 24, tzinfo=UTC),
    datetime(2026, 3, 7, tzinfo=UTC),  # North America
    datetime(2026, 10, 31, tzinfo=UTC),
    datetime(2026, 4, 4, tzinfo=UTC),  # Australia
)
ZONES = ("Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")


@given(
    st.sampled_from(CHANGES),
    st.sampled_from(ZONES),
    st.sampled_from([0, 1, 4, 6, 13]),
    st.lists(st.tuples(st.integers(0, 5 * 86_400), st.integers(-9, 9).map(float)), min_size=1, max_size=40),
)
def test_a_days_sum_is_that_of_the_points_with_its_local_date(
    near: datetime, zone: str, hour: int, points: list[tuple[int, float]]
) -> None:
    base = int(near.timestamp())
    expected: dict[date, float] = {}
    for t, value in dict(points).items():
        local = datetime.fromtimestamp(base + t, ZoneInfo(zone)).replace(tzinfo=None)
        day = (local - timedelta(hours=hour)).date()
        expected[day] = expected.get(day, 0) + value
    found = MemorySource([Series(0, "m", "gauge", 0, "", ())], columns([(0, base + t, v) for t, v in points]))
    begins = f"{hour % 12 or 12}{'am' if hour < 12 else 'pm'}"
    (query,) = parse(f"sum:m{{*}}.rollup(sum, daily, {begins}, '{zone}')")
    (one,) = evaluate(query, found, Window(base - 2 * 86_400, base + 6 * 86_400))
    days = [datetime.fromtimestamp(int(t), ZoneInfo(zone)).date() for t in one.ts]
    assert dict(zip(days, one.values.tolist(), strict=True)) == expected


def test_a_series_with_several_values_of_a_key_is_in_each_group() -> None:
    found = held([(("env:a", "env:b"), [(0, 5.0)])])
    assert by_scope(found, "sum:m{*} by {env}") == {"env:a": [5], "env:b": [5]}
    assert by_scope(found, "sum:m{env:a}") == {"env:a": [5]}


def test_host_tags_are_those_of_the_host_now_and_for_history_too() -> None:
    series = [Series(1, "m", "gauge", 0, "web-1", ())]
    points = columns([(1, T0, 4.0)])
    before, after = MemorySource(series, points), MemorySource(series, points, {"web-1": ["role:db"]})
    assert by_scope(before, "avg:m{role:db}") == {}
    assert by_scope(after, "avg:m{role:db}") == {"role:db": [4]}
    assert by_scope(after, "avg:m{*} by {role,host}") == {"host:web-1,role:db": [4]}


def test_the_scope_of_an_answer_holds_filter_and_group_sorted_by_key() -> None:
    found = held([(("env:a", "az:b"), [(0, 1.0)])])
    assert list(by_scope(found, "avg:m{env:a} by {az}")) == ["az:b,env:a"]
    assert list(by_scope(found, "avg:m{env:a OR az:x} by {az}")) == ["(env:a OR az:x) AND az:b"]
    assert list(by_scope(found, "avg:m{!env:b}")) == ["!env:b"]
    assert parse_scope("env:a OR az:x")
    assert source().find("m") == []


@given(series_lists, scopes)
def test_series_that_are_indexed_by_their_tags_give_a_scope_the_same_ones(
    given_series: list[tuple[tuple[str, ...], list[tuple[int, float]]]], scope: Scope
) -> None:
    plain = held(given_series).find("m")
    assert select(scope, Indexed(plain)) == select(scope, plain)
