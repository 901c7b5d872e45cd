"""Files of a data folder belong together: what is missing, foreign, renamed or newer is refused in a sentence that says what to do."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import httpx
import pytest

from doghouse import running
from doghouse.metrics.store import pipeline, points
from doghouse.running import House
from doghouse.storage import backup, duckfile, manifest
from doghouse.storage.config import ConfigError
from doghouse.time.clock import Clock

NOW = 1_772_445_600
OLD = Path(__file__).with_name(
    "folder_without_manifest.tar.xz"
)  # written by commit e9a4d9b, killed with points in its journal


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with points of one metric and a dashboard."""
    folder = tmp_path_factory.mktemp("house") / "data"
    with running.serve(folder, clock=Clock(NOW)) as house:
        fill(house)
    return folder


@pytest.fixture
def data(stopped: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stopped, tmp_path / "data"))


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """Another data folder, which was filled alike."""
    with running.serve(tmp_path / "foreign", clock=Clock(NOW)) as house:
        fill(house)
    return tmp_path / "foreign"


def fill(house: House, metric: str = "kept") -> None:
    series = [{"metric": metric, "host": f"h{number}", "points": [[NOW - 60, number]]} for number in range(5)]
    board = {"title": "kept", "layout_type": "ordered", "widgets": []}
    for path, body in (("series", {"series": series}), ("dashboard", board)):
        httpx.post(f"{house.url}/api/v1/{path}", json=body, headers=house.headers).raise_for_status()


def total(house: House, metric: str) -> list[float]:
    """What the points of a metric come to, by their times."""
    query = {"query": f"sum:{metric}{{*}}", "from": NOW - 600, "to": NOW}
    answer = httpx.get(f"{house.url}/api/v1/query", params=query, headers=house.headers).raise_for_status().json()
    return [value for series in answer["series"] for _, value in series["pointlist"]]


def refusal(folder: Path) -> str:
    """Why a server does not start over a folder."""
    with pytest.raises(ConfigError) as refused, running.serve(folder, clock=Clock(NOW)):
        pass
    return str(refused.value)


def contents(path: Path) -> dict[str, bytes]:
    """What a file, or each file of a folder, holds."""
    return {str(one): one.read_bytes() for one in (path, *path.rglob("*")) if one.is_file()}


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


@pytest.mark.parametrize("name", manifest.FILES)
def test_a_missing_file_is_refused_and_nothing_is_made_in_its_place(data: Path, name: str) -> None:
    remove(data / name)
    said = refusal(data)
    assert said.startswith(f"{data / name} is missing; put it back, or go on from a backup of the whole folder")
    assert not (data / name).exists()


def test_points_of_an_old_metric_never_appear_under_a_new_ones_name(data: Path) -> None:
    remove(data / manifest.SERIES)
    assert f"{manifest.SERIES} is missing" in refusal(data)
    whole = json.loads((data / manifest.MANIFEST).read_text())
    whole["files"].remove(manifest.SERIES)  # as the sentence says for giving it up
    (data / manifest.MANIFEST).write_text(json.dumps(whole))
    assert "points.duckdb holds points of series 4, which" in refusal(data)


def test_a_file_can_be_given_up_as_the_sentence_says(data: Path) -> None:
    for name in (manifest.SERIES, manifest.POINTS):
        remove(data / name)
    whole = json.loads((data / manifest.MANIFEST).read_text())
    whole["files"] = [name for name in whole["files"] if name not in (manifest.SERIES, manifest.POINTS)]
    (data / manifest.MANIFEST).write_text(json.dumps(whole))
    with running.serve(data, clock=Clock(NOW)) as house:
        assert total(house, "kept") == []
        assert len(httpx.get(f"{house.url}/api/v1/dashboard", headers=house.headers).json()["dashboards"]) == 1
    assert set(json.loads((data / manifest.MANIFEST).read_text())["files"]) == set(manifest.FILES)


@pytest.mark.parametrize("name", manifest.FILES)
def test_a_file_of_another_data_folder_is_refused(data: Path, foreign: Path, name: str) -> None:
    remove(data / name)
    (foreign / name).rename(data / name)
    assert re.search(
        f"{name} belongs to another data folder .*; put this folder's own file in its place", refusal(data)
    )


