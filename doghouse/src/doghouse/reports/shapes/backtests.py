"""What `backtest --json` holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec


class Transition(msgspec.Struct, frozen=True, gc=False, rename={"before": "from"}):
    """A change of a group's state. `time` is ISO 8601, a simple alert's group empty, a value null where there is none."""

    time: str
    group: Mapping[str, str]
    before: str
    to: str
    value: float | None


class Notification(msgspec.Struct, frozen=True):
    """A notification; `silenced_by` and `released_by` are a downtime's id or name."""

    time: str
    group: Mapping[str, str]
    transition: str
    recipients: Sequence[str]
    subject: str
    body: str
    silenced_by: str | None
    released_by: str | None


class Figures(msgspec.Struct, frozen=True):
    """What happened in numbers. `at_night` counts notifications from 22:00 to 07:00; `shares` are of evaluated time;
    `recipients` has how many of the notifications each gets."""

    days: float
    groups: int
    changes: int
    notifications: int
    notifications_a_day: float
    at_night: int
    silenced: int
    shares: Mapping[str, float]
    recipients: Mapping[str, int]


class Suggestion(Figures, frozen=True):
    """What another setting would have sent. `first_alert_delay_s` is null where one of both has no Alert; of all alerts of all groups `missed` have none
    near them, `delayed` come later, by `longest_delay_s` at most."""

    setting: str
    first_alert_delay_s: int | None
    missed: int
    delayed: int
    longest_delay_s: int


class Backtested(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """What one monitor did. `points` says where they come from, if from an account. `notifications_counted` are those that are not listed, but counted
    in `figures` (--messages)."""

    monitor: str
    where: str
    start: str
    end: str
    evaluations: int
    transitions: Sequence[Transition]
    notifications: Sequence[Notification]
    figures: Figures
    suggestions: Sequence[Suggestion] | msgspec.UnsetType = msgspec.UNSET
    remarks: Sequence[str] | msgspec.UnsetType = msgspec.UNSET
    points: Mapping[str, Any] | msgspec.UnsetType = msgspec.UNSET
    notifications_counted: int | msgspec.UnsetType = msgspec.UNSET


class LeftOut(msgspec.Struct, frozen=True):
    """A monitor that did not run, and why."""

    where: str
    text: str


class Shard(msgspec.Struct, frozen=True):
    """Which part of the monitors these are, from 1 on, and of how many parts (--shard)."""

    number: int
    of: int


class Backtests(msgspec.Struct, frozen=True):
    """What `doghouse backtest --json` prints: `monitors` is the same for one as for many. Where one alone was asked for, all of it stands here too.
    `shard` is there with --shard."""

    version: int
    monitors: Sequence[Backtested]
    left_out: Sequence[LeftOut]
    shard: Shard | msgspec.UnsetType = msgspec.UNSET


class BacktestOfOne(Backtested, frozen=True, kw_only=True):
    """What `doghouse backtest --json` prints where one monitor was asked for."""

    version: int
    monitors: Sequence[Backtested]
    left_out: Sequence[LeftOut]
