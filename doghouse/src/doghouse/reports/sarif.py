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


def write(found: Iterable[Finding], out: TextIO) -> None:
    """Write one run with a result a finding, and the rules that they broke."""
    import msgspec

    listed = list(found)
    rules = list(dict.fromkeys(one.rule for one in listed))
    driver = {"name": "doghouse", "version": doghouse.__version__, "rules": [_rule(one) for one in rules]}
    results = [_result(one, rules) for one in listed]
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


def _result(one: Finding, rules: Sequence[str]) -> dict[str, Any]:
    text = ": ".join(filter(None, (one.subject, one.field, one.text))) + (f"\nUse: {one.mend}" if one.mend else "")
    made: dict[str, Any] = {"level": one.severity, "message": {"text": text}}
    made |= {"ruleId": one.rule, "ruleIndex": rules.index(one.rule)}
    if one.file:
        file = {"artifactLocation": {"uri": quote(one.file)}}
        span = {"startColumn": one.edit.column, "endColumn": one.edit.end} if one.edit else {}
        region = {"startLine": one.line, **span}
        made["locations"] = [{"physicalLocation": {**file, **({"region": region} if one.line else {})}}]
        if one.edit:
            change = {"deletedRegion": region, "insertedContent": {"text": one.edit.new}}
            made["fixes"] = [
                {"description": {"text": f"Use {one.mend}"}, "artifactChanges": [{**file, "replacements": [change]}]}
            ]
    if one.suppressed:
        made["suppressions"] = [{"kind": "inSource", "justification": one.suppressed}]
    return made
