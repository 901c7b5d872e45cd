"""SARIF 2.1.0, which code scanning shows.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Paths are relative to the repository, as GitHub's code scanning wants them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TextIO
from urllib.parse import quote

import doghouse
from doghouse.monitors.lint import RULES
from doghouse.monitors.lint.pages import page
from doghouse.reports import findings
from doghouse.reports.findings import Finding
from doghouse.reports.registry import writes
from doghouse.reports.results import LintResult, UnitTestResult

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@writes("sarif", LintResult)
def lint(result: LintResult, out: TextIO) -> None:
    """A result a problem."""
    write(findings.of_lint(result.linted), out)


@writes("sarif", UnitTestResult)
def unit_tests(result: UnitTestResult, out: TextIO) -> None:
    """A result for each expectation that was not met."""
    write(findings.of_tests(result), out)


def write(all_findings: Iterable[Finding], out: TextIO) -> None:
    """Write one run with a result a finding, and the rules that they broke."""
    import msgspec

    listed = list(all_findings)
    rules = list(dict.fromkeys(finding.rule for finding in listed))
    driver = {"name": "doghouse", "version": doghouse.__version__, "rules": [_rule(rule) for rule in rules]}
    results = [_result(finding, rules) for finding in listed]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    out.write(msgspec.json.encode(log).decode() + "\n")


def _rule(name: str) -> dict[str, Any]:
    if name not in RULES:
        return {"id": name, "shortDescription": {"text": f"{findings.WORDS.get(name, name)}."}}
    rule, help_text = RULES[name], page(name)
    return {
        "id": name,
        "shortDescription": {"text": f"{rule.words}."},
        "help": {"text": help_text, "markdown": help_text},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(finding: Finding, rules: Sequence[str]) -> dict[str, Any]:
    text = ": ".join(filter(None, (finding.subject, finding.field, finding.text))) + (
        f"\nUse: {finding.mend}" if finding.mend else ""
    )
    result: dict[str, Any] = {"level": finding.severity, "message": {"text": text}}
    result |= {"ruleId": finding.rule, "ruleIndex": rules.index(finding.rule)}
    if finding.file:
        file = {"artifactLocation": {"uri": quote(finding.file)}}
        span = {"startColumn": finding.edit.column, "endColumn": finding.edit.end} if finding.edit else {}
        region = {"startLine": finding.line, **span}
        result["locations"] = [{"physicalLocation": {**file, **({"region": region} if finding.line else {})}}]
        if finding.edit:
            change = {"deletedRegion": region, "insertedContent": {"text": finding.edit.new}}
            changes = [{**file, "replacements": [change]}]
            result["fixes"] = [{"description": {"text": f"Use {finding.mend}"}, "artifactChanges": changes}]
    if finding.suppressed:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.suppressed}]
    return result
