"""The metric queries of a dashboard, as text that the query endpoint takes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any


def queries(dashboard: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Title and text of each metric query of a dashboard's widgets, in order, variables put in: a formula with its queries, or a query alone."""
    from doghouse.dashboards import parse

    for widget in parse(dashboard).every_widget:
        for line in (line for request in widget.requests for line in request.lines if line.unevaluated is None):
            yield with_variables(widget.title, dashboard), with_variables(put_in(line.text, line.queries), dashboard)


def put_in(formula: str, named: Mapping[str, str]) -> str:
    """A formula with the queries' text instead of their names: `anomalies(query1, 'basic', 2)`."""
    if formula in named:
        return named[formula]
    return re.sub(r"'[^']*'|\b[A-Za-z_]\w*\b", lambda word: named.get(word[0], word[0]), formula)


def with_variables(text: str, dashboard: Mapping[str, Any]) -> str:
    """A query or title with the template variables' defaults put in: `{$host}` becomes `{host:web-1}`, or `{*}`."""
    for variable in dashboard.get("template_variables") or []:
        name = re.escape(variable["name"])
        value = (variable.get("defaults") or [variable.get("default") or "*"])[0]
        scope = "*" if value == "*" else f"{variable.get('prefix') or variable['name']}:{value}"
        text = re.sub(rf"\${name}\.value\b", value.replace("\\", r"\\"), text)
        text = re.sub(rf"\${name}\b", scope.replace("\\", r"\\"), text)
    return text
