"""Makes the review of a change from BASE and HEAD as they were read. Only what changed is looked at further."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from doghouse.importing.things import DowntimeInFile, MonitorInFile, SloInFile, Unread
from doghouse.importing.verdicts import lint_all, of_past
from doghouse.monitors import Definition
from doghouse.monitors.lint import Problem
from doghouse.monitors.lint.settings import Settings
from doghouse.monitors.notification_rules import Rules
from doghouse.review import effects, matching
from doghouse.review.matching import Listed, Matched, called
from doghouse.review.model import Change, Compared, NamedRule, OtherChange, Placed, Range, Review, Side, Tests
from doghouse.review.problems import differing, linted, placed
from doghouse.review.surroundings import parsed

# Both versions of a monitor over history, or why there is nothing to compare. None: it is not there on that side.
Compare = Callable[[Definition | None, Definition | None], Compared | str]
AFFECTED, SLO = "affected", "objective"
_ORDER = ("changed", "renamed", AFFECTED, "new", "removed")
_OTHERS: Sequence[tuple[str, type[Listed]]] = (
    ("downtime", DowntimeInFile),
    ("notification rule", NamedRule),
    (SLO, SloInFile),
)


class ReviewOptions(Struct, frozen=True):
    """What a review is made with: the `rules` (None: it is not known which there are) and `settings` that lint goes by, how to `compare` versions over the
    `range`, the `tests` that ran, and what else a reader should know."""

    rules: Rules | None = None
    settings: Settings | None = None
    compare: Compare | None = None
    range: Range | None = None
    tests: Tests = field(default_factory=Tests)
    remarks: Sequence[str] = ()


Definitions = Mapping[int, Definition | None]  # by the id() of what they were read from; None: it cannot be read


class _Unchanged(Struct, frozen=True):
    """A monitor that is the same on both sides. `reasons` are what it is made of and changed, `through` what else changed that may be for it, `twins` a changed
    monitor that asks the same, which only lint minds."""

    matched: Matched
    reasons: Sequence[str]
    through: Sequence[str]
    twins: Sequence[str]


def review(base: Side, head: Side, asked: ReviewOptions) -> Review:
    """The review of what `head` changes of `base`."""
    monitors = matching.monitors(base, head)
    others = [
        (name, matched)
        for name, kind in _OTHERS
        for matched in matching.others(base, head, kind)
        if not matched.is_same
    ]
    definitions = {id(thing): monitor for side in (base, head) for thing, monitor in parsed(side)}
    changed = [matched for matched in monitors if not matched.is_same]
    touched = list(_touched(monitors, others, definitions))
    looked_at = [*changed, *(matched for _, matched in others), *(unchanged.matched for unchanged in touched)]
    problems = _Problems(base, head, looked_at, asked)
    changes = [problems.on(matched, _change(matched, definitions, asked.compare)) for matched in changed]
    for unchanged in touched:
        compare = asked.compare if unchanged.reasons or unchanged.through else None
        change = problems.on(unchanged.matched, _change(unchanged.matched, definitions, compare))
        if _is_seen(change, unchanged):
            changes.append(
                replace(change, kind=AFFECTED, because=[*unchanged.reasons, *unchanged.through, *unchanged.twins])
            )
    unread, readable = _unread(base, head, asked.settings)
    return Review(
        base.name,
        head.name,
        sorted(changes, key=_rank),
        unchanged=len(monitors) - len(changes),
        moved=sum(matched.is_same and matching.is_moved(matched, base, head) for matched in monitors),
        others=[
            replace(_other(name, matched, monitors, definitions), new_problems=problems.differing(matched)[0])
            for name, matched in others
        ],
        unread=unread,
        cured_files=readable,
        tests=asked.tests,
        range=asked.range,
        remarks=asked.remarks,
    )


class _Problems:
    """The lint problems of both sides' versions of some things."""

    def __init__(self, base: Side, head: Side, matched: Sequence[Matched], asked: ReviewOptions) -> None:
        self._settings = asked.settings or Settings()
        self._before = linted(base, {id(pair.before) for pair in matched}, asked.rules, asked.settings)
        self._after = linted(head, {id(pair.after) for pair in matched}, asked.rules, asked.settings)

    def differing(self, matched: Matched, change: Change | None = None) -> tuple[list[Placed], list[Placed]]:
        """Those that are new, and those that are cured; one that goes with what had it is not. A monitor's `change` says what history shows."""
        before, after = self._before.get(id(matched.before), []), self._after.get(id(matched.after), [])
        if change is not None and change.compared is not None:
            versions = zip((matched.before, matched.after), change.versions, change.compared.shown, strict=True)
            of_history = [self._shown(*version) for version in versions]
            before, after = [*before, *of_history[0]], [*after, *of_history[1]]
        new, cured = differing(before, after)
        return new, cured if matched.after is not None else []

    def on(self, matched: Matched, change: Change) -> Change:
        """A change with its problems."""
        new, cured = self.differing(matched, change)
        return replace(change, new_problems=new, cured=cured)

    def _shown(self, thing: Listed | None, monitor: Definition | None, problems: Sequence[Problem]) -> list[Placed]:
        if not isinstance(thing, MonitorInFile) or monitor is None:
            return []
        return placed(of_past(thing, monitor, problems, self._settings))


