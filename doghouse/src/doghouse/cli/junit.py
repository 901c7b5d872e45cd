"""Results as JUnit XML, which CI systems show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from doghouse.cli.terminal import fail


@dataclass(frozen=True, slots=True)
class Outcome:
    """One test case: `failure` is None where it passed; `skipped` says why it was not run."""

    suite: str
    name: str
    failure: str | None = None
    skipped: str | None = None


def write(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Write the outcomes, a suite a file. Where that cannot be, the command ends with a sentence."""
    root = Element(
        "testsuites", tests=str(len(outcomes)), failures=str(sum(outcome.failure is not None for outcome in outcomes))
    )
    for suite in dict.fromkeys(outcome.suite for outcome in outcomes):
        mine = [outcome for outcome in outcomes if outcome.suite == suite]
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
    try:
        with path.open("wb") as file:
            ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise fail(f"--junit: {path} cannot be written: {error.strerror}") from None
