"""`agent integration install -w WHEEL`: what the Agent's installer demands of a wheel, and what it does with it.

The rules are those of datadog-agent (cmd/agent/subcommands/integrations/command.go) and of pip; what we think besides is advice.
"""

from __future__ import annotations

import lzma
import re
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from msgspec import Struct
from msgspec.structs import replace

from doghouse import files
from doghouse.agent.errors import ConfigurationError

_NAME = re.compile(r"^Name: *(\S+)", re.MULTILINE)
_VERSION = re.compile(r"^Version: *(\S+)", re.MULTILINE)
_REQUIRES = re.compile(r"^Requires-Dist: *datadog[-_.]checks[-_.]base\b", re.MULTILINE | re.IGNORECASE)
_PACKAGE = re.compile(r"[A-Za-z0-9]+(?:[-_.]+[A-Za-z0-9]+)*")
_VERSION_FORM = re.compile(r"[0-9][\w.!+-]*")
_THREE_NUMBERS = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(?:[a-zA-Z]+[0-9]*)?")
_CONFIGURATION = re.compile(r"\w+\.yaml[\w.]*")
MOST_FILES = 10_000  # of a wheel
LARGEST_FILE = 10 << 20  # bytes of a file that is read here
LARGEST_WHEEL = 1 << 30  # bytes of all its files, unpacked


class Wheel(Struct, frozen=True):
    """An integration's wheel: the check's name, its version, and its data files by the name that they get in conf.d. `advice` are sentences about it."""

    path: Path
    package: str
    version: str
    configuration: dict[str, bytes]
    advice: tuple[str, ...] = ()

    @property
    def check(self) -> str:
        """The check's name: the package's without `datadog-`, with `_` for `-`."""
        return self.package.removeprefix("datadog-").replace("-", "_")


def read(path: Path) -> Wheel:
    """A wheel that the Agent would install. Raises ConfigurationError with the first rule that it breaks."""
    try:
        files.check_file(path)
        with zipfile.ZipFile(path) as archive:
            return _read(path, archive)
    except files.FileError as error:
        raise ConfigurationError(str(path), 0, str(error)) from None
    except (OSError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError) as error:
        raise _wrong(path, f"is not a wheel: {getattr(error, 'strerror', None) or error}") from None
    except (
        NotImplementedError,
        RuntimeError,
        ValueError,
        OverflowError,
        struct.error,
    ) as error:  # encrypted; bad numbers
        raise _wrong(path, f"is not a wheel that can be read: {error}") from None


def _read(path: Path, archive: zipfile.ZipFile) -> Wheel:
    entries = _entries(path, archive)
    info = [name for name in entries if PurePosixPath(name).match("*.dist-info/METADATA") and name.count("/") == 1]
    if len(info) != 1:
        raise _wrong(path, f"is not a wheel: it has {len(info) or 'no'} *.dist-info/METADATA, expected one")
    text = _content(path, archive, info[0]).decode("utf-8", "replace").partition("\n\n")[0]  # then its description
    name, version = _NAME.search(text), _VERSION.search(text)
    if name is None or not _PACKAGE.fullmatch(name[1]):
        raise _wrong(path, f"its name must be words with - between them, found {repr(name[1]) if name else 'none'}")
    if not _REQUIRES.search(text):
        raise _wrong(path, "is no integration: it does not require datadog-checks-base")
    if version is None or not _VERSION_FORM.fullmatch(version[1]):
        raise _wrong(path, f"its version must begin with a number, found {version[1] if version else 'none'}")
    expected = f"{name[1].replace('-', '_')}-{version[1]}.dist-info"
    if _normal(info[0].partition("/")[0]) != _normal(expected):
        raise _wrong(path, f"its metadata are those of another package: {info[0]}, expected {expected}/METADATA")
    wheel = Wheel(path, name[1], version[1], {})
    data = f"datadog_checks/{wheel.check}/data/"
    wheel.configuration.update(_configuration(path, archive, entries, data))
    return replace(wheel, advice=tuple(_advice(wheel, entries, data)))


