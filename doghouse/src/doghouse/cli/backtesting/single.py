"""A single monitor, as `doghouse backtest` is asked for it: what it did, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer
from msgspec import Struct

from doghouse.backtest.figures import figures
from doghouse.backtest.run import Backtest, replay
from doghouse.backtest.sources import MembersMissing, Points, RecordsOf, sources_of
from doghouse.cli.backtesting.monitors import LeftOut, ToRun
from doghouse.cli.terminal import fail
from doghouse.downtimes import Downtime
from doghouse.files import BrokenFileError
from doghouse.importing.access import AccountError
from doghouse.importing.verdicts import of_past
from doghouse.monitors import Definition, Host, MonitorError, Sources
from doghouse.monitors.lint import by_history
from doghouse.monitors.lint.settings import Settings
from doghouse.monitors.notification_rules import Rules
from doghouse.monitors.validation import check_stored
from doghouse.monitors.windows.sharing import LastColumns
from doghouse.queries import NotEvaluated, QuerySyntaxError
from doghouse.reports import Backtested
from doghouse.slos.model import Objective

if TYPE_CHECKING:
    from doghouse.backtest.suggesting import Suggestion


class BacktestOptions(Struct, frozen=True):
    """What is asked of each monitor: [start, end] (s UTC), its points, the downtimes and hosts, whose clocks nights are told by, and whether to suggest
    settings. `members` are the monitors that a composite or an SLO may name, `slos` the SLOs, by id; `records` are logs,
    `rules` the notification rules, `settings` which lint rules are looked for. `force`: what Datadog would refuse is evaluated too;
    `shared` keeps windows that other monitors look at too; `origin` says where a monitor's points come from, if from an account."""

    start: int
    end: int
    points: Points
    downtimes: Sequence[Downtime]
    hosts: Mapping[str, Host]
    zone: str
    suggest: bool
    members: Mapping[int, Definition]
    slos: Mapping[str, Objective]
    records: RecordsOf
    rules: Rules
    settings: Settings
    force: bool = False
    shared: LastColumns | None = None
    origin: Callable[[Definition], Mapping[str, Any]] | None = None


def backtest_monitor(to_run: ToRun, asked: BacktestOptions) -> Backtested | LeftOut:
    """A monitor's backtest, or why there is none. Points that cannot be read end the command in a sentence."""
    where, monitor = to_run.where, to_run.monitor
    try:
        result, others = _run(where, monitor, asked)
        remarks = [
            *_remarks(monitor, result, Sources(asked.points, records=asked.records)),
            *_shown_by(result, to_run, asked.settings),
        ]
    except (NotEvaluated, MembersMissing) as error:
        return LeftOut(where, str(error), wrong=False)
    except (MonitorError, QuerySyntaxError) as error:
        return LeftOut(where, str(error))
    except (BrokenFileError, AccountError) as error:
        raise fail(str(error)) from None
    for text in remarks:
        typer.echo(f"doghouse: {where}: {text}", err=True)
    origin = asked.origin(monitor) if asked.origin else None
    return Backtested(monitor.name or where, result, figures(result, asked.zone), others, remarks, origin, where)


def _run(where: str, monitor: Definition, asked: BacktestOptions) -> tuple[Backtest, Sequence[Suggestion] | None]:
    if not asked.force:
        check_stored(monitor)
    start, end, downtimes, hosts = asked.start, asked.end, asked.downtimes, asked.hosts
    if asked.suggest and monitor.evaluated and not monitor.compares:
        text = f"--suggest varies thresholds and windows, which a {monitor.type} does not have"
        typer.echo(f"doghouse: {where}: {text}", err=True)
    sources = sources_of(
        monitor, asked.points, asked.members, start, end, records=asked.records, slos=asked.slos, shared=asked.shared
    )
    result = replay(monitor, sources, start, end, downtimes, hosts, asked.rules)
    if not asked.suggest or not monitor.compares:
        return result, [] if asked.suggest else None
    from doghouse.backtest.suggesting import suggest

    return result, suggest(monitor, sources, start, end, downtimes, hosts, asked.zone, asked.rules)


def _shown_by(result: Backtest, to_run: ToRun, settings: Settings) -> Iterator[str]:
    """What lint finds in the history of a monitor."""
    problems = by_history(to_run.monitor, ((timeline.group, timeline.history) for timeline in result.timelines))
    for problem in of_past(to_run.source, to_run.monitor, problems, settings).problems:
        yield f"{problem.severity}: {problem.text} ({problem.rule})"


def _remarks(monitor: Definition, result: Backtest, sources: Sources) -> Iterator[str]:
    """What a person should know of a backtest that went well: Datadog would refuse the monitor; it is an approximation; there was nothing to see."""
    try:
        check_stored(monitor)
    except MonitorError as error:
        yield str(error)
    yield from monitor.remarks(sources, result.start, result.end)
    if result.timelines:
        return
    if text := monitor.nothing_seen(sources):
        yield text
