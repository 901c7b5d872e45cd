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
    all_findings = list(findings.of_lint(result.linted))
    wrong = any(finding.severity == "error" for finding in findings.worst_first(all_findings))
    lines = [f"### Lint {'fails' if wrong else 'passes'}", "", plain(" · ".join(reversed(result.summaries))), ""]
    out.write("\n".join([*lines, *listed(all_findings, LARGEST - sum(len(line) + 1 for line in lines))]))


@writes("markdown", UnitTestResult)
def unit_tests(result: UnitTestResult, out: TextIO) -> None:
    """The counts, for each test that failed what it expected and what there was, and what no test reaches."""
    failed = list(findings.of_tests(result))
    all_findings = [*failed, *findings.of_coverage(result.coverage)]
    lines = [f"### Unit tests {'fail' if failed else 'pass'}", "", "<br>".join(map(plain, result.summaries)), ""]
    out.write("\n".join([*lines, *listed(all_findings, LARGEST - sum(len(line) + 1 for line in lines))]))


@writes("markdown", BacktestResult)
def backtests(result: BacktestResult, out: TextIO) -> None:
    """A row a monitor: what it would have sent, and how long it was in which state."""
    head = ["Monitor", "Notifications", "A day", "At night", "Silenced", "Changes", "Time in each state"]
    rows = list(result.outputs(_row))
    shown = fitting(table(head, rows), LARGEST - 500)
    left = len(rows) + 2 - len(shown)
    out.write(
        "\n".join(["### Backtest", "", *shown, "", *([f"and {_many(left, 'more monitor')}", ""] if left else [])])
    )


def _row(backtested: Backtested) -> list[str]:
    counts = backtested.figures
    states = ", ".join(f"{label} {share:.1%}" for label, share in counts.shares.items() if share)
    numbers = (counts.sent, f"{counts.a_day:.3g}", counts.at_night, counts.silenced, counts.changes)
    return [plain(backtested.name), *(str(number) for number in numbers), states]


def listed(all_findings: Sequence[Finding], room: int) -> list[str]:
    """The findings as lists that take at most `room` characters: some seen at once, others folded, the rest counted."""
    spoken = findings.worst_first(all_findings)
    problems, notes = (
        _items(finding for finding in spoken if (finding.severity == "note") is noted) for noted in (False, True)
    )
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


def _items(all_findings: Iterable[Finding]) -> list[str]:
    """An item of a list for each thing that is wrong, with the places of all that have it."""
    alike: dict[tuple[str, str, str, str], list[Finding]] = {}
    for finding in all_findings:
        alike.setdefault((finding.severity, finding.rule, finding.field, finding.text), []).append(finding)
    return ["<br>".join([_what(those[0]), *_places(those)]) for those in alike.values()]


def _what(finding: Finding) -> str:
    text = ": ".join(filter(None, (code(finding.field) if finding.field else "", plain(finding.text))))
    rule = f" ({plain(finding.rule)})" if finding.rule not in findings.WORDS else ""
    mend = f"<br>Use: {code(finding.mend)}" if finding.mend else ""
    return f"- **{finding.severity}** {text}{rule}{mend}"


def _places(those: Sequence[Finding]) -> list[str]:
    places = ((plain(finding.subject), code(finding.place) if finding.place else "") for finding in those[:PLACES])
    named = [" ".join(filter(None, place)) for place in places]
    return [*filter(None, named), *([f"and {len(those) - PLACES:,} more"] if len(those) > PLACES else [])]


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
