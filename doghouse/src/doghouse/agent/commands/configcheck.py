"""`agent configcheck`, as the real Agent prints it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from doghouse.agent.aggregation.submissions import Submissions
from doghouse.agent.checks import configuration, loading
from doghouse.agent.checks.cache import Cache
from doghouse.agent.checks.configuration import Configured, Instance
from doghouse.agent.commands import log
from doghouse.agent.commands.start import prepare
from doghouse.agent.options import conf_folder
from doghouse.agent.settings import load
from doghouse.time.clock import Clock

# pkg/util/scrubber: what a key holds whose value is hidden, and an address with a password
SECRET = (
    "pass", "token", "api_key", "apikey", "app_key", "secret", "authorization", "community_string", "auth_key",
    "authkey", "priv_key", "privkey", "consumer_key", "credential",
)  # fmt: skip
HIDDEN = "********"
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*://[^:/@\s]*):[^@\s]+@", re.IGNORECASE)


def configcheck(conf: Path | None, datadog_yaml: Path | None) -> tuple[str, bool]:
    """The text of what is configured and what is wrong with it, and whether everything is right. Raises AgentError."""
    clock = Clock()
    settings = load(datadog_yaml, os.environ)
    log.to_stderr("critical")
    folder = conf or conf_folder(settings)
    prepare(folder, settings, Submissions(settings.hostname, clock.now), Cache(), clock)
    configured = configuration.read(folder)
    missing = {instance.name: error for instance in configured.instances if (error := _not_loaded(instance.name))}
    lines = [
        *_errors(configured, missing),
        *(line for instance in configured.instances for line in _instance(instance)),
    ]
    return "\n".join(lines) or "No configurations are found", not configured.problems and not missing


def _not_loaded(name: str) -> str:
    try:
        loading.find_class(name)
    except loading.LoadError as error:
        return str(error)
    return ""


def _errors(configured: Configured, missing: dict[str, str]) -> Iterator[str]:
    if configured.problems or missing:
        yield "=== Configuration errors ==="
        yield from ("", *(str(problem) for problem in configured.problems))
        yield from (f"{name}: {error}" for name, error in missing.items())
        yield ""


def _instance(instance: Instance) -> Iterator[str]:
    yield f"=== {instance.name} check ==="
    yield "Configuration provider: file"
    yield f"Configuration source: file:{instance.source}"
    yield f"Config for instance ID: {instance.id}"
    yield _yaml(instance.instance)
    yield "~"
    if instance.init_config:
        yield "Init Config:"
        yield _yaml(instance.init_config)
    yield "==="
    yield ""


def _yaml(options: Any) -> str:
    return yaml.safe_dump(_scrubbed(dict(options)), sort_keys=False).strip()


def _scrubbed(value: Any, key: str = "") -> Any:
    """The options without their secrets, as the Agent scrubs them (pkg/util/scrubber)."""
    if isinstance(value, dict):
        return {name: _scrubbed(inside, str(name)) for name, inside in value.items()}
    if isinstance(value, list):
        return [_scrubbed(item, key) for item in value]
    if value and any(word in key.lower() for word in SECRET):
        return HIDDEN
    return _ADDRESS.sub(rf"\1:{HIDDEN}@", value) if isinstance(value, str) else value
