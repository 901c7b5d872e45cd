"""A disk without room, as a small file system: what was acknowledged stays, requests get 503 and a sentence, and it goes on once there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import numpy as np
import pytest

from doghouse import running
from doghouse.metrics.model import Columns
from doghouse.metrics.store.points import Points
from doghouse.storage import failures
from doghouse.storage.config import ConfigError
from doghouse.time.clock import Clock

NOW = 1_772_445_600
POINTS = 50_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid():
        pytest.skip("mounting a file system needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def leave(disk: Path, free: int) -> None:
    """Take the disk's room but for `free` bytes."""
    (disk / "filler").write_bytes(bytes(max(0, shutil.disk_usage(disk).free - free)))


def give_room(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=400m", disk], check=True)


def test_a_full_disk_is_a_503_with_a_sentence_and_loses_nothing_that_was_acknowledged(
    small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rng = np.random.default_rng(1)  # fractions, which cannot be packed well
    with running.serve(small_disk / "data", clock=Clock(NOW)) as house, httpx.Client(headers=house.headers) as client:

        def post(number: int) -> httpx.Response:
            points = [[NOW - 3000 + number, value] for value in rng.random(1000).tolist()]
            series = [{"metric": "full", "host": f"h{place}", "points": [pair]} for place, pair in enumerate(points)]
            return client.post(f"{house.url}/api/v1/series", json={"series": series})

        taken = 0
        while (answer := post(taken)).status_code == 202:
            taken += 1
            assert taken < 3000, "the disk does not fill, and later points are too far ahead"
            if taken == 1:  # so that it is full soon, however fast points are moved and packed
                leave(small_disk, 4 * 1024 * 1024)
        assert (answer.status_code, answer.json()["errors"]) == (503, [f"doghouse could not do this: {failures.FULL}"])
        assert client.get(f"{house.url}/api/v1/validate").status_code == 200
        give_room(small_disk)
        assert post(taken).status_code == 202
        until = time.monotonic() + 60  # it tries again each second
        while (counted := client.get(f"{house.url}/doghouse/store")).status_code == 503 and time.monotonic() < until:
            pass
        assert counted.json()["arrived"] == (taken + 1) * 1000
    said = {record.getMessage() for record in caplog.records if record.name.startswith("doghouse")}
    assert said == {f"doghouse: {failures.FULL}"}


def test_a_file_that_duckdb_gave_up_is_opened_again_and_holds_each_point_once(small_disk: Path) -> None:
    points = Points(small_disk / "points.duckdb")
    series = np.arange(POINTS)
    rng = np.random.default_rng(1)

    def insert(number: int) -> None:
        points.insert(Columns(series, np.full(POINTS, NOW + number), rng.random(POINTS)), (number + 1) * POINTS)

    taken = 0
    refusals: list[Exception] = []
    while len(refusals) < 3:
        try:
            insert(taken)
            taken += 1
        except Exception as error:
            refusals.append(error)
    assert {failures.sentence(error) for error in refusals} == {failures.FULL}
    give_room(small_disk)
    insert(taken)
    insert(taken)  # once more: it is there already
    assert points.counts()["arrived"] == (taken + 1) * POINTS == points.moved()
    points.close()


def test_a_disk_without_room_for_a_start_is_said_in_one_sentence(small_disk: Path) -> None:
    with suppress(OSError), (small_disk / "filler").open("wb") as file:
        file.write(bytes(15 * 1024 * 1024))
    with (
        pytest.raises(ConfigError, match=r"disk of the data folder .* is full: \d+ KiB are free"),
        running.serve(small_disk / "data"),
    ):
        pass


def test_other_errors_are_not_taken_for_the_disks() -> None:
    assert failures.sentence(ValueError("no space left on device")) is None
