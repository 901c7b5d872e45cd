"""Reads which checks a conf.d folder configures, by the Agent's rules for file names, `init_config` and `instances` (docs: agent/configuration)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from doghouse.agent import yaml_files
from doghouse.agent.errors import ConfigurationError

DEFAULT_INTERVAL_S = 15  # docs: developers/custom_checks/write_agent_check


@dataclass(frozen=True, slots=True)
class Instance:
    """One configured instance of a check. `id` is the Agent's form `name:instance name:digest`, the same for the same content."""

    name: str
    id: str
    source: str
    interval: int
    init_config: Mapping[str, Any] = field(repr=False)
    instance: Mapping[str, Any] = field(repr=False)


class Configured(Struct, frozen=True):
    """What a conf.d folder holds: instances to run, and the files that can't be used."""

    instances: tuple[Instance, ...]
    problems: tuple[ConfigurationError, ...]


def read(folder: Path, only: str = "") -> Configured:
    """Every instance under a conf.d folder (or those of the check `only`); a wrong file is reported, and the others are read.

    Files: `NAME.d/*.yaml`, `*.yml`, and `NAME.yaml` beside them; `NAME.d/*.yaml.default` where the check has no other file; never `*.yaml.example`.
    """
    instances: list[Instance] = []
    problems: list[ConfigurationError] = []
    for name, files in sorted(check_files(folder).items()):
        if only and name != only:
            continue
        for path in files:
            try:
                instances += list(instances_of(name, path))  # all of a file or nothing
            except ConfigurationError as problem:
                problems.append(problem)
    unique = {instance.id: instance for instance in instances}
    return Configured(tuple(unique.values()), tuple(problems))


def check_files(folder: Path) -> dict[str, list[Path]]:
    """The files to read for each check. Raises ConfigurationError if there is no such folder."""
    if not folder.is_dir():
        raise ConfigurationError(str(folder), 0, "is not a folder with configurations of checks (NAME.d/conf.yaml)")
    files: dict[str, list[Path]] = {}
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and entry.suffix == ".d":
            inside = sorted(path for path in entry.iterdir() if path.is_file())
            chosen = [path for path in inside if path.suffix in (".yaml", ".yml")]
            chosen = chosen or [path for path in inside if path.name.endswith(".yaml.default")]
            if chosen:
                files.setdefault(entry.stem, []).extend(chosen)
        elif entry.is_file() and entry.suffix in (".yaml", ".yml"):
            files.setdefault(entry.stem, []).append(entry)
    return files


def instances_of(name: str, path: Path) -> Iterator[Instance]:
    """The instances in one file; none where it only has `logs:` or is a template for containers. Raises ConfigurationError."""
    document, root = _load(path)
    if document.get("ad_identifiers") or ("logs" in document and "instances" not in document):
        return
    init_config = _mapping(document.get("init_config"), path, root, "init_config")
    listed = document.get("instances")
    if not isinstance(listed, list) or not listed:
        actual = "nothing" if listed is None else "an empty list" if listed == [] else type(listed).__name__
        raise ConfigurationError(
            str(path),
            _line(root, "instances"),
            f"instances must be a list with an item for each instance of {name}, found {actual}",
        )
    for index, item in enumerate(listed):
        instance = _mapping(item, path, root, "instances", index)
        interval = _interval(instance, path, _line(root, "instances", index, "min_collection_interval"))
        yield Instance(name, check_id(name, instance, init_config), str(path), interval, init_config, instance)


def check_id(name: str, instance: Mapping[str, Any], init_config: Mapping[str, Any]) -> str:
    """The id of an instance: its check, its own `name` if it has one, and a digest of what configures it.

    The form is the Agent's; its digest is FNV of the YAML's bytes, ours is of the content, so that comments don't count.
    """
    content = json.dumps(_as_json([instance, init_config]), sort_keys=True, default=str).encode()
    parts = [name, str(instance.get("name") or ""), hashlib.blake2b(content, digest_size=8).hexdigest()]
    return ":".join(part for part in parts if part)


def _as_json(value: Any) -> Any:
    """With texts for keys: those of YAML may be of any type, which JSON does not take or cannot sort."""
    if isinstance(value, dict):
        return {str(key): _as_json(inner) for key, inner in value.items()}
    return list(map(_as_json, value)) if isinstance(value, list) else value


def _load(path: Path) -> tuple[dict[str, Any], yaml.Node | None]:
    document, root = yaml_files.read(path)
    if not isinstance(document, dict):
        raise ConfigurationError(str(path), 1, "must be a mapping with init_config and instances")
    return document, root


def _mapping(value: Any, path: Path, root: yaml.Node | None, *place: str | int) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        where = "".join(f"[{part}]" if isinstance(part, int) else part for part in place)
        raise ConfigurationError(
            str(path), _line(root, *place), f"{where} must be a mapping of options, found {value!r}"
        )
    return value


def _interval(instance: Mapping[str, Any], path: Path, line: int) -> int:
    """Seconds between runs: `min_collection_interval` of the instance alone (Agent: pkg/collector/python/check.go); 15 where it is missing, 0 or negative."""
    value = instance.get("min_collection_interval")
    if value is None:
        return DEFAULT_INTERVAL_S
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigurationError(
            str(path), line, f"min_collection_interval must be a number of whole seconds, found {value!r}"
        )
    return int(value) if value >= 1 else DEFAULT_INTERVAL_S


def _line(node: yaml.Node | None, *place: str | int) -> int:
    """The 1-based line of a place in a document; of the nearest thing around it where it is missing."""
    line = 1
    for part in place:
        child: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == part:
                    line, child = key.start_mark.line + 1, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            child = node.value[part]
            line = child.start_mark.line + 1
        if child is None:
            break
        node = child
    return line
