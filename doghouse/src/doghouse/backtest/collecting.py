"""Finds monitors: API bodies, lists of them, integrations' assets, folders, and what `terraform show -json` prints."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STDIN = "-"
_TERRAFORM_TYPE = "datadog_monitor"


@dataclass(frozen=True, slots=True)
class Found:
    """One monitor's body as it was found: `where` is its file (and address in it), `text` the file's text, for lines."""

    where: str
    body: Mapping[str, Any]
    text: str

    def line(self, field: str) -> int:
        """The line on which a field of the monitor stands in its file; 0 where that is not known (several monitors in one file)."""
        key = re.split(r"[.\[]", field)[-1].rstrip("]") if not field.endswith("]") else re.split(r"[.\[]", field)[-2]
        places = [number for number, line in enumerate(self.text.splitlines(), 1) if f'"{key}"' in line and ":" in line]
        return places[0] if len(places) == 1 or (places and key == "message") else 0


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was named and holds no monitor, and why."""

    where: str
    text: str


def collect(path: str, text: str | None = None) -> Iterator[Found | Unread]:
    """The monitors of a file, a folder (its `.json` files, below it too), or `-` with the `text` of standard input.

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


def _in_file(path: Path, named: bool) -> Iterator[Found | Unread]:
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        yield Unread(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}")
        return
    yield from _in_text(str(path), text, named)


def _in_text(where: str, text: str, named: bool) -> Iterator[Found | Unread]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        yield Unread(f"{where}:{error.lineno}", f"is not JSON: {error.msg}")
        return
    bodies = list(_bodies(document))
    if not bodies and named:
        yield Unread(
            where,
            "holds no monitor: expected a monitor with type and query, a list of them, an asset, or terraform's JSON",
        )
    for address, body in bodies:
        yield Found(f"{where}{address}", body, text if len(bodies) == 1 else "")


def _bodies(document: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each monitor in a document, with its address in it."""
    if isinstance(document, list):
        for number, one in enumerate(document):
            for address, body in _bodies(one):
                yield f"[{number}]{address}", body
    elif isinstance(document, dict):
        if isinstance(document.get("definition"), dict) and "query" in document["definition"]:
            yield "", document["definition"]
        elif "type" in document and "query" in document:
            yield "", document
        elif isinstance(document.get("monitors"), list):
            yield from ((f".monitors{address}", body) for address, body in _bodies(document["monitors"]))
        else:
            yield from _terraform(document)


def _terraform(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """`terraform show -json` of a state or a plan: modules hold resources and further modules."""
    values = document.get("values") or document.get("planned_values")
    modules = [values.get("root_module")] if isinstance(values, dict) else []
    while modules:
        module = modules.pop(0)
        if not isinstance(module, dict):
            continue
        modules += module.get("child_modules") or []
        for resource in module.get("resources") or []:
            if isinstance(resource, dict) and resource.get("type") == _TERRAFORM_TYPE:
                yield (
                    f" {resource.get('address', resource.get('name', ''))}",
                    from_terraform(resource.get("values") or {}),
                )


def from_terraform(values: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a `datadog_monitor` resource as an API body (provider's schema: options stand at the top, thresholds are a block)."""
    top = {key: values[key] for key in ("name", "type", "query", "message") if values.get(key) is not None}
    top["tags"] = sorted(values.get("tags") or [])
    if values.get("priority"):
        top["priority"] = int(values["priority"])
    options: dict[str, Any] = {}
    for block, name in (("monitor_thresholds", "thresholds"), ("monitor_threshold_windows", "threshold_windows")):
        for one in values.get(block) or []:
            kept = {key: value for key, value in one.items() if value not in (None, "")}
            options[name] = {key: float(value) if name == "thresholds" else value for key, value in kept.items()}
    for key in _OPTIONS:
        value = values.get(key)
        if value not in (None, "", [], {}):
            options[key] = int(value) if key in _NUMBERS and isinstance(value, str) else value
    if values.get("renotify_interval") == 0:
        options.pop("renotify_interval", None)
    return {**top, "options": options}


_NUMBERS = frozenset(
    {
        "new_group_delay",
        "new_host_delay",
        "evaluation_delay",
        "no_data_timeframe",
        "renotify_interval",
        "renotify_occurrences",
        "timeout_h",
    }
)
_OPTIONS = (
    *sorted(_NUMBERS),
    "notify_no_data",
    "on_missing_data",
    "require_full_window",
    "renotify_statuses",
    "escalation_message",
    "include_tags",
    "notify_audit",
    "notify_by",
    "group_retention_duration",
    "notification_preset_name",
)
