"""The attributes of a v2 create body → a `Downtime`, or what is wrong with them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from doghouse.downtimes.model import END_STATES, END_TYPES, Downtime, DowntimeError, OneTime, Recurrence, Recurring
from doghouse.downtimes.rrule import RruleError, parts
from doghouse.downtimes.scope import parse_scope
from doghouse.time import lengths, zones

MOST_RECURRENCES = 5
MOST_TAGS, LONGEST_TAG = 32, 256
MAX_ID = 2**63 - 1
FIRST = datetime(1970, 1, 1)  # wall times before are refused
LONGEST_S = 100 * 366 * lengths.DAY  # so that its end still has a date
PAST = "Downtime cannot be scheduled in the past"  # datadog-sync-cli, pull request 626
ZONES_DIFFER = "timezone must match display_timezone"  # a public issue of the Terraform provider


def parse(
    attributes: Mapping[str, Any],
    now: float,
    *,
    id: str = "",
    created: float | None = None,
    canceled: float | None = None,
) -> Downtime:
    """A downtime from the attributes of a v2 create body (`name` is ours, for backtests). What has no start starts at `now` (s UTC). Raises DowntimeError."""
    if not isinstance(attributes, Mapping):
        raise DowntimeError("", "a downtime is an object with a scope and a schedule")
    scope = _text(attributes, "scope")
    if scope is None:
        raise DowntimeError("scope", "scope is required; '*' is every group")
    parse_scope(scope)
    monitor_id, monitor_tags = _monitors(attributes.get("monitor_identifier"))
    display_zone = _text(attributes, "display_timezone") or None
    return Downtime(
        id=id,
        label=_text(attributes, "name") or id,
        scope=scope,
        schedule=_schedule(attributes.get("schedule"), now, display_zone),
        monitor_id=monitor_id,
        monitor_tags=monitor_tags,
        message=_text(attributes, "message"),
        display_timezone=time_zone("display_timezone", display_zone or "UTC"),
        mute_first_recovery=_flag(attributes, "mute_first_recovery_notification"),
        notify_end_states=_set(attributes, "notify_end_states", END_STATES, END_STATES),
        notify_end_types=_set(attributes, "notify_end_types", END_TYPES, frozenset({"expired"})),
        created=now if created is None else created,
        canceled=canceled,
        document=attributes,
    )


def listed(document: Any, now: float) -> list[Downtime]:
    """The downtimes of a file, a JSON list of the attributes of v2 create bodies, by their numbers in it. One without a start began at `now` (s UTC).

    Raises ValueError, in a sentence.
    """
    if not isinstance(document, list):
        raise ValueError("is not a list of downtimes")
    downtimes = []
    for number, attributes in enumerate(document, 1):
        try:
            downtimes.append(parse(attributes, now, id=str(number)))
        except DowntimeError as error:
            raise ValueError(f"downtime {number}: {error.sentence}") from None
    return downtimes


def _text(attributes: Mapping[str, Any], name: str) -> str | None:
    value = attributes.get(name)
    if value is not None and not isinstance(value, str):
        raise DowntimeError(name, f"{name} must be text, not {value!r}")
    return value


def _flag(attributes: Mapping[str, Any], name: str) -> bool:
    value = attributes.get(name)
    if value is not None and not isinstance(value, bool):
        raise DowntimeError(name, f"{name} must be true or false, not {value!r}")
    return bool(value)


def _is_texts(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(text, str) for text in value)


def _set(attributes: Mapping[str, Any], name: str, choices: frozenset[str], default: frozenset[str]) -> frozenset[str]:
    """A set of words; an empty list means none, a missing one the default."""
    value = attributes.get(name)
    if value is None:
        return default
    if not _is_texts(value):
        raise DowntimeError(name, f"{name} must be a list of {', '.join(sorted(choices))}")
    for text in value:
        if text not in choices:
            raise DowntimeError(name, f"{name}: '{text}' is none of {', '.join(sorted(choices))}")
    return frozenset(value)


def _monitors(identifier: Any) -> tuple[int | None, tuple[str, ...] | None]:
    """`monitor_identifier`: an id, or tags that a monitor has all of."""
    if identifier is None:
        return None, None
    if not isinstance(identifier, Mapping) or ("monitor_id" in identifier) == ("monitor_tags" in identifier):
        raise DowntimeError("monitor_identifier", "monitor_identifier must have either monitor_id or monitor_tags")
    if "monitor_id" not in identifier:
        return None, _tags(identifier["monitor_tags"])
    number = identifier["monitor_id"]
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number <= MAX_ID:
        raise DowntimeError("monitor_identifier.monitor_id", f"monitor_id must be a monitor's number, not {number!r}")
    return number, None


def _tags(tags: Any) -> tuple[str, ...]:
    field = "monitor_identifier.monitor_tags"
    if not _is_texts(tags):
        raise DowntimeError(field, "monitor_tags must be a list of tags")
    if not 1 <= len(tags) <= MOST_TAGS:
        raise DowntimeError(field, f"monitor_tags must hold 1 to {MOST_TAGS} tags, not {len(tags)}")
    for tag in tags:
        if len(tag) > LONGEST_TAG:
            raise DowntimeError(field, f"monitor_tags: a tag has at most {LONGEST_TAG} characters, one has {len(tag)}")
    return tuple(tags)


def _schedule(document: Any, now: float, display_zone: str | None) -> OneTime | Recurring:
    if document is None:
        return OneTime(now, math.inf)
    if not isinstance(document, Mapping):
        raise DowntimeError("schedule", "schedule must be an object")
    if "recurrences" not in document:
        return _one_time(document, now)
    zone = time_zone("schedule.timezone", document.get("timezone") or "UTC")
    if display_zone is not None and display_zone != zone:
        raise DowntimeError("schedule.timezone", ZONES_DIFFER)
    recurrences = document["recurrences"]
    if not isinstance(recurrences, Sequence) or isinstance(recurrences, str):
        raise DowntimeError("schedule.recurrences", "schedule.recurrences must be a list")
    if not 1 <= len(recurrences) <= MOST_RECURRENCES:
        text = f"schedule.recurrences must hold 1 to {MOST_RECURRENCES} recurrences, not {len(recurrences)}"
        raise DowntimeError("schedule.recurrences", text)
    return Recurring(zone, tuple(_recurrence(recurrence, n, zone, now) for n, recurrence in enumerate(recurrences)))


def _one_time(document: Mapping[str, Any], now: float) -> OneTime:
    start = _instant(document.get("start"), "schedule.start", now)
    end = _instant(document.get("end"), "schedule.end", math.inf)
    if end <= now and document.get("start") is None:
        raise DowntimeError("schedule.end", PAST)
    if end <= start:
        raise DowntimeError("schedule.end", "schedule.end must be later than schedule.start")
    return OneTime(start, end)


def _instant(value: Any, field: str, default: float) -> float:
    """A time in ISO 8601 whose offset is zero (`Z` or `+00:00`), as s UTC."""
    if value is None:
        return default
    moment = _iso(value, field)
    offset = moment.utcoffset()
    if offset is None or offset.total_seconds():
        raise DowntimeError(field, f"{field} must be an ISO 8601 time with a UTC offset of zero, not '{value}'")
    return moment.timestamp()


def _iso(value: Any, field: str) -> datetime:
    try:
        if not isinstance(value, str) or "T" not in value:
            raise ValueError
        return datetime.fromisoformat(value)
    except ValueError:
        raise DowntimeError(field, f"{field} must be an ISO 8601 time, not {value!r}") from None


def time_zone(field: str, name: Any) -> str:
    """A time zone's name. Raises DowntimeError."""
    try:
        return zones.zone(name).key
    except zones.UnknownZone as error:
        raise DowntimeError(field, f"{field}: {error}") from None


