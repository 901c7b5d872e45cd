"""Widgets checked before there is a board: what Terraform's provider asks at each plan (terraform-provider-datadog pull request 4063)."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from doghouse.dashboards import checks, linting, validation
from doghouse.numbers import whole_number
from doghouse.web.http import Call, Reply

_STEP = re.compile(r"[A-Za-z_]\w*|[0-9]+")


class Widgets(msgspec.Struct):
    """Whole widgets, and the types of the board that they are for."""

    widgets: list[Any]
    layout_type: str
    reflow_type: str | None = None


def validate(call: Call) -> Reply:
    """What is wrong with each widget, in their order; the first thing of each. Raises ApiError 400 where there is no such board."""
    sent = call.json(Widgets)
    board: dict[str, Any] = {
        "title": "",
        "widgets": [],
        "layout_type": sent.layout_type,
        "reflow_type": sent.reflow_type,
    }
    validation.check(board)
    layouts = validation.layouts(sent.layout_type, sent.reflow_type)
    wrong = {fault.place: fault.reason for fault in checks.faults(sent.widgets, layouts=layouts)}
    return Reply({"results": [_result(widget, wrong.get(place)) for place, widget in enumerate(sent.widgets)]})


def _result(widget: Any, reason: str | None) -> dict[str, Any]:
    """GUESS: the words, and that what is wrong elsewhere than in a query has no path."""
    problem = None if reason else next(linting.unreadable(widget), None)
    definition = widget.get("definition") if isinstance(widget, dict) else None
    return {
        "is_valid": reason is None and problem is None,
        "widget_type": definition.get("type") if isinstance(definition, dict) else None,
        "error_message": problem.text if problem else reason,
        "error_path": _path(problem.field) if problem else None,
    }


def _path(field: str) -> str:
    """`requests[0].q` as Datadog writes it, a list in Python: `['requests', 0, 'q']`."""
    steps = ((whole_number(step), step) for step in _STEP.findall(field))
    return str([step if place is None else place for place, step in steps])
