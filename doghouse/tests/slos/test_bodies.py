"""What an SLO's body may be: every limit from both sides, and what is taken where nothing is said."""

from __future__ import annotations

from typing import Any

import pytest

from doghouse.queries import expression_text
from doghouse.slos import document
from doghouse.slos.model import Counts, Slices, SloError, Threshold, Uptime
from doghouse.slos.reading import read

QUERY = {"numerator": "sum:a{*}.as_count()", "denominator": "sum:b{*}.as_count()"}
NAMED = [{"name": "a", "query": "sum:a{*}.as_count()"}, {"name": "b", "query": "sum:b{*}.as_count()"}]
SLICE = {"query": {"formulas": [{"formula": "a / b"}], "queries": NAMED}, "comparator": "<", "threshold": 5}
WEEK = {"timeframe": "7d", "target": 99}


def body(**more: Any) -> dict[str, Any]:
    return {"type": "metric", "name": "s", "query": QUERY, "thresholds": [WEEK], **more}


def monitor(**more: Any) -> dict[str, Any]:
    return body(**{"type": "monitor", "monitor_ids": [1], "query": None, **more})


def sliced(**more: Any) -> dict[str, Any]:
    return body(type="time_slice", query=None, sli_specification={"time_slice": {**SLICE, **more}})


def counted(**more: Any) -> dict[str, Any]:
    count = {"queries": NAMED, "good_events_formula": {"formula": "a"}, **more}
    return body(query=None, sli_specification={"count": count})


def target(value: float, timeframe: str = "7d", **more: Any) -> list[dict[str, Any]]:
    return [{"timeframe": timeframe, "target": value, **more}]


def refused(given: dict[str, Any]) -> str:
    with pytest.raises(SloError) as error:
        read(given)
    text = str(error.value)
    assert text.startswith("Invalid payload: ")
    return text.removeprefix("Invalid payload: ")


