"""What a git repository holds at a revision, as files in a folder: `git` is asked, and nothing of the repository is changed."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from subprocess import PIPE

from msgspec import Struct

# Of what lies outside the paths that were named: what monitors' files read (modules, variables, templates, an integration's metadata.csv).
READ_BESIDE = (
    ".tf", ".tfvars", ".json", ".yaml", ".yml", ".csv", ".tpl", ".tmpl", ".tftpl", ".txt", ".md", ".hbs", ".mustache",
)  # fmt: skip
LARGEST = 200 << 20  # bytes of a file; larger ones are not monitors
MOST_LISTED = 200_000_000  # bytes of a commit's list of files, some two million of them
MOST_READ = 1_000_000_000  # bytes of a commit's files together
_FILE, _EXECUTABLE, _LINK = "100644", "100755", "120000"


class GitError(ValueError):
    """Why a revision cannot be read, in a sentence. `is_usage`: what was named is not there."""

    def __init__(self, text: str, *, is_usage: bool = False) -> None:
        super().__init__(text)
        self.is_usage = is_usage


class Repository(Struct, frozen=True):
    """A git repository: its top folder, and where in it the working folder is (`monitors/`; empty: at the top)."""

    top: Path
    below: str

    def commit(self, revision: str) -> str:
        """The commit that a revision names. Raises GitError where there is none."""
        try:
            if revision.startswith("-"):
                raise GitError("an option is no revision")
            return _git(self.top, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
        except GitError:
            hint = (
                ""
                if not self._is_shallow()
                else " (the clone is shallow: `git fetch --unshallow`, or fetch it by name)"
            )
            raise GitError(f"'{revision}' is no revision that git knows here{hint}", is_usage=True) from None

    def lacks(self, base: str, head: str) -> int:
        """How many commits of `base` are not in `head`; 0 also where git does not know."""
        try:
            return int(_git(self.top, "rev-list", "--count", f"{head}..{base}"))
        except (GitError, ValueError):
            return 0

    def inside(self, path: str) -> str:
        """A path of the working folder as one from the top of the repository. Raises GitError where it is outside."""
        joined = os.path.normpath(os.path.join(self.below, path))  # noqa: PTH118 - it need not be there
        if os.path.isabs(path):  # noqa: PTH117
            joined = os.path.relpath(os.path.realpath(path), self.top)
        if joined.startswith(".."):
            raise GitError(f"'{path}' is outside of the repository", is_usage=True)
        return joined

    def write(self, commit: str, paths: Sequence[str], folder: Path) -> set[str]:
        """Write what the commit holds into a folder: all below `paths` (from the top), and of the rest what monitors' files may read.

        Returns those of the paths that it has. Links that lead out of the folder are left out.
        """
        entries = list(_entries(_git(self.top, "ls-tree", "-r", "-z", "-l", "--full-tree", commit, most=MOST_LISTED)))
        there = {path for path in paths if path == "." or any(_is_below(entry.path, path) for entry in entries)}
        chosen = [entry for entry in entries if entry.size <= LARGEST and _is_wanted(entry, paths)]
        if (size := sum(entry.size for entry in chosen)) > MOST_READ:
            raise GitError(
                f"the commit has {size / 1e6:,.0f} MB of files to read; doghouse reads at most {MOST_READ / 1e6:,.0f} MB"
            )
        links: list[tuple[Path, str]] = []
        for entry, content in zip(chosen, _contents(self.top, [entry.object for entry in chosen]), strict=True):
            place = folder / entry.path
            if entry.mode == _LINK:
                links.append((place, os.fsdecode(content)))
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
        _link(links, folder.resolve())
        return there

    def _is_shallow(self) -> bool:
        try:
            return _git(self.top, "rev-parse", "--is-shallow-repository").strip() == b"true"
        except GitError:
            return False


class _Entry(Struct, frozen=True):
    mode: str
    object: str
    size: int
    path: str


def repository(folder: Path) -> Repository:
    """The repository that a folder is in. Raises GitError where there is none, or no git."""
    lines = _git(folder, "rev-parse", "--show-toplevel", "--show-prefix").decode(errors="surrogateescape").split("\n")
    return Repository(Path(lines[0]), lines[1])


def _git(folder: Path, *arguments: str, stdin: bytes = b"", most: int | None = None) -> bytes:
    """What git answers. Raises GitError, also where that is more than `most` bytes: a tree may name itself again and again."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        with (
            tempfile.TemporaryFile() as stderr,
            subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=stderr) as git,
        ):
            answer = _answer(git, stdin, most)
            if most is not None and len(answer) > most:
                git.kill()
                raise GitError(
                    f"git {arguments[0]}: the answer has more than {most / 1e6:,.0f} MB, which no commit needs"
                )
            status = git.wait()
            stderr.seek(0)
            lines = stderr.read().decode(errors="replace").strip().splitlines()
    except FileNotFoundError:
        raise GitError("git is not installed: it reads the revisions; name two folders or files instead") from None
    if status:
        raise GitError(f"git {arguments[0]}: {lines[0].removeprefix('fatal: ') if lines else 'failed'}")
    return answer


