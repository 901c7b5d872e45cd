"""An SLO of events is not read whole at each tick, and comes to the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Series
from doghouse.slos.corrections import Correction
from doghouse.slos.reading import read
from doghouse.slos.remembering import Remembering, whole
from doghouse.time.lengths import DAY, HOUR, MINUTE

T0 = 20_000 * DAY
BODY: dict[str, Any] = {
    "id": "s",
    "name": "s",
    "type": "metric",
    "query": {"numerator": "sum:all{*}.as_count() - sum:bad{*}.as_count()", "denominator": "sum:all{*}.as_count()"},
    "thresholds": [{"timeframe": "7d", "target": 99}],
}
SLO = read(BODY)


class Reads(MemorySource):
    """A source that says which stretches were read of it."""

    def __init__(self, minutes: int, seed: int = 0) -> None:
        values = np.random.default_rng(seed).integers(0, 5, (2, minutes)).astype(np.float64)
        ts = T0 + MINUTE * np.arange(minutes)
        series = [Series(1, "all", "count", 60, "", ()), Series(2, "bad", "count", 60, "", ())]
        ids = np.repeat([1, 2], minutes)
        super().__init__(series, Columns(ids, np.tile(ts, 2), values.ravel()))
        self.read_seconds = 0

    def read(self, ids: Any, start: int, end: int, rollup: Any = None) -> Columns:
        self.read_seconds += end - start
        return super().read(ids, start, end, rollup)


def no_states(*_: Any) -> Any:
    raise AssertionError("no monitor is part of it")


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 200), min_size=1, max_size=8), st.integers(3, 30), st.booleans())
def test_what_is_remembered_comes_to_what_is_read_anew(steps: list[int], hours: int, corrected: bool) -> None:
    slo = SLO.corrected_by((Correction(T0 + HOUR, T0 + 2 * HOUR),)) if corrected else SLO
    source, remembering, end = Reads(60 * 100), Remembering(), T0 + 30 * HOUR
    for step in steps:
        end += step * MINUTE
        mine = remembering(slo, source, no_states, end - hours * HOUR, end)
        anew = whole(slo, source, no_states, end - hours * HOUR, end)
        assert (mine.start, mine.step) == (anew.start, anew.step)
        np.testing.assert_array_equal(mine.good, anew.good)
        np.testing.assert_array_equal(mine.total, anew.total)


def test_a_tick_reads_the_last_hours_alone() -> None:
    source, remembering = Reads(60 * 24 * 20), Remembering()
    end = T0 + 19 * DAY + 30 * MINUTE
    remembering(SLO, source, no_states, end - 14 * DAY, end)
    source.read_seconds = 0
    remembering(SLO, source, no_states, end + MINUTE - 14 * DAY, end + MINUTE)
    assert source.read_seconds < 4 * 3 * HOUR  # three queries, each with what lies around its stretch


def test_a_correction_that_is_made_later_counts_at_once() -> None:
    source, remembering, end = Reads(60 * 100), Remembering(), T0 + 60 * HOUR
    before = remembering(SLO, source, no_states, T0, end)
    after = remembering(SLO.corrected_by((Correction(T0, T0 + 20 * HOUR),)), source, no_states, T0, end)
    assert after.whole()[1] < before.whole()[1]
