"""Which lint problems a change makes, and which it mends: the old ones are not repeated."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from doghouse.importing.things import Thing
from doghouse.importing.verdicts import Linted, lint_all
from doghouse.monitors.notification_rules import Rules
from doghouse.review.model import Placed

# Problems are the same where all of this is; then, of those that are left, where their rule and field are: a threshold in its words is another now.
_ALIKE: Sequence[Callable[[Placed], Hashable]] = (
    lambda placed: (placed.problem.rule, placed.problem.field, placed.problem.severity, placed.problem.text),
    lambda placed: (
        (placed.problem.rule, placed.problem.field, placed.problem.severity) if placed.problem.rule else id(placed)
    ),
)


def linted(things: Sequence[Thing], context: Sequence[Thing], rules: Rules | None) -> dict[int, list[Placed]]:
    """The problems of each of these things, by its id(). `context` are the things that stand beside them: an alert's SLO."""
    of_things = {id(thing) for thing in things}
    listed = [*things, *(thing for thing in context if id(thing) not in of_things)]
    verdicts = lint_all(listed, rules=rules)
    return {id(thing): placed(verdict) for thing, verdict in zip(listed, verdicts, strict=True)}


def placed(verdict: Linted) -> list[Placed]:
    """A verdict's problems with their places; not the notes, which nobody has to mend."""
    return [
        Placed(problem, verdict.place(line), verdict.file, line)
        for problem, line in zip(verdict.problems, verdict.lines, strict=True)
        if problem.severity != "note"
    ]


def differing(old: Sequence[Placed], new: Sequence[Placed]) -> tuple[list[Placed], list[Placed]]:
    """Those of `new` that `old` has not, and those of `old` that are cured. As many alike as there were are old."""
    cured, found = list(old), list(new)
    for alike in _ALIKE:
        left: dict[Hashable, list[Placed]] = {}
        for one in cured:
            left.setdefault(alike(one), []).append(one)
        fresh = []
        for one in found:
            if same := left.get(alike(one)):
                same.pop()
            else:
                fresh.append(one)
        found = fresh
        kept = {id(one) for some in left.values() for one in some}
        cured = [one for one in cured if id(one) in kept]
    return found, cured


def by_severity(problems: Sequence[Placed]) -> Mapping[str, int]:
    """How many there are of each severity."""
    return {name: sum(one.problem.severity == name for one in problems) for name in ("error", "warning")}
