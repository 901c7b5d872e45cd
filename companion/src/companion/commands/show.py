"""How a plan reads: one object a line, the important word first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from companion import calendar, terminal
from companion.diff import Change
from companion.provision import Step
from companion.settings import Settings

if TYPE_CHECKING:
    from rich.text import Text

LONGEST = 60  # characters of a value that are shown
STYLES = {"create": "green", "update": "yellow", "delete": "red", "none": "dim"}
STATES = {"ok": "green", "drifted": "yellow", "missing": "red"}


def plan(steps: Sequence[Step], settings: Settings, now: datetime) -> None:
    """What would change, and who is silent when, on stdout."""
    screen = terminal.console()
    width = max((len(step.name) for step in steps), default=0)
    for step in steps:
        screen.print(line(step, width, _next(step, now)))
        for change in step.changes:
            screen.print(f"            {change.field:<28}  {words(change)}")
    for row in _calendar(steps, settings, now):
        screen.print(f"  {row}".rstrip())
    if not settings.email:
        screen.print(
            "\nNobody is told yet: set 'email' in my-metric.yaml (the shipped messages name addresses at example.com)."
        )
    if settings.tags and not settings.host:
        screen.print("\nThe tags are set nowhere yet: set 'host' in my-metric.yaml.")
    screen.print(_total(steps))


def _next(step: Step, now: datetime) -> str:
    """When a downtime that is to be made silences for the first time."""
    schedule = step.resource.body.get("schedule") if step.resource else None
    return f"next: {calendar.when(schedule, now)}" if schedule and step.action == "create" else ""


def _calendar(steps: Sequence[Step], settings: Settings, now: datetime) -> list[str]:
    downtimes = {
        resource.mark.rpartition("/")[2]: resource.body["schedule"]
        for resource in (step.resource for step in steps)
        if resource and "schedule" in resource.body
    }
    return ["", *calendar.week(downtimes, settings.timezone, now)] if downtimes else []


def _total(steps: Sequence[Step]) -> str:
    count = {action: sum(step.action == action for step in steps) for action in STYLES}
    if not count["create"] + count["update"]:
        return "\nNothing to do."
    counts = f"{count['create']} to create, {count['update']} to update, {count['none']} unchanged."
    return f"\nPlan: {counts}   Apply with: my-metric apply"


def line(step: Step, width: int, note: str = "") -> Text:
    """One object: what is done, its kind, its name."""
    note = note or (f"{len(step.changes)} field{'s' * (len(step.changes) != 1)}" if step.action == "update" else "")
    return _styled(f"{step.action:<7}", STYLES[step.action], f"{step.kind.name:<10} {step.name:<{width}}  {note}")


def _styled(word: str, style: str, text: str) -> Text:
    from rich.text import Text

    return Text.assemble("  ", (word, style), f" {text}".rstrip())


def words(change: Change) -> str:
    """A change as `old → new`, or as what was added or removed."""
    if change.old is None:
        return f"+ {value(change.new)}"
    if change.new is None:
        return f"- {value(change.old)}"
    if isinstance(change.old, str) and isinstance(change.new, str) and ("\n" in change.old or "\n" in change.new):
        return _lines(change.old, change.new)
    return f"{value(change.old)} → {value(change.new)}"


def value(value: Any) -> str:
    """A value on one line, not too long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    first, *more = text.strip().splitlines() or [""]
    if len(first) > LONGEST:
        first = first[: LONGEST - 1] + "…"
    return f"{first}… ({len(more) + 1} lines)" if more else first


def _lines(old: str, new: str) -> str:
    before, after = old.splitlines(), new.splitlines()
    removed = [text for text in before if text not in after]
    added = [text for text in after if text not in before]
    parts = [
        f"{sign} {value(texts[0])}{f'… ({len(texts)} lines)' if len(texts) > 1 else ''}"
        for sign, texts in (("-", removed), ("+", added))
        if texts
    ]
    return "  ".join(parts) or "the order of its lines"


def progress(step: Step) -> None:
    """One step that was taken, on stderr."""
    if step.action != "none":
        terminal.say(f"  {step.action}d {step.kind.name} {step.name}")


def applied(steps: Sequence[Step]) -> None:
    """What apply has done, on stdout."""
    changed = sum(step.action != "none" for step in steps)
    terminal.console().print(f"Applied: {changed} of {len(steps)} objects changed." if changed else "Nothing to do.")


def removals(steps: Sequence[Step]) -> None:
    """What destroy would delete, on stdout."""
    width = max(len(step.name) for step in steps)
    for step in steps:
        terminal.console().print(line(step, width, step.id or ""))


def status(rows: Sequence[Mapping[str, Any]], last_seen: Mapping[str, Any]) -> None:
    """What there is, on stdout."""
    screen = terminal.console()
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        state = row["status"]
        screen.print(_styled(f"{state:<8}", STATES[state], f"{row['kind']:<10} {row['name']:<{width}}  {row['note']}"))
    screen.print(f"\n{last_seen['note']}")


def duration(seconds: float) -> str:
    """A length of time for people: `3m 20s`."""
    parts = [(int(seconds) // 3600, "h"), (int(seconds) % 3600 // 60, "m"), (int(seconds) % 60, "s")]
    return " ".join(f"{number}{unit}" for number, unit in parts if number)[:12] or "0s"
