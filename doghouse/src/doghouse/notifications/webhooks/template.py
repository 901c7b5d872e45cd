"""Variables in a webhook's payload, headers and url: `$NAME` and `$TAGS[key]` (integrations/webhooks).

The longest name that is known is taken (`$ALERT_TITLE` before `$ALERT`); what is not known stays as it is written. A value is not looked through again.
Inside a text of JSON a value is escaped, elsewhere it stands as it is. GUESS: that, and what happens to unknown names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cached_property

from msgspec import Struct

# Variables of products that doghouse does not have: known, and without a value.
_ELSEWHERE = r"(?:INCIDENT|SECURITY|SYNTHETICS)_[A-Z0-9_]+"
# a text of JSON; one that does not end goes to the end
_TEXT = re.compile(r'("(?:\\.|[^"\\])*+(?:"|\\?\Z))', re.DOTALL)
_ANY = re.compile(r"\$[A-Z][A-Z0-9_]*(?:\[[^][]*\])?")

Encode = Callable[[str, str], str]  # a variable's name and its value, as it is to stand


class Variables(Struct, frozen=True, dict=True):
    """What the variables say: the built-in ones, each tag's value by its key, and custom ones, which win (GUESS)."""

    built_in: Mapping[str, str]
    tags: Mapping[str, str]
    custom: Mapping[str, str]

    @cached_property
    def values(self) -> Mapping[str, str]:
        """All of them by name."""
        return {**self.built_in, **self.custom}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = "|".join(map(re.escape, sorted(self.values, key=len, reverse=True)))
        return re.compile(rf"\$(?:TAGS\[(?P<tag>[^][]*)\]|(?P<name>{names})|{_ELSEWHERE})")

    def fill(self, text: str, encode: Encode = lambda _, value: value) -> str:
        """The text with each variable's value in its place."""

        def value(match: re.Match[str]) -> str:
            if match["tag"] is not None:
                return encode("TAGS", self.tags.get(match["tag"], ""))
            return encode(match["name"], self.values[match["name"]]) if match["name"] else ""

        return self._pattern.sub(value, text)

    def fill_json(self, text: str) -> str:
        """JSON with each variable's value in its place, escaped where it stands inside a text."""
        parts = _TEXT.split(text)  # what is outside of texts and the texts take turns
        parts[::2] = [self.fill(part) for part in parts[::2]]
        parts[1::2] = [self.fill(part, _escaped) for part in parts[1::2]]
        return "".join(parts)


def with_zeroes(text: str) -> str:
    """JSON with 0 for each variable that stands outside of its texts, known or not: to see whether it can become JSON at all."""
    parts = _TEXT.split(text)
    parts[::2] = [_ANY.sub("0", part) for part in parts[::2]]
    return "".join(parts)


def _escaped(_: str, value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]
