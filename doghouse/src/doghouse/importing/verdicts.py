"""`doghouse lint`: any number of monitors, each ok, wrong or not evaluated, with every problem's place; downtimes are looked at beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.importing.monitor_files import Found, FoundDowntime, Thing, Unread
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import no_columns
from doghouse.monitors.lint import Problem, lint
from doghouse.queries import NotEvaluated, QuerySyntaxError

DOWNTIME = "downtime"  # the type of what is no monitor, and not counted among them
_NO_SERIES = MemorySource([], no_columns())
_A_TICK = np.array([3600 * 24], np.int64)


@dataclass(frozen=True, slots=True)
class Linted:
    """One monitor's verdict. `verdict` is ok, wrong or not evaluated (doghouse does not evaluate its type, and only its message was looked at)."""

    where: str
    name: str
    type: str
    verdict: str
    problems: Sequence[Problem]
    lines: Sequence[int]


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
                "wrong" if any(one.severity == "error" for one in problems) else "ok",
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
    unevaluated = None if wrong else _unevaluated(monitor)
    if unevaluated and monitor.type in mon.EVALUATED_TYPES:
        problems.append(Problem("query", unevaluated, "note"))
    verdict = "wrong" if wrong else "not evaluated" if unevaluated else "ok"
    return Linted(
        found.where, monitor.name, monitor.type, verdict, problems, [found.line(one.field) for one in problems]
    )


def _unevaluated(monitor: mon.Monitor) -> str | None:
    """Why doghouse does not evaluate the monitor, or None: it does."""
    if monitor.type not in mon.EVALUATED_TYPES:
        return str(NotEvaluated(f"monitors of the type {monitor.type}"))
    if monitor.type not in mon.METRIC_TYPES:
        return None
    try:
        list(mon.evaluate_range(monitor, _NO_SERIES, _A_TICK))
    except NotEvaluated as error:
        return str(error)
    except (QuerySyntaxError, mon.MonitorError):
        return None
    return None


def downtimes_line(linted: Sequence[Linted]) -> str | None:
    """`2 downtimes: 1 ok, 1 wrong`; None where there were none."""
    mine = [one.verdict for one in linted if one.type == DOWNTIME]
    counted = f"{len(mine)} downtime{'' if len(mine) == 1 else 's'}"
    return f"{counted}: {mine.count('ok')} ok, {mine.count('wrong')} wrong" if mine else None


def last_line(linted: Sequence[Linted]) -> str:
    """`312 monitors: 281 ok, 9 wrong, 22 not evaluated (log alert 14, slo alert 8)`."""
    linted = [one for one in linted if one.type != DOWNTIME]
    verdicts = Counter(one.verdict for one in linted)
    text = f"{len(linted)} monitor{'' if len(linted) == 1 else 's'}: " + ", ".join(
        f"{verdicts[word]} {word}" for word in ("ok", "wrong", "not evaluated")
    )
    types = Counter(one.type for one in linted if one.verdict == "not evaluated")
    return text + (f" ({', '.join(f'{kind} {count}' for kind, count in types.most_common())})" if types else "")
