"""Damaged files: seen at the start where they can be, answered with 503 and a sentence later, and never with a traceback."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from doghouse import running
from doghouse.running import House
from doghouse.storage import failures, manifest, sqlite
from doghouse.storage.config import ConfigError
from doghouse.storage.failures import StorageError
from doghouse.storage.sqlite import Database
from doghouse.time.clock import Clock

NOW = 1_772_445_600
BLOCK = 4096


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a little of everything, its dashboards larger than a page of SQLite."""
    folder = tmp_path_factory.mktemp("house") / "data"
    with running.serve(folder, clock=Clock(NOW)) as house, httpx.Client(headers=house.headers) as client:
        series = [{"metric": "kept", "host": f"h{number}", "points": [[NOW - 60, number]]} for number in range(50)]
        client.post(f"{house.url}/api/v1/series", json={"series": series}).raise_for_status()
        for number in range(20):
            note = {"definition": {"type": "note", "content": f"{number} " * 4000}}
            board = {"title": f"kept {number}", "layout_type": "ordered", "widgets": [note]}
            client.post(f"{house.url}/api/v1/dashboard", json=board).raise_for_status()
        spans = [
            [{"trace_id": n, "span_id": n, "parent_id": 0, "service": "s", "name": "n", "resource": "r" * 2000}
             | {"start": (NOW - 60) * 10**9, "duration": 10**6, "error": 0, "type": "web", "meta": {}, "metrics": {}}]
            for n in range(1, 60)
        ]  # fmt: skip
        client.put(f"{house.url}/v0.4/traces", json=spans).raise_for_status()
    return folder


def asked(house: House) -> list[httpx.Response]:
    """Answers from every store."""
    query = {"query": "sum:kept{*}", "from": NOW - 600, "to": NOW}
    with httpx.Client(headers=house.headers, base_url=house.url) as client:
        boards = client.get("/api/v1/dashboard")
        answers = [boards, client.get("/api/v1/query", params=query), client.get("/api/v1/monitor")]
        if boards.status_code == 200:
            answers += [client.get(f"/api/v1/dashboard/{board['id']}") for board in boards.json()["dashboards"]]
        series = [{"metric": "more", "points": [[NOW - 30, 1]]}]
        board = {"title": "more", "layout_type": "ordered", "widgets": []}
        answers += [
            client.post("/api/v1/series", json={"series": series}),
            client.post("/api/v1/dashboard", json=board),
        ]
        return answers


def outcome(folder: Path) -> str:
    """`refused`, `503` or `answered` in full. Anything else fails the test, a traceback in the log among it."""
    try:
        with running.serve(folder, clock=Clock(NOW)) as house:
            answers = asked(house)
    except ConfigError:
        return "refused"
    for answer in answers:
        assert answer.status_code in (200, 202, 503), answer.text
        if answer.status_code == 503:
            assert answer.json()["errors"][0].startswith("doghouse could not do this: ")
    return "503" if any(answer.status_code == 503 for answer in answers) else "answered"


def damages(size: int, stride: int = 1) -> list[int]:
    return list(range(0, size, BLOCK * stride))


def zeros(_: bytes) -> bytes:
    return bytes(BLOCK)


def noise(block: bytes) -> bytes:
    return bytes(byte ^ 0xA5 for byte in block)


