"""The scope of a notification rule: `service:(web OR api) AND team:a NOT env:dev`, matched against the tags of a notification.

It is written in the search language, of which only tags are known here: `key:value`, and `key:*` for a key that is there at all. GUESS: NOT binds tighter than
AND and AND tighter than OR, as in other searches; `*` alone matches everything; upper and lower case are the same, as tags have no upper case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from functools import lru_cache

from msgspec import Struct

from doghouse.monitors.message.template import STATES
from doghouse.search.errors import SearchSyntaxError
from doghouse.search.matching import combined
from doghouse.search.parser import parse
from doghouse.search.tree import Exists, Leaf, Match, Node, Phrase, Word

TRANSITION_TYPE, PRIORITY = "transition_type", "priority"  # keys that a notification has besides its tags

Tags = Mapping[str, Set[str]]  # the values of each key, in lower case
Predicate = Callable[[Tags], bool]


class RuleError(ValueError):
    """What is wrong with a rule, in one sentence."""


class Scope(Struct, frozen=True, eq=False):
    """A scope as a function of tags; `values` are the keys that it names, with the values that it asks for."""

    matches: Predicate
    values: Mapping[str, Set[str]]


@lru_cache(maxsize=4096)
def scope(text: str) -> Scope:
    """A filter's scope. Raises RuleError with the column."""
    return _compiled(_tree(text), text)


@lru_cache(maxsize=4096)
def condition(text: str) -> Scope:
    """The scope of a conditional recipient: one tag, or `transition_type:is_alert`. Raises RuleError.

    GUESS: the types of transitions are named as the conditions of messages are; only `is_alert` (recorded) and `is_recovery` are seen.
    """
    tree = _tree(text)
    if not isinstance(tree, Match | Exists):
        raise RuleError(
            f"the condition's scope '{text}' is not one tag: expected key:value or transition_type:is_alert"
        )
    compiled = _compiled(tree, text)
    for name in compiled.values.get(TRANSITION_TYPE, ()):
        if name not in STATES:
            raise RuleError(f"'{name}' in '{text}' is no type of transition: expected one of {', '.join(STATES)}")
    return compiled


def all_of(tags: tuple[str, ...]) -> Scope:
    """The scope of a filter with `tags`, each of which must be there. GUESS: `key:*` means here too that the key is there."""
    values: dict[str, set[str]] = {}
    for tag in tags:
        key, colon, value = tag.lower().partition(":")
        if not (key and colon and value):
            raise RuleError(f"the filter's tag '{tag}' has no key or no value: expected key:value")
        values.setdefault(key, set()).add(value)

    def matches(tags: Tags) -> bool:
        return all(
            key in tags and all(value == "*" or value in tags[key] for value in own) for key, own in values.items()
        )

    return Scope(matches, values)


def _tree(text: str) -> Node:
    try:
        return parse(text)
    except SearchSyntaxError as error:
        raise RuleError(f"the scope '{text}' cannot be read: {error.sentence}") from None


def _compiled(tree: Node, text: str) -> Scope:
    values: dict[str, set[str]] = {}

    def leaf(node: Leaf) -> Predicate:
        match node:
            case Exists(field):
                key, value = field.lower(), "*"
            case Match(str() as field, Word() as word) if word.is_literal:
                key, value = field.lower(), word.plain.lower()
            case Match(str() as field, Phrase(phrase)):
                key, value = field.lower(), phrase.lower()
            case Match(None, Word() | Phrase()):
                raise RuleError(f"the scope '{text}' has a word without a key: expected key:value")
            case _:
                raise RuleError(f"the scope '{text}' has more than key:value and key:*, which is all that rules know")
        if key.startswith("@") or key == "*":
            raise RuleError(f"the scope '{text}' names '{key}', which is no tag's key")
        values.setdefault(key, set()).add(value)
        if isinstance(node, Exists):
            return lambda tags: bool(tags.get(key))
        return lambda tags: value in tags.get(key, ())

    return Scope(combined(tree, leaf), values)
