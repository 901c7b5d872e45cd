"""A query function is written once, in one module, and everything that has to know of it does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from query_points import T0, ask, every, series, source, values

from doghouse import monitors
from doghouse.coverage import listing
from doghouse.monitors import Definition
from doghouse.monitors.kinds.metric import metric_query
from doghouse.monitors.lint import lint
from doghouse.monitors.query import windows
from doghouse.monitors.windows import bucketwise, pointwise
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
from doghouse.queries.functions import Function, catalogue, registry
from doghouse.queries.language.completion import complete
from doghouse.queries.units import as_described, unit_of

LINE = source(series(every(60, [4, 1, 3, 2])))
TICKS = T0 + 60 * np.arange(1, 20)


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> Iterator[Function]:
    """The function of `recipe_function`, registered for as long as a test lasts."""
    monkeypatch.setattr(registry, "REGISTERED", dict(catalogue()))
    import_module("recipe_function")
    yield registry.REGISTERED["scaled_for_test"]
    del sys.modules["recipe_function"]
    for parser in (parse, parse_formula, parse_monitor):
        parser.cache_clear()


def monitor(query: str) -> Definition:
    return monitors.parse({"name": "m", "type": "metric alert", "query": query, "message": "@a@example.com"})


def numbers(formula: str) -> list[float]:
    """The formula over the line's maximum `q`."""
    request = FormulaRequest({"q": NamedQuery(parse("max:m{*}")[0], "max")}, (Formula("f", parse_formula(formula)),))
    column: list[float] = evaluate_scalars(request, LINE, Window(T0, T0 + 240, 60)).columns[0][2].tolist()
    return column


def test_recipe_query_function(added: Function) -> None:
    call = "scaled_for_test(avg:m{*}, 10)"

    # parser and the checks of its arguments
    assert parse(call)
    with pytest.raises(QuerySyntaxError, match=r"takes 2 arguments, as in scaled_for_test\(query, factor\); 1 given"):
        parse("scaled_for_test(avg:m{*})")
    with pytest.raises(QuerySyntaxError, match=r"scaled_for_test\(\) by 0 leaves nothing"):
        parse("scaled_for_test(avg:m{*}, 0)")
    with pytest.raises(QuerySyntaxError, match="did you mean 'scaled_for_test'"):
        parse("scaled_for_tst(avg:m{*}, 1)")
    # completion
    assert "scaled_for_test(" in [one.text for one in complete("scaled_f", 8, (), lambda _: {}).suggestions]
    # lint
    assert not [one for one in lint(monitor(f"avg(last_5m):{call} > 1")) if one.field == "query"]
    wrong = lint(monitor("avg(last_5m):scaled_for_test(avg:m{*}, 0) > 1"))
    assert any("by 0 leaves nothing" in one.text for one in wrong)
    # evaluation over time, and of numbers
    assert values(LINE, call, 0, 240, 60) == [40, 10, 30, 20]
    assert numbers("scaled_for_test(q, 10)") == [40]
    # a monitor's windows, one after the other and all together
    checked = monitor(f"max(last_2m):{call} > 1")
    query = metric_query(checked)
    over = windows(checked.options, query, TICKS)
    assert bucketwise.applies(query, LINE, over)
    for way in (bucketwise, pointwise):
        (column,) = way.columns(query, LINE, over, False)
        assert column.values[:4].tolist() == [40, 40, 30, 30]
    # units
    units = as_described({"m": {"unit": "byte"}}.get)
    assert unit_of(parse("avg:m{*}")[0], units) is not None
    assert unit_of(parse(call)[0], units) is None
    # coverage
    assert [(one.group, one.state) for one in listing.functions() if one.name == added.name] == [("recipes", "done")]


def test_a_name_is_registered_once(added: Function) -> None:
    with pytest.raises(ValueError, match=r"two functions are named scaled_for_test\(\)"):
        registry.function(registry.Family("recipes", ""), added.name, "again")(lambda frame: frame)


def test_a_function_whose_facts_say_so_works_on_the_series_before_they_are_reduced(
    added: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert numbers("scaled_for_test(q, -1)") == [-4]
    monkeypatch.setitem(registry.REGISTERED, added.name, replace(added, on_numbers=False))
    assert numbers("scaled_for_test(q, -1)") == [-1]


ARGUMENTS = {"query": "avg:m{*} by {host}.rollup(sum, 60)", "number": "3"}


@settings(max_examples=20, deadline=None)
@given(st.dictionaries(st.integers(0, 20), st.integers(-9, 9), max_size=20), st.sampled_from(["avg", "max"]))
@pytest.mark.parametrize("name", [name for name, one in catalogue().items() if one.pointwise])
def test_a_function_of_each_point_gives_windows_that_slide_what_it_gives_each_window_alone(
    name: str, drawn: dict[int, int], how: str
) -> None:
    arguments = ", ".join(ARGUMENTS[one.kind] for one in catalogue()[name].parameters)
    checked = monitor(f"{how}(last_5m):{name}({arguments}) > 1")
    query = metric_query(checked)
    there = source(series([(60 * minute, value) for minute, value in drawn.items()], host="a"))
    over = windows(checked.options, query, TICKS)

    assert bucketwise.applies(query, there, over)
    alone = {one.group: one.values for one in pointwise.columns(query, there, over, False)}
    slid = {one.group: one.values for one in bucketwise.columns(query, there, over, False)}
    sure = {group for group, column in alone.items() if not np.isnan(column).all()}
    assert sure == {group for group, column in slid.items() if not np.isnan(column).all()}
    for group in sure:
        assert slid[group].tolist() == pytest.approx(alone[group].tolist(), nan_ok=True)


def test_every_function_names_its_page(added: Function) -> None:
    assert all(one.page and one.summary for one in catalogue().values())
    assert ask(LINE, "scaled_for_test(avg:m{*}, 2)", 0, 240, 60)[0].metric == "scaled_for_test(m, 2)"
