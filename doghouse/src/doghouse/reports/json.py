"""One JSON document, for programs: its types are in `shapes`."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

from doghouse.reports import shapes
from doghouse.reports.registry import writes
from doghouse.reports.results import Backtested, BacktestResult, LintResult, Messages, UnitTestResult

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doghouse.backtest.figures import Figures
    from doghouse.backtest.run import Backtest
    from doghouse.backtest.suggesting import Suggestion
    from doghouse.importing.verdicts import Linted
    from doghouse.monitors.lint import Problem
    from doghouse.notifications.model import Notification
    from doghouse.testing.coverage import Coverage, Covered
    from doghouse.testing.running import Result

LISTED = 1_000  # notifications of a monitor that are listed where nobody says which: of more the first of each kind of change
AT_ONCE = 10_000  # entries of columns that are made into values of Python, which take far more memory


@writes("json", LintResult)
def lint(result: LintResult, out: TextIO) -> None:
    """Each monitor and what stands beside it, with its problems, and the line of counts."""
    listed = (result.monitors, result.downtimes, result.of("slo"), result.of("note"), result.of("notification rule"))
    monitors, downtimes, slos, notes, rules = ([_linted(one) for one in some] for some in listed)
    write(shapes.lint.Lint(shapes.VERSION, monitors, downtimes, slos, notes, result.summary, rules), out)


@writes("json", UnitTestResult)
def unit_tests(result: UnitTestResult, out: TextIO) -> None:
    """Each test with what differs, and a sentence for each file that could not be read."""
    tests, errors = [unit_test(one) for one in result.tests], [str(one) for one in result.errors]
    covered = _coverage(result.coverage) if result.coverage else msgspec.UNSET
    write(shapes.tests.UnitTests(shapes.VERSION, tests, errors, covered), out)


@writes("json", BacktestResult)
def backtests(result: BacktestResult, out: TextIO) -> None:
    """Every monitor under `monitors`, by name; where one alone was asked for, all of it stands at the top too."""
    made = result.each(functools.partial(_backtest_text, messages=result.messages))
    alone = "" if result.several else next(iter(made), "")
    out.write(alone[:-1] or "{")
    out.write(f'{"," if alone else ""}"version":{shapes.VERSION},"monitors":[')
    out.write(alone)
    for number, text in enumerate(made if result.several else ()):
        out.write(f"{',' if number else ''}{text}")
    left_out = msgspec.json.encode([shapes.backtests.LeftOut(**one) for one in result.left_out]).decode()
    out.write(f'],"left_out":{left_out}')
    if result.shard:
        out.write(f',"shard":{msgspec.json.encode(shapes.backtests.Shard(*result.shard)).decode()}')
    out.write("}\n")
    out.flush()


@writes("json-lines", BacktestResult)
def backtest_lines(result: BacktestResult, out: TextIO) -> None:
    """A line a monitor, as soon as it is done, as `monitors` of the document has it; then a line for each that was left out."""
    for text in result.each(functools.partial(_backtest_text, messages=result.messages)):
        out.write(f"{text}\n")
        out.flush()
    for one in result.left_out:
        write({"left_out": shapes.backtests.LeftOut(**one)}, out)


def write(made: Any, out: TextIO) -> None:
    """One line, written out at once."""
    out.write(msgspec.json.encode(made).decode() + "\n")
    out.flush()


def _linted(one: Linted) -> shapes.lint.Linted:
    return shapes.lint.Linted(
        where=one.where,
        file=one.file or None,
        name=one.name,
        type=one.type,
        verdict=one.verdict,
        problems=[
            shapes.lint.Problem(*_problem(each, line)) for each, line in zip(one.problems, one.lines, strict=True)
        ],
        suppressed=[
            shapes.lint.Suppressed(*(*_problem(each.problem, each.line), each.reason)) for each in one.suppressed
        ],
    )


def _problem(problem: Problem, line: int) -> tuple[Any, ...]:
    """The values of a shapes.lint.Problem."""
    mend = shapes.lint.Mend(problem.mend.field, problem.mend.new, problem.mend.old) if problem.mend else None
    place = (line or None, problem.line or None, problem.column or None)
    return (problem.field, problem.text, problem.severity, problem.rule, *place, mend)


def unit_test(one: Result) -> shapes.tests.UnitTest:
    """A unit test with what differs."""
    differences = [shapes.tests.Difference(each.line, list(each.expected), list(each.got)) for each in one.differences]
    return shapes.tests.UnitTest(
        str(one.path), one.line, one.name, one.passed, differences, list(one.remarks) or msgspec.UNSET
    )


def _coverage(made: Coverage) -> shapes.tests.Coverage:
    return shapes.tests.Coverage(
        percent=round(made.percent, 2),
        counts={kind: shapes.tests.Share(*share) for kind, share in made.counts.items()},
        untested=len(made.untested),
        monitors=[_covered(one) for one in made.monitors],
        downtimes=[_covered(one) for one in made.downtimes],
    )


def _covered(one: Covered) -> shapes.tests.Covered:
    missed = [shapes.tests.Missed(point.kind, point.text) for point in one.missed]
    return shapes.tests.Covered(one.where, one.name, one.tests, len(one.points), missed)


def _backtested(one: Backtested, messages: Messages | None) -> shapes.backtests.Backtested:
    test, due = one.result, one.figures.sent + one.figures.silenced
    listed = [_notification(each) for each in _listed(test, messages or ("all" if due <= LISTED else "first"))]
    return shapes.backtests.Backtested(
        monitor=one.name,
        where=one.where,
        start=iso(test.start),
        end=iso(test.end),
        evaluations=one.figures.evaluations,
        transitions=list(_transitions(test)),
        notifications=listed,
        figures=shapes.backtests.Figures(**one.figures.document()),
        suggestions=msgspec.UNSET if one.suggestions is None else [suggestion(each) for each in one.suggestions],
        remarks=list(one.remarks) or msgspec.UNSET,
        points=one.points or msgspec.UNSET,
        notifications_counted=due - len(listed) or msgspec.UNSET,
    )


def _backtest_text(one: Backtested, messages: Messages | None) -> str:
    return msgspec.json.encode(_backtested(one, messages)).decode()


def document(test: Backtest, figures: Figures) -> dict[str, Any]:
    """A backtest as plain values: its transitions, notifications and figures."""
    made: dict[str, Any] = msgspec.to_builtins(_backtested(Backtested(test.monitor.name, test, figures, None), "all"))
    return made


def suggestion(one: Suggestion) -> shapes.backtests.Suggestion:
    """A setting with what it would have sent."""
    return shapes.backtests.Suggestion(
        setting=one.setting,
        first_alert_delay_s=one.alert_delay,
        missed=one.missed,
        delayed=one.delayed,
        longest_delay_s=one.longest_delay,
        **one.figures.document(),
    )


def _transitions(test: Backtest) -> Iterator[shapes.backtests.Transition]:
    """Every change of state, by time and group: in columns, for there may be millions."""
    import numpy as np

    from doghouse.monitors import Status

    timelines = sorted(test.timelines, key=lambda timeline: timeline.group)
    if not timelines:
        return
    groups = [dict(timeline.group) for timeline in timelines]
    changes = [timeline.history.renotified == 0 for timeline in timelines]
    whose = np.repeat(np.arange(len(timelines)), [np.count_nonzero(some) for some in changes])

    def column(name: str) -> NDArray[Any]:
        parts = zip(timelines, changes, strict=True)
        return np.concatenate([getattr(timeline.history, name)[some] for timeline, some in parts])

    at = column("at")
    order = np.lexsort((whose, at))
    columns = (at, whose, column("before"), column("after"), column("value"))
    labels, time = [one.label for one in sorted(Status)], functools.lru_cache(iso)
    transition = shapes.backtests.Transition
    earlier = ["OK" if one is Status.NEW else one.label for one in sorted(Status)]
    for some in (order[begin : begin + AT_ONCE] for begin in range(0, len(order), AT_ONCE)):
        for when, number_of, before, after, value in zip(*(each[some].tolist() for each in columns), strict=True):
            yield transition(time(when), groups[number_of], earlier[before], labels[after], number(value))


def _listed(test: Backtest, messages: Messages) -> Iterable[Notification]:
    if messages == "all":
        return test.notifications()
    if messages == "none":
        return ()
    from doghouse.backtest.notification_counts import firsts

    return [test.written(group, due) for group, due in firsts(test)]


def _notification(one: Notification) -> shapes.backtests.Notification:
    return shapes.backtests.Notification(
        *(iso(one.at), dict(one.group), one.transition, list(one.recipients)),
        *(one.subject, one.body, one.silenced_by, one.released_by),
    )


def iso(when: float) -> str:
    """A time (s UTC) as `2026-03-02T10:05:00Z`."""
    return datetime.fromtimestamp(int(when), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number(value: float) -> float | None:
    """A value for JSON: null where there is none; rounding noise of sums (beyond 10 digits) trimmed."""
    return None if math.isnan(value) else float(f"{value:.10g}")
