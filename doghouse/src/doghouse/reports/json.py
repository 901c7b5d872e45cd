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
    monitors, downtimes, slos, notes, rules = ([_linted(thing) for thing in some] for some in listed)
    write(shapes.lint.Lint(shapes.VERSION, monitors, downtimes, slos, notes, result.summary, rules), out)


@writes("json", UnitTestResult)
def unit_tests(result: UnitTestResult, out: TextIO) -> None:
    """Each test with what differs, and a sentence for each file that could not be read."""
    tests, errors = [unit_test(test) for test in result.tests], [str(error) for error in result.errors]
    covered = _coverage(result.coverage) if result.coverage else msgspec.UNSET
    write(shapes.tests.UnitTests(shapes.VERSION, tests, errors, covered), out)


@writes("json", BacktestResult)
def backtests(result: BacktestResult, out: TextIO) -> None:
    """Every monitor under `monitors`, by name; where one alone was asked for, all of it stands at the top too."""
    texts = result.outputs(functools.partial(_backtest_text, messages=result.messages))
    alone = "" if result.several else next(iter(texts), "")
    out.write(alone[:-1] or "{")
    out.write(f'{"," if alone else ""}"version":{shapes.VERSION},"monitors":[')
    out.write(alone)
    for number, text in enumerate(texts if result.several else ()):
        out.write(f"{',' if number else ''}{text}")
    left_out = msgspec.json.encode([shapes.backtests.LeftOut(**skipped) for skipped in result.left_out]).decode()
    out.write(f'],"left_out":{left_out}')
    if result.shard:
        out.write(f',"shard":{msgspec.json.encode(shapes.backtests.Shard(*result.shard)).decode()}')
    out.write("}\n")
    out.flush()


@writes("json-lines", BacktestResult)
def backtest_lines(result: BacktestResult, out: TextIO) -> None:
    """A line a monitor, as soon as it is done, as `monitors` of the document has it; then a line for each that was left out."""
    for text in result.outputs(functools.partial(_backtest_text, messages=result.messages)):
        out.write(f"{text}\n")
        out.flush()
    for skipped in result.left_out:
        write({"left_out": shapes.backtests.LeftOut(**skipped)}, out)


def write(value: Any, out: TextIO) -> None:
    """One line, written out at once."""
    out.write(msgspec.json.encode(value).decode() + "\n")
    out.flush()


def _linted(linted: Linted) -> shapes.lint.Linted:
    return shapes.lint.Linted(
        where=linted.where,
        file=linted.file or None,
        name=linted.name,
        type=linted.type,
        verdict=linted.verdict,
        problems=[
            shapes.lint.Problem(*_problem(problem, line))
            for problem, line in zip(linted.problems, linted.lines, strict=True)
        ],
        suppressed=[
            shapes.lint.Suppressed(*(*_problem(suppressed.problem, suppressed.line), suppressed.reason))
            for suppressed in linted.suppressed
        ],
    )


def _problem(problem: Problem, line: int) -> tuple[Any, ...]:
    """The values of a shapes.lint.Problem."""
    place = (line or None, problem.line or None, problem.column or None)
    return (problem.field, problem.text, problem.severity, problem.rule, *place, mend(problem))


def mend(problem: Problem) -> shapes.lint.Mend | None:
    """How a problem is mended, where that is known."""
    return shapes.lint.Mend(problem.mend.field, problem.mend.new, problem.mend.old) if problem.mend else None


def unit_test(result: Result) -> shapes.tests.UnitTest:
    """A unit test with what differs."""
    differences = [
        shapes.tests.Difference(difference.line, list(difference.expected), list(difference.got))
        for difference in result.differences
    ]
    return shapes.tests.UnitTest(
        str(result.path), result.line, result.name, result.passed, differences, list(result.remarks) or msgspec.UNSET
    )


def _coverage(coverage: Coverage) -> shapes.tests.Coverage:
    return shapes.tests.Coverage(
        percent=round(coverage.percent, 2),
        counts={kind: shapes.tests.Share(*share) for kind, share in coverage.counts.items()},
        untested=len(coverage.untested),
        monitors=[_covered(covered) for covered in coverage.monitors],
        downtimes=[_covered(covered) for covered in coverage.downtimes],
    )


def _covered(covered: Covered) -> shapes.tests.Covered:
    missed = [shapes.tests.Missed(point.kind, point.text) for point in covered.missed]
    return shapes.tests.Covered(covered.where, covered.name, covered.tests, len(covered.points), missed)


def _backtested(backtested: Backtested, messages: Messages | None) -> shapes.backtests.Backtested:
    test, due = backtested.result, backtested.figures.sent + backtested.figures.silenced
    listed = [
        _notification(notification) for notification in _listed(test, messages or ("all" if due <= LISTED else "first"))
    ]
    return shapes.backtests.Backtested(
        monitor=backtested.name,
        where=backtested.where,
        start=iso(test.start),
        end=iso(test.end),
        evaluations=backtested.figures.evaluations,
        transitions=list(_transitions(test)),
        notifications=listed,
        figures=shapes.backtests.Figures(**backtested.figures.document()),
        suggestions=msgspec.UNSET
        if backtested.suggestions is None
        else [suggestion(variant) for variant in backtested.suggestions],
        remarks=list(backtested.remarks) or msgspec.UNSET,
        points=backtested.points or msgspec.UNSET,
        notifications_counted=due - len(listed) or msgspec.UNSET,
    )


def _backtest_text(backtested: Backtested, messages: Messages | None) -> str:
    return msgspec.json.encode(_backtested(backtested, messages)).decode()


def document(test: Backtest, figures: Figures) -> dict[str, Any]:
    """A backtest as plain values: its transitions, notifications and figures."""
    result: dict[str, Any] = msgspec.to_builtins(_backtested(Backtested(test.monitor.name, test, figures, None), "all"))
    return result


def suggestion(variant: Suggestion) -> shapes.backtests.Suggestion:
    """A setting with what it would have sent."""
    return shapes.backtests.Suggestion(
        setting=variant.setting,
        first_alert_delay_s=variant.alert_delay,
        missed=variant.missed,
        delayed=variant.delayed,
        longest_delay_s=variant.longest_delay,
        **variant.figures.document(),
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
    labels, time = [status.label for status in sorted(Status)], functools.lru_cache(iso)
    transition = shapes.backtests.Transition
    earlier = ["OK" if status is Status.NEW else status.label for status in sorted(Status)]
    for some in (order[begin : begin + AT_ONCE] for begin in range(0, len(order), AT_ONCE)):
        for when, number_of, before, after, value in zip(*(column[some].tolist() for column in columns), strict=True):
            yield transition(time(when), groups[number_of], earlier[before], labels[after], number(value))


def _listed(test: Backtest, messages: Messages) -> Iterable[Notification]:
    if messages == "all":
        return test.notifications()
    if messages == "none":
        return ()
    from doghouse.backtest.notification_counts import firsts

    return [test.written(group, due) for group, due in firsts(test)]


def _notification(notification: Notification) -> shapes.backtests.Notification:
    return shapes.backtests.Notification(
        *(iso(notification.at), dict(notification.group), notification.transition, list(notification.recipients)),
        *(notification.subject, notification.body, notification.silenced_by, notification.released_by),
    )


def iso(when: float) -> str:
    """A time (s UTC) as `2026-03-02T10:05:00Z`."""
    return datetime.fromtimestamp(int(when), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number(value: float) -> float | None:
    """A value for JSON: null where there is none; rounding noise of sums (beyond 10 digits) trimmed."""
    return None if math.isnan(value) else float(f"{value:.10g}")
