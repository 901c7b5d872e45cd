"""Makes the review of a change from BASE and HEAD as they were read. Only what changed is looked at further."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from doghouse.importing.things import Found, FoundDowntime, FoundSlo, Unread
from doghouse.importing.verdicts import lint_all
from doghouse.monitors import Definition
from doghouse.monitors.notification_rules import Rules
from doghouse.review import effects, matching
from doghouse.review.matching import Listed, Matched, called
from doghouse.review.model import Change, Compared, NamedRule, OtherChange, Placed, Range, Review, Side, Tests
from doghouse.review.problems import differing, linted, placed
from doghouse.review.surroundings import parsed

# Both versions of a monitor over history, or why there is nothing to compare. None: it is not there on that side.
Compare = Callable[[Definition | None, Definition | None], Compared | str]
AFFECTED = "affected"
_ORDER = ("changed", "renamed", AFFECTED, "new", "removed")
_OTHERS: Sequence[tuple[str, type[Listed]]] = (
    ("downtime", FoundDowntime),
    ("notification rule", NamedRule),
    ("objective", FoundSlo),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a review is made with: the `rules` that lint goes by (None: it is not known which there are), how to `compare` versions over the `range`, the
    `tests` that ran, and what else a reader should know."""

    rules: Rules | None = None
    compare: Compare | None = None
    range: Range | None = None
    tests: Tests = field(default_factory=Tests)
    remarks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Unchanged:
    """A monitor that is the same on both sides. `reasons` are what it is made of and changed; `through` what else changed that may be for it."""

    matched: Matched
    reasons: Sequence[str]
    through: Sequence[str]


def review(base: Side, head: Side, asked: Asked) -> Review:
    """The review of what `head` changes of `base`."""
    monitors = matching.monitors(base, head)
    changed = [one for one in monitors if not one.is_same]
    definitions = {id(found): monitor for side in (base, head) for found, monitor in parsed(side)}
    others = [(name, one) for name, kind in _OTHERS for one in matching.others(base, head, kind) if not one.is_same]
    candidates = list(_unchanged(monitors, others, definitions))
    changes = [_change(one, definitions, asked.compare) for one in changed]
    changes += [
        affected
        for one in candidates
        if (affected := _affected(one, definitions, asked.compare))
        and _is_seen(affected, one, asked.compare is not None)
    ]
    things = {id(thing): thing for one in (*changed, *(one for _, one in others)) for thing in (one.before, one.after)}
    problems = {which: _linted(side, things.keys(), asked.rules) for which, side in (("before", base), ("after", head))}

    def differences(matched: Matched) -> tuple[list[Placed], list[Placed], int]:
        old, new = problems["before"].get(id(matched.before), []), problems["after"].get(id(matched.after), [])
        found, cured = differing(old, new)
        return found, cured if matched.after is not None else [], len(new) - len(found)

    made = []
    for matched, change in zip(changed, changes, strict=False):
        found, cured, kept = differences(matched)
        made.append(replace(change, found=found, cured=cured, kept=kept))
    unread, readable = differing(_unread(base), _unread(head))
    touched = changes[len(changed) :]
    return Review(
        base.name,
        head.name,
        sorted([*made, *touched], key=_rank),
        unchanged=len(monitors) - len(changed) - len(touched),
        moved=sum(one.is_same and matching.is_moved(one, base, head) for one in monitors),
        others=[_other(name, one, monitors, definitions, differences(one)[0]) for name, one in others],
        unread=unread,
        cured_files=readable,
        tests=asked.tests,
        range=asked.range,
        remarks=asked.remarks,
    )


def _rank(change: Change) -> tuple[int, float]:
    """Changed ones first; among them those that send more than they did, the most first."""
    compared = change.compared
    more = 0.0
    if compared:
        more = (compared.after.a_week if compared.after else 0.0) - (compared.before.a_week if compared.before else 0.0)
    return _ORDER.index(change.kind), -more


def _change(matched: Matched, definitions: dict[int, Definition | None], compare: Compare | None) -> Change:
    thing = matched.after if matched.after is not None else matched.before
    old = called(matched.before) if matched.before is not None else ""
    name = called(thing)
    versions = definitions.get(id(matched.before)), definitions.get(id(matched.after))
    made = Change(
        matched.kind,
        name,
        thing.where,
        thing.file,
        _line(thing, matched),
        old_name=old if old != name and matched.after is not None else "",
        fields=matched.fields,
        versions=versions,
    )
    if compare is None:
        return made
    for side, found, monitor in zip(("before", "after"), (matched.before, matched.after), versions, strict=True):
        if found is not None and monitor is None:
            return replace(made, unevaluated=f"{side}: it cannot be read")
    compared = compare(*versions)
    return replace(made, unevaluated=compared) if isinstance(compared, str) else replace(made, compared=compared)


