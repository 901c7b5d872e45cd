"""Plan, apply, destroy: what an account has against what it should have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from companion.client import Account, ApiProblem
from companion.diff import Change
from companion.kinds.model import Existing, Kind, Wanted
from companion.problem import Problem
from companion.resources import REMOVAL

# Both recorded, in lower case.
DUPLICATE = ("duplicate of an existing monitor", "duplicate of one or more existing downtimes")


@dataclass(frozen=True, slots=True)
class Step:
    """One object, what is to be done with it (create, update, none, delete), and why."""

    kind: Kind
    name: str
    action: str
    changes: tuple[Change, ...] = ()
    wanted: Wanted | None = None
    existing: Existing | None = None
    id: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The form that `--json` prints."""
        return {
            "kind": self.kind.name,
            "name": self.name,
            "id": self.id,
            "action": self.action,
            "changes": [change.as_json() for change in self.changes],
        }


Report = Callable[[Step], None]


def plan(account: Account, wanted: Sequence[Wanted]) -> list[Step]:
    """A step for each wanted object. Raises Problem where two objects carry one mark: choosing is a person's."""
    marked: dict[tuple[str, str], list[Existing]] = {}
    for kind in {each.kind.name: each.kind for each in wanted}.values():
        for existing in kind.find(account):
            marked.setdefault((kind.name, existing.mark), []).append(existing)
    several = [
        f"{len(same)} {name}s carry the mark of '{same[0].name}': {', '.join(each.id for each in same)}"
        for (name, _), same in marked.items()
        if len(same) > 1
    ]
    if several:
        raise Problem("; ".join(several) + "; delete all but one of each, or take the mark out of them")
    return [_step(account, each, *marked.get((each.kind.name, each.mark), [None])) for each in wanted]


def _step(account: Account, wanted: Wanted, existing: Existing | None) -> Step:
    kind = wanted.kind
    if existing is None:
        return Step(kind, wanted.name, "create", wanted=wanted)
    if not kind.listed_whole:
        existing = kind.get(account, existing.id)
    changes = tuple(kind.differences(wanted.body, existing.body))
    return Step(kind, wanted.name, "update" if changes else "none", changes, wanted, existing, existing.id)


def apply(account: Account, steps: Sequence[Step], report: Report) -> list[Step]:
    """Take the steps, and look again at what was made: another apply may have made the same at the same time.

    Every step can be taken again: what was done before an interruption is found by its mark.
    """
    done = []
    for step in steps:
        done.append(_take(account, step))
        report(done[-1])
    made = [step for step in done if step.action == "create" and step.id]
    for kind_name in dict.fromkeys(step.kind.name for step in made):
        of_kind = [step for step in made if step.kind.name == kind_name]
        done = _withdraw_doubles(account, of_kind, done)
    return done


def _take(account: Account, step: Step) -> Step:
    if step.action == "create" and step.wanted:
        try:
            return replace(step, id=step.kind.create(account, step.wanted))
        except ApiProblem as problem:
            return _made_by_another(account, step, problem)
    if step.action == "update" and step.wanted and step.existing:
        step.kind.update(account, step.existing, step.wanted.body)
    return step


def _made_by_another(account: Account, step: Step, problem: ApiProblem) -> Step:
    """The server refused a duplicate: where it carries our mark, another apply was faster and the work is done."""
    if not any(text in error.lower() for error in problem.errors for text in DUPLICATE) or not step.wanted:
        raise problem
    for existing in step.kind.find(account):
        if existing.mark == step.wanted.mark:
            return replace(step, action="none", id=existing.id)
    raise ApiProblem(
        f"{problem}; it was made by hand: 'my-metric adopt {step.kind.name} ID' takes it over",
        problem.status,
        problem.errors,
    ) from None


def _withdraw_doubles(account: Account, made: Sequence[Step], done: list[Step]) -> list[Step]:
    """Keep the first of those with one mark, ours or another's: of two applies at once, both decide alike.

    The other's goes too: it may have looked before ours could be seen, though ours is the older.
    """
    kind = made[0].kind
    existing = kind.find(account)
    for step in made:
        same = [each for each in existing if step.wanted and each.mark == step.wanted.mark]
        in_order = sorted(same, key=lambda each: each.made)
        for double in in_order[1:]:
            kind.delete(account, double)
        if step.id in [double.id for double in in_order[1:]]:
            done = [replace(each, action="none", id=in_order[0].id) if each is step else each for each in done]
    return done


def removals(account: Account, kinds: Sequence[Kind]) -> list[Step]:
    """A step for each object in the account that carries one of our marks, duplicates too, in the order in which they go."""
    ordered = sorted(kinds, key=lambda kind: REMOVAL.index(kind.name))
    every = ((kind, each) for kind in ordered for each in kind.find(account))
    return [Step(kind, each.name, "delete", existing=each, id=each.id) for kind, each in every]


def remove(account: Account, steps: Sequence[Step], report: Report) -> None:
    """Delete what the steps name."""
    for step in steps:
        if step.existing:
            step.kind.delete(account, step.existing)
            report(step)


def adopt(account: Account, wanted: Wanted, id: str) -> Existing:
    """Put our mark on an object that was made by hand; the next plan shows what else differs. Raises Problem where one has the mark."""
    kind = wanted.kind
    marked = kind.find(account)
    same = next((each for each in marked if each.id == id), None)
    if same and same.mark == wanted.mark:
        return same
    if same:
        raise Problem(
            f"the {kind.name} '{same.name}' ({id}) carries the mark {same.mark} already, and would lose it; take it out first"
        )
    other = next((each for each in marked if each.mark == wanted.mark), None)
    if other:
        raise Problem(
            f"the {kind.name} '{other.name}' ({other.id}) carries the mark already; delete it, or take the mark out of it, first"
        )
    adopted = kind.get(account, id)
    kind.update(account, adopted, kind.marked(adopted.body, wanted.mark))
    return adopted
