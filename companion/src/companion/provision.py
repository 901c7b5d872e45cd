"""Plan, apply, destroy: what an account has against what it should have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from companion.client import Account, ApiProblem
from companion.diff import Change
from companion.kinds.model import Existing, Kind, Resource
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
    resource: Resource | None = None
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


def plan(account: Account, resources: Sequence[Resource]) -> list[Step]:
    """A step for each object that the files describe. Raises Problem where two objects carry one mark: choosing is a person's."""
    owned: dict[tuple[str, str], list[Existing]] = {}
    for kind in {resource.kind.name: resource.kind for resource in resources}.values():
        for existing in kind.find(account):
            owned.setdefault((kind.name, existing.mark), []).append(existing)
    several = [
        f"{len(same)} {name}s carry the mark of '{same[0].name}': {', '.join(double.id for double in same)}"
        for (name, _), same in owned.items()
        if len(same) > 1
    ]
    if several:
        raise Problem("; ".join(several) + "; delete all but one of each, or take the mark out of them")
    return [_step(account, resource, *owned.get((resource.kind.name, resource.mark), [None])) for resource in resources]


def _step(account: Account, resource: Resource, existing: Existing | None) -> Step:
    kind = resource.kind
    if existing is None:
        return Step(kind, resource.name, "create", resource=resource)
    if not kind.listed_whole:
        existing = kind.get(account, existing.id)
    changes = tuple(kind.differences(resource.body, existing.body))
    return Step(kind, resource.name, "update" if changes else "none", changes, resource, existing, existing.id)


def apply(account: Account, steps: Sequence[Step], report: Report) -> list[Step]:
    """Take the steps, and look again at what was created: another apply may have made the same at the same time.

    Every step can be taken again: what was done before an interruption is found by its mark.
    """
    applied: list[Step] = []
    for step in steps:
        applied.append(_take(account, step))
        report(applied[-1])
    created = [step for step in applied if step.action == "create" and step.id]
    for kind_name in dict.fromkeys(step.kind.name for step in created):
        of_kind = [step for step in created if step.kind.name == kind_name]
        _withdraw_doubles(account, of_kind, applied)
    return applied


def _take(account: Account, step: Step) -> Step:
    if step.action == "create" and step.resource:
        try:
            return replace(step, id=step.kind.create(account, step.resource))
        except ApiProblem as problem:
            return _made_by_another(account, step, problem)
    if step.action == "update" and step.resource and step.existing:
        step.kind.update(account, step.existing, step.resource.body)
    return step


def _made_by_another(account: Account, step: Step, problem: ApiProblem) -> Step:
    """The server refused a duplicate: where it carries our mark, another apply was faster and the work is done."""
    if not any(text in error.lower() for error in problem.errors for text in DUPLICATE) or not step.resource:
        raise problem
    for existing in step.kind.find(account):
        if existing.mark == step.resource.mark:
            return replace(step, action="none", id=existing.id)
    raise ApiProblem(
        f"{problem}; it was made by hand: 'my-metric adopt {step.kind.name} ID' takes it over",
        problem.status,
        problem.errors,
    ) from None


def _withdraw_doubles(account: Account, created: Sequence[Step], applied: list[Step]) -> None:
    """Keep the first of those with one mark, ours or another's, and say so in `applied`: of two applies at once, both decide alike.

    The other's goes too: it may have looked before ours could be seen, though ours is the older.
    """
    kind = created[0].kind
    existing = kind.find(account)
    for step in created:
        same = [candidate for candidate in existing if step.resource and candidate.mark == step.resource.mark]
        in_order = sorted(same, key=lambda candidate: candidate.created)
        for double in in_order[1:]:
            kind.delete(account, double)
        if step.id in [double.id for double in in_order[1:]]:
            applied[applied.index(step)] = replace(step, action="none", id=in_order[0].id)


def removals(account: Account, kinds: Sequence[Kind]) -> list[Step]:
    """A step for each object in the account that carries one of our marks, duplicates too, in the order in which they go."""
    ordered = sorted(kinds, key=lambda kind: REMOVAL.index(kind.name))
    every = ((kind, existing) for kind in ordered for existing in kind.find(account))
    return [Step(kind, existing.name, "delete", existing=existing, id=existing.id) for kind, existing in every]


def remove(account: Account, steps: Sequence[Step], report: Report) -> None:
    """Delete what the steps name."""
    for step in steps:
        if step.existing:
            step.kind.delete(account, step.existing)
            report(step)


def adopt(account: Account, resource: Resource, id: str) -> Existing:
    """Put our mark on an object that was made by hand; the next plan shows what else differs. Raises Problem where one has the mark."""
    kind = resource.kind
    marked = kind.find(account)
    same = next((candidate for candidate in marked if candidate.id == id), None)
    if same and same.mark == resource.mark:
        return same
    if same:
        raise Problem(
            f"the {kind.name} '{same.name}' ({id}) carries the mark {same.mark} already, and would lose it; take it out first"
        )
    other = next((candidate for candidate in marked if candidate.mark == resource.mark), None)
    if other:
        raise Problem(
            f"the {kind.name} '{other.name}' ({other.id}) carries the mark already; delete it, or take the mark out of it, first"
        )
    adopted = kind.get(account, id)
    kind.update(account, adopted, kind.marked(adopted.body, resource.mark))
    return adopted
