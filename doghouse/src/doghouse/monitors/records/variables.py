"""Formula monitors: `formula("errors / all * 100").last("5m") > 40`, whose queries are `options.variables` (the API's schema).

A mistake is placed in the query's text, or in the variable that has it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec.structs import replace

from doghouse.monitors.model import shape_error
from doghouse.monitors.records import reading
from doghouse.monitors.records.model import Compute, Facet, FormulaQuery, RecordQuery, VariableError
from doghouse.monitors.records.reading import Calls
from doghouse.monitors.windows.percentiles import AGGREGATOR
from doghouse.monitors.windows.pointwise import OTHER_REDUCERS
from doghouse.monitors.windows.sliding import REDUCERS
from doghouse.queries import (
    Expression,
    MonitorQuery,
    NotEvaluated,
    QuerySyntaxError,
    anomaly_settings,
    expression_text,
    parse,
    parse_formula,
    variables,
)
from doghouse.queries.language.formulas import bound
from doghouse.queries.language.names import nearest, percentile, unknown
from doghouse.queries.language.tree import TimeWindow
from doghouse.search.aggregation import AGGREGATIONS
from doghouse.search.errors import SearchSyntaxError

HEAD = "formula"
POINTS = "metrics"  # the data source of points
MOST_GROUPS = 1000  # of a query, whatever its limits (logs/explorer/analytics)
DEFAULT_LIMIT, FOURTH_LIMIT = 10, 5  # of the values of a key
MS = 1000
TIME_AGGREGATORS = {"mean": "avg"}  # of a query of points, by another name
NOT_REDUCED = ("stddev",)  # the API has it too
_FORMULA = re.compile(r"\s*formula\s*\(")


def is_formula(text: str) -> bool:
    """Whether a monitor's query is a formula over its variables."""
    return _FORMULA.match(text) is not None


def read(text: str, declared: Sequence[Mapping[str, Any]], sources: Collection[str]) -> FormulaQuery:
    """A formula over `options.variables`, which may read these data sources. Raises QuerySyntaxError or NotEvaluated."""
    return _without_anomalies(_tree(text, declared, sources))


def read_points(
    text: str, declared: Sequence[Mapping[str, Any]], sources: Collection[str]
) -> FormulaQuery | MonitorQuery:
    """The same of a metric monitor: where it comes to `anomalies(avg:m{*}, 'agile', 2)` of points alone, this query, with its variables in their places.

    GUESS: such a monitor is the anomaly monitor that this query makes, whatever its variables' aggregators.
    """
    tree = _tree(text, declared, sources)
    return _anomalies(tree) or _without_anomalies(tree)


def _anomalies(tree: FormulaQuery) -> MonitorQuery | None:
    if any(isinstance(query, RecordQuery) for query in tree.queries.values()):
        return None
    whole = bound(tree.formula, {name: query.expression for name, query in tree.queries.items()})  # type: ignore[union-attr]
    if anomaly_settings(whole) is None:
        return None
    return replace(tree.point_queries[0], aggregator="avg", expression=whole, text=expression_text(whole))


def _without_anomalies(tree: FormulaQuery) -> FormulaQuery:
    if any(anomaly_settings(query.expression) for query in tree.point_queries):
        raise NotEvaluated("anomalies() in the formula of a monitor, but of points alone")
    return tree


def _tree(text: str, declared: Sequence[Mapping[str, Any]], sources: Collection[str]) -> FormulaQuery:
    calls = reading.split(text, (HEAD,), ("rollup", "last", "current"))
    window = reading.window(calls)
    over_time = _over_time(calls)
    queries: dict[str, RecordQuery | MonitorQuery] = {}
    for number, variable in enumerate(declared):
        place, source = f"options.variables[{number}]", variable.get("data_source")
        if source != POINTS and isinstance(source, str) and source not in sources:
            near = nearest(source, (*sources, POINTS))
            if near and near not in source.split("_"):  # `apm_metrics` is another source
                raise VariableError(f"{place}.data_source", "", 0, f"'{source}' is unknown: did you mean '{near}'?")
            raise NotEvaluated(f"queries of the data source '{source}'")
        body = _read(place, variable, _OfPoints) if source == POINTS else _read(place, variable, _OfRecords)
        if body.name in queries:
            raise VariableError(f"{place}.name", "", 0, f"a second variable is called '{body.name}'")
        queries[body.name] = (
            _points(place, body, window, over_time, calls) if isinstance(body, _OfPoints) else _records(place, body)
        )
    formula = _formula(calls, queries)
    used = {name: query for name, query in queries.items() if name in variables(formula)}
    _check_groups(used, declared)
    how = over_time if over_time in REDUCERS else "avg"
    return FormulaQuery(used, formula, window, calls.comparator, calls.threshold, how)


