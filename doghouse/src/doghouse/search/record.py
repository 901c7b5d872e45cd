"""What a search looks at: a log or an event, as its message, reserved attributes, tags and attributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from msgspec import Struct

from doghouse.search import tokens
from doghouse.tags import pairs

# searched by words without a field, beside the message
FREE_TEXT_ATTRIBUTES = ("title", "error.message", "error.stack")


class Record(Struct, frozen=True, eq=False, dict=True):
    """A log or an event. `reserved` has the names that are no tags, such as `service`, each with all ways to write its value."""

    message: str
    reserved: Mapping[str, Sequence[str | int]]
    tags: Sequence[str]
    attributes: Mapping[str, Any]

    def values(self, field: str) -> Sequence[Any]:
        """All values of a field: `@path` of an attribute, a reserved name, `tags` (each tag as a whole), or the key of a tag."""
        if field.startswith("@"):
            return attribute(self.attributes, field[1:])
        if field == "tags":
            return self.tags
        if field == "message":
            return [self.message]
        reserved = self.reserved.get(field)
        return pairs.values(self.tags, field.lower()) if reserved is None else reserved

    @cached_property
    def free_text(self) -> Sequence[str]:
        """The texts in which a word without a field is looked for, as `tokens.joined` makes them."""
        return list(map(tokens.joined, (self.message, *self.described)))

    @cached_property
    def full_text(self) -> Sequence[str]:
        """Every value there is, as `tokens.joined` makes it."""
        return list(map(tokens.joined, (self.message, *self.others)))

    @property
    def described(self) -> Iterator[str]:
        """The texts of free text beside the message."""
        return texts(value for path in FREE_TEXT_ATTRIBUTES for value in attribute(self.attributes, path))

    @property
    def others(self) -> Iterator[str]:
        """Every value but the message, as text. GUESS: tags and reserved attributes are among them, names of attributes are not."""
        reserved = (str(value) for values in self.reserved.values() for value in values)
        return chain(self.tags, reserved, texts(self.attributes.values()))


def attribute(attributes: Mapping[str, Any], path: str) -> list[Any]:
    """The values under a path, `http.status_code`, with those of arrays one by one; none where it is missing or null.

    GUESS: an attribute whose own name has the dots in it is looked for where nothing is nested so, at each level.
    """
    if path.partition(".")[0] not in attributes:  # what most paths of most logs come to
        value = attributes.get(path)
        return [] if value is None else list(flat(value)) if isinstance(value, list) else [value]
    here: list[Any] = [attributes]
    dotted: list[Any] = []
    names = path.split(".")
    for place, name in enumerate(names):
        objects = [value for value in here if isinstance(value, Mapping)]
        if objects and place < len(names) - 1:
            remainder = ".".join(names[place:])
            dotted.extend(value[remainder] for value in objects if remainder in value)
        here = list(flat(value[name] for value in objects if name in value))
    return here or list(flat(dotted))


def text_of(value: Any) -> str:
    """A value as text, by which it is compared. GUESS: 200.0 is written 200."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def flat(values: Iterable[Any]) -> Iterator[Any]:
    """The values, with the elements of arrays in their place, and without null."""
    waiting = list(values)[::-1]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif value is not None:
            yield value


def texts(values: Iterable[Any]) -> Iterator[str]:
    """All texts, numbers and booleans within values, however deep, as text."""
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):  # most are
            yield value
            continue
        for inner in flat([value]):
            if isinstance(inner, Mapping):
                waiting.extend(inner.values())
            else:
                yield text_of(inner)
