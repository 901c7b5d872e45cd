"""A backup is a data folder, made while the server takes points, and another server goes on from it."""

from __future__ import annotations

import json
import threading
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
