"""Compares what a check submitted with its integration's metadata.csv."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from doghouse import files
from doghouse.agent.errors import ConfigurationError

LEVELS_UP = 3  # from datadog_checks/NAME/check.py to the integration's folder


class Difference(Struct, frozen=True):
    """What is not the same. `other_type` maps a metric to (submitted as, listed as)."""

    file: str
    not_listed: tuple[str, ...]
    not_submitted: tuple[str, ...]
    other_type: Mapping[str, tuple[str, str]]


def find(kind: type) -> Path | None:
    """The metadata.csv of the integration folder that a check's class comes from; None where it is not run from such a folder."""
    source = getattr(sys.modules.get(kind.__module__), "__file__", None)
    if not source:
        return None
    for folder in list(Path(source).resolve().parents)[:LEVELS_UP]:
        if (folder / "metadata.csv").is_file():
            return folder / "metadata.csv"
    return None


def read(path: Path) -> dict[str, str]:
    """Each listed metric and its type (`gauge`, `count`, `rate`). Raises ConfigurationError."""
    try:
        rows = csv.DictReader(files.text(path, files.LARGEST_SETTINGS).splitlines(keepends=True))
        if not {"metric_name", "metric_type"} <= set(rows.fieldnames or ()):
            raise ConfigurationError(str(path), 1, "must have the columns metric_name and metric_type")
        return {row["metric_name"]: row["metric_type"] or "" for row in rows if row["metric_name"]}
    except files.FileError as error:
        raise ConfigurationError(str(path), error.line, str(error)) from None
    except csv.Error as error:
        raise ConfigurationError(str(path), 0, f"is not CSV: {error}") from None


def compare(path: Path, submitted: Iterable[tuple[str, str]]) -> Difference:
    """How (metric, type) pairs differ from a metadata.csv. Raises ConfigurationError."""
    listed, sent = read(path), dict(submitted)
    other = {
        name: (sent[name], listed[name]) for name in sorted(sent.keys() & listed.keys()) if sent[name] != listed[name]
    }
    return Difference(
        str(path), tuple(sorted(sent.keys() - listed.keys())), tuple(sorted(listed.keys() - sent.keys())), other
    )
