"""What an SLO is: its targets, and what it measures, as typed values (docs.datadoghq.com: service_level_objectives, api/latest/service-level-objectives)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from doghouse.queries import Expression
from doghouse.slos.corrections import Correction
from doghouse.time.lengths import DAY

TIMEFRAMES: Mapping[str, int] = {"7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY}  # s, the shortest first
# recorded: get_all_slos_*, create_a_timeslice_slo_*
TYPE_IDS: Mapping[str, int] = {"monitor": 0, "metric": 1, "time_slice": 2}


class SloError(ValueError):
    """Why an SLO or a correction is refused, in Datadog's words where they are known."""


class Threshold(Struct, frozen=True):
    """A target (percent, inside 0 to 100) for a timeframe, and from which SLI on upwards nobody need be warned."""

    timeframe: str
    target: float
    warning: float | None = None

    @property
    def seconds(self) -> int:
        """The timeframe's length (s)."""
        return TIMEFRAMES[self.timeframe]


class Counts(Struct, frozen=True):
    """Good events among all events, as queries of counts."""

    good: Expression
    total: Expression


class Uptime(Struct, frozen=True):
    """The time in which none of some monitors alerts. `groups` are the only ones that count (`env:prod,host:a`); none given: all do."""

    monitors: tuple[int, ...]
    groups: tuple[str, ...] = ()


class Slices(Struct, frozen=True):
    """The slices of time (`interval` s each) in which a query's value is on the right side of a threshold."""

    expression: Expression
    comparator: str
    threshold: float
    interval: int


class Objective(Struct, frozen=True):
    """An SLO. `id` is empty for one that is not stored; `document` is what it was read from; `timeframe` is the primary one of its thresholds."""

    id: str
    name: str
    type: str
    thresholds: tuple[Threshold, ...]
    timeframe: str
    tags: tuple[str, ...]
    sli: Counts | Uptime | Slices
    document: Mapping[str, Any]
    corrections: tuple[Correction, ...] = ()

    def threshold(self, timeframe: str) -> Threshold | None:
        """The target for a timeframe; None where the SLO has none."""
        return next((threshold for threshold in self.thresholds if threshold.timeframe == timeframe), None)

    @property
    def primary(self) -> Threshold:
        """The target for the primary timeframe; the first one where that has none."""
        return self.threshold(self.timeframe) or self.thresholds[0]

    @property
    def monitors(self) -> tuple[int, ...]:
        """The ids of the monitors that it is made of."""
        return self.sli.monitors if isinstance(self.sli, Uptime) else ()

    @property
    def unit(self) -> str:
        """What its error budget is counted in (GUESS: the units' names; the schema's examples are `requests` and `seconds`)."""
        return "events" if isinstance(self.sli, Counts) else "seconds"

    def corrected_by(self, corrections: tuple[Correction, ...]) -> Objective:
        """The same with these corrections."""
        return replace(self, corrections=corrections)
