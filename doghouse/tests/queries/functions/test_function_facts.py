"""What is said of each function beside its work, held by what answers show: its arguments, what its values are counted in, its groups, its gaps."""

from __future__ import annotations

import pytest
from query_points import T0, ask, every, series, shown, source

from doghouse.queries import (
    Formula,
    FormulaRequest,
    NamedQuery,
    QuerySyntaxError,
    Window,
    evaluate_scalars,
    parse,
    parse_formula,
    parse_monitor,
)
from doghouse.queries.functions import catalogue
from doghouse.queries.language.inspection import result_keys
from doghouse.queries.units import as_described, unit_of

EVALUATED = [name for name, one in catalogue().items() if one.evaluated == "yes"]
OTHER_QUANTITY = {
    *("log2", "log10", "integral", "pow"),
    *("count_nonzero", "count_not_null", "count_nonzero_finite"),
    *("derivative", "per_second", "per_minute", "per_hour", "dt", "throughput"),
    *("is_greater", "is_less", "is_between"),
}
MAY_BE_SHORTER = {"moving_rollup", "calendar_shift", "outliers"}
STILL_A_COUNT = (
    {"abs", "log2", "log10", "pow", "clamp_min", "clamp_max", "cutoff_min", "cutoff_max", "exclude_null"}
    | {"diff", "monotonic_diff", "derivative", "per_second", "per_minute", "per_hour", "top", "default", "default_zero"}
    | {"hour_before", "day_before", "week_before", "month_before", "timeshift", "calendar_shift"}
)


def arguments(name: str, query: str) -> list[str]:
    """Arguments that a function takes."""
    any_of_kind = {"query": query, "number": "60", "keys": "{host}"}
    texts = {
        "shift": "'-1d'",
        "by": "'mean'",
        "order": "'desc'",
        "method": "'sum'",
        "time zone": "'UTC'",
        "percentile": "'p95'",
    }
    return [
        any_of_kind.get(one.kind) or (f"'{one.choices[0]}'" if one.choices else texts[one.name])
        for one in catalogue()[name].parameters
    ]


def call(name: str, query: str = "avg:m{*} by {host}") -> str:
    return f"{name}({', '.join(arguments(name, query))})"


@pytest.mark.parametrize("name", catalogue())
def test_a_function_takes_as_many_arguments_as_its_page_says(name: str) -> None:
    given = arguments(name, "avg:m{*} by {host}")
    parse(f"{name}({', '.join(given)})")
    with pytest.raises(QuerySyntaxError, match="takes"):
        parse(f"{name}({', '.join([*given, '60'])})")
    if name in MAY_BE_SHORTER:
        parse(f"{name}({', '.join(given[:-1])})")
    else:
        with pytest.raises(QuerySyntaxError):
            parse(f"{name}({', '.join(given[:-1])})")


@pytest.mark.parametrize("name", catalogue())
def test_a_function_keeps_the_unit_unless_it_makes_another_quantity(name: str) -> None:
    units = as_described({"m": {"unit": "byte"}}.get)
    assert (unit_of(parse(call(name))[0], units) is None) == (name in OTHER_QUANTITY)


@pytest.mark.parametrize("name", EVALUATED)
def test_series_are_grouped_by_the_keys_that_their_expression_is_said_to_have(name: str) -> None:
    hosts = source(*(series(every(60, [1, 2, 4, 8]), host=host) for host in "ab"))
    answer = ask(hosts, call(name), 0, 240, 60)
    keys = result_keys(parse(call(name))[0])
    assert {tuple(key for key, _ in one.group) for one in answer} <= {keys}
    assert (keys == ()) == (name in {"count_nonzero", "count_not_null", "count_nonzero_finite", "dt"})


@pytest.mark.parametrize("name", [name for name in EVALUATED if not catalogue()[name].short])
def test_a_gap_is_0_to_arithmetic_in_a_count_alone_and_what_was_made_of_one_is_none(name: str) -> None:
    times = [at - shift for shift in (0, 3600, 86400, 7 * 86400, 28 * 86400) for at in (0, 120)]
    counted = source(
        series([(at, 5) for at in times], host="a", type="count", interval=60),
        series([(60, 1)], metric="other", host="a", type="count", interval=60),
    )
    made = call(name, "sum:m{*} by {host}.as_count()")
    if name == "timeshift":
        made = made.replace(", 60)", ", -3600)")
    query = f"sum:other{{*}} by {{host}}.as_count() + {made}"
    values = [value for one in ask(counted, query, 0, 180, 60) for at, value in shown(one) if at == 60]
    assert any(value is not None for value in values) == (name in STILL_A_COUNT)


