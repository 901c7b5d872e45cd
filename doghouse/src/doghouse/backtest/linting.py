"""`doghouse lint`: any number of monitors, each ok, wrong or not evaluated, with every problem's place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doghouse import monitors as mon
from doghouse.backtest.collecting import Found, Unread
from doghouse.monitors import Problem


@dataclass(frozen=True, slots=True)
class Linted:
    """One monitor's verdict. `verdict` is ok, wrong or not evaluated (doghouse does not evaluate its type, and only its message was looked at)."""

    where: str
    name: str
    type: str
    verdict: str
    problems: Sequence[Problem]
    lines: Sequence[int]


def lint_all(found: Iterable[Found | Unread]) -> list[Linted]:
    """The verdict on each; a file that holds no monitor is wrong too."""
    return [
        _lint(one) if isinstance(one, Found) else Linted(one.where, "", "", "wrong", [Problem("", one.text)], [0])
        for one in found
    ]


def _lint(found: Found) -> Linted:
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
    problems = mon.lint(monitor)
    wrong = any(one.severity == "error" for one in problems)
    verdict = "wrong" if wrong else "ok" if monitor.type in mon.EVALUATED_TYPES else "not evaluated"
    return Linted(
        found.where, monitor.name, monitor.type, verdict, problems, [found.line(one.field) for one in problems]
    )


def last_line(linted: Sequence[Linted]) -> str:
    """`312 monitors: 281 ok, 9 wrong, 22 not evaluated (log alert 14, slo alert 8)`."""
    verdicts = Counter(one.verdict for one in linted)
    text = f"{len(linted)} monitor{'' if len(linted) == 1 else 's'}: " + ", ".join(
        f"{verdicts[word]} {word}" for word in ("ok", "wrong", "not evaluated")
    )
    types = Counter(one.type for one in linted if one.verdict == "not evaluated")
    return text + (f" ({', '.join(f'{kind} {count}' for kind, count in types.most_common())})" if types else "")
