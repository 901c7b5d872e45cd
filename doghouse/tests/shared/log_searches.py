"""Generated logs and searches, and what a selection of logs holds, to be compared."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from doghouse.logs.model import Log
from doghouse.search.parser import parse
from doghouse.search.records import Column, Selected
from doghouse.search.tree import And, Everything, Exists, Match, Node, Not, Or, Phrase, Range, Wildcard, Word
from doghouse.web.errors import ApiError

WORDS = (
    "error", "Error", "type=error", "log in", "login", "web", "web-store", "a", "", "Straße", "ſ", "K", "İ", "é b",
    "true", "false", "null", "inf", "nan", "200", "200.0", "2e2", "-5", "+5", ".5", "5.", "1e999", "1_0", "0x1", "9007199254740993",
    "10.0.0.1", "10.0.0.256", "fe80::1", "::1", "2001:db8::1", "{x}", "[1]", "'q'", '"q"', "100%", "a_b", "/a/1.0", "\\", "line\nbreak",
    "00000000000000000000000000000001", "1", "one two three",
)  # fmt: skip
texts = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=6).filter(lambda text: max(text, default="") < "\ud800" or max(text) > "\udfff"),
)
numbers = st.one_of(
    st.sampled_from(
        (0, 1, 5, 200, 200.0, -5, 0.5, -0.0, 1e16, 1e22, 1e-7, 2**53, 2**53 + 1, -(2**53) - 1, 2**64, 120.5)
    ),
    st.integers(-300, 300),
    st.floats(allow_nan=False, allow_infinity=False),
)
names = st.sampled_from(("a", "b", "c", "a.b", "b.c", "a.b.c", "title", "error", "message", "A", "ip", ""))
values = st.recursive(
    st.one_of(texts, numbers, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=6,
)
tags = st.one_of(
    st.sampled_from(("env:prod", "env:dev", "team:sre", "team:ops", "blue", "host:h1", "service:x", "Env:Prod", "version:1.2", "n:[1]", "k:")),
    st.builds(lambda key, value: f"{key}:{value}", st.sampled_from(("env", "team", "x")), texts),
)  # fmt: skip
attributes = st.builds(
    lambda some, trace: some | ({"dd": {"trace_id": trace}} if trace else {}),
    st.dictionaries(names, values, max_size=4),
    st.sampled_from((None, None, "1", "00000000000000000000000000000001", "f" * 32, "0")),
)
logs = st.builds(
    Log,
    timestamp=st.integers(0, 9).map(float),
    message=texts,
    source=st.sampled_from((None, "nginx", "1")),
    service=st.sampled_from((None, "web", "web-store", "true")),
    host=st.sampled_from((None, "h1", "10.0.0.1", "-5")),
    status=st.sampled_from(("info", "error", "warn")),
    tags=st.lists(tags, max_size=4).map(tuple),
    attributes=attributes,
)
searched = st.one_of(
    st.sampled_from(("host", "service", "status", "source", "trace_id", "timestamp", "message", "tags", "Service", "env", "Env", "team", "blue", "n", "x")),
    names.filter(bool).map(lambda name: f"@{name}"),
    st.sampled_from(("@a.a", "@error.message", "@nowhere", "@dd.trace_id", "@dd")),
)  # fmt: skip
word = (
    st.lists(st.one_of(texts, st.sampled_from(Wildcard)), min_size=1, max_size=3)
    .map(Word.of)
    .filter(lambda word: word.parts)
)
phrase = texts.map(Phrase)
ends = st.one_of(st.none(), texts.filter(bool), st.sampled_from(("1", "5", "200", "-5", "1e999")))
span = st.builds(Range, ends, ends, st.booleans())
blocks = st.sampled_from(("10.0.0.0/8", "fe80::/10", "0.0.0.0/0", "10.0.0.1/32"))
leaf = st.one_of(
    st.builds(Match, st.sampled_from((None, "*")), st.one_of(word, phrase)),
    st.builds(Match, searched, st.one_of(word, phrase, span)),
    st.builds(Exists, searched),
    st.builds(
        lambda field, block: parse(f"CIDR({field},{block})"),
        st.sampled_from(("@ip", "@a", "@b", "host", "env")),
        blocks,
    ),
    st.just(Everything()),
)
searches: st.SearchStrategy[Node] = st.recursive(
    leaf,
    lambda part: st.one_of(
        st.builds(Not, part),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=4,
)


def values_of(column: Column) -> list[tuple[int, str]]:
    """Each row with its value, sorted within a row: there their order means nothing."""
    pairs = zip(column.rows.tolist(), column.codes.tolist(), strict=True)
    return sorted((row, repr(column.values[code])) for row, code in pairs)


def shown(selected: Selected) -> tuple[list[int], dict[str, list[tuple[int, str]]]]:
    return selected.times.tolist(), {field: values_of(column) for field, column in selected.columns.items()}


def outcome(work: Any) -> Any:
    try:
        return work()
    except ApiError as error:
        return error.body
