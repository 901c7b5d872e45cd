"""A commit that somebody made by hand, whose paths or links lead out of the folder that a revision is written into."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from doghouse.importing import revisions
from doghouse.importing.revisions import GitError, Repository

Entry = tuple[str, str, str]  # mode, name, object
FILE, FOLDER, LINK = "100644", "40000", "120000"


class Made:
    """A repository whose trees are written byte by byte."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["git", "init", "-q", str(folder)], check=True)

    def _git(self, *arguments: str, given: bytes = b"") -> str:
        author = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        done = subprocess.run(
            ["git", "-C", str(self.folder), *author, *arguments], input=given, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    def blob(self, text: str) -> str:
        return self._git("hash-object", "-w", "--stdin", given=text.encode())

    def tree(self, *entries: Entry) -> str:
        raw = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(held) for mode, name, held in entries)
        return self._git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", given=raw)

    def commit(self, *entries: Entry) -> str:
        return self._git("commit-tree", self.tree(*entries), "-m", "x")


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "repository")


def write(made: Made, commit: str, folder: Path) -> set[str]:
    folder.mkdir(parents=True, exist_ok=True)
    return Repository(made.folder, "").write(commit, ["."], folder)


def test_a_tree_that_names_itself_again_and_again_is_refused_before_it_is_listed_to_its_end(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten names a tree, twelve trees deep: a million million files, in two kilobytes of git."""
    monkeypatch.setattr(revisions, "MOST_LISTED", 2_000_000)
    inner = made.tree(*((FILE, f"{name}.json", made.blob("{}")) for name in range(10)))
    for _ in range(11):
        inner = made.tree(*((FOLDER, f"{name}", inner) for name in range(10)))
    with pytest.raises(GitError, match="git ls-tree: the answer has more than 2 MB"):
        write(made, made.commit((FOLDER, "a", inner)), tmp_path / "out")


def test_a_commit_of_more_than_can_be_read_is_refused_before_it_is_read(made: Made, tmp_path: Path) -> None:
    """One file of 9 MB under two hundred names."""
    large = made.blob(" " * 9_000_000)
    commit = made.commit(*((FILE, f"{name:03}.json", large) for name in range(200)))
    with pytest.raises(GitError, match="the commit has 1,800 MB of files to read; doghouse reads at most 1,000 MB"):
        write(made, commit, tmp_path / "out")


@pytest.mark.parametrize("name", ["..", ".", "/etc"])
def test_a_path_that_leads_out_of_the_folder_is_refused_and_nothing_is_written(
    made: Made, tmp_path: Path, name: str
) -> None:
    inner = made.tree((FILE, "escaped.json", made.blob("{}")))
    commit = made.commit((FOLDER, name, inner), (FILE, "monitor.json", made.blob("{}")))
    with pytest.raises(GitError, match="is no path of a file inside a repository"):
        write(made, commit, tmp_path / "deep" / "er")
    assert not list((tmp_path / "deep").rglob("*.json"))


def test_no_file_is_written_through_a_link_of_the_same_name(made: Made, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    inner = made.tree((FILE, "escaped.json", made.blob("{}")))
    commit = made.commit((LINK, "a.json", made.blob(str(out))), (FOLDER, "a.json", inner))
    write(made, commit, tmp_path / "written")
    assert not list(out.iterdir())
    assert (tmp_path / "written" / "a.json" / "escaped.json").read_text() == "{}"


def links(*targets: str) -> Callable[[Made], str]:
    return lambda made: made.commit(*((LINK, f"l{n}.json", made.blob(target)) for n, target in enumerate(targets)))


@pytest.mark.parametrize(
    "targets",
    [("/etc/passwd",), ("../../secret.json",), ("l1.json/../../secret.json", "."), ("l1.json", "l2.json", "..")],
)
def test_a_link_that_leads_out_does_not_stay(made: Made, tmp_path: Path, targets: tuple[str, ...]) -> None:
    (tmp_path / "secret.json").write_text("secret")
    folder = tmp_path / "written" / "here"
    write(made, links(*targets)(made), folder)
    for place in folder.iterdir():
        assert place.resolve().is_relative_to(folder.resolve())


def test_a_link_within_the_folder_stays(made: Made, tmp_path: Path) -> None:
    commit = made.commit((FILE, "a.json", made.blob("{}")), (LINK, "b.json", made.blob("a.json")))
    write(made, commit, tmp_path / "written")
    assert (tmp_path / "written" / "b.json").read_text() == "{}"


def test_where_no_link_can_be_made_that_is_said(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError("A required privilege is not held by the client")  # Windows, for who may not

    monkeypatch.setattr("os.symlink", refused)
    with pytest.raises(GitError, match=r"'l0.json' in the commit is a link, and none can be made here: A required"):
        write(made, links("a.json")(made), tmp_path / "written")
