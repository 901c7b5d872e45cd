"""What is wrong with a dashboard before it goes anywhere, each thing with the path of its field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from doghouse.dashboards import warnings
from doghouse.dashboards.board import Widget
from doghouse.dashboards.board import parse as parse_board
from doghouse.dashboards.validation import check
from doghouse.dashboards.widget_requests import Request
from doghouse.queries import QuerySyntaxError, parse
from doghouse.web.errors import ApiError


class Problem(NamedTuple):
    """One thing that is wrong (`error`), or is accepted and does not work as meant (`warning`). `field` is its path: `widgets[0].definition.requests[0].q`."""

    field: str
    text: str
    severity: str = "error"


def lint(body: Mapping[str, Any]) -> list[Problem]:
    """What Datadog would refuse of a dashboard, else what of it would not work: layouts, presets, queries and formulas, in the order of the document."""
    try:
        check(body)
    except ApiError as error:
        return [Problem(error.field, str(error.errors[0]))]
    declared = [str(variable["name"]) for variable in body.get("template_variables") or ()]
    return [*_layouts(body), *_presets(body, declared), *_widgets(parse_board(body).widgets, "", declared)]


def _layouts(body: Mapping[str, Any]) -> Iterator[Problem]:
    """The schema's DashboardReflowType: 'if it's set to auto, widgets should not have layouts' (GUESS: they are refused)."""
    for number, widget in enumerate(body["widgets"] if body.get("reflow_type") == "auto" else ()):
        if widget.get("layout"):
            yield Problem(f"widgets[{number}].layout", "is not allowed with reflow_type 'auto'")


def _presets(body: Mapping[str, Any], declared: Sequence[str]) -> Iterator[Problem]:
    for number, preset in enumerate(body.get("template_variable_presets") or ()):
        for index, value in enumerate(preset.get("template_variables") or ()):
            if value.get("name") not in declared:
                place = f"template_variable_presets[{number}].template_variables[{index}].name"
                yield Problem(place, f"is '{value.get('name')}', which template_variables does not declare", "warning")


def _widgets(widgets: Sequence[Widget], path: str, declared: list[str]) -> Iterator[Problem]:
    for number, widget in enumerate(widgets):
        place = f"{path}widgets[{number}].definition"
        yield from _widgets(widget.widgets, f"{place}.", declared)
        named = isinstance(widget.definition.get("requests"), Mapping)
        for request in widget.requests:
            yield from _request(
                request, f"{place}.requests" + (f".{request.key}" if named else f"[{request.key}]"), declared
            )


def _request(request: Request, place: str, declared: list[str]) -> Iterator[Problem]:
    texts = [(f"{place}.q", request.q)] if request.q is not None else []
    texts += [
        (f"{place}.queries[{number}].query", query.text)
        for number, query in enumerate(request.queries)
        if query.source == "metrics"
    ]
    for field, text in texts:
        yield from (Problem(field, f"'{text}': {problem}") for problem in _unreadable(partial(parse, text)))
        undeclared = warnings.undeclared(text, declared)
        yield from (
            Problem(field, f"'{text}' uses ${name}, which template_variables does not declare", "warning")
            for name in undeclared
        )
    for number, line in enumerate(request.lines if request.queries else ()):
        yield from (Problem(f"{place}.formulas[{number}].formula", text) for text in _unreadable(line.formula))


def unreadable(widget: Any) -> Iterator[Problem]:
    """The queries and formulas of one widget, whose definition is right, that cannot be read; `field` is the path from its definition on."""
    for problem in _widgets(parse_board({"widgets": [widget]}).widgets, "", []):
        if problem.severity == "error":
            yield Problem(problem.field.partition(".definition.")[2], problem.text)


def _unreadable(read: Callable[[], object]) -> Iterator[str]:
    try:
        read()
    except QuerySyntaxError as error:
        yield error.problem