@pytest.mark.slow
@pytest.mark.parametrize("damage", [zeros, noise])
@pytest.mark.parametrize("name", [manifest.DATABASE, manifest.SERIES, manifest.TRACES, manifest.POINTS])
def test_a_damaged_block_is_never_a_traceback(
    stopped: Path,
    tmp_path: Path,
    name: str,
    damage: Callable[[bytes], bytes],
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[[str, object], None],
) -> None:
    size = (stopped / name).stat().st_size
    outcomes = dict[int, str]()
    stride = 1 if os.environ.get("TORTURE_BLOCKS") == "all" else max(1, size // BLOCK // 8)
    for at in damages(size, stride):
        data = Path(shutil.copytree(stopped, tmp_path / str(at)))
        with (data / name).open("r+b") as file:
            file.seek(at)
            block = file.read(BLOCK)
            file.seek(at)
            file.write(damage(block)[: len(block)])
        outcomes[at] = outcome(data)
        shutil.rmtree(data)
    assert not [record for record in caplog.records if record.exc_info], outcomes
    assert outcomes[0] == "refused"
    assert "refused" in outcomes.values()
    record_property("faults", len(outcomes))


@pytest.mark.parametrize("name", [manifest.POINTS, manifest.SERIES, manifest.DATABASE, manifest.TRACES])
def test_a_file_that_is_no_database_is_named_at_the_start(stopped: Path, tmp_path: Path, name: str) -> None:
    data = Path(shutil.copytree(stopped, tmp_path / "data"))
    (data / name).write_bytes(b"this is not a database" * 1000)
    with (
        pytest.raises(ConfigError, match=f"{name} cannot be used: .*; go on from a backup of the whole folder"),
        running.serve(data),
    ):
        pass


def damaged(path: Path) -> None:
    """A database with a page amid its tables that is not what it was."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("CREATE TABLE t (a, b)")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO t VALUES (?, ?)", [(number, "x" * 500) for number in range(1000)])
    connection.execute("COMMIT")
    connection.close()
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // BLOCK // 2 * BLOCK)
        file.write(bytes(BLOCK))


def test_a_damaged_page_that_nobody_reads_is_seen_at_the_start(tmp_path: Path) -> None:
    damaged(tmp_path / "a.sqlite")
    with pytest.raises(StorageError, match=r"a.sqlite is damaged: .*Page.*; go on from a backup of the whole folder"):
        Database(tmp_path / "a.sqlite").admit(manifest.Manifest(manifest.FORMAT, "0" * 32))


def test_a_large_file_is_checked_beside_the_server_and_then_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    damaged(tmp_path / "a.sqlite")
    monkeypatch.setattr(sqlite, "CHECKED_BYTES", BLOCK)
    database = Database(tmp_path / "a.sqlite")
    with caplog.at_level(logging.ERROR), suppress(StorageError):  # it may be known by the time the mark is read
        database.admit(manifest.Manifest(manifest.FORMAT, "0" * 32))
    assert database._checker
    database._checker[0].join()
    assert [record.getMessage() for record in caplog.records] == [f"doghouse: {database._damage}"]
    with pytest.raises(StorageError, match=r"a.sqlite is damaged"):
        database.connection()
    database.close()


def test_damage_that_appears_while_the_server_runs_is_a_503_with_a_sentence(stopped: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(stopped, tmp_path / "data"))
    with running.serve(data, clock=Clock(NOW)) as house:
        path = data / manifest.DATABASE
        with path.open("r+b") as file:
            file.seek(BLOCK)
            file.write(b"\xa5" * (path.stat().st_size - BLOCK))
        answers = asked(house)
        for answer in answers:
            assert answer.status_code in (200, 202, 503)
        said = {answer.json()["errors"][0] for answer in answers if answer.status_code == 503}
        assert said
        for sentence in said:
            assert "database disk image is malformed" in sentence
            assert failures.FROM_BACKUP in sentence


def test_advice_to_go_on_from_a_backup_is_given_for_damage_alone() -> None:
    damage = sqlite3.DatabaseError("database disk image is malformed")
    damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    assert failures.FROM_BACKUP in (failures.sentence(damage) or "")
    many = sqlite3.OperationalError("unable to open database file")
    many.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
    assert failures.sentence(many) == "the data folder cannot be used: unable to open database file"
    assert str(failures.unusable(Path("a"), many, damaged=False)) == "a cannot be used: unable to open database file"
    assert failures.sentence(sqlite3.IntegrityError("UNIQUE constraint failed")) is None
