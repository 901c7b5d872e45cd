"""Finds monitors, downtimes and objectives in files and folders: JSON of many shapes (`documents`), and Terraform's files as they lie in a repository."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from doghouse import files
from doghouse.importing import terraform
from doghouse.importing.documents import Place, things
from doghouse.importing.things import Found, Thing, Unread
from doghouse.monitors.lint.elsewhere import NO_MONITOR, NOT_JSON, UNREADABLE

STDIN = "-"
_SKIPPED = frozenset({".git", ".terraform", "node_modules", ".venv"})
_EXPECTED = "expected a monitor with type and query, a list of them, an asset, the JSON of terraform, kennel, Pulumi or datadog-sync-cli, or Terraform's files"


def collect(path: str, text: str | None = None, var_files: Sequence[Path] = ()) -> Iterator[Thing]:
    """What a file, a folder (its `.json` and `.tf` files, below it too), or `-` with the `text` of standard input holds.

    A JSON file in a folder that holds no monitor is passed over; one that is named says so. A `.tf` file that is named stands for its folder.
    """
    if path == STDIN:
        yield from _in_text("standard input", text or "", named=True)
        return
    place = Path(path)
    if place.is_dir():
        made = list(_in_folder(place, var_files))
        yield from made or [Unread(path, f"holds no monitor: {_EXPECTED}", NO_MONITOR)]
    elif terraform.is_terraform(place) and place.is_file():
        yield from _terraform([place.parent], place.parent, var_files)
    else:
        yield from _in_file(place, named=True)


def named_monitor(folder: Path, named: str) -> Mapping[str, Any] | None:
    """The body of a monitor that a test file names as `FILE#ADDRESS`, or as a folder or `.tf` file that holds one; None for the name of a JSON file.

    `plan.json#module.a.datadog_monitor.cpu`, `terraform/#datadog_monitor.queue["a"]`, `monitors.json#[2]`. Raises ValueError, in a sentence.
    """
    file, mark, address = named.partition("#")
    path = folder / file
    if not mark and not path.is_dir() and not terraform.is_terraform(path):
        return None
    made = list(collect(str(path)))
    monitors = [one for one in made if isinstance(one, Found)]
    wanted = [one for one in monitors if not address or one.where.endswith((f" {address}", f"{file}{address}"))]
    if len(wanted) == 1 and not (wanted[0].unknown or any(one.severity == "error" for one in wanted[0].remarks)):
        return wanted[0].body
    if len(wanted) == 1:
        raise ValueError("; ".join(f"{one.field} is {one.text}" for one in wanted[0].remarks))
    if wanted:
        raise ValueError(
            f"{named} holds {len(wanted)} monitors: name one of them behind a #, such as {named}#{_address(wanted[0])}"
        )
    unread = next((f"{one.where} {one.text}" for one in made if isinstance(one, Unread)), "")
    listed = ", ".join(_address(one) for one in monitors)
    raise ValueError(unread or f"{file} holds no monitor {address}: there are {listed or 'none'}")


def _address(monitor: Found) -> str:
    return monitor.where.removeprefix(monitor.file).strip()


def _in_folder(folder: Path, var_files: Sequence[Path]) -> Iterator[Thing]:
    paths: list[Path] = []
    for name, below, inside in os.walk(folder):
        below[:] = [one for one in below if one not in _SKIPPED]
        paths += (Path(name) / file for file in inside)
    for path in sorted(paths):
        if path.suffix == ".json" and not (terraform.is_terraform(path) or path.name.endswith(".tfvars.json")):
            yield from _in_file(path, named=False)
    modules = sorted({path.parent for path in paths if terraform.is_terraform(path)})
    if modules:
        yield from _terraform(modules, folder, var_files)


def _terraform(folders: Sequence[Path], named: Path, var_files: Sequence[Path]) -> Iterator[Thing]:
    try:
        yield from terraform.Reader(var_files).things(folders)
    except terraform.MissingLibraryError as error:
        yield Unread(str(named), f"holds .tf files, and {error}")


def _in_file(path: Path, named: bool) -> Iterator[Thing]:
    try:
        if not named:  # a device or a pipe in a folder is nobody's monitor
            files.check_file(path)
        text = files.text(path)
    except files.FileError as error:
        yield _unread(str(path), error)
        return
    part = f"{path.absolute().parent.name}:{path.stem}"
    yield from _in_text(str(path), text, named, _intervals(path.parent.parent.parent / "metadata.csv"), part)


def _in_text(
    where: str, text: str, named: bool, known: Mapping[str, int] | None = None, part: str = ""
) -> Iterator[Thing]:
    try:
        document = files.decoded_json(text)
        if "\\ud" in text.lower():
            json.dumps(document, ensure_ascii=False).encode()
        place = Place(where, part, text, known or {})
        made = things(document, place)
    except files.FileError as error:
        yield _unread(where, error)
        return
    except RecursionError:
        yield Unread(where, "is nested too deeply to be read")
        return
    except UnicodeEncodeError as error:
        yield Unread(
            where, f"holds half of a character: \\u{ord(error.object[error.start]):04x} without its other half"
        )
        return
    if not made and named:
        yield Unread(where, f"holds no monitor: {_EXPECTED}", NO_MONITOR)
    for number, one in enumerate(document if isinstance(document, list) and made else ()):
        if not things(one, place):
            yield Unread(f"{where}[{number}]", "is no monitor: one has a type and a query", NO_MONITOR)
    yield from made


def _unread(where: str, error: files.FileError) -> Unread:
    rule = NOT_JSON if isinstance(error, files.NotJsonError) else UNREADABLE
    return Unread(f"{where}:{error.line}" if error.line else where, str(error), rule)


@lru_cache(maxsize=256)
def _intervals(path: Path) -> Mapping[str, int]:
    try:
        return intervals(path)
    except (files.FileError, ValueError):
        return {}


def intervals(path: Path) -> Mapping[str, int]:
    """The submission intervals (s) that an integration's metadata.csv gives its metrics. Raises FileError, and ValueError for what is no such file."""
    try:
        reader = csv.DictReader(files.text(path).splitlines(keepends=True))
        rows = list(reader)
    except csv.Error as error:
        raise ValueError(f"is no CSV: {error}") from None
    if missing := [name for name in ("metric_name", "interval") if name not in (reader.fieldnames or ())]:
        raise ValueError(f"has no column {missing[0]}, as a metadata.csv has")
    given = ((row.get("metric_name"), row.get("interval") or "") for row in rows)
    return {name: int(said) for name, said in given if name and said.isdecimal()}
