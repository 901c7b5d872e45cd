"""Reads BASE and HEAD: folders, files, or revisions of the git repository that one stands in. What is wrong ends the command in a sentence."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from doghouse import files
from doghouse.cli.terminal import fail
from doghouse.review.model import NamedRule, Side

if TYPE_CHECKING:
    from doghouse.importing.revisions import Repository
    from doghouse.importing.things import Thing
    from doghouse.monitors.notification_rules import Rules

STDIN = "-"
RULES_SUFFIXES = (".json", ".yaml", ".yml")
TEST_SUFFIXES = (".test.yaml", ".test.yml")
SKIPPED = frozenset({".git", ".terraform", "node_modules", ".venv"})


class Opened(Struct, frozen=True):
    """A side as files: `paths` are to be read, as seen from the folder `root`, which stands for the working folder (None: it is that)."""

    name: str
    paths: Sequence[str]
    prefix: str = ""
    root: Path | None = None

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Have the places of its files be as somebody types them, not in the folder that the revision was written into."""
        with contextlib.chdir(self.root) if self.root else contextlib.nullcontext():
            yield

    def files(self, suffixes: Sequence[str]) -> Iterator[Path]:
        """Its files whose names end so, in order."""
        for path in self.paths:
            if Path(path).is_dir():
                for folder, below, names in os.walk(path):
                    below[:] = sorted(name for name in below if name not in SKIPPED)
                    yield from (Path(folder, name) for name in sorted(names) if name.endswith(tuple(suffixes)))
            elif path.endswith(tuple(suffixes)):
                yield Path(path)


@contextlib.contextmanager
def opened(base: str, head: str, paths: Sequence[str]) -> Iterator[tuple[Opened, Opened, list[str]]]:
    """Both sides as files, and what is to be said of them."""
    from doghouse.importing.revisions import GitError

    if all(_is_path(path) for path in (base, head)):
        yield _in_files(base, paths, (base, head)), _in_files(head, paths, (base, head)), []
        return
    with TemporaryDirectory(prefix="doghouse-diff-") as folder:
        try:
            pair = _at_revisions(base, head, paths, Path(folder).resolve())
        except GitError as error:
            raise fail(_explained(str(error), (base, head)), 64 if error.is_usage else 1) from None
        yield pair


def _is_path(name: str) -> bool:
    return name == STDIN or Path(name).exists()


def _explained(text: str, names: Sequence[str]) -> str:
    missing = [name for name in names if not _is_path(name)]
    if "not a git repository" in text:
        return f"'{missing[0]}' is no file or folder, and there is no git repository here whose revision it could be"
    return text


def _in_files(name: str, paths: Sequence[str], both: Sequence[str]) -> Opened:
    if name == STDIN or not Path(name).is_dir():
        if paths:
            raise fail(f"'{name}' is a file: PATH names parts of folders and revisions", 64)
        return Opened(name, [name], "standard input" if name == STDIN else str(Path(name)))
    for path in paths:
        if not any(Path(root, path).exists() for root in both if Path(root).is_dir()):
            raise fail(f"'{path}' is neither in {both[0]} nor in {both[1]}", 64)
    named = [str(Path(name, path)) for path in paths or ["."]]
    prefix = "" if str(Path(name)) == "." else f"{Path(name)}/"
    return Opened(name, [path for path in named if Path(path).exists()], prefix)


def _at_revisions(base: str, head: str, paths: Sequence[str], folder: Path) -> tuple[Opened, Opened, list[str]]:
    from doghouse.importing.revisions import GitError, repository

    repo = repository(Path())
    in_tree = _is_path(head) and (not _is_revision(repo, head) or head in (".", "./"))
    if in_tree:
        paths = [os.path.join(head, path) for path in paths] or [head]  # noqa: PTH118 - as it was written
    inside_paths = {repo.inside(path): os.path.normpath(path) for path in paths or [os.path.relpath(repo.top)]}
    commits = [repo.commit(base), *([] if in_tree else [repo.commit(head)])]
    sides: list[Opened] = []
    there: set[str] = set()
    for name, commit in zip((base, head), commits, strict=False):
        top = folder / ("base" if not sides else "head")
        root = top / repo.below
        root.mkdir(parents=True)
        has = repo.write(commit, list(inside_paths), top)
        there |= has
        sides.append(Opened(name, [path for inside, path in inside_paths.items() if inside in has], "", root))
    if in_tree:
        has = {inside for inside in inside_paths if (repo.top / inside).exists()}
        there |= has
        sides.append(Opened("the working tree", [path for inside, path in inside_paths.items() if inside in has]))
    if missing := [path for inside, path in inside_paths.items() if inside not in there]:
        raise GitError(f"'{missing[0]}' is neither in {base} nor in {sides[1].name}", is_usage=True)
    return sides[0], sides[1], _remarks(repo, commits, base, head)


