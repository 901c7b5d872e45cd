"""Laws of the language: what is written reads back, a negation is the complement, and bad input is told with its place."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Any

import pytest
from growth import seconds
from hypothesis import given
from hypothesis import strategies as st

from doghouse.search import matching, tokens
from doghouse.search.errors import SearchSyntaxError
from doghouse.search.parser import MOST_CONDITIONS, MOST_NESTED, MOST_PATTERNS, parse
from doghouse.search.record import Record
from doghouse.search.tree import (
    And,
    Cidr,
    Everything,
    Exists,
    Match,
    Node,
    Not,
    Or,
    Phrase,
    Range,
    Wildcard,
    Word,
    written,
)
from doghouse.web.errors import ApiError

TEXTS = st.text(st.sampled_from(list('abAZ09_-+=!#&|:<>()[]{}"\\*? \t\n@./~é')), min_size=1, max_size=6)
OPERATORS = st.sampled_from(["AND", "OR", "NOT", "TO", "CIDR"])
FIELDS = st.builds("{}{}".format, st.sampled_from(["", "@"]), TEXTS).filter(
    lambda name: name not in ("*", "@", "_exists_", "_missing_") and not name.startswith("#")
)
WORDS = (
    st.lists(TEXTS | OPERATORS | st.sampled_from(Wildcard), min_size=1, max_size=4)
    .map(Word.of)
    .filter(lambda word: word.parts != (Wildcard.ANY,))
)
ENDS = st.none() | TEXTS | st.integers(-9, 9).map(str)
RANGES = st.builds(Range, ENDS, ENDS, st.booleans()).filter(lambda value: (value.low, value.high) != (None, None))
VALUES = WORDS | st.builds(Phrase, TEXTS | st.just(""))
LEAVES = (
    st.builds(Match, st.none() | st.just("*"), VALUES)
    | st.builds(Match, FIELDS, VALUES | RANGES)
    | st.builds(Exists, FIELDS)
    | st.just(Everything())
    | st.just(Cidr("@ip", (ip_network("10.0.0.0/8"), ip_network("::/0"))))
)


def larger(part: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    parts = st.lists(part, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, part) | st.builds(And, parts) | st.builds(Or, parts)


TREES = st.recursive(LEAVES, larger, max_leaves=8)
PIECES = st.sampled_from(
    [
        "a",
        "b*",
        "AND",
        "OR",
        "NOT",
        "-",
        "(",
        ")",
        " ",
        '"',
        "\\",
        "@x",
        ":",
        "[",
        "TO",
        "]",
        "{",
        "}",
        ">",
        "5",
        "CIDR(",
        ",",
        "*",
    ]
)
QUERIES = st.lists(PIECES, max_size=12).map("".join)
RECORDS = st.builds(
    Record,
    st.lists(st.sampled_from(["a", "b", "bc", "5", "-"]), max_size=4).map(" ".join),
    st.just({"service": ["a"], "host": []}),
    st.lists(st.sampled_from(["a", "a:b", "b:5", "x"]), max_size=3),
    st.dictionaries(st.sampled_from(["x", "a"]), st.sampled_from([5, 4.5, "b", "5", None, True, [1, "a"], {"x": "a"}])),
)


def outcome_of(text: str) -> Node | SearchSyntaxError:
    try:
        return parse(text)
    except SearchSyntaxError as error:
        return error


@given(TREES)
def test_a_tree_that_is_written_reads_back(tree: Node) -> None:
    assert parse(written(tree)) == tree


@given(QUERIES | st.text(max_size=20))
def test_a_text_is_a_search_or_an_error_with_a_place_in_it(text: str) -> None:
    outcome = outcome_of(text)
    if isinstance(outcome, SearchSyntaxError):
        assert 0 <= outcome.position <= len(text)
        assert str(outcome).endswith("^")
    else:
        assert parse(written(outcome)) == outcome


@given(QUERIES, RECORDS)
def test_a_negation_is_the_complement(text: str, record: Record) -> None:
    text = text.strip() or "*"
    try:
        wanted = matching.compile_search(text)
    except ApiError:
        return  # by itself, or `a)\\` would be read as `(a)` and a word behind it
    assert matching.compile_search(f"-({text})")(record) is not wanted(record)
    assert matching.compile_search(f"NOT ({text})")(record) is not wanted(record)


@given(
    st.lists(st.sampled_from(["a", "b", "*", "?", "_", "-", "A"]), min_size=1, max_size=6).map("".join),
    st.text(st.sampled_from(list("abA_- ")), max_size=12),
)
def test_free_text_is_a_run_of_whole_words_without_their_case(pattern: str, text: str) -> None:
    """The second reading: the words of the pattern as regular expressions, laid on each run of as many words of the text."""
    if pattern[0] == "-" or pattern.strip("*") == "":
        return
    pieces = [piece for piece in pattern.lower().split("-") if piece]
    words = re.findall(r"\w+", text.lower())
    expressions = [re.compile(re.sub(r"[*]+", ".*", piece).replace("?", ".")) for piece in pieces]
    runs = [words[start : start + len(pieces)] for start in range(len(words) - len(pieces) + 1)]
    expected = bool(pieces) and any(
        all(map(lambda expression, word: expression.fullmatch(word) is not None, expressions, run)) for run in runs
    )
    assert matching.compile_search(pattern)(Record(text, {}, (), {})) is expected


@given(
    st.lists(st.sampled_from(["a", "b", "*", "?", r"\*", r"\?"]), min_size=1, max_size=6),
    st.text(st.sampled_from(list("ab*?")), max_size=8),
)
def test_a_fields_value_is_like_a_pattern_as_a_whole(pieces: list[str], text: str) -> None:
    plain = {"*": ".*", "?": "."}
    expected = re.fullmatch("".join(plain.get(piece, piece) for piece in pieces), text) is not None
    assert matching.compile_search(f"@x:{''.join(pieces)}")(Record("", {}, (), {"x": text})) is expected


@pytest.mark.parametrize(
    ("query", "sentence", "column"),
    [
        ("a OR", "unexpected end", 5),
        ("(a", "missing ')'", 1),
        ("a)", "unexpected ')'", 2),
        ('say "x', "missing '\"'", 5),
        ("a\\", "behind the last", 2),
        ("a -", "unexpected end", 4),
        ("a - b", "expected a word", 4),
        ("=a", "expected a word", 1),
        ("ser*:x", "no wildcards", 1),
        ("#total:5", "calculated", 1),
        ("@:x", "attribute's name", 1),
        (">5", "needs a field", 1),
        ("*:>5", "needs a field", 3),
        ("@a:[1 TO 5}", "expected ']'", 11),
        ("@a:{1 TO 5]", "expected '}'", 11),
        ("@a:[1 5]", "expected TO", 7),
        ("@a:[1", "expected TO", 6),
        ("@a:>", "expected a number", 5),
        ("@a:>=*", "expected a number or a text, not *", 6),
        ("a _exists_:", "expected a field behind '_exists_:'", 12),
        ("_missing_:(a)", "expected a field behind '_missing_:'", 11),
        ("CIDR(@ip)", "expected CIDR", 1),
        ("CIDR(@ip,10.0.0.0/99)", "10.0.0.0/8", 1),
        ("a AND AND b", "before 'AND'", 7),
        ("(" * (MOST_NESTED + 1), "within each other", MOST_NESTED + 1),
        ("a " * (MOST_CONDITIONS + 1), "more than 1,000 conditions", 2 * MOST_CONDITIONS + 1),
        ("@a:(" + "b " * (MOST_CONDITIONS + 1) + ")", "more than 1,000 conditions", 2 * MOST_CONDITIONS + 3),
        ("a* " * (MOST_PATTERNS + 1), "more than 50 words with wildcards", 3 * MOST_PATTERNS + 1),
        ("*:a* " * (MOST_PATTERNS + 1), "more than 50 words with wildcards", 5 * MOST_PATTERNS + 3),
    ],
)
def test_what_cannot_be_read_is_told_with_its_column(query: str, sentence: str, column: int) -> None:
    with pytest.raises(SearchSyntaxError) as caught:
        parse(query)
    assert sentence in caught.value.problem
    assert caught.value.position + 1 == column


def test_a_search_of_as_many_conditions_as_may_be_is_read() -> None:
    parse("a " * (MOST_CONDITIONS - MOST_PATTERNS) + "b* " * MOST_PATTERNS)
    parse(" OR ".join(["@a:b*"] * MOST_CONDITIONS))


def test_the_place_is_shown_below_the_line() -> None:
    with pytest.raises(SearchSyntaxError) as caught:
        parse("env:prod ser*:x")
    assert str(caught.value).splitlines()[1:] == ["env:prod ser*:x", "         ^"]


@pytest.mark.parametrize(
    ("search", "least"),
    [
        ("@duration:>=20ms", {"duration": 20_000_000}),
        ("@duration:[1.5s TO 2min]", {"duration": 1_500_000_000}),
        ("service:a (@network.bytes_read:>=1.5MB OR @duration:>9h)", {"network": {"bytes_read": 1_500_000}}),
        ("@network.bytes_written:>=2KiB", {"network": {"bytes_written": 2048}}),
    ],
)
def test_a_number_with_a_unit_is_compared_in_what_the_attribute_is_kept_in(search: str, least: dict[str, Any]) -> None:
    wanted = matching.compile_search(search)

    def less(value: Any) -> Any:
        return {key: less(one) for key, one in value.items()} if isinstance(value, dict) else value - 1

    assert wanted(Record("", {"service": ["a"]}, [], least))
    assert not wanted(Record("", {"service": ["a"]}, [], less(least)))


def test_a_unit_is_refused_for_an_attribute_whose_unit_is_not_known() -> None:
    with pytest.raises(ApiError, match="unit of @took is not known") as caught:
        matching.compile_search("@took:>20ms")
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "piece", ["a ", "a*", '"', "[", "@x:", "a:b OR ", "\\", "CIDR(", "-", "@x:[1 TO ", "&", "( ", "NOT "]
)
def test_the_time_to_read_grows_with_the_search_and_not_faster(piece: str) -> None:
    """Eight times the text may take 8 times as long; 64 times is what a pass for each piece would cost."""
    short, long = (seconds(lambda size=size: outcome_of(piece * (size // len(piece)))) for size in (4_000, 32_000))
    assert long < 32 * short + 0.001


@pytest.mark.parametrize("query", ["*a*a*a*a*b", "a", '"a a a a b"', "@x:*a*a*a*b", "*:a*b", "a?b"])
@pytest.mark.parametrize("piece", ["a", "a "])
def test_the_time_to_match_grows_with_the_text_and_not_faster(query: str, piece: str) -> None:
    wanted = matching.compile_search(query)

    def match(size: int) -> object:
        text = piece * (size // len(piece))
        return wanted(Record(text, {}, (), {"x": text}))

    short, long = (seconds(lambda size=size: match(size)) for size in (20_000, 160_000))
    assert long < 32 * short + 0.001


@given(st.lists(st.text(max_size=8), max_size=5))
def test_the_words_of_several_texts_are_those_of_each(texts: list[str]) -> None:
    assert tokens.lines(texts) == "\n".join(map(tokens.joined, texts or [""]))


def test_a_search_is_the_same_with_and_without_a_known_unit() -> None:
    assert parse("service:a -@duration:[1ms TO 2s]") == parse("service:a -@duration:[1000000 TO 2000000000]")
    assert parse("@took:>1s") != parse("@took:>1000000000")
