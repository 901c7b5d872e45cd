"""What a tracer sends is taken without keys, counted whole, and kept by its priority."""

from __future__ import annotations

import httpx
import msgspec
import pytest

from doghouse.traces import decoding
from doghouse.traces.store import Search

from .conftest import NOW, Tracer, span

BUCKET = 1_772_445_600


def indexed(spans: list[dict[str, object]]) -> bytes:
    """Spans as v0.5 has them."""
    texts = [""]

    def place(text: str) -> int:
        if text not in texts:
            texts.append(text)
        return texts.index(text)

    chunk = [
        [
            place(one["service"]), place(one["name"]), place(one["resource"]), one["trace_id"], one["span_id"],
            one["parent_id"], one["start"], one["duration"], one["error"],
            {place(key): place(value) for key, value in one["meta"].items()},
            {place(key): value for key, value in one["metrics"].items()}, place(one["type"]),
        ]
        for one in spans
    ]  # fmt: skip
    return msgspec.msgpack.encode([texts, [chunk]])


def test_a_trace_is_taken_without_keys_and_the_tracer_is_told_to_send_all(tracer: Tracer) -> None:
    answer = tracer.send([span()])
    assert answer.status_code == 200
    assert answer.json() == {"rate_by_service": {"service:,env:": 1.0, "service:shop,env:lab": 1.0}}


def test_a_trace_of_v05_is_the_same_trace_as_of_v04(tracer: Tracer) -> None:
    tracer.send([span(trace_id=1)])
    body = indexed([span(trace_id=2)])
    answer = httpx.post(
        f"{tracer.house.url}/v0.5/traces", content=body, headers={"Content-Type": "application/msgpack"}
    )
    assert answer.status_code == 200
    (old,), (new,) = (tracer.house.app.state.traces.spans(f"{number:032x}") for number in (1, 2))
    new.trace_id = 1
    assert msgspec.to_builtins(new) == msgspec.to_builtins(old)


def post_indexed(tracer: Tracer, body: bytes) -> httpx.Response:
    headers = {"Content-Type": "application/msgpack"}
    return httpx.post(f"{tracer.house.url}/v0.5/traces", content=body, headers=headers, timeout=60)


@pytest.mark.parametrize("entries", [15, 128, 1000])
def test_tags_of_v05_have_a_budget_whatever_map_they_are_in(tracer: Tracer, entries: int) -> None:
    """One of two bytes took 37 of memory: 25 MB of them took 779 MB."""
    texts = [f"t{number}" for number in range(entries)]
    row = [0, 0, 0, 1, 1, 0, 1, 1, 0, dict.fromkeys(range(entries), 0), dict.fromkeys([0], 1.0), 0]
    spans = decoding.INDEXED_TAGS // (entries + 1) + 1
    answer = post_indexed(tracer, msgspec.msgpack.encode([texts, [[row] * spans]]))
    assert (answer.status_code, answer.json()) == (
        413,
        {"errors": [f"Payload too big: it has more than {decoding.INDEXED_TAGS:,} tags"]},
    )
    assert not tracer.house.app.state.traces.spans(f"{1:032x}")


def test_a_long_text_that_many_spans_name_is_not_written_out_for_all_of_them(tracer: Tracer) -> None:
    """71 KB of spans, each of which names one text of 25 KB a hundred times, were a gigabyte on the disk."""
    texts = [*(f"t{number}" for number in range(100)), "x" * 25_000]
    row = [0, 0, 0, 1, 1, 0, int(NOW * 1e9), 1, 0, dict.fromkeys(range(100), 100), {}, 0]
    few, many = ([texts, [[row] * spans]] for spans in (2, 30))
    assert post_indexed(tracer, msgspec.msgpack.encode(few)).status_code == 200
    answer = post_indexed(tracer, msgspec.msgpack.encode(many))
    assert answer.status_code == 413
    assert "characters of text, each written where it is named" in answer.text


def test_a_span_counts_in_the_bucket_of_ten_seconds_in_which_it_ends(tracer: Tracer) -> None:
    tracer.send([span(duration=200_000_000)], [span(trace_id=8, duration=1_200_000_000)])
    hits = tracer.totals("sum:trace.flask.request.hits{service:shop,env:lab}.as_count().rollup(sum, 10)")
    assert hits == {BUCKET: 1, BUCKET + 10: 1}


def test_every_request_is_counted_whatever_is_kept(tracer: Tracer) -> None:
    dropped = {"_dd.top_level": 1.0, "_sampling_priority_v1": 0.0}
    tracer.send(*([span(trace_id=number, metrics=dropped)] for number in range(1, 11)))
    assert sum(tracer.totals("sum:trace.flask.request.hits{*}.as_count()").values()) == 10
    assert tracer.house.app.state.traces.find(Search(), NOW - 60, NOW + 60) == []


def test_errors_durations_and_percentiles_are_counted_by_resource(tracer: Tracer) -> None:
    fine = [[span(trace_id=number, duration=number * 10_000_000)] for number in range(1, 100)]
    failed = [span(trace_id=200, resource="GET /error", error=1, meta={"env": "lab", "http.status_code": "500"})]
    tracer.send(*fine, failed)
    totals = tracer.totals
    assert (
        sum(
            totals("sum:trace.flask.request.errors{resource_name:get_/error,http.status_class:5xx}.as_count()").values()
        )
        == 1
    )
    assert sum(totals("sum:trace.flask.request.errors{resource_name:get_/}.as_count()").values()) == 0
    assert sum(
        totals("sum:trace.flask.request.duration{resource_name:get_/}.rollup(sum, 60)").values()
    ) == pytest.approx(49.5)
    found = totals("p50:trace.flask.request{resource_name:get_/}.rollup(60)")
    assert list(found.values()) == [pytest.approx(0.5, rel=0.02)]


