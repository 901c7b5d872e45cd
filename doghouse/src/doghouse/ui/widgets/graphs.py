"""A widget's numbers as its page draws them: series with their points, bounds and style, what stood in the way, and what was simulated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from doghouse.dashboards.board import Widget
from doghouse.dashboards.template_variables import Selection
from doghouse.dashboards.widget_requests import Line, Request
from doghouse.metrics.model import Floats, Source
from doghouse.queries import ResultSeries, metric_queries
from doghouse.queries.beyond.reading import Asks
from doghouse.queries.language.substitution import Chosen
from doghouse.queries.units import Units, no_units, unit_of
from doghouse.tags.pairs import values
from doghouse.ui.frame import Frame
from doghouse.ui.simulated import SimulatedStore
from doghouse.ui.widgets import lines
from doghouse.ui.widgets.lines import Answer, Problem
from doghouse.ui.widgets.why_empty import why_empty

MOST_SERIES = 100  # lines drawn on one graph; more cannot be told apart
LATE_S = 120  # how far back an increment reaches: points that came late
JOINED_S = 300  # points at most this far apart are joined by a line, as Datadog interpolates


class WidgetView(Struct, frozen=True):
    """What a page asks of a widget: its frame, its variables, from when on it needs buckets (None: all of them), the metrics' units, the time now (s UTC)."""

    frame: Frame
    variables: Mapping[str, Chosen]
    since: int | None = None
    units: Units = no_units
    selected: Sequence[Selection] = ()
    now: float = 0.0


def graph(widget: Widget, source: Source, simulated: SimulatedStore, asked: WidgetView) -> dict[str, Any]:
    """A widget as a graph: JSON for js/graphs/graph.mjs. Times in s UTC."""
    frame = asked.frame
    weighted: list[tuple[float, dict[str, Any]]] = []
    problems: list[Problem] = []
    metrics: set[str] = set()
    for number, request in enumerate(widget.requests):
        for answer in answers(request, source, asked):
            metrics |= names([answer])
            if answer.problem:
                problems.append(answer.problem)
            unit = unit_of(answer.expression, asked.units) if answer.expression else None
            weighted += [
                (_weight(series, request), _series(series, answer, request, number, asked) | {"unit": unit})
                for series in answer.series
            ]
    drawn, left_out = largest(weighted)
    if not problems and not any(series["length"] for series in drawn):
        problems = empty(widget, source, asked)
    elif (
        not problems
        and asked.since is None
        and not any(value is not None for series in drawn for value in series["values"])
    ):
        problems = [Problem("empty", "every value is undefined, for example because of a division by zero", "")]
    return _document(widget.id, asked, drawn, problems, simulated.ranges(metrics, frame.start, frame.end), left_out)


def largest(weighted: Sequence[tuple[float, dict[str, Any]]]) -> tuple[list[dict[str, Any]], int]:
    """Of series with their weights as many as a graph draws, the heaviest, in the order that they have; and how many are left out."""
    heaviest = sorted(range(len(weighted)), key=lambda place: -weighted[place][0])[:MOST_SERIES]
    return [weighted[place][1] for place in sorted(heaviest)], len(weighted) - len(heaviest)


def _weight(series: ResultSeries, request: Request) -> float:
    """What decides whether a series is among those that are drawn: its mean size, or nothing where the widget orders by tags."""
    if request.style.get("order_by") == "tags" or not np.isfinite(series.values).any():
        return 0.0
    return float(np.nanmean(np.abs(series.values)))


def of_lines(text: str, worked_out: Sequence[ResultSeries], frame: Frame, why: str) -> dict[str, Any]:
    """Lines that are worked out already, of a query's text, as a graph; `why` is said where there are none."""
    asked, line = WidgetView(frame, {}), Line(text)
    answer = Answer(line, None, tuple(worked_out))
    request = Request((line,))
    weighted = [
        (_weight(series, request), _series(series, answer, request, 0, asked) | {"unit": None}) for series in worked_out
    ]
    drawn, left_out = largest(weighted)
    return _document("lines", asked, drawn, [] if drawn else [Problem("empty", why, "")], [], left_out)


def _document(
    name: str,
    asked: WidgetView,
    drawn: Sequence[dict[str, Any]],
    problems: Sequence[Problem],
    simulated: Any,
    left_out: int,
) -> dict[str, Any]:
    interval = min((series["interval"] for series in drawn), default=1)
    return {
        "id": name,
        **asked.frame.document,
        "interval": interval,
        "cut": cut(asked.since, interval),
        "joined": max(JOINED_S, 3 * interval),
        "series": drawn,
        "more": left_out,
        "problems": [problem(entry) for entry in problems],
        "simulated": simulated,
    }


def answers(request: Request, source: Source, asked: WidgetView) -> list[Answer]:
    """Every line of a request, evaluated."""
    bars = request.display == "bars"
    return [
        answer for line in request.lines for answer in lines.answers(line, source, asked.frame, asked.variables, bars)
    ]


def names(answers: Sequence[Answer]) -> set[str]:
    """The metrics that answers are of."""
    queries = (query for answer in answers if answer.expression for query in metric_queries(answer.expression))
    return {query.metric for query in queries if not isinstance(query.metric, Asks)}


def empty(widget: Widget, source: Source, asked: WidgetView) -> list[Problem]:
    """One reason a query that gave nothing, each once."""
    problems: dict[str, Problem] = {}
    for request in widget.requests:
        for line in request.lines:
            for expression in line.expressions(asked.variables):
                text = why_empty(expression, source, asked.frame, asked.now)
                problems.setdefault(text, Problem("empty", text, line.title))
    return list(problems.values())


def cut(since: int | None, interval: int) -> int | None:
    """The bucket from which an increment starts, so that late points and the running bucket are in it."""
    if since is None:
        return None
    return (since - max(LATE_S, 2 * interval)) // interval * interval


def _series(line: ResultSeries, answer: Answer, request: Request, number: int, asked: WidgetView) -> dict[str, Any]:
    first = cut(asked.since, line.interval)
    keep = slice(0 if first is None else int(np.searchsorted(line.ts, first)), None)
    group = ", ".join(f"{key}:{value}" for key, value in line.group)
    series = {
        "key": f"{number}|{answer.line.text}|{line.expression}",
        "name": answer.line.alias or answer.line.title,
        "label": ", ".join(filter(None, (answer.line.alias, group))) or line.metric or line.expression,
        "group": group,
        "host": host(line),
        "expression": line.expression,
        "interval": line.interval,
        "length": len(line.ts),
        "display": request.display,
        "style": dict(request.style),
        "right": request.right_axis,
        "approximate": line.approximate,
        "ts": line.ts[keep].tolist(),
        "values": numbers(line.values[keep]),
    }
    if line.bounds is not None:
        series["lower"], series["upper"] = (numbers(bound[keep]) for bound in line.bounds)
    return series


def host(series: ResultSeries) -> str | None:
    """The host that a series belongs to, which gives it its colour on every graph of a page."""
    return next(iter(values((*series.tag_set, *series.scope.split(",")), "host")), None)


def numbers(values: Floats) -> Sequence[float | None]:
    """Values as JSON has them: null where there is none."""
    return [number(value) for value in values.tolist()]


def number(value: float) -> float | None:
    """A value as JSON has it: null where there is none."""
    return value if math.isfinite(value) else None


def problem(fault: Problem) -> dict[str, Any]:
    """A problem as JSON."""
    return {"kind": fault.kind, "text": fault.text, "query": fault.query, "position": fault.position}
