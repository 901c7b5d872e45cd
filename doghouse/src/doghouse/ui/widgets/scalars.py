"""A widget's numbers where it shows one each: query values, toplists, tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from doghouse.dashboards.board import Widget
from doghouse.dashboards.widget_requests import MOST_ROWS, Line, Request
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
from doghouse.ui.widgets.formats import paint
from doghouse.ui.widgets.graphs import WidgetView
from doghouse.ui.widgets.lines import Problem
from doghouse.web.errors import ApiError

TOP_ROWS = {"toplist": 10, "table": 10}  # of a widget that names no limit
ALONE = "query"  # the name of a query that stands by itself


class Table(Struct, frozen=True):
    """The rows that some lines of a request gave, by their groups."""

    rows: Mapping[Any, dict[str, Any]]
    lines: Sequence[Line]

    def row(self, group: Any) -> dict[str, Any]:
        """The row of a group; where there is none, its cells alone, and they are empty."""
        empty = len(self.lines)
        return self.rows.get(group) or {"values": [None] * empty, "units": [None] * empty, "paints": [{}] * empty}


def scalars(widget: Widget, source: Source, asked: WidgetView) -> dict[str, Any]:
    """A widget as values, a row a group: JSON for js/parts/values.mjs. The requests of a table are columns of its rows."""
    problems: list[Problem] = []
    tables: list[Table] = []
    for request in widget.requests:
        for part in parts(request):
            table, problem = _table(part, request, source, asked)
            if problem:
                problems.append(problem)
            elif table:
                rows = _rows(table, part, request, asked)
                tables.append(Table({row["group"]: row for row in rows}, part))
    heads, rows = joined(tables)
    if widget.drawing.name != "table":
        rows = [row for table in tables for row in table.rows.values()]
    if not rows and not problems:
        problems = graphs.empty(widget, source, asked)
    return {
        "id": widget.id,
        **asked.frame.document,
        "heads": heads,
        "cells": [line.cell for table in tables for line in table.lines],
        "rows": _ranked(rows, widget),
        "behind": behind(widget, source, asked),
        "problems": [graphs.problem(entry) for entry in problems],
    }


def joined(tables: Sequence[Table]) -> tuple[list[str], list[dict[str, Any]]]:
    """Tables side by side: the heads of their columns, and a row for each group, its cells empty where a table has it not."""
    rows: list[dict[str, Any]] = []
    for group in dict.fromkeys(group for table in tables for group in table.rows):
        cells = [table.row(group) for table in tables]
        whole = {name: [value for cell in cells for value in cell[name]] for name in ("values", "units", "paints")}
        rows.append(next(cell for cell in cells if "label" in cell) | whole | {"value": whole["values"][0]})
    return [line.alias or line.title for table in tables for line in table.lines], rows


def behind(widget: Widget, source: Source, asked: WidgetView) -> dict[str, Any] | None:
    """The course of a query value, drawn behind its figure: the values of its first series, where the author asks for it."""
    wish = widget.definition.get("timeseries_background")
    if not isinstance(wish, Mapping) or not widget.requests:
        return None
    answers = graphs.answers(widget.requests[0], source, asked)
    series = next((series for answer in answers for series in answer.series), None)
    if series is None:
        return None
    return {"type": str(wish.get("type") or "area"), "values": graphs.numbers(series.values)}


def parts(request: Request) -> list[tuple[Line, ...]]:
    """The lines that make one table: the formulas of a request together, a query by itself."""
    if request.lines and request.lines[0].queries:
        return [request.lines]
    return [(line,) for line in request.lines]


def _table(
    part: Sequence[Line], request: Request, source: Source, asked: WidgetView
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


def _asked(part: Sequence[Line], request: Request, asked: WidgetView) -> FormulaRequest:
    """Queries by name with their reducers, and the formulas over them."""
    first = part[0]
    if first.queries:
        named = first.named(asked.variables)
        queries = {name: NamedQuery(query, first.aggregators.get(name) or "avg") for name, query in named.items()}
        return FormulaRequest(queries, tuple(Formula(line.text, line.formula()) for line in part))
    numbered = enumerate(first.expressions(asked.variables))
    queries = {f"{ALONE}{number}": NamedQuery(query, request.aggregator or "avg") for number, query in numbered}
    return FormulaRequest(queries, tuple(Formula(name, tree.Variable(name)) for name in queries))


def _rows(table: Scalars, part: Sequence[Line], request: Request, asked: WidgetView) -> Iterable[dict[str, Any]]:
    units = [unit_of(expression, asked.units) for _, expression, _ in table.columns]
    for place, group in enumerate(table.groups):
        values = [float(column[place]) for _, _, column in table.columns]
        if all(math.isnan(value) for value in values):
            continue
        text = ", ".join(f"{key}:{tag}" for key, tag in group)
        yield {
            "label": text or part[0].alias or part[0].title,
            "group": group,
            "host": dict(group).get("host"),
            "value": graphs.number(values[0]),
            "values": [graphs.number(value) for value in values],
            "units": units,
            "paints": [paint(value, line.formats or request.formats) for line, value in zip(part, values, strict=True)],
        }


def _ranked(rows: list[dict[str, Any]], widget: Widget) -> list[dict[str, Any]]:
    """A toplist's and a table's rows in the order that is asked for, at most as many as are asked for."""
    if widget.drawing.numbers == "scalar":
        return rows
    lines = [line for request in widget.requests for line in request.lines]
    wishes = [*(line.limit for line in lines), *(request.limit for request in widget.requests)]
    count, order = next((wish for wish in wishes if wish), _limit(widget))
    by = next((request.sorted_by for request in widget.requests if request.limit), 0)
    key = partial(_sort_key, by)
    known = [row for row in rows if key(row) is not None]
    unknown = [row for row in rows if key(row) is None and widget.drawing.name == "table"]
    return (sorted(known, key=key, reverse=order != "asc") + unknown)[:count]


def _sort_key(by: int | str, row: Mapping[str, Any]) -> Any:
    """What a row is sorted by: the value of a formula by its index, or a tag; None where it has none."""
    if isinstance(by, str):
        return dict(row["group"]).get(by)
    return row["values"][by] if by < len(row["values"]) else row["value"]


def _limit(widget: Widget) -> tuple[int, str]:
    """How many rows, and which first, where nothing says it: as many as `top()` left, else ten."""
    texts = [line.text.replace(" ", "") for request in widget.requests for line in request.lines]
    ranked = any(text.startswith(("top", "bottom")) for text in texts)
    upwards = any(text.startswith("bottom") or "'asc')" in text for text in texts)
    return (len(texts) * 100 if ranked else TOP_ROWS.get(widget.drawing.name, MOST_ROWS)), "asc" if upwards else "desc"
