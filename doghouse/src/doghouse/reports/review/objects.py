"""The review of a change for what shows findings on lines (SARIF, GitLab, GitHub): what is newly wrong, which tests fail, which alerts are missed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from doghouse.reports import findings, github, gitlab, sarif
from doghouse.reports.findings import Finding
from doghouse.reports.mends import edit
from doghouse.reports.registry import writes
from doghouse.reports.results import UnitTestResult
from doghouse.reports.review import rows
from doghouse.review.headline import headline, title
from doghouse.review.model import Placed, Review


@writes("sarif", Review)
def as_sarif(made: Review, out: TextIO) -> None:
    """A result for each thing that is newly wrong."""
    sarif.write(_wrong(made), out)


@writes("gitlab", Review)
def as_code_quality(made: Review, out: TextIO) -> None:
    """An entry for each thing that is newly wrong."""
    gitlab.write(_wrong(made), out)


@writes("github", Review)
def as_annotations(made: Review, out: TextIO) -> None:
    """An annotation for each thing that is newly wrong, and one with the headline of each change; then the counts."""
    github.annotate([*_wrong(made), *_headlines(made)], out)
    out.write(f"{title(made)}\n")


def _wrong(made: Review) -> Iterator[Finding]:
    for placed in made.unread:
        yield _problem(placed, "")
    for other in made.others:
        yield from (_problem(placed, other.name) for placed in other.found)
    for change in made.changes:
        yield from (_problem(placed, change.name) for placed in change.found)
        for text in rows.missed(change.compared, made.range) if change.compared and made.range else ():
            yield Finding("warning", text, _file(change.file), change.line, findings.ALERT_MISSED, change.name)
    yield from findings.of_tests(UnitTestResult(made.tests.failing, made.tests.unread))


def _headlines(made: Review) -> Iterator[Finding]:
    for change in made.changes:
        yield Finding("note", headline(change), _file(change.file), change.line, findings.MONITOR_CHANGED)


def _problem(placed: Placed, subject: str) -> Finding:
    problem = placed.problem
    mend = problem.mend.sentence if problem.mend else ""
    file, line = (placed.file, placed.line) if placed.file else findings.place(placed.place)
    about = (problem.rule, subject, problem.field, mend)
    return Finding(problem.severity, problem.text, _file(file), line, *about, edit=edit(problem.mend, file, line))


def _file(name: str) -> str:
    return findings.in_repository(name) if name else ""
