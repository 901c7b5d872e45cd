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
    first, _, rest = changed.partition(" ")
    several = "monitor" if first == "1" else "monitors"
    changed = f"no monitor changed{rest.removeprefix('changed')}" if not parts else f"{first} {several} {rest}"
    return f"{changed}; {review.unchanged:,} unchanged{moved}"


def total(review: Review) -> str:
    """`all together: 41 → 6 notifications a week`; empty where nothing was compared."""
    compared = [change.compared for change in review.changes if change.compared]
    if len(compared) < 2:
        return ""
    before = sum(one.before.a_week for one in compared if one.before)
    after = sum(one.after.a_week for one in compared if one.after)
    return f"all together: {arrow(before, after)}"


def headline(change: Change) -> str:
    """`cpu_high: 41 → 6 notifications a week, first alert 3 min later`; without history what was done to it."""
    if change.compared:
        renamed = [f"was {change.old_name}"] if change.kind == "renamed" else []
        said = ", ".join([*renamed, *_figures(change.compared)])
    elif change.because:
        said = ", ".join(change.because)
    elif change.kind in ("new", "removed"):
        said = change.kind
    elif change.kind == "renamed":
        said = f"was {change.old_name}"
    else:
        said = _fields(change.fields)
    return f"{change.name}: {said}"


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
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, rest = divmod(hours, 24)
    return f"{days} days {rest} h" if rest else f"{days} days"


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
    said = [f"{short(one.field)} {told(one)}" if _is_brief(one) else short(one.field) for one in fields[:SHOWN_FIELDS]]
    more = len(fields) - SHOWN_FIELDS
    return ", ".join(said) + (f" and {more} more" if more > 0 else "")


def _is_brief(change: FieldChange) -> bool:
    return change.is_set or all(
        isinstance(one, bool | int | float | None) or (isinstance(one, str) and len(one) <= 20)
        for one in (change.old, change.new)
    )


def short(field: str) -> str:
    """A field's name without where it stands: `critical`, but `thresholds` in nobody's options."""
    return field.removeprefix("options.").removeprefix("thresholds.")


def value(given: Any) -> str:
    """A value as it is written; `–` where there is none."""
    if given is None:
        return "–"
    if isinstance(given, str):
        return given or '""'
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, list | tuple) and all(isinstance(one, str) for one in given):
        return ", ".join(given) or "[]"
    return f"{given:.10g}" if isinstance(given, float) else msgspec.json.encode(given, enc_hook=str).decode()


def values(change: FieldChange) -> tuple[str, str]:
    """What a field was and is; of a set only what is gone, and what is new."""
    if not change.is_set:
        return value(change.old), value(change.new)
    gone, new = (
        [one for one in mine if one not in theirs]
        for mine, theirs in ((change.old, change.new), (change.new, change.old))
    )
    return f"without {value(gone)}" if gone else "", f"with {value(new)}" if new else ""


def told(change: FieldChange) -> str:
    """`90 → 95`; of a set `with team:a, without team:b`."""
    old, new = values(change)
    return ", ".join(filter(None, (new, old))) if change.is_set else f"{old} → {new}"


def tests(made: Tests) -> str:
    """`12 unit tests ran: 1 fails that did not before, 2 mended`; empty where the change reaches none."""
    if not made.ran and not made.unread:
        return ""
    many = len(made.failing)
    parts = [f"{many} {'fails' if many == 1 else 'fail'} that did not before"] if many else []
    parts += (
        [f"{len(made.unread)} {'file' if len(made.unread) == 1 else 'files'} cannot be read"] if made.unread else []
    )
    parts += [f"{len(made.mended)} mended"] if made.mended else []
    parts += [f"{made.failed_before} failed before too"] if made.failed_before else []
    return f"{made.ran} unit {'test' if made.ran == 1 else 'tests'} ran: {', '.join(parts) or 'all pass'}"