def _advice(wheel: Wheel, entries: list[str], data: str) -> Iterator[str]:
    """What the Agent takes, and is mended all the same."""
    if not wheel.package.startswith("datadog-"):
        yield f"the name of an integration's package begins with datadog-, not as {wheel.package} does"
    if not _THREE_NUMBERS.fullmatch(wheel.version):
        yield f"the version of an integration has the form 1.2.3, not {wheel.version}"
    if not any(member.startswith(data) for member in entries):
        yield f"it has no {data}, without which the Agent can't configure it"
    if "datadog_checks/__init__.py" in entries:
        yield "it has a datadog_checks/__init__.py, which may hide every other integration"


def _normal(name: str) -> str:
    """A package's name as pip compares them."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _entries(path: Path, archive: zipfile.ZipFile) -> list[str]:
    """The names in a wheel, each of which is a plain file's, within the wheel, and there once. Raises ConfigurationError."""
    listed = archive.infolist()
    if len(listed) > MOST_FILES:
        raise _wrong(path, f"has {len(listed):,} files, expected at most {MOST_FILES:,}")
    if sum(entry.file_size for entry in listed) > LARGEST_WHEEL:
        raise _wrong(path, f"comes to more than {LARGEST_WHEEL >> 30} GB when it is unpacked")
    names: dict[str, str] = {}
    for entry in listed:
        name = entry.filename
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/") or not name.isprintable():
            raise _wrong(path, f"has a file outside of itself: {name!r}")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _wrong(path, f"has {name}, which is a link or no file")
        if (other := names.setdefault(name.rstrip("/").lower(), name)) != name:
            raise _wrong(path, f"has {name} and {other}, which are one file on some systems")
    if len(names) != len(listed):
        twice = next(name for name in names.values() if archive.namelist().count(name) > 1)
        raise _wrong(path, f"has {twice} twice")
    return list(names.values())


def _content(path: Path, archive: zipfile.ZipFile, name: str) -> bytes:
    """A file's bytes; no more of it is unpacked than may be there, whatever the wheel says of its size."""
    with archive.open(name) as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise _wrong(path, f"{name} is larger than {LARGEST_FILE >> 20} MB")
    return content


def _configuration(path: Path, archive: zipfile.ZipFile, names: list[str], data: str) -> dict[str, bytes]:
    configuration = {}
    for name in names:
        inside = PurePosixPath(name.removeprefix(data)) if name.startswith(data) else None
        if inside and str(inside.parent) in (".", "profiles") and _CONFIGURATION.fullmatch(inside.name):
            configuration[str(inside)] = _content(path, archive, name)
    return configuration


def _wrong(path: Path, text: str) -> ConfigurationError:
    return ConfigurationError(str(path), 0, text)


def install(wheel: Wheel, conf: Path) -> list[Path]:
    """Install the package into this Python, and copy its configuration files to conf.d/NAME.d, over those that are there. Gives the files that were written.

    Raises ConfigurationError.
    """
    _pip("install", "--no-deps", "--no-index", str(wheel.path))
    written = []
    for name, content in wheel.configuration.items():
        path = conf / f"{wheel.check}.d" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o644)
        written.append(path)
    return written


def remove(package: str) -> None:
    """Uninstall an integration's package; its configuration stays, as with the Agent. Raises ConfigurationError."""
    if not re.fullmatch(r"datadog-[\w-]+", package):
        raise ConfigurationError(package, 0, "is not an integration's package: its name begins with datadog-")
    _pip("uninstall", package)


def installed(package: str) -> str | None:
    """The version of a package that is installed here."""
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _pip(verb: str, *arguments: str) -> None:
    """pip of this Python, or uv where there is none (uv makes environments without pip)."""
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        command = [
            sys.executable,
            "-m",
            "pip",
            verb,
            "--disable-pip-version-check",
            *(["-y"] if verb == "uninstall" else []),
        ]
    elif uv := shutil.which("uv"):
        command = [uv, "pip", verb, "--python", sys.executable]
    else:
        raise ConfigurationError(sys.executable, 0, "has no pip, and there is no uv: python -m ensurepip")
    process = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    if process.returncode:
        last = (process.stderr.strip() or process.stdout.strip() or "it failed").splitlines()[-1]
        raise ConfigurationError(" ".join(arguments[-1:]), 0, f"pip {verb}: {last}")
