"""Spans as records: what they are searched by, and that their store answers as the same spans in memory do."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doghouse.search import matching
from doghouse.search.records import Lines
from doghouse.storage.sqlite import Database
from doghouse.traces.model import Chunk, Span, trace_id
from doghouse.traces.records import record, records
from doghouse.traces.store import TraceStore

START = 1_772_445_600_000  # ms UTC
MS = 10**6
FIELDS = ("service", "operation_name", "resource_name", "status", "env", "host", "@duration", "@http.status_code")
SEARCHES = (
    "*",
    "service:shop",
    "-status:error",
    "env:lab resource_name:GET*",
    "@duration:>2ms",
    "@http.status_code:500",
)
HOST_TAGS = {"agent-1": ["zone:a"]}

spans = st.builds(
    Span,
    trace_id=st.just(7),
    span_id=st.integers(1, 10**9),
    start=st.integers(START * MS, (START + 4) * MS),
    duration=st.integers(0, 4 * MS),
    name=st.sampled_from(["flask.request", "sql"]),
    service=st.sampled_from(["shop", "db"]),
    resource=st.sampled_from(["GET /", "SELECT"]),
    error=st.integers(0, 1),
    meta=st.sampled_from([None, {"env": "lab", "http.status_code": "500"}, {"http": "x", "http.status_code": "200"}]),
    metrics=st.sampled_from([None, {"_dd.top_level": 1.0, "rows": 3.0}]),
)


def host_tags(host: str) -> Sequence[str]:
    return HOST_TAGS.get(host, [])


def kept(path: Path, *chunks: Chunk) -> TraceStore:
    store = TraceStore(Database(path / "traces.sqlite"))
    for chunk in chunks:
        store.add([chunk], True, {})
    return store


def found(store: TraceStore, search: str) -> int:
    return len(records(store, "agent-1", host_tags).select(matching.tree(search), 0, START * 2, ()).times)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(spans, min_size=1, max_size=3), max_size=4),
    st.sampled_from(SEARCHES),
    st.integers(-1, 9),
    st.integers(-1, 9),
)
def test_a_store_of_traces_answers_as_its_spans_one_by_one_do(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[Chunk], search: str, start: int, end: int
) -> None:
    store = kept(tmp_path_factory.mktemp("traces"), *chunks)
    tree, first, last = matching.tree(search), START + start, START + end
    plain = Lines(
        (span.end // MS, record(span, trace_id(chunk), "agent-1", ["source:apm", *host_tags("agent-1")]))
        for chunk, span in itertools.chain.from_iterable([(chunk, span) for span in chunk] for chunk in chunks)
    )
    ours = records(store, "agent-1", host_tags)
    expected, selected = plain.select(tree, first, last, FIELDS), ours.select(tree, first, last, FIELDS)
    assert selected.times.tolist() == expected.times.tolist()
    for field in FIELDS:
        for part in ("rows", "codes"):
            assert getattr(selected.columns[field], part).tolist() == getattr(expected.columns[field], part).tolist()
        assert selected.columns[field].values == expected.columns[field].values
    for limit in (1, 5):
        newest = [(time, one.attributes, one.reserved) for time, one in ours.newest(tree, first, last, limit)]
        assert newest == [(time, one.attributes, one.reserved) for time, one in plain.newest(tree, first, last, limit)]


@pytest.mark.parametrize(
    "search",
    [
        "service:shop",
        "operation_name:flask.request",
        'resource_name:"GET /"',
        "status:ok",
        "env:lab",
        "host:agent-1",
        "zone:a",
        "type:web",
        "trace_id:7",
        "trace_id:00000000000000000000000000000007",
        "span_id:1",
        "@http.status_code:200",
        "@http.status_code:[200 TO 299]",
        "@http.url_details.path:\\/",
        "@rows:3",
        "@duration:200000000",
        "@duration:[100ms TO 0.2s]",
        "@duration:<1m",
        "-@_dd.top_level:*",
        "get",
    ],
)
def test_a_span_is_searched_by_reserved_names_tags_and_attributes(tmp_path: Path, search: str) -> None:
    meta = {"env": "lab", "http.status_code": "200", "http.url_details.path": "/"}
    span = Span(
        7, 1, START * MS, 200 * MS, "flask.request", "shop", "GET /", 0, 0, meta, {"rows": 3, "_dd.top_level": 1}, "web"
    )
    store = kept(tmp_path, [span])
    assert found(store, search) == 1
    assert found(store, f"-({search})") == 0


def test_the_time_of_a_span_is_its_end_and_a_long_traces_parts_are_found_by_their_own(tmp_path: Path) -> None:
    root = Span(7, 1, START * MS, 60_000 * MS, "root", "shop")
    child = Span(7, 2, START * MS, 5 * MS, "child", "shop", parent_id=1)
    ours = records(kept(tmp_path, [root, child]), "agent-1", host_tags)

    def names(start: int, end: int) -> list[object]:
        return list(
            ours.select(matching.tree("*"), START + start, START + end, ["operation_name"])
            .columns["operation_name"]
            .values
        )

    assert names(0, 5) == []
    assert names(5, 6) == ["child"]
    assert names(6, 60_000) == []
    assert names(0, 60_001) == ["child", "root"]


def test_an_attribute_that_stands_in_anothers_way_keeps_it_findable(tmp_path: Path) -> None:
    span = Span(7, 1, START * MS, 1, "a", "shop", meta={"http": "x", "http.method": "GET"})
    store = kept(tmp_path, [span])
    assert found(store, "@http:x") == 1
    assert found(store, "@http.method:GET") == 1


def test_spans_of_a_folder_from_before_their_ends_were_kept_are_there_too(tmp_path: Path) -> None:
    kept(
        tmp_path,
        [Span(trace_id=7, span_id=1, start=START * MS, duration=MS, name="sql", service="db", resource="SELECT")],
    )
    connection = Database(tmp_path / "traces.sqlite").connection()
    connection.execute("DROP INDEX chunks_ends")
    for column in ("first", "last"):
        connection.execute(f"ALTER TABLE chunks DROP COLUMN {column}")
    assert found(kept(tmp_path), "service:db") == 1