def _line(thing: Found, matched: Matched) -> int:
    """The line of the first field that changed, where it is known."""
    lines = (thing.line(one.field, 0) for one in matched.fields if one.new is not None)
    return next((line for line in lines if line), 0)


def _affected(
    candidate: _Unchanged, definitions: dict[int, Definition | None], compare: Compare | None
) -> Change | None:
    if not candidate.reasons and not candidate.through:
        return None
    made = _change(candidate.matched, definitions, compare)
    return replace(made, kind=AFFECTED, because=[*candidate.reasons, *candidate.through])


def _is_seen(change: Change, candidate: _Unchanged, over_history: bool) -> bool:
    """Whether an unchanged monitor is shown: with history if it did something else; without, if what it is made of changed.

    A downtime or a rule that may be for it names it itself.
    """
    if change.compared is not None:
        return change.compared.differs
    return bool(candidate.reasons) or (over_history and not change.unevaluated)


def _unchanged(
    monitors: Sequence[Matched], others: Sequence[tuple[str, Matched]], definitions: dict[int, Definition | None]
) -> Iterator[_Unchanged]:
    same = [one for one in monitors if one.is_same]
    ids = {id(one.after): monitor.id for one in same if (monitor := definitions[id(one.after)]) and monitor.id}
    changed, names = set(), {}
    for one in monitors:
        for found in (one.before, one.after):
            if found is not None and (monitor := definitions[id(found)]) and monitor.id:
                names[monitor.id] = called(found)
                if not one.is_same:
                    changed.add(monitor.id)
    objectives = {
        str(matching.document(said).get("id")) for name, one in others if name == "objective" for said in _both(one)
    }
    by_id = {monitor.id: monitor for one in same if (monitor := definitions[id(one.after)]) and monitor.id}
    loose = {-id(one.after): monitor for one in same if (monitor := definitions[id(one.after)]) and not monitor.id}
    reached = effects.reached_through({**by_id, **loose}, changed, objectives, names)
    for one in same:
        monitor = definitions[id(one.after)]
        if monitor is not None:
            through = [f"{name} '{called(_last(other))}'" for name, other in others if _concerns(name, other, monitor)]
            yield _Unchanged(one, reached.get(ids.get(id(one.after), -id(one.after)), ()), through)


def _both(matched: Matched) -> list[Listed]:
    return [one for one in (matched.before, matched.after) if one is not None]


def _last(matched: Matched) -> Listed:
    return _both(matched)[-1]


def _concerns(name: str, matched: Matched, monitor: Definition) -> bool:
    """Whether a downtime or rule is for a monitor, as it was or as it is."""
    for thing in _both(matched):
        if isinstance(thing, NamedRule) and effects.is_routed(monitor, thing):
            return True
        if isinstance(thing, FoundDowntime) and any(
            effects.is_covered(monitor, downtime) for _, downtime in effects.downtimes([thing], 0.0)
        ):
            return True
        if isinstance(thing, FoundSlo) and monitor.slo and monitor.slo == str(thing.body.get("id")):
            return True
    return False


def _other(
    name: str,
    matched: Matched,
    monitors: Sequence[Matched],
    definitions: dict[int, Definition | None],
    found: Sequence[Placed],
) -> OtherChange:
    thing = _last(matched)
    concerned = [
        called(_last(one))
        for one in monitors
        if (monitor := definitions[id(_last(one))]) and _concerns(name, matched, monitor)
    ]
    return OtherChange(name, matched.kind, called(thing), thing.where, matched.fields, concerned, found)


def _linted(side: Side, wanted: object, rules: Rules | None) -> dict[int, list[Placed]]:
    things = [one for one in side.things if id(one) in wanted]  # type: ignore[operator]
    return linted(things, [one for one in side.things if isinstance(one, FoundSlo)], rules)


def _unread(side: Side) -> list[Placed]:
    return [
        one
        for verdict in lint_all(thing for thing in side.things if isinstance(thing, Unread))
        for one in placed(verdict)
    ]
