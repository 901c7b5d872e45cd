"""GitHub's workflow commands: annotations on the lines of a pull request, as a step of Actions prints them.

Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions and actions/toolkit, packages/core/src/command.ts (what is escaped).
GitHub shows ten errors, ten warnings and ten notices of a step, so that the worst come first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from doghouse.reports import findings
from doghouse.reports.findings import Finding
from doghouse.reports.registry import writes
from doghouse.reports.results import LintResult, UnitTestResult

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


@writes("github", LintResult)
def lint(result: LintResult, out: TextIO) -> None:
    """An annotation a problem; then the counts."""
    annotate(findings.of_lint(result.linted), out)
    out.write("".join(f"{line}\n" for line in result.summaries))


@writes("github", UnitTestResult)
def unit_tests(result: UnitTestResult, out: TextIO) -> None:
    """An annotation for each expectation that was not met, and for what no test reaches; then the counts."""
    annotate((*findings.of_tests(result), *findings.of_coverage(result.coverage)), out)
    out.write("".join(f"{line}\n" for line in result.summaries))


def annotate(all_findings: Iterable[Finding], out: TextIO) -> None:
    """Write a workflow command a finding, the worst first."""
    for finding in findings.worst_first(all_findings):
        where = {"file": finding.file, "line": str(finding.line) if finding.file and finding.line else ""}
        where |= {"col": str(finding.edit.column), "endColumn": str(finding.edit.end - 1)} if finding.edit else {}
        title = ": ".join(filter(None, (finding.subject, finding.rule)))
        fields = {name: value for name, value in (*where.items(), ("title", title)) if value}
        properties = ",".join(f"{name}={_property(value)}" for name, value in fields.items())
        text = (
            (f"{finding.field}: " if finding.field else "")
            + finding.text
            + (f"\nUse: {finding.mend}" if finding.mend else "")
        )
        out.write(f"::{_COMMANDS[finding.severity]}{' ' if properties else ''}{properties}::{_data(text)}\n")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