@pytest.mark.parametrize(
    ("formula", "points", "expected"),
    [
        ("abs(q)", [-4, 2], 1),
        ("log2(q)", [1, 7], 2),
        ("log10(q)", [1, 199], 2),
        ("pow(q, 2)", [1, 3], 4),
        ("clamp_min(q, 2)", [1, 3], 2),
        ("clamp_max(q, 2)", [1, 3], 2),
        ("cutoff_min(q, 2)", [1, 3], 2),
        ("cutoff_max(q, 2)", [1, 3], 2),
        ("count_nonzero(q)", [-1, 1], 0),
        ("count_nonzero_finite(q)", [-1, 1], 0),
        ("default_zero(q)", [4, None, None, None], 4),
        ("default(q, 8)", [4, None, None, None], 4),
        # all else works on the series, which is reduced behind it
        ("cumsum(q)", [1, 3], 2.5),
        ("is_greater(q, 1)", [1, 3], 0.5),
        ("is_less(q, 3)", [1, 3], 0.5),
        ("is_between(q, 0, 3)", [1, 3], 0.5),
        ("diff(q)", [1, 4], 3),
        ("integral(q)", [1, 3], 90),
        ("rollup(q, 'max', 120)", [1, 3], 3),
        ("moving_rollup(q, 120, 'max')", [3, 1], 3),
    ],
)
def test_a_query_values_function_works_on_the_number_or_on_the_series_before(
    formula: str, points: list[float | None], expected: float
) -> None:
    asked = FormulaRequest({"q": NamedQuery(parse("avg:m{*}")[0], "avg")}, (Formula("f", parse_formula(formula)),))
    length = 60 * len(points)
    ((_, _, column),) = evaluate_scalars(asked, source(series(every(60, points))), Window(T0, T0 + length, 60)).columns
    assert column.tolist() == pytest.approx([expected])


def test_a_query_values_groups_with_a_value_are_counted_once_they_are_reduced() -> None:
    hosts = source(series([(0, 1)], host="a"), series([(60, 1)], host="b"))
    query = NamedQuery(parse("avg:m{*} by {host}.fill(null)")[0], "avg")
    asked = FormulaRequest({"q": query}, (Formula("f", parse_formula("count_not_null(q)")),))
    ((_, _, column),) = evaluate_scalars(asked, hosts, Window(T0, T0 + 120, 60)).columns
    assert column.tolist() == [2]


@pytest.mark.parametrize("name", [name for name, one in catalogue().items() if one.evaluated != "no"])
def test_every_function_but_autosmooth_may_stand_in_a_monitor(name: str) -> None:
    text = f"avg(last_4h):{call(name)} > 1"
    if name == "autosmooth":
        with pytest.raises(QuerySyntaxError, match="cannot be used in monitors"):
            parse_monitor(text)
    else:
        assert parse_monitor(text).threshold == 1


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("top(m{*}, 1, 'mean', 'desc')", None),
        ("top(m{*}, 0, 'mean', 'desc')", "a whole number here, 1 or more; 0 given"),
        ("top(m{*}, 1.5, 'mean', 'desc')", "a whole number here, 1 or more; 1.5 given"),
        ("anomalies(m{*}, 'basic', 0.5)", None),
        ("anomalies(m{*}, 'basic', 0)", "bounds above 0, as 2; 0 given"),
        ("rollup(m{*}, 'avg', 1)", None),
        ("rollup(m{*}, 'avg', 0)", "1 or more"),
        ("timeshift(m{*}, 0)", None),
        ("timeshift(m{*}, 3155760000)", None),
        ("timeshift(m{*}, 3155760001)", "at most 3155760000 seconds"),
        ("timeshift(m{*}, 0.5)", "whole seconds"),
        ("m{*}.fill(last, 0)", None),
        ("m{*}.fill(0)", None),
        ("m{*}.fill(-1)", ".fill() takes linear, last, zero, null or 0, and a limit in seconds"),
        ("m{*}.fill(last, 60, 1)", "a limit in seconds after the method"),
        ("m{*}.as_count(1)", ".as_count() takes no arguments"),
        ("m{*}.rollup(sum, monthly, 1)", None),
        ("m{*}.rollup(sum, monthly, 28)", None),
        ("m{*}.rollup(sum, monthly, 0)", "no day of the month from 1 to 28"),
        ("m{*}.rollup(sum, monthly, 29)", "no day of the month from 1 to 28"),
        ("m{*}.rollup(sum, daily, 12pm)", None),
        ("m{*}.rollup(sum, daily, 13pm)", "no time of day"),
        ("m{*}.rollup(sum, daily, 0am)", "no time of day"),
        ("m{*}.rollup(sum, daily, 1am, noon)", "'noon' is no time zone"),
        ("m{*}.rollup(sum, 60, 60)", "nothing after the seconds"),
        ("m{*}.rollup(60, sum)", "takes the method first"),
        ("m{*}.rollup(sum, yearly)", "unknown calendar unit 'yearly'"),
        ("m{*}.rollup()", ".rollup() takes a method and seconds"),
    ],
)
def test_a_number_is_taken_up_to_its_limit_and_refused_beyond(text: str, wrong: str | None) -> None:
    if wrong is None:
        parse(text)
    else:
        with pytest.raises(QuerySyntaxError) as problem:
            parse(text)
        assert wrong in problem.value.problem
