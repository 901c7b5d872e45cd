"""What differs between two texts, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from msgspec import Struct

# A template's call, a mention or word with what joins its parts, blanks, or another sign.
_TOKEN = re.compile(r"\{\{(?:(?!\{\{|\}\}).)*+\}\}|@?\w(?:[\w.:/@%+-]*\w)?|\n|[^\S\n]+|[^\w\s]", re.DOTALL)
MOST_TOKENS = 6_000  # of a text that is compared in words: beyond it the comparison would take seconds

Kind = Literal["same", "gone", "new"]


class Piece(Struct, frozen=True):
    """A run of text that both have, or that only the old or only the new has."""

    kind: Kind
    text: str


def difference(old: str, new: str) -> list[Piece]:
    """The texts as runs of words that are the same, gone or new. The runs that are not new make the old text, those that are not gone the new one."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if len(before) > MOST_TOKENS or len(after) > MOST_TOKENS:
        return _joined([Piece("gone", old), Piece("new", new)]) if old != new else _joined([Piece("same", old)])
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    pieces: list[Piece] = []
    for operation, i, j, k, m in matcher.get_opcodes():
        if operation == "equal":
            pieces.append(Piece("same", "".join(before[i:j])))
        else:
            pieces += [Piece("gone", "".join(before[i:j])), Piece("new", "".join(after[k:m]))]
    return _joined(_readable([piece for piece in pieces if piece.text]))


def _readable(pieces: Sequence[Piece]) -> list[Piece]:
    """Without blanks alone between two changes: 'a b' instead of 'c d' is one change, not two."""
    result: list[Piece] = []
    for index, piece in enumerate(pieces):
        between = 0 < index < len(pieces) - 1
        if piece.kind == "same" and between and piece.text.strip(" \t,.;:-") == "" and "\n" not in piece.text:
            result += [Piece("gone", piece.text), Piece("new", piece.text)]
        else:
            result.append(piece)
    return result


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbours of a kind as one; between two runs that are the same, what is gone stands before what is new."""
    result: list[Piece] = []
    gone = new = ""

    def changed() -> Iterator[Piece]:
        if gone:
            yield Piece("gone", gone)
        if new:
            yield Piece("new", new)

    for piece in pieces:
        if piece.kind == "gone":
            gone += piece.text
        elif piece.kind == "new":
            new += piece.text
        elif piece.text:
            result += changed()
            gone = new = ""
            if result and result[-1].kind == "same":
                result[-1] = Piece("same", result[-1].text + piece.text)
            else:
                result.append(piece)
    return [*result, *changed()]


def shortened(pieces: Sequence[Piece], around: int = 60) -> list[Piece]:
    """The same with what is unchanged cut to so many characters beside each change, `…` for the rest."""
    result = []
    for index, piece in enumerate(pieces):
        text = piece.text
        first, last = index == 0, index == len(pieces) - 1
        if piece.kind == "same" and len(text) > around * (1 if first or last else 2) + 3:
            head = "" if first else text[:around].rsplit(" ", 1)[0]
            tail = "" if last else text[-around:].split(" ", 1)[-1]
            text = (
                "" if first and last else f"{head} … {tail}" if head and tail else f"{head} …" if head else f"… {tail}"
            )
        result.append(Piece(piece.kind, text))
    return result
