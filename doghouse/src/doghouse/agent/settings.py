"""The Agent's settings: a datadog.yaml with environment variables over it (docs.datadoghq.com: agent/configuration)."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from doghouse import files
from doghouse.agent import yaml_files
from doghouse.agent.errors import ConfigurationError

DEFAULT_URL = "http://127.0.0.1:8420"
AGENT_VERSION = "7.99.0"  # what checks and hosts are told; ours, above every released one, so that version gates open
HOSTNAME_LIMIT = 255
_LISTS = {
    "tags", "extra_tags", "host_aliases", "dogstatsd_tags", "histogram_aggregates", "histogram_percentiles",
    "statsd_metric_namespace_blocklist", "statsd_metric_namespace_blacklist",
}  # fmt: skip
DEFAULTS = {"enable_metadata_collection": True, "dogstatsd_port": 8125, "use_dogstatsd": True}
_OTHER_NAMES = {"dd_url": ("DD_URL",), "confd_path": ("DD_CONFD_PATH",)}


@dataclass(frozen=True, slots=True)
class Settings:
    """One Agent's settings. `get` answers for any key of datadog.yaml, nested ones with dots; the rest are the ones that doghouse itself reads."""

    api_key: str = field(repr=False)
    url: str
    hostname: str
    tags: tuple[str, ...]
    env: str
    log_level: str
    document: Mapping[str, Any] = field(repr=False)
    environ: Mapping[str, str] = field(repr=False)
    path: str = ""  # of the datadog.yaml, empty where there is none

    def get(self, key: str) -> Any:
        """The value of a key (`logs_enabled`, `apm_config.enabled`): from its environment variable, else from datadog.yaml, else None."""
        return lookup(key, self.document, self.environ)

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of texts, however it is written: a list, or words with blanks or commas between them; none where it is not set."""
        return _strings(self.get(key))

    @property
    def host_tags(self) -> tuple[str, ...]:
        """What the Agent reports as this host's tags: `tags`, `extra_tags`, and `env:` where `env` is set."""
        extra = (f"env:{self.env}",) if self.env else ()
        return tuple(dict.fromkeys((*self.tags, *self.strings("extra_tags"), *extra)))


def load(path: Path | None, environ: Mapping[str, str], *, url: str = "", api_key: str = "") -> Settings:
    """Settings from a datadog.yaml (None: there is none), the environment over it, and the options of the command line over both.

    Raises ConfigurationError, with file and line, for a file that is missing or wrong.
    """
    document = _read(path) if path else {}
    env = {key: value for key, value in environ.items() if key.startswith("DD_")}

    def text(key: str) -> str:
        value = lookup(key, document, env)
        return "" if value is None else str(value)

    return Settings(
        api_key=api_key or text("api_key"),
        url=(url or text("dd_url") or DEFAULT_URL).rstrip("/"),
        hostname=_hostname(text("hostname"), text("hostname_file"), path),
        tags=_strings(lookup("tags", document, env)),
        env=text("env"),
        log_level=(text("log_level") or "info").lower(),
        document=document,
        environ=env,
        path=str(path.resolve()) if path else "",
    )


def lookup(key: str, document: Mapping[str, Any], environ: Mapping[str, str]) -> Any:
    """A key's value: from its environment variable (`DD_`, then the key in capitals with `_` for dots), else from datadog.yaml, else the Agent's default."""
    for name in (f"DD_{key.upper().replace('.', '_')}", *_OTHER_NAMES.get(key, ())):
        if (text := environ.get(name)) not in (None, ""):
            return _from_environment(key, str(text))
    value: Any = document
    for part in key.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return document.get(key, DEFAULTS.get(key))
        value = value[part]
    return value


def _from_environment(key: str, text: str) -> Any:
    if key in _LISTS:
        return _split_list(text)
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if re.fullmatch(r"-?[0-9]{1,18}", text) and key not in ("api_key", "hostname", "env"):
        return int(text)
    if text[:1] in "[{":
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _split_list(text: str) -> list[str]:
    """A list in an environment variable: JSON, or words separated by spaces, or (of tags) by commas."""
    if text.startswith("["):
        try:
            return [str(item) for item in json.loads(text)]
        except ValueError:
            pass
    return [item for item in re.split(r"[\s,]+", text) if item]


def _strings(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    items = value if isinstance(value, list | tuple) else _split_list(str(value))
    return tuple(str(item) for item in items if item is not None)


def _read(path: Path) -> dict[str, Any]:
    document, _ = yaml_files.read(path)
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ConfigurationError(str(path), 1, f"must be a mapping of settings, found {type(document).__name__}")
    return document


def _hostname(name: str, file: str, path: Path | None) -> str:
    if not name and file:
        try:
            name = files.text(Path(file), files.LARGEST_SETTINGS).strip()
        except files.FileError as error:
            raise ConfigurationError(file, error.line, f"hostname_file {error}") from None
    if name:
        if not valid_hostname(name):
            raise ConfigurationError(str(path or "DD_HOSTNAME"), 0, f"hostname '{name}' is not a host name by RFC 1123")
        return name
    return socket.gethostname()


def valid_hostname(name: str) -> bool:
    """Whether the Agent would report under this name: RFC 1123, at most 255 characters, not the loopback's (pkg/util/hostname/validate)."""
    if name.lower() in ("localhost", "localhost.localdomain", "localhost6.localdomain6", "ip6-localhost"):
        return False
    label = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])"
    return len(name) <= HOSTNAME_LIMIT and re.fullmatch(rf"{label}(?:\.{label})*", name) is not None
