"""Whatever parses is evaluated or refused by name, over any points; nothing else is ever raised."""

from __future__ import annotations

import contextlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from query_points import T0

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Series
from doghouse.queries import DASHBOARD, MONITOR, NotEvaluated, Options, Window, evaluate, expression_text, parse
from doghouse.queries.api.answers import series_answer, timeseries_answer
from doghouse.queries.functions import catalogue

HOUR = 3600

scopes = st.sampled_from(["*", "host:a", "!host:a", "env:p*", "host IN (a,b)", "host:a OR NOT env:dev", "$x"])
modifiers = st.lists(
    st.sampled_from(
        [
            ".as_count()",
            ".as_rate()",
            ".fill(zero)",
            ".fill(last,600)",
            ".fill(null)",
            ".rollup(max)",
            ".rollup(sum,300)",
            ".rollup(avg,daily,6am,'Europe/Berlin')",
            ".rollup(count,weekly,monday)",
        ]
    ),
    max_size=2,
).map("".join)
metric_queries = st.builds(
    "{}:{}{{{}}}{}{}".format,
    st.sampled_from(["avg", "sum", "min", "max", "avg", "sum", "p95"]),
    st.sampled_from(["gauge", "count", "gauge", "rate", "gauge", "nothing"]),
    scopes,
    st.sampled_from(["", " by {host}", " by {host,env}", " by {missing}"]),
    modifiers,
)


def call(name: str, query: str, number: int, choice: int) -> str:
    function = catalogue()[name]
    given = [query]
    for one in function.parameters[1:]:
        if one.kind == "query":
            given.append(query)
            continue
        words = one.choices or {"shift": ("-1d", "-1mo", "-2w"), "time zone": ("UTC", "America/New_York")}.get(
            one.name, ()
        )
        given.append(
            f"'{words[choice % len(words)]}'" if one.kind == "text" else "{host}" if one.kind == "keys" else str(number)
        )
    return f"{name}({', '.join(given)})"


FUNCTIONS = [one.name for one in catalogue().values() if not one.short] + ["top5_mean", "bottom10_last"]


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), st.integers(0, 5)),
        st.builds("-{}".format, inner),
        st.builds(call, st.sampled_from(FUNCTIONS), inner, st.integers(1, 400), st.integers(0, 6)),
    )


queries = st.recursive(metric_queries, compound, max_leaves=4)
SERIES = [
    Series(1, "gauge", "gauge", 0, "a", ("env:prod",)),
    Series(2, "gauge", "gauge", 0, "b", ("env:dev", "env:prod")),
    Series(3, "count", "count", 10, "a", ()),
    Series(4, "count", "count", 0, "b", ("env:dev",)),
    Series(5, "rate", "rate", 10, "a", ()),
    Series(6, "rate", "rate", 60, "", ("env:prod",)),
]


def some_points(seed: int, kept: float) -> Columns:
    """Points of every series about every half minute over six hours before T0, a share of them kept, at odd seconds."""
    random = np.random.default_rng(seed)
    rows = [
        (number, t, value)
        for number in range(1, len(SERIES) + 1)
        for t, value in zip(
            np.unique(T0 - random.integers(0, 6 * HOUR, int(720 * kept))), random.normal(0, 10, 720), strict=False
        )
    ]
    ids, ts, values = zip(*rows, strict=True) if rows else ((), (), ())
    return Columns(np.array(ids, np.int64), np.array(ts, np.int64), np.round(np.array(values, np.float64)))


@settings(max_examples=300)
@given(
    queries,
    st.integers(0, 99),
    st.sampled_from([0.01, 0.3, 1.0]),
    st.sampled_from([60, HOUR, 4 * HOUR, 72 * HOUR]),
    st.sampled_from([None, 1, 60, 600]),
    st.sampled_from([DASHBOARD, MONITOR]),
)
def test_a_query_is_answered_or_refused_by_name(
    query: str, seed: int, kept: float, span: int, interval: int | None, options: Options
) -> None:
    (expression,) = parse(query)
    assert parse(expression_text(expression)) == (expression,)
    window = Window(T0 - span, T0, interval, options=options)
    with contextlib.suppress(NotEvaluated):
        found = evaluate(expression, MemorySource(SERIES, some_points(seed, kept)), window)
        for one in found:
            assert len(one.ts) == len(one.values) > 0
            assert np.all(np.diff(one.ts) > 0)
            assert window.start <= one.ts[0]
            assert one.ts[-1] < window.end
            assert not np.isinf(one.values).any()
        assert len({one.group for one in found}) == len(found)
        series_answer(query, window.start, window.end, [(expression, found)])
        timeseries_answer([(expression, found)])
