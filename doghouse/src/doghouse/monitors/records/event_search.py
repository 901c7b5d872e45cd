"""The searches of the retired event monitors in the language of today's (the API's description of POST /api/v1/monitor, as it was until 2021).

GUESS: an event has to have all of `tags`, and any of what stands in the other lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from doghouse.queries.language.names import unknown
from doghouse.search.errors import SearchSyntaxError
from doghouse.search.tree import Match, Node, Not, Or, Phrase, Word, all_of

FIELDS = {"sources": "source", "source": "source", "status": "status", "hosts": "host", "host": "host"}
STATUSES = {"warning": ("warning", "warn"), "success": ("success", "ok")}  # words that changed: both are looked for
ALL = "all"
PRIORITIES = (ALL, "normal", "low")
_PART = re.compile(r'"([^"]*)"|(\w+):\s*(?:"([^"]*)"|(\S+))|(\S+)')


def modern(text: str) -> Node:
    """`sources:nagios status:error,warning tags:env:prod "time out"` as a search. Raises SearchSyntaxError."""
    parts = [node for part in _PART.finditer(text) for node in _nodes(part)]
    return all_of(parts)


def _nodes(part: re.Match[str]) -> Sequence[Node]:
    phrase, key, quoted, listed, word = part.groups()
    if phrase is not None:
        return [Match(None, Phrase(phrase))]
    if word is not None:
        return [Match(None, Word.of([word]))]
    values = [value for value in (listed if quoted is None else quoted).split(",") if value]
    match key:
        case "priority":
            if wrong := [value for value in values if value not in PRIORITIES]:
                raise SearchSyntaxError(part.string, part.start(), unknown("priority", wrong[0], PRIORITIES))
            return [] if ALL in values else [_any(lambda value: Match("@priority", Phrase(value)), values)]
        case "tags":
            return [_tag(value) for value in values]
        case "excluded_tags":
            return [Not(_tag(value)) for value in values]
        case _ if key in FIELDS:
            spelled = [word for value in values for word in STATUSES.get(value, (value,))]
            return [_any(lambda value: Match(FIELDS[key], Phrase(value)), spelled)]
    return [_tag(f"{key}:{quoted if quoted is not None else listed}")]


def _any(leaf: Callable[[str], Node], values: Sequence[str]) -> Node:
    leaves = tuple(map(leaf, values))
    return leaves[0] if len(leaves) == 1 else Or(leaves)


def _tag(tag: str) -> Node:
    key, colon, value = tag.partition(":")
    return Match(key, Phrase(value)) if colon else Match("tags", Phrase(tag))
