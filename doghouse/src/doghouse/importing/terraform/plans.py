"""What `terraform show -json` prints, of a plan or a state: the exact way, for everything is known there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def is_plan(document: Mapping[str, Any]) -> bool:
    """Whether a document is a plan or a state."""
    return any(
        isinstance(document.get(key), dict) and "root_module" in document[key] for key in ("values", "planned_values")
    )


def resources(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any], bool]]:
    """The resources of a state or a plan: type, address, attributes, and whether it is a state. Modules hold resources and further modules."""
    state = "planned_values" not in document
    values = document.get("values") or document.get("planned_values")
    modules = [values.get("root_module")] if isinstance(values, dict) else []
    while modules:
        module = modules.pop(0)
        if not isinstance(module, dict):
            continue
        modules += module.get("child_modules") or []
        for resource in module.get("resources") or []:
            if isinstance(resource, dict) and resource.get("mode", "managed") == "managed":
                address = str(resource.get("address", resource.get("name", "")))
                yield str(resource.get("type")), address, resource.get("values") or {}, state
