"""Time zones of the IANA database: local times as instants, and instants as local times.

There is one rule for local times that the change to or from summer time (DST) makes unclear: that of iCalendar (RFC 5545, section 3.3.5).
GUESS: Datadog follows it in calendar rollups and shifts, and in the windows of monitors; its pages do not say.

- A time that the clocks skip is read with the offset from before the gap: 02:30 in a gap from 02:00 to 03:00 is 03:30.
- Of a time that there is twice the first is meant.
- After 2037 a zone keeps the offset with which it ends that year (recorded: TestAccDowntimeScheduleBasicRecurring, July 2042).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

LAST_DST_YEAR = 2037
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST, _LATEST = -62_000_000_000.0, 250_000_000_000.0  # s UTC; in every zone these have a date: years 6 and 9892


class UnknownZone(ValueError):
    """A name that is no time zone's, in one sentence."""

    def __init__(self, name: object) -> None:
        super().__init__(f"{name!r} is no time zone of the IANA database")


def zone(name: object) -> ZoneInfo:
    """The time zone of that name. Raises UnknownZone."""
    try:
        if isinstance(name, str):
            return ZoneInfo(name)
    except (
        OSError,
        KeyError,
        ValueError,
    ):  # a folder's name is an OSError, an unknown name a KeyError, a path a ValueError
        pass
    raise UnknownZone(name)


def is_zone(name: object) -> bool:
    """Whether the IANA database has a time zone of that name."""
    try:
        zone(name)
    except UnknownZone:
        return False
    return True


def spelled(name: str) -> str:
    """A time zone's name as the IANA database spells it, whatever letters of it are capitals; a name that it does not know as it is."""
    return name if name in _spellings().values() else _spellings().get(name.lower(), name)


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def instant(wall: datetime, zone: ZoneInfo) -> float:
    """A local time (without a zone) as s UTC, by the rule above."""
    dated = wall if wall.year <= LAST_DST_YEAR else datetime(LAST_DST_YEAR, 12, 31)
    offset = dated.replace(tzinfo=zone, fold=0).utcoffset() or timedelta()
    return (wall.replace(tzinfo=UTC, fold=0) - _EPOCH - offset).total_seconds()


def is_skipped(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether the zone's clocks are put forward over this local time, and never show it."""
    before, after = (wall.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return wall.year <= LAST_DST_YEAR and before < after


def local(when: float, zone: ZoneInfo) -> datetime:
    """The local time (without a zone) at `when` (s UTC); a time that has no date is moved to the nearest that has one."""
    return _aware(when, zone).replace(tzinfo=None, fold=0)


def offset(when: float, zone: ZoneInfo) -> int:
    """How far the zone's clocks are ahead of UTC at `when` (s UTC), in s."""
    return int((_aware(when, zone).utcoffset() or timedelta()).total_seconds())


def _aware(when: float, zone: ZoneInfo) -> datetime:
    moment = _EPOCH + timedelta(seconds=min(max(when, _EARLIEST), _LATEST))
    there = moment.astimezone(zone)
    if there.year <= LAST_DST_YEAR:
        return there
    last = datetime(LAST_DST_YEAR, 12, 31, tzinfo=zone).utcoffset() or timedelta()
    return moment.astimezone(timezone(last))
