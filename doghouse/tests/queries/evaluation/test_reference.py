"""The engine against the second evaluator (reference.py), on random queries over random points."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from query_points import T0

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Series
from doghouse.queries import DASHBOARD, MONITOR, NotEvaluated, Window, evaluate, parse

KINDS = {"g": "gauge", "c": "count", "r": "rate"}
TAGS = ("env:prod", "env:dev", "az:a", "az:b", "canary")

contexts = st.builds(
    lambda metric, host, tags, points, interval: reference.Context(
        metric, KINDS[metric], tuple(sorted({*tags, f"host:{host}"})), points, interval
    ),
    st.sampled_from("gggcr"),
    st.sampled_from("xy"),
    st.sets(st.sampled_from(TAGS), max_size=3),
    st.dictionaries(
        st.integers(-400, 1300).map(lambda t: T0 + t), st.integers(-9, 9).map(float), min_size=5, max_size=40
    ),
    st.sampled_from([10, 10, 60]),
)
scopes = st.sampled_from(
    [
        "*",
        "*",
        "*",
        "*",
        "host:x",
        "!host:x",
        "env:p*",
        "host IN (x,y)",
        "env:prod OR NOT az:a",
        "env:*",
        "!env:dev,!az:b",
        "canary",
    ]
)
rollups = st.builds(
    ".rollup({},{})".format,
    st.sampled_from(["avg", "sum", "min", "max", "count", "last"]),
    st.sampled_from([10, 60, 300]),
)
fills = st.sampled_from([".fill(zero)", ".fill(last,120)", ".fill(null)", ".fill(linear,60)", ".fill(zero,900)"])
modifiers = st.lists(
    st.one_of(rollups, rollups, fills, st.sampled_from([".as_count()", ".as_rate()"])), max_size=2
).map("".join)
metric_queries = st.builds(
    "{}:{}{{{}}}{}{}".format,
    st.sampled_from(["avg", "sum", "min", "max"]),
    st.sampled_from("gggcr"),
    scopes,
    st.sampled_from(["", "", " by {host}", " by {env}", " by {host,az}"]),
    modifiers,
)
FUNCTIONS = [
    *("abs", "log2", "log10", "cumsum", "integral", "throughput", "dt", "default_zero", "exclude_null"),
    *("diff", "monotonic_diff", "derivative", "per_second", "per_minute", "per_hour"),
    *("count_nonzero", "count_not_null", "ewma_3", "median_5", "rollingavg_5", "hour_before"),
    *("top5_max", "bottom5_last"),
]
WITH_ARGUMENTS = [
    *("clamp_min({}, 3)", "clamp_max({}, -2)", "cutoff_min({}, 0)", "cutoff_max({}, 1.5)", "default({}, 7)"),
    *("timeshift({}, -60)", "timeshift({}, -75)", "moving_rollup({}, 180, 'sum')", "moving_rollup({}, 90, 'max')"),
    *("moving_rollup({}, 120, 'stddev')", "moving_rollup({}, 200, 'p75')", "moving_rollup({}, 100, 'median')"),
    *("rollup({}, 'p90', 120)", "rollup({}, 'stddev', 300)", "rollup({}, 'count', 60)", "rollup({}, 'avg', 45)"),
    *("is_greater({}, 2)", "is_less({}, 0)", "is_between({}, -3, 4)"),
    *("sum({}, {{host}})", "avg({}, {{az}})", "stddev({}, {{host}})", "percentile({}, 'p60', {{host}})"),
    *("top({}, 2, 'mean', 'desc')", "top({}, 1, 'l2norm', 'asc')", "top({}, 2, 'area', 'asc')"),
]


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), st.integers(0, 3)),
        st.builds("(2 {} {})".format, st.sampled_from("+-*/"), inner),
        st.builds("-{}".format, inner),
        st.builds("pow({}, {})".format, inner, st.one_of(inner, st.integers(-2, 3))),
        st.builds("{}({})".format, st.sampled_from(FUNCTIONS), inner),
        st.builds(str.format, st.sampled_from(WITH_ARGUMENTS), inner),
    )


queries = st.recursive(metric_queries, compound, max_leaves=3)


def engine(
    query: str, held: list[reference.Context], start: int, end: int, interval: int | None, monitor: bool
) -> dict[frozenset[tuple[str, str]], reference.Line]:
    listed = [Series(n, one.metric, one.kind, one.interval, "", one.tags) for n, one in enumerate(held)]  # type: ignore[arg-type]
    rows = [(n, t, value) for n, one in enumerate(held) for t, value in one.points.items()]
    columns = Columns(
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64),
    )
    (expression,) = parse(query)
    window = Window(start, end, interval, None if monitor else 1500, MONITOR if monitor else DASHBOARD)
    return {
        frozenset(one.group): {
            int(t): None if isnan(value) else float(value) for t, value in zip(one.ts, one.values, strict=True)
        }
        for one in evaluate(expression, MemorySource(listed, columns), window)
    }


def close(one: dict[frozenset[tuple[str, str]], reference.Line]) -> dict[frozenset[tuple[str, str]], object]:
    return {group: pytest.approx(line, rel=1e-6, abs=1e-6) for group, line in one.items()}


@settings(max_examples=400, deadline=None)
@given(
    queries,
    st.lists(contexts, min_size=2, max_size=6),
    st.integers(-100, 300),
    st.sampled_from([60, 600, 1000]),
    st.sampled_from([None, 10, 60]),
    st.booleans(),
)
def test_the_engine_agrees_with_the_reference(
    query: str, held: list[reference.Context], start: int, span: int, interval: int | None, monitor: bool
) -> None:
    distinct = list({(one.metric, one.tags): one for one in held}.values())
    window = (T0 + start, T0 + start + span, interval, monitor)
    try:
        expected = reference.evaluate(parse(query)[0], distinct, *window)
    except reference.Unknown:
        return
    try:
        got = engine(query, distinct, *window)
    except NotEvaluated:
        return
    assert got == close(expected)
