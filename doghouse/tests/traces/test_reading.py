"""From a service to its resources, to a trace, to its logs, and from a log to its trace."""

from __future__ import annotations

import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.logs.correlation import canonical_id, span_of, trace_of
from doghouse.logs.model import Log
from doghouse.traces import summary
from doghouse.traces.store import Search

from .conftest import NOW, Tracer, span

FULL = "6b04a022000000002fe37f8a1794844b"


def test_a_services_requests_errors_and_latencies_are_those_of_its_resources(tracer: Tracer) -> None:
    for number in range(1, 11):
        tracer.send([span(trace_id=number, duration=number * 100_000_000)])
    tracer.send([span(trace_id=99, resource="GET /error", error=1)])
    tracer.totals("sum:trace.flask.request.hits{*}")
    points = tracer.house.app.state.points
    (service,) = summary.services(points, int(NOW) - 60, int(NOW) + 60)
    assert (service.service, service.operation, service.hits, service.errors) == ("shop", "flask.request", 11, 1)
    found = {row.resource: row for row in summary.resources(points, "shop", int(NOW) - 60, int(NOW) + 60)}
    assert {name: (row.hits, row.errors) for name, row in found.items()} == {"get_/": (10, 0), "get_/error": (1, 1)}
    assert found["get_/"].p50 == pytest.approx(0.5, rel=0.02)
    assert found["get_/"].p99 == pytest.approx(0.9, rel=0.02)  # the 9th of 10 values, by rank


def test_traces_are_found_by_what_is_asked_of_their_service_entries(tracer: Tracer) -> None:
    tracer.send(
        [span(trace_id=1)], [span(trace_id=2, error=1)], [span(trace_id=3, resource="GET /slow", duration=10**9)]
    )
    store = tracer.house.app.state.traces

    def found(search: Search) -> set[int]:
        return {int(one.trace_id, 16) for one in store.find(search, NOW - 1, NOW + 1)}

    assert found(Search()) == {1, 2, 3}
    assert found(Search(service="shop", errors=True)) == {2}
    assert found(Search(resource="GET /slow")) == {3}
    assert found(Search(slower_than=0.5)) == {3}
    assert found(Search(service="other")) == set()


@pytest.mark.parametrize(
    "log",
    [
        {"message": json.dumps({"message": "entry", "dd.trace_id": FULL, "dd.span_id": "1"})},
        {"message": json.dumps({"message": "entry", "dd": {"trace_id": FULL, "span_id": "1"}})},
        {"message": "entry", "dd.trace_id": FULL, "dd.span_id": "1"},
        {"message": f"INFO [dd.service=shop dd.env=lab dd.version=1 dd.trace_id={FULL} dd.span_id=1] - entry"},
    ],
    ids=["an Agent's line of JSON", "nested", "attributes", "text"],
)
def test_a_log_leads_to_its_trace_and_a_trace_to_its_logs(tracer: Tracer, log: dict[str, str]) -> None:
    tracer.send([span(trace_id=int(FULL[16:], 16), meta={"_dd.p.tid": FULL[:16]})])
    house = tracer.house
    assert (
        httpx.post(f"{house.url}/api/v2/logs", json=[log, {"message": "another"}], headers=house.headers).status_code
        == 202
    )
    (kept,) = house.app.state.logs.of_trace(FULL)
    assert trace_of(kept) == FULL
    (traced,) = house.app.state.traces.spans(FULL)
    assert traced.span_id == span_of(kept)


def test_a_message_of_json_gives_a_log_its_message_status_time_and_attributes(tracer: Tracer) -> None:
    line = {"timestamp": "2026-03-02T10:00:00Z", "level": "ERROR", "message": "boom", "logger": "app"}
    house = tracer.house
    httpx.post(f"{house.url}/api/v2/logs", json=[{"message": json.dumps(line)}], headers=house.headers)
    (log,) = house.app.state.logs.between(0, NOW * 2)
    assert (log.timestamp, log.status, log.message) == (1_772_445_600.0, "error", "boom")
    assert log.attributes["logger"] == "app"


@given(st.integers(1, 2**64 - 1))
def test_both_forms_of_a_64_bit_id_are_one_trace(number: int) -> None:
    assert canonical_id(str(number)) == f"{number:032x}"
    if number > 2**40:  # shorter ones in 32 digits are 0s in front, which a decimal never has
        assert canonical_id(f"{number:032x}") == f"{number:032x}"


@pytest.mark.parametrize("text", ["0", "", "None", "0" * 32, str(2**64), "xyz", "-5"])
def test_no_id_is_no_trace(text: str) -> None:
    assert trace_of(Log(0.0, "x", attributes={"dd.trace_id": text})) is None


def test_what_is_older_than_asked_is_forgotten_with_its_entries(tracer: Tracer) -> None:
    tracer.send([span()])
    store = tracer.house.app.state.traces
    assert store.forget(NOW + 1) == 1
    assert store.find(Search(), 0, NOW * 2) == []
