"""Markdown for a comment: what is wrong first, the same thing said once for all whom it concerns, the rest folded, and counted where it does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from doghouse.reports import findings
from doghouse.reports.findings import Finding
from doghouse.reports.markdown.texts import LARGEST, code, fitting, folded, plain, table
from doghouse.reports.registry import writes
from doghouse.reports.results import Backtested, BacktestResult, LintResult, UnitTestResult

SIGNS = {"error": "❌", "warning": "⚠️", "note": "💬"}  # of a review
OPEN = 20  # problems that are seen at once
PLACES = 3  # that are named of those with the same problem


@writes("markdown", LintResult)
def lint(result: LintResult, out: TextIO) -> None:
    """The counts, the errors and warnings, and the notes folded."""
    found = list(findings.of_lint(result.linted))
    wrong = any(one.severity == "error" for one in findings.worst_first(found))
    lines = [f"### Lint {'fails' if wrong else 'passes'}", "", plain(" · ".join(reversed(result.summaries))), ""]
    out.write("\n".join([*lines, *listed(found, LARGEST - sum(len(line) + 1 for line in lines))]))


@writes("markdown", UnitTestResult)
def unit_tests(result: UnitTestResult, out: TextIO) -> None:
    """The counts, for each test that failed what it expected and what there was, and what no test reaches."""
    failed = list(findings.of_tests(result))
    found = [*failed, *findings.of_coverage(result.coverage)]
    lines = [f"### Unit tests {'fail' if failed else 'pass'}", "", "<br>".join(map(plain, result.summaries)), ""]
    out.write("\n".join([*lines, *listed(found, LARGEST - sum(len(line) + 1 for line in lines))]))


@writes("markdown", BacktestResult)
def backtests(result: BacktestResult, out: TextIO) -> None:
    """A row a monitor: what it would have sent, and how long it was in which state."""
    head = ["Monitor", "Notifications", "A day", "At night", "Silenced", "Changes", "Time in each state"]
    rows = list(result.each(_row))
    shown = fitting(table(head, rows), LARGEST - 500)
    left = len(rows) + 2 - len(shown)
    out.write(
        "\n".join(["### Backtest", "", *shown, "", *([f"and {_many(left, 'more monitor')}", ""] if left else [])])
    )


def _row(one: Backtested) -> list[str]:
    counts = one.figures
    states = ", ".join(f"{label} {share:.1%}" for label, share in counts.shares.items() if share)
    numbers = (counts.sent, f"{counts.a_day:.3g}", counts.at_night, counts.silenced, counts.changes)
    return [plain(one.name), *(str(number) for number in numbers), states]


def listed(found: Sequence[Finding], room: int) -> list[str]:
    """The findings as lists that take at most `room` characters: some seen at once, others folded, the rest counted."""
    spoken = findings.worst_first(found)
    problems, notes = (_items(one for one in spoken if (one.severity == "note") is noted) for noted in (False, True))
    room -= 400  # what stands around the lists
    shown = fitting(problems, room)
    shown_notes = fitting(notes, room - sum(len(item) + 1 for item in shown)) if len(shown) == len(problems) else []
    lines = [*shown[:OPEN], ""] if shown else []
    if shown[OPEN:]:
        lines += folded(_many(len(shown) - OPEN, "more problem"), shown[OPEN:])
    if shown_notes:
        lines += folded(_many(len(shown_notes), "note"), shown_notes)
    left = len(problems) - len(shown), len(notes) - len(shown_notes)
    words = [_many(count, word) for count, word in zip(left, ("problem", "note"), strict=True) if count]
    return [*lines, f"{' and '.join(words)} more, for which there is no room here.", ""] if words else lines


def _items(found: Iterable[Finding]) -> list[str]:
    """An item of a list for each thing that is wrong, with the places of all that have it."""
    alike: dict[tuple[str, str, str, str], list[Finding]] = {}
    for one in found:
        alike.setdefault((one.severity, one.rule, one.field, one.text), []).append(one)
    return ["<br>".join([_what(those[0]), *_places(those)]) for those in alike.values()]


def _what(one: Finding) -> str:
    text = ": ".join(filter(None, (code(one.field) if one.field else "", plain(one.text))))
    rule = f" ({plain(one.rule)})" if one.rule not in findings.WORDS else ""
    mend = f"<br>Use: {code(one.mend)}" if one.mend else ""
    return f"- **{one.severity}** {text}{rule}{mend}"


def _places(those: Sequence[Finding]) -> list[str]:
    places = ((plain(one.subject), code(one.place) if one.place else "") for one in those[:PLACES])
    named = [" ".join(filter(None, place)) for place in places]
    return [*filter(None, named), *([f"and {len(those) - PLACES:,} more"] if len(those) > PLACES else [])]


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
