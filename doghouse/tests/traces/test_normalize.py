"""What is wrong with a span is put right, or costs its own trace and no other; the cases are the Agent's (pkg/trace/traceutil/normalize)."""

from __future__ import annotations

from typing import Any

import pytest

from doghouse.traces import normalize
from doghouse.traces.store import Search

from .conftest import NOW, Tracer, span


def kept(tracer: Tracer) -> list[Any]:
    return tracer.house.app.state.traces.find(Search(), 0, 1e11)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("", "unnamed_operation"),
        ("42", "unnamed_operation"),
        ("good", "good"),
        ("bad-name", "bad_name"),
        ("bad  name", "bad_name"),
        ("..hidden", "hidden"),
        ("Übermut", "bermut"),
        ("a_.b", "a.b"),
        ("a._b", "a.b"),
        ("trailing!", "trailing"),
        ("x" * 150, "x" * 100),
    ],
)
def test_a_name_is_a_metrics(said: str, name: str) -> None:
    assert normalize.name(said) == name


@pytest.mark.parametrize(
    ("said", "service"),
    [
        ("", "unnamed-python-service"),
        ("9--", "unnamed-python-service"),
        ("Good Service", "good_service"),
        ("bad$$__name!", "bad_name"),
        ("Ünï/code:1", "ünï/code:1"),
        ("y" * 150, "y" * 100),
    ],
)
def test_a_service_is_a_tag(said: str, service: str) -> None:
    assert normalize.service(said, "python") == service


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("200", 200),
        (404.0, 404),
        ("99", 0),
        ("600", 0),
        ("abc", 0),
        ("9" * 50, 0),
        (float("nan"), 0),
        (float("inf"), 0),
    ],
)
def test_a_status_is_from_100_to_599(said: str | float, status: int) -> None:
    assert normalize.status(said) == status


def test_times_that_can_not_be_are_put_right(tracer: Tracer) -> None:
    end = int(NOW * 1e9)
    wrong = [{"duration": -5}, {"duration": 9 * 10**18}, {"start": 0, "duration": 10**9}, {"start": -(10**18)}]
    tracer.send(*([span(trace_id=place, **one)] for place, one in enumerate(wrong, 1)))
    found = {int(one.trace_id, 16): (one.ts, one.duration) for one in kept(tracer)}
    assert found == {1: (NOW, 0.0), 2: (NOW, 0.0), 3: (end / 1e9 - 1, 1.0), 4: (NOW - 0.2, 0.2)}


def test_a_status_that_is_none_loses_nothing(tracer: Tracer) -> None:
    metrics = {"_dd.top_level": 1.0, "http.status_code": float("nan")}
    answer = tracer.send(
        [span()], [span(trace_id=8, meta={}, metrics=metrics)], [span(trace_id=9, meta={"http.status_code": "9" * 50})]
    )
    assert answer.status_code == 200
    assert sorted(one.status for one in kept(tracer)) == ["", "", "200"]
    assert sum(tracer.totals("sum:trace.flask.request.hits{*}.as_count()").values()) == 3


@pytest.mark.parametrize("chunk", [[span(trace_id=0)], [span(span_id=0)], [span(), span(trace_id=8, span_id=2)]])
def test_a_trace_that_is_none_costs_no_other(tracer: Tracer, chunk: list[dict[str, Any]]) -> None:
    assert tracer.send(chunk, [span(trace_id=5)]).status_code == 200
    assert [int(one.trace_id, 16) for one in kept(tracer)] == [5]


def test_a_span_without_names_has_the_agents_own(tracer: Tracer) -> None:
    headers = {"Content-Type": "application/msgpack", "Datadog-Meta-Lang": "python"}
    tracer.send([span(name="", service=None, resource=None, meta={"env": "My Env"})], headers=headers)
    (one,) = kept(tracer)
    assert (one.service, one.name, one.resource, one.env) == (
        "unnamed-python-service",
        "unnamed_operation",
        "unnamed_operation",
        "my_env",
    )
