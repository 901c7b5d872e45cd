"""`doghouse doctor`: what is installed here and what runs, so that a report of a fault can begin with it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer
from msgspec import Struct

from doghouse import __version__
from doghouse.cli.options import DEFAULT_URL, AsJson
from doghouse.cli.terminal import console, print_json
from doghouse.storage import config

REQUIREMENT = re.compile(r"([\w.-]+)(?:\[([\w,-]+)\])?")
EXTRA = re.compile(r"extra\s*==\s*['\"]([\w-]+)['\"]")
PACKAGES = ("doghouse", "my-metric-companion", "datadog-my-metric")
LEAST_FREE = 2**30  # bytes; a doghouse with less room is soon full
State = Literal["ok", "none", "wrong"]


class Finding(Struct, frozen=True):
    """One thing that was looked at: whether it is right, absent (which may be meant) or wrong, and the words for it."""

    about: str
    name: str
    state: State
    text: str


def doctor(
    url: Annotated[str, typer.Option(help="Where a doghouse may be running.")] = DEFAULT_URL,
    data: Annotated[
        Path | None, typer.Option(help="Its data folder (default: the one that `up` takes).", metavar="DIR")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what is installed, which extras, what runs and where the data is; exit 1 if something is wrong.

    Example: doghouse doctor
    """
    findings = [*packages(), *extras(), running(url), *folder(data)]
    if as_json:
        print_json({"findings": findings})
    else:
        from rich.markup import escape
        from rich.table import Table

        table = Table(box=None, pad_edge=False, show_header=False)
        for finding in findings:
            table.add_row(
                finding.about,
                escape(finding.name),
                finding.state,
                escape(finding.text),
                style="dim" if finding.state == "none" else None,
            )
        console().print(table)
    if any(finding.state == "wrong" for finding in findings):
        raise typer.Exit(1)


def packages() -> Iterator[Finding]:
    """The Python, and those of this project's packages that are installed beside it."""
    system = (
        f"{platform.python_implementation()} {platform.python_version()} on {platform.system()} {platform.machine()}"
    )
    yield Finding("python", Path(sys.executable).name, "ok", system)
    for name in PACKAGES:
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding("package", name, "none", "not installed")
        else:
            mixed = name == "doghouse" and version != __version__
            text = f"{version}, but the code says {__version__}: install it again" if mixed else version
            yield Finding("package", name, "wrong" if mixed else "ok", text)


def extras() -> Iterator[Finding]:
    """Each extra of doghouse: whether all that it brings is installed."""
    try:
        declared = importlib.metadata.metadata("doghouse").get_all("Provides-Extra") or []
    except importlib.metadata.PackageNotFoundError:
        return
    for extra in declared:
        missing = [name for name in _brought(extra) if not _is_installed(name)]
        if missing:
            needed = f"pip install './doghouse[{extra}]'"
            yield Finding("extra", extra, "none", f"{needed} would bring {', '.join(missing)}")
        else:
            yield Finding("extra", extra, "ok", "installed")


def _brought(extra: str) -> Iterator[str]:
    """The distributions that an extra asks for on this system, those of the extras inside it too."""
    for line in importlib.metadata.requires("doghouse") or ():
        what, _, marker = line.partition(";")
        named, required = EXTRA.search(marker), REQUIREMENT.match(what.strip())
        if not named or named[1] != extra or not required or ("win32" in marker and sys.platform == "win32"):
            continue
        if required[1] == "doghouse":
            for inner in (required[2] or "").split(","):
                yield from _brought(inner)
        else:
            yield required[1]


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def running(url: str) -> Finding:
    """What answers at the address: a doghouse, something else, or nothing."""
    from doghouse.cli.client import Client, Refused

    try:
        health = Client(url, timeout=5).get("/health")
    except Refused as error:
        nobody = "cannot be reached" in str(error)
        return Finding("server", url, "none" if nobody else "wrong", "nothing listens" if nobody else str(error))
    except ValueError:
        health = None
    version = health.get("version") if isinstance(health, dict) else None
    if version is None:
        return Finding("server", url, "wrong", "something listens that is no doghouse; choose another port with --port")
    old = version != __version__
    text = f"doghouse {version} runs" + (f", this is {__version__}: start it anew" if old else "")
    return Finding("server", url, "wrong" if old else "ok", text)


def folder(option: Path | None) -> Iterator[Finding]:
    """The data folder: whether it is there, can be written, is for its owner alone, and has room."""
    try:
        path = option or config.default_folder()
    except ModuleNotFoundError:  # without the server's extra there is none
        return
    if not path.is_dir():
        yield Finding(
            "data", str(path), "wrong" if path.exists() else "none", "is no folder" if path.exists() else "not made yet"
        )
        return
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("data", str(path), "wrong", "cannot be read and written by this user")
        return
    others = path.stat().st_mode & 0o077 if os.name == "posix" else 0
    free = shutil.disk_usage(path).free
    text = f"{free / 2**30:.1f} GiB free" + (f", open to other users (chmod 700 {path})" if others else "")
    yield Finding("data", str(path), "wrong" if others or free < LEAST_FREE else "ok", text)
