"""One monitor after the other, as `doghouse backtest` is asked: what each did, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

from doghouse.backtest import report, show
from doghouse.backtest.run import Backtest, backtest
from doghouse.downtimes import Downtime
from doghouse.metrics.files.series_files import SeriesFileError
from doghouse.monitors import METRIC_TYPES, Host, Monitor, MonitorError
from doghouse.monitors.kinds.composite import CompositeMonitor
from doghouse.monitors.kinds.metric import metric_query
from doghouse.monitors.kinds.service_check import ServiceCheckMonitor
from doghouse.monitors.validation import check
from doghouse.queries import NotEvaluated, QuerySyntaxError, metric_queries
from doghouse.terminal import fail

if TYPE_CHECKING:
    from doghouse.backtest.suggesting import Points, Suggestion


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

        return own | {"suggestions": [document(one) for one in self.suggestions]}

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
    for text in _remarks(monitor, result, asked.points):
        typer.echo(f"doghouse: {where}: {text}", err=True)
    return Done(monitor.name or where, result, report.figures(result, asked.zone), others)


def _run(where: str, monitor: Monitor, asked: Asked) -> tuple[Backtest, Sequence[Suggestion] | None]:
    start, end, downtimes, hosts = asked.start, asked.end, asked.downtimes, asked.hosts
    if isinstance(monitor, CompositeMonitor | ServiceCheckMonitor):
        from doghouse.backtest import followed

        if asked.suggest:
            typer.echo(
                f"doghouse: {where}: --suggest varies the settings of metric monitors, not of a {monitor.type}",
                err=True,
            )
        if isinstance(monitor, CompositeMonitor):
            result = followed.composite(monitor, asked.members, asked.points, start, end, downtimes, hosts)
        else:
            result = followed.service_check(monitor, asked.points, start, end, downtimes, hosts)
        return result, [] if asked.suggest else None
    source, evaluated = asked.points(monitor)
    result = backtest(monitor, source, start, end, downtimes, hosts, evaluated)
    if not asked.suggest:
        return result, None
    from doghouse.backtest.suggesting import suggest

    return result, suggest(monitor, asked.points, start, end, downtimes, hosts, asked.zone)


def _remarks(monitor: Monitor, result: Backtest, points: Points) -> Iterator[str]:
    """What a person should know of a backtest that went well: Datadog would refuse the monitor; there was nothing to see."""
    try:
        check(monitor)
    except MonitorError as error:
        yield f"Datadog would refuse this monitor: {error.field}: {error.text}"
    if result.timelines:
        return
    if isinstance(monitor, ServiceCheckMonitor):
        yield f"there are no runs of {monitor.check.check} in that time and scope"
    elif monitor.type in METRIC_TYPES:
        yield _nothing_seen(monitor, points)


def _nothing_seen(monitor: Monitor, points: Points) -> str:
    """Why a metric monitor has no group: its series lack a tag that it groups by, or there are no points."""
    asked = metric_queries(metric_query(monitor).expression)
    source, _ = points(monitor)
    for one in asked:
        found = source.find(one.metric)
        for key in one.by if found else ():
            if not any(tag.startswith(f"{key}:") for series in found for tag in series.tags):
                return f"no series of {one.metric} has the tag {key}, which the query groups by"
    return f"there are no points of {', '.join(dict.fromkeys(one.metric for one in asked))} in that time and scope"
