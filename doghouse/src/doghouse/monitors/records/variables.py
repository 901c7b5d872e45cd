"""Formula monitors: `formula("errors / all * 100").last("5m") > 40`, whose queries are `options.variables` (the API's schema).

A mistake is placed in the query's text, or in the variable that has it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NoReturn

from doghouse.monitors.records import reading
from doghouse.monitors.records.model import Asked, Compute, Facet, RecordQuery, VariableError
from doghouse.monitors.records.reading import Calls
from doghouse.queries import (
    Expression,
    MonitorQuery,
    NotEvaluated,
    QuerySyntaxError,
    parse,
    parse_formula,
    variables,
)
from doghouse.queries.language.names import nearest
from doghouse.queries.language.tree import TimeWindow
from doghouse.search.aggregation import AGGREGATIONS
from doghouse.search.errors import SearchSyntaxError

HEAD = "formula"
POINTS = "metrics"  # the data source of points
MOST_GROUPS = 1000  # of a query, whatever its limits (logs/explorer/analytics)
DEFAULT_LIMIT, FOURTH_LIMIT = 10, 5  # of the values of a key
_FORMULA = re.compile(r"\s*formula\s*\(")


def is_formula(text: str) -> bool:
    """Whether a monitor's query is a formula over its variables."""
    return _FORMULA.match(text) is not None


def read(text: str, given: Sequence[Mapping[str, Any]], sources: Collection[str]) -> Asked:
    """A formula over `options.variables`, which may read these data sources. Raises QuerySyntaxError or NotEvaluated."""
    calls = reading.split(text, (HEAD,), ("rollup", "last", "current"))
    window = reading.window(calls)
    over_time = calls.arguments("rollup")[0].text if calls.arguments("rollup") else "avg"
    queries: dict[str, RecordQuery | MonitorQuery] = {}
    for place, variable in enumerate(given):
        made = _Variable(f"options.variables[{place}]", variable)
        name = made.text("name")
        if name in queries:
            made.wrong("name", f"a second variable is called '{name}'")
        queries[name] = made.points(window, over_time, calls) if made.is_points else made.records(sources)
    formula = _formula(calls, queries)
    used = {name: query for name, query in queries.items() if name in variables(formula)}
    return Asked(used, formula, window, calls.comparator, calls.threshold)


def _formula(calls: Calls, known: Collection[str]) -> Expression:
    given = calls.arguments(HEAD)[0]
    places = (*given.places, given.places[-1] + 1) if given.places else (calls.calls[HEAD][0],)
    try:
        formula = parse_formula(given.text)
    except QuerySyntaxError as error:
        raise QuerySyntaxError(calls.text, places[error.position], error.problem) from None
    used = variables(formula)
    for name in used:
        if name not in known:
            named = re.search(rf"\b{re.escape(name)}\b", given.text)
            place = places[named.start()] if named else calls.calls[HEAD][0]
            near = nearest(name, known)
            hint = f": did you mean '{near}'?" if near else f"; the variables are {', '.join(known) or 'none'}"
            raise QuerySyntaxError(calls.text, place, f"the formula names '{name}', which no variable is called{hint}")
    if not used:
        raise QuerySyntaxError(calls.text, places[0], "the formula names no variable")
    return formula


class _Variable:
    """One of `options.variables`, and its place."""

    def __init__(self, place: str, given: Mapping[str, Any]) -> None:
        self.place, self.given = place, given

    @property
    def is_points(self) -> bool:
        """Whether it asks for points."""
        return self.given.get("data_source") == POINTS

    def wrong(self, field: str, problem: str, text: str = "", position: int = 0) -> NoReturn:
        """Raise what is wrong with one of its fields, which is this text."""
        raise VariableError(f"{self.place}.{field}", text, position, problem)

    def text(self, *path: str) -> str:
        """A text that has to be there."""
        found = self._value(*path)
        if not isinstance(found, str):
            self.wrong(".".join(path), f"expected a text, not {'nothing' if found is None else found}")
        return found

    def _value(self, *path: str) -> Any:
        found: Any = self.given
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def points(self, window: TimeWindow, over_time: str, calls: Calls) -> MonitorQuery:
        """A metric query, reduced over the window by its `aggregator`, or by what the formula says (GUESS: which of them counts)."""
        text = self.text("query")
        try:
            expressions = parse(text)
        except QuerySyntaxError as error:
            self.wrong("query", error.problem, text, error.position)
        if len(expressions) != 1:
            self.wrong("query", f"{len(expressions)} queries: each variable is one expression", text)
        aggregator = str(self.given.get("aggregator") or over_time)
        return MonitorQuery(aggregator, window, None, expressions[0], calls.comparator, calls.threshold, text)

    def records(self, sources: Collection[str]) -> RecordQuery:
        """A query of records."""
        source = self.text("data_source")
        if source not in sources:
            raise NotEvaluated(f"queries of the data source '{source}'")
        text = self.text("search", "query") if self.given.get("search") else ""
        try:
            search = reading.search(text, source)
        except SearchSyntaxError as error:
            self.wrong("search.query", error.problem, text, error.position)
        compute = self._compute(("compute",))
        return RecordQuery(source, text, search, tuple(self.given.get("indexes") or ()), compute, self._facets())

    def _compute(self, path: tuple[str, ...]) -> Compute:
        """`{"aggregation": "avg", "metric": "@duration"}` under a path."""
        name, measure = self.text(*path, "aggregation"), self._value(*path, "metric")
        if problem := reading.compute_problem(name, measure):
            self.wrong(".".join(path), problem)
        return Compute(name, None if AGGREGATIONS[name].reads == "nothing" else str(measure))

    def _facets(self) -> tuple[Facet, ...]:
        """`group_by`, with its limits. GUESS: where their product is above MOST_GROUPS, the later ones are lowered."""
        given = self.given.get("group_by") or ()
        if isinstance(given, Mapping):
            given = (given,)  # the schema has both forms: a list, and one object
        if len(given) > reading.MOST_KEYS:
            self.wrong("group_by", f"groups by {len(given)} fields: at most {reading.MOST_KEYS} are allowed")
        left, made = MOST_GROUPS, []
        for place, facet in enumerate(given):
            part = _Variable(f"{self.place}.group_by[{place}]", facet)
            limit = min(
                int(facet.get("limit") or (FOURTH_LIMIT if place == reading.MOST_KEYS - 1 else DEFAULT_LIMIT)), left
            )
            left = max(left // max(limit, 1), 1)
            sort = part._compute(("sort",)) if facet.get("sort") else None
            order = "asc" if part._value("sort", "order") == "asc" else "desc"
            made.append(Facet(part.text("facet"), limit, order, sort))  # type: ignore[arg-type]
        return tuple(made)
