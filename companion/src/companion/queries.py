"""The metric queries of a dashboard, as text that the query endpoint takes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any


def queries(dashboard: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Title and text of each metric query of a dashboard's widgets, in order: a formula with its queries put in, or a query alone.

    A template variable stands for the first of its defaults: `{$host}` becomes `{host:web-1}`, or `{*}`.
    """
    from doghouse.dashboards import parse, selections, titled

    board = parse(dashboard)
    first = [variable.first() for variable in selections(board.variables)]
    for widget in board.every_widget:
        for line in (line for request in widget.requests for line in request.lines if line.unevaluated is None):
            yield titled(widget.title, first), titled(put_in(line.text, line.queries), first)


def put_in(formula: str, named: Mapping[str, str]) -> str:
    """A formula with the queries' text instead of their names: `anomalies(query1, 'basic', 2)`."""
    if formula in named:
        return named[formula]
    return re.sub(r"'[^']*'|\b[A-Za-z_]\w*\b", lambda word: named.get(word[0], word[0]), formula)
