"""What the tests of monitors share: a clock that starts at 10:00 UTC, series with a point a minute, and a monitor run over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from memory_points import T0, Given, minutely, source

from doghouse import monitors
from doghouse.monitors import EMPTY, Definition, Group, GroupState, Transition

__all__ = ["T0", "Given", "S", "at", "clock", "minutely", "monitor", "run", "simple", "source", "story", "values"]

S = (80, 85, 95, 99, 100, 100, 60, 50, 50, 50, 50, 50)


def at(clock: str) -> int:
    """`10:05` of that Monday, in seconds UTC."""
    hours, minutes, seconds = (int(part) for part in (clock + ":00").split(":")[:3])
    return T0 + (hours - 10) * 3600 + minutes * 60 + seconds


def clock(when: int) -> str:
    """`10:05`."""
    minutes = (when - T0) // 60
    return f"{10 + minutes // 60:02d}:{minutes % 60:02d}"


def monitor(query: str, **options: Any) -> Definition:
    """A metric monitor."""
    return monitors.parse({"type": "metric alert", "query": query, "name": "n", "options": options})


def values(checked: Definition, *given: Given, until: int) -> list[float]:
    """The windows' values of a simple alert at minutes 1 to `until`, as evaluated minute by minute; NaN where there is none."""
    there = source(*given)
    found = [monitors.evaluate(checked, there, T0 + 60 * minute) for minute in range(1, until + 1)]
    return [one[()].value if () in one else float("nan") for one in found]


def run(checked: Definition, *given: Given, until: str = "10:40") -> dict[Group, list[Transition]]:
    """The transitions of each group, stepped minute by minute as the live server does, and checked against the columns."""
    there, rules = source(*given), checked.rules
    ticks = monitors.ticks_of(checked, T0, at(until))
    states: dict[Group, GroupState] = {}
    found: dict[Group, list[Transition]] = {}
    for now in ticks.tolist():
        windows = monitors.evaluate(checked, there, now)
        for group in {**states, **windows}:
            before = states.get(group, GroupState())
            states[group], transition = monitors.step(rules, before, windows.get(group, EMPTY), now)
            if transition is not None:
                found.setdefault(group, []).append(transition)
    columns = {c.group: monitors.states_range(rules, c, ticks) for c in monitors.evaluate_range(checked, there, ticks)}
    assert repr({g: h.transitions() for g, h in columns.items() if len(h)}) == repr(
        {g: found[g] for g in columns if g in found}
    )
    return found


def story(transitions: Sequence[Transition]) -> list[str]:
    """`10:05 Triggered 91.8`, one a transition; those that notify nobody in parentheses."""
    lines = []
    for one in transitions:
        value = "" if np.isnan(one.value) else f" {round(one.value, 3):g}"
        text = f"{clock(one.at)} {one.word}{value}"
        lines.append(text if one.notify else f"({text})")
    return lines


def simple(checked: Definition, *given: Given, until: str = "10:40") -> list[str]:
    """The story of a simple alert."""
    return story(run(checked, *given, until=until).get((), []))
