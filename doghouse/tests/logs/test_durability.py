"""What was acknowledged of logs stays: through kills, backups, and in data folders that are older than the columns; until it is too old."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from doghouse import running
from doghouse.logs.model import Log
from doghouse.logs.store import moving
from doghouse.logs.store.log_store import LogStore
from doghouse.search.parser import parse
from doghouse.storage import manifest
from doghouse.storage.failures import StorageError
from doghouse.storage.manifest import LOG_COLUMNS, LOG_INBOX, Manifest
from doghouse.storage.sqlite import Database
from doghouse.time.clock import Clock

NOW = 1_772_445_600
OWNER = Manifest(manifest.FORMAT, "0" * 32, ())


def log(number: int, timestamp: float = 1.0) -> Log:
    return Log(timestamp=timestamp, message=f"number {number}", attributes={"n": number})


def messages(store: LogStore) -> list[str]:
    return sorted(kept.message for kept in store.between(0, NOW))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LogStore]:
    opened = LogStore(tmp_path)
    yield opened
    opened.close()


def killed_while_writing(folder: Path, how: str) -> int:
    """Adds logs in another process, which kills itself in the midst of it; how many were acknowledged."""
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import test_durability as t; t.{how}(t.Path(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    return int(done.stdout.split()[-1])


def add_until_killed(folder: Path) -> None:
    """Kill -9 in the midst of moving: some are in the columns, some in the inbox."""
    moving.MOST, moving.MOVE_AFTER_S = 7, 0.01
    store = LogStore(folder)
    for number in range(100):
        store.add([log(number)])
        print(number + 1, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def die_between_columns_and_inbox(folder: Path) -> None:
    """Kill -9 when the columns have what the inbox still has."""
    store = LogStore(folder)
    store._inbox.drop = lambda until: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
    store.add([log(number) for number in range(10)])
    print(10, flush=True)
    store.settle()


@pytest.mark.parametrize("how", ["add_until_killed", "die_between_columns_and_inbox"])
def test_what_was_acknowledged_is_there_once_after_a_kill(tmp_path: Path, how: str) -> None:
    count = killed_while_writing(tmp_path, how)
    store = LogStore(tmp_path)
    store.add([log(count)])
    assert messages(store) == sorted(f"number {number}" for number in range(count + 1))
    store.close()


def test_logs_of_a_folder_without_columns_are_taken_over(tmp_path: Path) -> None:
    """As releases before had them: JSON in the database of everything, with a table of traces."""
    database = Database(tmp_path / "doghouse.sqlite")
    database.connection().executescript("""
        CREATE TABLE logs (id INTEGER PRIMARY KEY AUTOINCREMENT, ts REAL NOT NULL, log BLOB NOT NULL);
        CREATE INDEX logs_ts ON logs (ts);
        CREATE TABLE log_traces (
            trace TEXT NOT NULL, log INTEGER NOT NULL REFERENCES logs (id) ON DELETE CASCADE, PRIMARY KEY (trace, log)
        ) WITHOUT ROWID;""")
    trace = {"dd": {"trace_id": "7"}}
    for old in (Log(timestamp=1.5, message="first"), Log(timestamp=2.5, message="second", host="h", attributes=trace)):
        database.connection().execute(
            "INSERT INTO logs (ts, log) VALUES (?, ?)", (old.timestamp, msgspec.json.encode(old))
        )
    for _ in range(2):  # again at each start, with nothing to take any more
        store = LogStore(tmp_path, earlier=database)
        assert [kept.message for kept in store.between(0, 10)] == ["second", "first"]
        assert [kept.host for kept in store.of_trace(f"{7:032x}")] == ["h"]
        store.close()
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        database.connection().execute("SELECT * FROM logs")
    database.close()


def test_a_log_is_the_same_when_it_is_read_again(store: LogStore) -> None:
    kept = Log(
        timestamp=1.25, message="m", source="s", service="200", host="10.0.0.1", status="warn", tags=("a:b", "c", "a:d"),
        attributes={"deep": {"list": [1, 1.0, True, None, {"x": []}], "big": 2**64}, "a.b": "é\n"},
    )  # fmt: skip
    store.add([kept])
    assert list(store.between(0, 10)) == [kept]


def test_logs_of_a_trace_are_given_by_their_time(store: LogStore) -> None:
    trace = {"dd": {"trace_id": "7"}}
    store.add(
        [
            Log(timestamp=2, message="late", attributes=trace),
            Log(timestamp=1, message="early", attributes=trace),
            log(1),
        ]
    )
    assert [kept.message for kept in store.of_trace(f"{7:032x}")] == ["early", "late"]
    assert store.of_trace(f"{8:032x}") == []


def test_what_is_older_than_the_retention_is_forgotten_minute_by_minute(store: LogStore) -> None:
    store.add([log(number, timestamp=NOW - 60 * number) for number in range(1, 6)])
    store.tend(NOW, None)
    assert len(messages(store)) == 5
    store.tend(NOW + 59, retention=180)
    assert messages(store) == ["number 1", "number 2", "number 3"]
    store.tend(NOW + 60, retention=180)
    assert messages(store) == ["number 1", "number 2"]
    store.add([log(9, timestamp=NOW)])
    assert store.select(parse("@n:9"), 0, NOW * 2000, []).times.tolist() == [NOW * 1000]


def test_a_copy_has_what_was_acknowledged_before_it_and_goes_on_from_there(store: LogStore, tmp_path: Path) -> None:
    store.add([log(1), log(2)])
    (tmp_path / "copy").mkdir()
    store.copy(tmp_path / "copy", OWNER)
    store.add([log(3)])
    copied = LogStore(tmp_path / "copy")
    copied.add([log(4)])
    assert messages(copied) == ["number 1", "number 2", "number 4"]
    copied.close()


@pytest.mark.parametrize("older", [LOG_COLUMNS, LOG_INBOX])
def test_files_of_different_moments_are_refused(tmp_path: Path, older: str) -> None:
    """Else logs would be missing without a word, or new ones be taken for those that are in the columns already."""
    store = LogStore(tmp_path)
    store.add([log(1)])
    store.close()
    old = (tmp_path / older).read_bytes()
    store = LogStore(tmp_path)
    store.add([log(2)])
    store.close()
    (tmp_path / older).write_bytes(old)
    with pytest.raises(
        StorageError, match=f"{LOG_COLUMNS} ends with log [12], and .*{LOG_INBOX} does not go on from there"
    ):
        LogStore(tmp_path)


def test_a_server_takes_a_backup_with_its_logs(tmp_path: Path) -> None:
    sent = [{"message": "kept", "timestamp": (NOW - 60) * 1000}]
    with running.serve(tmp_path / "data", clock=Clock(NOW)) as house:
        httpx.post(f"{house.url}/api/v2/logs", json=sent, headers=house.headers).raise_for_status()
        body = {"folder": str(tmp_path / "copy")}
        httpx.post(f"{house.url}/doghouse/backup", json=body, headers=house.headers).raise_for_status()
    with running.serve(tmp_path / "copy", clock=Clock(NOW)) as house:
        assert [kept.message for kept in house.app.state.logs.between(0, NOW)] == ["kept"]
