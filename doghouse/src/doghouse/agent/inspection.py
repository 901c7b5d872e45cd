"""`agent configcheck` and `agent health`, as the real Agent prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from doghouse.agent import configs, loader
from doghouse.agent.configs import Configured, Instance

# pkg/util/scrubber: what a key holds whose value is hidden, and an address with a password
SECRET = (
    "pass", "token", "api_key", "apikey", "app_key", "secret", "authorization", "community_string", "auth_key",
    "authkey", "priv_key", "privkey", "consumer_key", "credential",
)  # fmt: skip
HIDDEN = "********"
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*://[^:/@\s]*):[^@\s]+@", re.IGNORECASE)


def configcheck(conf: Path) -> tuple[str, bool]:
    """What is configured, and what is wrong with it; whether all of it is right. Raises Problem for a folder that is not there."""
    found = configs.read(conf)
    missing = {one.name: error for one in found.instances if (error := _not_loaded(one.name))}
    lines = [*_errors(found, missing), *(line for one in found.instances for line in _instance(one))]
    return "\n".join(lines) or "No configurations are found", not found.problems and not missing


def _not_loaded(name: str) -> str:
    try:
        loader.find_class(name)
    except loader.LoadError as error:
        return str(error)
    return ""


def _errors(found: Configured, missing: dict[str, str]) -> Iterator[str]:
    if found.problems or missing:
        yield "=== Configuration errors ==="
        yield from ("", *(str(problem) for problem in found.problems))
        yield from (f"{name}: {error}" for name, error in missing.items())
        yield ""


def _instance(one: Instance) -> Iterator[str]:
    yield f"=== {one.name} check ==="
    yield "Configuration provider: file"
    yield f"Configuration source: file:{one.source}"
    yield f"Config for instance ID: {one.id}"
    yield _yaml(one.instance)
    yield "~"
    if one.init_config:
        yield "Init Config:"
        yield _yaml(one.init_config)
    yield "==="
    yield ""


def _yaml(options: Any) -> str:
    return yaml.safe_dump(_scrubbed(dict(options)), sort_keys=False).strip()


def _scrubbed(value: Any, key: str = "") -> Any:
    """The options without their secrets, as the Agent scrubs them (pkg/util/scrubber)."""
    if isinstance(value, dict):
        return {name: _scrubbed(inside, str(name)) for name, inside in value.items()}
    if isinstance(value, list):
        return [_scrubbed(one, key) for one in value]
    if value and any(word in key.lower() for word in SECRET):
        return HIDDEN
    return _ADDRESS.sub(rf"\1:{HIDDEN}@", value) if isinstance(value, str) else value


def health(statuses: Sequence[dict[str, Any]]) -> tuple[str, bool]:
    """Whether each running Agent is well: a check that hangs, or requests that can't be delivered, make it unhealthy."""
    lines, well = [], True
    for status in statuses:
        sick = [f"check {one['id']}" for one in status["checks"] if one["running"] and one["skipped"]]
        sick += ["forwarder"] if status["forwarder"]["last_problem"] else []
        good = [f"check {one['id']}" for one in status["checks"] if f"check {one['id']}" not in sick]
        good += [] if "forwarder" in sick else ["forwarder"]
        lines += [
            f"Agent health: {'FAIL' if sick else 'PASS'}",
            f"=== {len(good)} healthy components ===",
            ", ".join(good),
        ]
        if sick:
            lines += [f"=== {len(sick)} unhealthy components ===", ", ".join(sick)]
            well = False
    return "\n".join(lines), well
