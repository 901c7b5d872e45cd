"""Where each value of a text stands: of JSON, for json.loads does not say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct, field

from doghouse.importing.things import Line

# Commas and colons are passed over: in valid JSON a key stands where an object awaits one.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|[^\s{}\[\],:"]+', re.DOTALL)
_STEP = re.compile(r"[^.\[\]]+")


class Position(Struct):
    """A value: the line of its key, or of itself in a list (from 1), and what is in it, by key or by number as text.

    `is_block`: a text of several lines begins on the next one, as YAML's `|` has it. `last` is the line that it ends on; 0: it is not known.
    """

    line: int
    inside: dict[str, Position] = field(default_factory=dict)
    is_block: bool = False
    last: int = 0

    def at(self, steps: Sequence[str]) -> tuple[Position, bool]:
        """What stands behind these keys and numbers, or else the last thing around it; and whether it is itself."""
        here = self
        for step in steps:
            if step not in here.inside:
                return here, False
            here = here.inside[step]
        return here, True


def lines(root: Callable[[], Position], steps: Sequence[str]) -> Line:
    """The lines of what stands in a document behind these keys and numbers: of a field, of what is around it, or of itself."""

    def line(path: str, inner: int) -> int:
        position, is_itself = root().at([*steps, *_STEP.findall(path)])
        return position.line + (inner if is_itself and position.is_block else 0)

    return line


def provider_lines(
    root: Callable[[], Position], steps: Sequence[str], names: Mapping[str, str], spelled: Callable[[str], str]
) -> Line:
    """The lines of the API's fields where a provider's attributes stand behind these keys and numbers: a block that stands once is a list there.

    `names` are the API's names of what the provider calls otherwise; `spelled` is the provider's name of a key of the document.
    """

    def line(path: str, inner: int) -> int:
        here, _ = root().at(steps)
        api_names, remainder = names, path
        while remainder:
            inside = here.inside["0"].inside if "0" in here.inside else here.inside
            api = {api_names.get(spelled(key), spelled(key)): value for key, value in inside.items()}
            name = next((key for key in api if remainder == key or remainder.startswith((f"{key}.", f"{key}["))), "")
            if not name:
                break
            here, api_names, remainder = api[name], {}, remainder.removeprefix(name).lstrip(".")
        return here.line

    return line


@lru_cache(maxsize=4)
def positions(text: str) -> Position:
    """Where everything in a valid JSON text stands."""
    return _read(text, [])


def key_twice(text: str) -> tuple[int, str]:
    """The first key of a valid JSON text that stands a second time in its object, of which there is one: the line of the second, and the key."""
    twice: list[tuple[int, str]] = []
    _read(text, twice)
    return twice[0]


def _read(text: str, twice: list[tuple[int, str]]) -> Position:
    """See `positions`; `twice` gets each key that stands in its object already, with its line."""
    root = at = Position(1)
    around: list[tuple[Position, bool]] = []  # what is open, and whether it is a list
    line, last, key = 1, 0, None
    for token in _TOKEN.finditer(text):
        line += text.count("\n", last, token.start())
        last = token.start()
        sign = token[0]
        if sign in "}]":
            at, _ = around.pop()
            at = around[-1][0] if around else root
        elif key is None and around and not around[-1][1]:
            key = (json.loads(sign) if "\\" in sign else sign[1:-1], line)
        else:
            value = Position(key[1] if key else line)
            if key and key[0] in at.inside:
                twice.append((key[1], key[0]))
            if around:
                at.inside[key[0] if key else str(len(at.inside))] = value
            else:
                root = value
            key = None
            if sign in "{[":
                at = value
                around.append((value, sign == "["))
    return root