def _is_revision(repo: Repository, name: str) -> bool:
    from doghouse.importing.revisions import GitError

    try:
        return bool(repo.commit(name))
    except GitError:
        return False


def _remarks(repo: Repository, commits: Sequence[str], base: str, head: str) -> list[str]:
    """That BASE went on since HEAD left it: what was done there would show as undone."""
    many = repo.lacks(commits[0], commits[-1]) if len(commits) == 2 else 0
    if not many:
        return []
    are = "1 commit of {} is" if many == 1 else f"{many:,} commits of {{}} are"
    return [f"{are.format(base)} not in {head} and shows as undone: $(git merge-base {base} {head}) is where it began"]


def read(side: Opened, var_files: Sequence[Path] = ()) -> Side:
    """The monitors, downtimes, objectives and notification rules of a side; `var_files` are given beside it, the same for both."""
    from doghouse.importing import monitor_files

    with side.entered():
        things: list[Thing] = []
        text = files.standard_input() if STDIN in side.paths else None
        for _, inside in monitor_files.collect_each(side.paths, text, var_files):
            things += inside
        several = len(side.paths) > 1 or any(Path(path).is_dir() for path in side.paths)
        things = [thing for thing in things if not (several and _is_empty(thing, side.paths))]
        return Side(side.name, things, list(_rules(side)), side.prefix)


def _is_empty(thing: Thing, paths: Sequence[str]) -> bool:
    """Whether a thing says that a folder holds no monitor: a side may have none."""
    from doghouse.importing.things import Unread

    return isinstance(thing, Unread) and thing.where in paths and thing.text.startswith("holds no monitor")


def _rules(side: Opened) -> Iterator[NamedRule]:
    """The notification rules in its files; what is no such file is passed over."""
    for path in side.files(RULES_SUFFIXES):
        try:
            text = files.text(path, files.LARGEST_SETTINGS)
        except files.FileError:
            continue
        if "recipients" in text and not path.name.endswith(TEST_SUFFIXES):
            yield from _rules_in(path, text)


def _rules_in(path: Path, text: str) -> Iterator[NamedRule]:
    from doghouse.monitors.notification_rules import RuleError
    from doghouse.monitors.notification_rules import read as read_rules

    for number, attributes in enumerate(_attributes(_document(path, text))):
        where = f"{path}[{number}]" if number else str(path)
        try:
            yield NamedRule(where, str(path), attributes, read_rules(attributes))
        except RuleError:
            yield NamedRule(where, str(path), attributes)


def _document(path: Path, text: str) -> Any:
    from doghouse.files.yaml_texts import plain_values

    try:
        return files.decoded_json(text) if path.suffix == ".json" else plain_values(text)
    except files.FileError:
        return None


def _attributes(document: Any) -> Iterator[dict[str, Any]]:
    """The attributes of each rule: one, a list of them, or the API's answer."""
    if isinstance(document, dict) and "data" in document:
        document = document["data"]
    for entry in document if isinstance(document, list) else [document]:
        inner = entry.get("data", entry) if isinstance(entry, dict) else None
        attributes = inner.get("attributes", inner) if isinstance(inner, dict) else None
        if (
            isinstance(attributes, dict)
            and {"recipients", "conditional_recipients"} & attributes.keys()
            and "name" in attributes
        ):
            yield attributes


def rules_of(side: Side) -> Rules:
    """The notification rules of a side's files, as they are matched."""
    return [rule for named in side.rules for rule in named.rules]
