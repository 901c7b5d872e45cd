"""What the grammar expected where a query went wrong, in words that a person who writes queries knows."""

from __future__ import annotations

import re
from typing import Any

from doghouse.queries.errors import QuerySyntaxError
from doghouse.queries.functions import catalogue
from doghouse.queries.language.names import MODIFIERS, nearest

# Terminals that mean the same to a person share a word.
WORDS = {
    "METRIC": "a metric query, as in avg:my_metric{*}",
    "AGGREGATOR": "a metric query, as in avg:my_metric{*}",
    "METRIC_NAME": "a metric's name",
    "FUNCTION": "a function",
    "NUMBER": "a number",
    "NAME": "a metric query, as in avg:my_metric{*}",
    "NAMED": "an argument",
    "STRING": "a text in quotes",
    "WORD": "a word, as avg or zero",
    "MODIFIER": "a modifier (rollup, fill, as_count, as_rate)",
    "SIGN": "an operator (+ - * /)",
    "FACTOR_SIGN": "an operator (+ - * /)",
    "COMPARATOR": "a comparison (> >= < <= == !=)",
    "THRESHOLD": "a number",
    "TIME_AGGREGATOR": "avg(last_5m): or another time aggregator and window",
    "CHANGE": "avg(last_5m): or another time aggregator and window",
    "MONITOR_WINDOW": "a window, as last_5m",
    "SHIFT": "a shift, as last_30m or 30m_ago",
    "BY": "by {…}",
    "KEY": "a tag's key",
    "TAG": "a tag, as env:prod",
    "STAR": "*",
    "VARIABLE": "a template variable, as $env",
    "BANG": "!",
    "NOT": "NOT",
    "AND": "AND",
    "OR": "OR",
    "IN": "IN (…)",
    "IN_KEY": "a tag, as env:prod",
    "VALUE": "a value",
    "COMMA": "','",
    "LBRACE": "'{'",
    "RBRACE": "'}'",
    "LPAR": "'('",
    "RPAR": "')'",
    "DOT": "a modifier, as .rollup(avg, 60)",
    "COLON": "':'",
    "EQUAL": "'='",
    "$END": "the end",
}


A_NAME = "the name of a query"
FORMULA_WORDS = {"METRIC": A_NAME, "AGGREGATOR": A_NAME, "NAME": A_NAME}
EMPTY = {
    "formula": f"the formula is empty; {A_NAME} was expected, or a function of one",
    "monitor": "the query is empty; a monitor's query was expected, as in avg(last_5m):avg:my_metric{*} > 90",
}


def complaint(text: str, start: str, error: Any) -> QuerySyntaxError:
    """Lark's error as ours: the place, what stands there, what was expected, and a hint where one can be given."""
    token = getattr(error, "token", None)
    if token is None:
        place = error.pos_in_stream
        met = _next_word(text[place:])
        terminals = getattr(error, "allowed", None) or ()
    else:
        ended = token.type == "$END"
        place = len(text.rstrip()) if ended else token.start_pos
        met = _next_word(text[place:])
        terminals = error.accepts or error.expected
    if not text.strip():
        what = EMPTY.get(start, "the query is empty; a metric query was expected, as in avg:my_metric{*}")
        return QuerySyntaxError(text, 0, what)
    words = WORDS | FORMULA_WORDS if start == "formula" else WORDS
    expected = tuple(dict.fromkeys(words.get(terminal, terminal.lower()) for terminal in sorted(terminals, key=_order)))
    problem = hint(text, place) or f"{met} was not expected here"
    if expected:
        problem += f"; expected {_either(expected)}"
    return QuerySyntaxError(text, place, problem, expected)


def _next_word(remainder: str) -> str:
    """What stands there, as a word or a sign; a character that cannot be seen by its name."""
    word = re.match(r"\w+|[^\w\s]", remainder)
    if word is None or not word[0].isprintable():
        return "the end" if not remainder.strip(" \t\r\n") else f"the character U+{ord(remainder[0]):04X}"
    return f"'{word[0]}'"


def _order(terminal: str) -> int:
    """The order of WORDS, so that a sentence reads the same each time."""
    return list(WORDS).index(terminal) if terminal in WORDS else len(WORDS)


def _either(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


HINTS = (
    (r"=", "'=' compares nothing here (a comparison is ==)"),
    (r"[<>]", "a comparison belongs to a monitor's query"),
    (r"&&?", "'&' is written AND"),
    (r"\|\|?", "'|' is written OR"),
    (r"by\s+[A-Za-z]", "by takes its keys in braces, as in by {host}"),
)


def hint(text: str, place: int) -> str | None:
    """What a person most likely meant, where that can be told from what stands at the place."""
    remainder, before = text[place:], text[:place].rstrip()
    for pattern, advice in HINTS:
        if re.match(pattern, remainder):
            return advice
    if re.match(r"\s*\w+\(\s*(last|next|current)_", text) and remainder.startswith(":"):
        return "this is a monitor's query; a graph has what stands between avg(last_5m): and the comparison"
    if before.endswith(":") and re.match(r"[0-9_]", remainder):
        return "the name of a metric begins with a letter"
    if match := re.match(r"([A-Za-z_]\w*)\s*\(", remainder):
        near = nearest(match[1], MODIFIERS if before.endswith(".") else catalogue())
        return f"'{match[1]}' was not expected here" + (
            f" (did you mean '{near}'?)" if near and near != match[1] else ""
        )
    if re.match(r":\s*\(", remainder) and (key := re.search(r"[^\s,(){}:]+$", text[max(0, place - 200) : place])):
        return f"several values of a key are written {key[0]} IN (b, c)"
    if text.count("'") % 2 or text.count('"') % 2:
        return "a quote is not closed"
    if text.count("{") > text.count("}"):
        return "a '{' is not closed" if not remainder.strip() else None
    if text.count("(") > text.count(")") and not remainder.strip():
        return "a '(' is not closed"
    return None
