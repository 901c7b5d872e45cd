"""Which fields of a thing changed: its document flattened, and compared field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

# What the API's answers have besides what is set: when and by whom, and the state that the monitor is in.
ANSWERED = frozenset({
    "created", "created_at", "creator", "creator_id", "deleted", "deleted_at", "matching_downtimes", "modified", "modified_at", "multi", "org_id",
    "overall_state", "overall_state_modified", "state",
})  # fmt: skip
# of a set, written as a list
UNORDERED = frozenset({"tags", "restricted_roles", "notify_by", "renotify_statuses", "monitor_tags"})
ABSENT = object()  # the value of a field that is not there


class FieldChange(Struct, frozen=True):
    """One field (`options.thresholds.critical`) before and after; None is no value."""

    field: str
    old: Any
    new: Any

    @property
    def is_text(self) -> bool:
        """Whether both are texts: what differs between them is told in words."""
        return isinstance(self.old, str) and isinstance(self.new, str)

    @property
    def is_set(self) -> bool:
        """Whether both are lists without an order, of which the parts that differ are told."""
        return _is_unordered(self.field, self.old, self.new)


def changed_fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[FieldChange]:
    """The fields that differ, in the order of the new document, those that are gone last. No value and null are the same; a set has no order."""
    before, after = dict(_flat(old, "")), dict(_flat(new, ""))
    names = [*after, *(name for name in before if name not in after)]
    return [
        FieldChange(name, before.get(name), after.get(name))
        for name in names
        if not _same(name, before.get(name, ABSENT), after.get(name, ABSENT))
    ]


def _flat(document: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for key, value in document.items():
        name = f"{path}.{key}" if path else str(key)
        if value is None or (not path and key in ANSWERED):
            continue
        if isinstance(value, Mapping) and value:
            yield from _flat(value, name)
        elif isinstance(value, list | tuple) and any(isinstance(element, Mapping) for element in value):
            for place, element in enumerate(value):
                yield from _flat({f"{key}[{place}]": element}, path)
        elif not isinstance(value, Mapping):
            yield name, value


def _same(name: str, old: Any, new: Any) -> bool:
    if old is ABSENT or new is ABSENT:
        return old is new
    if _is_unordered(name, old, new):
        return sorted(map(repr, old)) == sorted(map(repr, new))
    return equal(old, new)


def _is_unordered(name: str, old: Any, new: Any) -> bool:
    return name.rpartition(".")[2] in UNORDERED and isinstance(old, list | tuple) and isinstance(new, list | tuple)


def equal(old: Any, new: Any) -> bool:
    """Whether two values of documents are the same: 90 and 90.0 are, 1 and true are not."""
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        left, right = _valued(old), _valued(new)
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    if isinstance(old, list | tuple) and isinstance(new, list | tuple):
        return len(old) == len(new) and all(map(equal, old, new))
    return bool(old == new)


def _valued(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if value is not None}
