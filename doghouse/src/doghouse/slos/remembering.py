"""What an SLO of events came to, remembered between ticks: of a timeframe of 90 days only the last hours are read each minute.

What ended one to two hours ago is read once an hour. GUESS: nobody says how soon Datadog counts points that come late; here one of minutes that are remembered
is counted within the hour.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct, field

from doghouse.metrics.model import Source
from doghouse.queries.language.inspection import function_names
from doghouse.slos.measuring import States, measured
from doghouse.slos.model import Counts, Objective
from doghouse.slos.tally import Tally
from doghouse.time.lengths import HOUR

Measure = Callable[[Objective, Source, States, int, int], Tally]


def whole(objective: Objective, points: Source, states: States, start: int, end: int) -> Tally:
    """An SLO over [start, end) (s UTC), read anew. Raises NotEvaluated."""
    return measured(objective, points, states, start, end).overall


class Remembering(Struct, frozen=True):
    """The same, with what came before `cut` remembered, by the SLO's id.

    An SLO of slices or monitors, or with functions, is read anew: what one of its minutes is depends on what is around it.
    """

    _measured: dict[str, tuple[Objective, int, Tally]] = field(default_factory=dict)

    def __call__(self, objective: Objective, points: Source, states: States, start: int, end: int) -> Tally:
        """An SLO over [start, end) (s UTC). Raises NotEvaluated."""
        cut = end // HOUR * HOUR - HOUR
        if cut <= start or not _adds_up(objective):
            return whole(objective, points, states, start, end)
        entry = self._measured.get(objective.id)
        if entry is None or entry[0] != objective or entry[1] != cut or entry[2].start > start:
            entry = (objective, cut, whole(objective, points, states, start, cut))
            self._measured[objective.id] = entry
        old, new = entry[2], whole(objective, points, states, cut, end)
        return Tally(
            old.start, old.step, np.concatenate([old.good, new.good]), np.concatenate([old.total, new.total])
        ).since(start)


def _adds_up(objective: Objective) -> bool:
    """Whether what a stretch counts does not depend on what is around it."""
    sli = objective.sli
    return isinstance(sli, Counts) and {*function_names(sli.good), *function_names(sli.total)} <= {"as_count"}
