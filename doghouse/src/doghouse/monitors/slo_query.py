"""Queries of SLO alerts, step by step (service_level_objectives/error_budget, burn_rate).

error_budget("<slo id>").over("7d") > 75                                          how much of the budget is used, in percent
burn_rate("<slo id>").over("30d").long_window("1h").short_window("5m") > 14.4     how fast, in two windows
"""

from __future__ import annotations

import re

from msgspec import Struct

from doghouse.queries import QuerySyntaxError
from doghouse.slos.model import TIMEFRAMES
from doghouse.time import lengths
from doghouse.time.lengths import HOUR, MINUTE

SHORTEST_S, LONGEST_S = HOUR, 48 * HOUR  # of the long window
_HEAD = re.compile(r"""\s*(error_budget|burn_rate)\(\s*(?:"([^"]*)"|'([^']*)')\s*\)""")
_STEP = re.compile(r"""\s*\.(over|long_window|short_window)\(\s*(?:"([^"]*)"|'([^']*)')\s*\)""")
_END = re.compile(r"\s*(>=|>)\s*([0-9]*\.?[0-9]+(?:e[-+]?[0-9]{1,2})?)\s*", re.IGNORECASE)
_STEPS = {"error_budget": ("over",), "burn_rate": ("over", "long_window", "short_window")}


class SloQuery(Struct, frozen=True):
    """What is asked of an SLO: `timeframe` is one of its own. `long` and `short` are the windows of a burn rate (s); 0 for an error budget."""

    slo: str
    timeframe: str
    comparator: str
    threshold: float
    long: int = 0
    short: int = 0

    @property
    def is_burn_rate(self) -> bool:
        """Whether it asks how fast the budget is used, and not how much of it."""
        return self.long > 0

    @property
    def windows(self) -> tuple[int, ...]:
        """The windows that are looked at (s), the longest first."""
        return (self.long, self.short) if self.is_burn_rate else (TIMEFRAMES[self.timeframe],)


def parse(text: str) -> SloQuery:
    """Raises QuerySyntaxError."""
    head = _HEAD.match(text)
    if head is None:
        raise QuerySyntaxError(text, 0, 'expected error_budget("<slo id>") or burn_rate("<slo id>")')
    names, place = _STEPS[head[1]], head.end()
    steps: dict[str, tuple[str, int]] = {}
    while step := _STEP.match(text, place):
        if step[1] not in names or step[1] in steps:
            why = "stands twice" if step[1] in steps else f"is none of {head[1]}()"
            raise QuerySyntaxError(text, step.start(1), f".{step[1]}() {why}")
        steps[step[1]] = (step[2] if step[2] is not None else step[3], step.start(1))
        place = step.end()
    if missing := [name for name in names if name not in steps]:
        raise QuerySyntaxError(text, place, f'expected .{missing[0]}("…")')
    end = _END.match(text, place)
    if end is None or end.end() < len(text):
        blank = len(text[place:]) - len(text[place:].lstrip())
        raise QuerySyntaxError(text, place + blank, "expected > or >= and a number at the end")
    slo = head[2] if head[2] is not None else head[3]
    if not slo.strip():
        raise QuerySyntaxError(text, head.end(1) + 1, f"{head[1]}() names no SLO")
    timeframe, at = steps["over"]
    if timeframe not in TIMEFRAMES:
        raise QuerySyntaxError(text, at, f".over() takes {', '.join(TIMEFRAMES)}, not {timeframe}")
    if len(names) == 1:
        return SloQuery(slo, timeframe, end[1], float(end[2]))
    long, short = (_window(text, name, *steps[name]) for name in names[1:])
    _check_windows(text, long, short, steps)
    return SloQuery(slo, timeframe, end[1], float(end[2]), long, short)


def _window(text: str, name: str, length: str, place: int) -> int:
    seconds = lengths.seconds(length, {"m": MINUTE, "h": HOUR, "d": lengths.DAY})
    if not seconds:
        raise QuerySyntaxError(text, place, f'.{name}() takes minutes or hours, as in .{name}("5m"), not {length}')
    return seconds


def _check_windows(text: str, long: int, short: int, steps: dict[str, tuple[str, int]]) -> None:
    if not SHORTEST_S <= long <= LONGEST_S:
        problem = f".long_window() is from 1h to 48h, not {steps['long_window'][0]}"
        raise QuerySyntaxError(text, steps["long_window"][1], problem)
    if short >= long:
        problem = f".short_window() is shorter than .long_window(): {steps['short_window'][0]} is not shorter than {steps['long_window'][0]}"
        raise QuerySyntaxError(text, steps["short_window"][1], problem)
