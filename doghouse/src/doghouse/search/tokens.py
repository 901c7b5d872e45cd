"""Words of a text, as free text is searched by. GUESS: a word is a run of letters, digits and `_`; nothing else can be searched for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from doghouse.search.tree import Phrase, Wildcard, Word
from doghouse.tags import wildcards

Find = Callable[[str], bool]
_GAP, _GAP_IN_LINE = re.compile(r"\W+"), re.compile(r"[^\w\n]+")


def joined(text: str) -> str:
    """The words of a text in lower case, with one space before and behind each: ` hello world `."""
    return _GAP.sub(" ", f" {wildcards.folded(text)} ")


def lines(texts: Iterable[str]) -> str:
    """`joined` of each text, a line each: one pass over all of them, as texts are mostly short."""
    together = " \n ".join(text.replace("\n", " ") for text in texts)
    return _GAP_IN_LINE.sub(" ", f" {wildcards.folded(together)} ")


def finder(value: Word | Phrase) -> Find:
    """A function that says whether a text, as `joined` makes it, holds the words of a value one behind the other, whatever their case.

    Wildcards are for each word: `web*` is the beginning of one. A value without a single letter or digit is found nowhere.
    """
    if isinstance(value, Phrase):
        return _literal_finder(joined(value.text))
    if value.is_literal:
        return _literal_finder(joined(value.plain))
    matchers = [word.matcher(ignore_case=True) for word in words(value)]

    def find(text: str) -> bool:
        names = text.split()
        return any(
            all(matches(names[start + place]) for place, matches in enumerate(matchers))
            for start in range(len(names) - len(matchers) + 1)
        )

    return find


def _literal_finder(words: str) -> Find:
    return (lambda text: words in text) if words.strip() else (lambda _: False)


def words(value: Word) -> list[Word]:
    """The words of a value with wildcards: what no letter, digit, `_` or wildcard is separates them."""
    separate: list[list[str | Wildcard]] = [[]]
    for part in value.parts:
        if isinstance(part, Wildcard):
            separate[-1].append(part)
            continue
        first, *others = _GAP.split(part)
        separate[-1].append(first)
        separate.extend([other] for other in others)
    return [word for parts in separate if (word := Word.of(parts)).parts]
