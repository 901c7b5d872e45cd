#!/usr/bin/env python3
"""The table of docs/rules/README.md: each lint rule, and what it found in other people's monitors.

    .venv/bin/python -m scripts.docs.lint_rules                  # writes the table from the registry and docs/rules/findings.json
    .venv/bin/python -m scripts.docs.lint_rules --count PATH…    # counts anew what the rules find in these files and folders; they stay where they are

How many of a rule's findings somebody looked at, and how many of those were wrong, is written into findings.json by hand.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from doghouse.importing import monitor_files, verdicts
from doghouse.monitors.lint import RULES
from doghouse.monitors.lint.settings import Settings

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "rules"
FINDINGS = FOLDER / "findings.json"
BEGIN, END = "<!-- table: scripts/docs/lint_rules.py -->", "<!-- end -->"


def counted(paths: list[str], before: dict[str, Any], today: str) -> dict[str, Any]:
    """What the rules find in the monitors of some files and folders, with what was looked at before."""
    linted = verdicts.lint_all(
        (thing for path in paths for thing in monitor_files.collect(path)), settings=Settings(frozenset(RULES))
    )
    counts = Counter(problem.rule for verdict in linted for problem in verdict.problems)
    old = before.get("rules", {})
    rules = {
        name: {"looked_at": 0, "wrong": 0, **old.get(name, {}), "findings": counts[name]} for name in sorted(counts)
    }
    monitors = sum(verdict.is_monitor for verdict in linted)
    return {"date": today, "monitors": monitors, "of": before.get("of", ""), "rules": rules}


def table(findings: dict[str, Any]) -> str:
    """The table, with the sentence before it."""
    lines = [
        f"Findings of {findings['monitors']} monitors ({findings['of']}), counted on {findings['date']}; "
        "'–' is none. Of the findings those in the last column were looked at, and so many were wrong.",
        "",
        "| rule | severity | on by default | what it finds | findings | wrong of looked at |",
        "|---|---|---|---|---|---|",
    ]
    for rule in sorted(RULES.values(), key=lambda rule: rule.id):
        mine = findings["rules"].get(rule.id)
        seen = (f"{mine['findings']}", f"{mine['wrong']} of {mine['looked_at']}") if mine else ("–", "–")
        on = "always" if rule.always else "yes" if rule.on else "no"
        lines.append(f"| [{rule.id}]({rule.id}.md) | {rule.severity} | {on} | {rule.words} | {seen[0]} | {seen[1]} |")
    return "\n".join(lines)


def written(page: str, findings: dict[str, Any]) -> str:
    """The page with the table in its place."""
    head, _, tail = page.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{table(findings)}\n\n{END}{tail.partition(END)[2]}"


def main() -> None:
    """Count if asked to, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", nargs="+", metavar="PATH")
    paths = parser.parse_args().count
    findings = json.loads(FINDINGS.read_text()) if FINDINGS.is_file() else {}
    if paths:
        findings = counted(paths, findings, datetime.now(UTC).date().isoformat())
        FINDINGS.write_text(json.dumps(findings, indent=1) + "\n")
    page = FOLDER / "README.md"
    page.write_text(written(page.read_text(), findings))


if __name__ == "__main__":
    main()
