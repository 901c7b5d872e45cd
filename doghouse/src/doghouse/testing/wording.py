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
_EXPECTED = re.compile(r"Expected `(?P<wanted>[^`]*)`(?:, got `(?P<got>[^`]*)`)?")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>.*)`")
_MISSING = re.compile(r"Object missing required field `(?P<key>.*)`")
_STEP = re.compile(r"\.(?P<key>[^.\[\]]*)|\[[^\]]*\]")


def sentence(text: str, model: type[msgspec.Struct], place: str) -> str:
    """A validation error's text for a reader of YAML. `place` is where it stands in `model`, such as `.tests[...].logs[...]`."""
    if unknown := _UNKNOWN.fullmatch(text):
        known = _keys(model, place)
        near = nearest(unknown["key"], known)
        hint = f"did you mean {near}?" if near else f"expected {', '.join(known)}"
        return f"the key '{unknown['key']}' is not known here: {hint}"
    if missing := _MISSING.fullmatch(text):
        return f"the key '{missing['key']}' is missing"
    return _EXPECTED.sub(lambda match: _expected(match["wanted"], match["got"]), text)


def _expected(wanted: str, got: str | None) -> str:
    kinds = [WORDS.get(kind, kind) for kind in wanted.split(" | ") if kind != "null"]
    return f"expected {' or '.join(kinds)}" + (f", not {WORDS.get(got, got)}" if got else "")


def _keys(model: type[msgspec.Struct], place: str) -> Sequence[str]:
    """The keys of the mapping at a place."""
    kinds: list[inspect.Type] = [inspect.type_info(model)]
    for step in _STEP.finditer(place):
        kinds = [inner for kind in kinds for inner in _inside(kind, step["key"])]
    return [
        field.encode_name
        for kind in kinds
        for one in _plain(kind)
        if isinstance(one, inspect.StructType)
        for field in one.fields
    ]


def _inside(kind: inspect.Type, key: str | None) -> list[inspect.Type]:
    """What stands under a key, or in a list's or mapping's places (None)."""
    inner: list[inspect.Type] = []
    for one in _plain(kind):
        if isinstance(one, inspect.StructType):
            inner += [field.type for field in one.fields if field.encode_name == key]
        elif isinstance(one, inspect.ListType):
            inner.append(one.item_type)
        elif isinstance(one, inspect.DictType):
            inner.append(one.value_type)
    return inner


def _plain(kind: inspect.Type) -> Sequence[inspect.Type]:
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)
