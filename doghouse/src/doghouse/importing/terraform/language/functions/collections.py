"""Functions of lists, maps and sets."""

from __future__ import annotations

import itertools
import math

from doghouse.importing.terraform.language.functions.registry import function
from doghouse.importing.terraform.language.values import (
    Set,
    Unknown,
    Value,
    WrongError,
    as_set,
    identity,
    number,
    once,
    shown,
    text,
    unified,
)
from doghouse.importing.terraform.language.work import MOST_VALUES, at_most


@function("length", shallow=True)
def _length(value: Value) -> Value:
    if not isinstance(value, list | dict | str):
        raise WrongError(f"{shown(value)} has no length")
    return len(value)


@function("concat", shallow=True)
def _concat(*lists: Value) -> Value:
    return [value for values in lists for value in values]


@function("merge", shallow=True)
def _merge(*maps: Value) -> Value:
    merged: dict[str, Value] = {}
    for mapping in maps:
        if mapping is not None and not isinstance(mapping, dict):
            raise WrongError(f"{shown(mapping)} is no map")
        merged.update(mapping or {})
    return merged


@function("keys", shallow=True)
def _keys(value: Value) -> Value:
    return sorted(value.keys())


@function("values", shallow=True)
def _values(value: Value) -> Value:
    return [element for _, element in sorted(value.items())]


@function("lookup", shallow=True)
def _lookup(value: Value, key: Value, *default: Value) -> Value:
    if text(key) in value:
        return value[text(key)]
    if not default:
        raise WrongError(f"there is no '{key}'")
    return default[0]


@function("element", shallow=True)
def _element(values: Value, index: Value) -> Value:
    return values[int(number(index)) % len(values)]


@function("contains")
def _contains(values: Value, value: Value) -> Value:
    return value in values


@function("index")
def _index(values: Value, value: Value) -> Value:
    return values.index(value)


@function("coalesce")
def _coalesce(*values: Value) -> Value:
    first = next((value for value in values if value is not None and value != ""), None)
    if first is None:
        raise WrongError("every argument is null or empty")
    return first


@function("coalescelist")
def _coalescelist(*values: Value) -> Value:
    return next((value for value in values if value), [])


@function("compact")
def _compact(values: Value) -> Value:
    return [value for value in values if value not in (None, "")]


@function("distinct")
def _distinct(values: Value) -> Value:
    return once(unified(values))


@function("flatten")
def _flatten(values: Value) -> Value:
    return [element for value in values for element in (_flatten(value) if isinstance(value, list) else [value])]


@function("one", shallow=True)
def _one(values: Value) -> Value:
    if len(values) > 1:
        raise WrongError(f"the list has {len(values)} elements")
    return values[0] if values else None


@function("range")
def _range(*bounds: Value) -> Value:
    numbers = [number(bound) for bound in bounds]
    start, end = (0, numbers[0]) if len(numbers) == 1 else numbers[:2]
    step = numbers[2] if len(numbers) > 2 else 1 if end >= start else -1
    values = []
    while (start < end) if step > 0 else (start > end):
        values.append(start)
        start += step
        if len(values) > 1024:  # Terraform's own limit
            raise WrongError("more than 1,024 values")
    return values


@function("reverse", shallow=True)
def _reverse(values: Value) -> Value:
    return list(values)[::-1]


@function("slice", shallow=True)
def _slice(values: Value, start: Value, end: Value) -> Value:
    first, last = int(number(start)), int(number(end))
    if not 0 <= first <= last <= len(values):
        raise WrongError(f"a list of {len(values)} has no elements {first} to {last}")
    return list(values)[first:last]


@function("sort")
def _sort(values: Value) -> Value:
    return sorted(text(value) for value in values)


@function("chunklist", shallow=True)
def _chunklist(values: Value, size: Value) -> Value:
    by = int(number(size))
    return [values[at : at + by] for at in range(0, len(values), by)]


@function("zipmap", shallow=True)
def _zipmap(keys: Value, values: Value) -> Value:
    if any(isinstance(key, Unknown) for key in keys):
        return next(key for key in keys if isinstance(key, Unknown))
    return dict(zip(map(text, keys), values, strict=True))


@function("transpose")
def _transpose(value: Value) -> Value:
    by_value: dict[str, list[str]] = {}
    for key, values in sorted(value.items()):
        for element in values:
            by_value.setdefault(element, []).append(key)
    return by_value


@function("matchkeys")
def _matchkeys(values: Value, keys: Value, search: Value) -> Value:
    among = set(map(identity, search))
    return [value for value, key in zip(values, keys, strict=True) if identity(key) in among]


@function("setproduct")
def _setproduct(*sets: Value) -> Value:
    at_most(math.prod(map(len, sets)), MOST_VALUES, "values")
    products: list[Value] = [list(product) for product in itertools.product(*sets)]
    return Set(products) if all(isinstance(values, Set) for values in sets) else products


@function("setunion")
def _setunion(*sets: Value) -> Value:
    return as_set(unified([value for values in sets for value in values]))


@function("setintersection")
def _setintersection(first: Value, *others: Value) -> Value:
    among = [set(map(identity, values)) for values in others]
    return as_set(value for value in first if all(identity(value) in values for values in among))


@function("setsubtract")
def _setsubtract(first: Value, second: Value) -> Value:
    among = set(map(identity, second))
    return as_set(value for value in first if identity(value) not in among)


@function("alltrue")
def _alltrue(values: Value) -> Value:
    return all(value in (True, "true") for value in values)


@function("anytrue")
def _anytrue(values: Value) -> Value:
    return any(value in (True, "true") for value in values)
