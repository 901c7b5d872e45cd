"""What the tests of downtimes share: downtimes in few words, times as they read, and a monitor under downtimes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from doghouse import downtimes as dt
from doghouse.downtimes import Downtime
from doghouse.monitors import GroupState, Rules, Transition, WindowValue, step
from doghouse.notifications import silencing

T0 = 1772445600  # 2026-03-02T10:00:00Z, a Monday
S = (80, 85, 95, 99, 100, 100, 60, 50, 50, 50, 50, 50)
# The reduced values of `avg(last_5m):avg:m{*}` over S at 10:01, 10:02, … (worked out by hand, M01)
M01 = (80, 82.5, 86.667, 89.75, 91.8, 95.8, 90.8, 81.8, 72, 62, 52, 50)


def utc(text: str) -> float:
    """`2026-03-02T19:00Z` in s UTC."""
    return datetime.fromisoformat(text).timestamp()


def iso(when: float) -> str:
    """`2026-03-02T19:00:00Z`."""
    from datetime import UTC

    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def at(clock: str) -> int:
    """`10:05` of that Monday."""
    return int(utc(f"2026-03-02T{clock}:00Z" if clock.count(":") == 1 else f"2026-03-02T{clock}Z"))


def once(start: str, end: str | None = None, scope: str = "*", **more: Any) -> Downtime:
    """A downtime of that Monday, from one clock time to another."""
    schedule = {"start": iso(at(start)), "end": iso(at(end)) if end else None}
    return dt.parse({"scope": scope, "schedule": schedule, **more}, T0, id=f"{start}-{end}")


def recurring(zone: str, *recurrences: tuple[str, str, str], name: str = "d", now: float = T0, **more: Any) -> Downtime:
    """A recurring downtime; a recurrence is start, duration, rule."""
    each = [{"start": start or None, "duration": duration, "rrule": rule} for start, duration, rule in recurrences]
    return dt.parse({"name": name, "scope": "*", "schedule": {"timezone": zone, "recurrences": each}, **more}, now)


def shown(stretches: Iterable[dt.Stretch]) -> list[str]:
    """`2026-03-06T18:00:00Z .. 2026-03-07T08:00:00Z`, one a stretch."""
    return [f"{iso(one.start)} .. {iso(one.end)}" for one in stretches]


def story(downtimes: Sequence[Downtime], values: Sequence[float | None] = M01, rules: Rules | None = None) -> list[str]:
    """What a monitor sends and what is silenced, one line each, for windows with these values at 10:01, 10:02, …"""
    rules = rules or Rules(">", 90.0)
    covers = dt.covers(downtimes, T0, T0 + 60 * len(values))
    state, lines, last = GroupState(), [], float(T0)
    for minute, value in enumerate(values, start=1):
        now = T0 + 60 * minute
        before = state
        window = WindowValue() if value is None else WindowValue(value, True, T0, now - 1)
        state, transition = step(rules, state, window, now)
        lines += _ends(covers, last, now, before, state, transition, rules)
        if transition is not None and transition.notify:
            due = silencing.of_transition(covers, transition)
            by = f" silenced by {due.silenced_by}" if due.silenced_by else ""
            lines.append(f"{_clock(now)} {transition.word}{by}")
        last = now
    return lines


def _ends(
    covers: Sequence[dt.Cover],
    last: float,
    now: float,
    before: GroupState,
    after: GroupState,
    transition: Transition | None,
    rules: Rules,
) -> list[str]:
    """What ends of downtimes since the evaluation before send."""
    due = silencing.of_ends(
        covers,
        last,
        now,
        lambda end: after if end == now else before,
        notifies_at=lambda end: end == now and transition is not None and transition.notify,
        notifies_no_data=rules.notify_no_data,
    )
    return [f"{_clock(each.at)} {each.transition.word} (end)" for each in due]


def _clock(when: float) -> str:
    return iso(when)[11:16]
