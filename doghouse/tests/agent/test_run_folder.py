"""An Agent's own folder: whose it is, who runs in it, and that nobody else takes it."""

import os

import pytest

from doghouse.agent import run_folder
from doghouse.agent.run_folder import InUse, RunFolder


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "doghouse" / "agents"


@pytest.fixture
def conf(tmp_path):
    (tmp_path / "conf.d").mkdir()
    return tmp_path / "conf.d"


def test_each_configuration_and_destination_has_a_folder_of_its_own(root, conf, tmp_path, monkeypatch):
    (tmp_path / "other" / "conf.d").mkdir(parents=True)
    here = run_folder.of(conf, "http://localhost:1")
    monkeypatch.chdir(tmp_path)
    assert run_folder.of(conf.relative_to(tmp_path), "http://localhost:1") == here
    others = [run_folder.of(conf, "http://localhost:2"), run_folder.of(tmp_path / "other/conf.d", "http://localhost:1")]
    assert len({here.path, *(other.path for other in others)}) == 3
    assert (here.path.parent, here.path.name.startswith("conf.d-")) == (root, True)
    assert (here.cache, here.retry) == (here.path / "cache", here.path / "retry")
    assert run_folder.of(conf, "http://localhost:1", str(tmp_path / "x")) == RunFolder(tmp_path / "x")


def test_a_folder_is_of_one_process_until_it_lets_go(conf):
    folder = run_folder.of(conf, "http://localhost:1")
    with folder.own():
        words = f"an agent with this configuration and destination is running already (process {os.getpid()})"
        with pytest.raises(InUse) as raised:
            folder.own()
        assert str(raised.value) == words
    folder.own().close()


def test_only_the_status_of_an_agent_that_runs_is_told(conf):
    folder = run_folder.of(conf, "http://localhost:1")
    assert folder.status() is None
    with folder.own():
        assert folder.status() is None
        folder.write_status({"conf": str(conf)})
        assert folder.status() == {"conf": str(conf)}
        for content in ("[1]", "{", "1"):
            (folder.path / "status.json").write_text(content)
            assert folder.status() is None
        folder.write_status({"conf": "new"})
        assert folder.status() == {"conf": "new"}
    assert folder.status() is None


def test_agents_are_found_wherever_their_folders_are(root, conf, tmp_path):
    usual, elsewhere = run_folder.of(conf, "http://localhost:1"), RunFolder(tmp_path / "elsewhere")
    (tmp_path / "other").mkdir()
    with usual.own(), elsewhere.own():
        usual.write_status({"conf": str(conf.resolve()), "at": 1})
        elsewhere.write_status({"conf": str(tmp_path / "other"), "at": 2})
        assert sorted(status["at"] for status in run_folder.running()) == [1, 2]
        assert [status["at"] for status in run_folder.running(conf)] == [1]
        assert [status["at"] for status in run_folder.running(tmp_path / "other")] == [2]
        assert [status["at"] for status in run_folder.running(at=str(elsewhere.path))] == [2]
        assert list(run_folder.running(conf, str(elsewhere.path))) == []
    assert list(run_folder.running()) == []
    notes = [path for path in root.iterdir() if path.suffix == ".at"]
    assert [note.read_text() for note in notes] == [str(elsewhere.path.resolve())]


def test_the_note_of_a_folder_that_is_gone_goes_too(root, tmp_path):
    gone = RunFolder(tmp_path / "gone")
    gone.own().close()
    for path in gone.path.iterdir():
        path.unlink()
    gone.path.rmdir()
    assert [path.suffix for path in root.iterdir()] == [".at"]
    assert list(run_folder.running()) == []
    assert list(root.iterdir()) == []