def _rank(change: Change) -> tuple[bool, int, float]:
    """First what has an error or misses alerts, then changed ones, of each those first that send more than they did."""
    compared = change.compared
    grave = any(entry.problem.severity == "error" for entry in change.new_problems) or bool(
        compared and compared.missed
    )
    more = 0.0
    if compared:
        more = (compared.after.a_week if compared.after else 0.0) - (compared.before.a_week if compared.before else 0.0)
    return not grave, _ORDER.index(change.kind), -more


def _change(matched: Matched, definitions: Definitions, compare: Compare | None) -> Change:
    thing = matched.after if matched.after is not None else matched.before
    old = called(matched.before) if matched.before is not None else ""
    name = called(thing)
    versions = definitions.get(id(matched.before)), definitions.get(id(matched.after))
    change = Change(
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
        return change
    for side, listed, monitor in zip(("before", "after"), (matched.before, matched.after), versions, strict=True):
        if listed is not None and monitor is None:
            return replace(change, unevaluated=f"{side}: it cannot be read")
    compared = compare(*versions)
    return replace(change, unevaluated=compared) if isinstance(compared, str) else replace(change, compared=compared)


def _line(thing: MonitorInFile, matched: Matched) -> int:
    """The line of the first field that changed, where it is known."""
    lines = (thing.line(change.field, 0) for change in matched.fields if change.new is not None)
    return next((line for line in lines if line), 0)


def _is_seen(change: Change, touched: _Unchanged) -> bool:
    """Whether an unchanged monitor is shown: it did something else over history, or has another problem; without history, if what it is made of changed.

    A downtime or a rule that may be for it names it itself.
    """
    if change.new_problems or change.cured:
        return True
    return change.compared.differs if change.compared is not None else bool(touched.reasons)


def _touched(
    monitors: Sequence[Matched], others: Sequence[tuple[str, Matched]], definitions: Definitions
) -> Iterator[_Unchanged]:
    """The unchanged monitors that something else which changed may be for: a member, an objective, a downtime, a rule, one that asks the same."""
    changed = [
        (called(thing), definitions[id(thing)])
        for matched in monitors
        if not matched.is_same
        for thing in _both(matched)
    ]
    names = {monitor.id: name for name, monitor in changed if monitor and monitor.id}
    asking = {(monitor.type, monitor.query): name for name, monitor in changed if monitor}
    objectives = {str(thing.body.get("id")) for name, matched in others if name == SLO for thing in _both(matched)}
    same = [
        (matched, monitor) for matched in monitors if matched.is_same and (monitor := definitions[id(matched.after)])
    ]
    reached = effects.reached_through([monitor for _, monitor in same], names, objectives)
    for (matched, monitor), reasons in zip(same, reached, strict=True):
        through = [f"{name} '{called(_last(other))}'" for name, other in others if _concerns(name, other, monitor)]
        twin = asking.get((monitor.type, monitor.query))
        twins = [f"'{twin}' asks the same"] if twin is not None else []
        if reasons or through or twins:
            yield _Unchanged(matched, reasons, through, twins)


def _both(matched: Matched) -> list[Listed]:
    return [thing for thing in (matched.before, matched.after) if thing is not None]


def _last(matched: Matched) -> Listed:
    return _both(matched)[-1]


def _concerns(name: str, matched: Matched, monitor: Definition) -> bool:
    """Whether a downtime or rule is for a monitor, as it was or as it is."""
    for thing in _both(matched):
        if isinstance(thing, NamedRule) and effects.is_routed(monitor, thing):
            return True
        if isinstance(thing, DowntimeInFile) and any(
            effects.is_covered(monitor, downtime) for _, downtime in effects.downtimes([thing], 0.0)
        ):
            return True
        if isinstance(thing, SloInFile) and monitor.slo and monitor.slo == str(thing.body.get("id")):
            return True
    return False


def _other(name: str, matched: Matched, monitors: Sequence[Matched], definitions: Definitions) -> OtherChange:
    thing = _last(matched)
    concerned = [
        called(_last(candidate))
        for candidate in monitors
        if (monitor := definitions[id(_last(candidate))]) and _concerns(name, matched, monitor)
    ]
    return OtherChange(name, matched.kind, called(thing), thing.where, matched.fields, concerned)


def _unread(base: Side, head: Side, settings: Settings | None) -> tuple[list[Placed], list[Placed]]:
    """The files that cannot be read now and could before, or whose mistake is another; and those that can again."""
    before, after = ({_mistake(side, entry): entry for entry in _of_files(side, settings)} for side in (base, head))
    return [after[key] for key in after if key not in before], [before[key] for key in before if key not in after]


def _of_files(side: Side, settings: Settings | None) -> list[Placed]:
    unread = [thing for thing in side.things if isinstance(thing, Unread)]
    return [entry for verdict in lint_all(unread, settings=settings) for entry in placed(verdict)]


def _mistake(side: Side, problem: Placed) -> tuple[str, str]:
    """A file's place without its line and without what the sides differ in, and what is wrong with it."""
    return problem.place.removeprefix(side.prefix).partition(":")[0], problem.problem.text
