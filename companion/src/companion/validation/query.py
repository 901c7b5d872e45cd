"""What is wrong with the text of a metric query, a formula, or a metric monitor's query. Pure; the grammar stands in query.lark."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from companion.problem import did_you_mean
from companion.validation.calls import METHODS, PERCENTILE, TAKES, TEXT, call_faults, modifier_faults

if TYPE_CHECKING:
    from lark import Lark

SPACE_AGGREGATORS = ("avg", "sum", "min", "max", "count", "last", "stddev", "histogram")
THRESHOLD = re.compile(r"count\s*\(\s*v\s*:\s*v\s*(<=|>=|<|>)\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*\)")
REDUCTIONS = ("avg", "sum", "min", "max", "percentile")
CHANGES = ("change", "pct_change")
SEARCH = re.compile(r"[^{}]*(?<![\w@])@[\w.\-]+:[^{}]*")
WINDOW = re.compile(r"last_(\d+)(m|h|d|w|mo)|current_1(h|d|mo)")
WINDOW_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080, "mo": 43800}
SHIFT = re.compile(r"last_[1-9]\d{0,6}(mo|m|h|d|w)|[1-9]\d{0,6}(mo|m|h|d|w)_ago")
LONGEST_WINDOW_MINUTES = 43800  # a month (docs monitors/configuration)
# How a terminal is called where it was expected.
WORDS = {
    "AGGREGATOR": "an aggregator such as avg:", "METRIC": "a metric with its scope, as in avg:my_metric{*}", "FUNCTION": "", "NAME": "",
    "NUMBER": "a number", "LBRACE": "'{'", "RBRACE": "'}'", "LPAR": "", "RPAR": "')'", "COMMA": "','", "BY": "by {…}", "DOT": "",
    "COMPARATOR": "a comparison such as >", "SIGN": "", "FACTOR_SIGN": "", "TAG": "a tag", "KEY": "a tag's key", "VALUE": "a value",
    "COLON": "':'", "$END": "the end", "REDUCTION": "avg, sum, min, max or percentile", "CHANGE": "change or pct_change",
    "WINDOW": "a window such as last_5m", "MODIFIER": ".rollup and the like", "STRING": "a text in quotes", "WORD": "a method",
}  # fmt: skip


def query_faults(text: str) -> Iterator[str]:
    """What is wrong with the query of a graph. A search of events (`@type:view`) is not looked into."""
    if not SEARCH.fullmatch(text):
        yield from _faults(text, "queries")


def formula_faults(text: str, names: Collection[str]) -> Iterator[str]:
    """What is wrong with a formula over queries of these names."""
    yield from _faults(text, "formula", names)


def monitor_faults(text: str) -> Iterator[str]:
    """What is wrong with a metric monitor's query, `avg(last_5m):avg:m{*} by {host} > 90`."""
    yield from _faults(text, "monitor")


def _faults(text: str, start: str, names: Collection[str] = ()) -> Iterator[str]:
    from lark.exceptions import UnexpectedInput

    try:
        tree = _lark().parse(text, start=start)
    except UnexpectedInput as error:
        yield _complaint(text, error)
        return
    checks = (_aggregators, _calls, _scopes, *([_windows] if start == "monitor" else []))
    try:
        yield from [fault for check in checks for fault in check(tree)]
    except RecursionError:
        yield "is nested too deeply to be read"
    for name in set(_names(tree)) - set(names):
        if start == "formula":
            yield f"'{name}' is no query of this request{did_you_mean(name, names)}"
        else:
            yield f"'{name}' is no metric with its scope, as in avg:{name}{{*}}"


def _complaint(text: str, error: Any) -> str:
    """A parser's error with its place, what stands there and what could."""
    token = getattr(error, "token", None)  # there is none where no terminal begins
    place = error.pos_in_stream if token is None else token.start_pos
    if place is None or (token is not None and token.type == "$END"):
        place = len(text)
    found = re.match(r"\S{1,20}", text[place:])
    expected = sorted({WORDS.get(name, "") for name in _expected(error)} - {""})
    told = f"; expected {' or '.join(expected)}" if expected else ""
    return f"column {place + 1}: {repr(found[0]) if found else 'the end'} was not expected{told}"


