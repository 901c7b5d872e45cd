r"""Text → what a monitor over records asks (the API's description of POST /api/v1/monitor).

logs("status:error \"time out\"").index("main,web").rollup("cardinality", "@usr.id").by("service,@region").last("5m") > 2
events("source:deploy").rollup("count").by("host").last("10m") >= 1          trace-analytics("env:prod").rollup("count").current("1h") > 100

GUESS: the calls may stand in any order, and space between them; `.index` may be left out; a second argument of `count` is ignored, as one is seen in public.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from msgspec import Struct

from doghouse.monitors.records.model import Compute, Facet, FormulaQuery, RecordQuery
from doghouse.queries import NotEvaluated, QuerySyntaxError
from doghouse.queries.language.names import nearest
from doghouse.queries.language.printing import number_text
from doghouse.queries.language.spans import MONTH
from doghouse.queries.language.tree import Comparator, TimeWindow, Variable
from doghouse.search import matching, parser
from doghouse.search.aggregation import AGGREGATIONS
from doghouse.search.errors import CalculatedFieldError, SearchSyntaxError
from doghouse.search.tree import Node
from doghouse.time import lengths
from doghouse.web.errors import ApiError

ALGORITHMS = ("anomaly", "anomalies", "forecast", "outliers")  # calls behind a query: seen in public for costs
CALCULATED = "#"  # how the names of calculated fields begin
EVERYTHING = "*"  # GUESS: `.by("*")` is the "(everything)" of the editor, which does not group
QUERY = "query"  # the name of a monitor's only query
CURRENT = {"1h": lengths.HOUR, "1d": lengths.DAY}  # of `.current()`
UNITS = {**{unit: lengths.UNITS[unit] for unit in "mhdw"}, "mo": MONTH}
# How many values of each key are kept, by the number of keys (monitors/types/log): 1000; 30 of each of two; 10 of three; 5 of four.
MOST_KEYS = 4
LIMITS = {1: 1000, 2: 30, 3: 10, 4: 5}
_HEAD = re.compile(r"\s*([\w-]+)\s*\(")
_CALL = re.compile(r"\s*\.\s*(\w+)\s*\(")
_QUOTED = re.compile(r'\s*"((?:\\.|[^"\\])*)"\s*', re.DOTALL)
_SINGLE = re.compile(r"\s*'((?:\\.|[^'\\])*)'\s*", re.DOTALL)
_PLAIN = re.compile(r"\s*([\w.]+)\s*")  # `.rollup("count", 300)`
_ESCAPED = re.compile(r"""\\(["'\\])|(.)""", re.DOTALL)
_FIELD = re.compile(r"@\S(?:.*\S)?|[^@\s]\S*")
_COMPARED = re.compile(r"\s*(>=|<=|==|!=|>|<)\s*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?)\s*")


class WrongSearch(QuerySyntaxError):
    """A mistake in a search, within a query that is right otherwise."""


class Quoted(Struct, frozen=True):
    """A text in quotes without its escapes; `places[i]` is where its sign i stands in the query."""

    text: str
    places: tuple[int, ...]


class Calls(Struct, frozen=True):
    """A query in its parts: `logs(…).index(…) … > 5`. Each call has its arguments and the place at which it begins."""

    text: str
    head: str
    calls: Mapping[str, tuple[int, tuple[Quoted, ...]]]
    comparator: Comparator
    threshold: float

    def wrong(self, name: str, problem: str) -> QuerySyntaxError:
        """A problem with one of the calls."""
        return QuerySyntaxError(self.text, self.calls[name][0], problem)

    @property
    def places(self) -> tuple[int, ...]:
        """Where each sign of the head's text stands in the query, and where its end does."""
        begin, (quoted, *_) = self.calls[self.head]
        return (*quoted.places, quoted.places[-1] + 1) if quoted.places else (begin,)

    def arguments(self, name: str) -> tuple[Quoted, ...]:
        """The arguments of a call, none where it is not there."""
        return self.calls[name][1] if name in self.calls else ()

    def names(self, name: str) -> tuple[str, ...]:
        """The names that stand in a call's arguments, separated by commas. Raises QuerySyntaxError where there is nothing between two of them."""
        pieces = [argument.text.split(",") for argument in self.arguments(name) if argument.text.strip()]
        names = tuple(part.strip() for parts in pieces for part in parts)
        if not all(names):
            raise self.wrong(name, f".{name}() has nothing between two commas, or beside one")
        return names


def parse(
    text: str,
    sources: Mapping[str, str],
    language: Callable[[str], Node] = parser.parse,
    *,
    single_quotes: bool = False,
) -> FormulaQuery:
    """A query of records. `sources` has the data source of each head that it may begin with, `language` reads its search; its texts may have single quotes.

    Raises QuerySyntaxError or NotEvaluated.
    """
    calls = split(text, sources, ("index", "rollup", "by", "last", "current", "source"), single_quotes=single_quotes)
    if "rollup" not in calls.calls:
        raise QuerySyntaxError(text, len(text.rstrip()), f'expected .rollup("count") behind {calls.head}("…")')
    query = RecordQuery(
        sources[calls.head],
        calls.arguments(calls.head)[0].text,
        _search(calls, language),
        calls.names("index"),
        _compute(calls),
        facets(calls),
    )
    return FormulaQuery({QUERY: query}, Variable(QUERY), window(calls), calls.comparator, calls.threshold)


def split(text: str, heads: Collection[str], known: Collection[str], *, single_quotes: bool = False) -> Calls:
    """A query's parts. `known` are the calls that may stand behind its head, `single_quotes` whether texts may have such.

    Raises QuerySyntaxError or NotEvaluated.
    """
    head = _HEAD.match(text)
    if head is None or head[1] not in heads:
        raise QuerySyntaxError(
            text, 0, f'expected {" or ".join(f"""{head_name}("…")""" for head_name in heads)} at the beginning'
        )
    arguments, place = _arguments(text, head.end(), head[1], single_quotes)
    if len(arguments) != 1:
        raise QuerySyntaxError(text, head.end(), f"{head[1]}() takes one text in quotes")
    calls: dict[str, tuple[int, tuple[Quoted, ...]]] = {head[1]: (head.start(1), arguments)}
    while (call := _CALL.match(text, place)) is not None:
        if call[1] in ALGORITHMS:
            raise NotEvaluated(f".{call[1]}() of monitors over records")
        if call[1] not in known:
            near = nearest(call[1], known)
            hint = f": did you mean .{near}()?" if near else f"; there are .{'(), .'.join(known)}()"
            raise QuerySyntaxError(text, call.start(1), f"unknown .{call[1]}(){hint}")
        if call[1] in calls:
            raise QuerySyntaxError(text, call.start(1), f"a second .{call[1]}()")
        arguments, place = _arguments(text, call.end(), f".{call[1]}", single_quotes)
        calls[call[1]] = (call.start(1), arguments)
    compared = _COMPARED.fullmatch(text, place)
    if compared is None:
        raise QuerySyntaxError(text, place, "expected a comparison with a number at the end, as in > 5")
    return Calls(text, head[1], calls, compared[1], float(compared[2]))  # type: ignore[arg-type]


def _arguments(text: str, place: int, name: str, single_quotes: bool) -> tuple[tuple[Quoted, ...], int]:
    """What stands between a call's parentheses, and where it ends."""
    arguments: list[Quoted] = []
    while True:
        quoted = _QUOTED.match(text, place) or _PLAIN.match(text, place)
        if quoted is None and single_quotes:
            quoted = _SINGLE.match(text, place)
        if quoted is None:
            raise QuerySyntaxError(text, place, f'{name}() takes texts in double quotes, as in {name}("…")')
        arguments.append(_unescaped(quoted[1], quoted.start(1)))
        place = quoted.end()
        if text.startswith(")", place):
            return tuple(arguments), place + 1
        if not text.startswith(",", place):
            raise QuerySyntaxError(
                text, place, f"expected ')' behind what {name}() takes; a quote within it is written \\\""
            )
        place += 1


def _unescaped(text: str, start: int) -> Quoted:
    signs = list(_ESCAPED.finditer(text))
    return Quoted("".join(sign[1] or sign[2] for sign in signs), tuple(start + sign.start() for sign in signs))


def _search(calls: Calls, language: Callable[[str], Node]) -> Node:
    quoted = calls.arguments(calls.head)[0]
    try:
        return search(quoted.text, language)
    except SearchSyntaxError as error:
        raise WrongSearch(calls.text, calls.places[error.position], error.problem) from None


def search(text: str, language: Callable[[str], Node] = parser.parse) -> Node:
    """A search as a tree. Raises SearchSyntaxError, or NotEvaluated for a calculated field and for a unit that its attribute is not known to have."""
    try:
        node = language(text)
        matching.predicate(node)
    except CalculatedFieldError as error:
        raise NotEvaluated(f"the search '{text}': {error.sentence}") from None
    except ApiError as error:
        raise NotEvaluated(f"the search '{text}': {error}") from None
    return node


def _compute(calls: Calls) -> Compute:
    name, *more = (argument.text for argument in calls.arguments("rollup"))
    problem = compute_problem(name, more[0] if more else None) or any_problem(more)
    if len(more) > 1:
        problem = ".rollup() takes an aggregation and the measure that it is of"
    if problem:
        raise calls.wrong("rollup", problem)
    return Compute(name, None if AGGREGATIONS[name].reads == "nothing" else more[0])


def compute_problem(name: str, measure: str | None) -> str:
    """Why there is no such aggregation, or not without a measure; empty where there is."""
    if name not in AGGREGATIONS:
        near = nearest(name, AGGREGATIONS)
        hint = f": did you mean '{near}'?" if near else f"; there are {', '.join(AGGREGATIONS)}"
        return f"unknown aggregation '{name}'{hint}"
    if AGGREGATIONS[name].reads != "nothing" and not measure:
        return f'{name} needs the measure that it is of, as in "{name}", "@duration"'
    return ""


def any_problem(names: Iterable[str]) -> str:
    """Why one of these is no name of a field; empty where all are. Raises NotEvaluated for a calculated field."""
    for name in names:
        if name.startswith(CALCULATED):
            raise NotEvaluated(f"the calculated field {name}")
        if not _FIELD.fullmatch(name):
            return f"'{name}' is no field: it is a tag's key, as service, or an attribute, as @http.url"
    return ""


def facets(calls: Calls) -> tuple[Facet, ...]:
    """The fields of `.by()`, with as many values of each as Datadog keeps. Raises QuerySyntaxError or NotEvaluated."""
    keys = tuple(key for key in dict.fromkeys(calls.names("by")) if key != EVERYTHING)
    if problem := any_problem(keys):
        raise calls.wrong("by", problem)
    if len(keys) > MOST_KEYS:
        raise calls.wrong("by", f"groups by {len(keys)} fields: at most {MOST_KEYS} are allowed")
    return tuple(Facet(key, LIMITS[len(keys)]) for key in keys)


def window(calls: Calls) -> TimeWindow:
    """The window of `.last("5m")` or `.current("1h")`, which is also written `.last("current_1h")`. Raises QuerySyntaxError."""
    names = [name for name in ("last", "current") if name in calls.calls]
    if len(names) != 1:
        raise QuerySyntaxError(calls.text, len(calls.text.rstrip()), 'expected one .last("5m") or .current("1h")')
    [name] = names
    length = calls.arguments(name)[0].text.strip()
    if name == "current" or length.startswith("current_"):
        length = length.removeprefix("current_")
        if length not in CURRENT:
            raise calls.wrong(name, f"'{length}' is no running window: it is {' or '.join(CURRENT)}")
        return TimeWindow(f"current_{length}", CURRENT[length], cumulative=True)
    seconds = lengths.seconds(length.removeprefix("last_"), UNITS)
    if not seconds:
        raise calls.wrong(name, f"'{length}' is no window: it is a number and m, h or d, as in 5m")
    return TimeWindow(length, seconds)


def with_threshold(text: str, threshold: float) -> str:
    """The query compared with another threshold."""
    compared = re.search(_COMPARED.pattern + r"\Z", text)
    assert compared is not None  # the text is a query
    return f"{text[: compared.start(2)]}{number_text(threshold)}{text[compared.end(2) :]}"


def with_window(text: str, length: str) -> str:
    """The query over another window, `10m`."""
    return re.sub(r'(\.\s*last\s*\(\s*)(?:"[^"]*"|[\w.]+)', rf'\g<1>"{length}"', text)
