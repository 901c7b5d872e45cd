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


def differences(wanted: Any, held: Any, filled: Filled, same: Same, path: str = "") -> list[Change]:
    """The changes that lead from `held` to `wanted`. What the server filled in, and emptiness in another form, is no change."""
    if same(path, wanted, held):
        return []
    if isinstance(wanted, Mapping) and isinstance(held, Mapping):
        found: list[Change] = []
        for key in [*wanted, *(key for key in held if key not in wanted)]:
            place = f"{path}.{key}" if path else str(key)
            if key in wanted:
                found += differences(wanted[key], held.get(key), filled, same, place)
            elif not _empty(held[key]) and not filled(place, held[key]):
                found.append(Change(place, held[key], None))
        return found
    if _is_list(wanted) and _is_list(held) and any(isinstance(item, Mapping) for item in (*wanted, *held)):
        both = enumerate(zip(wanted, held, strict=False))
        found = [change for i, pair in both for change in differences(*pair, filled, same, f"{path}[{i}]")]
        found += [Change(f"{path}[{i}]", None, wanted[i]) for i in range(len(held), len(wanted))]
        return found + [Change(f"{path}[{i}]", held[i], None) for i in range(len(wanted), len(held))]
    if (wanted == held and isinstance(wanted, bool) == isinstance(held, bool)) or (_empty(wanted) and _empty(held)):
        return []
    return [Change(path, held, wanted)]


def as_sets(wanted: Any, held: Any) -> bool:
    """Whether two lists hold the same, whatever their order."""
    return _is_list(wanted) and _is_list(held) and set(map(repr, wanted)) == set(map(repr, held))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _empty(value: Any) -> bool:
    """Whether a field with this value means the same as one that is not there."""
    return value is None or value is False or (isinstance(value, str | Sequence | Mapping) and len(value) == 0)
