"""Measures of an SLO over time, as queries of the data source `slo` ask for them (schema: SloQuery).

GUESS: over pieces of time each piece's own good and bad events make its status and burn rate; the burndown is what is left
of the budget of the whole stretch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from doghouse.metrics.model import Floats, Ints
from doghouse.queries.beyond.reading import QueryBody
from doghouse.slos import budget
from doghouse.slos.api.access import Slos
from doghouse.time.lengths import MINUTE

Measure = Callable[[Floats, Floats, float], Floats]  # of good, all and the target
_MEASURES: Mapping[str, Measure] = {
    "good_events": lambda good, total, target: good,
    "bad_events": lambda good, total, target: total - good,
    "good_minutes": lambda good, total, target: good / MINUTE,
    "bad_minutes": lambda good, total, target: (total - good) / MINUTE,
    "slo_status": lambda good, total, target: budget.sli(good, total),
    "error_budget_remaining": budget.remaining,
    "error_budget_burndown": budget.remaining,
    "burn_rate": budget.burn_rate,
}


def values(slos: Slos, body: QueryBody, start: int, end: int, step: int) -> tuple[Ints, Floats]:
    """A measure for each piece of `step` seconds of [start, end) (s UTC), by when it begins; 0: of all at once. NaN: nothing was there. Raises ApiError."""
    objective = slos.objective(body.slo_id)
    tally = slos.measured(objective, start, end).overall
    starts = np.arange(start // step * step, end, step) if step else np.array([start])
    ends = np.minimum(starts + (step or end - start), end)
    begins = np.maximum(starts, start)
    good, total = tally.between(begins, ends)
    if body.measure == "error_budget_burndown":
        until, so_far = tally.between(np.full(len(ends), start), ends)
        total = np.full(len(ends), tally.whole()[1])
        good = total - (so_far - until)
    figures = _MEASURES[body.measure](good, total, objective.primary.target)
    return np.maximum(starts, start), np.where(total == 0, np.nan, figures)
