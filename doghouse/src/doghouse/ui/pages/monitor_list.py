"""The list of monitors: states first, searched in Datadog's syntax."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from doghouse.live import lag as lags
from doghouse.monitors.api.access import Monitors
from doghouse.monitors.api.answers import Shown
from doghouse.monitors.api.search import compile_search
from doghouse.monitors.api.search_routes import monitor_hits
from doghouse.ui import rendering
from doghouse.web.errors import ApiError
from doghouse.web.http import Call, Reply

ORDER = ("Alert", "Warn", "No Data", "OK")  # what needs somebody stands first


class MonitorList(Struct, frozen=True):
    """The list over its stores."""

    monitors: Monitors
    lag: Callable[[], float] = lambda: 0.0  # s

    def show(self, call: Call) -> Reply:
        """`GET /monitors/manage?q=status:alert …`."""
        query = call.query.get("q", "")
        every = self.every(call.now)
        problem = ""
        try:
            matches = compile_search(query)
            matching = [
                monitor for monitor in every if any(matches(hit.row) for hit in monitor_hits(monitor, call.now))
            ]
        except ApiError as error:
            matching, problem = [], error.text
        rows = sorted(map(row, matching), key=lambda entry: (ORDER.index(entry["state"]), entry["name"].lower()))
        counts = Counter(monitor.stored.overall for monitor in every)
        return rendering.render(
            "monitors.html",
            call,
            rows=rows,
            query=query,
            problem=problem,
            behind=lags.sentence(lag) if lags.is_behind(lag := self.lag()) else "",
            total=len(every),
            counts=[(state, counts[state]) for state in ORDER if counts[state]],
        )

    def every(self, now: float) -> list[Shown]:
        """Every monitor with its groups and downtimes."""
        return list(self.monitors.all_shown(self.monitors.store.page(), now))


def row(shown: Shown) -> dict[str, Any]:
    """A monitor as a row of the list."""
    document, changed = shown.stored.document, shown.stored.overall_modified
    groups = Counter(state.status.label for state in shown.states.values())
    return {
        "id": document["id"],
        "name": document["name"],
        "type": document["type"],
        "query": document["query"],
        "state": shown.stored.overall,
        "groups": [(state, groups[state]) for state in ORDER if groups[state]] if len(shown.states) > 1 else [],
        "tags": document["tags"],
        "priority": document["priority"],
        "muted": shown.muted,
        "changed": changed,
        "lacks": "" if changed else shown.stored.definition.why_unevaluated(),
    }
