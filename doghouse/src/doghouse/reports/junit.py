"""JUnit XML, which CI systems show. Backtests have none: nothing in them passes or fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct

from doghouse.reports.registry import writes
from doghouse.reports.results import LintResult, UnitTestResult

if TYPE_CHECKING:
    from doghouse.importing.verdicts import Linted
    from doghouse.testing.running import Result


class Outcome(Struct, frozen=True):
    """One test case: `failure` is None where it passed; `skipped` says why it was not run."""

    suite: str
    name: str
    failure: str | None = None
    skipped: str | None = None


@writes("junit", LintResult)
def lint(result: LintResult, out: TextIO) -> None:
    """A case a monitor: errors make it fail, and what is not evaluated is skipped."""
    _write([_verdict(linted) for linted in result.linted], out)


@writes("junit", UnitTestResult)
def unit_tests(result: UnitTestResult, out: TextIO) -> None:
    """A case a test, and a failed one for each file that could not be read."""
    ran = [
        Outcome(str(result.path), result.name, None if result.passed else _failure(result)) for result in result.tests
    ]
    _write(ran + [Outcome(str(error.path), f"line {error.line}", error.text) for error in result.errors], out)


def _verdict(linted: Linted) -> Outcome:
    errors = "\n".join(f"{problem.field}: {problem.text}" for problem in linted.problems if problem.severity == "error")
    notes = "; ".join(problem.text for problem in linted.problems if problem.severity == "note")
    skipped = notes or f"{linted.type} is not evaluated" if linted.verdict == "not evaluated" else None
    return Outcome(
        linted.file or linted.where, linted.name or linted.where, errors if linted.verdict == "wrong" else None, skipped
    )


def _failure(result: Result) -> str:
    return "\n".join(f"line {difference.line}: {difference.sentence}" for difference in result.differences)


def _write(outcomes: Sequence[Outcome], out: TextIO) -> None:
    """Write the outcomes, a suite a file."""
    from xml.etree.ElementTree import Element, SubElement, indent, tostring

    root = Element(
        "testsuites", tests=str(len(outcomes)), failures=str(sum(outcome.failure is not None for outcome in outcomes))
    )
    suites: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        suites.setdefault(outcome.suite, []).append(outcome)
    for suite, mine in suites.items():
        element = SubElement(
            root, "testsuite", name=suite, tests=str(len(mine)), failures=str(sum(outcome.failure is not None for outcome in mine)), errors="0",
            skipped=str(sum(outcome.skipped is not None for outcome in mine)),
        )  # fmt: skip
        for outcome in mine:
            case = SubElement(element, "testcase", classname=suite, name=outcome.name)
            if outcome.failure is not None:
                SubElement(
                    case, "failure", message=outcome.failure.splitlines()[0] if outcome.failure else ""
                ).text = outcome.failure
            if outcome.skipped is not None:
                SubElement(case, "skipped", message=outcome.skipped)
    indent(root)
    out.write(tostring(root, encoding="utf-8", xml_declaration=True).decode())
