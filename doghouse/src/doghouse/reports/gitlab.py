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


def write(found: Iterable[Finding], out: TextIO) -> None:
    """Write a list of entries. An entry's fingerprint is the same as long as its problem is, wherever in the file it stands."""
    import msgspec

    seen: Counter[str] = Counter()
    entries = []
    for one in findings.worst_first(found):
        key = "\0".join((one.rule, one.file, one.subject, one.field, one.text))
        seen[key] += 1
        entries.append(_entry(one, sha256(f"{key}\0{seen[key]}".encode(errors="replace")).hexdigest()))
    out.write(msgspec.json.encode(entries).decode() + "\n")


def _entry(one: Finding, fingerprint: str) -> dict[str, Any]:
    text = ": ".join(filter(None, (one.subject, one.field, one.text))) + (f" Use: {one.mend}" if one.mend else "")
    return {
        "description": text,
        "check_name": one.rule,
        "fingerprint": fingerprint,
        "severity": SEVERITIES[one.severity],
        "location": {"path": one.file or "standard input", "lines": {"begin": one.line or 1}},
    }
