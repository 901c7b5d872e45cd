"""What differs between two texts, in words."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from doghouse.review.words import Piece, difference, shortened

TEXTS = st.text(st.sampled_from("ab {}@.\n\t#/é"), max_size=40)


@given(TEXTS, TEXTS)
def test_what_is_not_new_is_the_old_text_and_what_is_not_gone_is_the_new_one(old: str, new: str) -> None:
    pieces = difference(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new


@given(TEXTS, TEXTS)
def test_neighbours_are_of_different_kinds_and_none_is_empty(old: str, new: str) -> None:
    pieces = difference(old, new)
    assert all(piece.text for piece in pieces)
    assert all(one.kind != other.kind for one, other in itertools.pairwise(pieces))


@given(TEXTS)
def test_a_text_that_is_the_same_has_no_change(text: str) -> None:
    assert all(piece.kind == "same" for piece in difference(text, text))


def test_a_changed_word_is_gone_and_new_and_its_neighbours_are_the_same() -> None:
    assert difference("CPU is high on web", "CPU is very high on db") == [
        Piece("same", "CPU is"),
        Piece("new", " very"),
        Piece("same", " high on "),
        Piece("gone", "web"),
        Piece("new", "db"),
    ]


def test_two_changed_words_with_a_blank_between_them_are_one_change() -> None:
    assert difference("a b", "c d") == [Piece("gone", "a b"), Piece("new", "c d")]


def test_a_variable_and_a_handle_are_words() -> None:
    pieces = difference("{{host.name}} to @ops@example.com", "{{host.ip}} to @dev@example.com")
    assert [(piece.kind, piece.text) for piece in pieces if piece.kind != "same"] == [
        ("gone", "{{host.name}}"),
        ("new", "{{host.ip}}"),
        ("gone", "@ops@example.com"),
        ("new", "@dev@example.com"),
    ]


def test_what_is_the_same_is_cut_to_what_stands_beside_a_change() -> None:
    long = " ".join(f"word{number}" for number in range(100))
    first, gone, new, last = shortened(difference(f"{long} a {long}", f"{long} b {long}"))
    assert first.text.startswith("… ")
    assert first.text.endswith("word99 ")
    assert (gone.text, new.text) == ("a", "b")
    assert last.text.startswith(" word0 ")
    assert last.text.endswith(" …")
    assert max(len(first.text), len(last.text)) < 70
