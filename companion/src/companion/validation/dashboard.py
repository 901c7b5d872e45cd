"""What Datadog refuses of a dashboard beyond its schema, and what it accepts that cannot work. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from companion.validation.query import formula_faults, query_faults
from companion.validation.schema import Fault

VARIABLE = re.compile(r"\$([A-Za-z_][\w.\-]*)")


def dashboard(body: Mapping[str, Any]) -> Iterator[Fault]:
    """Recorded: v1 create_a_new_dashboard_with_…_returns_bad_request_response; layouts: the schema's DashboardReflowType."""
    for number, tag in enumerate(body.get("tags") or []):
        if not str(tag).startswith("team:"):
            yield Fault(f"tags[{number}]", f"is '{tag}': the only tag key that a dashboard takes is team")
    for number, variable in enumerate(body.get("template_variables") or []):
        place = f"template_variables[{number}]"
        if variable.get("default") is not None and variable.get("defaults") is not None:
            yield Fault(f"{place}.defaults", "stands beside default: only one of them is allowed")
        if any(value == "" for value in variable.get("defaults") or []):
            yield Fault(f"{place}.defaults", "holds an empty text")
    yield from _presets(body)
    yield from _layouts(body)
    declared = {str(variable.get("name")) for variable in body.get("template_variables") or []}
    yield from _widgets(body, "", declared)


def _presets(body: Mapping[str, Any]) -> Iterator[Fault]:
    declared = {variable.get("name") for variable in body.get("template_variables") or []}
    for number, preset in enumerate(body.get("template_variable_presets") or []):
        for index, variable in enumerate(preset.get("template_variables") or []):
            place = f"template_variable_presets[{number}].template_variables[{index}]"
            if variable.get("value") is not None and variable.get("values") is not None:
                yield Fault(f"{place}.values", "stands beside value: only one of them is allowed")
            if variable.get("values") == []:
                yield Fault(f"{place}.values", "is empty")
            if variable.get("name") not in declared:
                yield Fault(
                    f"{place}.name",
                    f"is '{variable.get('name')}', which template_variables does not declare",
                    warning=True,
                )


def _layouts(body: Mapping[str, Any]) -> Iterator[Fault]:
    ordered, reflow = body.get("layout_type") == "ordered", body.get("reflow_type")
    if reflow and not ordered:
        yield Fault("reflow_type", "is allowed with layout_type 'ordered' alone")
    need = reflow == "fixed" or body.get("layout_type") == "free"
    for number, widget in enumerate(body.get("widgets") or []):
        if need and not widget.get("layout"):
            yield Fault(
                f"widgets[{number}].layout", "is missing: with this layout_type and reflow_type each widget has one"
            )
        if ordered and reflow == "auto" and widget.get("layout"):
            yield Fault(f"widgets[{number}].layout", "is not allowed with reflow_type 'auto'")


def _widgets(holder: Mapping[str, Any], path: str, declared: set[str]) -> Iterator[Fault]:
    """The queries and formulas of each widget, also of those within a group."""
    for number, widget in enumerate(holder.get("widgets") or []):
        definition, place = widget.get("definition") or {}, f"{path}widgets[{number}].definition"
        yield from _widgets(definition, f"{place}.", declared)
        requests = definition.get("requests") or []
        named = requests.items() if isinstance(requests, Mapping) else enumerate(requests)
        for key, request in named:
            at = f"{place}.requests.{key}" if isinstance(key, str) else f"{place}.requests[{key}]"
            if isinstance(request, Mapping):  # a host map has plain values here too
                yield from _request(request, at, declared)


def _request(request: Mapping[str, Any], place: str, declared: set[str]) -> Iterator[Fault]:
    if isinstance(request.get("q"), str):
        yield from _query(request["q"], f"{place}.q", declared)
    queries = [query for query in request.get("queries") or [] if isinstance(query, Mapping)]
    for number, query in enumerate(queries):
        if query.get("data_source") == "metrics" and isinstance(query.get("query"), str):
            yield from _query(query["query"], f"{place}.queries[{number}].query", declared)
    names = [str(query.get("name")) for query in queries]
    for number, formula in enumerate(request.get("formulas") or []):
        for fault in formula_faults(str(formula.get("formula", "")), names):
            yield Fault(f"{place}.formulas[{number}].formula", fault)


def _query(text: str, place: str, declared: set[str]) -> Iterator[Fault]:
    for fault in query_faults(text):
        yield Fault(place, f"'{text}': {fault}")
    for name in VARIABLE.findall(text):
        if name not in declared and name.removesuffix(".value") not in declared:
            yield Fault(place, f"'{text}' uses ${name}, which template_variables does not declare", warning=True)
