"""What a lint rule is, and the registry of them: a module of `rules/` registers its rules by `rule`, and nobody keeps a list."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from msgspec import Struct

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context

LAST = 1000  # where a rule stands that does not say
SEVERITIES = ("error", "warning", "note")


class Mend(Struct, frozen=True):
    """How a problem is mended: in the text of `field`, `old` becomes `new`. Without `old`, `new` is the whole value: a text, or JSON of anything else."""

    field: str
    new: str
    old: str = ""

    @property
    def sentence(self) -> str:
        """`{{host.name}} for {{hostname.name}}`, or `options.evaluation_delay: 900`."""
        return f"{self.new} for {self.old}" if self.old else f"{self.field}: {self.new}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong (`error`), suspicious (`warning`) or worth knowing (`note`).

    `line` and `column` count from 1 in the text of `field`; 0: the field as a whole. `rule` is the id of the rule that it breaks. `mend` is how, where that
    is mechanical.
    """

    field: str
    text: str
    severity: str = "error"
    line: int = 0
    column: int = 0
    rule: str = dataclasses.field(default="", compare=False)
    mend: Mend | None = dataclasses.field(default=None, compare=False)


Find = Callable[[Definition, Context], Iterable[Problem]]


class Rule(Struct, frozen=True):
    """A rule: its id, what it finds in a sentence, how bad that is, where its problems stand among others (small numbers first).

    `on`: whether it is looked for where nobody says which are. `always`: whether it is said whatever is chosen, since what could not be read is not known to
    be well. `past`: whether only a stretch of history shows it (`by_history`). `partly`: whether what it finds holds where a part of the text is not known, as
    a variable of Terraform's before a plan. As a decorator it registers the function that finds it; where none does, its
    problems come from elsewhere (`elsewhere`).
    """

    id: str
    words: str
    severity: str = "error"
    order: int = LAST
    on: bool = True
    always: bool = False
    past: bool = False
    partly: bool = False

    def __call__(self, find: Find) -> Find:
        """Register the function that finds its problems."""
        return finds(self)(find)

    def problem(
        self, field: str, text: str, line: int = 0, column: int = 0, *, severity: str = "", mend: Mend | None = None
    ) -> Problem:
        """A problem that breaks this rule, with its severity where there is no other."""
        return Problem(field, text, severity or self.severity, line, column, self.id, mend)


RULES: dict[str, Rule] = {}
FINDERS: dict[str, Find] = {}  # by the rule's id


def rule(
    name: str,
    words: str,
    severity: str = "error",
    *,
    order: int = LAST,
    on: bool = True,
    always: bool = False,
    past: bool = False,
    partly: bool = False,
) -> Rule:
    """Register the rule of this id. Its page is docs/rules/ID.md. Raises ValueError where two rules have one id."""
    if name in RULES:
        raise ValueError(f"two lint rules are called {name}")
    return RULES.setdefault(name, Rule(name, words, severity, order, on, always, past, partly))


def finds(*rules: Rule) -> Callable[[Find], Find]:
    """Register the function that finds the problems of these rules: each of them says which one it breaks."""

    def register(find: Find) -> Find:
        FINDERS.update({entry.id: find for entry in rules})
        return find

    return register


def in_order(rules: Mapping[str, Rule]) -> list[Rule]:
    """The rules as their problems are listed: by order, then by id."""
    return sorted(rules.values(), key=attrgetter("order", "id"))


def by_default() -> frozenset[str]:
    """The ids of the rules that are looked for where nobody says which."""
    return frozenset(entry.id for entry in RULES.values() if entry.on)
