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
from doghouse.importing.things import Found, FoundDowntime, FoundRule, FoundSlo, Note, Thing, Unread
from doghouse.monitors.lint.elsewhere import NO_MONITOR, NOT_JSON, UNREADABLE
from doghouse.monitors.notification_rules import Rule, RuleError, Rules, load, rule
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
        yield path, [one for one in things if _real(one) not in before]
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
        made = list(_in_folder(place, var_files))
        yield from made or [Unread(path, f"holds no monitor: {_EXPECTED}", NO_MONITOR)]
    elif terraform.is_terraform(place) and place.is_file():
        yield from _terraform([place.parent], place.parent, var_files)
    else:
        yield from _in_file(place, named=True)


def named_monitor(folder: Path, named: str) -> tuple[Mapping[str, Any], Mapping[int, Mapping[str, Any]]]:
    """The body of the monitor that a test file names, and by id those that stand beside it, which a composite may be made of.

    `cpu.json` and `terraform/` hold one; of several, `#` names one by its address or its name: `plan.json#module.a.datadog_monitor.cpu`, `monitors.json#[2]`,
    `monitors/#High CPU`. Raises ValueError, in a sentence.
    """
    file, mark, wanted = (named, "", "") if (folder / named).is_file() else named.partition("#")
    made = list(collect(str(folder / file)))
    monitors = [one for one in made if isinstance(one, Found)]
    chosen = [one for one in monitors if not mark or _is_called(one, wanted)]
    if len(chosen) > 1:
        texts = ", ".join(f"{file}#{_address(one) or _name(one)}" for one in chosen[:MOST_LISTED])
        raise ValueError(f"{named} holds {len(chosen)} monitors: name one of them behind a #, such as {texts}")
    if not chosen:
        raise ValueError(_none_called(file, wanted, made, monitors))
    (one,) = chosen
    if one.unknown or any(problem.severity == "error" for problem in one.remarks):
        raise ValueError("; ".join(f"{problem.field} is {problem.text}" for problem in one.remarks))
    return one.body, {int(other.body["id"]): other.body for other in monitors if str(other.body.get("id")).isdecimal()}


def named_rules(path: Path) -> Rules:
    """The notification rules of a file or folder: those of its Terraform, or what the API has. Raises RuleError."""
    found = [_rule(one) for one in collect(str(path)) if isinstance(one, FoundRule)]
    if not found and (path.is_dir() or terraform.is_terraform(path)):
        raise RuleError(f"{path} holds no notification rule")
    return found or load(path)


def _rule(found: FoundRule) -> Rule:
    for problem in found.remarks:
        raise RuleError(f"{found.where}: {problem.field} is {problem.text}")
    try:
        return rule(found.body)
    except RuleError as error:
        raise RuleError(f"{found.where}: {error}") from None


def _is_called(monitor: Found, wanted: str) -> bool:
    """Whether it is the one behind the `#`: its address, its name, or the end of where it stands."""
    return wanted in (_address(monitor), _name(monitor)) or monitor.where.endswith((f" {wanted}", f"/{wanted}"))


def _none_called(file: str, wanted: str, made: Sequence[Thing], monitors: Sequence[Found]) -> str:
    """Why there is no such monitor: what could not be read, or what there is instead."""
    unread = next((one.text for one in made if isinstance(one, Unread)), "")
    if unread and not monitors:
        return f"{file} {unread}"
    if not monitors:
        kinds: dict[type[Thing], str] = {FoundDowntime: "a downtime", FoundSlo: "an SLO"}
        other = next((kinds[type(one)] for one in made if type(one) in kinds), "")
        return f"{file} holds no monitor" + (f": it is {other}" if other else f": {_EXPECTED}")
    names = [word for one in monitors for word in (_address(one), _name(one)) if word]
    near = nearest(wanted, names)
    hint = f"did you mean {file}#{near}?" if near else f"there are {', '.join(names[:MOST_LISTED])}"
    return f"{file} holds no monitor {wanted}: {hint}"


def _name(monitor: Found) -> str:
    return str(monitor.body.get("name") or "")


def _address(monitor: Found) -> str:
    return monitor.where.removeprefix(monitor.file).strip()


def _in_folder(folder: Path, var_files: Sequence[Path]) -> Iterator[Thing]:
    paths: list[Path] = []
    refused: list[OSError] = []
    for name, below, inside in os.walk(folder, onerror=refused.append):
        below[:] = [one for one in below if one not in _SKIPPED]
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
    yield from (Unread(str(one.filename), f"cannot be read: {one.strerror}", UNREADABLE) for one in refused)


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
    where: str, text: str, named: bool, known: Mapping[str, int] | None = None, part: str = ""
) -> Iterator[Thing]:
    is_twice = False

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal is_twice
        made = dict(pairs)
        is_twice |= len(made) < len(pairs)
        return made

    try:
        document = files.decoded_json(text, once)
        if "\\ud" in text.lower():
            json.dumps(document, ensure_ascii=False).encode()
        place = Place(where, part, text, known or {}, lambda: positions.positions(text))
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
    if is_twice and (made or named):
        line, key = positions.key_twice(text)
        yield Unread(f"{where}:{line}", f"is not read: '{key}' stands twice, and it is not said which counts")
        return
    yield from _listed(document, made, place, named)


def _in_yaml(where: str, text: str, named: bool, known: Mapping[str, int], part: str) -> Iterator[Thing]:
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
    place = Place(where, part, text, known, lambda: root, comments=True)
    yield from _listed(document, things(document, place), place, named)


def _listed(document: Any, made: Sequence[Thing], place: Place, named: bool) -> Iterator[Thing]:
    """What a document holds, and the elements of a list of monitors that are none."""
    where = place.where
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
