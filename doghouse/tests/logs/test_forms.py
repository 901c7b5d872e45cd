"""The forms that logs have on their way: bodies, statuses, ids of traces, the texts of columns, bars and ranks of groups; each at its edges."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.logs import bodies, correlation
from doghouse.logs.api import analytics, facets
from doghouse.logs.api.facets import GroupBy, Histogram, Sort
from doghouse.logs.bodies import LogError
from doghouse.logs.files import lines
from doghouse.logs.model import Log, with_host_tags
from doghouse.logs.search import record
from doghouse.logs.statuses import status
from doghouse.logs.store import encoding
from doghouse.web.errors import ApiError

TRACE = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("body", "kind", "logs"),
    [
        (b'{"message": "a", "x": 1}', "application/json", [{"message": "a", "x": 1}]),
        (b'[{"message": "a"}, "b"]', "application/json; charset=utf-8", [{"message": "a"}, {"message": "b"}]),
        (b"[]", "", []),
        (b"a\n\nb\r\n", "text/plain", [{"message": "a"}, {"message": "b"}]),
        (b"5 abcd\n3 efg", "application/logplex-1", [{"message": "abcd"}, {"message": "efg"}]),
        (b"3 abcrest", "application/logplex-1", [{"message": "abc"}, {"message": "rest"}]),
        (b"no length", "Application/Logplex-1 ; x", [{"message": "no length"}]),
        (b"2 \xff\xfe", "application/logplex-1", [{"message": "\ufffd\ufffd"}]),
    ],
)
def test_a_body_is_read_by_its_content_type(body: bytes, kind: str, logs: list[Any]) -> None:
    assert bodies.read(body, kind) == logs


def test_of_texts_no_more_are_read_than_asked_and_what_is_no_log_is_said() -> None:
    assert bodies.read(b"a\nb\nc", "text/plain", 2) == [{"message": "a"}, {"message": "b"}]
    assert bodies.read(b"1 a1 b1 c", "application/logplex-1", 2) == [{"message": "a"}, {"message": "b"}]
    for body in (b"[1]", b"null"):
        with pytest.raises(LogError, match=r"^Invalid JSON: a log must be an object or a text$"):
            bodies.read(body, "application/json")
    with pytest.raises(LogError, match=r"^Invalid JSON: "):
        bodies.read(b"{", "application/json")


@pytest.mark.parametrize(
    ("sent", "word"),
    [(str(number), word) for number, word in enumerate(("emergency", "alert", "critical", "error", "warn", "notice", "info", "debug"))]
    + [("8", "info"), ("10", "info"), ("", "info"), (" FATAL ", "emergency"), ("emerg", "emergency"), ("e", "info"), ("err", "error"), ("Alert", "alert")]
    + [("crit", "critical"), ("warning", "warn"), ("notice", "notice"), ("information", "info"), ("debug", "debug"), ("trace", "debug")]
    + [("verbose", "debug"), ("ok", "ok"), ("success", "ok"), ("x", "info")],
)  # fmt: skip
def test_a_status_is_known_by_its_number_or_its_beginning(sent: str, word: str) -> None:
    assert status(sent) == word


@pytest.mark.parametrize(
    ("text", "trace"),
    [(TRACE, TRACE), (f" {TRACE.upper()} ", TRACE), ("1", f"{1:032x}"), (str(2**64 - 1), f"{2**64 - 1:032x}"), (str(2**64), None), ("0", None),
     ("0" * 32, None),
     (TRACE[:-1], None), ("x", None), ("", None), ("1" * 21, None)],
)  # fmt: skip
def test_a_trace_has_an_id_in_hex_digits_or_of_64_bits_in_decimal(text: str, trace: str | None) -> None:
    assert correlation.canonical_id(text) == trace
    for log in (
        Log(0, "", attributes={"dd": {"trace_id": text}}),
        Log(0, "", attributes={"contextMap": {"dd.trace_id": text}}),
    ):
        assert correlation.trace_of(log) == trace


def test_a_text_names_its_trace_and_span() -> None:
    log = Log(0, "[dd.service=a dd.trace_id=7 dd.span_id=9] went")
    assert (correlation.trace_of(log), correlation.span_of(log)) == (f"{7:032x}", 9)
    assert correlation.trace_of(Log(0, "xdd.trace_id=7")) is None
    assert [correlation.span_of(Log(0, "", attributes={"dd": {"span_id": span}})) for span in ("0", "x", 5)] == [
        None,
        None,
        5,
    ]


def test_a_search_sees_the_reserved_attributes_that_a_log_has() -> None:
    log = Log(1.2345, "m", "nginx", "web", "a", "error", ("env:x",), {"dd": {"trace_id": 7}})
    seen = record(log)
    names = ("host", "source", "service", "status", "timestamp", "trace_id", "env", "nothing")
    assert [list(seen.values(name)) for name in names] == [
        *(["a"], ["nginx"], ["web"], ["error"], [1234]),
        [f"{7:032x}", "7"],
        *(["x"], []),
    ]
    bare = record(Log(0, "m"))
    assert [list(bare.values(name)) for name in ("host", "trace_id", "status")] == [[], [], ["info"]]
    assert (len(bare.reserved), list(bare.reserved)) == (
        6,
        ["host", "source", "service", "status", "trace_id", "timestamp"],
    )
    assert list(record(Log(0, "m", attributes={"dd": {"trace_id": TRACE}})).values("trace_id")) == [TRACE]


def test_a_log_has_its_hosts_tags_behind_its_own() -> None:
    assert with_host_tags(("b", "a"), ("a", "c")) == ("b", "a", "c")


# -- columns

scalars = st.one_of(
    st.text(max_size=6),
    st.booleans(),
    st.integers(-(2**54), 2**54),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["true", "false", "1", "-1.5", "+1", ".5", "'a", '"a', "{a", "[a", "1e999", "\u0661", 2**53, 2**53 + 1, -(2**53) - 1, 0.1, 1e300]),
)  # fmt: skip


@given(st.lists(scalars, max_size=3))
def test_values_come_back_from_their_text_with_their_types(values: list[Any]) -> None:
    text = encoding.encoded(values)
    if not values:
        assert text is None
        return
    assert text is not None
    back = encoding.decoded(text)
    assert back == values
    same = [type(one) is type(other) or float(other).is_integer() for one, other in zip(back, values, strict=True)]
    assert all(same)


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), ("", "'"), ("true", "'true"), ("truer", "truer"), ("12", '"12'), ("-1.5", '"-1.5'), ("-a", "'-a"), ("1e999", '["1e999"]'), ("[x", "'[x"),
     (True, "true"),
     (False, "false"), (7, "7"), (-7, "-7"), (2.5, "2.5"), (2.0, "2.0"), (2**53, str(2**53)), (2**53 + 1, f"[{2**53 + 1}]"), ({"a": 1}, "{")],
)  # fmt: skip
def test_the_text_of_one_value(value: Any, text: str) -> None:
    assert encoding.encoded([value]) == text
    assert encoding.decoded(text) == [{} if isinstance(value, dict) else value]


def test_several_values_are_a_list_in_which_an_object_is_an_empty_one() -> None:
    assert encoding.encoded([1, {"a": 2}, "b"]) == '[1,{},"b"]'


# -- lines of a file


@pytest.mark.parametrize(
    ("content", "messages"),
    [
        (b'\xef\xbb\xbf{"message": "a", "timestamp": 1}\n\n{"message": "b", "timestamp": 2}\n', ["a", "b"]),
        (b'{"message": "a", "timestamp": 1}', ["a"]),
        (
            b'{"attributes": {"message": "c", "timestamp": 1}}\n{"content": {"message": "d", "timestamp": 1}}',
            ["c", "d"],
        ),
        (b"", []),
    ],
)
def test_lines_are_logs_as_they_are_sent_or_answered(tmp_path: Path, content: bytes, messages: list[str]) -> None:
    (tmp_path / "x").write_bytes(content)
    assert [log.message for log in lines.read_lines(tmp_path / "x")] == messages


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"message": "a", "timestamp": 1}\n\n{"message": "b"}', ":3: has no timestamp that can be read: expected ISO 8601, or ms since 1970"),
        (b"[{}]", ":1: expected a log a line, not a list of them (jq -c '.[]' makes lines of one)"),
        (b"[\n{}]", ":1: expected a log a line, not a list of them (jq -c '.[]' makes lines of one)"),
        (b"\n7", ":2: expected a log, an object"),
        (b"{", ":1: is not JSON: Input data was truncated"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_said_with_its_number(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(lines.LogFileError) as error:
        list(lines.read_lines(tmp_path / "x"))
    assert str(error.value) == f"{tmp_path / 'x'}{said}"


# -- groups


@pytest.mark.parametrize(
    ("value", "bar"),
    [
        (0, 0),
        (9.9, 0),
        (10, 10),
        (24.9, 20),
        (25, 20),
        ("12", 10),
        (-0.1, None),
        (25.1, None),
        ("x", None),
        (True, None),
    ],
)
def test_a_value_is_in_the_bar_that_begins_below_it_and_the_greatest_in_the_last(value: Any, bar: float | None) -> None:
    assert Histogram(10, 0, 25).bar(value) == bar
    assert Histogram(10, 5, 25).bar(25) == 15


@pytest.mark.parametrize(
    ("taken", "not_taken", "said"),
    [
        (GroupBy("a", limit=1), GroupBy("a", limit=0), "group_by.limit must be a number from 1 to 10000"),
        (GroupBy("a", limit=10_000), GroupBy("a", limit=10_001), "group_by.limit must be a number from 1 to 10000"),
        (GroupBy("a", histogram=Histogram(1, 0, 100)), GroupBy("a", histogram=Histogram(1, 0, 101)),
         "group_by.histogram: expected at most 100 buckets from min to max"),
        (GroupBy("a", histogram=Histogram(0.5, 0, 1)), GroupBy("a", histogram=Histogram(0, 0, 1)),
         "group_by.histogram: expected an interval above 0, and min below max"),
        (GroupBy("a", histogram=Histogram(1, 0, 1)), GroupBy("a", histogram=Histogram(1, 1, 1)),
         "group_by.histogram: expected an interval above 0, and min below max"),
    ],
)  # fmt: skip
def test_a_facet_has_its_limits(taken: GroupBy, not_taken: GroupBy, said: str) -> None:
    taken.check()
    with pytest.raises(ApiError) as error:
        not_taken.check()
    assert error.value.errors[0] == f"The request body is invalid: {said}"


WORTHS = [(2.0, "b"), (3.0, "c"), (2.0, "a"), (math.nan, "d"), (9.0, "$total")]


@pytest.mark.parametrize(
    ("facet", "names"),
    [
        (GroupBy("x"), ["$total", "c", "a", "b", "d"]),
        (GroupBy("x", limit=2), ["$total", "c"]),
        (GroupBy("x", limit=2, total=True), ["c", "a", "$total"]),
        (GroupBy("x", sort=Sort("measure", "asc")), ["a", "b", "c", "$total", "d"]),
        (GroupBy("x", sort=Sort(), total=True), ["a", "b", "c", "d", "$total"]),
        (GroupBy("x", sort=Sort("alphabetical", "desc"), total=True), ["d", "c", "b", "a", "$total"]),
    ],
)
def test_groups_stand_by_what_they_are_worth_or_by_name_and_the_total_last(facet: GroupBy, names: list[str]) -> None:
    assert facets._ordered(WORTHS, facet) == names


def test_no_groups_have_no_total() -> None:
    assert facets._ordered([], GroupBy("x", total=True)) == []
    assert [GroupBy("x", total=total).total_name for total in (False, True, "all", 7.0)] == [None, "$total", "all", "7"]
    assert [Sort(kind).descends for kind in ("measure", "alphabetical")] == [True, False]


@pytest.mark.parametrize(("value", "shown"), [(2.0, 2), (2.5, 2.5), (math.nan, None), (math.inf, None), (-0.0, 0)])
def test_a_value_is_answered_as_a_number_or_not_at_all(value: float, shown: float | None) -> None:
    assert analytics.number(value) == shown
    assert type(analytics.number(value)) is type(shown)
