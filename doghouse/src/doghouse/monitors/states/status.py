"""A group's state, what a window held for it, and a change of the state."""

from __future__ import annotations

import enum
import math

from msgspec import Struct


class Status(enum.IntEnum):
    """A group's state; the number is its severity (monitors/types/composite). NEW: not evaluated yet, which Datadog shows as No Data."""

    NEW = 0
    OK = 1
    NO_DATA = 2
    WARN = 3
    ALERT = 4

    @property
    def label(self) -> str:
        """Datadog's word: `OK`, `Warn`, `Alert`, `No Data`."""
        return _LABELS[self]


_LABELS = {
    Status.NEW: "No Data",
    Status.OK: "OK",
    Status.NO_DATA: "No Data",
    Status.WARN: "Warn",
    Status.ALERT: "Alert",
}


class WindowValue(Struct, frozen=True):
    """What a window held for one group: its reduced value (NaN: nothing), whether it was full (`require_full_window`), and its outermost points (s UTC).

    `recovery` is the value that recovery thresholds look at where that is another one (an anomaly monitor's recovery window). `elsewhere`: another group has
    data at the tick.
    """

    value: float = math.nan
    full: bool = True
    first_point: int | None = None
    last_point: int | None = None
    recovery: float | None = None
    elsewhere: bool = False

    @property
    def has_data(self) -> bool:
        """Whether there was a value."""
        return not math.isnan(self.value)


EMPTY = WindowValue()
EMPTY_AMONG_OTHERS = WindowValue(elsewhere=True)  # a group without data while others have some


class GroupState(Struct, frozen=True):
    """What is remembered of a group between two evaluations. Times are s UTC. `GroupState()` is a group that was never seen, or is forgotten.

    `value` is the last one evaluated (NaN: there was none), `since` when the status was entered. `first_seen` is the first point's time (new group delay),
    `empty_since` the first evaluation without data (timeout, retention) and `rests` that it was resolved for lack of data. `announced` says that this
    episode (from OK back to OK) had a transition that notifies; `renotified` counts its repeats.
    """

    status: Status = Status.NEW
    value: float = math.nan
    since: int | None = None
    first_seen: int | None = None
    last_point: int | None = None
    empty_since: int | None = None
    rests: bool = False
    first_triggered: int | None = None
    last_triggered: int | None = None
    last_resolved: int | None = None
    last_nodata: int | None = None
    last_notified: int | None = None
    announced: bool = False
    renotified: int = 0

    def entered(self, at: int, before: Status, *, notify: bool = True, renotified: int = 0) -> Transition:
        """The change from `before` to this state at `at` (s UTC)."""
        shown = self.first_triggered, self.last_triggered
        return Transition(at, before, self.status, self.value, notify, renotified, *shown)


FRESH = GroupState()


class Transition(Struct, frozen=True):
    """A change of a group's status, or with `renotified` > 0 a repeated notification of the status it has.

    `notify` says whether the monitor makes a notification of it (downtimes aside). A new group counts as OK before. `first_triggered` and `last_triggered` are
    those that a message shows (a recovery shows those of the episode that it ends). `is_unknown`: the No Data is a service check that says UNKNOWN.
    """

    at: int
    before: Status
    after: Status
    value: float
    notify: bool
    renotified: int = 0
    first_triggered: int | None = None
    last_triggered: int | None = None
    is_unknown: bool = False

    @property
    def is_renotify(self) -> bool:
        """Whether it repeats a notification."""
        return self.renotified > 0

    @property
    def word(self) -> str:
        """`Triggered`, `Warn`, `No Data`, `Recovered`, or `Re-Triggered` and its like (integrations/webhooks, $ALERT_TRANSITION)."""
        return ("Re-" if self.is_renotify else "") + _WORDS[self.after]


_WORDS = {Status.OK: "Recovered", Status.NO_DATA: "No Data", Status.WARN: "Warn", Status.ALERT: "Triggered"}
