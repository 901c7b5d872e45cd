"""Searches over HTTP: their terms in an address and in a body, times in each form and their ends, pages and cursors; and a place shown in a long line."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from doghouse.numbers import LATEST_S
from doghouse.search import carets, paging
from doghouse.search.matching import number, tree
from doghouse.search.record import attribute, flat, text_of, texts
from doghouse.search.units import BYTES, TIMES, UNITS, in_base_units, scaled
from doghouse.web.errors import ApiError
from doghouse.web.http import Call

NOW = 1_772_445_600.25  # 2026-03-02T10:00:00.25Z
NOW_MS = 1_772_445_600_250


def call(body: Any = None, **query: Any) -> Call:
    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": urlencode(query).encode(), "headers": []}
    return Call(Request(scope), b"" if body is None else json.dumps(body).encode(), NOW)


def refused(work: Any) -> str:
    with pytest.raises(ApiError) as error:
        work()
    assert error.value.status == 400
    return str(error.value.errors[0])


TERMS = {"filter[query]": "a b", "filter[from]": "now-5m", "filter[to]": "now", "filter[indexes]": "x,y", "page[limit]": "3", "sort": "timestamp"}  # fmt: skip
BODY = {"filter": {"query": "a b", "from": "now-5m", "to": "now", "indexes": ["x", "y"]}, "page": {"limit": 3}, "sort": "timestamp"}  # fmt: skip


def test_a_search_says_the_same_in_an_address_and_in_a_body() -> None:
    for search in (paging.of_address(call(**TERMS)), paging.of_body(call(BODY))):
        assert (search.text, search.limit, search.newest_first, search.after) == ("a b", 3, False, None)
        assert search.stretch(NOW) == (NOW_MS - 300_000, NOW_MS)
        assert search.filter.indexes == ["x", "y"]


def test_what_is_not_said_is_the_last_15_minutes_ten_of_them_the_newest_first() -> None:
    for search in (paging.of_address(call()), paging.of_body(call()), paging.of_body(call({}))):
        assert (search.text, search.limit, search.newest_first, search.after) == ("*", 10, True, None)
        assert search.stretch(NOW) == (NOW_MS - 900_000, NOW_MS)


def test_a_limit_lies_between_0_and_a_thousand() -> None:
    assert [paging.of_body(call({"page": {"limit": limit}})).limit for limit in (0, 1, 1000, 1001)] == [
        0,
        1,
        1000,
        1000,
    ]
    below = paging.of_body(call({"page": {"limit": -1}}))
    assert refused(lambda: below.limit) == "The request body is invalid: page.limit must be a number from 0"
    assert paging.of_address(call(**{"page[limit]": "1001"})).limit == 1000


def test_an_order_is_one_of_two() -> None:
    assert [paging.Search(sort=order).newest_first for order in ("timestamp", "-timestamp")] == [False, True]
    text = "Invalid value 'time' for parameter 'sort': expected one of timestamp, -timestamp"
    assert refused(lambda: paging.Search(sort="time").newest_first) == text


@pytest.mark.parametrize(
    ("time", "moment"),
    [
        ("now", NOW_MS),
        ("now-15m", NOW_MS - 900_000),
        ("now + 1h", NOW_MS + 3_600_000),
        ("-15m", NOW_MS - 900_000),
        ("+1d", NOW_MS + 86_400_000),
        ("2026-03-02T10:00:00Z", 1_772_445_600_000),
        ("2026-03-02T11:00:00.5 01:00", 1_772_445_600_500),  # an address has made a blank of the plus
        ("2026-03-02T10:00:00", 1_772_445_600_000),
        ("0", 0),
        (1, 1),
        (LATEST_S * 1000, LATEST_S * 1000),
    ],
)
def test_a_time_has_several_forms(time: str | int, moment: int) -> None:
    assert paging.instant(time, NOW) == moment


@pytest.mark.parametrize("time", ["yesterday", "-15x", "now-15", "", "1969-12-31T23:59:59Z", LATEST_S * 1000 + 1, "-1"])
def test_what_is_no_time_is_refused_as_it_was_sent(time: str | int) -> None:
    text = f"Invalid time '{time}': expected now, now-15m, an ISO 8601 time or milliseconds since 1970"
    assert refused(lambda: paging.instant(time, NOW)) == text


@given(st.text())
def test_a_cursor_names_the_record_that_it_is_behind(name: str) -> None:
    made = paging.cursor(name)
    assert "=" not in made
    assert paging.behind(made) == paging.behind(made + "==") == name


@pytest.mark.parametrize("cursor", ["x", "", "e30", "bm8"])
def test_what_is_no_cursor_is_refused_as_recorded(cursor: str) -> None:
    text = "{'errors': [u\"input_validation_error(Field 'page' is invalid: invalid cursor)\"]}"
    assert refused(lambda: paging.behind(cursor)) == text


def test_a_page_links_to_the_next_with_what_the_search_names() -> None:
    search = paging.of_address(call(**TERMS))
    answer = paging.answer([{"id": "1"}, {"id": "2"}], search, "http://example.com/x")
    after = paging.cursor("2")
    assert (answer["data"], answer["meta"]) == ([{"id": "1"}, {"id": "2"}], {"page": {"after": after}})
    link = urlsplit(answer["links"]["next"])
    assert f"{link.scheme}://{link.netloc}{link.path}" == "http://example.com/x"
    terms = parse_qsl(link.query)
    assert terms == sorted({**TERMS, "page[cursor]": after}.items())
    following = paging.of_address(call(**dict(terms)))
    assert (following.after, following.text, following.limit) == ("2", "a b", 3)
    alone = paging.answer([{"id": "1"}], paging.Search(), "/x")["links"]["next"]
    assert parse_qsl(urlsplit(alone).query) == [("page[cursor]", paging.cursor("1"))]
    assert paging.answer([], search, "/x") == {"data": []}


# -- places


@pytest.mark.parametrize(
    ("text", "position", "shown"),
    [
        ("ab", 0, "ab\n^"),
        ("ab", 2, "ab\n  ^"),
        ("ab\ncd\nef", 4, "cd\n ^"),
        ("ab\ncd", 2, "ab\n  ^"),
        ("a\tb\x07", 3, "a b\ufffd\n   ^"),
    ],
)
def test_a_caret_stands_below_the_place_in_its_line(text: str, position: int, shown: str) -> None:
    assert carets.under(text, position) == shown


@given(st.text("ab", max_size=600), st.data())
def test_a_long_line_is_shown_around_the_place(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    line, below = carets.under(text, place).split("\n")
    column = below.index("^")
    assert (line + "$")[column] == (text + "$")[place] or (line[column : column + 1], place) == ("…", len(text))
    assert len(line) <= carets.LONGEST_LINE + 2
    assert line.strip("…") in text
    assert ("…" in line) == (len(text) > carets.LONGEST_LINE)
    if place > carets.LONGEST_LINE // 2 and len(text) > carets.LONGEST_LINE:
        assert column == carets.LONGEST_LINE // 2 + 1


# -- values


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("-1.5", -1.5), ("+2", 2), (".5", 0.5), ("1.", 1), ("1e3", 1000), ("1e9999", None), ("a", None), ("1_0", None), ("0x1", None), ("١", None)],
)  # fmt: skip
def test_a_text_says_a_number_or_none(text: str, value: float | None) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("a", [1]),
        ("b.c", [2, 3]),
        ("b", [{"c": [2, None, 3]}]),
        ("d.e", [4, 5]),
        ("f.g", [6]),
        ("h.i.j", [7]),
        ("k", []),
        ("b.x", []),
        ("a.b", []),
        ("l", [8, 9]),
    ],
)
def test_a_path_leads_through_objects_lists_and_names_with_dots(path: str, values: list[Any]) -> None:
    attributes = {
        "a": 1,
        "b": {"c": [2, None, 3]},
        "d": [{"e": 4}, {"e": 5}, 1],
        "f.g": 6,
        "h": {"i.j": 7},
        "k": None,
        "l": [[8], [None, [9]]],
    }
    assert attribute(attributes, path) == values


def test_values_are_written_and_found_however_deep() -> None:
    assert [text_of(value) for value in (True, False, 2.0, 2.5, 3, "x")] == ["true", "false", "2", "2.5", "3", "x"]
    assert list(flat([1, [2, [3, None], 4], None, 5])) == [1, 2, 3, 4, 5]
    assert sorted(texts([{"a": ["x", {"b": 1.0}]}, None, True])) == ["1", "true", "x"]


@pytest.mark.parametrize(
    ("text", "units", "value"),
    [
        ("1ns", TIMES, 1),
        ("2us", TIMES, 2_000),
        ("2µs", TIMES, 2_000),
        ("1.5ms", TIMES, 1_500_000),
        ("3s", TIMES, 3 * 10**9),
        ("1m", TIMES, 60 * 10**9),
        ("1min", TIMES, 60 * 10**9),
        ("1h", TIMES, 3600 * 10**9),
        ("1d", TIMES, 86_400 * 10**9),
        ("1w", TIMES, 604_800 * 10**9),
        ("7B", BYTES, 7),
        ("1KB", BYTES, 1000),
        ("1KiB", BYTES, 1024),
        ("2MB", BYTES, 2 * 10**6),
        ("1MiB", BYTES, 1 << 20),
        ("1GB", BYTES, 10**9),
        ("1GiB", BYTES, 1 << 30),
        ("1TB", BYTES, 10**12),
        ("1TiB", BYTES, 1 << 40),
        ("-1.5KB", BYTES, -1500),
    ],
)
def test_a_number_with_a_unit_is_in_the_smallest(text: str, units: Any, value: int) -> None:
    assert scaled(text, units) == value


@pytest.mark.parametrize("text", ["1", "ms", "1XB", "1e3ms", "1 ms", "1kb"])
def test_what_is_no_number_with_a_unit_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=f"^'{text}' is no number with a unit$"):
        scaled(text, BYTES)


@pytest.mark.parametrize(
    ("search", "plain"),
    [
        ("@duration:>20ms", "@duration:>20000000"),
        ("@duration:[1s TO *]", "@duration:[1000000000 TO *]"),
        (
            "-(@network.bytes_read:<1KB OR @duration:{5 TO 1us})",
            "-(@network.bytes_read:<1000 OR @duration:{5 TO 1000})",
        ),
        ("@other:>20ms a", "@other:>20ms a"),
        ("@duration:20ms", "@duration:20ms"),
    ],
)
def test_only_ranges_of_attributes_with_known_units_are_put_into_them(search: str, plain: str) -> None:
    assert in_base_units(tree(search)) == tree(plain)
    assert set(UNITS) == {"@duration", "@network.bytes_read", "@network.bytes_written"}
