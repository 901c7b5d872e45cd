"""The list of SLOs: how each stands against its targets, and what is left of its error budgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from doghouse.slos import budget
from doghouse.slos.api.access import ZERO, Slos, Status, status
from doghouse.slos.document import Document
from doghouse.slos.model import Objective, Threshold
from doghouse.ui import rendering
from doghouse.web.errors import ApiError
from doghouse.web.http import Call, Reply

WORDS = {  # what a state is called, and the state of a monitor that it is drawn as
    "ok": ("OK", "ok"),
    "warning": ("Warning", "warn"),
    "breached": ("Breached", "alert"),
    "no_data": ("No data", "no-data"),
}


@dataclass(frozen=True, slots=True)
class ErrorBudgets:
    """The page over the stores."""

    slos: Slos

    def show(self, call: Call) -> Reply:
        """`GET /slo/manage`."""
        return rendering.render("slos.html", call, rows=[self._row(each, call.now) for each in self.slos.store.all()])

    def _row(self, document: Document, now: float) -> dict[str, Any]:
        objective = self.slos.objective(document["id"])
        return {
            "id": objective.id,
            "name": objective.name,
            "type": objective.type.replace("_", " "),
            "tags": objective.tags,
            "alerts": self.slos.monitors.alerts_of(objective.id),
            "targets": [self._target(objective, each, now) for each in objective.thresholds],
        }

    def _target(self, objective: Objective, threshold: Threshold, now: float) -> dict[str, Any]:
        """How an SLO stands against a target; `why` it has no numbers, where it has none."""
        why = ""
        try:
            stands = status(objective, self.slos.now(objective, threshold, now), threshold, threshold.seconds)
        except ApiError as error:
            stands, why = Status(None, None, None, "no_data", 0), str(error.errors[0])
        return {
            "timeframe": threshold.timeframe,
            "target": f"{threshold.target:g}",
            "state": WORDS[stands.state],
            "sli": None if stands.sli is None else budget.printed(stands.sli, stands.decimals),
            "remaining": None if stands.remaining is None else budget.printed(stands.remaining, 2),
            "why": why or (ZERO if stands.sli is None else ""),
        }