@pytest.mark.parametrize(
    ("taken", "not_taken", "text"),
    [
        (body(thresholds=target(0.001)), body(thresholds=target(0)), "target must be greater than 0 and less than 100, not 0"),
        (body(thresholds=target(99.999)), body(thresholds=target(100)), "target must be greater than 0 and less than 100, not 100"),
        (body(thresholds=target(99.999)), body(thresholds=target(99.9999)), "target 99.9999 has more than 3 decimals"),
        (monitor(thresholds=target(99.99)), monitor(thresholds=target(99.999)), "target 99.999 has more than 2 decimals"),
        (monitor(thresholds=target(99.99, "30d")), monitor(thresholds=target(99.999, "30d")), "target 99.999 has more than 2 decimals"),
        (monitor(thresholds=target(99.999, "90d")), monitor(thresholds=target(99.9999, "90d")), "target 99.9999 has more than 3 decimals"),
        (body(thresholds=target(99, warning=99.001)), body(thresholds=target(99, warning=99)),
         "warning must be greater than target: 99 is not greater than 99"),
        (body(thresholds=target(99, warning=99.5)), body(thresholds=target(99, warning=100)), "warning must be greater than 0 and less than 100, not 100"),
        (body(thresholds=target(99, warning=99.123)), body(thresholds=target(99, warning=99.1234)), "warning 99.1234 has more than 3 decimals"),
        (monitor(monitor_ids=[*range(1, 21)]), monitor(monitor_ids=[*range(1, 22)]), "an SLO has at most 20 monitors, not 21"),
        (monitor(groups=["a"] * 100), monitor(groups=["a"] * 101), "an SLO has at most 100 groups, not 101"),
        (monitor(groups=["a"]), monitor(groups=["a"], monitor_ids=[1, 2]), "groups can be specified for a single monitor only"),
        (monitor(monitor_ids=[1, 2]), monitor(monitor_ids=[]), "must specify monitor_ids"),
        (body(timeframe="7d"), body(timeframe="30d"), "timeframe '30d' has no threshold"),
        (body(thresholds=[WEEK, {**WEEK, "timeframe": "90d"}]), body(thresholds=[WEEK, WEEK]), "a timeframe has more than one threshold"),
        (body(), body(thresholds=target(99, "1d")), "timeframe '1d' is not one of 7d, 30d, 90d"),
        (sliced(comparator=">="), sliced(comparator="=="), "comparator '==' is not one of >, >=, <, <="),
        (sliced(query_interval_seconds=60), sliced(query_interval_seconds=120), "query_interval_seconds must be one of 60, 300"),
        (sliced(query_interval_seconds=300), sliced(query_interval_seconds=0), "query_interval_seconds must be one of 60, 300"),
        (sliced(), sliced(query={"formulas": [{"formula": "a"}, {"formula": "b"}], "queries": NAMED}), "must specify exactly one formula"),
        (sliced(), sliced(query={"formulas": [], "queries": NAMED}), "must specify exactly one formula"),
        (sliced(), body(type="time_slice"), "must specify the sli_specification.time_slice for time_slice types"),
        (sliced(), sliced(query={"formulas": [{"formula": "a + c + d"}], "queries": NAMED}), "formula 'a + c + d' names 'c', which is none of the queries"),
        (sliced(), sliced(query={"formulas": [{"formula": "a"}], "queries": [{**NAMED[0], "data_source": "logs"}]}),
         "the data source of query 'a' is 'logs': expected metrics"),
        (counted(total_events_formula={"formula": "b"}), counted(), "must specify exactly one of total_events_formula and bad_events_formula"),
        (counted(bad_events_formula={"formula": "b"}), counted(total_events_formula={"formula": "b"}, bad_events_formula={"formula": "b"}),
         "must specify exactly one of total_events_formula and bad_events_formula"),
        (body(), body(query={**QUERY, "denominator": "sum:a{*}.as_count(), sum:b{*}.as_count()"}), "denominator: expected one query, not 2"),
        (body(), body(query=None), "must specify the query for count types"),
        (body(), body(thresholds=[]), "must specify thresholds"),
    ],
)  # fmt: skip
def test_a_limit_takes_what_reaches_it_and_refuses_what_is_beyond(
    taken: dict[str, Any], not_taken: dict[str, Any], text: str
) -> None:
    read(taken)
    assert refused(not_taken) == text


