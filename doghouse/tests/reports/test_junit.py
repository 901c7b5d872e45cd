"""JUnit XML: a suite a file, in the order in which the files come, however many there are."""

from __future__ import annotations

import io
from xml.etree import ElementTree

from doghouse.reports import junit
from doghouse.reports.junit import Outcome


class FileName(str):
    """A file's name that counts how often it is compared with another."""

    __slots__ = ()
    __hash__ = str.__hash__
    compared = 0

    def __eq__(self, other: object) -> bool:
        FileName.compared += 1
        return str.__eq__(self, other) is True


def written(outcomes: list[Outcome]) -> ElementTree.Element:
    out = io.StringIO()
    junit._write(outcomes, out)
    return ElementTree.fromstring(out.getvalue())


def test_the_cases_of_a_file_are_one_suite_wherever_they_stand() -> None:
    root = written([Outcome("b", "1"), Outcome("a", "2", failure="no\nway"), Outcome("b", "3", skipped="later")])
    suites = [(one.get("name"), one.get("failures"), one.get("skipped"), [c.get("name") for c in one]) for one in root]
    assert suites == [("b", "0", "1", ["1", "3"]), ("a", "1", "0", ["2"])]
    assert (root.get("tests"), root.get("failures")) == ("3", "1")


def test_many_files_are_not_compared_with_each_other() -> None:
    written([Outcome(FileName(f"{number}.json"), "n") for number in range(1000)])
    assert FileName.compared < 10_000
