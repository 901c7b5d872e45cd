"""What is good and what there is, step by step, so that any window of a stretch is two differences of running sums."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from doghouse.metrics.model import Floats, Ints


class Tally(Struct, frozen=True, dict=True):
    """`good[i]` of `total[i]` events (or seconds) belong to the step that begins at `start + i * step` (s UTC)."""

    start: int
    step: int
    good: Floats
    total: Floats

    @property
    def times(self) -> Ints:
        """When each step begins (s UTC)."""
        return self.start + self.step * np.arange(len(self.good), dtype=np.int64)

    @cached_property
    def _running(self) -> tuple[Floats, Floats]:
        return np.append(0.0, np.cumsum(self.good)), np.append(0.0, np.cumsum(self.total))

    def between(self, starts: Ints, ends: Ints) -> tuple[Floats, Floats]:
        """Good and total of each window [start, end) (s UTC): of the steps that begin in it, and in a window that ends now are over.

        Steps of a minute fit windows that begin and end at full minutes. GUESS: of slices of five minutes those count that have ended, as many as fit.
        """
        low, high = (np.clip((times - self.start) // self.step, 0, len(self.good)) for times in (starts, ends))
        good, total = self._running
        return good[high] - good[low], total[high] - total[low]

    def since(self, start: int) -> Tally:
        """The steps that begin at `start` (s UTC) or later."""
        first = min(max(0, -(-(start - self.start) // self.step)), len(self.good))
        return Tally(self.start + first * self.step, self.step, self.good[first:], self.total[first:])

    def whole(self) -> tuple[float, float]:
        """Good and total of all of it."""
        return float(self.good.sum()), float(self.total.sum())

    def without(self, left_out: NDArray[np.bool_]) -> Tally:
        """The same where these steps count nothing."""
        return Tally(self.start, self.step, np.where(left_out, 0.0, self.good), np.where(left_out, 0.0, self.total))

    def up(self, good: NDArray[np.bool_]) -> Tally:
        """The same where these steps are wholly good."""
        return Tally(self.start, self.step, np.where(good, self.total, self.good), self.total)


class Measured(Struct, frozen=True):
    """An SLO over a stretch: the whole, and a row for each group or monitor (by name). `by` are the tag keys that its queries group by."""

    overall: Tally
    rows: Mapping[str, Tally] = field(default_factory=dict)
    by: tuple[str, ...] = ()
