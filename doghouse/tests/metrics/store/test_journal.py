"""The journal's files: what was written whole is read again, what is torn was never acknowledged, and what is damaged is named."""

import logging
import os
import re
from pathlib import Path

import numpy as np
import pytest

from doghouse import running
from doghouse.metrics.model import Columns, Series
from doghouse.metrics.store import journal
from doghouse.metrics.store.journal import Entry, Journal
from doghouse.metrics.store.point_store import PointStore
from doghouse.storage import failures, manifest
from doghouse.storage.config import ConfigError
from doghouse.storage.manifest import Manifest

NOW = 1_772_445_600
SERIES = [Series(number, f"m{number}", "gauge", 0, "h", ("a:b",)) for number in range(3)]


def points(count: int, value: float, series: int = 0) -> Columns:
    return Columns(np.full(count, series), NOW + np.arange(count), np.full(count, value))


def written(folder: Path, entries: int = 3, owner: Manifest | None = None) -> Path:
    """The log of a process that was killed after so many entries of ten points."""
    one = Journal(folder, owner)
    for number in range(entries):
        one.write(Entry([SERIES[number]], 10 * (number + 1), points(10, float(number), number)))
    [log] = (folder / "journal").glob("*.log")
    return log


def left(folder: Path, after: int = 0) -> list[tuple[list[Series], int, list[float]]]:
    return [(list(one.fresh), one.last_row, one.columns.value.tolist()) for one in Journal(folder).entries(after)]


def test_what_was_written_is_read_again_in_its_order(tmp_path: Path) -> None:
    written(tmp_path)
    assert left(tmp_path) == [([SERIES[n]], 10 * (n + 1), [float(n)] * 10) for n in range(3)]
    assert [last_row for _, last_row, _ in left(tmp_path, after=10)] == [20, 30]


def test_new_series_without_points_are_kept_too(tmp_path: Path) -> None:
    Journal(tmp_path).write(Entry(SERIES, 0, points(0, 0.0)))
    store = PointStore(tmp_path)
    assert [store.of_metric(one.metric) for one in SERIES] == [[one] for one in SERIES]
    store.close()
    assert list((tmp_path / "journal").iterdir()) == []
    assert PointStore(tmp_path).counts()["series"] == 3


def test_an_entry_torn_anywhere_is_left_out_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = written(tmp_path)
    whole = log.read_bytes()
    last = len(whole) * 2 // 3
    for end in (last + 1, last + journal.HEAD.size, last + journal.START, last + journal.START + 5, len(whole) - 1):
        log.write_bytes(whole[:end])
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert [last_row for _, last_row, _ in left(tmp_path)] == [10, 20]
        assert [record.getMessage() for record in caplog.records] == [
            f"doghouse: {log} ends in the midst of an entry, at byte {last}; it was never acknowledged"
        ]


def test_zeros_that_a_power_cut_left_are_no_entry(tmp_path: Path) -> None:
    log = written(tmp_path)
    log.write_bytes(log.read_bytes() + bytes(4096))
    assert [last_row for _, last_row, _ in left(tmp_path)] == [10, 20, 30]


def test_a_damaged_byte_anywhere_is_reported_with_its_place_and_never_skipped(tmp_path: Path) -> None:
    log = written(tmp_path)
    whole = log.read_bytes()
    length = len(whole) // 3
    for at in [*range(length, length + journal.START), length + journal.START + 3, 2 * length - 1, len(whole) - 1]:
        log.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        start = at // length * length
        with pytest.raises(
            failures.StorageError,
            match=f"{re.escape(str(log))} is damaged at byte {start} of {len(whole)}; .*-s {start}",
        ):
            left(tmp_path)


def test_a_log_that_is_missing_between_others_is_reported(tmp_path: Path) -> None:
    one = Journal(tmp_path)
    for number in range(3):
        one.write(Entry((), 10 * (number + 1), points(10, 0.0)))
        one.turn()
    logs = sorted((tmp_path / "journal").iterdir())
    logs[1].unlink()
    with pytest.raises(
        failures.StorageError, match=r"journal lacks rows 11 to 20; go on from a backup of the whole folder"
    ):
        left(tmp_path)


def test_a_damaged_log_keeps_a_server_from_starting_until_it_is_cut_off_there(tmp_path: Path) -> None:
    with running.serve(tmp_path):
        pass
    log = written(tmp_path, owner=manifest.admit(tmp_path))
    whole = log.read_bytes()
    log.write_bytes(whole[:-1] + b"\xff")
    start = journal.LOG_HEAD.size + (len(whole) - journal.LOG_HEAD.size) // 3 * 2
    with pytest.raises(ConfigError, match=f"truncate -s {start} {log}"), running.serve(tmp_path):
        pass
    os.truncate(log, start)
    with running.serve(tmp_path) as house:
        assert house.app.state.points.counts()["arrived"] == 20


def test_an_entry_that_did_not_fit_the_disk_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Small:
        """A file on a disk with room for 100 bytes more."""

        def __init__(self, file: object) -> None:
            self._file, self._room = file, 100

        def write(self, data: memoryview) -> int:
            if not self._room:
                raise OSError(28, "No space left on device")
            count = self._file.write(data[: self._room])  # type: ignore[attr-defined]
            self._room -= count
            return int(count)

        def truncate(self, size: int) -> None:
            self._file.truncate(size)  # type: ignore[attr-defined]

    one = Journal(tmp_path)
    one.write(Entry((), 10, points(10, 0.0)))
    assert one._log
    file = one._log._file
    monkeypatch.setattr(one._log, "_file", Small(file))
    with pytest.raises(OSError, match="No space"):
        one.write(Entry((), 30, points(20, 1.0)))
    monkeypatch.setattr(one._log, "_file", file)
    one.write(Entry((), 20, points(10, 2.0)))
    assert [(last_row, value[0]) for _, last_row, value in left(tmp_path)] == [(10, 0.0), (20, 2.0)]
