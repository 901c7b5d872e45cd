"""Query functions, widgets and types of monitors, from the tables that the parser, the pages and the checks go by."""

from __future__ import annotations

from doghouse.coverage.endpoints import endpoints
from doghouse.coverage.model import Coverage, Item, State
from doghouse.dashboards.registry import ELSEWHERE, OTHER, WidgetType, widget_types
from doghouse.monitors.model import METRIC_TYPES
from doghouse.monitors.validation import TYPES
from doghouse.queries.functions import catalogue

STATE_OF: dict[str, State] = {"yes": "done", "partly": "partly", "no": "not"}
EVALUATED = ("composite", "service check")  # beside metric monitors


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
        return Item(one.name, "done")
    if one.asks or one.queried:
        return Item(one.name, "partly", "checked, kept and answered; a page draws its metric queries as a plain graph")
    return Item(one.name, "not", "checked, kept and answered; a page says that it is not drawn")


def monitor_types() -> list[Item]:
    """Each type of monitor: all are checked, kept, answered and searched; what differs is whether they are evaluated."""
    lacking = [one.name for one in catalogue().values() if one.family == "algorithms" and one.evaluated == "no"]
    note = f"without {', '.join(f'{name}()' for name in lacking)}, formula(…) queries, percentiles over time and custom schedules"
    made = []
    for kind in sorted(TYPES):
        if kind in METRIC_TYPES:
            made.append(Item(kind, "partly", note))
        elif kind in EVALUATED:
            made.append(Item(kind, "done"))
        else:
            made.append(Item(kind, "not", "checked, kept and answered; its state stays No Data"))
    return made
