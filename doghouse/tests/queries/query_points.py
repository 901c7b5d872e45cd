"""Points for the tests of queries: series written as they read, and answers as they print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isnan

import numpy as np

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, MetricType, Series
from doghouse.queries import DASHBOARD, Options, ResultSeries, Window, evaluate, parse

T0 = 1772445600  # 2026-03-02T10:00:00Z, a Monday
MINUTE = 60

Points = Iterable[tuple[float, float]]


def series(
    points: Points,
    *tags: str,
    metric: str = "m",
    type: MetricType = "gauge",
    interval: int = 0,
    host: str = "",
) -> tuple[Series, list[tuple[float, float]]]:
    """A series and its (time, value) points; times are seconds after T0."""
    return Series(0, metric, type, interval, host, tuple(sorted(tags))), [(T0 + t, v) for t, v in points]


def every(step: int, values: Iterable[float | None], start: int = 0) -> list[tuple[float, float]]:
    """Values `step` seconds apart; None: no point."""
    return [(start + step * place, value) for place, value in enumerate(values) if value is not None]


def source(
    *parts: tuple[Series, Sequence[tuple[float, float]]], hosts: Mapping[str, Sequence[str]] | None = None
) -> MemorySource:
    """A source of these series."""
    listed = [
        Series(number, one.metric, one.type, one.interval, one.host, one.tags)
        for number, (one, _) in enumerate(parts, 1)
    ]
    rows = [(number, int(t), v) for number, (_, points) in enumerate(parts, 1) for t, v in points]
    columns = Columns(
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64),
    )
    return MemorySource(listed, columns, hosts)


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
