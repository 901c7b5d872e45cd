"""Which lint problems a change makes, and which it mends: the old ones are not repeated."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Sequence

from doghouse.importing.things import DowntimeInFile, MonitorInFile, SloInFile
from doghouse.importing.verdicts import Linted, lint_all
from doghouse.monitors.lint.settings import Settings
from doghouse.monitors.notification_rules import Rules
from doghouse.review.model import Placed, Side

Ignoring = MonitorInFile | DowntimeInFile | SloInFile  # what may say which problems are not to be said of it

# Problems are the same where all of this is; then, of those that are left, where their rule and field are: a threshold in its words is another now.
_ALIKE: Sequence[Callable[[Placed], Hashable]] = (
    lambda placed: (placed.problem.rule, placed.problem.field, placed.problem.severity, placed.problem.text),
    lambda placed: (
        (placed.problem.rule, placed.problem.field, placed.problem.severity) if placed.problem.rule else id(placed)
    ),
)


def linted(side: Side, ids: Container[int], rules: Rules | None, settings: Settings | None) -> dict[int, list[Placed]]:
    """The problems of a side's things whose id() is among `ids`, by it. What stands beside them is known, and not looked at.

    A comment that ignores a rule is of use if it is to any of the resources of its file: those are looked at too.
    """
    files = {thing.file for thing in side.things if id(thing) in ids and isinstance(thing, Ignoring) and thing.ignores}
    only = [thing for thing in side.things if id(thing) in ids or (isinstance(thing, Ignoring) and thing.file in files)]
    verdicts = lint_all(side.things, None, rules, settings, {id(thing) for thing in only})
    return {id(thing): placed(verdict) for thing, verdict in zip(only, verdicts, strict=True)}


def placed(verdict: Linted) -> list[Placed]:
    """A verdict's problems with their places; not the notes, which nobody has to mend."""
    return [
        Placed(problem, verdict.place(line), verdict.file, line)
        for problem, line in zip(verdict.problems, verdict.lines, strict=True)
        if problem.severity != "note"
    ]


def differing(old: Sequence[Placed], new: Sequence[Placed]) -> tuple[list[Placed], list[Placed]]:
    """Those of `new` that `old` has not, and those of `old` that are cured. As many alike as there were are old."""
    cured, added = list(old), list(new)
    for alike in _ALIKE:
        remaining: dict[Hashable, list[Placed]] = {}
        for entry in cured:
            remaining.setdefault(alike(entry), []).append(entry)
        fresh = []
        for entry in added:
            if same := remaining.get(alike(entry)):
                same.pop()
            else:
                fresh.append(entry)
        added = fresh
        ids = {id(entry) for some in remaining.values() for entry in some}
        cured = [entry for entry in cured if id(entry) in ids]
    return added, cured
