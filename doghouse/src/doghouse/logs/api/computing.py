"""What the aggregate endpoint computes: an aggregation of a metric (schema: LogsCompute)."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from doghouse.search.aggregation import AGGREGATIONS, Aggregation
from doghouse.time import lengths
from doghouse.web import errors

POINTS = 150  # that a timeseries has where no interval is named (schema of compute); GUESS: which lengths are taken
LENGTHS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400)


class Compute(msgspec.Struct):
    """`compute`: an aggregation of a metric, over the whole time or over pieces of it. GUESS: a metric of a count is read by nobody."""

    aggregation: str = "count"
    metric: str | None = None
    type: Literal["total", "timeseries"] = "total"
    interval: str | None = None

    @property
    def work(self) -> Aggregation:
        """The aggregation. Raises ApiError 400."""
        if self.aggregation not in AGGREGATIONS:
            raise errors.invalid_parameter("aggregation", self.aggregation, tuple(AGGREGATIONS))
        work = AGGREGATIONS[self.aggregation]
        if work.reads != "nothing" and not self.metric:
            raise errors.invalid_body(f"compute: the aggregation {self.aggregation} needs a metric, such as @duration")
        return work

    @property
    def measure(self) -> str | None:
        """The field that is read."""
        return None if self.work.reads == "nothing" else self.metric

    def step(self, start: int, end: int) -> int:
        """The length of a piece (ms). Raises ApiError 400."""
        if self.interval is None:
            least = (end - start) / 1000 / POINTS
            return 1000 * next((length for length in LENGTHS_S if length >= least), math.ceil(least / 86_400) * 86_400)
        seconds = lengths.seconds(self.interval)
        if not seconds:
            raise errors.invalid_parameter("interval", self.interval, ("a length of time such as 5m",))
        return 1000 * seconds
