"""Precision and recall of anomalies() on series whose anomalies are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Series
from doghouse.queries import Window, evaluate, parse
from scripts.anomalies.series import DAY, Bools, Labelled

T0 = 1_772_409_600
ALGORITHMS = ("basic", "agile", "robust")
BOUNDS = (2, 3, 5)
HEAD = (
    "| series | anomalies | bounds | algorithm | precision | recall | anomalies seen | false points a day |",
    "|---|---|---|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Figures:
    """How many points outside the band are anomalous; how many anomalous points are outside; how many anomalies have a point outside; the false ones a day."""

    precision: float
    recall: float
    seen: float
    false_a_day: float


def measure(series: Labelled, algorithm: str, bounds: float) -> Figures:
    """Figures for the points that are judged."""
    first = -(-T0 // series.every)
    ts = (first + np.arange(len(series.values))) * series.every
    columns = Columns(np.zeros(len(ts), np.int64), ts, series.values)
    source = MemorySource([Series(0, "m", "gauge", 0, "", ())], columns)
    season = "" if algorithm == "basic" else f", seasonality='{series.seasonality}'"
    query = f"anomalies(avg:m{{*}}, '{algorithm}', {bounds:g}, interval={series.every}{season})"
    window = Window(int(ts[series.judged]), int(ts[-1]) + series.every, series.every, max_points=None)
    (answer,) = evaluate(parse(query)[0], source, window)
    assert answer.bounds is not None
    outside = (answer.values < answer.bounds[0]) | (answer.values > answer.bounds[1])
    truth = series.wrong[series.judged :]
    hits, false = int((outside & truth).sum()), int((outside & ~truth).sum())
    days = len(truth) * series.every / DAY
    events = [bool(outside[start:end].any()) for start, end in stretches(truth)]
    return Figures(hits / max(1, hits + false), hits / max(1, int(truth.sum())), float(np.mean(events)), false / days)


def stretches(truth: Bools) -> Iterable[tuple[int, int]]:
    """Where each anomaly begins and ends."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], truth.astype(np.int8), [0]])))
    return zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def table(measured: Iterable[Labelled]) -> str:
    """The table in Markdown."""
    lines = list(HEAD)
    for series in measured:
        for bounds in BOUNDS:
            for algorithm in ALGORITHMS:
                score = measure(series, algorithm, bounds)
                figures = f"{score.precision:.2f} | {score.recall:.2f} | {score.seen:.2f} | {score.false_a_day:.1f}"
                lines.append(f"| {series.name} | {series.anomalies} | {bounds} | {algorithm} | {figures} |")
    return "\n".join(lines)
