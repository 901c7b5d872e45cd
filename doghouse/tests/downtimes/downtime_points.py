"""What the tests of downtimes share: downtimes in few words, times as they read, and a monitor under downtimes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from doghouse import downtimes as dt
from doghouse.downtimes import Downtime
from doghouse.monitors import GroupState, Rules, Status, Transition, WindowValue, step

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
        for cover in dt.releases(covers, last, now):
            told = transition if cover.stretch.end == now else None
            held = state if cover.stretch.end == now else before
            if (told is None or not told.notify) and _released(cover, held, rules):
                lines.append(f"{_clock(cover.stretch.end)} {_word(held.status)} (end)")
        if transition is not None and transition.notify:
            lines.append(f"{_clock(now)} {transition.word}{_silenced(covers, transition)}")
        last = now
    return lines


def _silenced(covers: Sequence[dt.Cover], transition: Transition) -> str:
    recovery = transition.after is Status.OK
    by = dt.silencer(covers, transition.at, recovery=recovery, episode_start=transition.first_triggered)
    return f" silenced by {by.label}" if by else ""


def _released(cover: dt.Cover, state: GroupState, rules: Rules) -> bool:
    return dt.released(cover, state.status.label.lower(), notifies_no_data=rules.notify_no_data)


def _word(status: Status) -> str:
    return {Status.ALERT: "Triggered", Status.WARN: "Warn", Status.NO_DATA: "No Data"}[status]


def _clock(when: float) -> str:
    return iso(when)[11:16]
