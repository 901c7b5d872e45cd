"""RRULE (RFC 5545), as far as downtimes take it: checked here, expanded by dateutil on local wall time."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from doghouse.time.zones import is_skipped, local

FREQUENCIES = ("HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
REFUSED = ("DTSTART", "DTEND", "DURATION")  # the API's schema: attributes that specify the duration
MOST_COUNT = 1_000_000
HOURLY_YEARS = 3
CYCLE_YEARS = 400  # after so many every date falls on the same weekday again
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_UNTIL = re.compile(r"\d{8}(T\d{6}Z?)?")
# Part → the least and the greatest of its numbers, without sign; negative ones count from the end where the flag says so.
_NUMBERS = {
    "BYMONTHDAY": (1, 31, True),
    "BYMONTH": (1, 12, False),
    "BYSETPOS": (1, 366, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYHOUR": (0, 23, False),
}


class RruleError(ValueError):
    """What is wrong with a rule, in one sentence."""


@lru_cache(maxsize=4096)
def parts(text: str) -> Mapping[str, str]:
    """The rule's parts, checked; `RRULE:` in front is taken. Raises RruleError.

    GUESS: rules more frequent than hourly are refused. `FREQ=DAILY;BYDAY=2TU`, which the documentation has and RFC 5545 forbids, is read as monthly.
    """
    values: dict[str, str] = {}
    for part in text.strip().removeprefix("RRULE:").rstrip(";").split(";"):
        name, equals, value = part.strip().partition("=")
        name, value = name.upper(), value.strip().upper()
        if name in REFUSED:
            raise RruleError(f"{name} is not supported: the recurrence has a start and a duration of its own")
        if not equals or not value:
            raise RruleError(f"'{part}' is not NAME=value")
        if name in values:
            raise RruleError(f"{name} is given twice")
        _check(name, value)
        values[name] = value
    if "FREQ" not in values:
        raise RruleError("FREQ is missing: FREQ=HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY")
    if "COUNT" in values and "UNTIL" in values:
        raise RruleError("COUNT and UNTIL exclude one another")
    numbered = any(_DAY.fullmatch(day)[1] for day in values.get("BYDAY", "").split(",") if day)  # type: ignore[index]
    if numbered and values["FREQ"] in ("HOURLY", "DAILY"):
        values["FREQ"] = "MONTHLY"
    if numbered and values["FREQ"] == "WEEKLY":
        raise RruleError(f"BYDAY={values['BYDAY']}: a weekly rule takes days without a number")
    return values


def same_rule(rule: str, other: str) -> bool:
    """Whether two rules are one, differently written: in another order, or with an INTERVAL of 1, which goes without saying. Raises RruleError."""
    first, second = (
        {name: frozenset(value.split(",")) for name, value in parts(text).items()} for text in (rule, other)
    )
    return {"INTERVAL": frozenset({"1"})} | first == {"INTERVAL": frozenset({"1"})} | second


def _check(name: str, value: str) -> None:
    match name:
        case "FREQ":
            if value not in FREQUENCIES:
                raise RruleError(f"FREQ={value} is not supported: it is {', '.join(FREQUENCIES)}")
        case "INTERVAL" | "COUNT":
            most = 10_000 if name == "INTERVAL" else MOST_COUNT
            if not re.fullmatch(r"[0-9]{1,9}", value) or not 1 <= int(value) <= most:
                raise RruleError(f"{name}={value} is not a number from 1 to {most}")
        case "UNTIL":
            _until(value)
        case "BYDAY":
            for day in value.split(","):
                match_ = _DAY.fullmatch(day)
                if match_ is None or (match_[1] and not 1 <= abs(int(match_[1])) <= 53):
                    raise RruleError(f"BYDAY={value}: '{day}' is no weekday, as MO, 2TU or -1SU are")
        case "WKST":
            if _DAY.fullmatch(value) is None or len(value) != 2:
                raise RruleError(f"WKST={value} is no weekday, as MO or SU are")
        case _:
            _check_numbers(name, value)


def _check_numbers(name: str, value: str) -> None:
    if name not in _NUMBERS:
        raise RruleError(f"{name} is not supported")
    least, most, signed = _NUMBERS[name]
    for number in value.split(","):
        if not re.fullmatch(r"[+-]?\d{1,3}", number) or not least <= abs(int(number)) <= most:
            raise RruleError(f"{name}={value}: '{number}' is not from {least} to {most}")
        if number.startswith("-") and not signed:
            raise RruleError(f"{name}={value}: '{number}' cannot be negative")


def _until(value: str) -> datetime:
    """UNTIL as it was written. Raises RruleError."""
    if _UNTIL.fullmatch(value) is None:
        raise RruleError(f"UNTIL={value} is neither 20261231 nor 20261231T235959Z")
    try:
        return datetime.strptime(value[:15], "%Y%m%dT%H%M%S" if "T" in value else "%Y%m%d")
    except ValueError:
        raise RruleError(f"UNTIL={value} is no date") from None


@lru_cache(maxsize=256)
def occurrences(text: str, start: datetime, zone: str, last_year: int) -> tuple[datetime, ...]:
    """The local wall times at which the rule occurs from `start` (without offset) to the end of a year; of an hourly one those of the last three years alone.

    At a time that the clocks skip there is none, and it is not counted (RFC 5545, section 3.3.10; datadog-sync-cli pull request 664).
    GUESS: the start itself is one only if it fits the rule (dateutil's reading; RFC 5545 counts it always).
    """
    from dateutil.rrule import rrulestr

    rule = dict(parts(text))
    if rule["FREQ"] == "HOURLY" and "COUNT" not in rule:
        start = _late(start, int(rule.get("INTERVAL", 1)), datetime(max(last_year - HOURLY_YEARS, 1), 12, 31))
    count = int(rule.pop("COUNT", MOST_COUNT))
    end = datetime(max(start.year, min(last_year, 9998)), 12, 31, 23, 59, 59)
    if until := rule.pop("UNTIL", None):
        end = min(end, _last_moment(until, zone))
    if end < start:
        return ()
    # What never comes dateutil seeks in every year up to the last that a date can have: near that one, it has found out soon.
    ahead = (datetime.max.year - end.year) // CYCLE_YEARS * CYCLE_YEARS
    if not _can_occur(rule):
        return ()
    joined = ";".join(f"{name}={value}" for name, value in rule.items())
    try:
        expanded = rrulestr(f"{joined};UNTIL={_moved(end, ahead):%Y%m%dT%H%M%S}", dtstart=_moved(start, ahead))
    except (ValueError, TypeError) as error:
        raise RruleError(str(error)) from None
    clocks = ZoneInfo(zone)
    times = (_moved(moment, -ahead) for moment in expanded)
    return tuple(islice((wall for wall in times if not is_skipped(wall, clocks)), count))


def _late(start: datetime, every: int, begin: datetime) -> datetime:
    """The first of the times `every` hours apart from `start` on that is not before `begin`."""
    late = max(math.ceil((begin - start) / timedelta(hours=every)), 0)
    return start + late * timedelta(hours=every)


def _can_occur(rule: Mapping[str, str]) -> bool:
    """False where an hourly or daily rule fits no day of 400 years, or chooses a place that no set of its times has: dateutil would try each of them."""
    named = {name: {int(number) for number in rule[name].split(",")} for name in _NUMBERS if name in rule}
    times = max(1, len(named.get("BYHOUR", ())))
    sizes = {"HOURLY": 1, "DAILY": times, "WEEKLY": 7 * times}
    if (places := named.get("BYSETPOS")) and min(map(abs, places)) > sizes.get(rule["FREQ"], math.inf):
        return False
    if rule["FREQ"] not in ("HOURLY", "DAILY"):
        return True
    fits = np.ones(len(_days()["BYMONTH"][0]), np.bool_)
    for name, columns in _days().items():
        if name in named:
            fits &= np.any([np.isin(column, list(named[name])) for column in columns], axis=0)
    if "BYDAY" in rule:
        fits &= np.isin(_days()["BYDAY"][0], [WEEKDAYS.index(day) for day in rule["BYDAY"].split(",")])
    return bool(fits.any())


@lru_cache
def _days() -> Mapping[str, Sequence[NDArray[np.int64]]]:
    """Every day of 400 years, after which all comes again: what each part of a rule compares with its numbers, counted from the start and from the end."""
    days = np.arange("2000-01-01", "2400-01-01", dtype="datetime64[D]")
    months, years = days.astype("datetime64[M]"), days.astype("datetime64[Y]")

    def numbers(of: Any) -> NDArray[np.int64]:
        return of.astype(np.int64)  # type: ignore[no-any-return]

    return {
        "BYMONTH": [numbers(months) % 12 + 1],
        "BYMONTHDAY": [
            numbers(days - months.astype("datetime64[D]")) + 1,
            numbers(days - (months + np.timedelta64(1, "M")).astype("datetime64[D]")),
        ],
        "BYYEARDAY": [
            numbers(days - years.astype("datetime64[D]")) + 1,
            numbers(days - (years + np.timedelta64(1, "Y")).astype("datetime64[D]")),
        ],
        "BYDAY": [(numbers(days) + 3) % 7],  # 1 January 1970 was a Thursday
    }


def _moved(moment: datetime, years: int) -> datetime:
    return moment.replace(year=moment.year + years)


def _last_moment(until: str, zone: str) -> datetime:
    """UNTIL as local wall time: in UTC with a Z, all of the day if it is a date."""
    moment = _until(until)
    if until.endswith("Z") and moment.year < datetime.max.year:  # that of the last year is for ever in any zone
        return local(moment.replace(tzinfo=UTC).timestamp(), ZoneInfo(zone))
    return moment if "T" in until else moment + timedelta(days=1, seconds=-1)
