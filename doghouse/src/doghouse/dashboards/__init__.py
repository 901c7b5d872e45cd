"""Dashboards, as documents of Datadog's API.

    check(body)                       # raises ApiError 400 with what Datadog refuses of it
    lint(body)                        # the first thing that Datadog refuses, else all that would not work: field, text, severity
    warnings(body)                    # sentences: what is accepted, yet will not work as meant
    board = parse(body)               # its widgets, those in groups too (`board.every_widget`), each with its requests
    board.widgets[0].requests[0].lines[0].expressions({})  # what a line of a request evaluates (`queries.Expression`)
    titled(text, selections(board.variables))  # a text with the template variables' values in the place of their names

Functions of their arguments: no clock, no disk, no network. `check` comes first: the others take what it lets through.
"""

from doghouse.dashboards.board import Board, Widget, parse
from doghouse.dashboards.linting import Problem, lint
from doghouse.dashboards.registry import Drawing, WidgetType, register, widget_types
from doghouse.dashboards.template_variables import Selection, selections, titled
from doghouse.dashboards.validation import check
from doghouse.dashboards.warnings import warnings
from doghouse.dashboards.widget_requests import Line, Query, Request

__all__ = [
    "Board",
    "Drawing",
    "Line",
    "Problem",
    "Query",
    "Request",
    "Selection",
    "Widget",
    "WidgetType",
    "check",
    "lint",
    "parse",
    "register",
    "selections",
    "titled",
    "warnings",
    "widget_types",
]
