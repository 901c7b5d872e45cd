"""The endpoints that answer queries: `/api/v1/query`, `/api/v2/query/timeseries`, `/api/v2/query/scalar`."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace
from starlette.routing import BaseRoute

from doghouse.metrics.model import Source
from doghouse.queries.api import requests
from doghouse.queries.api.answers import scalar_answer, series_answer, timeseries_answer
from doghouse.queries.api.errors import before_retention
from doghouse.queries.beyond.reading import with_measures
from doghouse.queries.beyond.source import Everything
from doghouse.queries.errors import NotEvaluated
from doghouse.queries.evaluation import evaluate, evaluate_scalars
from doghouse.queries.language.rollups import custom_interval
from doghouse.queries.language.tree import Expression
from doghouse.queries.model import MAX_POINTS, ResultSeries, Window
from doghouse.queries.units import Units, no_units
from doghouse.web import errors
from doghouse.web.http import Call, Reply, endpoint

RETENTION_S = 15 * 30 * 86_400  # docs: metrics are kept for 15 months


def routes(source: Everything, units: Units = no_units) -> list[BaseRoute]:
    """The endpoints over points, records and SLOs; `units` are the metrics' units."""
    measured = with_measures(units)
    return [
        *(endpoint(method, "/api/v1/query", partial(v1, source, units)) for method in ("GET", "POST")),
        endpoint("POST", "/api/v2/query/timeseries", partial(timeseries, source, measured)),
        endpoint("POST", "/api/v2/query/scalar", partial(scalar, source, measured)),
    ]


def v1(source: Source, units: Units, call: Call) -> Reply:
    """`/api/v1/query`: several expressions over one range, in seconds."""
    asked = requests.v1_query(call)
    window = Window(asked.start, asked.end)
    results = [(expression, evaluated(expression, source, window)) for expression in requests.parsed(asked.query)]
    return Reply(series_answer(asked.query, asked.start, asked.end, results, units))


def timeseries(source: Everything, units: Units, call: Call) -> Reply:
    """`/api/v2/query/timeseries`: formulas over named queries; ranges and intervals in milliseconds."""
    asked = requests.v2_request(call, "timeseries")
    expressions, window = requests.formula_request(asked).expressions, v2_window(asked)
    over = source.over(window, lenient=True)
    results = [(expression, evaluated(expression, over, window)) for expression in expressions]
    return Reply(timeseries_answer(results, units))


def scalar(source: Everything, units: Units, call: Call) -> Reply:
    """`/api/v2/query/scalar`: each query reduced to a number a group, formulas over those."""
    asked = requests.v2_request(call, "scalar")
    if asked.end / 1000 < call.now - RETENTION_S:
        raise before_retention()
    request, window = requests.formula_request(asked), v2_window(asked)
    over = source.over(window, total=True, lenient=True)
    try:
        table = evaluate_scalars(request, over, window)
    except NotEvaluated as error:
        raise errors.not_evaluated(error.what) from None
    if over.asked and not over.found:  # recorded: a count of no logs has no value
        table = replace(table, groups=(), columns=tuple((*column[:2], column[2][:0]) for column in table.columns))
    return Reply(scalar_answer(table, units))


def v2_window(asked: requests.Attributes) -> Window:
    """A request's range; its interval is raised where it would give too many points, as the schema says."""
    start, end = asked.start // 1000, -(-asked.end // 1000)
    if asked.interval is None:
        return Window(start, end)
    return Window(start, end, custom_interval(max(1, asked.interval // 1000), end - start, MAX_POINTS))


def evaluated(expression: Expression, source: Source, window: Window) -> list[ResultSeries]:
    """The series of an expression. Raises ApiError 501 with the name of what is not evaluated."""
    try:
        return evaluate(expression, source, window)
    except NotEvaluated as error:
        raise errors.not_evaluated(error.what) from None
