"""Patterns with wildcards, as scopes, searches and downtimes have them. Whoever writes one cannot make matching slow."""

from __future__ import annotations

import re
from collections.abc import Callable

Match = Callable[[str], bool]
Find = Callable[[str, int, int], int]  # in a text, from a place on, before another: where a piece begins, or -1


def matcher(pattern: str, *, any_run: str = "*", any_character: str = "", ignore_case: bool = False) -> Match:
    """A function that says whether a whole text is like the pattern, in which `any_run` stands for any characters, or none.

    `any_character` stands for exactly one character; where it is empty, no character does.
    The time to match grows with the length of the text, never with the number of wildcards: each piece between two of them is taken
    where it first occurs, as taking it further on could not help the pieces behind it. A piece that has `any_character` inside
    costs its own length at every place.
    """
    first, *others = (folded(pattern) if ignore_case else pattern).split(any_run)
    last = others.pop() if others else ""
    starts, ends = _find(first, any_character), _find(last, any_character)
    middle = [(_find(piece, any_character), len(piece)) for piece in others if piece]
    is_open = any_run in pattern
    least = len(first) + len(last)

    def is_like(text: str) -> bool:
        text = folded(text) if ignore_case else text
        size = len(text)
        if size < least or not (is_open or size == least):
            return False
        at, end = len(first), size - len(last)
        if starts(text, 0, at) < 0 or ends(text, end, size) < 0:
            return False
        for find, length in middle:
            place = find(text, at, end)
            if place < 0:
                return False
            at = place + length
        return True

    return is_like


def folded(text: str) -> str:
    """A text without its case, and as long as it was: a character that would become several stays."""
    plain = text.casefold()
    return (
        plain
        if len(plain) == len(text)
        else "".join(char if len(char.casefold()) > 1 else char.casefold() for char in text)
    )


def _find(piece: str, any_character: str) -> Find:
    if not any_character or any_character not in piece:
        return lambda text, start, end: text.find(piece, start, end)
    compiled = re.compile("".join("." if char == any_character else re.escape(char) for char in piece), re.DOTALL)

    def find(text: str, start: int, end: int) -> int:
        match = compiled.search(text, start, end)
        return -1 if match is None else match.start()

    return find
