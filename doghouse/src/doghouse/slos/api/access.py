"""What the endpoints of SLOs share: the stores, and an SLO over a stretch of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from doghouse.metrics.model import Source
from doghouse.queries import NotEvaluated
from doghouse.slos import budget
from doghouse.slos.document import Document
from doghouse.slos.errors import slo_not_found
from doghouse.slos.measuring import States, measured
from doghouse.slos.model import Objective, Threshold
from doghouse.slos.store import SloStore
from doghouse.slos.tally import Measured, Tally
from doghouse.time.lengths import MINUTE
from doghouse.web import errors
from doghouse.web.errors import ApiError, present

ZERO = "The denominator is zero valued"  # recorded: get_an_slos_history_returns_ok_response, search_for_slos_returns_ok_response


class Monitors(Protocol):
    """What SLOs ask of the monitors."""

    def unusable(self, ids: Sequence[int]) -> list[int]:
        """Those of these that are no monitors, or of a type that SLOs are not made of."""

    def alerts(self) -> Mapping[str, list[int]]:
        """The ids of the monitors that alert on SLOs, by the SLO's."""


class Slos(Struct, frozen=True):
    """The store, and what an SLO is measured with. `states` says what monitors were in each minute, `shown_by` which dashboards show an SLO."""

    store: SloStore
    monitors: Monitors
    points: Source
    states: States
    shown_by: Callable[[str], Sequence[str]]

    def document(self, slo_id: str) -> Document:
        """An SLO's document. Raises ApiError 404."""
        return present(self.store.get(slo_id), slo_not_found(slo_id))

    def objective(self, slo_id: str) -> Objective:
        """An SLO as it is evaluated. Raises ApiError 404."""
        return present(self.store.objective(slo_id), slo_not_found(slo_id))

    def measured(self, objective: Objective, start: int, end: int) -> Measured:
        """The SLO over [start, end) (s UTC). Raises ApiError 501."""
        try:
            return measured(objective, self.points, self.states, start, end)
        except NotEvaluated as error:
            raise errors.not_evaluated(error.what) from None

    def stands(self, objective: Objective, now: float) -> list[tuple[Status, str]]:
        """How it stands against each of its targets, and why it has no numbers where it has none; measured once, over the longest timeframe."""
        end = int(now) // MINUTE * MINUTE
        try:
            longest = max(threshold.seconds for threshold in objective.thresholds)
            tally = self.measured(objective, end - longest, end).overall
        except ApiError as error:
            return [(NOTHING, str(error.errors[0])) for _ in objective.thresholds]
        stood = [
            status(objective, tally.since(end - threshold.seconds), threshold, threshold.seconds)
            for threshold in objective.thresholds
        ]
        return [(standing, ZERO if standing.sli is None else "") for standing in stood]


class Status(Struct, frozen=True):
    """An SLI beside a target. What has no events has no numbers. `decimals`: how many of the SLI are exact."""

    sli: float | None
    remaining: float | None
    raw: dict[str, Any] | None
    state: str
    decimals: int


NOTHING = Status(None, None, None, "no_data", 0)


def status(objective: Objective, tally: Tally, threshold: Threshold, span: int) -> Status:
    """How an SLO stands over a stretch of `span` seconds."""
    good, total = tally.whole()
    decimals = budget.decimals(objective.type, threshold.target, span)
    if total == 0:
        return Status(None, None, None, "no_data", decimals)
    raw = {"unit": objective.unit, "value": budget.raw_remaining(good, total, threshold.target)}
    return Status(
        float(budget.sli(good, total)),
        float(budget.remaining(good, total, threshold.target)),
        raw,
        budget.state(good, total, threshold.target, threshold.warning),
        decimals,
    )
