"""What msgspec says of a value, in the words of YAML: a text, a list, a mapping."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from msgspec import inspect

from doghouse.queries.language.names import nearest

WORDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
_EXPECTED = re.compile(r"Expected `(?P<expected>[^`]*)`(?:, got `(?P<actual>[^`]*)`)?")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>.*)`")
_MISSING = re.compile(r"Object missing required field `(?P<key>.*)`")
_STEP = re.compile(r"\.(?P<key>[^.\[\]]*)|\[[^\]]*\]")


def sentence(text: str, model: type[msgspec.Struct], place: str) -> str:
    """A validation error's text for a reader of YAML. `place` is where it stands in `model`, such as `.tests[...].logs[...]`."""
    if unknown := _UNKNOWN.fullmatch(text):
        keys = _keys(model, place)
        near = nearest(unknown["key"], keys)
        hint = f"did you mean {near}?" if near else f"expected {', '.join(keys)}"
        return f"the key '{unknown['key']}' is not known here: {hint}"
    if missing := _MISSING.fullmatch(text):
        return f"the key '{missing['key']}' is missing"
    return _EXPECTED.sub(lambda match: _expected(match["expected"], match["actual"]), text)


def _expected(expected: str, actual: str | None) -> str:
    kinds = [WORDS.get(kind, kind) for kind in expected.split(" | ") if kind != "null"]
    return f"expected {' or '.join(kinds)}" + (f", not {WORDS.get(actual, actual)}" if actual else "")


def _keys(model: type[msgspec.Struct], place: str) -> Sequence[str]:
    """The keys of the mapping at a place."""
    kinds: list[inspect.Type] = [inspect.type_info(model)]
    for step in _STEP.finditer(place):
        kinds = [inner for kind in kinds for inner in _inside(kind, step["key"])]
    return [
        field.encode_name
        for kind in kinds
        for alternative in _plain(kind)
        if isinstance(alternative, inspect.StructType)
        for field in alternative.fields
    ]


def _inside(kind: inspect.Type, key: str | None) -> list[inspect.Type]:
    """What stands under a key, or in a list's or mapping's places (None)."""
    inner: list[inspect.Type] = []
    for alternative in _plain(kind):
        if isinstance(alternative, inspect.StructType):
            inner += [field.type for field in alternative.fields if field.encode_name == key]
        elif isinstance(alternative, inspect.ListType):
            inner.append(alternative.item_type)
        elif isinstance(alternative, inspect.DictType):
            inner.append(alternative.value_type)
    return inner


def _plain(kind: inspect.Type) -> Sequence[inspect.Type]:
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)
