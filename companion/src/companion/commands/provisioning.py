"""What the commands that speak to an account do: read, plan, show, act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from companion import provision, resources, terminal
from companion.client import Account
from companion.commands import show
from companion.kinds.model import Resource
from companion.options import Json, Options, Yes
from companion.problem import WRONG_USE, Problem
from companion.provision import Step

DIFFERENT = 2  # the exit code of a plan that would change something


def plan(options: Options, as_json: Json = False) -> int:
    """Show what apply would change; exit 2 if there is a difference.

    Example: my-metric plan --config my-metric.yaml
    """
    settings, now = options.settings(), datetime.now(UTC)
    objects = resources.read(settings, now)
    with options.account() as account:
        steps = provision.plan(account, objects)
        if as_json:
            terminal.print_json(document(steps, account))
        else:
            show.plan(steps, settings, now)
    return DIFFERENT if _to_do(steps) else 0


def apply(options: Options, yes: Yes = False, as_json: Json = False) -> int:
    """Make the account as the files say; asks first on a terminal.

    Example: my-metric apply --yes
    """
    settings, now = options.settings(), datetime.now(UTC)
    objects = resources.read(settings, now)
    with options.account() as account:
        steps = provision.plan(account, objects)
        if _to_do(steps):
            _refuse_what_would_be_refused(objects)
            if not as_json:
                show.plan(steps, settings, now)
            _consent("Apply this?", yes)
        applied = provision.apply(account, steps, show.progress)
        if as_json:
            terminal.print_json(document(applied, account))
        else:
            show.applied(applied)
    return 0


def destroy(options: Options, yes: Yes = False, as_json: Json = False) -> int:
    """Delete everything that carries this command's mark, and nothing else.

    Example: my-metric destroy --yes
    """
    with options.account() as account:
        steps = provision.removals(account, resources.kinds(datetime.now(UTC)))
        if steps:
            if not as_json:
                show.removals(steps)
            _consent("Delete this?", yes)
        provision.remove(account, steps, show.progress)
        if as_json:
            terminal.print_json(document(steps, account))
        elif not steps:
            terminal.say("nothing to delete")
    return 0


def document(steps: Sequence[Step], account: Account) -> dict[str, Any]:
    """The form that `--json` prints."""
    return {"resources": [step.as_json() for step in steps], "calls": {"read": account.reads, "write": account.writes}}


def _to_do(steps: Sequence[Step]) -> bool:
    return any(step.action != "none" for step in steps)


def _refuse_what_would_be_refused(objects: Sequence[Resource]) -> None:
    """Raise Problem before anything is written, so that nothing is left half done."""
    from companion.validation.command import check

    for resource in objects:
        for fault in (fault for fault in check(resource.kind.name, resource.body) if not fault.warning):
            where = f"{resource.kind.name} '{resource.name}'"
            raise Problem(f"{where}: {fault.field} {fault.sentence} (my-metric validate lists all)")


def _consent(question: str, yes: bool) -> None:
    if yes:
        return
    if not terminal.is_terminal():
        raise Problem("nobody is here to ask: say --yes", WRONG_USE)
    if not terminal.ask(question):
        raise Problem("nothing was changed")
