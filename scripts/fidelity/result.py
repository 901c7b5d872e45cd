"""What a check of one case found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded for a request, when (ISO 8601), and where doghouse's answer is not the same."""

    time: str
    answer: Any
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """What is named `newer` contradicts what is named `older`; each is `METHOD /endpoint case`. `why` says in what."""

    older: str
    newer: str
    why: str


@dataclass(frozen=True, slots=True)
class Result:
    """A recorded request, a scenario or an example. `reason` is why it is a miss, None if it is none; `outside` the product or past that it needs.

    `superseded`: a newer recording contradicts this one.
    """

    endpoint: str
    case: str
    reason: str | None
    outside: str | None
    recording: Recording | None = None
    superseded: Pair | None = None

    @property
    def name(self) -> str:
        """`METHOD /endpoint case`."""
        return f"{self.endpoint} {self.case}"


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many are as they should be."""

    done: int
    of: int

    @property
    def percent(self) -> float:
        """Of a hundred; all of nothing is all."""
        return 100 * self.done / self.of if self.of else 100.0

    def __str__(self) -> str:
        return f"{self.done}/{self.of} ({self.percent:.1f}%)"


def share(results: Iterable[Result], *, outside: bool, superseded: bool = True) -> Share:
    """The share of those that are no misses, with or without what is outside, and what newer recordings contradict."""
    counted = [
        result
        for result in results
        if (outside or result.outside is None) and (superseded or result.superseded is None)
    ]
    return Share(sum(result.reason is None for result in counted), len(counted))


def by_endpoint(results: Sequence[Result]) -> dict[str, list[Result]]:
    """Results by endpoint, in alphabetical order."""
    table: dict[str, list[Result]] = {}
    for result in sorted(results, key=lambda result: result.endpoint):
        table.setdefault(result.endpoint, []).append(result)
    return table