def _over_time(calls: Calls) -> str:
    """What the formula's `.rollup` says; `avg` where it has none."""
    name, *more = [argument.text for argument in calls.arguments("rollup")] or ["avg"]
    known = (*REDUCERS, *OTHER_REDUCERS, *TIME_AGGREGATORS, AGGREGATOR)
    if name not in known:
        raise calls.wrong("rollup", unknown("aggregator", name, known))
    if more:
        raise calls.wrong("rollup", ".rollup() of a formula takes an aggregator alone")
    return name


def _check_groups(used: Mapping[str, RecordQuery | MonitorQuery], declared: Sequence[Mapping[str, Any]]) -> None:
    """Raise VariableError where queries of records group by other fields than others do (logs/explorer/analytics: all have to group by the same)."""
    by = {name: query.keys for name, query in used.items() if isinstance(query, RecordQuery) and query.keys}
    for name, keys in by.items():
        first = next(iter(by))
        if set(keys) != set(by[first]):
            place = next(number for number, variable in enumerate(declared) if variable.get("name") == name)
            text = f"groups by {', '.join(keys)}, and '{first}' by {', '.join(by[first])}: the queries of a formula group by the same fields"
            raise VariableError(f"options.variables[{place}].group_by", "", 0, text)


def _formula(calls: Calls, known: Collection[str]) -> Expression:
    argument = calls.arguments(HEAD)[0]
    places = calls.places
    try:
        formula = parse_formula(argument.text, monitor=True)
    except QuerySyntaxError as error:
        raise QuerySyntaxError(calls.text, places[error.position], error.problem) from None
    used = variables(formula)
    for name in used:
        if name not in known:
            named = re.search(rf"\b{re.escape(name)}\b", argument.text)
            place = places[named.start()] if named else calls.calls[HEAD][0]
            near = nearest(name, known)
            hint = f": did you mean '{near}'?" if near else f"; the variables are {', '.join(known) or 'none'}"
            raise QuerySyntaxError(calls.text, place, f"the formula names '{name}', which no variable is called{hint}")
    if not used:
        raise QuerySyntaxError(calls.text, places[0], "the formula names no variable")
    return formula


class _Aggregated(msgspec.Struct, frozen=True):
    """`{"aggregation": "avg", "metric": "@duration", "interval": 60000}` (ms); of a facet's `sort` with its order."""

    aggregation: str
    metric: str | None = None
    interval: Annotated[float, msgspec.Meta(ge=0)] | None = None
    order: Literal["asc", "desc"] = "desc"


class _Facet(msgspec.Struct, frozen=True):
    """One field of `group_by`."""

    facet: str
    limit: Annotated[int, msgspec.Meta(ge=0)] | None = None
    sort: _Aggregated | None = None


class _Search(msgspec.Struct, frozen=True):
    """`search`."""

    query: str = ""


class _OfRecords(msgspec.Struct, frozen=True):
    """A query of records, as the API's schema has it; `group_by` is a list, or one object."""

    data_source: str
    name: str
    compute: _Aggregated
    search: _Search | None = None
    indexes: tuple[str, ...] | None = None
    group_by: tuple[_Facet, ...] | _Facet | None = None


class _OfPoints(msgspec.Struct, frozen=True):
    """A query of points."""

    name: str
    query: str
    aggregator: str | None = None


PARTS: Mapping[str, type[msgspec.Struct]] = {
    "search": _Search,
    "compute": _Aggregated,
    "group_by": _Facet,
    "sort": _Aggregated,
}
Shape = TypeVar("Shape", _OfRecords, _OfPoints)


def _read(place: str, variable: Mapping[str, Any], shape: type[Shape]) -> Shape:
    """A variable in its shape. What it has besides is passed over, unless it is a known name with a slip in it."""
    _check_names(place, variable, shape)
    try:
        return msgspec.convert(variable, shape, strict=False)
    except msgspec.ValidationError as error:
        wrong = shape_error(str(error))
        raise VariableError(f"{place}.{wrong.field}".rstrip("."), "", 0, wrong.text) from None


