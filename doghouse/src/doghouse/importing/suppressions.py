"""What monitors say is not to be said of them: problems are suppressed, and what suppresses nothing is a problem itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from doghouse.importing.things import DowntimeInFile, MonitorInFile, SloInFile, Thing
from doghouse.monitors.lint import RULES, Problem
from doghouse.monitors.lint.elsewhere import IGNORED_FOR_NO_REASON, IGNORED_NOTHING, IGNORED_UNKNOWN
from doghouse.monitors.lint.ignoring import Ignore, in_tags
from doghouse.monitors.lint.settings import unknown_rule


class Suppressed(Struct, frozen=True):
    """A problem that is not to be said, why, and its line in its file (0: it is not known)."""

    problem: Problem
    reason: str
    line: int


class Ignores:
    """The suppressions of all things. A comment in a block that stands for several resources is of use if it is to one of them."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self._of = {id(thing): _ignores(thing) for thing in things}
        self._used: set[tuple[str, Ignore]] = set()

    def split(self, thing: Thing, problems: Sequence[Problem]) -> tuple[list[Problem], list[Suppressed]]:
        """The problems that are said, and those that are suppressed."""
        reported, suppressed = [], []
        mine = {ignore.rule: ignore for ignore in self._of[id(thing)] if ignore.reason and _may_be(ignore.rule)}
        for problem in problems:
            ignore = mine.get(problem.rule)
            if ignore is None or not isinstance(thing, MonitorInFile | DowntimeInFile | SloInFile):
                reported.append(problem)
            else:
                self._used.add(_key(thing, ignore))
                suppressed.append(Suppressed(problem, ignore.reason, thing.line(problem.field, problem.line)))
        return reported, suppressed

    def unfollowed(self, thing: Thing, chosen: frozenset[str]) -> Iterator[Problem]:
        """Suppressions without a reason, of rules that there are not, and those that suppress nothing although their rule is looked for (which one that only
        history shows is not here)."""
        for ignore in self._of[id(thing)]:
            if ignore.rule not in RULES:
                yield IGNORED_UNKNOWN.problem(_field(ignore), unknown_rule(ignore.rule))
            elif not _may_be(ignore.rule):
                yield IGNORED_UNKNOWN.problem(_field(ignore), f"{ignore.rule} cannot be ignored")
            elif not ignore.reason:
                form = (
                    f"doghouse-ignore:{ignore.rule}:why_it_is_well"
                    if not ignore.line
                    else f"ignore[{ignore.rule}] why it is well"
                )
                text = f"gives no reason to ignore {ignore.rule}, and is not followed: write {form}"
                yield IGNORED_FOR_NO_REASON.problem(_field(ignore), text)
            elif (
                ignore.rule in chosen
                and not RULES[ignore.rule].past
                and isinstance(thing, MonitorInFile | DowntimeInFile | SloInFile)
                and _key(thing, ignore) not in self._used
            ):
                yield IGNORED_NOTHING.problem(_field(ignore), f"there is nothing of {ignore.rule} to ignore here")


def _ignores(thing: Thing) -> list[Ignore]:
    if not isinstance(thing, MonitorInFile | DowntimeInFile | SloInFile):
        return []
    return [*in_tags(thing.body.get("tags")), *thing.ignores]


def _key(thing: MonitorInFile | DowntimeInFile | SloInFile, ignore: Ignore) -> tuple[str, Ignore]:
    return (thing.file if ignore.line else thing.where), ignore


def _may_be(rule: str) -> bool:
    return rule in RULES and not RULES[rule].always


def _field(ignore: Ignore) -> str:
    return f"comment on line {ignore.line}" if ignore.line else "tags"
