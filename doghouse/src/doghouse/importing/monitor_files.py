"""Finds monitors, downtimes and objectives in files and folders: JSON and YAML of many shapes (`documents`), and Terraform's as it lies in a repository."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from doghouse import files
from doghouse.importing import positions, terraform, yaml_documents
from doghouse.importing.correcting import corrected
from doghouse.importing.documents import Place, things
from doghouse.importing.things import DowntimeInFile, MonitorInFile, Note, RuleInFile, SloInFile, Thing, Unread
from doghouse.monitors.lint.elsewhere import NO_MONITOR, NOT_JSON, UNREADABLE
from doghouse.monitors.notification_rules import Rule, RuleError, Rules, load, rule
from doghouse.numbers import whole_number
from doghouse.queries.language.names import nearest

STDIN = "-"
MOST_LISTED = 8  # of the monitors that a sentence offers
_SKIPPED = frozenset({".git", ".terraform", "node_modules", ".venv"})
_EXPECTED = "expected a monitor with type and query, a list of them, an asset, the JSON of terraform, kennel, Pulumi or datadog-sync-cli, or Terraform's files"


def collect(path: str, text: str | None = None, var_files: Sequence[Path] = ()) -> Iterator[Thing]:
    """What a file, a folder (its `.json`, `.yaml` and `.tf` files, below it too), or `-` with the `text` of standard input holds.

    A JSON or YAML file in a folder that holds no monitor is passed over; one that is named says so. A `.tf` file that is named stands for its folder.
    Corrections of SLOs stand in their SLOs' bodies.
    """
    yield from corrected(_collected(path, text, var_files))


def collect_each(
    paths: Sequence[str], text: str | None = None, var_files: Sequence[Path] = ()
) -> Iterator[tuple[str, list[Thing]]]:
    """Each place, and what it holds, see `collect`; what an earlier one has is passed over, as of a folder and a file in it."""
    before: set[str] = set()
    for path in paths:
        things = list(collect(path, text, var_files))
        yield path, [thing for thing in things if _real(thing) not in before]
        before.update(map(_real, things))


def _real(thing: Thing) -> str:
    """Where a thing stands, whatever its file is called in this place."""
    file = "" if isinstance(thing, Unread | Note) else thing.file
    return os.path.realpath(file) + thing.where.removeprefix(file) if file else thing.where


def _collected(path: str, text: str | None, var_files: Sequence[Path]) -> Iterator[Thing]:
    if path == STDIN:
        yield from _in_text("standard input", text or "", named=True)
        return
    place = Path(path)
    if place.is_dir():
        contents = list(_in_folder(place, var_files))
        yield from contents or [Unread(path, f"holds no monitor: {_EXPECTED}", NO_MONITOR)]
    elif terraform.is_terraform(place) and place.is_file():
        yield from _terraform([place.parent], place.parent, var_files)
    else:
        yield from _in_file(place, named=True)


def named_monitor(folder: Path, named: str) -> tuple[Mapping[str, Any], Mapping[int, Mapping[str, Any]]]:
    """The body of the monitor that a test file names, and by id those that stand beside it, which a composite may be made of.

    `cpu.json` and `terraform/` hold one; of several, `#` names one by its address or its name: `plan.json#module.a.datadog_monitor.cpu`, `monitors.json#[2]`,
    `monitors/#High CPU`. Raises ValueError, in a sentence.
    """
    file, mark, name = (named, "", "") if (folder / named).is_file() else named.partition("#")
    contents = list(collect(str(folder / file)))
    monitors = [thing for thing in contents if isinstance(thing, MonitorInFile)]
    chosen = [monitor for monitor in monitors if not mark or _is_called(monitor, name)]
    if len(chosen) > 1:
        texts = ", ".join(f"{file}#{_address(monitor) or _name(monitor)}" for monitor in chosen[:MOST_LISTED])
        raise ValueError(f"{named} holds {len(chosen)} monitors: name one of them behind a #, such as {texts}")
    if not chosen:
        raise ValueError(_none_called(file, name, contents, monitors))
    (monitor,) = chosen
    if monitor.unknown or any(problem.severity == "error" for problem in monitor.remarks):
        raise ValueError("; ".join(f"{problem.field} is {problem.text}" for problem in monitor.remarks))
    ids = ((whole_number(str(other.body.get("id"))), other.body) for other in monitors)
    return monitor.body, {number: body for number, body in ids if number is not None}


def named_rules(path: Path) -> Rules:
    """The notification rules of a file or folder: those of its Terraform, or what the API has. Raises RuleError."""
    rules = [_rule(thing) for thing in collect(str(path)) if isinstance(thing, RuleInFile)]
    if not rules and (path.is_dir() or terraform.is_terraform(path)):
        raise RuleError(f"{path} holds no notification rule")
    return rules or load(path)


def _rule(thing: RuleInFile) -> Rule:
    for problem in thing.remarks:
        raise RuleError(f"{thing.where}: {problem.field} is {problem.text}")
    try:
        return rule(thing.body)
    except RuleError as error:
        raise RuleError(f"{thing.where}: {error}") from None


def _is_called(monitor: MonitorInFile, name: str) -> bool:
    """Whether it is the one behind the `#`: its address, its name, or the end of where it stands."""
    return name in (_address(monitor), _name(monitor)) or monitor.where.endswith((f" {name}", f"/{name}"))


def _none_called(file: str, name: str, contents: Sequence[Thing], monitors: Sequence[MonitorInFile]) -> str:
    """Why there is no such monitor: what could not be read, or what there is instead."""
    unread = next((thing.text for thing in contents if isinstance(thing, Unread)), "")
    if unread and not monitors:
        return f"{file} {unread}"
    if not monitors:
        kinds: dict[type[Thing], str] = {DowntimeInFile: "a downtime", SloInFile: "an SLO"}
        other = next((kinds[type(thing)] for thing in contents if type(thing) in kinds), "")
        return f"{file} holds no monitor" + (f": it is {other}" if other else f": {_EXPECTED}")
    names = [word for monitor in monitors for word in (_address(monitor), _name(monitor)) if word]
    near = nearest(name, names)
    hint = f"did you mean {file}#{near}?" if near else f"there are {', '.join(names[:MOST_LISTED])}"
    return f"{file} holds no monitor {name}: {hint}"


def _name(monitor: MonitorInFile) -> str:
    return str(monitor.body.get("name") or "")


def _address(monitor: MonitorInFile) -> str:
    return monitor.where.removeprefix(monitor.file).strip()


def _in_folder(folder: Path, var_files: Sequence[Path]) -> Iterator[Thing]:
    paths: list[Path] = []
    refused: list[OSError] = []
    for name, below, inside in os.walk(folder, onerror=refused.append):
        below[:] = [child for child in below if child not in _SKIPPED]
        paths += (Path(name) / file for file in inside)
    plain = {os.path.realpath(path) for path in paths if not path.is_symlink()}
    for path in sorted(paths):
        if path.is_symlink() and os.path.realpath(path) in plain:  # Path.resolve raises for a loop before Python 3.13
            continue  # its file is read under its own name
        if path.suffix == ".json" and not (terraform.is_terraform(path) or path.name.endswith(".tfvars.json")):
            yield from _in_file(path, named=False)
        if path.suffix in yaml_documents.SUFFIXES and not path.name.endswith(yaml_documents.TESTS):
            yield from _in_file(path, named=False)
    modules = sorted({path.parent for path in paths if terraform.is_terraform(path)})
    if modules:
        yield from _terraform(modules, folder, var_files)
    yield from (Unread(str(error.filename), f"cannot be read: {error.strerror}", UNREADABLE) for error in refused)


def _terraform(folders: Sequence[Path], named: Path, var_files: Sequence[Path]) -> Iterator[Thing]:
    from doghouse.importing.terraform.folders import Reader  # JSON needs none of it, and it takes 24 ms
    from doghouse.importing.terraform.language.syntax import MissingLibraryError

    try:
        yield from Reader(var_files).things(folders)
    except MissingLibraryError as error:
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
    read = _in_yaml if path.suffix in yaml_documents.SUFFIXES else _in_text
    yield from read(str(path), text, named, _intervals(path.parent.parent.parent / "metadata.csv"), part)


def _in_text(
    where: str, text: str, named: bool, metric_intervals: Mapping[str, int] | None = None, part: str = ""
) -> Iterator[Thing]:
    is_twice = False

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal is_twice
        members = dict(pairs)
        is_twice |= len(members) < len(pairs)
        return members

    try:
        document = files.decoded_json(text, once)
        if "\\ud" in text.lower():
            json.dumps(document, ensure_ascii=False).encode()
        place = Place(where, part, text, metric_intervals or {}, lambda: positions.positions(text))
        contents = things(document, place)
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
    if is_twice and (contents or named):
        line, key = positions.key_twice(text)
        yield Unread(f"{where}:{line}", f"is not read: '{key}' stands twice, and it is not said which counts")
        return
    yield from _listed(document, contents, place, named)


def _in_yaml(where: str, text: str, named: bool, metric_intervals: Mapping[str, int], part: str) -> Iterator[Thing]:
    if not named and not yaml_documents.may_hold_monitors(text):
        return
    if len(text) > files.LARGEST_SETTINGS:
        yield Unread(where, f"is larger than {files.LARGEST_SETTINGS >> 20} MB and is not read")
        return
    try:
        document, root = yaml_documents.read(text)
    except yaml_documents.YamlError as error:
        yield Unread(f"{where}:{error.line}", f"is not YAML: {error.text}")
        return
    place = Place(where, part, text, metric_intervals, lambda: root, comments=True)
    yield from _listed(document, things(document, place), place, named)


def _listed(document: Any, contents: Sequence[Thing], place: Place, named: bool) -> Iterator[Thing]:
    """What a document holds, and the elements of a list of monitors that are none."""
    where = place.where
    if not contents and named:
        yield Unread(where, f"holds no monitor: {_EXPECTED}", NO_MONITOR)
    for number, element in enumerate(document if isinstance(document, list) and contents else ()):
        if not things(element, place):
            yield Unread(f"{where}[{number}]", "is no monitor: one has a type and a query", NO_MONITOR)
    yield from contents


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
    pairs = ((row.get("metric_name"), whole_number(row.get("interval") or "")) for row in rows)
    return {name: seconds for name, seconds in pairs if name and seconds is not None}
