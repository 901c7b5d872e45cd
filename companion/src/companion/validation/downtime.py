"""What Datadog refuses of a downtime beyond its schema. Pure."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from companion import schedule
from companion.problem import did_you_mean
from companion.validation.schema import Fault
from companion.validation.scope import scope_faults

RULE_PARTS = (
    "FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYHOUR", "BYMINUTE", "BYSECOND", "COUNT", "UNTIL", "WKST",
)  # fmt: skip
RULE_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
RULE_NUMBERS = {  # how each number of a part is written, and the greatest; a sign counts from the end (RFC 5545, 3.3.10)
    "BYMONTHDAY": (r"[+-]?[0-9]{1,2}", 31),
    "BYMONTH": (r"[0-9]{1,2}", 12),
    "BYSETPOS": (r"[+-]?[0-9]{1,3}", 366),
    "INTERVAL": (r"[0-9]{1,5}", 10_000),
    "COUNT": (r"[0-9]{1,7}", 1_000_000),
}
RULE_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
MOST_WEEKS = 53
MOST_RECURRENCES = 5


def downtime(body: Mapping[str, Any]) -> Iterator[Fault]:
    """Docs monitors/downtimes; recorded: v2 schedule_a_downtime_returns_bad_request_response."""
    if {"monitor_id", "monitor_tags"} <= set(body.get("monitor_identifier") or {}):
        yield Fault("monitor_identifier", "has both monitor_id and monitor_tags: only one of them is allowed")
    for problem in scope_faults(str(body.get("scope", ""))):
        yield Fault("scope", problem)
    held = body.get("schedule") or {}
    zone = held.get("timezone")
    if zone is not None and zone not in zoneinfo.available_timezones():
        yield Fault("schedule.timezone", f"'{zone}' is not known{did_you_mean(zone, zoneinfo.available_timezones())}")
    recurrences = held.get("recurrences")
    if recurrences is None:
        for name in ("start", "end"):
            if held.get(name) and not re.search(r"(Z|[+-]00:?00)$", str(held[name])):
                yield Fault(
                    f"schedule.{name}", f"is '{held[name]}', expected a time in UTC, such as 2026-03-02T19:00:00Z"
                )
                return
        yield from _order(held)
        return
    if body.get("display_timezone") not in (None, zone):
        yield Fault(
            "display_timezone", f"is '{body['display_timezone']}', and must be the schedule's timezone ('{zone}')"
        )
    elif not body.get("display_timezone") and zone not in (None, "UTC"):
        yield Fault(
            "display_timezone",
            f"is UTC where none is given, and must be the schedule's timezone ('{zone}')",
            warning=True,
        )
    if not 1 <= len(recurrences) <= MOST_RECURRENCES:
        yield Fault("schedule.recurrences", f"has {len(recurrences)} items, expected 1 to {MOST_RECURRENCES}")
    for number, recurrence in enumerate(recurrences):
        yield from _recurrence(recurrence, f"schedule.recurrences[{number}]")


def _order(schedule: Mapping[str, Any]) -> Iterator[Fault]:
    start, end = (_time(schedule.get(name)) for name in ("start", "end"))
    if start and end and end <= start:
        yield Fault("schedule.end", f"is '{schedule['end']}', and must be later than schedule.start")


def _time(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def _recurrence(recurrence: Mapping[str, Any], place: str) -> Iterator[Fault]:
    try:
        if not schedule.duration(str(recurrence.get("duration"))):
            yield Fault(f"{place}.duration", f"is '{recurrence['duration']}', which is no time at all")
    except (ValueError, OverflowError) as error:
        yield Fault(f"{place}.duration", str(error))
    start = recurrence.get("start")
    try:
        if start is not None and "T" not in str(start):
            raise ValueError
        if start is not None and datetime.fromisoformat(str(start)).tzinfo is not None:
            yield Fault(
                f"{place}.start", f"is '{start}', expected a local time without an offset, such as 2026-03-02T19:00:00"
            )
    except ValueError:
        yield Fault(f"{place}.start", f"is '{start}', expected a time such as 2026-03-02T19:00:00")
    if fault := next(_rule(str(recurrence.get("rrule", ""))), None):
        yield Fault(f"{place}.rrule", fault)


def _rule(text: str) -> Iterator[str]:
    """What RFC 5545 does not allow, and what Datadog's reference leaves out of it."""
    parts: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, _, value = part.partition("=")
        if name not in RULE_PARTS:
            yield f"has {name or 'an empty part'}, which is not allowed{did_you_mean(name, RULE_PARTS)}"
        if name in parts:
            yield f"has {name} twice"
        if not value:
            yield f"has {name} without a value"
        parts[name] = value
    if parts.get("FREQ") not in RULE_FREQUENCIES:
        yield f"needs FREQ with one of {', '.join(RULE_FREQUENCIES)}"
    if "COUNT" in parts and "UNTIL" in parts:
        yield "has both COUNT and UNTIL: only one of them is allowed"
    if "UNTIL" in parts and not re.fullmatch(r"\d{8}(T\d{6}Z?)?", parts["UNTIL"]):
        yield f"has UNTIL={parts['UNTIL']}, expected a time such as 20261231T235959Z"
    for name in RULE_NUMBERS.keys() & parts:
        form, most = RULE_NUMBERS[name]
        for number in parts[name].split(","):
            if not re.fullmatch(form, number) or not 1 <= abs(int(number)) <= most:
                yield f"has {name}={number}, expected 1 to {most}"
    for day in parts["BYDAY"].split(",") if "BYDAY" in parts else ():
        found = RULE_DAY.fullmatch(day)
        if not found or (found[1] and not 1 <= abs(int(found[1])) <= MOST_WEEKS):
            yield f"has BYDAY={day}, expected a weekday such as MO, 2TU or -1SU"
        elif found[1] and parts.get("FREQ") == "WEEKLY":
            yield f"has BYDAY={day}, expected a weekday without a number: the rule is weekly"
    try:
        from dateutil.rrule import rrulestr

        rrulestr(text.rstrip(";"))
    except (ValueError, TypeError, KeyError) as error:
        yield f"is '{text}': {error}"
