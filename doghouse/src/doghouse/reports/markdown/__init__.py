"""Markdown for a comment: what is wrong first, the same thing said once for all whom it concerns, the rest folded, and counted where it does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from doghouse.reports import findings
from doghouse.reports.findings import Finding
from doghouse.reports.markdown.texts import LARGEST, code, fitting, folded, plain, table
from doghouse.reports.registry import writes
from doghouse.reports.results import BacktestResult, LintResult, UnitTestResult

SIGNS = {"error": "❌", "warning": "⚠️", "note": "💬"}
OPEN = 20  # rows that are seen at once
PLACES = 5  # that are named of those with the same problem


@writes("markdown", LintResult)
def lint(result: LintResult, out: TextIO) -> None:
    """The counts, a table of errors and warnings, and the notes folded."""
    found = list(findings.of_lint(result.linted))
    wrong = any(one.severity == "error" for one in findings.worst_first(found))
    lines = [f"### {SIGNS['error'] if wrong else '✅'} Lint", "", plain(" · ".join(reversed(result.summaries))), ""]
    out.write("\n".join([*lines, *listed(found, LARGEST - sum(len(line) + 1 for line in lines))]))


@writes("markdown", UnitTestResult)
def unit_tests(result: UnitTestResult, out: TextIO) -> None:
    """The counts, and for each test that failed what it expected and what there was."""
    found = list(findings.of_tests(result))
    lines = [f"### {SIGNS['error'] if found else '✅'} Unit tests", "", plain(result.summary), ""]
    out.write("\n".join([*lines, *listed(found, LARGEST - sum(len(line) + 1 for line in lines))]))


@writes("markdown", BacktestResult)
def backtests(result: BacktestResult, out: TextIO) -> None:
    """A row a monitor: what it would have sent, and how long it was in which state."""
    head = ["Monitor", "Notifications", "A day", "At night", "Silenced", "Changes", "Time in each state"]
    rows = []
    for one in result.backtests:
        counts = one.figures
        states = ", ".join(f"{label} {share:.1%}" for label, share in counts.shares.items() if share)
        numbers = (counts.sent, f"{counts.a_day:.3g}", counts.at_night, counts.silenced, counts.changes)
        rows.append([plain(one.name), *(str(number) for number in numbers), states])
    shown = fitting(rows, LARGEST - 500)
    more = [f"… and {_many(len(rows) - len(shown), 'more monitor')}"] if len(shown) < len(rows) else []
    out.write("\n".join(["### Backtest", "", *table(head, shown), "", *more]))


def listed(found: Sequence[Finding], room: int) -> list[str]:
    """The findings as tables that take at most `room` characters: some rows seen at once, others folded, the rest counted."""
    problems = _rows(one for one in findings.worst_first(found) if one.severity != "note")
    notes = _rows(one for one in findings.worst_first(found) if one.severity == "note")
    head = ["", "Where", "What"]
    room -= 600  # what stands around the rows
    shown = fitting(problems, room)
    shown_notes = fitting(notes, room - sum(sum(map(len, row)) + 11 for row in shown)) if shown == problems else []
    lines = [*table(head, shown[:OPEN]), ""] if shown else []
    if shown[OPEN:]:
        lines += folded(f"{_many(len(shown) - OPEN, 'more problem')}", table(head, shown[OPEN:]))
    if shown_notes:
        lines += folded(f"{SIGNS['note']} {_many(len(shown_notes), 'note')}", table(head, shown_notes))
    left = len(problems) - len(shown), len(notes) - len(shown_notes)
    words = [_many(count, word) for count, word in zip(left, ("problem", "note"), strict=True) if count]
    return [*lines, f"{' and '.join(words)} more, for which there is no room here.", ""] if words else lines


def _rows(found: Iterable[Finding]) -> list[list[str]]:
    """A row for each thing that is wrong, with the places of all that have it."""
    alike: dict[tuple[str, str, str, str], list[Finding]] = {}
    for one in found:
        alike.setdefault((one.severity, one.rule, one.field, one.text), []).append(one)
    return [[SIGNS[key[0]], _places(those), _what(those[0])] for key, those in alike.items()]


def _places(those: Sequence[Finding]) -> str:
    named = [
        " ".join(filter(None, (plain(one.subject), code(one.place) if one.place else ""))) for one in those[:PLACES]
    ]
    more = [f"and {len(those) - PLACES} more"] if len(those) > PLACES else []
    return "<br>".join([*named, *more])


def _what(one: Finding) -> str:
    text = ": ".join(filter(None, (code(one.field) if one.field else "", plain(one.text))))
    text += f"<br>Use: {code(one.mend)}" if one.mend else ""
    return f"{text} <sub>{plain(one.rule)}</sub>" if one.rule and one.rule not in findings.WORDS else text


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
