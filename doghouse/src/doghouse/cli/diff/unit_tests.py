"""The unit tests that a change reaches: run after it, and those that fail also before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from doghouse import files
from doghouse.cli.diff.sides import TEST_SUFFIXES, Opened
from doghouse.importing.monitor_files import named_monitor, named_rules
from doghouse.review.model import Tests
from doghouse.testing.places import TestFileError
from doghouse.testing.running import Result, run

READ = (".json", ".yaml", ".yml", ".tf", ".tfvars", ".tpl", ".tmpl", ".tftpl")  # files that a test may read
_IN_JSON = re.compile(r"^monitor:\s*[^\s#]+\.json\s*$", re.MULTILINE)


def run_reached(base: Opened, head: Opened) -> Tests:
    """The tests whose file changed, or names a file that did; each file's own problem if it cannot be read."""
    before, after = _contents(base), _contents(head)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    names = [name for name, text in after.items() if name.endswith(TEST_SUFFIXES) and _is_reached(name, text, changed)]
    now, unread = _run(head, names)
    then, unread_then = _run(base, [name for name in names if name in before])
    failed = {key for key, result in then.items() if not result.passed}
    return Tests(
        len(now),
        [result for key, result in now.items() if not result.passed and key not in failed],
        [result.name for key, result in now.items() if result.passed and key in failed],
        [error for name, error in unread.items() if name not in unread_then],
        sum(not result.passed and key in failed for key, result in now.items()),
    )


def _is_reached(name: str, text: bytes, changed: set[str]) -> bool:
    if name in changed:
        return True
    content = text.decode(errors="replace")
    if any(Path(path).name in content for path in changed if not path.endswith(TEST_SUFFIXES)):
        return True
    is_terraform = any(path.endswith((".tf", ".tfvars", ".tpl", ".tmpl", ".tftpl")) for path in changed)
    return is_terraform and not _IN_JSON.search(content)


def _contents(side: Opened) -> Mapping[str, bytes]:
    """The files that tests are or may read, by their places without what the sides differ in."""
    with side.entered():
        return dict(_read(side))


def _read(side: Opened) -> Iterator[tuple[str, bytes]]:
    for path in side.files(READ):
        try:
            files.check_file(path)
            yield str(path).removeprefix(side.prefix), files.contents(path)
        except files.FileError:
            continue  # whoever needs it says so


def _run(side: Opened, names: list[str]) -> tuple[dict[tuple[str, str], Result], dict[str, TestFileError]]:
    """Each test by its file and name, and what is wrong with the files that cannot be read."""
    results: dict[tuple[str, str], Result] = {}
    unread = {}
    with side.entered():
        for name in names:
            try:
                results |= {
                    (name, result.name): result for result in run(Path(side.prefix + name), named_monitor, named_rules)
                }
            except TestFileError as error:
                unread[name] = error
    return results, unread
