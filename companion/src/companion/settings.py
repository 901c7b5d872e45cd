"""What belongs to this account: `my-metric.yaml`, with environment and flags over it. Keys are never settings."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from companion.problem import WRONG_USE, Problem, close_or_all, did_you_mean, read_text
from doghouse.files import FileError

EXTRAS = Path(__file__).parent / "extras"  # a folder for each of what can be set up besides
DEFAULT_FILE = "my-metric.yaml"
SITES = (
    "datadoghq.com", "us3.datadoghq.com", "us5.datadoghq.com", "ap1.datadoghq.com", "ap2.datadoghq.com",
    "uk1.datadoghq.com", "datadoghq.eu", "ddog-gov.com", "us2.ddog-gov.com",
)  # fmt: skip
NO_ZONES = ("localtime", "posix", "right/", "Factory")  # names of a machine's own, beside the IANA database's
LABEL = r"[A-Za-z0-9]([A-Za-z0-9\-]*[A-Za-z0-9])?"
FORMS = {  # what a text must match whole, and what is said of one that does not
    "email": (r"[\w.+\-]+@[\w\-]+(\.[\w\-]+)+", "'{}' is not an address such as you@example.com"),
    "host": (
        rf"(?=.{{1,255}}$){LABEL}(\.{LABEL})*",
        "'{}' is not a host's name: letters, digits, '-' and '.', as RFC 1123 has it",
    ),
    "assets": (r"(?s)\s*\S.*", "is empty, expected a folder that holds dashboards/ and monitors/"),
}
FLAGS = {"tags": "--tag", "extras": "--with"}  # of settings that are called otherwise
# As Datadog stores it; no '/' in the value, see kinds/host_tags.
TAG = re.compile(r"[a-z][a-z0-9_\-./]*:[a-z0-9_\-.:]*[a-z0-9_\-.]")


@dataclass(frozen=True, slots=True)
class Settings:
    """What `my-metric.yaml` says; every key may be missing."""

    email: str | None = None  # who is told by the monitor and the downtimes
    host: str | None = None  # whose tags are set, and the timeboard's first choice
    timezone: str = "UTC"  # of the office hours
    site: str | None = None  # which Datadog, where no --api-url is given; SITES[0] if nobody says
    tags: tuple[str, ...] = ()  # of the host
    extras: tuple[str, ...] = ()  # what is set up besides: bakery
    assets: str | None = None  # the folder with dashboards/ and monitors/, where it is not this repository's


def load(path: str | None, over: Mapping[str, Any]) -> Settings:
    """The settings file (DEFAULT_FILE if it is there, when none is named), with what is not None in `over` instead of its values.

    Raises Problem with file and line.
    """
    file = Path(path or DEFAULT_FILE)
    values: dict[str, Any] = {}
    if path or file.exists():
        values = _read(file)
    for name, value in over.items():
        if value is not None:
            check_use(name, value, FLAGS.get(name, f"--{name}"))
            values[name] = tuple(value) if isinstance(value, list) else value
    return Settings(**values)


def _read(file: Path) -> dict[str, Any]:
    import yaml

    from doghouse.files import yaml_texts

    if not os.path.lexists(file):
        raise Problem(f"{file} does not exist; companion/my-metric.example.yaml shows what it holds", WRONG_USE)
    try:
        node = yaml_texts.compose(read_text(file))
    except FileError as error:
        raise Problem(error.of(file)) from None
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise Problem(f"{file}:1: expected lines such as 'email: you@example.com'")
    values: dict[str, Any] = {}
    for key, value in node.value:
        place = f"{file}:{key.start_mark.line + 1}"
        name = key.value if isinstance(key, yaml.ScalarNode) else "a list or a map"
        if name in values:
            raise Problem(f"{place}: {name} stands here twice")
        try:
            plain = yaml.SafeLoader("").construct_object(value, deep=True)
        except (yaml.YAMLError, ValueError, AttributeError):  # a tag such as !!int before what is none
            raise Problem(f"{place}: {name} has a YAML tag or reference that cannot be read") from None
        _check(name, plain, place, f"{file}:{value.start_mark.line + 1}")
        if plain is not None:
            values[name] = tuple(plain) if isinstance(plain, list) else plain
    if "assets" in values:
        values["assets"] = str((file.parent / values["assets"]).resolve())
    return values


def check_use(name: str, value: Any, place: str) -> None:
    """Raise Problem, of wrong use, unless a flag or variable called `place` has what the setting `name` takes."""
    try:
        _check(name, value, place)
    except Problem as problem:
        raise Problem(str(problem), WRONG_USE) from None


def _check(name: str, value: Any, place: str, first_line: str | None = None) -> None:
    """Raise Problem unless `value` is what the setting `name` takes; None stands for a missing one."""
    names = [field.name for field in fields(Settings)]
    if name not in names:
        if "key" in name.lower():
            raise Problem(
                f"{place}: keys do not belong in this file; set DD_API_KEY and DD_APP_KEY, or use --keys-file"
            )
        raise Problem(f"{place}: {name} is no setting{did_you_mean(name, names) or ': ' + ', '.join(names)}")
    if value is None:
        return
    if name == "tags":
        _check_tags(value, place, first_line)
    elif name == "extras":
        known = sorted(folder.name for folder in EXTRAS.iterdir())
        if unknown := [extra for extra in value if extra not in known] if isinstance(value, list | tuple) else [value]:
            raise Problem(
                f"{place}: {unknown[0]!r} is nothing that can be set up{close_or_all(str(unknown[0]), known)}"
            )
    elif not isinstance(value, str):
        raise Problem(
            f"{place}: {name} is {value}, expected a text{' (in quotes)' if not isinstance(value, dict | list | set) else ''}"
        )
    elif fault := _fault(name, value):
        raise Problem(f"{place}: {name} {fault}")


def _check_tags(value: Any, place: str, first_line: str | None) -> None:
    if not isinstance(value, list | tuple):
        raise Problem(f"{place}: tags is {value!r}, expected a list such as [env:lab, role:web]")
    for tag in value:
        if not isinstance(tag, str) or not TAG.fullmatch(tag):
            raise Problem(
                f"{first_line or place}: tag '{tag}' is not key:value in lower-case letters, digits, '_', '-' and '.',"
                " beginning with a letter, as Datadog keeps tags"
            )


def _fault(name: str, value: str) -> str | None:
    """What is wrong with a text as this setting, and what was expected."""
    if name in FORMS:
        pattern, sentence = FORMS[name]
        return None if re.fullmatch(pattern, value) else sentence.format(value)
    if name == "site" and value not in SITES:
        parts = re.findall(r"[\w.-]+", value.casefold())  # as in https://app.datadoghq.eu, or us3 alone
        within = [site for site in SITES for part in parts if part.endswith("." + site) or site.startswith(part + ".")]
        hint = f" (did you mean {max(within, key=len)}?)" if within else close_or_all(value, SITES)
        return f"'{value}' is not known{hint}"
    return _zone_fault(value) if name == "timezone" else None


def _zone_fault(value: str) -> str | None:
    import zoneinfo

    try:
        if not value.startswith(NO_ZONES):
            zoneinfo.ZoneInfo(value)
            return None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        pass
    names = zoneinfo.available_timezones()
    city = value.strip().replace(" ", "_").casefold()
    whole = sorted(name for name in names if name.rpartition("/")[2].casefold() == city)
    hint = f" (did you mean {whole[0]}?)" if whole else did_you_mean(value, names)
    return f"'{value}' is not known{hint or ', expected a name such as Europe/Berlin'}"


def site_from_environment() -> str | None:
    """DD_SITE, as every Datadog tool reads it. Raises Problem where it is no site."""
    site = os.environ.get("DD_SITE", "").strip() or None
    if site is not None:
        check_use("site", site, "DD_SITE")
    return site
