"""What lint and unit tests object to, each with its place in the repository: what SARIF, GitHub's annotations and Markdown share."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from doghouse.reports.mends import Edit, edit

if TYPE_CHECKING:
    from doghouse.importing.verdicts import Linted
    from doghouse.reports.results import UnitTestResult
    from doghouse.testing.coverage import Coverage

SEVERITIES = ("error", "warning", "note")  # the worst first
# what stands for a rule where a unit test objects
TEST_FAILED, TEST_UNREAD, NOT_REACHED = "test-failed", "test-unread", "test-missing"
ALERT_MISSED, MONITOR_CHANGED = "alert-missed", "monitor-changed"  # and where a review does
WORDS = {
    TEST_FAILED: "A unit test of a monitor expects what the monitor does not do",
    TEST_UNREAD: "A file of unit tests, or a file that it names, cannot be read",
    NOT_REACHED: "No unit test reaches all that a monitor or a downtime may do",
    ALERT_MISSED: "An alert of ten minutes and more that was there before a change is not there after it",
    MONITOR_CHANGED: "A monitor changed",
}
_LINE = re.compile(r":([0-9]{1,9})$")
_ADDRESS = re.compile(r"(\[[0-9]+\])+$")


class Finding(Struct, frozen=True):
    """One thing to look at. `file` is relative to its repository, empty for standard input; `line` counts from 1; 0: the file as a whole.

    `subject` is the name of the monitor or of the test, `field` what of it, `mend` what to put in, `suppressed` why it is not to be said (empty: it is).
    `edit` is the mend as an edit of the line, where it is one.
    """

    severity: str
    text: str
    file: str = ""
    line: int = 0
    rule: str = ""
    subject: str = ""
    field: str = ""
    mend: str = ""
    suppressed: str = ""
    edit: Edit | None = None

    @property
    def place(self) -> str:
        """`monitors/cpu.json:3`."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file


def of_lint(linted: Iterable[Linted]) -> Iterator[Finding]:
    """The problems of monitors, downtimes and objectives; those that are suppressed behind the others of each."""
    for entry in linted:
        file, unread_line = place(entry.file or entry.where)
        subject = entry.name or (entry.where.removeprefix(entry.file).strip() if entry.file else "")
        spoken = ((problem, line, "") for problem, line in zip(entry.problems, entry.lines, strict=True))
        silent = ((suppressed.problem, suppressed.line, suppressed.reason) for suppressed in entry.suppressed)
        for problem, line, why in (*spoken, *silent):
            yield Finding(
                problem.severity,
                problem.text,
                file,
                line or unread_line,
                problem.rule,
                subject,
                problem.field,
                mend=problem.mend.sentence if problem.mend else "",
                suppressed=why,
                edit=edit(problem.mend, entry.file, line),
            )


def of_tests(result: UnitTestResult) -> Iterator[Finding]:
    """What tests expected in vain, and the files that could not be read."""
    for ran in result.tests:
        file = in_repository(str(ran.path))
        for difference in ran.differences:
            yield Finding("error", difference.sentence, file, difference.line, TEST_FAILED, ran.name)
    for error in result.errors:
        yield Finding("error", error.text, in_repository(str(error.path)), error.line, TEST_UNREAD)


def of_coverage(coverage: Coverage | None) -> Iterator[Finding]:
    """The monitors and downtimes of which no test reaches all; nothing where coverage was not asked for."""
    from doghouse.testing.coverage import KINDS

    for covered in coverage.gaps if coverage else ():
        missed = [f"{kind} {texts}" for kind in KINDS if covered.tests and (texts := covered.missed_of(kind))]
        text = f"tests reach {covered.share}" if covered.tests else "has no test"
        yield Finding(
            "note",
            "; not reached: ".join(filter(None, (text, "; ".join(missed)))),
            *place(covered.where),
            NOT_REACHED,
            covered.name,
        )
    for covered in coverage.downtimes if coverage else ():
        if covered.missed:
            yield Finding("note", "no test reaches the downtime", *place(covered.where), NOT_REACHED, covered.name)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Those that are to be said, by severity; else as they come."""
    return sorted(
        (finding for finding in findings if not finding.suppressed),
        key=lambda finding: SEVERITIES.index(finding.severity),
    )


def in_repository(file: str) -> str:
    """A file's path from the top of its git repository, or else from the working folder, with slashes."""
    path = Path(os.path.abspath(file))  # noqa: PTH100 - no link is followed: the path is shown
    for top in filter(None, (_top(path.parent), Path.cwd())):
        if path.is_relative_to(top):
            return path.relative_to(top).as_posix()
    return path.as_posix()


@lru_cache(maxsize=1024)
def _top(folder: Path) -> Path | None:
    """The repository's top folder: there is `.git` in it (a file in a worktree)."""
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), None)


def place(where: str) -> tuple[str, int]:
    """The file and line of `plan.json`, `main.tf:12` or `list.json[2]`; no file for standard input."""
    if where.startswith("standard input"):
        return "", 0
    where = where if Path(where).exists() else _ADDRESS.sub("", where)
    line = None if Path(where).exists() else _LINE.search(where)
    return in_repository(where[: line.start()] if line else where), int(line[1]) if line else 0
