"""What an Agent sends about its host to `/intake/`, translated into what the API answers about the host.

The fields of the payload are the Agent's (github.com/DataDog/datadog-agent, comp/metadata/host); those of the answer are OpenAPI v1's HostMeta.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from doghouse.hosts.model import AGENT
from doghouse.tags import naming

SYSTEM = {"cpuCores", "machine", "platform", "pythonV", "processor", "macV", "nixV", "fbsdV", "winV"}
META = {"socket-hostname", "socket-fqdn", "timezones", "host_id", "instance-id"}
SOURCES = {"system": AGENT}  # the Agent's own group of tags; other groups keep their name


class Payload(Struct):
    """The parts of an `/intake/` body that are about a host; each may be missing."""

    host: str = msgspec.field(name="internalHostname", default="")
    version: str | None = msgspec.field(name="agentVersion", default=None)
    checks: list[list[Any]] | None = msgspec.field(name="agent_checks", default=None)
    system: dict[str, Any] | None = msgspec.field(name="systemStats", default=None)
    meta: dict[str, Any] | None = None
    install: dict[str, Any] | None = msgspec.field(name="install-method", default=None)
    tags: dict[str, list[str] | None] | None = msgspec.field(name="host-tags", default=None)
    gohai: str | dict[str, Any] | None = None


class Reported(msgspec.Struct, frozen=True):
    """A report about a host. `tags`, by source, replace the tags that the host has from that source; None changes no tags."""

    host: str
    meta: Mapping[str, Any]
    aliases: tuple[str, ...]
    tags: Mapping[str, tuple[str, ...]] | None


def reported(payload: Payload) -> Reported:
    """The report in a body. `host` is empty where the body names no host."""
    meta = payload.meta or {}
    fields = {
        **{key: value for key, value in (payload.system or {}).items() if key in SYSTEM},
        **{key: value for key, value in meta.items() if key in META},
        "agent_version": payload.version,
        "agent_checks": payload.checks,
        "install_method": payload.install,
        "gohai": payload.gohai if isinstance(payload.gohai, str | None) else json.dumps(payload.gohai),
    }
    tags = None
    if payload.tags is not None:
        tags = {SOURCES.get(source, source): naming.tags(sent or ()) for source, sent in payload.tags.items()}
    return Reported(
        payload.host or str(meta.get("hostname") or ""),
        {key: value for key, value in fields.items() if value is not None},
        aliases(meta.get("host_aliases")),
        tags,
    )


def aliases(sent: Any) -> tuple[str, ...]:
    """A host's other names."""
    return tuple(str(alias) for alias in sent) if isinstance(sent, Sequence) and not isinstance(sent, str) else ()


def address(meta: Mapping[str, Any]) -> str | None:
    """The host's IP address as its Agent saw it: what `{{host.ip}}` shows (GUESS: it is gohai's network.ipaddress)."""
    gathered = meta.get("gohai")
    try:
        gohai: Any = json.loads(gathered) if isinstance(gathered, str) else gathered
        return str(gohai["network"]["ipaddress"])
    except (ValueError, KeyError, TypeError):
        return None
