"""The first version of the downtimes API in terms of the second: the same downtime, said otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from doghouse.downtimes import parsing
from doghouse.downtimes.model import Downtime, DowntimeError
from doghouse.downtimes.record import V1, Attributes, Record
from doghouse.downtimes.rrule import parts
from doghouse.downtimes.schedule import current, status
from doghouse.numbers import LATEST_S, whole_number
from doghouse.time import lengths, zones
from doghouse.web import account

FREQUENCIES = {"days": "DAILY", "weeks": "WEEKLY", "months": "MONTHLY", "years": "YEARLY"}
WEEK_DAYS = {"Mon": "MO", "Tue": "TU", "Wed": "WE", "Thu": "TH", "Fri": "FR", "Sat": "SA", "Sun": "SU"}
PAST_SLACK_S = 60  # GUESS: how far in the past a start may lie
SAME_NAMES = ("message", "mute_first_recovery_notification", "notify_end_states", "notify_end_types")


def read(body: Mapping[str, Any], now: float) -> tuple[Attributes, V1]:
    """A whole v1 body as v2 attributes, and what is to be given back as sent. Raises DowntimeError."""
    timezone = parsing.time_zone("timezone", body.get("timezone") or "UTC")
    start = int(_number(body, "start", now))
    end = None if body.get("end") in (None, "") else int(_number(body, "end", now))
    if end is not None and end <= start:
        raise DowntimeError("end", "The end of a downtime must be after its start")
    sent = V1(start, end, recurrence(body.get("recurrence")))
    attributes: Attributes = {key: body[key] for key in SAME_NAMES if body.get(key) is not None}
    attributes["scope"] = " AND ".join(scopes(body.get("scope")))
    attributes["monitor_identifier"] = _monitors(body)
    attributes["display_timezone"] = timezone
    attributes["schedule"] = _schedule(sent, timezone)
    return attributes, sent


def check_start(body: Mapping[str, Any], now: float) -> None:
    """Raise DowntimeError for a start in the past."""
    if _number(body, "start", now) < now - PAST_SLACK_S:
        raise DowntimeError("start", "Scheduled downtime start cannot be in the past")


def scopes(sent: Any) -> list[str]:
    """`scope`: a list, or text with commas. Raises DowntimeError where there is none (recorded)."""
    parts = sent.split(",") if isinstance(sent, str) else sent
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise DowntimeError("scope", "Invalid scope parameter")
    words = [part.strip() for part in parts if part.strip()]
    if not words:
        raise DowntimeError("scope", "Invalid scope parameter")
    return words


def recurrence(sent: Any) -> dict[str, Any] | None:
    """A recurrence with all of its keys. Raises DowntimeError (recorded: schedule_a_downtime_with_*)."""
    if sent is None:
        return None
    if not isinstance(sent, dict) or sent.get("type") not in (*FREQUENCIES, "rrule"):
        raise DowntimeError("recurrence.type", "Invalid recurrence type")
    days = sent.get("week_days") or []
    if not isinstance(days, list) or any(not isinstance(day, str) or day not in WEEK_DAYS for day in days):
        text = "Invalid set of days in week_days. Be sure that the first letter is capitalized."
        raise DowntimeError("recurrence.week_days", text)
    if sent.get("until_occurrences") is not None and sent.get("until_date") is not None:
        text = "You must provide only provide one of (until_occurrences, until_date)"
        raise DowntimeError("recurrence.until_date", text)
    for key, most in (("period", 10_000), ("until_occurrences", 1_000_000), ("until_date", LATEST_S)):
        number = sent.get(key)
        if number is not None and (isinstance(number, bool) or not isinstance(number, int) or not 0 < number <= most):
            raise DowntimeError(f"recurrence.{key}", f"recurrence.{key} must be a whole number from 1 to {most}")
    fields = {key: sent.get(key) for key in ("type", "period", "week_days", "until_occurrences", "until_date")}
    return {**fields, "rrule": sent.get("rrule")} if sent["type"] == "rrule" else fields


def answer(record: Record, downtime: Downtime, now: float) -> dict[str, Any]:
    """The downtime as v1 has it."""
    state, attributes = status(downtime, now), record.attributes
    start, end = _times(record, downtime, now)
    scope = attributes["scope"].split(" AND ")
    identifier = attributes["monitor_identifier"]
    user = account.USER.id
    return {
        **{key: attributes[key] for key in SAME_NAMES},
        "notify_end_states": sorted(attributes["notify_end_states"]),
        "notify_end_types": sorted(attributes["notify_end_types"]),
        "id": record.number,
        "uuid": record.id,
        "org_id": account.ORG_ID,
        "monitor_id": identifier.get("monitor_id"),
        "monitor_tags": sorted(identifier.get("monitor_tags") or ["*"]),
        "scope": scope,
        "downtime_type": kind(scope),
        "start": start,
        "end": end,
        "timezone": attributes["display_timezone"],
        "recurrence": _recurrence(record),
        "active": state == "active",
        "status": state,
        "disabled": record.canceled is not None,
        "canceled": None if record.canceled is None else int(record.canceled),
        "created": int(record.created),
        "modified": int(record.modified),
        "creator_id": user,
        "updater_id": user if record.updated else None,
        "parent_id": None,
        "child_id": None,
    }


def kind(scope: Sequence[str]) -> int:
    """`downtime_type`: 0 for everything, 1 for one host, 2 for anything else (24 recordings)."""
    if list(scope) == ["*"]:
        return 0
    return 1 if len(scope) == 1 and scope[0].startswith("host:") else 2


def _number(body: Mapping[str, Any], key: str, default: float) -> float:
    """A time in s UTC, which dogshell sends as text."""
    value = body.get(key)
    if value is None:
        return default
    number = whole_number(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= LATEST_S:
        raise DowntimeError(key, f"'{key}' must be a POSIX timestamp in seconds")
    return number


def _monitors(body: Mapping[str, Any]) -> Attributes:
    if body.get("monitor_id") is not None:
        return {"monitor_id": body["monitor_id"]}
    tags = body.get("monitor_tags") or ["*"]
    return {"monitor_tags": tags.split(",") if isinstance(tags, str) else tags}


def _schedule(sent: V1, timezone: str) -> Attributes:
    if sent.recurrence is None:
        return {"start": _iso(sent.start), "end": None if sent.end is None else _iso(sent.end)}
    if sent.end is None:
        raise DowntimeError("end", "A recurring downtime must have an end")
    local = zones.local(sent.start, ZoneInfo(timezone))
    rule = {"start": local.isoformat(), "duration": _duration(sent.end - sent.start), "rrule": rrule(sent.recurrence)}
    return {"timezone": timezone, "recurrences": [rule]}


def rrule(recurrence: Mapping[str, Any]) -> str:
    """A v1 recurrence as an RRULE."""
    if recurrence["type"] == "rrule":
        return str(recurrence["rrule"])
    parts = [f"FREQ={FREQUENCIES[recurrence['type']]}", f"INTERVAL={recurrence['period'] or 1}"]
    if recurrence["week_days"]:
        parts.append("BYDAY=" + ",".join(WEEK_DAYS[day] for day in recurrence["week_days"]))
    if recurrence["until_occurrences"] is not None:
        parts.append(f"COUNT={recurrence['until_occurrences']}")
    if recurrence["until_date"] is not None:
        parts.append(datetime.fromtimestamp(recurrence["until_date"], UTC).strftime("UNTIL=%Y%m%dT%H%M%SZ"))
    return ";".join(parts)


def _times(record: Record, downtime: Downtime, now: float) -> tuple[int | None, int | None]:
    """Start and end: as sent until the first stretch is over, then those of the current one."""
    if record.v1 is not None and (record.v1.recurrence is None or now < (record.v1.end or now)):
        return record.v1.start, record.v1.end
    stretch = current(downtime, now)
    if stretch is None:
        return None, None
    return int(stretch.start), None if stretch.end == float("inf") else int(stretch.end)


def _recurrence(record: Record) -> dict[str, Any] | None:
    if record.v1 is not None:
        return record.v1.recurrence
    recurrences = record.attributes["schedule"].get("recurrences")
    if not recurrences:
        return None
    text = recurrences[0]["rrule"]
    fields = {"type": "rrule", "period": int(parts(text).get("INTERVAL", 1)), "rrule": text}
    return {**fields, "week_days": None, "until_occurrences": None, "until_date": None}


def _duration(seconds: int) -> str:
    """In the largest unit that has no rest: `14h`."""
    unit = next(unit for unit in "dhms" if seconds % lengths.UNITS[unit] == 0)
    return f"{seconds // lengths.UNITS[unit]}{unit}"


def _iso(when: int) -> str:
    return datetime.fromtimestamp(when, UTC).isoformat()
