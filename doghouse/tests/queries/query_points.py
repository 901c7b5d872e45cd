"""Points for the tests of queries: series written as they read, and answers as they print."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan

from memory_points import T0, Given, source

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import MetricType
from doghouse.queries import DASHBOARD, Options, ResultSeries, Window, evaluate, parse

MINUTE = 60

Points = Iterable[tuple[float, float]]

__all__ = ["MINUTE", "T0", "Points", "ask", "by_scope", "every", "points", "series", "shown", "source", "values"]


def series(
    points: Points, *tags: str, metric: str = "m", type: MetricType = "gauge", interval: int = 0, host: str = ""
) -> Given:
    """A series of (time, value) points; times are seconds after T0."""
    return Given(list(points), metric, host, tuple(sorted(tags)), type, interval)


def every(step: int, values: Iterable[float | None], start: int = 0) -> list[tuple[float, float]]:
    """Values `step` seconds apart; None: no point."""
    return [(start + step * place, value) for place, value in enumerate(values) if value is not None]


def ask(
    found: MemorySource,
    query: str,
    start: float = 0,
    end: float = 3600,
    interval: int | None = None,
    options: Options = DASHBOARD,
    max_points: int | None = 1500,
) -> list[ResultSeries]:
    """The answer to a query of one expression; times are seconds after T0."""
    (expression,) = parse(query)
    window = Window(int(T0 + start), int(T0 + end), interval, max_points, options)
    return evaluate(expression, found, window)


def shown(one: ResultSeries) -> list[tuple[int, float | None]]:
    """A series as (seconds after T0, value) pairs, None for null."""
    return [(int(t) - T0, None if isnan(v) else round(float(v), 6)) for t, v in zip(one.ts, one.values, strict=True)]


def points(found: MemorySource, query: str, *args: object, **named: object) -> list[tuple[int, float | None]]:
    """The pairs of the only series of an answer."""
    answer = ask(found, query, *args, **named)  # type: ignore[arg-type]
    assert len(answer) == 1, [one.scope for one in answer]
    return shown(answer[0])


def values(found: MemorySource, query: str, *args: object, **named: object) -> list[float | None]:
    """The values of the only series of an answer, None for null."""
    return [value for _, value in points(found, query, *args, **named)]


def by_scope(found: MemorySource, query: str, *args: object, **named: object) -> dict[str, list[float | None]]:
    """The values of each series of an answer, by its scope."""
    return {one.scope: [value for _, value in shown(one)] for one in ask(found, query, *args, **named)}  # type: ignore[arg-type]
