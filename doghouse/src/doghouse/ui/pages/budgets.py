"""The list of SLOs: how each stands against its targets, and what is left of its error budgets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from doghouse.slos import budget
from doghouse.slos.api.access import Slos, Status
from doghouse.slos.document import Document
from doghouse.slos.model import Threshold
from doghouse.ui import rendering
from doghouse.web.http import Call, Reply

WORDS = {  # what a state is called, and the state of a monitor that it is drawn as
    "ok": ("OK", "ok"),
    "warning": ("Warning", "warn"),
    "breached": ("Breached", "alert"),
    "no_data": ("No data", "no-data"),
}


class ErrorBudgets(Struct, frozen=True):
    """The page over the stores."""

    slos: Slos

    def show(self, call: Call) -> Reply:
        """`GET /slo/manage`."""
        alerts = self.slos.monitors.alerts()
        rows = [self._row(document, alerts, call.now) for document in self.slos.store.all()]
        return rendering.render("slos.html", call, rows=rows)

    def _row(self, document: Document, alerts: Mapping[str, list[int]], now: float) -> dict[str, Any]:
        objective = self.slos.objective(document["id"])
        return {
            "id": objective.id,
            "name": objective.name,
            "type": objective.type.replace("_", " "),
            "tags": objective.tags,
            "alerts": alerts.get(objective.id, []),
            "targets": [
                _target(threshold, stands, why)
                for threshold, (stands, why) in zip(objective.thresholds, self.slos.stands(objective, now), strict=True)
            ],
        }


def _target(threshold: Threshold, stands: Status, why: str) -> dict[str, Any]:
    """How an SLO stands against a target; `why` it has no numbers, where it has none."""
    return {
        "timeframe": threshold.timeframe,
        "target": f"{threshold.target:g}",
        "state": WORDS[stands.state],
        "sli": None if stands.sli is None else budget.printed(stands.sli, stands.decimals),
        "remaining": None if stands.remaining is None else budget.printed(stands.remaining, 2),
        "why": why,
    }
