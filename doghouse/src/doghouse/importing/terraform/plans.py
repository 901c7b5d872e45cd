"""What `terraform show -json` prints, of a plan or a state: the exact way, for everything is known there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct


class Planned(Struct, frozen=True):
    """A resource: its type, address and attributes, whether the document is a state, and the keys and numbers behind which its attributes stand in it."""

    kind: str
    address: str
    values: Mapping[str, Any]
    is_state: bool
    steps: Sequence[str]


def is_plan(document: Mapping[str, Any]) -> bool:
    """Whether a document is a plan or a state."""
    return any(
        isinstance(document.get(key), dict) and "root_module" in document[key] for key in ("values", "planned_values")
    )


def resources(document: Mapping[str, Any]) -> Iterator[Planned]:
    """The resources of a state or a plan. Modules hold resources and further modules."""
    is_state = "planned_values" not in document
    top = "values" if document.get("values") else "planned_values"
    values = document.get(top)
    root = values.get("root_module") if isinstance(values, dict) else None
    modules: list[tuple[Any, tuple[str, ...]]] = [(root, (top, "root_module"))]
    while modules:
        module, steps = modules.pop(0)
        if not isinstance(module, dict):
            continue
        below = enumerate(module.get("child_modules") or [])
        modules += [(child, (*steps, "child_modules", str(number))) for number, child in below]
        for number, resource in enumerate(module.get("resources") or []):
            if isinstance(resource, dict) and resource.get("mode", "managed") == "managed":
                address = str(resource.get("address", resource.get("name", "")))
                place = (*steps, "resources", str(number), "values")
                yield Planned(str(resource.get("type")), address, resource.get("values") or {}, is_state, place)
