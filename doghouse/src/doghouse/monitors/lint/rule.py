"""What a lint rule is, and the registry of them: a module of `rules/` registers its rule by `@rule`, and nobody keeps a list."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context

LAST = 1000  # where a rule stands that does not say


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong (`error`), suspicious (`warning`) or worth knowing (`note`).

    `line` and `column` count from 1 in the text of `field`; 0: the field as a whole. `rule` is the id of the rule that it breaks, where one of `rules/` does.
    """

    field: str
    text: str
    severity: str = "error"
    line: int = 0
    column: int = 0
    rule: str = dataclasses.field(default="", compare=False)


Find = Callable[[Definition, Context], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its id, what it finds in a sentence, where its problems stand among others (small numbers first), and the function that finds them."""

    id: str
    words: str
    order: int
    find: Find


RULES: dict[str, Rule] = {}


def rule(name: str, words: str, *, order: int = LAST) -> Callable[[Find], Find]:
    """Register a function as the rule of this id. Its page is docs/rules/ID.md. Raises ValueError where two rules have one id."""

    def register(find: Find) -> Find:
        if name in RULES:
            raise ValueError(f"two lint rules are called {name}")
        RULES[name] = Rule(name, words, order, find)
        return find

    return register


def in_order(rules: Mapping[str, Rule]) -> list[Rule]:
    """The rules as their problems are listed: by order, then by id."""
    return sorted(rules.values(), key=attrgetter("order", "id"))
