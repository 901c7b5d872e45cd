"""Aggregations: each is held to working out every range by itself, and records are grouped as their values say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.search.aggregation import AGGREGATIONS
from doghouse.search.grouping import grouped
from doghouse.search.parser import parse
from doghouse.search.record import Record
from doghouse.search.records import Lines

HUNDREDTHS = {"median": 50, "pc75": 75, "pc90": 90, "pc95": 95, "pc98": 98, "pc99": 99}
PLAIN = {"count": len, "cardinality": lambda values: len(set(values)), "sum": math.fsum, "min": min, "max": max}


def by_itself(name: str, values: list[float]) -> float:
    """One range, the plain way."""
    if not values:
        return AGGREGATIONS[name].of_nothing
    if name in PLAIN:
        return float(PLAIN[name](values))
    if name == "avg":
        return math.fsum(values) / len(values)
    return sorted(values)[math.ceil(len(values) * HUNDREDTHS[name] / 100) - 1]


@st.composite
def ranges(draw: st.DrawFn) -> tuple[list[int], list[tuple[int, int]]]:
    values = draw(st.lists(st.integers(-3, 3), max_size=20))
    edges = st.lists(st.integers(0, len(values)), min_size=6, max_size=6)
    low, high = sorted(draw(edges)), sorted(draw(edges))
    return values, [(begin, max(begin, end)) for begin, end in zip(low, high, strict=True)]


@pytest.mark.parametrize("name", AGGREGATIONS)
@given(drawn=ranges())
def test_every_range_is_worth_what_it_is_worth_by_itself(
    name: str, drawn: tuple[list[int], list[tuple[int, int]]]
) -> None:
    values, parts = drawn
    column = np.array(values, np.int64 if AGGREGATIONS[name].reads == "values" else np.float64)
    low, high = np.array(parts).T
    wanted = [by_itself(name, values[begin:end]) for begin, end in parts]
    assert AGGREGATIONS[name].over(column, low, high).tolist() == pytest.approx(wanted, nan_ok=True)


def line(at: int, **attributes: object) -> tuple[int, Record]:
    return at, Record("", {}, [f"team:{team}" for team in attributes.pop("teams", ())], attributes)  # type: ignore[attr-defined]


LINES = Lines(
    [
        line(1, teams=["sre", "ops"], duration=5, region="eu"),
        line(2, teams=["ops"], duration="1.5", region="us"),
        line(3, duration=7, region="eu"),
        line(4, teams=["ops"], duration=True, region="eu"),
    ]
)


def entries(fields: list[str], name: str, measure: str | None) -> dict[tuple[str, ...], list[tuple[int, float]]]:
    selected = LINES.select(parse("*"), 0, 10, [*fields, *([measure] if measure else [])])
    made = grouped(selected, fields, AGGREGATIONS[name], measure)
    return {
        group: list(zip(*(column.tolist() for column in made.of(index)), strict=True))
        for index, group in enumerate(made.groups)
    }


def test_a_record_is_in_a_group_for_each_of_its_values_and_one_without_a_field_in_none() -> None:
    made = entries(["team", "@region"], "count", None)
    assert {group: [at for at, _ in of] for group, of in made.items()} == {
        ("ops", "eu"): [1, 4],
        ("ops", "us"): [2],
        ("sre", "eu"): [1],
    }


def test_a_measure_is_a_number_or_a_text_that_is_one_and_records_without_are_left_out() -> None:
    assert entries([], "avg", "@duration") == {(): [(1, 5.0), (2, 1.5), (3, 7.0)]}


def test_without_fields_there_is_one_group_even_of_no_records() -> None:
    assert entries([], "count", None).keys() == {()}
    nothing = grouped(LINES.select(parse("team:none"), 0, 10, []), [], AGGREGATIONS["count"], None)
    assert (list(nothing.groups), len(nothing.times)) == ([()], 0)


def test_a_record_that_has_a_value_twice_is_in_its_group_once() -> None:
    record = Record("", {}, ("team:a", "team:a", "team:b"), {"codes": [200, "200", 5]})
    selected = Lines([(1, record)]).select(parse("*"), 0, 10, ["team", "@codes"])
    for field, groups in (("team", [("a",), ("b",)]), ("@codes", [("200",), ("5",)])):
        made = grouped(selected, [field], AGGREGATIONS["count"], None)
        assert [(group, made.of(place)[0].tolist()) for place, group in enumerate(made.groups)] == [
            (group, [1]) for group in groups
        ]
