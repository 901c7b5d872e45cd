"""Patterns with wildcards: what they take, and that nobody can make them slow."""

from __future__ import annotations

import re

import growth
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.tags.wildcards import folded, matcher

TEXTS = st.text("ab.?*[\n", max_size=12)


def plainly_like(pattern: str, text: str, any_character: str = "") -> bool:
    """The definition, word for word: slow, and plain."""
    if not pattern:
        return not text
    head, rest = pattern[0], pattern[1:]
    if head == "*":
        return any(plainly_like(rest, text[skipped:], any_character) for skipped in range(len(text) + 1))
    return text != "" and head in (text[0], any_character) and plainly_like(rest, text[1:], any_character)


@given(st.text("ab.?*[\n", max_size=8), TEXTS)
def test_a_star_stands_for_any_characters_and_everything_else_for_itself(pattern: str, text: str) -> None:
    assert matcher(pattern)(text) == plainly_like(pattern, text)


def test_what_stands_between_stars_may_be_the_first_or_the_last() -> None:
    assert matcher("*a*")("ab")
    assert matcher("*a*")("ba")
    assert not matcher("*a*")("b")


@given(st.text("ab?*", max_size=8), st.text("ab", max_size=12))
def test_a_question_mark_stands_for_one_character_where_it_is_asked_for(pattern: str, text: str) -> None:
    assert matcher(pattern, any_character="?")(text) == plainly_like(pattern, text, "?")


@given(st.text("aAbBßẞİςΣσ*?", max_size=8), st.text("aAbBßẞİςΣσ", max_size=12))
def test_case_is_ignored_where_it_is_asked_for(pattern: str, text: str) -> None:
    expected = plainly_like(folded(pattern), folded(text), "?")
    assert matcher(pattern, any_character="?", ignore_case=True)(text) == expected


def test_a_character_that_would_become_several_stays_and_the_others_lose_their_case() -> None:
    assert folded("Straße ŒUVRE") == "straße œuvre"
    assert folded("ŒUVRE") == "œuvre"


@given(st.text(max_size=20))
def test_a_text_without_its_case_is_as_long_as_it_was(text: str) -> None:
    assert len(folded(text)) == len(text)


@given(st.text("abAB01-_./:é*?", max_size=8), st.text("abAB01-_./:é", max_size=16))
def test_it_takes_what_a_regular_expression_takes(pattern: str, text: str) -> None:
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    expected = re.fullmatch("".join(parts), text, re.IGNORECASE | re.DOTALL) is not None
    assert matcher(pattern, any_character="?", ignore_case=True)(text) == expected


def seconds(pattern: str, text: str, any_character: str) -> float:
    is_like = matcher(pattern, any_character=any_character, ignore_case=True)
    assert not is_like(text)
    return growth.seconds(lambda: is_like(text))


@pytest.mark.parametrize(
    ("pattern", "any_character"),
    [
        ("*a" * 40 + "*b", ""),
        ("a*" * 40 + "b", ""),
        ("*ab*a" * 20 + "*", ""),
        ("*" + "a" * 5000 + "b*", ""),
        ("*" + "a?" * 20 + "b*" + "?a" * 20 + "*c", "?"),
    ],
)
def test_the_time_to_match_grows_with_the_text_and_not_faster(pattern: str, any_character: str) -> None:
    """Eight times the text may take 8 times as long; a pattern tried again from every place would take 64 times."""
    short, long = (seconds(pattern, "a" * size, any_character) for size in (25_000, 200_000))
    assert long < 32 * short + 0.001


def test_the_time_to_match_does_not_grow_with_the_number_of_stars() -> None:
    """Thirty stars take about as long as three; tried again from every place, they would not end."""
    few, many = ("*a" * stars + "*b" for stars in (3, 30))
    assert seconds(many, "a" * 20_000, "") < 20 * seconds(few, "a" * 20_000, "") + 0.001
