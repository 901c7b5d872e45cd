"""Composite monitors: the states of other monitors, combined by && || ! (monitors/types/composite)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from string import ascii_lowercase

from msgspec import Struct

from doghouse.monitors.message.context import rounded
from doghouse.monitors.states.machine import GroupState, Status
from doghouse.monitors.windows.columns import Group
from doghouse.queries import QuerySyntaxError

MOST_MEMBERS = 10
DEEPEST = 100
LONGEST = 200  # ours: its tree is as deep as the chain of its operators is long
_TOKEN = re.compile(r"\s*(?:([0-9]{1,18}(?![0-9]))|(&&|\|\||!|\(|\)))")


class Member(Struct, frozen=True):
    """Another monitor's state, by its id."""

    id: int


class Negation(Struct, frozen=True):
    """`!a`."""

    operand: Composite


class Both(Struct, frozen=True):
    """`a && b`."""

    left: Composite
    right: Composite


class Either(Struct, frozen=True):
    """`a || b`."""

    left: Composite
    right: Composite


Composite = Member | Negation | Both | Either


def parse(text: str) -> Composite:
    """`123 && !(456 || 789)`. `!` binds tightest, then `&&`. Raises QuerySyntaxError."""
    parser = _Parser(text)
    tree = parser.either()
    parser.end()
    if len(set(members(tree))) > MOST_MEMBERS:
        raise QuerySyntaxError(text, 0, f"a composite has at most {MOST_MEMBERS} monitors")
    return tree


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.place, self.depth, self.operators = text, 0, 0, 0

    def either(self) -> Composite:
        left = self.both()
        while self._operator("||"):
            left = Either(left, self.both())
        return left

    def both(self) -> Composite:
        left = self.operand()
        while self._operator("&&"):
            left = Both(left, self.operand())
        return left

    def operand(self) -> Composite:
        self.depth += 1
        if self.depth > DEEPEST:
            raise QuerySyntaxError(self.text, self.place, f"the composite is more than {DEEPEST} levels deep")
        try:
            return self._operand()
        finally:
            self.depth -= 1

    def _operand(self) -> Composite:
        if self._take("!"):
            return Negation(self.operand())
        if self._take("("):
            inner = self.either()
            if not self._take(")"):
                raise self._error("a closing parenthesis")
            return inner
        match = _TOKEN.match(self.text, self.place)
        if match is None or match[1] is None:
            raise self._error("a monitor's id")
        self.place = match.end()
        return Member(int(match[1]))

    def end(self) -> None:
        if self.text[self.place :].strip():
            raise self._error("&&, || or the end")

    def _operator(self, token: str) -> bool:
        there = self._take(token)
        self.operators += there
        if self.operators > LONGEST:
            raise QuerySyntaxError(self.text, self.place, f"a composite has at most {LONGEST} operators")
        return there

    def _take(self, token: str) -> bool:
        match = _TOKEN.match(self.text, self.place)
        if match is None or match[2] != token:
            return False
        self.place = match.end()
        return True

    def _error(self, expected: str) -> QuerySyntaxError:
        place = self.place + len(self.text[self.place :]) - len(self.text[self.place :].lstrip())
        return QuerySyntaxError(self.text, place, f"expected {expected}", (expected,))


def members(tree: Composite) -> Iterator[int]:
    """The ids of the monitors that it is made of, left to right."""
    match tree:
        case Member(id):
            yield id
        case Negation(operand):
            yield from members(operand)
        case Both(left, right) | Either(left, right):
            yield from members(left)
            yield from members(right)


def combine(tree: Composite, states: Mapping[int, Status]) -> Status:
    """The composite's status for one group: && is the least severe, || the most, ! turns OK into Alert, No Data stays what it is, all else is OK."""
    match tree:
        case Member(id):
            return states[id]
        case Negation(operand):
            inner = combine(operand, states)
            return {Status.OK: Status.ALERT, Status.NO_DATA: Status.NO_DATA}.get(inner, Status.OK)
        case Both(left, right):
            return min(combine(left, states), combine(right, states))
        case Either(left, right):
            return max(combine(left, states), combine(right, states))


def evaluate(tree: Composite, states: Mapping[int, Mapping[Group, Status]]) -> dict[Group, Status]:
    """The status of each group that all grouped members have in common; `()` where none of them is grouped.

    Only tag values count, not keys: a member that groups by fewer tags joins where its values are among the others'.
    """
    ids = sorted(set(members(tree)))
    known = {id: {g: s for g, s in states.get(id, {}).items() if s is not Status.NEW} for id in ids}
    if any(not groups for groups in known.values()):
        return {}
    finest = max(known.values(), key=lambda groups: max(len(group) for group in groups))
    statuses: dict[Group, Status] = {}
    for group in finest:
        matching = {id: _matching(group, groups) for id, groups in known.items()}
        if all(status is not None for status in matching.values()):
            statuses[group] = combine(tree, {id: status for id, status in matching.items() if status is not None})
    return statuses


class MemberVariables(Mapping[str, str]):
    """`a.value`, `a.status`, `b.value` …: what members are worth for a group; `a.log.message`: what a member's own message says of its records."""

    def __init__(self, worth: Mapping[str, str], records: Mapping[str, Callable[[], Mapping[str, str]]]) -> None:
        self._worth, self._records = worth, records

    def __getitem__(self, name: str) -> str:
        if name in self._worth:
            return self._worth[name]
        letter, _, own = name.partition(".")
        return self._records[letter]()[own]

    def __iter__(self) -> Iterator[str]:
        """Those that every member has; what members say of their records is looked up by its name."""
        return iter(self._worth)

    def __len__(self) -> int:
        return len(self._worth)


# What the message of a monitor's group says of its records.
RecordVariablesOf = Callable[[int, Group], Mapping[str, str]]


def variables(
    group: Group,
    members: Sequence[int],
    states: Mapping[int, Mapping[Group, GroupState]],
    records_of: RecordVariablesOf,
) -> MemberVariables:
    """What a composite's message says of its members for a group: of each the group whose values are among its own, the worst if there are several.

    They are lettered in the order in which the query names them (monitors/notify/variables).
    """
    values = {value for _, value in group}
    worth: dict[str, str] = {}
    records: dict[str, Callable[[], Mapping[str, str]]] = {}
    for letter, member in zip(ascii_lowercase, members, strict=False):
        mine = [(state, of) for of, state in states.get(member, {}).items() if {value for _, value in of} <= values]
        if mine:
            worst, of = max(mine, key=lambda pair: pair[0].status)
            worth |= {f"{letter}.value": rounded(worst.value), f"{letter}.status": worst.status.label}
            records[letter] = cache(partial(records_of, member, of))
    return MemberVariables(worth, records)


def _matching(group: Group, groups: Mapping[Group, Status]) -> Status | None:
    """The status of the member's group whose values are all among this group's; the worst, if several are."""
    values = {value for _, value in group}
    fitting = [status for other, status in groups.items() if {value for _, value in other} <= values]
    return max(fitting, default=None)
