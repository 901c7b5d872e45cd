"""What a step asks of a monitor: thresholds, what missing data does, when a notification is repeated."""

from __future__ import annotations

import enum
import operator
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from doghouse.monitors.states.status import Status
from doghouse.queries.language.tree import COMPARISONS, Compare


class Missing(enum.Enum):
    """What an evaluation without data does: keep the state, go to No Data, resolve to OK, or count as 0."""

    KEEP = "keep"
    NO_DATA = "no data"
    RESOLVE = "resolve"
    ZERO = "zero"


# When a recovery threshold is satisfied (monitors/guide/recovery-thresholds). GUESS: == and != have no recovery thresholds.
RECOVERIES: Mapping[str, Compare] = {">": operator.le, ">=": operator.lt, "<": operator.ge, "<=": operator.gt}


class Rules(Struct, frozen=True):
    """All that a step asks of a monitor, with defaults applied (`rules.rules_of` makes it). Durations are seconds.

    `missing_after` is the time without points after which `missing` applies (0: the window itself). `timeout`, `retention`: None is never.
    `recovers_at`: a recovery threshold is reached at its very value, whatever the comparator. `zero_waits`: the 0 that missing data counts as does not alert
    while other groups have data.
    """

    comparator: str
    critical: float
    warning: float | None = None
    critical_recovery: float | None = None
    warning_recovery: float | None = None
    multi: bool = False
    missing: Missing = Missing.KEEP
    missing_after: int = 0
    notify_no_data: bool = False
    require_full_window: bool = False
    delay: int = 0
    new_group_delay: int = 0
    timeout: int | None = None
    retention: int | None = None
    renotify_interval: int | None = None
    renotify_occurrences: int | None = None
    renotify_statuses: frozenset[Status] = frozenset()
    recovers_at: bool = False
    zero_waits: bool = False

    def breaches(self, value: Any, threshold: float) -> Any:
        """Whether a value (or each of a column) is on the alerting side of a threshold."""
        return COMPARISONS[self.comparator](value, threshold)

    @property
    def zero_alerts(self) -> bool:
        """Whether missing data that counts as 0 leads to Alert or Warn."""
        levels = (level for level in (self.critical, self.warning) if level is not None)
        return self.missing is Missing.ZERO and any(self.breaches(0.0, level) for level in levels)

    def recovered(self, value: Any, threshold: float | None) -> Any:
        """Whether a value (or each of a column) is past a recovery threshold; always, where there is none.

        GUESS: an anomaly monitor (`>= 1`, recovery 0) recovers at its recovery threshold, or it never would.
        """
        satisfied = RECOVERIES.get(self.comparator[:1] if self.recovers_at else self.comparator)
        return True if threshold is None or satisfied is None else satisfied(value, threshold)

    def renotifies(self, status: Status) -> bool:
        """Whether a group that stays in this status is notified again. A No Data that notified nobody the first time does not."""
        if self.renotify_interval is None or status not in self.renotify_statuses:
            return False
        return status is not Status.NO_DATA or self.notify_no_data