@pytest.mark.parametrize("name", [manifest.DATABASE, manifest.SERIES, manifest.TRACES, manifest.LOG_INBOX])
def test_an_emptied_file_is_refused(data: Path, name: str) -> None:
    os.truncate(data / name, 0)
    assert f"{name} is not the file that this data folder had (it carries no identity)" in refusal(data)


@pytest.mark.parametrize("name", [manifest.POINTS, manifest.LOG_COLUMNS])
def test_an_emptied_duckdb_file_is_refused(data: Path, name: str) -> None:
    os.truncate(data / name, 0)
    assert name in refusal(data)


@pytest.mark.parametrize(("one", "other"), [(manifest.DATABASE, manifest.TRACES), (manifest.MAILS, manifest.SNAPSHOTS)])
def test_files_that_changed_names_are_refused(data: Path, one: str, other: str) -> None:
    (data / one).rename(data / "aside")
    (data / other).rename(data / one)
    (data / "aside").rename(data / other)
    assert re.search(f"({one} is {other}|{other} is {one}) under another name; rename it back", refusal(data))


def killed(folder: Path) -> Path:
    """The journal's log of a server over `folder` that was killed with points in it."""
    code = "import os, sys; from test_data_folder import *; write_and_die(Path(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", code, folder], cwd=Path(__file__).parent, check=False)
    assert done.returncode == -signal.SIGKILL
    [log] = (folder / manifest.LOGS).glob("*.log")
    return log


def write_and_die(folder: Path) -> None:
    pipeline.MOVE_AFTER_S = 3600.0  # a busy machine may take longer than a second to the kill
    with running.serve(folder, clock=Clock(NOW)) as house:
        fill(house, "late")
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_log_of_another_data_folder_is_refused(data: Path, foreign: Path) -> None:
    log = killed(foreign)
    shutil.copy(log, data / manifest.LOGS)
    assert f"{log.name} belongs to another data folder" in refusal(data)


def test_a_log_under_another_name_is_refused_and_opened_under_its_own(data: Path) -> None:
    log = killed(data)
    log.rename(log.with_name("0000000009.log"))
    assert f"0000000009.log is {log.name} under another name; rename it back" in refusal(data)
    log.with_name("0000000009.log").rename(log)
    with running.serve(data, clock=Clock(NOW)) as house:
        assert total(house, "late") == [10.0]


def test_a_log_without_its_head_is_refused(data: Path) -> None:
    log = killed(data)
    log.write_bytes(log.read_bytes()[32:])
    assert f"{log.name} is not the file that this data folder had" in refusal(data)


def test_a_log_torn_within_its_head_holds_nothing(data: Path) -> None:
    log = killed(data)
    whole = log.read_bytes()
    for end in (0, 1, 8, 24, 31, 32):
        log.write_bytes(whole[:end])
        with running.serve(data, clock=Clock(NOW)) as house:
            assert total(house, "late") == []


def test_a_stray_file_in_the_journal_is_named(data: Path) -> None:
    (data / manifest.LOGS / "copy of 1.log").write_bytes(b"")
    assert "copy of 1.log is no log of doghouse's" in refusal(data)


@pytest.mark.parametrize("name", [*manifest.FILES, manifest.MANIFEST])
def test_a_file_that_is_a_link_is_refused_and_what_it_leads_to_is_not_written(
    data: Path, tmp_path: Path, name: str
) -> None:
    elsewhere = (data / name).rename(tmp_path / name)
    before = contents(elsewhere)
    (data / name).symlink_to(elsewhere)
    assert f"{data / name} is a link, and what it leads to is not written into" in refusal(data)
    assert contents(elsewhere) == before


def test_a_first_start_writes_through_no_link(tmp_path: Path) -> None:
    folder, mine = tmp_path / "data", tmp_path / "mine"
    folder.mkdir()
    mine.write_text("kept")
    for name in ("manifest.new", "keys.new"):
        (folder / name).symlink_to(mine)
    with running.serve(folder, clock=Clock(NOW)) as house:
        fill(house)
    assert mine.read_text() == "kept"


