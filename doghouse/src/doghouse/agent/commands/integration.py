"""`agent integration install -w WHEEL`: what the Agent's installer demands of a wheel, and what it does with it.

The rules are those of datadog-agent: cmd/agent/subcommands/integrations/command.go.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from doghouse.agent.errors import ConfigurationError

_NAME = re.compile(r"^Name: (\S+)", re.MULTILINE)
_VERSION = re.compile(r"^Version: (\S+)", re.MULTILINE)
_VERSION_FORM = re.compile(r"\d+\.\d+\.\d+(?:[a-zA-Z]+\d*)?")
_CONFIGURATION = re.compile(r"[\w_]+\.yaml.*")


@dataclass(frozen=True, slots=True)
class Wheel:
    """An integration's wheel: the check's name, its version, and its data files by the name that they get in conf.d."""

    path: Path
    package: str
    version: str
    configuration: dict[str, bytes]

    @property
    def check(self) -> str:
        """The check's name: the package's without `datadog-`, with `_` for `-`."""
        return self.package.removeprefix("datadog-").replace("-", "_")


def read(path: Path) -> Wheel:
    """A wheel that the Agent would install. Raises ConfigurationError with the first rule that it breaks."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(path, archive)
    except FileNotFoundError:
        raise ConfigurationError(str(path), 0, "there is no such wheel") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise ConfigurationError(str(path), 0, f"is not a wheel: {error}") from None


def _read(path: Path, archive: zipfile.ZipFile) -> Wheel:
    names = archive.namelist()
    metadata = next((name for name in names if name.endswith("METADATA")), None)
    if metadata is None:
        raise ConfigurationError(str(path), 0, "is not a wheel: it has no METADATA")
    text = archive.read(metadata).decode("utf-8", "replace")
    name, version = _NAME.search(text), _VERSION.search(text)
    if name is None or not name[1].startswith("datadog-"):
        raise ConfigurationError(
            str(path), 0, f"its name must begin with datadog-, found {name[1] if name else 'none'}"
        )
    if "Requires-Dist: datadog-checks-base" not in text:
        raise ConfigurationError(str(path), 0, "is no integration: it does not require datadog-checks-base")
    if version is None or not _VERSION_FORM.fullmatch(version[1]):
        raise ConfigurationError(
            str(path), 0, f"its version must have the form 1.2.3, found {version[1] if version else 'none'}"
        )
    wheel = Wheel(path, name[1], version[1], {})
    data = f"datadog_checks/{wheel.check}/data/"
    if not any(member.startswith(data) for member in names):
        raise ConfigurationError(str(path), 0, f"it has no {data}, without which the Agent can't configure it")
    if "datadog_checks/__init__.py" in names:
        raise ConfigurationError(
            str(path), 0, "it has a datadog_checks/__init__.py, which would hide every other integration"
        )
    wheel.configuration.update(_configuration(archive, names, data))
    return wheel


def _configuration(archive: zipfile.ZipFile, names: list[str], data: str) -> dict[str, bytes]:
    files = {}
    for name in names:
        inside = PurePosixPath(name.removeprefix(data)) if name.startswith(data) else None
        if inside and str(inside.parent) in (".", "profiles") and _CONFIGURATION.fullmatch(inside.name):
            files[str(inside)] = archive.read(name)
    return files


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
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "it failed").splitlines()[-1]
        raise ConfigurationError(" ".join(arguments[-1:]), 0, f"pip {verb}: {last}")
