"""One monitor after the other, as `doghouse backtest` is asked: what each did, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

from doghouse.backtest import report, show
from doghouse.backtest.run import Backtest, replay
from doghouse.backtest.sources import Points, sources_of
from doghouse.cli.terminal import fail
from doghouse.downtimes import Downtime
from doghouse.metrics.files.series_files import SeriesFileError
from doghouse.monitors import Host, Monitor, MonitorError, Sources
from doghouse.monitors.validation import check
from doghouse.queries import NotEvaluated, QuerySyntaxError

if TYPE_CHECKING:
    from doghouse.backtest.suggesting import Suggestion


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of each monitor: [start, end] (s UTC), its points, the downtimes and hosts, whose clocks nights are told by, and whether to suggest
    settings. `members` are the monitors that a composite may name, by id."""

    start: int
    end: int
    points: Points
    downtimes: Sequence[Downtime]
    hosts: Mapping[str, Host]
    zone: str
    suggest: bool
    members: Mapping[int, Monitor]


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """One monitor's backtest; the suggestions are None where nobody asked for them."""

    name: str
    result: Backtest
    figures: report.Figures
    suggestions: Sequence[Suggestion] | None

    def document(self) -> dict[str, Any]:
        """For JSON."""
        own = report.document(self.result, self.result.notifications(), self.figures)
        if self.suggestions is None:
            return own
        from doghouse.backtest.suggesting import document

        return own | {"suggestions": [document(suggestion) for suggestion in self.suggestions]}

    def print(self, screen: Console, zone: str) -> None:
        """For a person."""
        show.backtest_table(screen, self.result, self.figures, zone)

    def print_suggestions(self, screen: Console) -> None:
        """What other settings would have sent, for a person."""
        if self.suggestions:
            show.suggestions(screen, self.suggestions)


def backtest_each(where: str, monitor: Monitor, asked: Asked, *, several: bool) -> Done | None:
    """A monitor's backtest. What is wrong ends the command in a sentence; of several monitors, one that is not evaluated is left out: None, which is said."""
    try:
        result, others = _run(where, monitor, asked)
    except (MonitorError, QuerySyntaxError, NotEvaluated) as error:
        if not several or not isinstance(error, NotEvaluated):
            raise fail(f"{where}: {error}") from None
        typer.echo(f"doghouse: {where}: {error}, and leaves it out", err=True)
        return None
    except SeriesFileError as error:
        raise fail(str(error)) from None
    for text in _remarks(monitor, result, Sources(asked.points)):
        typer.echo(f"doghouse: {where}: {text}", err=True)
    return Done(monitor.name or where, result, report.figures(result, asked.zone), others)


def _run(where: str, monitor: Monitor, asked: Asked) -> tuple[Backtest, Sequence[Suggestion] | None]:
    start, end, downtimes, hosts = asked.start, asked.end, asked.downtimes, asked.hosts
    if asked.suggest and monitor.evaluated and not monitor.compares:
        text = f"--suggest varies the settings of metric monitors, not of a {monitor.type}"
        typer.echo(f"doghouse: {where}: {text}", err=True)
    sources = sources_of(monitor, asked.points, asked.members, start, end)
    result = replay(monitor, sources, start, end, downtimes, hosts)
    if not asked.suggest or not monitor.compares:
        return result, [] if asked.suggest else None
    from doghouse.backtest.suggesting import suggest

    return result, suggest(monitor, asked.points, start, end, downtimes, hosts, asked.zone)


def _remarks(monitor: Monitor, result: Backtest, sources: Sources) -> Iterator[str]:
    """What a person should know of a backtest that went well: Datadog would refuse the monitor; there was nothing to see."""
    try:
        check(monitor)
    except MonitorError as error:
        yield f"Datadog would refuse this monitor: {error.field}: {error.text}"
    if result.timelines:
        return
    if text := monitor.nothing_seen(sources):
        yield text
