"""GitLab's code quality report, which a merge request shows beside the lines that it changes.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. What is suppressed is left out: the report has no place for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, TextIO

from doghouse.reports import findings
from doghouse.reports.findings import Finding
from doghouse.reports.registry import writes
from doghouse.reports.results import LintResult, UnitTestResult

SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}


@writes("gitlab", LintResult)
def lint(result: LintResult, out: TextIO) -> None:
    """An entry a problem."""
    write(findings.of_lint(result.linted), out)


@writes("gitlab", UnitTestResult)
def unit_tests(result: UnitTestResult, out: TextIO) -> None:
    """An entry for each expectation that was not met."""
    write(findings.of_tests(result), out)


def write(all_findings: Iterable[Finding], out: TextIO) -> None:
    """Write a list of entries. An entry's fingerprint is the same as long as its problem is, wherever in the file it stands."""
    import msgspec

    seen: Counter[str] = Counter()
    entries = []
    for finding in findings.worst_first(all_findings):
        key = "\0".join((finding.rule, finding.file, finding.subject, finding.field, finding.text))
        seen[key] += 1
        entries.append(_entry(finding, sha256(f"{key}\0{seen[key]}".encode(errors="replace")).hexdigest()))
    out.write(msgspec.json.encode(entries).decode() + "\n")


def _entry(finding: Finding, fingerprint: str) -> dict[str, Any]:
    text = ": ".join(filter(None, (finding.subject, finding.field, finding.text))) + (
        f" Use: {finding.mend}" if finding.mend else ""
    )
    return {
        "description": text,
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": SEVERITIES[finding.severity],
        "location": {"path": finding.file or "standard input", "lines": {"begin": finding.line or 1}},
    }
