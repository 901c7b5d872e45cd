"""The monitors that a search finds: how many are in each state, and which (widget `manage_status`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from doghouse.dashboards.board import Widget
from doghouse.monitors.api.answers import Shown
from doghouse.monitors.api.search import compile_search
from doghouse.monitors.api.search_routes import monitor_hits
from doghouse.queries.beyond.templated import substituted
from doghouse.ui.pages.monitor_list import ORDER, MonitorList
from doghouse.ui.widgets.graphs import WidgetView
from doghouse.ui.widgets.lines import chosen
from doghouse.web.errors import ApiError

MOST = 50  # monitors of a widget that names no count
GROUPS = ("groups", "combined")  # summary types that count groups, not monitors


def last_triggered(shown: Shown) -> float:
    """When a group of the monitor triggered last (s UTC); 0 where none ever did."""
    return max((state.last_triggered or 0 for state in shown.states.values()), default=0)


SORTS: dict[str, Callable[[Shown], Any]] = {
    "name": lambda shown: shown.stored.document["name"].lower(),
    "status": lambda shown: ORDER.index(shown.stored.overall),
    "tags": lambda shown: sorted(shown.stored.document["tags"]),
    "triggered": last_triggered,
}


class MonitorSummary(Struct, frozen=True):
    """The widget over the list of monitors."""

    monitors: MonitorList

    def summary(self, widget: Widget, asked: WidgetView) -> dict[str, Any]:
        """The counts and monitors of a widget: JSON for js/widgets/summary.mjs."""
        definition = widget.definition
        answer = {"id": widget.id, **asked.frame.document}
        try:
            fits = compile_search(substituted(str(definition.get("query") or ""), chosen(asked.selected)))
        except ApiError as error:
            return answer | {"problems": [error.text]}
        every = self.monitors.every(asked.now)
        monitors = [shown for shown in every if any(fits(hit.row) for hit in monitor_hits(shown, asked.now))]
        counts = Counter(_states(monitors, groups=definition.get("summary_type") in GROUPS))
        shown_states = [state for state in ORDER if counts[state] or definition.get("hide_zero_counts") is False]
        return answer | {
            "problems": [] if monitors else ["no monitor matches"],
            "counts": [{"status": state, "state": css(state), "count": counts[state]} for state in shown_states],
            "monitors": [_row(shown) for shown in _ordered(monitors, str(definition.get("sort") or ""))][
                : _most(definition)
            ],
        }


def _states(monitors: list[Shown], groups: bool) -> list[str]:
    if groups:
        return [state.status.label for shown in monitors for state in shown.states.values()]
    return [shown.stored.overall for shown in monitors]


def _ordered(monitors: list[Shown], sort: str) -> list[Shown]:
    """In the order that the widget names, what needs somebody first where it names none. GUESS: `group` sorts by the name."""
    field, _, direction = (sort or "status,asc").partition(",")
    ordered = sorted(monitors, key=SORTS["name"])
    return sorted(ordered, key=SORTS.get(field, SORTS["name"]), reverse=direction == "desc")


def _most(definition: Any) -> int:
    count = definition.get("count")
    return count if isinstance(count, int) and 0 < count < MOST else MOST


def _row(shown: Shown) -> dict[str, Any]:
    document, state = shown.stored.document, shown.stored.overall
    return {
        "id": document["id"],
        "name": document["name"],
        "status": state,
        "state": css(state),
        "priority": document["priority"],
        "triggered": last_triggered(shown) or None,
    }


def css(state: str) -> str:
    """A state as the stylesheet calls it."""
    return state.lower().replace(" ", "-")
