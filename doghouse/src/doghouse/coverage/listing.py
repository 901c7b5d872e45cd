"""Query functions, widgets and types of monitors, from the tables that the parser, the pages and the checks go by."""

from __future__ import annotations

from doghouse.coverage.endpoints import endpoints
from doghouse.coverage.model import Coverage, Item, State
from doghouse.dashboards.registry import ELSEWHERE, OTHER, WidgetType, widget_types
from doghouse.monitors.kinds.registry import kind_of, types
from doghouse.queries.functions import catalogue

STATE_OF: dict[str, State] = {"yes": "done", "partly": "partly", "no": "not"}


def coverage() -> Coverage:
    """All that doghouse has, and has not."""
    return Coverage(endpoints(), functions(), widgets(), monitor_types())


def functions() -> list[Item]:
    """Each function of a query, by family."""
    items = [
        Item(function.name, STATE_OF[function.evaluated], function.note, function.family)
        for function in catalogue().values()
    ]
    return sorted(items, key=lambda item: item.group)


def widgets() -> list[Item]:
    """Each type of widget: all are checked, kept and answered; what differs is what a page draws."""
    return [_widget(widget) for _, widget in sorted(widget_types().items())]


def _widget(widget: WidgetType) -> Item:
    if widget.drawing is ELSEWHERE:
        return Item(widget.name, "partly", "checked, kept and answered; a page gives its address, and fetches nothing")
    if widget.drawing is not OTHER:
        return Item(widget.name, "partly" if widget.lacking else "done", widget.lacking)
    if widget.asks or widget.queried:
        return Item(
            widget.name, "partly", "checked, kept and answered; a page draws its metric queries as a plain graph"
        )
    return Item(widget.name, "not", "checked, kept and answered; a page says that it is not drawn")


def monitor_types() -> list[Item]:
    """Each type of monitor: all are checked, kept, answered and searched; what differs is whether they are evaluated."""
    return [_monitor_type(name) for name in types()]


def _monitor_type(name: str) -> Item:
    kind = kind_of(name)
    if not kind.evaluated:
        return Item(name, "not", "checked, kept and answered; its state stays No Data")
    lacking = kind.lacking()
    return Item(name, "partly" if lacking else "done", lacking)
