"""A JSON value against a model of the official client: the models are the schema, and each fault names its field.

The client itself keeps what fits no model of a choice and says nothing; here the branch that was meant is found by its `type`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from datadog_api_client.model_utils import ModelComposed, ModelNormal, ModelSimple

from companion.problem import Fault, close_or_all, did_you_mean

MODELS = (ModelNormal, ModelComposed, ModelSimple)
NAMES = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
    type(None): "null",
    datetime: "a time",
    date: "a date",
    UUID: "a UUID",
}


def _size(value: Any, otherwise: int) -> int:
    return len(value) if isinstance(value, str | list) else otherwise


# What a model limits -> whether a value (of any type: a wrong one is said elsewhere) keeps to the limit, and what is said if not.
LIMITS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "min_items": (lambda value, limit: _size(value, limit) >= limit, "has too few items"),
    "max_items": (lambda value, limit: _size(value, limit) <= limit, "has too many items"),
    "min_length": (lambda value, limit: _size(value, limit) >= limit, "is too short"),
    "max_length": (lambda value, limit: _size(value, limit) <= limit, "is too long"),
    "inclusive_minimum": (lambda value, limit: not _is(value, float) or value >= limit, "is too small"),
    "exclusive_minimum": (lambda value, limit: not _is(value, float) or value > limit, "is too small"),
    "exclusive_maximum": (lambda value, limit: not _is(value, float) or value < limit, "is too large"),
    "inclusive_maximum": (lambda value, limit: not _is(value, float) or value <= limit, "is too large"),
    "regex": (
        lambda value, limit: not isinstance(value, str) or bool(re.search(limit["pattern"], value)),
        "has not the expected form",
    ),
}


def faults(value: Any, model: Any, path: str = "") -> Iterator[Fault]:
    """What is wrong with `value` as `model`: a model class, a primitive type, `[T]`, `{str: T}`, or a tuple of these to choose from."""
    if isinstance(model, tuple):
        yield from _choice(value, model, path)
    elif _is_model(model, ModelComposed):
        yield from _choice(value, tuple(model._composed_schemas["oneOf"]), path)
    elif _is_model(model, ModelSimple):
        yield from _simple(value, model, path)
    elif not _is(value, kind := _plain_type(model)):
        yield Fault(path, f"is {_short(value)}, expected {NAMES.get(kind, kind.__name__)}")
    elif isinstance(model, list):
        for number, item in enumerate(value):
            yield from faults(item, model[0], f"{path}[{number}]")
    elif isinstance(model, dict):
        for key, item in value.items():
            yield from faults(item, next(iter(model.values())), _join(path, key))
    elif _is_model(model, ModelNormal):
        yield from _object(value, model, path)


def _choice(value: Any, models: tuple[Any, ...], path: str) -> Iterator[Fault]:
    """The faults under the branch that was meant: the one that fits, the one whose `type` fits, else the one with the fewest faults."""
    attempts = []
    for model in sorted(models, key=lambda model: not _meant(value, model)):  # the others' faults are seldom asked for
        listed = list(faults(value, model, path))
        if not listed:
            return
        attempts.append((not _meant(value, model), len(listed), listed))
    if not attempts:
        return
    wrong_type, _, listed = min(attempts, key=lambda attempt: attempt[:2])
    kinds = sorted({kind for model in models for kind in _kinds(model)})
    if wrong_type and kinds and isinstance(value, Mapping) and "type" in value:
        word = value["type"]
        yield Fault(_join(path, "type"), f"is {_short(word)}{close_or_all(str(word), kinds)}")
    elif len(models) > 1 and not isinstance(value, Mapping | list):
        yield Fault(
            path,
            f"is {_short(value)}, expected {' or '.join(dict.fromkeys(NAMES.get(_plain_type(model), 'an object') for model in models))}",
        )
    else:
        yield from listed


def _kinds(model: Any) -> frozenset[str]:
    """The values of `type` that mark this model, where it has such a field."""
    if not _is_model(model, ModelNormal):
        return frozenset()
    kind: Any = model.openapi_types.get("type", (None,))[0]
    return frozenset(kind.allowed_values) if _is_model(kind, ModelSimple) else frozenset()


def _is_model(model: Any, base: Any) -> bool:
    return inspect.isclass(model) and issubclass(model, base)


def _meant(value: Any, model: Any) -> bool:
    return isinstance(value, Mapping) and value.get("type") in _kinds(model)


def _object(value: Mapping[str, Any], model: Any, path: str) -> Iterator[Fault]:
    by_json_name = {json_name: name for name, json_name in model.attribute_map.items()}
    for name in _required(model):
        if model.attribute_map[name] not in value:
            yield Fault(_join(path, model.attribute_map[name]), "is missing")
    for json_name, inner in value.items():
        place = _join(path, json_name)
        if json_name not in by_json_name:
            yield Fault(
                place, f"is no field that Datadog documents here{did_you_mean(json_name, by_json_name)}", warning=True
            )
            continue
        name = by_json_name[json_name]
        yield from faults(inner, model.openapi_types[name], place)
        yield from _limits(inner, getattr(model, "validations", {}).get(name, {}), place)


@cache
def _required(model: Any) -> list[str]:
    parameters = inspect.signature(model.__init__).parameters.values()
    return [p.name for p in parameters if p.default is inspect.Parameter.empty and p.name in model.attribute_map]


def _simple(value: Any, model: Any, path: str) -> Iterator[Fault]:
    allowed = getattr(model, "allowed_values", None)
    if allowed and value not in list(allowed):  # a set could not be asked about an object
        yield Fault(path, f"is {_short(value)}{close_or_all(str(value), sorted(map(str, allowed)))}")
    elif not allowed:
        yield from faults(value, model.openapi_types["value"], path)
    yield from _limits(value, getattr(model, "validations", {}).get("value", {}), path)


def _limits(value: Any, limits: Mapping[str, Any], path: str) -> Iterator[Fault]:
    for name, limit in limits.items():
        reaches, sentence = LIMITS[name]
        if not reaches(value, limit):
            shown = limit["pattern"] if name == "regex" else limit
            yield Fault(path, f"{sentence} ({_short(value)}; limit {shown})")


def _is(value: Any, kind: type) -> bool:
    if kind in (int, float):
        return isinstance(value, int if kind is int else int | float) and not isinstance(value, bool)
    if kind in (datetime, date, UUID):
        return isinstance(value, str)
    return isinstance(value, kind)


def _plain_type(model: Any) -> Any:
    """The type of a value's JSON: a list, an object, or a plain one."""
    return list if isinstance(model, list) else dict if isinstance(model, dict) or _is_model(model, MODELS) else model


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else str(name)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 50 else text[:49] + "…"
