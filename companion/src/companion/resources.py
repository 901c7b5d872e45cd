"""What belongs to my_metric, each object from its file, with the settings put in."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from companion import schedule
from companion.kinds.downtime import Downtimes
from companion.kinds.host_tags import LIST, HostTags
from companion.kinds.model import MARK, Kind, Wanted, marked_text
from companion.kinds.monitor import Monitors
from companion.kinds.timeboard import Timeboards
from companion.problem import Problem, read_text
from companion.settings import Settings
from doghouse import files

DOWNTIMES = Path(__file__).parent / "downtimes"
TIMEBOARDS = Path(__file__).parent / "dashboards"  # beside the integration's own, which carries the bare mark
# Whom the shipped monitor names: a role, nobody's address.
EXAMPLE_ADDRESS = re.compile(r"(?<![\w@.])@[\w.+\-]+@example\.com\b")
HOST_VARIABLE = "host"  # the timeboard's template variable


def kinds(now: datetime) -> tuple[Kind, ...]:
    """Every kind, in the order in which objects are made; they are removed in REMOVAL's."""
    return Timeboards(), Monitors(), Downtimes(now), HostTags()


# A monitor goes before what silences it, so nobody is woken by leaving.
REMOVAL = ("monitor", "downtime", "timeboard", "host tags")


def wanted(settings: Settings, now: datetime) -> list[Wanted]:
    """Every object as it should be in the account. Raises Problem that names the file."""
    timeboards, monitors, downtimes, host_tags = kinds(now)
    assets = assets_folder(settings)
    objects = [
        _timeboard(timeboards, the_file(assets / "dashboards"), settings, MARK),
        *(_timeboard(timeboards, file, settings, f"{MARK}/{file.stem}") for file in sorted(TIMEBOARDS.glob("*.json"))),
        _monitor(monitors, the_file(assets / "monitors"), settings),
        *(_downtime(downtimes, file, settings, now) for file in sorted(DOWNTIMES.glob("*.json"))),
    ]
    if settings.host and settings.tags:
        body = {"host": settings.host, "tags": list(settings.tags)}
        objects.append(Wanted(host_tags, settings.host, f"{LIST}{settings.host}", body))
    return objects


def assets_folder(settings: Settings) -> Path:
    """The folder with dashboards/ and monitors/: the settings', else the integration's in this repository. Raises Problem."""
    own, repository = Path(__file__).parent / "assets", Path(__file__).parents[3] / "my_metric/assets"
    folder = Path(settings.assets) if settings.assets else own if own.is_dir() else repository
    if not (folder / "dashboards").is_dir():
        raise Problem(
            f"{folder} is not a folder with dashboards/ and monitors/; name it with 'assets' in the settings file, or --assets"
        )
    return folder


def the_file(folder: Path) -> Path:
    """The one JSON file of a folder of assets."""
    files = sorted(folder.glob("*.json"))
    if len(files) != 1:
        raise Problem(f"{folder}: expected one JSON file, found {len(files)}")
    return files[0]


def read_json(file: Path) -> dict[str, Any]:
    """A file that holds a JSON object. Raises Problem with file and line."""
    try:
        body = files.decoded_json(read_text(file))
    except files.FileError as error:
        raise Problem(error.of(file)) from None
    if not isinstance(body, dict):
        raise Problem(f"{file}:1: expected a JSON object")
    return body


def _timeboard(kind: Kind, file: Path, settings: Settings, mark: str) -> Wanted:
    body = read_json(file)
    body["description"] = marked_text(body.get("description"), mark)
    if settings.host:
        body["template_variables"] = [
            {**{k: v for k, v in variable.items() if k != "default"}, "defaults": [settings.host]}
            if variable.get("name") == HOST_VARIABLE
            else variable
            for variable in body.get("template_variables") or []
        ]
    return Wanted(kind, body.get("title", file.stem), mark, body)


def _monitor(kind: Kind, file: Path, settings: Settings) -> Wanted:
    asset = read_json(file)
    body = dict(asset.get("definition", asset))
    body["tags"] = [*body.get("tags", []), MARK]
    body["message"] = _told(body.get("message", ""), settings)
    return Wanted(kind, body.get("name", file.stem), MARK, body)


def _downtime(kind: Kind, file: Path, settings: Settings, now: datetime) -> Wanted:
    body = read_json(file)
    name = body.pop("name")
    mark = f"{MARK}/{file.stem}"
    zone = settings.timezone
    recurrences = [schedule.anchored(recurrence, zone, now) for recurrence in body["schedule"]["recurrences"]]
    body |= {
        "message": marked_text(f"{name}\n{_told(body['message'], settings)}", mark),
        "display_timezone": zone,
        "monitor_identifier": {"monitor_tags": [MARK]},
        "schedule": {"timezone": zone, "recurrences": recurrences},
    }
    return Wanted(kind, name, mark, body)


def _told(message: str, settings: Settings) -> str:
    """The message with the settings' address for every one at example.com, or at the end of a message that names nobody."""
    if not settings.email:
        return message
    if EXAMPLE_ADDRESS.search(message):
        return EXAMPLE_ADDRESS.sub(f"@{settings.email}", message)
    return message if "@" in message else f"{message.rstrip()}\n\n@{settings.email}"
