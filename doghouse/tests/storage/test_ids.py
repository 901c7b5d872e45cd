"""Ids as long as Datadog's, and of each data folder its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from served import API_KEY, APP_KEY
from starlette.testclient import TestClient

from doghouse import server
from doghouse.storage import config
from doghouse.storage.config import Settings
from doghouse.time.clock import Clock

KEYS = {"dd-api-key": API_KEY, "dd-application-key": APP_KEY}
MONITOR = {"type": "metric alert", "query": "avg(last_5m):avg:m{*} > 90", "message": ""}
DOWNTIME = {"scope": ["env:prod"]}
NOW = 1_772_445_600


def made(path: Path, number: int, long_ids: bool = True) -> list[int]:
    """The ids of a new monitor, downtime and list, of a server that is started over the folder and ended."""
    folder = config.own(path)
    app = server.build(folder, config.KeyPair(API_KEY, APP_KEY), Clock(NOW), Settings(long_ids=long_ids))
    bodies: dict[str, Any] = {
        "/api/v1/monitor": {**MONITOR, "name": str(number)},
        "/api/v1/downtime": DOWNTIME,
        "/api/v1/dashboard/lists/manual": {"name": str(number)},
    }
    with TestClient(app, headers=KEYS) as client:
        ids = [client.post(address, json=body).json()["id"] for address, body in bodies.items()]
    folder.release()
    return ids


def test_ids_have_as_many_digits_as_datadogs_and_go_on_after_a_restart(tmp_path: Path) -> None:
    first, second = made(tmp_path / "a", 1), made(tmp_path / "a", 2)

    assert [len(str(number)) in digits for number, digits in zip(first, ((8, 9), (10,), (6,)), strict=True)] == [
        True
    ] * 3
    assert second == [number + 1 for number in first]


def test_two_houses_have_other_ids(tmp_path: Path) -> None:
    assert not set(made(tmp_path / "a", 1)) & set(made(tmp_path / "b", 1))


def test_a_folder_of_small_ids_keeps_them(tmp_path: Path) -> None:
    assert made(tmp_path / "a", 1, long_ids=False) == [1, 1, 1]
    assert made(tmp_path / "a", 2) == [2, 2, 2]
