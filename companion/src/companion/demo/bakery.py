"""The bakery of the demo: the past week of its customers on a simulated clock, who then go on in real time."""

from __future__ import annotations

import contextlib
import csv
import signal
from collections.abc import Iterator
from pathlib import Path

from companion.demo import children, history, report
from companion.demo.app import TracedApp
from companion.demo.children import Stop

PLAYED_S = 300.0  # how long the week may take


@contextlib.contextmanager
def customers(app: TracedApp, work: Path, url: str, keys_file: Path, stop: Stop) -> Iterator[None]:
    """The week is in the doghouse at `url` when the block begins; customers come for as long as it lasts."""
    report.step(
        "the past week of the bakery: made-up customers on a simulated clock, not measured (hatched on the page)"
    )
    week = work / "bakery.csv"
    load = children.start(
        "my-metric load --bakery",
        [children.program("my-metric"), "load", "--bakery", "--live", "--url", app.url, "--out", week],
        farewell=signal.SIGINT,
        cwd=work,
    )
    try:
        load.first_line(stop, PLAYED_S)
        history.put_in(week, url, keys_file, stop)
        with week.open(newline="") as file:
            rows = [(row["metric"], int(row["timestamp"])) for row in csv.DictReader(file)]
        since, until = min(at for _, at in rows), max(at for _, at in rows)
        for metric in {metric for metric, _ in rows}:
            history.tell_simulated(metric, url, keys_file, since, until + 1)
        week.unlink()
        yield
    finally:
        load.stop()
