"""Finds monitors and downtimes: API bodies, lists of them, integrations' assets, folders, and what `terraform show -json` prints."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from doghouse.importing import terraform

STDIN = "-"
_KINDS = {terraform.MONITOR: terraform.monitor, terraform.DOWNTIME: terraform.downtime}


@dataclass(frozen=True, slots=True)
class Found:
    """One monitor's body as it was found: `where` is its file (and address in it), `text` the file's text, for lines.

    `intervals` are metrics' submission intervals (s), from the `metadata.csv` of the integration whose asset it is.
    """

    where: str
    body: Mapping[str, Any]
    text: str
    intervals: Mapping[str, int] = field(default_factory=dict)

    def line(self, path: str) -> int:
        """The line on which a field of the monitor stands in its file; 0 where that is not known (several monitors in one file)."""
        names = re.findall(r"[^.\[\]]+", path)
        key = names[-2] if path.endswith("]") else names[-1] if names else ""
        # json says nothing of lines: a key that stands in the text once is where its value is; the first message is the monitor's own
        lines = [number for number, line in enumerate(self.text.splitlines(), 1) if f'"{key}"' in line and ":" in line]
        return lines[0] if len(lines) == 1 or (lines and key == "message") else 0


@dataclass(frozen=True, slots=True)
class FoundDowntime:
    """One downtime's attributes as they were found."""

    where: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was named and holds no monitor, and why."""

    where: str
    text: str


Thing = Found | FoundDowntime | Unread


def collect(path: str, text: str | None = None) -> Iterator[Thing]:
    """The monitors and downtimes of a file, a folder (its `.json` files, below it too), or `-` with the `text` of standard input.

    A JSON file in a folder that holds no monitor is passed over; one that is named says so.
    """
    if path == STDIN:
        yield from _in_text("standard input", text or "", named=True)
        return
    folder = Path(path)
    if folder.is_dir():
        found = [one for file in sorted(folder.rglob("*.json")) for one in _in_file(file, named=False)]
        yield from found or [Unread(path, "holds no monitor")]
    else:
        yield from _in_file(folder, named=True)


def _in_file(path: Path, named: bool) -> Iterator[Thing]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        yield Unread(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}")
        return
    yield from _in_text(str(path), text, named, _intervals(path.parent.parent.parent / "metadata.csv"))


def _in_text(where: str, text: str, named: bool, known: Mapping[str, int] | None = None) -> Iterator[Thing]:
    try:
        document = json.loads(text)
        if "\\ud" in text.lower():
            json.dumps(document, ensure_ascii=False).encode()
        bodies = list(_bodies(document))
    except json.JSONDecodeError as error:
        yield Unread(f"{where}:{error.lineno}", f"is not JSON: {error.msg}")
        return
    except RecursionError:
        yield Unread(where, "is nested too deeply to be read")
        return
    except UnicodeEncodeError as error:
        yield Unread(
            where, f"holds half of a character: \\u{ord(error.object[error.start]):04x} without its other half"
        )
        return
    if not bodies and named:
        yield Unread(
            where,
            "holds no monitor: expected a monitor with type and query, a list of them, an asset, or terraform's JSON",
        )
    for number, one in enumerate(document if isinstance(document, list) and bodies else ()):
        if not any(_bodies(one)):
            yield Unread(f"{where}[{number}]", "is no monitor: one has a type and a query")
    for address, kind, body in bodies:
        if kind == terraform.DOWNTIME:
            yield FoundDowntime(f"{where}{address}", body)
        else:
            yield Found(f"{where}{address}", body, text if len(bodies) == 1 else "", known or {})


@lru_cache(maxsize=256)
def _intervals(path: Path) -> Mapping[str, int]:
    try:
        return intervals(path)
    except (OSError, ValueError):
        return {}


def intervals(path: Path) -> Mapping[str, int]:
    """The submission intervals (s) that an integration's metadata.csv gives its metrics. Raises OSError, and ValueError for what is no such file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except UnicodeDecodeError:
        raise ValueError("is no text") from None
    except csv.Error as error:
        raise ValueError(f"is no CSV: {error}") from None
    if missing := [name for name in ("metric_name", "interval") if name not in (reader.fieldnames or ())]:
        raise ValueError(f"has no column {missing[0]}, as a metadata.csv has")
    given = ((row.get("metric_name"), row.get("interval") or "") for row in rows)
    return {name: int(said) for name, said in given if name and said.isdecimal()}


def _bodies(document: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Each monitor and downtime in a document: its address in it, its kind (terraform's word), its body."""
    if isinstance(document, list):
        for number, one in enumerate(document):
            for address, kind, body in _bodies(one):
                yield f"[{number}]{address}", kind, body
    elif isinstance(document, dict):
        if isinstance(document.get("definition"), dict) and "query" in document["definition"]:
            yield "", terraform.MONITOR, document["definition"]
        elif "type" in document and "query" in document:
            yield "", terraform.MONITOR, document
        elif isinstance(document.get("monitors"), list):
            yield from ((f".monitors{at}", kind, body) for at, kind, body in _bodies(document["monitors"]))
        elif (attributes := _downtime(document)) is not None:
            yield "", terraform.DOWNTIME, attributes
        else:
            for kind, address, values in terraform.resources(document):
                if convert := _KINDS.get(kind):
                    yield f" {address}", kind, convert(values)


def _downtime(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The attributes of a downtime: an API body (`data`), or as a downtimes file has them."""
    data = document.get("data")
    if isinstance(data, dict) and data.get("type") == "downtime" and isinstance(data.get("attributes"), dict):
        attributes: Mapping[str, Any] = data["attributes"]
        return attributes
    return document if "scope" in document and ("schedule" in document or "monitor_identifier" in document) else None
