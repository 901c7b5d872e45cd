"""What a benchmark says: one line a figure."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value. `by` names what it is divided by, or from where it counts."""

    name: str
    value: float
    unit: str
    by: str

    def line(self) -> str:
        """As other programs read it."""
        return f"bench {self.name} {self.value:.3g} {self.unit} {self.by}"


class Row(NamedTuple):
    """A row of docs/benchmarks.md: what it says, the figures in its columns, its goal. `heads` are those of its table: rows that have the same stand in one.
    A module's are its ROWS, and `scripts/docs/benchmarks.py` runs those that have any."""

    words: str
    figures: tuple[str, ...]
    goal: str = ""
    heads: tuple[str, ...] = ("", "")


def note(text: str) -> None:
    """For whoever watches: on stderr, so that stdout holds figures alone."""
    print(text, file=sys.stderr, flush=True)


def seconds(work: Callable[[], object]) -> float:
    """How long it takes (s)."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """How long each takes (s), every one of them in each round, so that what disturbs the machine disturbs all alike."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            times[name].append(seconds(work))
    return times


def p50(values: list[float]) -> float:
    """The median."""
    return statistics.median(values)


def p99(values: list[float]) -> float:
    """The value that one in a hundred exceeds; of few values the greatest."""
    return sorted(values)[min(len(values) - 1, int(0.99 * len(values)))]