@pytest.mark.parametrize(
    ("priority", "error", "kept"),
    [(2, 0, True), (1, 0, True), (0, 0, False), (0, 1, True), (-1, 1, False), (None, 0, True)],
)
def test_the_priority_decides_what_is_kept(tracer: Tracer, priority: float | None, error: int, kept: bool) -> None:
    metrics = {} if priority is None else {"_sampling_priority_v1": float(priority)}
    tracer.send([span(metrics=metrics, error=error)])
    assert bool(tracer.house.app.state.traces.spans(f"{7:032x}")) is kept


def test_a_trace_has_128_bits_of_which_the_first_span_carries_the_upper_ones(tracer: Tracer) -> None:
    first = span(trace_id=0x2FE37F8A1794844B, meta={"_dd.p.tid": "6b04a02200000000"})
    child = span(trace_id=0x2FE37F8A1794844B, span_id=2, parent_id=1, name="postgres.query", start=first["start"])
    tracer.send([first, child])
    spans = tracer.house.app.state.traces.spans("6b04a022000000002fe37f8a1794844b")
    assert [one.name for one in spans] == ["flask.request", "postgres.query"]


def test_spans_inside_a_service_are_not_counted_unless_they_are_measured(tracer: Tracer) -> None:
    inner = span(span_id=2, parent_id=1, name="app.entry", metrics={})
    measured = span(span_id=3, parent_id=1, name="flask.render", metrics={"_dd.measured": 1.0})
    tracer.send([span(), inner, measured])
    assert tracer.totals("sum:trace.app.entry.hits{*}") == {}
    assert sum(tracer.totals("sum:trace.flask.render.hits{*}.as_count()").values()) == 1


def test_spans_by_which_a_service_asks_or_answers_are_counted(tracer: Tracer) -> None:
    kinds = ("client", "Producer", "internal")
    inner = [
        span(span_id=place, parent_id=1, name=f"as.{kind}", metrics={}, meta={"span.kind": kind})
        for place, kind in enumerate(kinds, 2)
    ]
    tracer.send([span(), *inner])
    counts = [sum(tracer.totals(f"sum:trace.as.{kind}.hits{{*}}.as_count()").values()) for kind in kinds]
    assert counts == [1, 1, 0]


def test_service_entries_are_found_where_the_tracer_does_not_mark_them(tracer: Tracer) -> None:
    inner = span(span_id=2, parent_id=1, metrics={})
    other = span(span_id=3, parent_id=2, service="db", name="postgres.query", metrics={})
    tracer.send([span(metrics={}), inner, other], headers={"Content-Type": "application/msgpack"})
    assert sum(tracer.totals("sum:trace.flask.request.hits{*}.as_count()").values()) == 1
    assert sum(tracer.totals("sum:trace.postgres.query.hits{service:db}.as_count()").values()) == 1


def test_a_span_that_comes_late_counts_in_the_oldest_bucket_that_is_held(tracer: Tracer) -> None:
    tracer.send([span(start=int((NOW - 300) * 1e9))])
    assert tracer.totals("sum:trace.flask.request.hits{*}.as_count().rollup(sum, 10)") == {BUCKET - 10: 1}


def test_what_the_tracer_counts_itself_is_not_counted_twice(tracer: Tracer) -> None:
    stats = {"Env": "lab", "Version": "1", "Hostname": "", "Stats": [{"Start": BUCKET * 10**9, "Duration": 10**10, "Stats": [
        {"Service": "shop", "Name": "flask.request", "Resource": "GET /", "Type": "web", "HTTPStatusCode": 200,
         "Hits": 5, "Errors": 1, "Duration": 10**9, "OkSummary": b"", "ErrorSummary": b""}]}]}  # fmt: skip
    headers = {"Content-Type": "application/msgpack", "Datadog-Client-Computed-Stats": "yes"}
    tracer.send([span()], headers=headers)
    answer = httpx.post(f"{tracer.house.url}/v0.6/stats", content=msgspec.msgpack.encode(stats), headers=headers)
    assert answer.status_code == 200
    assert sum(tracer.totals("sum:trace.flask.request.hits{*}.as_count()").values()) == 5


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x93\x01\x02\x03", b"not msgpack", b"\x92\x90\x91\x91\x01"])
@pytest.mark.parametrize("path", ["/v0.4/traces", "/v0.5/traces", "/v0.6/stats"])
def test_a_body_that_cannot_be_read_is_refused_in_a_sentence(tracer: Tracer, path: str, body: bytes) -> None:
    answer = httpx.post(tracer.house.url + path, content=body, headers={"Content-Type": "application/msgpack"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0].startswith(f"{path}: the body could not be decoded: ")


def test_a_page_in_a_browser_cannot_post_traces(tracer: Tracer) -> None:
    assert tracer.send([span()], headers={"Content-Type": "text/plain"}).status_code == 415