def _check_names(place: str, node: Any, shape: type[msgspec.Struct]) -> None:
    if isinstance(node, list):
        for number, part in enumerate(node):
            _check_names(f"{place}[{number}]", part, shape)
    if not isinstance(node, Mapping):
        return
    for name, value in node.items():
        if name in PARTS:
            _check_names(f"{place}.{name}", value, PARTS[name])
        elif name not in (known := shape.__struct_fields__) and (near := nearest(name, set(known) - node.keys())):
            raise VariableError(f"{place}.{name}", "", 0, f"is not known: did you mean {near}?")
    if shape is _OfRecords and "query" in node and "search" not in node:
        raise VariableError(f"{place}.query", "", 0, "is not known: what is searched stands in search.query")


def _points(place: str, variable: _OfPoints, window: TimeWindow, over_time: str, calls: Calls) -> MonitorQuery:
    """A metric query, reduced over the window by its `aggregator`, or by what the formula says (GUESS: which of them counts)."""
    try:
        expressions = parse(variable.query, monitor=True)
    except QuerySyntaxError as error:
        raise VariableError(f"{place}.query", variable.query, error.position, error.problem) from None
    if len(expressions) != 1:
        text = f"{len(expressions)} queries: each variable is one expression"
        raise VariableError(f"{place}.query", variable.query, 0, text)
    aggregator = TIME_AGGREGATORS.get(variable.aggregator or over_time, variable.aggregator or over_time)
    if aggregator not in (*REDUCERS, *OTHER_REDUCERS, AGGREGATOR):
        if aggregator in NOT_REDUCED or percentile(aggregator) is not None:
            raise NotEvaluated(f"the time aggregator {aggregator} in the formula of a monitor")
        known = (*REDUCERS, *OTHER_REDUCERS, AGGREGATOR, *TIME_AGGREGATORS, *NOT_REDUCED)
        raise VariableError(f"{place}.aggregator", "", 0, unknown("aggregator", aggregator, known))
    if not window.cumulative:
        window = replace(window, text=f"last_{window.text.removeprefix('last_')}")  # as a metric monitor's query has it
    return MonitorQuery(aggregator, window, None, expressions[0], calls.comparator, calls.threshold, variable.query)


def _records(place: str, variable: _OfRecords) -> RecordQuery:
    """A query of records."""
    text = variable.search.query if variable.search else ""
    try:
        search = reading.search(text)
    except SearchSyntaxError as error:
        raise VariableError(f"{place}.search.query", text, error.position, error.problem) from None
    compute = _compute(f"{place}.compute", variable.compute)
    return RecordQuery(variable.data_source, text, search, variable.indexes or (), compute, _facets(place, variable))


def _compute(place: str, aggregated: _Aggregated) -> Compute:
    named = (aggregated.metric,) if aggregated.metric is not None else ()
    if problem := reading.compute_problem(aggregated.aggregation, aggregated.metric) or reading.any_problem(named):
        raise VariableError(place, "", 0, problem)
    reads = AGGREGATIONS[aggregated.aggregation].reads
    measure = None if reads == "nothing" else aggregated.metric
    return Compute(
        aggregated.aggregation, measure, math.ceil(aggregated.interval / MS) if aggregated.interval else None
    )


def _facets(place: str, variable: _OfRecords) -> tuple[Facet, ...]:
    """`group_by`, with its limits. GUESS: where their product is above MOST_GROUPS, the later ones are lowered."""
    fields = (variable.group_by,) if isinstance(variable.group_by, _Facet) else variable.group_by or ()
    if len(fields) > reading.MOST_KEYS:
        text = f"groups by {len(fields)} fields: at most {reading.MOST_KEYS} are allowed"
        raise VariableError(f"{place}.group_by", "", 0, text)
    fields = tuple(facet for facet in fields if facet.facet != reading.EVERYTHING)
    room, facets = MOST_GROUPS, []
    for number, facet in enumerate(fields):
        if problem := reading.any_problem((facet.facet,)):
            raise VariableError(f"{place}.group_by[{number}].facet", "", 0, problem)
        default = FOURTH_LIMIT if number == reading.MOST_KEYS - 1 else DEFAULT_LIMIT
        limit = min(facet.limit or default, room)
        room = max(room // limit, 1)
        sort = _compute(f"{place}.group_by[{number}].sort", facet.sort) if facet.sort else None
        facets.append(Facet(facet.facet, limit, facet.sort.order if facet.sort else "desc", sort))
    return tuple(facets)
