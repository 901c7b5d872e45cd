"""What could be typed next in a query: aggregators, metrics, tags, functions, modifiers, and the words that arguments take."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from doghouse.queries.functions import catalogue
from doghouse.queries.language.names import FILLS, MODIFIERS, ROLLUP_METHODS, SPACE_AGGREGATORS

Kind = Literal[
    "aggregator", "metric", "function", "tag", "value", "key", "modifier", "groups", "word", "query",
    "example", "variable", "condition", "handle",  # of monitors
]  # fmt: skip
Tags = Callable[[str], Mapping[str, Sequence[str]]]
"""The tag keys of a metric and their values."""

MOST = 50  # suggestions of one completion
LONGEST = 5000  # characters of a query that is completed; nobody types more

_METRIC = re.compile(r"([A-Za-z][\w.\-/]*)\s*$")
_WORD = re.compile(r"[\w.\-/$']*$")
_SCOPE_WORD = re.compile(r"[^\s,(){}!]*$")
_MODIFIERS = {
    "rollup": "rollup(avg, 60)",
    "fill": "fill(zero)",
    "as_count": "as_count()",
    "as_rate": "as_rate()",
    "weighted": "weighted()",
}


class Suggestion(Struct, frozen=True):
    """A text that may stand in the place of what is being typed, what it is, and a few words on it."""

    text: str
    kind: Kind
    detail: str = ""


class Completion(Struct, frozen=True):
    """The range of the text that a suggestion replaces (offsets), and the suggestions, likeliest first."""

    start: int
    end: int
    suggestions: tuple[Suggestion, ...]


def complete(text: str, cursor: int, metrics: Iterable[str], tags: Tags) -> Completion:
    """Suggestions for a query in which the cursor stands at an offset."""
    if len(text) > LONGEST:
        return Completion(cursor, cursor, ())
    before = text[:cursor]
    scope = "" if text[cursor:].lstrip().startswith("{") else "{*}"  # a metric that has its braces keeps them
    if (brace := _open(before, "{", "}")) is not None:
        return _in_braces(before, brace, tags)
    if match := re.search(r"[})]\s*\.\s*(\w*)$", before):
        return chosen(before, match[1], [Suggestion(_MODIFIERS[name], "modifier") for name in MODIFIERS])
    if match := re.search(r"[})](\s*)([A-Za-z]*)$", before):
        return chosen(before, match[2], _behind(before[: match.end(1)].rstrip(), spaced=bool(match[1] or match[2])))
    if (call := _call(before)) and (words := _argument_words(*call)):
        return _words(before, words)
    if match := re.search(r"\b([a-z]\w*(?:\.[0-9]+)?)\s*:\s*([\w.\-/]*)$", before):
        return chosen(before, match[2], _metrics(metrics, "", scope))
    typed = _WORD.search(before)
    assert typed is not None
    return chosen(before, typed[0], [*_aggregators(), *_functions(), *_metrics(metrics, "avg:", scope)])


def complete_formula(text: str, cursor: int, names: Iterable[str]) -> Completion:
    """Suggestions for a formula over queries of these names."""
    before = text[:cursor]
    if (call := _call(before)) and (words := _argument_words(*call)):
        return _words(before, words)
    typed = re.search(r"[A-Za-z_]\w*$|$", before)
    assert typed is not None
    return chosen(before, typed[0], [*(Suggestion(name, "query") for name in names), *_functions()])


def _words(before: str, words: Sequence[Suggestion]) -> Completion:
    """The words that an argument takes, which may be typed with a quote or without."""
    typed = re.search(r"['\"]?\w*$", before)
    assert typed is not None
    return chosen(before, typed[0], words, key=lambda word: word.strip("'"))


def _behind(query: str, *, spaced: bool) -> list[Suggestion]:
    """What can stand behind a query that is whole: its groups, where it has none yet, and modifiers."""
    grouped = query.endswith(")") or re.search(r"\bby\s*\{[^{}]*\}$", query, re.IGNORECASE)
    by = [] if grouped else [Suggestion("by {" if spaced else " by {", "groups")]
    return [*by, *(Suggestion(f".{_MODIFIERS[name]}", "modifier") for name in MODIFIERS)]


def _open(before: str, opening: str, closing: str) -> int | None:
    """The place of the last opening sign that is not closed."""
    depth = 0
    for place in range(len(before) - 1, -1, -1):
        if before[place] == closing:
            depth += 1
        elif before[place] == opening:
            if depth == 0:
                return place
            depth -= 1
    return None


def _call(before: str) -> tuple[str, int] | None:
    """The function or modifier (`.rollup`) in whose parentheses the text ends, and the number of the argument there (from 0)."""
    place = _open(before, "(", ")")
    if place is None or not (name := re.search(r"(\.?\w+)\s*$", before[:place])):
        return None
    depth, number = 0, 0
    for sign in before[place + 1 :]:
        depth += (sign in "({") - (sign in ")}")
        number += sign == "," and depth == 0
    return name[1], number


def _argument_words(name: str, number: int) -> list[Suggestion]:
    if name == ".rollup":
        words: Sequence[str] = ROLLUP_METHODS if number == 0 else ("daily", "weekly", "monthly") if number == 1 else ()
        return [Suggestion(word, "word") for word in words]
    if name == ".fill":
        return [Suggestion(word, "word") for word in FILLS] if number == 0 else []
    function = catalogue().get(name)
    if function is None or not 0 < number < len(function.parameters):
        return []
    parameter = function.parameters[number]
    return [Suggestion(f"'{choice}'", "word", parameter.name) for choice in parameter.choices]


def _in_braces(before: str, brace: int, tags: Tags) -> Completion:
    inside, head = before[brace + 1 :], before[:brace].rstrip()
    typed = _SCOPE_WORD.search(inside)
    assert typed is not None
    word = typed[0]
    if grouped := re.search(r"\bby\s*\{([^{}]*)\}[^{}]*,$", head, re.IGNORECASE):  # max(q by {env,host}, {
        return chosen(before, word, [Suggestion(key.strip(), "key") for key in grouped[1].split(",")])
    if re.search(r"\bby$", head, re.IGNORECASE):
        known = tags(_metric_before(head[:-2]))
        used = {key.strip() for key in inside.split(",")[:-1]}
        return chosen(before, word, [Suggestion(key, "key") for key in sorted(known) if key not in used])
    known = tags(_metric_before(head))
    if listed := re.search(r"([^\s,(){}!:]+)\s+(?:not\s+)?in\s*\([^()]*$", inside, re.IGNORECASE):
        return chosen(before, word, [Suggestion(value, "value") for value in sorted(known.get(listed[1], ()))])
    key, colon, value = word.partition(":")
    if colon:
        values = [Suggestion(value, "value", key) for value in sorted(known.get(key, ()))]
        return chosen(before, value, values)
    keys = [Suggestion(f"{key}:", "tag", f"{len(known[key])} values") for key in sorted(known)]
    everything = [Suggestion("*", "tag", "every series")] if not inside.strip() else []
    return chosen(before, word, [*everything, *keys])


def _metric_before(head: str) -> str:
    """The metric whose braces begin behind `head`, or end somewhere in it."""
    head = re.sub(r"(\s*\.\s*\w+\([^()]*\))+\s*$", "", head.rstrip())
    if head.endswith("}"):
        head = head[: head.rfind("{")]
    match = _METRIC.search(head)
    return match[1] if match else ""


def _metrics(metrics: Iterable[str], prefix: str, scope: str) -> list[Suggestion]:
    return [Suggestion(f"{prefix}{metric}{scope}", "metric") for metric in sorted(metrics)]


def _aggregators() -> list[Suggestion]:
    return [Suggestion(f"{name}:", "aggregator") for name in (*SPACE_AGGREGATORS[:4], "count", "p50", "p95", "p99")]


def _functions() -> list[Suggestion]:
    return [
        Suggestion(
            f"{function.name}(",
            "function",
            function.summary if function.evaluated != "no" else f"{function.summary} (not evaluated)",
        )
        for function in sorted(catalogue().values(), key=lambda function: function.short)
    ]


def chosen(
    before: str, typed: str, options: Iterable[Suggestion], key: Callable[[str], str] = lambda text: text
) -> Completion:
    """The options that hold what was `typed` last: those that begin with it first."""
    needle = key(typed).lower()
    ranked: list[tuple[int, Suggestion]] = []
    for suggestion in options:
        place = key(suggestion.text).removeprefix("avg:" if suggestion.kind == "metric" else "").lower().find(needle)
        if place >= 0:
            ranked.append((min(place, 1), suggestion))
    ranked.sort(key=lambda pair: pair[0])
    return Completion(len(before) - len(typed), len(before), tuple(suggestion for _, suggestion in ranked[:MOST]))
