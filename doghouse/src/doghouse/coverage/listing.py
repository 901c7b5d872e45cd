"""Query functions, widgets and types of monitors, from the tables that the parser, the pages and the checks go by."""

from __future__ import annotations

from doghouse.coverage.endpoints import endpoints
from doghouse.coverage.model import Coverage, Item, State
from doghouse.dashboards.registry import ELSEWHERE, OTHER, WidgetType, widget_types
from doghouse.monitors.definition import kind_of, types
from doghouse.queries.functions import catalogue

STATE_OF: dict[str, State] = {"yes": "done", "partly": "partly", "no": "not"}


def coverage() -> Coverage:
    """All that doghouse has, and has not."""
    return Coverage(endpoints(), functions(), widgets(), monitor_types())


def functions() -> list[Item]:
    """Each function of a query, by family."""
    made = [Item(one.name, STATE_OF[one.evaluated], one.note, one.family) for one in catalogue().values()]
    return sorted(made, key=lambda item: item.group)


def widgets() -> list[Item]:
    """Each type of widget: all are checked, kept and answered; what differs is what a page draws."""
    return [_widget(one) for _, one in sorted(widget_types().items())]


def _widget(one: WidgetType) -> Item:
    if one.drawing is ELSEWHERE:
        return Item(one.name, "partly", "checked, kept and answered; a page gives its address, and fetches nothing")
    if one.drawing is not OTHER:
        return Item(one.name, "partly" if one.lacking else "done", one.lacking)
    if one.asks or one.queried:
        return Item(one.name, "partly", "checked, kept and answered; a page draws its metric queries as a plain graph")
    return Item(one.name, "not", "checked, kept and answered; a page says that it is not drawn")


def monitor_types() -> list[Item]:
    """Each type of monitor: all are checked, kept, answered and searched; what differs is whether they are evaluated."""
    return [_monitor_type(name) for name in types()]


def _monitor_type(name: str) -> Item:
    made = kind_of(name)
    if not made.evaluated:
        return Item(name, "not", "checked, kept and answered; its state stays No Data")
    lacking = made.lacking()
    return Item(name, "partly" if lacking else "done", lacking)
