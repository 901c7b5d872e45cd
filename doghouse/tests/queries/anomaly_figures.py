"""Precision and recall of anomalies(…, 'basic', …) on synthetic series whose anomalies are known.

`python doghouse/tests/queries/anomaly_figures.py` prints the table of docs/fidelity-anomalies.md, which test_anomalies.py compares.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from query_points import T0

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Floats, Series
from doghouse.queries import Window, evaluate, parse

DAYS = 3
MINUTES = DAYS * 1440
WARM_UP = 1440  # the first day is history


@dataclass(frozen=True)
class Figures:
    """How many points outside the band are anomalies, and how many anomalies are outside it."""

    precision: float
    recall: float
    false_alarms_a_day: float


def normal(random: np.random.Generator) -> Floats:
    return random.normal(500, 50, MINUTES)


def uniform(random: np.random.Generator) -> Floats:
    return random.uniform(0, 1000, MINUTES)


def daily(random: np.random.Generator) -> Floats:
    return 500 + 300 * np.sin(np.arange(MINUTES) * 2 * np.pi / 1440) + random.normal(0, 20, MINUTES)


def walk(random: np.random.Generator) -> Floats:
    return 500 + np.cumsum(random.normal(0, 5, MINUTES))


def skewed(random: np.random.Generator) -> Floats:
    return random.lognormal(5, 0.5, MINUTES)


BACKGROUNDS: dict[str, tuple[Callable[[np.random.Generator], Floats], float]] = {
    "normal noise (500 ± 50)": (normal, 50),
    "uniform noise (0 to 1000)": (uniform, 289),
    "daily sine (±300) with noise (± 20)": (daily, 20),
    "random walk (steps ± 5)": (walk, 5),
    "log-normal noise (sigma 0.5)": (skewed, 90),
}


def planted(values: Floats, size: float, kind: str, random: np.random.Generator) -> tuple[Floats, np.ndarray]:
    """The series with 40 anomalies after the warm-up, and which points are anomalous: spikes of one minute, or shifts of ten."""
    values, wrong = values.copy(), np.zeros(MINUTES, np.bool_)
    length = 1 if kind == "spikes" else 10
    for start in np.linspace(WARM_UP + 30, MINUTES - 60, 40).astype(int):
        place = slice(start, start + length)
        values[place] += random.choice([-1, 1]) * size
        wrong[place] = True
    return values, wrong


def measure(background: str, kind: str, bounds: float, deviations: float = 8) -> Figures:
    """Figures for anomalies of so many of the background's deviations."""
    make, deviation = BACKGROUNDS[background]
    random = np.random.default_rng(8)
    values, wrong = planted(make(random), deviations * deviation, kind, random)
    columns = Columns(np.ones(MINUTES, np.int64), T0 + np.arange(MINUTES) * 60, values)
    source = MemorySource([Series(1, "m", "gauge", 0, "", ())], columns)
    window = Window(T0 + WARM_UP * 60, T0 + MINUTES * 60, 60, max_points=None)
    (one,) = evaluate(parse(f"anomalies(avg:m{{*}}, 'basic', {bounds:g})")[0], source, window)
    assert one.bounds is not None
    outside = (one.values < one.bounds[0]) | (one.values > one.bounds[1])
    truth = wrong[(one.ts - T0) // 60]
    hits = int((outside & truth).sum())
    false = int((outside & ~truth).sum())
    return Figures(hits / max(1, int(outside.sum())), hits / int(truth.sum()), false / (DAYS - 1))


def table() -> str:
    """The table in Markdown."""
    lines = [
        "| series | anomalies | bounds | precision | recall | false alarms a day |",
        "|---|---|---|---|---|---|",
    ]
    for background in BACKGROUNDS:
        for kind in ("spikes", "shifts"):
            for bounds in (2, 3, 4):
                got = measure(background, kind, bounds)
                figures = f"{got.precision:.2f} | {got.recall:.2f} | {got.false_alarms_a_day:.0f}"
                lines.append(f"| {background} | {kind} | {bounds} | {figures} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