@pytest.mark.parametrize(
    ("given", "begins"),
    [
        (body(query={**QUERY, "numerator": "sum:"}), "numerator: "),
        (sliced(query={"formulas": [{"formula": "a +"}], "queries": NAMED}), "formula 'a +': "),
        (sliced(query={"formulas": [{"formula": "a"}], "queries": [{"name": "a", "query": "sum:a{"}]}), "a: "),
        ({"type": "metric", "name": "s"}, "Object missing required field `thresholds`"),
        (body(name=7), "Expected `str`, got `int` - at `$.name`"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(given: dict[str, Any], begins: str) -> None:
    assert refused(given).startswith(begins)


def test_the_primary_timeframe_is_the_one_that_is_named_or_else_the_shortest() -> None:
    thresholds = [*target(98, "90d", warning=99), *target(99, "30d")]
    assert [read(body(thresholds=thresholds, timeframe=name)).primary for name in (None, "30d", "90d")] == [
        Threshold("30d", 99),
        Threshold("30d", 99),
        Threshold("90d", 98, 99),
    ]
    objective = read(body(thresholds=thresholds))
    assert (objective.threshold("90d"), objective.threshold("7d")) == (Threshold("90d", 98, 99), None)
    assert [each.seconds for each in objective.thresholds] == [90 * 86_400, 30 * 86_400]


def test_an_slo_is_counted_in_events_or_in_seconds_and_is_made_of_its_monitors_each_once() -> None:
    made = [read(each) for each in (body(), sliced(), monitor(monitor_ids=[3, 1, 3], tags=["a:b"]))]
    assert [each.unit for each in made] == ["events", "seconds", "seconds"]
    assert [each.monitors for each in made] == [(), (), (3, 1)]
    assert [each.tags for each in made] == [(), (), ("a:b",)]


def test_what_is_measured_is_what_the_body_names() -> None:
    counts = read(body()).sli
    assert isinstance(counts, Counts)
    assert [expression_text(each) for each in (counts.good, counts.total)] == [
        "sum:a{*}.as_count()",
        "sum:b{*}.as_count()",
    ]
    bad = read(counted(bad_events_formula={"formula": "b"})).sli
    assert isinstance(bad, Counts)
    assert [expression_text(each) for each in (bad.good, bad.total)] == [
        "sum:a{*}.as_count()",
        "(sum:a{*}.as_count() + sum:b{*}.as_count())",
    ]
    slices = read(sliced(comparator=">=", threshold=7)).sli
    assert isinstance(slices, Slices)
    made = (expression_text(slices.expression), slices.comparator, slices.threshold, slices.interval)
    assert made == ("(sum:a{*}.as_count() / sum:b{*}.as_count())", ">=", 7, 300)
    assert read(monitor(groups=["env:a"])).sli == Uptime((1,), ("env:a",))


def test_a_document_has_what_was_sent_and_what_is_filled_in() -> None:
    thresholds = [*target(99, "30d"), *target(95.5, "7d", warning=97)]
    sent = body(thresholds=thresholds, tags=["b", "a"], groups=[], description=None)
    made = document.of(read(sent), document.Origin("x", 5), 7.9)
    user = made.pop("creator")
    assert set(made.pop("sli_specification")) == {"count"}
    assert made == {
        "id": "x",
        "name": "s",
        "tags": ["b", "a"],
        "monitor_tags": [],
        "thresholds": [
            {"timeframe": "30d", "target": 99.0, "target_display": "99."},
            {"timeframe": "7d", "target": 95.5, "target_display": "95.5", "warning": 97.0, "warning_display": "97."},
        ],
        "type": "metric",
        "type_id": 1,
        "description": "",
        "timeframe": "7d",
        "target_threshold": 95.5,
        "warning_threshold": 97.0,
        "query": QUERY,
        "created_at": 5,
        "modified_at": 7,
    }
    assert sorted(user) == ["email", "handle", "name"]
    kinds = [document.of(read(each), document.Origin("x", 5), 7)["type_id"] for each in (monitor(), body(), sliced())]
    assert kinds == [0, 1, 2]


def test_what_a_specification_says_is_kept_and_its_slices_have_a_length() -> None:
    made = document.of(read(sliced()), document.Origin("x", 5), 7)
    assert made["sli_specification"]["time_slice"] == {"query_interval_seconds": 300, **SLICE}
    own = document.of(read(sliced(query_interval_seconds=60)), document.Origin("x", 5), 7)
    assert own["sli_specification"]["time_slice"]["query_interval_seconds"] == 60


@pytest.mark.parametrize(
    ("total", "query"),
    [
        ({"total_events_formula": {"formula": "a + b"}}, "sum:a{*}.as_count() + sum:b{*}.as_count()"),
        (
            {"bad_events_formula": {"formula": "b"}},
            "(sum:a{*}.as_count() - sum:b{*}.as_count()) + (sum:b{*}.as_count())",
        ),
    ],
)
def test_formulas_are_shown_with_their_queries_in_the_place_of_the_names(total: dict[str, Any], query: str) -> None:
    sent = counted(good_events_formula={"formula": "a - b"}, **total)
    made = document.of(read(sent), document.Origin("x", 5), 7)
    assert made["query"] == {"numerator": "sum:a{*}.as_count() - sum:b{*}.as_count()", "denominator": query}
    assert made["sli_specification"] == sent["sli_specification"]
