"""A review in sentences without markup: what each change comes to, for every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from doghouse.review.fields import FieldChange
from doghouse.review.model import CELLS, NOTHING, Change, Compared, Past, Range, Review, Tests

SHOWN_FIELDS = 3  # in a headline
KINDS = ("changed", "renamed", "affected", "new", "removed")


def title(review: Review) -> str:
    """`3 monitors changed, 1 new; 325 unchanged`."""
    counts = Counter(change.kind for change in review.changes)
    parts = [f"{counts[kind]} {kind}" for kind in KINDS if counts[kind]]
    moved = f" ({review.moved} of them moved)" if review.moved else ""
    changed = ", ".join(parts) if parts else "none changed"
    first, _, remainder = changed.partition(" ")
    several = "monitor" if first == "1" else "monitors"
    changed = (
        f"no monitor changed{remainder.removeprefix('changed')}" if not parts else f"{first} {several} {remainder}"
    )
    return f"{changed}; {review.unchanged:,} unchanged{moved}"


def total(review: Review) -> str:
    """`all together: 41 → 6 notifications a week`; empty where nothing was compared."""
    compared = [change.compared for change in review.changes if change.compared]
    if len(compared) < 2:
        return ""
    before = sum(comparison.before.a_week for comparison in compared if comparison.before)
    after = sum(comparison.after.a_week for comparison in compared if comparison.after)
    return f"all together: {arrow(before, after)}"


def headline(change: Change) -> str:
    """`cpu_high: 41 → 6 notifications a week, first alert 3 min later`; without history what was done to it."""
    if change.compared:
        renamed = [f"was {change.old_name}"] if change.kind == "renamed" else []
        summary = ", ".join([*renamed, *_figures(change.compared)])
    elif change.because:
        summary = ", ".join(change.because)
    elif change.kind in ("new", "removed"):
        summary = change.kind
    elif change.kind == "renamed":
        summary = f"was {change.old_name}"
    else:
        summary = _fields(change.fields)
    return f"{change.name}: {summary}"


def _figures(compared: Compared) -> Iterator[str]:
    before, after = compared.before, compared.after
    if before is None and after is not None:
        yield f"new, {a_week(after.a_week)}"
    elif after is None and before is not None:
        yield f"removed, {a_week(before.a_week)} less" if before.figures.sent else "removed"
    elif before is not None and after is not None:
        yield arrow(before.a_week, after.a_week)
        if first := first_alert(before, after):
            yield first
        if before.figures.sent == after.figures.sent == 0 and before.figures.changes != after.figures.changes:
            yield f"{before.figures.changes:,} → {after.figures.changes:,} changes of state"
        if before.figures.silenced != after.figures.silenced:
            yield f"{before.figures.silenced:,} → {after.figures.silenced:,} silenced"
    if compared.unseen:
        yield f"sees nothing {'now' if after and not after.groups else 'before'}"
    if compared.missed:
        count = len(compared.missed)
        yield f"{count} {'alert' if count == 1 else 'alerts'} missed"


def arrow(before: float, after: float) -> str:
    """`41 → 6 notifications a week`; `6 notifications a week, as before`. What differs is never written as the same."""
    if before == after:
        return f"{a_week(after)}, as before"
    old, new = amount(before), amount(after)
    return f"{old} → {a_week(after)}" if old != new else f"{before:.2f} → {after:.2f} notifications a week"


def a_week(number: float) -> str:
    """`6 notifications a week`."""
    return f"{amount(number)} {'notification' if amount(number) == '1' else 'notifications'} a week"


def amount(a_week: float) -> str:
    """A number for people: whole from 10 on, else with a digit behind the point where there is something."""
    return f"{a_week:,.0f}" if a_week >= 10 or a_week == int(a_week) else f"{a_week:.1f}"


def first_alert(before: Past, after: Past) -> str:
    """`first alert 3 min later`; empty where it is the same, or neither had one."""
    if before.first_alert == after.first_alert:
        return ""
    if after.first_alert is None:
        return "no alert any more"
    if before.first_alert is None:
        return "alerts where it did not before"
    late = after.first_alert - before.first_alert
    return f"first alert {length(abs(late))} {'later' if late > 0 else 'earlier'}"


def length(seconds: float) -> str:
    """`3 min`, `2 h 5 min`, `4 days 2 h`."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min" if minutes else f"{seconds:.0f} s"
    hours, remainder = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {remainder} min" if remainder else f"{hours} h"
    days, remainder = divmod(hours, 24)
    return f"{days} days {remainder} h" if remainder else f"{days} days"


def stretch(range: Range) -> str:
    """`30 days, 2026-03-01 00:00 to 2026-03-31 00:00 (UTC)`."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(range.zone)
    first, last = (datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M") for at in (range.start, range.end))
    return f"{length(range.end - range.start)}, {first} to {last} ({range.zone})"


def legend(range: Range) -> str:
    """What the blocks of a course are."""
    return f"a block is {length((range.end - range.start) / CELLS)}, as high as the share of it in Alert (Warn counts half); {NOTHING} is no data"


def _fields(fields: Sequence[FieldChange]) -> str:
    texts = [
        f"{short(field.field)} {wording(field)}" if _is_brief(field) else short(field.field)
        for field in fields[:SHOWN_FIELDS]
    ]
    more = len(fields) - SHOWN_FIELDS
    return ", ".join(texts) + (f" and {more} more" if more > 0 else "")


def _is_brief(change: FieldChange) -> bool:
    return change.is_set or all(
        isinstance(side, bool | int | float | None) or (isinstance(side, str) and len(side) <= 20)
        for side in (change.old, change.new)
    )


def short(field: str) -> str:
    """A field's name without where it stands: `critical`, but `thresholds` in nobody's options."""
    return field.removeprefix("options.").removeprefix("thresholds.")


def value(content: Any) -> str:
    """A value as it is written; `–` where there is none."""
    if content is None:
        return "–"
    if isinstance(content, str):
        return content or '""'
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, list | tuple) and all(isinstance(text, str) for text in content):
        return ", ".join(content) or "[]"
    return f"{content:.10g}" if isinstance(content, float) else msgspec.json.encode(content, enc_hook=str).decode()


def values(change: FieldChange) -> tuple[str, str]:
    """What a field was and is; of a set only what is gone, and what is new."""
    if not change.is_set:
        return value(change.old), value(change.new)
    removed, new = (
        [item for item in mine if item not in theirs]
        for mine, theirs in ((change.old, change.new), (change.new, change.old))
    )
    return f"without {value(removed)}" if removed else "", f"with {value(new)}" if new else ""


def wording(change: FieldChange) -> str:
    """`90 → 95`; of a set `with team:a, without team:b`."""
    old, new = values(change)
    return ", ".join(filter(None, (new, old))) if change.is_set else f"{old} → {new}"


def tests(outcome: Tests) -> str:
    """`12 unit tests ran: 1 fails that did not before, 2 mended`; empty where the change reaches none."""
    if not outcome.ran and not outcome.unread:
        return ""
    many = len(outcome.failing)
    parts = [f"{many} {'fails' if many == 1 else 'fail'} that did not before"] if many else []
    parts += (
        [f"{len(outcome.unread)} {'file' if len(outcome.unread) == 1 else 'files'} cannot be read"]
        if outcome.unread
        else []
    )
    parts += [f"{len(outcome.mended)} mended"] if outcome.mended else []
    parts += [f"{outcome.failed_before} failed before too"] if outcome.failed_before else []
    return f"{outcome.ran} unit {'test' if outcome.ran == 1 else 'tests'} ran: {', '.join(parts) or 'all pass'}"
