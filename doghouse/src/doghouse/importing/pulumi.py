"""What Pulumi writes of Datadog's resources: they are the Terraform provider's, with names in camel case and no list around a block that stands once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from doghouse.importing import terraform
from doghouse.importing.things import Line, Thing
from doghouse.monitors.lint import Problem
from doghouse.monitors.lint.elsewhere import UNKNOWN

_PREFIX = "datadog:"
# What a preview has in the place of a value that is known only after the update, and how a state marks a secret (pulumi/pulumi, sdk/go/common/resource).
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
# Blocks that may stand several times have plural names (pulumi/pulumi-terraform-bridge, pkg/tfbridge/names.go); those of them that are read by one name.
_PLURALS = {"computes": "compute", "group_bies": "group_by", "recurrences": "recurrence"}
_SECRET = "4dabf18193072939515e22adb298388d"  # the name of the mark, not a secret


def is_stack(document: Mapping[str, Any]) -> bool:
    """Whether a document is an exported stack or a preview."""
    deployment = document.get("deployment")
    return (isinstance(deployment, dict) and "resources" in deployment) or (
        isinstance(document.get("steps"), list)
        and any(isinstance(step, dict) and "newState" in step for step in document["steps"])
    )


def things(
    document: Mapping[str, Any], where: str, lines: Callable[[Sequence[str], Callable[[str], str]], Line]
) -> Iterator[Thing]:
    """What is Datadog's in a stack. `lines` gives the lines of what stands behind some keys and numbers, whose names are respelled."""
    others: Counter[str] = Counter()
    for steps, resource in _resources(document):
        kind = str(resource.get("type", ""))
        if not kind.startswith(_PREFIX):
            continue
        name = "datadog_" + _snake(kind.rpartition(":")[2])
        if name not in terraform.READ:
            others[kind] += 1
            continue
        remarks: list[Problem] = []
        values = {
            _snake(key): _plain(value, _snake(key), remarks)
            for key, value in (resource.get("inputs") or {}).items()
            if not key.startswith("__")
        }
        attributes = {key: value for key, value in values.items() if value is not None}
        if resource.get("id"):
            attributes["id"] = resource["id"]
        address = str(resource.get("urn", "")).rpartition("::")[2]
        yield terraform.thing(name, where, address, attributes, line=lines((*steps, "inputs"), _snake), remarks=remarks)
    yield from terraform.unread(where, others)


def _resources(document: Mapping[str, Any]) -> Iterator[tuple[Sequence[str], Mapping[str, Any]]]:
    """Each resource, and behind which keys and numbers it stands."""
    deployment = document.get("deployment")
    if isinstance(deployment, dict):
        listed = [
            (("deployment", "resources", str(at)), resource) for at, resource in enumerate(deployment["resources"])
        ]
    else:
        steps = ((at, step) for at, step in enumerate(document["steps"]) if isinstance(step, dict))
        listed = [(("steps", str(at), "newState"), step.get("newState")) for at, step in steps]
    return ((place, resource) for place, resource in listed if isinstance(resource, dict))


def _plain(value: Any, field: str, remarks: list[Problem]) -> Any:
    """A value with the provider's names. What is unknown or secret is left out and remarked."""
    if value == _UNKNOWN or (isinstance(value, dict) and _SECRET in value):
        why = "known only after an update" if value == _UNKNOWN else "a secret of Pulumi's"
        remarks.append(UNKNOWN.problem(field, f"not known before a plan: it is {why}"))
        return None
    if isinstance(value, dict):
        return {
            _snake(key): _plain(member, field, remarks) for key, member in value.items() if not key.startswith("__")
        }
    if isinstance(value, list):
        elements = [_plain(element, field, remarks) for element in value]
        return [element for element in elements if element is not None]
    return value


def _snake(name: str) -> str:
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
    return _PLURALS.get(snake, snake)
