"""The metric queries of a dashboard, as text that the query endpoint takes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any


def queries(dashboard: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Title and text of each metric query of a dashboard's widgets, in order."""
    for widget in _widgets(dashboard):
        definition = widget.get("definition", {})
        requests = definition.get("requests", [])
        for request in requests.values() if isinstance(requests, Mapping) else requests:
            for text in _request_queries(request or {}):
                yield str(definition.get("title", "")), text


def _widgets(holder: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for widget in holder.get("widgets", []):
        yield widget
        yield from _widgets(widget.get("definition", {}))


def _request_queries(request: Mapping[str, Any]) -> Iterator[str]:
    """The formulas of a request with its queries put in, or its one query `q`."""
    if request.get("q"):
        yield request["q"]
    named = {query.get("name"): query.get("query", "") for query in request.get("queries", []) if query.get("query")}
    formulas = [formula.get("formula", "") for formula in request.get("formulas", [])] or list(named)
    for formula in formulas:
        yield put_in(formula, named)


def put_in(formula: str, named: Mapping[str | None, str]) -> str:
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
