"""Types of widgets: what each must have, what it asks for, how a page draws it.

A family's module in `widgets/` registers its types. Validation, pages, snapshots, warnings and coverage read them here, and need no change for a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from msgspec import Struct, field

from doghouse.dashboards.widget_requests import Request
from doghouse.dashboards.widget_requests import requests as requests_of
from doghouse.recipes import read_modules

RequestsShape = Literal["none", "some", "any", "object"]  # a list that is not empty, any list, an object
Numbers = Literal[
    "", "timeseries", "scalar", "ranking", "change", "hosts",
    "monitor graph", "monitor value", "check runs", "monitors", "objective", "objectives", "stream",
]  # fmt: skip
Element = Literal["graph", "map", "plain"]
Definition = Mapping[str, Any]


class Drawing(Struct, frozen=True):
    """How a page draws a widget.

    `name` is the script `ui/static/js/widgets/NAME.mjs` and the element's CSS class. `numbers` is what the script is given; where it is empty the page's
    template writes the whole widget from its definition. `element` is what the script fills: a graph over time with its legend, a map's canvas, or a plain box.
    """

    name: str
    numbers: Numbers = ""
    element: Element = "plain"


# Of a type that has no drawing of its own: a plain graph of its queries, which says so.
OTHER = Drawing("other", "timeseries", "graph")
# Its address, as a link: pages load nothing from other hosts.
ELSEWHERE = Drawing("elsewhere")


class WidgetType(Struct, frozen=True):
    """A type of widget. Checks are of what is needed, never of what is additional: unknown keys are kept.

    `required` are the keys beside `type`; `requests` is what its `requests` are; `asks` is whether each request must ask something; `choices` and
    `request_choices` are the values that some keys of the definition and of each request may have; `inside` checks the rest and raises `checks.Wrong`.
    `asks_for` reads the requests that are evaluated and whose queries are warned of; `queried` is whether metric queries may stand in them where none must.
    `lacking` says what a page does not draw of it, for docs/coverage.md.
    """

    name: str
    required: tuple[str, ...] = ()
    requests: RequestsShape = "none"
    asks: bool = False
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    request_choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    inside: Callable[[Definition], None] | None = None
    asks_for: Callable[[Definition], tuple[Request, ...]] = requests_of
    queried: bool = False
    drawing: Drawing = OTHER
    lacking: str = ""


REGISTERED: dict[str, WidgetType] = {}


def register(*types: WidgetType) -> None:
    """Make types of widgets known. Raises ValueError for a name that is taken."""
    for widget_type in types:
        if widget_type.name in REGISTERED:
            raise ValueError(f"the widget type '{widget_type.name}' is registered twice")
        REGISTERED[widget_type.name] = widget_type


def widget_types() -> Mapping[str, WidgetType]:
    """Every type of widget by its name in Datadog's schema (`WidgetDefinition`)."""
    read_modules("doghouse.dashboards.widgets")
    return REGISTERED


def widget_type(name: str) -> WidgetType:
    """The type of this name; one that is not known is drawn as a plain graph of its queries."""
    return widget_types().get(name) or WidgetType(name)
