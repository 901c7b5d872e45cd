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
def as_sarif(review: Review, out: TextIO) -> None:
    """A result for each thing that is newly wrong."""
    sarif.write(_wrong(review), out)


@writes("gitlab", Review)
def as_code_quality(review: Review, out: TextIO) -> None:
    """An entry for each thing that is newly wrong."""
    gitlab.write(_wrong(review), out)


@writes("github", Review)
def as_annotations(review: Review, out: TextIO) -> None:
    """An annotation for each thing that is newly wrong, and one with the headline of each change; then the counts."""
    github.annotate([*_wrong(review), *_headlines(review)], out)
    out.write(f"{title(review)}\n")


def _wrong(review: Review) -> Iterator[Finding]:
    for placed in review.unread:
        yield _problem(placed, "")
    for other in review.others:
        yield from (_problem(placed, other.name) for placed in other.new_problems)
    for change in review.changes:
        yield from (_problem(placed, change.name) for placed in change.new_problems)
        for text in rows.missed(change.compared, review.range) if change.compared and review.range else ():
            yield Finding("warning", text, _file(change.file), change.line, findings.ALERT_MISSED, change.name)
    yield from findings.of_tests(UnitTestResult(review.tests.failing, review.tests.unread))


def _headlines(review: Review) -> Iterator[Finding]:
    for change in review.changes:
        yield Finding("note", headline(change), _file(change.file), change.line, findings.MONITOR_CHANGED)


def _problem(placed: Placed, subject: str) -> Finding:
    problem = placed.problem
    mend = problem.mend.sentence if problem.mend else ""
    file, line = (placed.file, placed.line) if placed.file else findings.place(placed.place)
    about = (problem.rule, subject, problem.field, mend)
    return Finding(problem.severity, problem.text, _file(file), line, *about, edit=edit(problem.mend, file, line))


def _file(name: str) -> str:
    return findings.in_repository(name) if name else ""
