"""A test passes only where the monitor read what the test gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from doghouse.testing.places import TestFileError
from doghouse.testing.running import run

FILE = """\
monitor: {type: metric alert, query: "avg(last_5m):avg:system.cpu.user{env:prod} > 90", message: "@ops@example.com"}
start: 2026-03-02T10:00Z
tests:
  - name: stays quiet
    series:
      SERIES
    transitions: []
    MORE
"""
Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(series: str, more: str = "") -> Path:
        path = tmp_path / "a.test.yaml"
        path.write_text(FILE.replace("SERIES", series).replace("MORE", more))
        return path

    return write


@pytest.mark.parametrize("series", ["system.cpu.usr{env:prod}", "system.cpu.user", "system.cpu.user{env:dev}"])
def test_a_series_that_no_query_reads_fails_the_test_at_its_line(written: Written, series: str) -> None:
    (result,) = run(written(f'"{series}": 50x5'))
    (difference,) = result.differences
    assert (difference.line, difference.expected) == (6, [f"a query reads {series}"])
    assert difference.got == [
        "no query reads this series",
        "the monitor reads avg(last_5m):avg:system.cpu.user{env:prod} > 90",
    ]


def test_series_that_must_not_be_read_are_named_and_held_to_that(written: Written) -> None:
    both = '{"system.cpu.user{env:prod}": 50x5, "system.cpu.user{env:dev}": 99x5}'
    (passed,) = run(written(both, 'unread: ["system.cpu.user{env:dev}"]'))
    assert passed.passed
    (failed,) = run(written(both, 'unread: ["system.cpu.user{env:dev}", "system.cpu.user{env:prod}"]'))
    assert [difference.got for difference in failed.differences] == [["a query reads it"]]


def test_series_that_many_tests_share_may_all_be_unread(written: Written) -> None:
    (passed,) = run(written('{"system.cpu.user{env:prod}": 50x5, other: 1x5}', 'unread: ["*"]'))
    assert passed.passed


def test_what_is_unread_is_one_of_the_series(written: Written) -> None:
    with pytest.raises(TestFileError, match=r":8: 'other' is none of the test's series"):
        run(written('"system.cpu.user{env:prod}": 50x5', "unread: [other]"))


REFUSED = FILE.replace("message:", "options: {thresholds: {critical: 80}}, message:")


def test_a_monitor_that_datadog_would_refuse_is_not_tested_unless_it_is_forced(tmp_path: Path) -> None:
    path = tmp_path / "a.test.yaml"
    path.write_text(REFUSED.replace("SERIES", '"system.cpu.user{env:prod}": 50x5').replace("MORE", ""))
    words = r"Datadog refuses this monitor: options\.thresholds\.critical: Alert threshold \(80\.0\) does not match"

    with pytest.raises(TestFileError, match=words):
        run(path)
    (result,) = run(path, force=True)
    assert result.passed