def _expected(error: Any) -> set[str]:
    return set(
        getattr(error, "accepts", None) or getattr(error, "expected", None) or getattr(error, "allowed", None) or ()
    )


@lru_cache(maxsize=1)
def _lark() -> Lark:
    from lark import Lark

    grammar = (Path(__file__).parent / "query.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", start=["queries", "formula", "monitor"], maybe_placeholders=False)


def _tokens(tree: Any, kind: str) -> Iterator[str]:
    yield from (str(token) for token in tree.scan_values(lambda value: getattr(value, "type", "") == kind))


def _aggregators(tree: Any) -> Iterator[str]:
    for name in _tokens(tree, "AGGREGATOR"):
        if not (name in SPACE_AGGREGATORS or PERCENTILE.fullmatch(name) or THRESHOLD.fullmatch(name)):
            yield f"'{name}' is no aggregator{did_you_mean(name, METHODS) or '; it is avg, sum, min, max, count, last or a percentile'}"


def _calls(tree: Any) -> Iterator[str]:
    for call in tree.find_data("call"):
        yield from call_faults(str(call.children[0]), [one for one in call.children[1:] if one is not None])
    for modifier in tree.find_data("modifier"):
        yield from modifier_faults(str(modifier.children[0]), [one for one in modifier.children[1:] if one is not None])
    for number in _tokens(tree, "NUMBER"):
        if math.isinf(float(number)):
            yield f"the number {number:.20} is too large"


def _names(tree: Any) -> Iterator[str]:
    """The bare words that stand where a query is expected; not those that a function takes as a text."""
    words = set()
    for call in tree.find_data("call"):
        takes = TAKES.get(str(call.children[0]), ())
        for place, one in enumerate(call.children[1:]):
            if one is not None and (len(one.children) > 1 or (place < len(takes) and TEXT in takes[place])):
                words.add(id(one.children[-1]))
    yield from (str(node.children[0]) for node in tree.find_data("name") if id(node) not in words)


def _scopes(tree: Any) -> Iterator[str]:
    """docs metrics/advanced-filtering: symbolic (, ! -) and functional (AND OR NOT IN) operators are not mixed; a comma beside a variable is no operator."""
    for metric in tree.find_data("metric"):
        tokens = list(metric.scan_values(lambda value: hasattr(value, "type")))
        kinds = set()
        for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
            beside = any(str(one).startswith("$") for one in (before, after))
            if token.type in ("BANG", "AND", "OR", "NOT", "IN") or (token.type == "COMMA" and not beside):
                kinds.add(token.type)
            if token.type == "TAG" and "=" in token and ":" not in token:
                yield f"'{token}' is no tag: it is written with ':', as in env:prod"
            if token.type == "VALUE" and token.startswith("!"):
                yield f"'{token}': a value of IN (…) cannot be negated"
        if kinds & {"COMMA", "BANG"} and kinds & {"AND", "OR", "NOT", "IN"}:
            yield "',', '!' and '-' are not mixed with AND, OR, NOT and IN in one scope"


def _windows(tree: Any) -> Iterator[str]:
    head = next(tree.find_data("head"))
    for name in _tokens(head, "CHANGE"):
        if name not in CHANGES:
            yield f"'{name}' is none of {', '.join(CHANGES)}"
    for name in _tokens(head, "REDUCTION"):
        if name not in REDUCTIONS:
            yield f"'{name}' is no aggregator over time{did_you_mean(name, REDUCTIONS) or '; it is ' + ', '.join(REDUCTIONS)}"
    window, *shifts = _tokens(head, "WINDOW")
    if shifts and not SHIFT.fullmatch(shifts[0]):
        yield f"'{shifts[0]}' is no shift such as last_30m or 30m_ago"
    match = WINDOW.fullmatch(window)
    if not match or match[1] == "0":
        yield f"'{window}' is no window such as last_5m, last_1d or current_1h"
    elif match[1] and int(match[1]) * WINDOW_MINUTES[match[2]] > LONGEST_WINDOW_MINUTES:
        yield f"'{window}' is longer than a month, the longest window of a monitor"
    tags = [*_tokens(tree, "TAG"), *_tokens(tree, "VALUE")]
    if any("$" in tag for tag in tags) or any(key.startswith("$") for key in _tokens(tree, "KEY")):
        yield "has a template variable, which belongs to dashboards"
