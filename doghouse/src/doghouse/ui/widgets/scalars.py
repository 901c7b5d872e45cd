"""A widget's numbers where it shows one each: query values, toplists, tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from doghouse.dashboards.board import Widget
from doghouse.dashboards.widget_requests import Line, Request
from doghouse.metrics.model import Source
from doghouse.queries import (
    Formula,
    FormulaRequest,
    NamedQuery,
    NotEvaluated,
    QuerySyntaxError,
    Window,
    evaluate_scalars,
)
from doghouse.queries.evaluation.scalars import Scalars
from doghouse.queries.language import tree
from doghouse.queries.units import unit_of
from doghouse.ui.widgets import graphs, lines
from doghouse.ui.widgets.graphs import Asked
from doghouse.ui.widgets.lines import Problem
from doghouse.web.errors import ApiError

PALETTES = {"green": "good", "yellow": "warn", "orange": "warn", "red": "bad"}  # a conditional format's palette → tone
COMPARISONS = {
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
    "=": np.equal,
    "!=": np.not_equal,
}
TOP_ROWS = 10  # of a toplist that names no limit
ALONE = "query"  # the name of a query that stands by itself


def scalars(widget: Widget, source: Source, asked: Asked) -> dict[str, Any]:
    """A widget as values, a row a group: JSON for js/parts/values.mjs."""
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    heads: list[str] = []
    for request in widget.requests:
        for part in parts(request):
            table, problem = _table(part, request, source, asked)
            if problem:
                problems.append(problem)
            elif table:
                heads = [line.alias or line.title for line in part]
                rows += list(_rows(table, part, request, asked))
    if not rows and not problems:
        problems = graphs.empty(widget, source, asked)
    return {
        "id": widget.id,
        "from": asked.frame.start,
        "to": asked.frame.end,
        "live": asked.frame.live,
        "heads": heads,
        "rows": _ranked(rows, widget),
        "problems": [graphs.problem(entry) for entry in problems],
    }


def parts(request: Request) -> list[tuple[Line, ...]]:
    """The lines that make one table: the formulas of a request together, a query by itself."""
    if request.lines and request.lines[0].queries:
        return [request.lines]
    return [(line,) for line in request.lines]


def _table(
    part: Sequence[Line], request: Request, source: Source, asked: Asked
) -> tuple[Scalars | None, Problem | None]:
    """The values of these lines, or why there are none."""
    if part[0].unevaluated:
        return None, lines.unevaluated(part[0].unevaluated, part[0])
    try:
        window = Window(asked.frame.start, asked.frame.end)
        return evaluate_scalars(_asked(part, request, asked), lines.over(source, window, total=True), window), None
    except QuerySyntaxError as error:
        return None, lines.wrong(error)
    except NotEvaluated as error:
        return None, lines.unevaluated(error.what, part[0])
    except ApiError as error:
        return None, Problem("wrong", error.errors[0], part[0].title)


def _asked(part: Sequence[Line], request: Request, asked: Asked) -> FormulaRequest:
    """Queries by name with their reducers, and the formulas over them."""
    first = part[0]
    if first.queries:
        named = first.named(asked.variables)
        queries = {name: NamedQuery(query, first.aggregators.get(name) or "avg") for name, query in named.items()}
        return FormulaRequest(queries, tuple(Formula(line.text, line.formula()) for line in part))
    each = enumerate(first.expressions(asked.variables))
    queries = {f"{ALONE}{number}": NamedQuery(query, request.aggregator or "avg") for number, query in each}
    return FormulaRequest(queries, tuple(Formula(name, tree.Variable(name)) for name in queries))


def _rows(table: Scalars, part: Sequence[Line], request: Request, asked: Asked) -> Iterable[dict[str, Any]]:
    units = [unit_of(expression, asked.units) for _, expression, _ in table.columns]
    for place, group in enumerate(table.groups):
        values = [float(column[place]) for _, _, column in table.columns]
        if all(math.isnan(value) for value in values):
            continue
        text = ", ".join(f"{key}:{tag}" for key, tag in group)
        yield {
            "label": text or part[0].alias or part[0].title,
            "host": dict(group).get("host"),
            "value": graphs.number(values[0]),
            "values": [graphs.number(value) for value in values],
            "units": units,
            "tone": tone(values[0], request.formats),
        }


def _ranked(rows: list[dict[str, Any]], widget: Widget) -> list[dict[str, Any]]:
    """A toplist's and a table's rows by their first value, at most as many as are asked for."""
    if widget.drawing.numbers == "scalar":
        return rows
    count, order = next(
        (line.limit for request in widget.requests for line in request.lines if line.limit), _limit(widget)
    )
    known = [row for row in rows if row["value"] is not None]
    return sorted(known, key=lambda row: float(row["value"]), reverse=order != "asc")[:count]


def _limit(widget: Widget) -> tuple[int, str]:
    """How many rows, and which first, where no formula says it: as many as `top()` left, else ten."""
    texts = [line.text.replace(" ", "") for request in widget.requests for line in request.lines]
    ranked = any(text.startswith(("top", "bottom")) for text in texts)
    upwards = any(text.startswith("bottom") or "'asc')" in text for text in texts)
    return (len(texts) * 100 if ranked else TOP_ROWS), "asc" if upwards else "desc"


def tone(value: float, formats: Iterable[Mapping[str, Any]]) -> str | None:
    """The tone of the first conditional format that the value meets."""
    for entry in formats:
        compare = COMPARISONS.get(str(entry.get("comparator")))
        limit = entry.get("value")
        if compare is None or not isinstance(limit, int | float):
            continue
        if compare(value, limit):
            palette = str(entry.get("palette", ""))
            return next((name for colour, name in PALETTES.items() if colour in palette), None)
    return None
