"""A backup is a data folder, made while the server takes points, and another server goes on from it."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest
from typer.testing import CliRunner

from doghouse import running
from doghouse.cli import application
from doghouse.metrics.model import Columns
from doghouse.metrics.store.point_store import PointStore
from doghouse.running import House
from doghouse.storage.manifest import FILES, FORMAT, Manifest
from doghouse.time.clock import Clock

NOW = 1_772_445_600
QUERY = {"query": "sum:kept{*}", "from": NOW - 600, "to": NOW}


def fill(house: House) -> None:
    series = [{"metric": "kept", "host": f"h{number}", "points": [[NOW - 60, number]]} for number in range(5)]
    board = {"title": "kept", "layout_type": "ordered", "widgets": []}
    for path, body in (("series", {"series": series}), ("dashboard", board)):
        httpx.post(f"{house.url}/api/v1/{path}", json=body, headers=house.headers).raise_for_status()


def test_a_server_goes_on_from_a_copy(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    with running.serve(tmp_path / "data", clock=Clock(NOW)) as house:
        fill(house)
        said = CliRunner().invoke(application(), ["backup", str(copy), "--url", house.url, "--json"])
        assert json.loads(said.stdout)["folder"] == str(copy)
        fill(house)  # goes on
    assert (copy / "keys.json").stat().st_mode & 0o777 == 0o600
    with running.serve(copy, clock=Clock(NOW)) as house, httpx.Client(headers=house.headers) as client:
        boards = client.get(f"{house.url}/api/v1/dashboard").json()["dashboards"]
        assert [board["title"] for board in boards] == ["kept"]
        [series] = client.get(f"{house.url}/api/v1/query", params=QUERY).json()["series"]
        assert [value for _, value in series["pointlist"]] == [10.0]


@pytest.mark.parametrize("name", ["data/inside", "data", "full"])
def test_a_copy_goes_to_a_new_folder_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("kept")
    with running.serve(tmp_path / "data", clock=Clock(NOW)) as house:
        said = CliRunner().invoke(application(), ["backup", str(tmp_path / name), "--url", house.url])
    assert said.exit_code == 1
    assert "no backup was made" in said.stderr
    assert (tmp_path / "full" / "mine").read_text() == "kept"


def test_a_copy_made_in_the_midst_of_intake_is_of_one_moment(tmp_path: Path) -> None:
    store = PointStore(tmp_path)
    done = threading.Event()
    acknowledged: list[int] = []

    def take() -> None:
        while not done.wait(0.002):  # each takes a series of its own, and all are read below
            number = len(acknowledged)
            series = int(store.numbers([(f"m{number}", None, None, None, None)])[0])
            store.append(Columns(np.full(50, series), NOW + np.arange(50), np.full(50, float(number))))
            acknowledged.append(number)

    taking = threading.Thread(target=take)
    taking.start()
    copies = []
    for number in range(4):
        before = len(acknowledged)
        (tmp_path / f"copy{number}").mkdir()
        store.copy(tmp_path / f"copy{number}", Manifest(FORMAT, f"{number:032}", FILES))
        copies.append((tmp_path / f"copy{number}", before))
    done.set()
    taking.join()
    store.close()
    for path, before in copies:
        copied = PointStore(path)
        count = copied.counts()["series"]
        assert count >= before
        for number in range(count):
            [series] = copied.find(f"m{number}")
            found = copied.read(np.array([series.id]), NOW, NOW + 50)
            assert found.value.tolist() == [float(number)] * 50
        copied.close()


def backup(house: House, folder: Path) -> httpx.Response:
    return httpx.post(f"{house.url}/doghouse/backup", json={"folder": str(folder)}, headers=house.headers, timeout=120)


def contents(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_of_many_backups_at_once_to_one_folder_one_is_made_and_is_whole(tmp_path: Path) -> None:
    with running.serve(tmp_path / "data", clock=Clock(NOW)) as house, ThreadPoolExecutor(8) as clients:
        fill(house)
        for number in range(3):
            copy = tmp_path / f"copy{number}"
            answers = list(clients.map(lambda _, copy=copy: backup(house, copy), range(8)))  # type: ignore[misc]
            statuses = sorted(answer.status_code for answer in answers)
            assert statuses == [200, *[400] * 7]
            assert set(FILES) <= contents(copy)
    for number in range(3):
        with running.serve(tmp_path / f"copy{number}", clock=Clock(NOW)) as house:
            [series] = httpx.get(f"{house.url}/api/v1/query", params=QUERY, headers=house.headers).json()["series"]
            assert [value for _, value in series["pointlist"]] == [10.0]


def test_two_servers_that_are_asked_for_one_folder_do_not_clean_up_after_each_other(tmp_path: Path) -> None:
    with (
        running.serve(tmp_path / "one", clock=Clock(NOW)) as one,
        running.serve(tmp_path / "two", clock=Clock(NOW)) as two,
        ThreadPoolExecutor(8) as clients,
    ):
        for number in range(3):
            copy = tmp_path / f"copy{number}"
            houses = [one, two] * 4
            answers = list(clients.map(lambda house, copy=copy: backup(house, copy), houses))  # type: ignore[misc]
            assert sorted(answer.status_code for answer in answers).count(200) == 1
            assert set(FILES) <= contents(copy)
            assert not (tmp_path / f"copy{number}.part").exists()


def test_what_a_killed_server_left_of_a_backup_gives_way_to_the_next(tmp_path: Path) -> None:
    left = tmp_path / "copy.part"
    (left / "journal").mkdir(parents=True)
    (left / "doghouse.sqlite").write_bytes(b"half")
    with running.serve(tmp_path / "data", clock=Clock(NOW)) as house:
        fill(house)
        assert backup(house, tmp_path / "copy").status_code == 200
    assert not left.exists()
    with running.serve(tmp_path / "copy", clock=Clock(NOW)):
        pass


@pytest.mark.parametrize("planted", ["link", "folder"])
def test_what_another_user_put_beside_the_place_of_a_backup_gets_no_keys_and_leads_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, planted: str
) -> None:
    theirs, mine = tmp_path / "theirs", tmp_path / "mine"
    theirs.mkdir()
    mine.write_text("kept")
    (theirs / "lock").symlink_to(mine)
    with running.serve(tmp_path / "data", clock=Clock(NOW)) as house:
        if planted == "link":
            (tmp_path / "copy.part").symlink_to(theirs)
        else:
            theirs.rename(tmp_path / "copy.part")
            monkeypatch.setattr(os, "getuid", lambda: 12345)
        answer = backup(house, tmp_path / "copy")
    assert answer.status_code == 400
    assert "copy.part is there already, and is no backup of yours that was interrupted" in answer.text
    assert [path.name for path in tmp_path.rglob("*.part/*")] in ([], ["lock"])
    assert mine.read_text() == "kept"


@pytest.mark.parametrize("folder", ["", "relative", "/tmp/a\0b", "/" + "x" * 300, "/dev/null/copy", "/proc/copy"])
def test_a_place_that_there_cannot_be_a_backup_at_is_said(tmp_path: Path, folder: str) -> None:
    with running.serve(tmp_path / "data", clock=Clock(NOW)) as house:
        answer = httpx.post(f"{house.url}/doghouse/backup", json={"folder": folder}, headers=house.headers)
    assert answer.status_code == 400
    assert "no backup was made" in answer.text
