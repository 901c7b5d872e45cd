"""Facets and counts over time of logs: what a click makes of a search, and how many logs there are of each kind."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doghouse.logs.model import Log
from doghouse.logs.search import record
from doghouse.logs.store.log_store import LogStore
from doghouse.logs.store.reading import weights
from doghouse.search import matching
from doghouse.search.parser import parse
from doghouse.search.records import Lines
from doghouse.search.tree import written
from doghouse.ui.data.logs import rows as log_rows
from doghouse.ui.data.logs.facets import choice, facet
from doghouse.ui.data.logs.histogram import MOST_BUCKETS, histogram, interval
from doghouse.ui.frame import Frame

VALUES = st.text(st.sampled_from(list('abAZ09_-:*?()[]"\\ é.<>=!#@&|')), max_size=5)
LOGS = st.builds(
    Log,
    timestamp=st.integers(1000, 1999).map(float),
    message=st.just("m"),
    service=st.sampled_from(["web", "shop", "AND", "a b", None]),
    status=st.sampled_from(["info", "error", "odd"]),
    tags=st.lists(st.sampled_from(["env:prod", "env:dev", "blue"]), max_size=3).map(tuple),
)


@pytest.mark.parametrize(
    ("search", "value", "asked", "kept_out"),
    [
        ("*", "web", "service:web", "-service:web"),
        ("", "a b", 'service:"a b"', '-service:"a b"'),
        ("timeout", "web", "timeout service:web", "timeout -service:web"),
        ("service:web", "web", "*", "-service:web"),
        ("service:web", "shop", "service:web OR service:shop", "service:web -service:shop"),
        ("-service:web", "web", "service:web", "*"),
        ("service:(web OR shop) x", "web", "x service:shop", "x service:shop -service:web"),
        ("service:w* x", "web", "service:w* x service:web", "service:w* x -service:web"),
        ("service:web OR x", "web", "(service:web OR x) service:web", "(service:web OR x) -service:web"),
    ],
)
def test_a_click_asks_for_a_value_or_keeps_it_out_and_leaves_the_rest(
    search: str, value: str, asked: str, kept_out: str
) -> None:
    chosen = choice(parse(search), "service")
    assert written(chosen.toggled(value, excluded=False).search()) == asked
    assert written(chosen.toggled(value, excluded=True).search()) == kept_out


@given(st.sampled_from(["*", "x y", "x OR y", "-x service:web"]), VALUES)
def test_what_a_click_writes_reads_back_as_the_same_choice_for_any_value(search: str, value: str) -> None:
    for excluded in (False, True):
        toggled = choice(parse(search), "service").toggled(value, excluded=excluded)
        again = choice(parse(written(toggled.search())), "service")
        assert (again.included, again.unwanted) == (toggled.included, toggled.unwanted)
        back = again.toggled(value, excluded=excluded)
        assert value not in (back.unwanted if excluded else back.included)


@given(st.lists(LOGS, max_size=12))
def test_a_facets_counts_are_what_the_search_of_its_click_finds(logs: list[Log]) -> None:
    lines = Lines((round(log.timestamp * 1000), record(log)) for log in logs)
    for field in ("service", "status", "env"):
        for row in facet(field, lines.select(parse("*"), 0, 10**9, [field]), parse("*"))["values"]:
            wanted, unwanted = matching.compile_search(row["with"]), matching.compile_search(row["without"])
            assert row["count"] == sum(wanted(record(log)) for log in logs)
            assert len(logs) - row["count"] == sum(unwanted(record(log)) for log in logs)


def test_a_value_that_is_asked_for_is_shown_though_no_log_has_it() -> None:
    logs = Lines([(0, record(Log(0.0, "m", service="web")))]).select(parse("*"), 0, 1, ["service"])
    rows = facet("service", logs, parse("service:(web OR gone) -service:old"))["values"]
    assert [(row["value"], row["count"], row["wanted"], row["unwanted"]) for row in rows] == [
        ("web", 1, True, False),
        ("gone", 0, True, False),
        ("old", 0, False, True),
    ]


@given(st.lists(LOGS, max_size=20), st.integers(1, 10**7))
def test_each_log_is_counted_once_in_the_bucket_of_its_time(logs: list[Log], span: int) -> None:
    shown = Frame(2000 - span, 2000, False)
    lines = Lines((round(log.timestamp * 1000), record(log)) for log in logs)
    made = histogram(lines.select(parse("*"), shown.start * 1000, shown.end * 1000, ["status"]), shown)
    start, length = made["start"], made["interval"]
    assert start % length == 0
    assert start <= shown.start < start + length
    for row in made["statuses"]:
        assert len(row["counts"]) <= MOST_BUCKETS + 1
        for bucket, count in enumerate(row["counts"]):
            times = range(start + bucket * length, start + (bucket + 1) * length)
            own = [log for log in logs if log.status == row["status"] and log.timestamp >= shown.start]
            assert count == sum(int(log.timestamp) in times for log in own)


def test_the_worst_statuses_come_first() -> None:
    lines = Lines((0, record(Log(0.0, "m", status=status))) for status in ("ok", "info", "odd", "error"))
    made = histogram(lines.select(parse("*"), 0, 1000, ["status"]), Frame(0, 1, False))
    assert [row["status"] for row in made["statuses"]] == ["error", "info", "ok", "odd"]


@pytest.mark.parametrize(
    ("span", "length"), [(1, 1), (100, 1), (101, 2), (3600, 60), (86400, 900), (10**9, 86400 * 116)]
)
def test_a_bucket_is_as_long_as_a_hundred_of_them_need(span: int, length: int) -> None:
    assert interval(span) == length


def test_fields_are_offered_by_how_many_logs_have_them_tags_first() -> None:
    logs = [
        Log(0.0, "m", tags=("env:prod", "host:x", "blue"), attributes={"http": {"code": 200}, "usr": None}),
        Log(0.0, "m", tags=("env:dev", "team:a"), attributes={"http": {"code": 500, "url": "/"}, "dur": 1}),
    ]
    assert log_rows.fields(logs) == ["env", "team", "@http.code", "@dur", "@http.url"]


@settings(max_examples=15, deadline=None)
@given(logs=st.lists(LOGS, max_size=12), span=st.integers(1, 3000))
def test_what_the_store_counts_is_what_its_logs_come_to_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, logs: list[Log], span: int
) -> None:
    store = LogStore(tmp_path_factory.mktemp("logs"))
    store.add(logs)
    shown = Frame(2000 - span, 2000, False)
    stretch = shown.start * 1000, shown.end * 1000
    for field, step in (("status", interval(span)), ("service", 10**6), ("env", 10**6)):
        counted, plain = (
            store.counts(parse("*"), *stretch, [field], step * 1000),
            store.select(parse("*"), *stretch, [field]),
        )
        assert counted is not None
        assert weights(counted).sum() == len(plain.times)
        assert facet(field, counted, parse("*")) == facet(field, plain, parse("*"))
        if field == "status":
            assert histogram(counted, shown) == histogram(plain, shown)
    store.close()