def test_a_lock_that_is_a_link_is_refused_and_what_it_leads_to_stays(data: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("kept")
    remove(data / "lock")
    (data / "lock").symlink_to(tmp_path / "mine")
    assert f"the data folder {data} cannot be used: " in refusal(data)
    assert (tmp_path / "mine").read_text() == "kept"


def test_older_logs_that_are_missing_are_refused(data: Path) -> None:
    """DuckDB has fewer rows than came before the first log: the rows between are nowhere."""
    shutil.copytree(data, data.with_name("before"))
    with running.serve(data, clock=Clock(NOW)) as house:
        fill(house, "between")
        assert total(house, "between") == [10.0]  # by now they are in DuckDB alone
    killed(data)
    remove(data / manifest.POINTS)
    (data / (manifest.POINTS + ".wal")).unlink(missing_ok=True)
    (data.with_name("before") / manifest.POINTS).rename(data / manifest.POINTS)
    assert "journal lacks rows 6 to 10" in refusal(data)


def test_a_newer_folder_is_refused(data: Path) -> None:
    (data / manifest.MANIFEST).write_text(json.dumps({"format": manifest.FORMAT + 1, "stores": {}}))
    said = refusal(data)
    assert f"was written by a newer doghouse (format {manifest.FORMAT + 1}, this one knows {manifest.FORMAT})" in said


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b'{"format": "1"}', b'{"format": 1, "identity": 3}']
)
def test_a_damaged_manifest_is_refused(data: Path, content: bytes) -> None:
    (data / manifest.MANIFEST).write_bytes(content)
    assert re.search(r"manifest.json is damaged \(.*\); put it back", refusal(data))


def test_a_missing_manifest_is_refused_and_written_anew_as_the_sentence_says(data: Path) -> None:
    remove(data / manifest.MANIFEST)
    said = refusal(data)
    command = said.partition("that is: ")[2]
    assert command.startswith("echo '{")
    subprocess.run(command, shell=True, check=True)
    with running.serve(data, clock=Clock(NOW)) as house:
        assert total(house, "kept") == [10.0]


def test_a_moved_folder_is_the_same(data: Path, tmp_path: Path) -> None:
    with running.serve(data.rename(tmp_path / "elsewhere"), clock=Clock(NOW)) as house:
        assert total(house, "kept") == [10.0]


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Path]:
    with tarfile.open(OLD) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "oldfolder"


def test_a_folder_of_a_release_without_manifest_is_opened_and_gets_one(old: Path) -> None:
    for _ in range(2):
        with running.serve(old, clock=Clock(NOW)) as house:
            assert total(house, "kept.a") == total(house, "kept.b") == [10.0, 10.0]
            boards = httpx.get(f"{house.url}/api/v1/dashboard", headers=house.headers).json()["dashboards"]
            assert {board["title"] for board in boards} == {"kept 30", "kept 60"}
    assert set(json.loads((old / manifest.MANIFEST).read_text())["files"]) == set(manifest.FILES)
    remove(old / manifest.TRACES)
    assert "traces.sqlite is missing" in refusal(old)


def test_an_old_folder_whose_upgrade_was_killed_is_opened(old: Path) -> None:
    """The log gets its head before the manifest is complete; then points are moved."""
    manifest.admit(old)
    with running.serve(old, clock=Clock(NOW)) as house:
        assert total(house, "kept.a") == [10.0, 10.0]


@pytest.mark.parametrize("name", [manifest.DATABASE, manifest.SERIES, manifest.LOGS, manifest.POINTS])
def test_a_file_that_an_old_folder_lacks_is_refused(old: Path, name: str) -> None:
    remove(old / name)
    assert f"{name} is missing beside" in refusal(old)
    assert not (old / manifest.MANIFEST).exists()


START_AND_DIE = """
import os, sys
from pathlib import Path
from doghouse import running
stop, count = int(sys.argv[2]), 0
def hook(event, args):
    global count
    if event in ("open", "os.mkdir", "os.rename", "sqlite3.connect") and str(args[0]).startswith(sys.argv[1]):
        count += 1
        if count == stop:
            os._exit(9)
with running.serve(Path(sys.argv[1])) as house:
    pass
""".replace("with running", "sys.addaudithook(hook)\nwith running")