def _answer(git: subprocess.Popen[bytes], stdin: bytes, most: int | None) -> bytes:
    if most is None:
        return git.communicate(stdin)[0]
    assert git.stdout
    return git.stdout.read(most + 1)


def _entries(listed: bytes) -> Iterator[_Entry]:
    """The files of a tree; no submodules, which are other repositories."""
    for line in filter(None, listed.split(b"\0")):
        about, _, path = line.partition(b"\t")
        mode, _, name, size = about.decode().split()
        if not _is_inside(os.fsdecode(path)):
            raise GitError(
                f"{os.fsdecode(path)!r} in the commit is no path of a file inside a repository: git would not check it out"
            )
        if mode in (_FILE, _EXECUTABLE, _LINK):
            yield _Entry(mode, name, int(size), os.fsdecode(path))


def _is_inside(path: str) -> bool:
    """Whether a path of a tree leads below its top. git makes no other, but stores and lists what somebody made by hand."""
    return not any(part in ("", ".", "..") for part in path.replace(os.sep, "/").split("/"))


def _link(links: Sequence[tuple[Path, str]], folder: Path) -> None:
    """Make links, last, so that no file is written through one; none that leads out of the folder stays. Raises GitError where none can be made."""
    for place, target in links:
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.parent.resolve().is_relative_to(folder) and not os.path.lexists(place):
            try:
                place.symlink_to(target)
            except (OSError, NotImplementedError) as error:  # Windows lets not everybody
                raise GitError(f"'{place.name}' in the commit is a link, and none can be made here: {error}") from None
    for place in [place for place, _ in links if place.is_symlink() and not place.resolve().is_relative_to(folder)]:
        place.unlink()


def _is_wanted(entry: _Entry, paths: Sequence[str]) -> bool:
    return PurePosixPath(entry.path).suffix in READ_BESIDE or any(
        path != "." and _is_below(entry.path, path) for path in paths
    )


def _is_below(path: str, folder: str) -> bool:
    return folder == "." or path == folder or path.startswith(f"{folder}/")


def _contents(folder: Path, objects: Sequence[str]) -> Iterator[bytes]:
    """The contents of files, in their order."""
    if not objects:
        return
    answer = _git(folder, "cat-file", "--batch", stdin="".join(f"{name}\n" for name in objects).encode())
    place = 0
    for name in objects:
        end = answer.index(b"\n", place)
        header = answer[place:end].split()
        if len(header) != 3:
            raise GitError(f"git cat-file: {name} is not there (a partial clone: fetch it first)")
        size = int(header[2])
        yield answer[end + 1 : end + 1 + size]
        place = end + 2 + size
