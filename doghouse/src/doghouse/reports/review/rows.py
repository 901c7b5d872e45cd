"""A monitor before and after over history, as the rows that people read: what, before, after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from doghouse.backtest.figures import LABELS, Figures
from doghouse.backtest.suggesting import Suggestion
from doghouse.review.fields import FieldChange
from doghouse.review.headline import a_week, length
from doghouse.review.model import WEEK_D, Change, Compared, Past, Range

NONE = "–"


class Row(NamedTuple):
    """What it is, before and after."""

    name: str
    before: str
    after: str


COUNTS: Sequence[tuple[str, Callable[[Figures], int]]] = (
    ("notifications", lambda figures: figures.sent),
    ("at night (22 to 7)", lambda figures: figures.at_night),
    ("silenced", lambda figures: figures.silenced),
    ("changes of state", lambda figures: figures.changes),
    ("groups", lambda figures: figures.groups),
)


def rows(compared: Compared, range: Range) -> Iterator[Row]:
    """Each figure; not those that are nothing on both sides."""
    before, after = compared.before, compared.after
    for name, of in COUNTS:
        counts = [of(side.figures) if side else None for side in (before, after)]
        if any(counts) or of is COUNTS[0][1]:
            yield Row(name, *(NONE if count is None else f"{count:,}" for count in counts))
    for label in LABELS:
        shares = [side.figures.shares.get(label, 0.0) if side else None for side in (before, after)]
        if label != "OK" and any(shares):
            yield Row(f"time in {label}", *(NONE if share is None else percent(share) for share in shares))
    if any(side and side.first_alert for side in (before, after)):
        yield Row("first alert", _when(before, range.zone), _when(after, range.zone))


def percent(share: float) -> str:
    """`3.1%`; what is next to nothing is not called nothing."""
    return "under 0.1%" if 0 < share < 0.001 else f"{share:.1%}"


def _when(side: Past | None, zone: str) -> str:
    if side is None or side.first_alert is None:
        return NONE
    return datetime.fromtimestamp(side.first_alert, ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M")


def groups(compared: Compared, most: int = 5) -> Iterator[tuple[str, str]]:
    """`new groups`, `groups gone` and which, where both versions are there."""
    if compared.before is None or compared.after is None:
        return
    for name, some in (
        ("new groups", compared.after.groups - compared.before.groups),
        ("groups gone", compared.before.groups - compared.after.groups),
    ):
        if some:
            listed = [group or "(no group: all in one)" for group in sorted(some)]
            suffix = f" and {len(some) - most:,} more" if len(some) > most else ""
            yield name, ", ".join(listed[:most]) + suffix


def missed(compared: Compared, range: Range, most: int = 3) -> Iterator[str]:
    """The alerts that were there before and are not after: `host:a in Alert from Mon 2026-03-02 09:04 for 25 min`."""
    zone = ZoneInfo(range.zone)
    for alert in sorted(compared.missed, key=lambda missed: missed.start)[:most]:
        start = datetime.fromtimestamp(alert.start, zone).strftime("%a %Y-%m-%d %H:%M")
        yield f"{alert.group or 'it'} was in Alert from {start} for {length(alert.end - alert.start)}"
    if len(compared.missed) > most:
        yield f"and {len(compared.missed) - most:,} more"


def suggestion(suggestion: Suggestion) -> str:
    """`recovery 85 would send 3 notifications a week, first alert as now`."""
    late = suggestion.alert_delay or 0
    when = f"{length(abs(late))} {'later' if late > 0 else 'earlier'}" if late else "as now"
    missed = (
        f", {suggestion.missed:,} {'alert' if suggestion.missed == 1 else 'alerts'} missed, short ones too"
        if suggestion.missed
        else ""
    )
    return f"{suggestion.setting} would send {a_week(suggestion.figures.a_day * WEEK_D)}, first alert {when}{missed}"


def unlike(change: Change) -> list[FieldChange]:
    """The fields that are told: not the name of a monitor that was renamed, which its headline has."""
    return [field for field in change.fields if not (field.field == "name" and change.kind == "renamed")]
