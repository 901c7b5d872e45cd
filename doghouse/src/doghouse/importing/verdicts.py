"""`doghouse lint`: any number of monitors, each ok, wrong or not evaluated, with every problem's place; downtimes are looked at beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.importing.monitor_files import Found, FoundDowntime, Thing, Unread
from doghouse.monitors.lint import Problem, lint

DOWNTIME = "downtime"  # the type of what is no monitor


@dataclass(frozen=True, slots=True)
class Linted:
    """One monitor's verdict. `verdict` is ok, wrong or not evaluated (doghouse does not evaluate its type, and only its message was looked at)."""

    where: str
    name: str
    type: str
    verdict: str
    problems: Sequence[Problem]
    lines: Sequence[int]

    @property
    def is_downtime(self) -> bool:
        """Whether it is no monitor, and not counted among them."""
        return self.type == DOWNTIME


def lint_all(found: Iterable[Thing], intervals: Mapping[str, int] | None = None) -> list[Linted]:
    """The verdict on each; a file that holds no monitor is wrong too. `intervals` are metrics' submission intervals (s), where known."""
    return [_linted(one, intervals or {}) for one in found]


def _linted(one: Thing, intervals: Mapping[str, int]) -> Linted:
    match one:
        case Found():
            return _lint(one, {**intervals, **one.intervals})
        case FoundDowntime():
            problems = [Problem(*problem) for problem in dt.lint(one.attributes)]
            return Linted(
                one.where,
                str(one.attributes.get("name") or ""),
                DOWNTIME,
                "wrong" if any(problem.severity == "error" for problem in problems) else "ok",
                problems,
                [0] * len(problems),
            )
        case Unread():
            return Linted(one.where, "", "", "wrong", [Problem("", one.text)], [0])


def _lint(found: Found, intervals: Mapping[str, int]) -> Linted:
    try:
        monitor = mon.parse(found.body)
    except mon.MonitorError as error:
        problem = Problem(error.field, error.text)
        return Linted(
            found.where,
            str(found.body.get("name", "")),
            str(found.body.get("type", "")),
            "wrong",
            [problem],
            [found.line(error.field)],
        )
    problems = lint(monitor, intervals)
    wrong = any(one.severity == "error" for one in problems)
    unevaluated = "" if wrong else monitor.why_unevaluated()
    if unevaluated and monitor.evaluated:
        problems.append(Problem("query", unevaluated, "note"))
    verdict = "wrong" if wrong else "not evaluated" if unevaluated else "ok"
    return Linted(
        found.where, monitor.name, monitor.type, verdict, problems, [found.line(one.field) for one in problems]
    )
