"""The fields of logs, and which column each has."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from doghouse.logs.model import Log
from doghouse.logs.search import RESERVED, forms
from doghouse.logs.store.encoding import decoded, encoded
from doghouse.search.record import attribute, flat
from doghouse.tags import pairs

MOST = 400  # columns; further fields are looked up in each log that has such ones
DEEPEST = 20  # names in the path of an attribute that may have a column
TAG = ":"  # stands before the key of a tag, as a reserved attribute may be called alike
OWN = tuple(name for name in RESERVED if name not in ("trace_id", "timestamp"))


class Stored(Struct, frozen=True):
    """Where a field stands: the SQL of its text, which `decode` makes values of. It is `encoded`, unless `is_plain`: then it is the value itself."""

    sql: str
    decode: Callable[[str], Sequence[Any]] = decoded
    is_plain: bool = False


TRACE = Stored("replace(CAST(trace AS VARCHAR), '-', '')", forms)
FIXED = {
    "message": Stored("message", lambda text: [text], is_plain=True),
    "tags": Stored("tags"),
    "timestamp": Stored("CAST(ts AS VARCHAR)"),
    "trace_id": TRACE,
}


class Fields(Struct):
    """The column of each field by its number, and whether some fields have none."""

    numbers: dict[str, int] = field(default_factory=dict)
    has_more: bool = False

    def new(self, names: Iterable[str]) -> list[str]:
        """Give numbers to those of the fields that have none, as long as there are any; the fields that got one."""
        before = len(self.numbers)
        for name in names:
            if name not in self.numbers and len(self.numbers) < MOST and name.count(".") < DEEPEST:
                self.numbers[name] = len(self.numbers)
        return list(self.numbers)[before:]

    def stored(self, name: str) -> Stored | None:
        """Where a field stands, as searches name it; None where it has no column."""
        if name in FIXED:
            return FIXED[name]
        number = self.numbers.get(key(name))
        return None if number is None else Stored(column(number))


def column(number: int) -> str:
    """The name of a field's column."""
    return f"f{number}"


def key(name: str) -> str:
    """The name that a field of a search has here: tags are marked, and have no case."""
    return name if name.startswith("@") or name in OWN else TAG + name.lower()


def of_log(log: Log) -> dict[str, str]:
    """The encoded values of all fields of a log that may have a column, by the names that they have here."""
    texts = {name: text for name in OWN if (value := getattr(log, name)) and (text := encoded([value]))}
    by_key: dict[str, list[str]] = {}
    for tag in log.tags:
        name, value = pairs.split(tag)
        by_key.setdefault(TAG + name.lower(), []).append(value)
    for name, values in (*by_key.items(), *_of_attributes(log.attributes)):
        if (text := encoded(values)) is not None:
            texts[name] = text
    return texts


def _of_attributes(attributes: Mapping[str, Any]) -> Iterable[tuple[str, Sequence[Any]]]:
    """The values under each path, as `search.record.attribute` gives them. Objects are `dict`s: they come from JSON."""
    by_path: dict[str, list[Any]] = {}
    waiting = deque[tuple[str, Mapping[str, Any]]]([("@", attributes)])
    is_dotted = False
    while waiting:
        prefix, mapping = waiting.popleft()
        for name, value in mapping.items():
            is_dotted = is_dotted or "." in name
            path = prefix + name
            if isinstance(value, str):  # as most are
                by_path.setdefault(path, []).append(value)
                continue
            values = list(flat(value)) if isinstance(value, list) else [] if value is None else [value]
            by_path.setdefault(path, []).extend(values)
            if prefix.count(".") < DEEPEST:
                waiting.extend((f"{path}.", inner) for inner in values if isinstance(inner, dict))
    if is_dotted:  # a path may then be written in several ways, of which the nested one comes first
        return ((path, attribute(attributes, path[1:])) for path in by_path)
    return by_path.items()
