"""What belongs to my_metric, each object from its file, with the settings put in."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from companion import schedule
from companion.kinds.downtime import Downtimes
from companion.kinds.host_tags import LIST, HostTags
from companion.kinds.model import MARK, Kind, Resource
from companion.kinds.monitor import Monitors
from companion.kinds.slo import Slos
from companion.kinds.timeboard import Timeboards
from companion.problem import Problem, read_text
from companion.settings import EXTRAS, Settings
from doghouse import files

OWN = Path(__file__).parent  # beside the integration's objects, which carry the bare mark
# Whom the shipped monitor names: a role, nobody's address.
EXAMPLE_ADDRESS = re.compile(r"(?<![\w@.])@[\w.+\-]+@example\.com\b")
HOST_VARIABLE = "host"  # the timeboard's template variable


def kinds(now: datetime) -> tuple[Kind, ...]:
    """Every kind, in the order in which objects are made; they are removed in REMOVAL's."""
    return Timeboards(), Monitors(), Slos(), Downtimes(now), HostTags()


# A monitor goes before what silences it, so nobody is woken by leaving.
REMOVAL = ("monitor", "downtime", "timeboard", "slo", "host tags")


def read(settings: Settings, now: datetime) -> list[Resource]:
    """Every object as it should be in the account. Raises Problem that names the file."""
    timeboards, monitors, slos, downtimes, host_tags = kinds(now)
    assets, places = assets_folder(settings), [*(EXTRAS / name for name in settings.extras), OWN]

    def more(folder: str) -> list[tuple[Path, str]]:
        """The files of all places, each with its object's mark."""
        files = (file for place in places for file in sorted((place / folder).glob("*.json")))
        return [(file, f"{MARK}/{file.stem}") for file in files]

    boards = [(the_file(assets / "dashboards"), MARK), *more("dashboards")]
    objects = [
        *(_timeboard(timeboards, file, settings, mark) for file, mark in boards),
        *(_monitor(monitors, *pair, settings) for pair in [(the_file(assets / "monitors"), MARK), *more("monitors")]),
        *(_slo(slos, *pair) for pair in more("slos")),
        *(_downtime(downtimes, *pair, settings, now) for pair in more("downtimes")),
    ]
    if settings.host and settings.tags:
        body = {"host": settings.host, "tags": list(settings.tags)}
        objects.append(Resource(host_tags, settings.host, f"{LIST}{settings.host}", body))
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


def _marked(kind: Kind, name: str, mark: str, body: dict[str, Any]) -> Resource:
    return Resource(kind, name, mark, {**body, **kind.marked(body, mark)})


def _timeboard(kind: Kind, file: Path, settings: Settings, mark: str) -> Resource:
    body = read_json(file)
    if settings.host:
        body["template_variables"] = [
            {**{k: v for k, v in variable.items() if k != "default"}, "defaults": [settings.host]}
            if variable.get("name") == HOST_VARIABLE
            else variable
            for variable in body.get("template_variables") or []
        ]
    return _marked(kind, body.get("title", file.stem), mark, body)


def _monitor(kind: Kind, file: Path, mark: str, settings: Settings) -> Resource:
    asset = read_json(file)
    body = dict(asset.get("definition", asset))
    body["message"] = _addressed(body.get("message", ""), settings)
    return _marked(kind, body.get("name", file.stem), mark, body)


def _slo(kind: Kind, file: Path, mark: str) -> Resource:
    body = read_json(file)
    return _marked(kind, body["name"], mark, body)


def _downtime(kind: Kind, file: Path, mark: str, settings: Settings, now: datetime) -> Resource:
    body = read_json(file)
    name = body.pop("name")
    zone = settings.timezone
    recurrences = [schedule.anchored(recurrence, zone, now) for recurrence in body["schedule"]["recurrences"]]
    body |= {
        "message": f"{name}\n{_addressed(body['message'], settings)}",
        "display_timezone": zone,
        "monitor_identifier": {"monitor_tags": [MARK, *body.pop("monitor_tags")]},
        "schedule": {"timezone": zone, "recurrences": recurrences},
    }
    return _marked(kind, name, mark, body)


def _addressed(message: str, settings: Settings) -> str:
    """The message with the settings' address for every one at example.com, or at the end of a message that names nobody."""
    if not settings.email:
        return message
    if EXAMPLE_ADDRESS.search(message):
        return EXAMPLE_ADDRESS.sub(f"@{settings.email}", message)
    return message if "@" in message else f"{message.rstrip()}\n\n@{settings.email}"