def _recurrence(recurrence: Any, number: int, zone: str, now: float) -> Recurrence:
    place = f"schedule.recurrences[{number}]"
    if not isinstance(recurrence, Mapping):
        raise DowntimeError(place, f"{place} must be an object")
    rule = recurrence.get("rrule")
    if not isinstance(rule, str):
        raise DowntimeError(f"{place}.rrule", f"{place}.rrule is required, as in FREQ=WEEKLY;BYDAY=MO")
    try:
        parts(rule)
    except RruleError as error:
        raise DowntimeError(f"{place}.rrule", f"{place}.rrule: {error}") from None
    start = _wall_time(recurrence.get("start"), f"{place}.start", zone, now)
    return Recurrence(start, _duration(recurrence.get("duration"), f"{place}.duration"), rule)


def _wall_time(value: Any, field: str, zone: str, now: float) -> datetime:
    """A local time without offset; none is now, in whole seconds (recorded: TestAccDowntimeScheduleChanged)."""
    if value is None:
        return zones.local(int(now), zones.zone(zone))
    moment = _iso(value, field)
    if moment.tzinfo is not None:
        raise DowntimeError(field, f"{field} must not have a UTC offset: it is a time on the clocks of {zone}")
    if moment < FIRST:
        raise DowntimeError(field, f"{field} must not be before 1970")
    return moment


def _duration(text: Any, field: str) -> int:
    """`14h`, `90m`, `1d`, `2w` in seconds."""
    seconds = lengths.seconds(text) if isinstance(text, str) else None
    if seconds is None or not 0 < seconds <= LONGEST_S:
        raise DowntimeError(field, f"{field} must be a number with s, m, h, d or w, as in 14h, not {text!r}")
    return seconds
