"""What is wrong with the text of a metric query, a formula, or a metric monitor's query. Pure; the grammar stands in query.lark."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from companion.problem import did_you_mean

if TYPE_CHECKING:
    from lark import Lark

SPACE_AGGREGATORS = re.compile(r"avg|sum|min|max|count|last|p(\d{1,2}(\.\d+)?|100)")
REDUCTIONS = ("avg", "sum", "min", "max", "percentile")
CHANGES = ("change", "pct_change")
MODIFIERS = ("rollup", "fill", "as_count", "as_rate", "weighted")
ROLLUPS = ("avg", "sum", "min", "max", "count", "last")
FILLS = ("linear", "last", "zero", "null")
ALGORITHMS = {"anomalies": ("basic", "agile", "robust"), "outliers": ("DBSCAN", "MAD", "scaledDBSCAN", "scaledMAD")}
# Every function that Datadog documents (docs dashboards/functions).
FUNCTIONS = (
    "abs", "anomalies", "autosmooth", "calendar_shift", "clamp_max", "clamp_min", "count_nonzero", "count_nonzero_finite",
    "count_not_null", "cumsum", "cutoff_max", "cutoff_min", "day_before", "default", "default_zero", "derivative", "diff", "dt",
    "ewma", "exclude_null", "forecast", "hour_before", "integral", "log10", "log2", "median", "monotonic_diff", "month_before",
    "moving_rollup", "outliers", "per_hour", "per_minute", "per_second", "piecewise_constant", "robust_trend", "throughput",
    "timeshift", "top", "trend_line", "week_before",
    *(f"ewma_{span}" for span in (1, 3, 5, 7, 10, 20)),
    *(f"median_{span}" for span in (3, 5, 7, 9)),
    *(f"rollingavg_{span}" for span in (5, 13, 21, 29)),
    *(
        f"{end}{count}_{rank}"
        for end in ("top", "bottom")
        for count in (5, 10, 15, 20)
        for rank in ("max", "mean", "min", "sum", "last", "l2norm", "area")
    ),
)  # fmt: skip
SEARCH = re.compile(r"[^{}]*(?<![\w@])@[\w.\-]+:[^{}]*")
WINDOW = re.compile(r"last_(\d+)(m|h|d|w|mo)|current_1(h|d|mo)")
WINDOW_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080, "mo": 43800}
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
    checks = (_aggregators, _functions, _modifiers, _scopes, *([_windows] if start == "monitor" else []))
    for check in checks:
        yield from check(tree)
    for name in {str(node.children[0]) for node in tree.find_data("name")} - set(names):
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
        if not SPACE_AGGREGATORS.fullmatch(name):
            yield f"'{name}' is no aggregator{did_you_mean(name, ROLLUPS) or '; it is avg, sum, min, max, count, last or a percentile'}"


def _functions(tree: Any) -> Iterator[str]:
    for call in tree.find_data("call"):
        name = str(call.children[0])
        if name not in FUNCTIONS:
            yield f"'{name}' is no function{did_you_mean(name, FUNCTIONS)}"
        known = ALGORITHMS.get(name)
        texts = [
            str(token)[1:-1]
            for one in call.children[2:3]
            for token in one.children
            if getattr(token, "type", "") == "STRING"
        ]
        if known and texts and texts[0] not in known:
            yield f"{name}: '{texts[0]}' is no algorithm{did_you_mean(texts[0], known) or '; it is ' + ', '.join(known)}"


def _modifiers(tree: Any) -> Iterator[str]:
    for modifier in tree.find_data("modifier"):
        name, *settings = modifier.children
        words = [str(token) for setting in settings for token in setting.children]
        if name not in MODIFIERS:
            yield f"'.{name}' is no modifier{did_you_mean(name, MODIFIERS) or '; it is .' + ', .'.join(MODIFIERS)}"
        elif name == "rollup" and (not words or not (words[0] in ROLLUPS or words[0].isdecimal())):
            method = words[0] if words else ""
            yield f"'{method}' is no rollup method{did_you_mean(method, ROLLUPS) or '; it is ' + ', '.join(ROLLUPS)}"
        elif name == "fill" and (not words or not (words[0] in FILLS or words[0].isdecimal())):
            yield f"fill takes one of {', '.join(FILLS)}"


def _scopes(tree: Any) -> Iterator[str]:
    """docs metrics/advanced-filtering: symbolic (, ! -) and functional (AND OR NOT IN) operators are not mixed."""
    for metric in tree.find_data("metric"):
        kinds = {
            token.type
            for token in metric.scan_values(
                lambda value: getattr(value, "type", "") in ("COMMA", "BANG", "AND", "OR", "NOT", "IN")
            )
        }
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
    windows = list(_tokens(head, "WINDOW"))
    for window in windows:
        match = WINDOW.fullmatch(window)
        if not match or match[1] == "0":
            yield f"'{window}' is no window such as last_5m, last_1d or current_1h"
        elif match[1] and int(match[1]) * WINDOW_MINUTES[match[2]] > LONGEST_WINDOW_MINUTES:
            yield f"'{window}' is longer than a month, the longest window of a monitor"
    if any("$" in tag for tag in _tokens(tree, "TAG")):
        yield "has a template variable, which belongs to dashboards"
