"""A line of a widget → numbers, evaluated over a frame; or why there are none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from doghouse.dashboards.template_variables import Selection
from doghouse.dashboards.widget_requests import Line, Request
from doghouse.metrics.model import Source
from doghouse.queries import Expression, NotEvaluated, QuerySyntaxError, ResultSeries, Window, evaluate, metric_queries
from doghouse.queries.beyond.reading import Asks
from doghouse.queries.beyond.source import Everything
from doghouse.queries.language.printing import expression_text
from doghouse.queries.language.rollups import default_interval
from doghouse.queries.language.substitution import Chosen
from doghouse.ui.frame import Frame
from doghouse.web.errors import ApiError


class Problem(Struct, frozen=True):
    """Why a line has no numbers: `kind` is `wrong` (does not parse), `unevaluated` or `empty`; `position` is the place in `query` that is wrong."""

    kind: str
    text: str
    query: str
    position: int | None = None


class Answer(Struct, frozen=True):
    """What a line gave: an expression (where it parsed), its series, and what stood in the way."""

    line: Line
    expression: Expression | None
    series: tuple[ResultSeries, ...]
    problem: Problem | None = None


def chosen(selected: Iterable[Selection]) -> dict[str, Chosen]:
    """The template variables as `queries.substitute` takes them."""
    return {variable.name: Chosen(variable.prefix, variable.values, variable.keyed) for variable in selected}


def answers(line: Line, source: Source, frame: Frame, values: Mapping[str, Chosen], bars: bool = False) -> list[Answer]:
    """What a line gives over a frame. Never raises for a query that is wrong or not evaluated: the answer says it."""
    if line.unevaluated:
        return [Answer(line, None, (), unevaluated(line.unevaluated, line))]
    try:
        parsed = line.expressions(values)
    except QuerySyntaxError as error:
        return [Answer(line, None, (), wrong(error))]
    except NotEvaluated as error:
        return [Answer(line, None, (), unevaluated(error.what, line))]
    window = Window(frame.start, frame.end, default_interval(frame.span, bars=True) if bars else None)
    return [_answer(line, expression, source, window) for expression in parsed]


def texts(requests: Iterable[Request], values: Mapping[str, Chosen]) -> list[str]:
    """The queries of metrics that requests evaluate, each once, as they could be typed elsewhere; what cannot be read, or asks for records, gives none."""
    distinct: dict[str, None] = {}
    for line in (line for request in requests for line in request.lines if not line.unevaluated):
        try:
            parsed = line.expressions(values)
        except (QuerySyntaxError, NotEvaluated):
            continue
        distinct |= dict.fromkeys(expression_text(expression) for expression in parsed if _is_of_metrics(expression))
    return list(distinct)


def _is_of_metrics(expression: Expression) -> bool:
    queries = metric_queries(expression)
    return bool(queries) and not any(isinstance(query.metric, Asks) for query in queries)


def over(source: Source, window: Window, *, total: bool = False) -> Source:
    """A source for one window, which queries of logs, events, spans and SLOs need; `total`: for what they come to as a whole."""
    return source.over(window, total=total) if isinstance(source, Everything) else source


def _answer(line: Line, expression: Expression, source: Source, window: Window) -> Answer:
    try:
        series = evaluate(expression, over(source, window), window)
    except NotEvaluated as error:
        return Answer(line, expression, (), unevaluated(error.what, line))
    except ApiError as error:
        return Answer(line, expression, (), Problem("wrong", error.errors[0], line.title))
    return Answer(line, expression, tuple(_limited(series, line)))


def _limited(series: list[ResultSeries], line: Line) -> list[ResultSeries]:
    """The first of a formula's `limit`, ranked by mean (GUESS: what a timeseries is ranked by)."""
    if line.limit is None:
        return series
    count, order = line.limit
    from numpy import nanmean

    ranked = sorted((line for line in series if len(line.values)), key=lambda line: float(nanmean(line.values)))
    return (ranked if order == "asc" else ranked[::-1])[:count]


def wrong(error: QuerySyntaxError) -> Problem:
    """A query that does not parse."""
    return Problem("wrong", error.problem, error.text, error.position)


def unevaluated(what: str, line: Line) -> Problem:
    """Something that doghouse does not evaluate."""
    return Problem("unevaluated", f"doghouse does not evaluate {what.replace('_', ' ')}", line.title)