@pytest.mark.slow
def test_a_first_start_that_was_killed_anywhere_is_taken_up_again(tmp_path: Path) -> None:
    """Killed before each file of the folder that Python opens, makes or renames."""
    for stop in itertools.count(1):
        folder = tmp_path / str(stop)
        ended = subprocess.run(
            [sys.executable, "-c", START_AND_DIE, folder, str(stop)], capture_output=True, check=False
        )
        if ended.returncode == 0:
            break
        assert ended.returncode == 9, ended.stderr.decode()
        with running.serve(folder, clock=Clock(NOW)) as house:
            fill(house)
            assert total(house, "kept") == [10.0]
    assert stop > 15


def test_a_duckdb_file_that_was_half_made_is_made_anew(tmp_path: Path) -> None:
    """DuckDB itself cannot open one, so it is made beside its place: there it is whole or not at all."""
    (tmp_path / manifest.POINTS).with_suffix(".new").write_bytes(b"half")
    with running.serve(tmp_path, clock=Clock(NOW)) as house:
        fill(house)
        assert total(house, "kept") == [10.0]


def test_a_backup_opens_with_an_identity_of_its_own(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    with running.serve(data, clock=Clock(NOW)) as house:
        asked = httpx.post(f"{house.url}/doghouse/backup", json={"folder": str(copy)}, headers=house.headers)
        assert asked.status_code == 200
    with running.serve(copy, clock=Clock(NOW)) as house:
        assert total(house, "kept") == [10.0]
    remove(data / manifest.DATABASE)
    shutil.copy(copy / manifest.DATABASE, data)
    assert "doghouse.sqlite belongs to another data folder" in refusal(data)


@pytest.mark.parametrize(
    ("name", "block_bytes"),
    [(manifest.POINTS, points.BLOCK_BYTES), (manifest.LOG_COLUMNS, duckfile.BLOCK_BYTES)],
)
def test_the_mark_of_a_duckdb_file_takes_no_block_of_it(tmp_path: Path, name: str, block_bytes: int) -> None:
    with running.serve(tmp_path, clock=Clock(NOW)):
        pass
    assert (tmp_path / name).stat().st_size < 2 * block_bytes


@pytest.mark.parametrize("name", [manifest.POINTS, manifest.LOG_COLUMNS])
def test_a_mark_that_is_a_table_as_it_was_before_it_was_a_view_is_read_and_copied(
    data: Path, foreign: Path, tmp_path: Path, name: str
) -> None:
    for folder in (data, foreign):
        with duckdb.connect(str(folder / name)) as connection:
            connection.execute(f"CREATE TABLE mark AS FROM {manifest.TABLE}")
            connection.execute(f"DROP VIEW {manifest.TABLE}")
            connection.execute(f"ALTER TABLE mark RENAME TO {manifest.TABLE}")
    with running.serve(data, clock=Clock(NOW)) as house:
        assert total(house, "kept") == [10.0]
        body = {"folder": str(tmp_path / "copy")}
        httpx.post(f"{house.url}/doghouse/backup", json=body, headers=house.headers).raise_for_status()
    with running.serve(tmp_path / "copy", clock=Clock(NOW)) as house:
        assert total(house, "kept") == [10.0]
    shutil.copy(foreign / name, data)
    assert f"{name} belongs to another data folder" in refusal(data)


def test_a_backup_that_failed_leaves_nothing_and_one_that_was_killed_does_not_open(data: Path, tmp_path: Path) -> None:
    class Broken:
        def copy(self, folder: Path, manifest: manifest.Manifest) -> None:
            (folder / "half").write_text("half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        backup.make(tmp_path / "copy", data, [Broken()])
    assert not (tmp_path / "copy").exists()
    assert not (tmp_path / "copy.part").exists()
    with running.serve(data, clock=Clock(NOW)) as house:
        httpx.post(f"{house.url}/doghouse/backup", json={"folder": str(tmp_path / "copy")}, headers=house.headers)
    for name in (manifest.MANIFEST, manifest.STORES[-1]):
        remove(tmp_path / "copy" / name)
    assert "manifest.json is missing; go on from a backup" in refusal(tmp_path / "copy")
