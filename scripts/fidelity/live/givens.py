"""What the client's scenarios say is there already: made with the requests that its own tests make, and named as its examples name it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from jinja2 import Template

from scripts.fidelity.client import Client, given_steps
from scripts.fidelity.houses import Target

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def provide(client: Client, house: Target, version: str, steps: Sequence[str], name: str) -> dict[str, str]:
    """Do what the `given` steps say, in order; returns what came of them as environment variables: `MONITOR_ID`, `DOWNTIME_SCOPE_0`."""
    unique = re.sub(r"\W", "_", f"Example-{name}")
    alnum = re.sub(r"\W|_", "", unique)
    context: dict[str, Any] = {
        "unique": unique,
        "unique_lower": unique.lower(),
        "unique_alnum": alnum,
        "unique_lower_alnum": alnum.lower(),
        "unique_upper_alnum": alnum.upper(),
        "timestamp": lambda text: int(_moment(text, house.clock.now()).timestamp()),
        "timeISO": lambda text: (
            _moment(text, house.clock.now()).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        ),
    }
    known = {step["step"]: step for step in given_steps(client, version)}
    environment: dict[str, str] = {}
    for text in steps:
        if (step := known.get(text)) is not None:
            value = _make(client, house, step, context)
            context[step["key"]] = value
            environment |= _flat(step["key"].upper(), value)
    return environment


def _make(client: Client, house: Target, step: Mapping[str, Any], context: Mapping[str, Any]) -> Any:
    method, path = client.operation(step["version"], step["operationId"])
    body = ""
    for parameter in step.get("parameters", ()):
        value = (
            Template(parameter["value"]).render(**context)
            if "value" in parameter
            else _at(context, parameter["source"])
        )
        if parameter["name"] == "body":
            body = str(value)
        else:
            path = path.replace(f"{{{parameter['name']}}}", str(value).strip('"'))
    headers = {**house.headers, "Content-Type": "application/json"}
    answer = httpx.request(method, house.url + path, content=body, headers=headers)
    document = answer.json() if answer.content and answer.is_success else {}
    return _at(document, step["source"]) if "source" in step else document


def _moment(text: str, now: float) -> datetime:
    """`now + 1h`."""
    moment = datetime.fromtimestamp(now, UTC)
    match = re.fullmatch(r"now(?:\s*([+-])\s*(\d+)([smhd]))?", text)
    if match is None or match[1] is None:
        return moment
    return moment + timedelta(**{UNITS[match[3]]: int(match[1] + match[2])})


def _at(value: Any, path: str) -> Any:
    for name in re.findall(r"[^.\[\]]+", path):
        try:
            value = value[int(name) if isinstance(value, list) else name]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _flat(name: str, value: Any) -> dict[str, str]:
    """An object as environment variables."""
    if isinstance(value, dict):
        inner = (_flat(f"{name}_{key.upper()}", inner_value) for key, inner_value in value.items())
    elif isinstance(value, list):
        inner = (_flat(f"{name}_{place}", inner_value) for place, inner_value in enumerate(value))
    else:
        return {} if value is None else {name: str(value)}
    return {key: text for part in inner for key, text in part.items()}
