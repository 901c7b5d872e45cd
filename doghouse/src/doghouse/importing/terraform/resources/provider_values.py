"""Values as a file, a plan or a state has them, as the API has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from doghouse.importing.terraform.language.values import text
from doghouse.numbers import whole_number

Values = Mapping[str, Any]


def blocks(values: Values, name: str) -> list[Values]:
    """The blocks of a name: a list of objects, or one object."""
    value = values.get(name) or []
    return [block for block in (value if isinstance(value, list) else [value]) if isinstance(block, Mapping)]


def first(values: Values, name: str) -> Values:
    """A block that stands once at most."""
    return next(iter(blocks(values, name)), {})


def filled(block: Values) -> dict[str, Any]:
    """What of a block says something."""
    return {key: value for key, value in block.items() if value not in (None, "", [], 0)}


def whole(value: Any) -> Any:
    """A number that Terraform may have as text."""
    if isinstance(value, str):
        size = whole_number(value.removeprefix("-"))
        return value or None if size is None else -size if value.startswith("-") else size
    return int(value) if isinstance(value, float) and value.is_integer() else value


def plain(value: Any) -> Any:
    """What Terraform may have as text, as it does to a boolean, and a set in order, as a plan has it."""
    if value in ("true", "false"):
        return value == "true"
    return sorted(value) if isinstance(value, list) and all(isinstance(element, str) for element in value) else value


def _text(value: Any) -> Any:
    """What stands in a set of texts, as Terraform converts it; a list or an object stays one, and is found wrong later."""
    return text(value) if isinstance(value, int | float) else value


def in_order(values: Any, convert: Callable[[Any], Any] = _text) -> Any:
    """A set in order, numbers first, without its nulls. What is no list stays as it is, and is found wrong later."""
    if not isinstance(values, list):
        return values
    elements = [convert(element) for element in values if element is not None]
    return sorted(
        elements, key=lambda element: (0, element, "") if isinstance(element, int | float) else (1, 0, str(element))
    )


def decimal(value: Any) -> Any:
    """A number that Terraform may have as text; what is none stays, and is found wrong later."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return value
