"""JUnit XML, which CI systems show. Backtests have none: nothing in them passes or fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from doghouse.reports.registry import writes
from doghouse.reports.results import LintResult, UnitTestResult

if TYPE_CHECKING:
    from doghouse.importing.verdicts import Linted
    from doghouse.testing.running import Result


@dataclass(frozen=True, slots=True)
class Outcome:
    """One test case: `failure` is None where it passed; `skipped` says why it was not run."""

    suite: str
    name: str
    failure: str | None = None
    skipped: str | None = None


@writes("junit", LintResult)
def lint(result: LintResult, out: TextIO) -> None:
    """A case a monitor: errors make it fail, and what is not evaluated is skipped."""
    _write([_verdict(one) for one in result.linted], out)


@writes("junit", UnitTestResult)
def unit_tests(result: UnitTestResult, out: TextIO) -> None:
    """A case a test, and a failed one for each file that could not be read."""
    ran = [Outcome(str(one.path), one.name, None if one.passed else _failure(one)) for one in result.tests]
    _write(ran + [Outcome(str(one.path), f"line {one.line}", one.text) for one in result.errors], out)


def _verdict(one: Linted) -> Outcome:
    errors = "\n".join(f"{problem.field}: {problem.text}" for problem in one.problems if problem.severity == "error")
    notes = "; ".join(problem.text for problem in one.problems if problem.severity == "note")
    skipped = notes or f"{one.type} is not evaluated" if one.verdict == "not evaluated" else None
    return Outcome(one.file or one.where, one.name or one.where, errors if one.verdict == "wrong" else None, skipped)


def _failure(one: Result) -> str:
    return "\n".join(
        f"line {each.line}: expected {'; '.join(each.expected)}; got {'; '.join(each.got) or 'nothing'}"
        for each in one.differences
    )


def _write(outcomes: Sequence[Outcome], out: TextIO) -> None:
    """Write the outcomes, a suite a file."""
    from xml.etree.ElementTree import Element, SubElement, indent, tostring

    root = Element(
        "testsuites", tests=str(len(outcomes)), failures=str(sum(one.failure is not None for one in outcomes))
    )
    for suite in dict.fromkeys(one.suite for one in outcomes):
        mine = [one for one in outcomes if one.suite == suite]
        element = SubElement(
            root, "testsuite", name=suite, tests=str(len(mine)), failures=str(sum(one.failure is not None for one in mine)), errors="0",
            skipped=str(sum(one.skipped is not None for one in mine)),
        )  # fmt: skip
        for one in mine:
            case = SubElement(element, "testcase", classname=suite, name=one.name)
            if one.failure is not None:
                SubElement(
                    case, "failure", message=one.failure.splitlines()[0] if one.failure else ""
                ).text = one.failure
            if one.skipped is not None:
                SubElement(case, "skipped", message=one.skipped)
    indent(root)
    out.write(tostring(root, encoding="utf-8", xml_declaration=True).decode())
