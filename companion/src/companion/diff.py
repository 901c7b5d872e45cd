"""What differs between an object as we want it and as the account has it, field by field. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: its path (`options.thresholds.warning`, `widgets[2].definition.title`), and both values (None: missing)."""

    field: str
    old: Any
    new: Any

    def as_json(self) -> dict[str, Any]:
        """The form that `--json` prints."""
        return {"field": self.field, "from": self.old, "to": self.new}


Filled = Callable[[str, Any], bool]  # whether the server itself puts this value into this field
Same = Callable[[str, Any, Any], bool]  # whether two values of this field mean the same, differently written


def differences(expected: Any, actual: Any, filled: Filled, same: Same, path: str = "") -> list[Change]:
    """The changes that lead from `actual` to `expected`. What the server filled in, and emptiness in another form, is no change."""
    if same(path, expected, actual):
        return []
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        changes: list[Change] = []
        for key in [*expected, *(key for key in actual if key not in expected)]:
            place = f"{path}.{key}" if path else str(key)
            if key in expected:
                changes += differences(expected[key], actual.get(key), filled, same, place)
            elif not _empty(actual[key]) and not filled(place, actual[key]):
                changes.append(Change(place, actual[key], None))
        return changes
    if _is_list(expected) and _is_list(actual) and any(isinstance(item, Mapping) for item in (*expected, *actual)):
        both = enumerate(zip(expected, actual, strict=False))
        changes = [change for i, pair in both for change in differences(*pair, filled, same, f"{path}[{i}]")]
        changes += [Change(f"{path}[{i}]", None, expected[i]) for i in range(len(actual), len(expected))]
        return changes + [Change(f"{path}[{i}]", actual[i], None) for i in range(len(expected), len(actual))]
    alike = expected == actual and isinstance(expected, bool) == isinstance(actual, bool)
    return [] if alike or (_empty(expected) and _empty(actual)) else [Change(path, actual, expected)]


def as_sets(expected: Any, actual: Any) -> bool:
    """Whether two lists hold the same, whatever their order."""
    return _is_list(expected) and _is_list(actual) and set(map(repr, expected)) == set(map(repr, actual))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _empty(value: Any) -> bool:
    """Whether a field with this value means the same as one that is not there."""
    return value is None or value is False or (isinstance(value, str | Sequence | Mapping) and len(value) == 0)
