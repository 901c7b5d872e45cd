"""What a downtime's own message says to those whom it mentions: it was scheduled, began, ended or was cancelled (monitors/downtimes, notify your team)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from doghouse.downtimes import Downtime, stretches
from doghouse.monitors.message import mentions
from doghouse.notifications.model import Notification

WORDS = {
    "scheduled": "Downtime scheduled",
    "started": "Downtime started",
    "expired": "Downtime ended",
    "canceled": "Downtime canceled",
}


def announcements(downtime: Downtime, after: float, until: float) -> Iterator[Notification]:
    """What is told of a downtime in [after, until] (s UTC), by time. GUESS: the words, and that each occurrence of a recurring one is told."""
    if not downtime.message or not mentions.handles(downtime.message):
        return
    happened: list[tuple[float, str]] = []
    if after <= downtime.created <= until:
        happened.append((downtime.created, "scheduled"))
    for stretch in stretches(downtime, after, until):
        began = max(stretch.start, downtime.created)
        happened += [(began, "started")] if began < stretch.end else []
        happened += [(stretch.end, stretch.ended_by)] if stretch.end > downtime.created else []
    if downtime.canceled is not None:
        happened.append((downtime.canceled, "canceled"))
    for at, what in sorted(dict.fromkeys(happened)):
        if after <= at <= until:
            yield _notification(downtime, at, what)


def _notification(downtime: Downtime, at: float, what: str) -> Notification:
    message = downtime.message or ""
    title = f"[{WORDS[what]}] {downtime.scope}"
    return Notification(
        at=at,
        kind="downtime",
        transition=WORDS[what],
        subject=title,
        title=title,
        body=f"{message}\n\n{_times(downtime, at)}".strip(),
        recipients=mentions.handles(message),
        monitor_id=downtime.monitor_id,
        downtime_id=downtime.id,
        tags=("audit", "downtime"),
        since=at,
        until=at,
    )


def _times(downtime: Downtime, at: float) -> str:
    """When the downtime is on, in the zone that it is shown in."""
    zone = ZoneInfo(downtime.display_timezone)
    now = next((stretch for stretch in stretches(downtime, at, at + 366 * 86_400) if stretch.end >= at), None)
    if now is None:
        return ""
    start, end = (_local(when, zone) for when in (now.start, now.end))
    return f"From {start} to {end}" if end else f"From {start} on"


def _local(when: float, zone: ZoneInfo) -> str:
    if when == float("inf"):
        return ""
    return datetime.fromtimestamp(when, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
