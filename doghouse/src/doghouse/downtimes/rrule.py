"""RRULE (RFC 5545), as far as downtimes take it: checked here, expanded by dateutil on local wall time."""

from __future__ import annotations

import math
import re
import sys
from calendar import isleap
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from doghouse.time.zones import LAST_DST_YEAR, is_skipped, local

FREQUENCIES = ("HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
REFUSED = ("DTSTART", "DTEND", "DURATION")  # the API's schema: attributes that specify the duration
MOST_COUNT = 1_000_000
LAST_YEARS = range(9998, 9970, -1)  # with each calendar that a year can have, among years without a leap day left out
_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_UNTIL = re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?")
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
        if not re.fullmatch(r"[+-]?[0-9]{1,3}", number) or not least <= abs(int(number)) <= most:
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


def occurrences(text: str, start: datetime, zone: str, first: datetime, last: datetime) -> list[datetime]:
    """The local wall times from `first` to `last` at which the rule occurs, in order. It begins at `start`; all of them are without offset. Raises RruleError.

    Each year is worked out by itself, so that it does not matter how long ago a rule began.
    At a time that the clocks skip there is none, and it is not counted (RFC 5545, section 3.3.10; datadog-sync-cli pull request 664).
    GUESS: the start itself is one only if it fits the rule (dateutil's reading; RFC 5545 counts it always).
    """
    rule = parts(text)
    if "UNTIL" in rule:
        last = min(last, _last_moment(rule["UNTIL"], zone))
    begin = max(first.year, start.year)
    left = int(rule["COUNT"]) - _before(text, start, zone, begin) if "COUNT" in rule else sys.maxsize
    walls: list[datetime] = []
    for year in range(begin, last.year + 1):
        in_year = _in_year(text, start, zone, year)[: max(left, 0)]
        walls += [wall for wall in in_year if first <= wall <= last]
        left -= len(in_year)
    return walls


def last_by(text: str, start: datetime, zone: str, moment: datetime) -> datetime:
    """After this local time the rule has no occurrence up to a moment, because of its UNTIL or its COUNT; else the moment itself. Raises RruleError."""
    rule = parts(text)
    if "UNTIL" in rule:
        return min(moment, _last_moment(rule["UNTIL"], zone))
    left = int(rule.get("COUNT", 0))
    for year in range(start.year, moment.year + 1) if left else ():
        in_year = _in_year(text, start, zone, year)
        if left <= len(in_year):
            return min(moment, in_year[left - 1])
        left -= len(in_year)
    return moment


@lru_cache(maxsize=1024)
def _before(text: str, start: datetime, zone: str, year: int) -> int:
    """How often a rule with a COUNT occurs before a year; where that is as often as it says or more, perhaps too few of the more."""
    count = 0
    for earlier in range(start.year, year):
        if count >= int(parts(text)["COUNT"]):
            break
        count += len(_in_year(text, start, zone, earlier))
    return count


def _in_year(text: str, start: datetime, zone: str, year: int) -> Sequence[datetime]:
    """When the rule, without its COUNT and UNTIL, occurs in a year."""
    rule = _complete(text, start)
    begin = _begin(rule, start, year) if rule else None
    if begin is None:
        return ()
    twin = _twin(year)
    moved = date(twin, 1, 1) - date(year, 1, 1)
    joined = ";".join(f"{name}={value}" for name, value in rule.items())
    walls = [wall - moved for wall in _expanded(joined, begin + moved, twin)]
    clocks = ZoneInfo(zone)
    return [wall for wall in walls if not is_skipped(wall, clocks)] if year <= LAST_DST_YEAR else walls


@lru_cache(maxsize=128)
def _expanded(rule: str, begin: datetime, year: int) -> Sequence[datetime]:
    from dateutil.rrule import rrulestr

    try:
        walls = rrulestr(f"{rule};UNTIL={year}1231T235959", dtstart=begin)
        return [wall for wall in walls if wall.year == year]
    except (ValueError, TypeError) as error:
        raise RruleError(str(error)) from None


@lru_cache(maxsize=4096)
def _complete(text: str, start: datetime) -> Mapping[str, str]:
    """A rule's parts with those that its start stands for, so that it may begin elsewhere; without COUNT and UNTIL. None at all where it never occurs."""
    rule = {name: value for name, value in parts(text).items() if name not in ("COUNT", "UNTIL")}
    frequency = rule["FREQ"]
    if rule.keys().isdisjoint(("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")):
        if frequency == "WEEKLY":
            rule["BYDAY"] = WEEKDAYS[start.weekday()]
        if frequency in ("MONTHLY", "YEARLY"):
            rule["BYMONTHDAY"] = str(start.day)
        if frequency == "YEARLY":
            rule.setdefault("BYMONTH", str(start.month))
    if frequency != "HOURLY":
        rule.setdefault("BYHOUR", str(start.hour))
    return rule if _can_occur(rule) else {}


def _begin(rule: Mapping[str, str], start: datetime, year: int) -> datetime | None:
    """Where to begin to find what a rule has in a year: with its first period (year, month, week, day or hour) that reaches into it; None where none does.

    In its very first period a rule begins with its start: dateutil counts the places of BYSETPOS in that week from there on.
    """
    frequency, interval = rule["FREQ"], int(rule.get("INTERVAL", 1))
    january, december = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    hour = 0
    match frequency:
        case "YEARLY":
            day = january if (year - start.year) % interval == 0 else december + 1
        case "MONTHLY":
            month = (start.month - 1 - (year - start.year) * 12) % interval if year > start.year else start.month - 1
            day = date(year, month + 1, 1).toordinal() if month < 12 else december + 1
        case "HOURLY":
            hours = (start.toordinal() - january) * 24 + start.hour
            days, hour = divmod(max(hours % interval, hours), 24)
            day = january + days
        case _:
            weeks = frequency == "WEEKLY"
            own = start.toordinal() - ((start.weekday() - WEEKDAYS.index(rule.get("WKST", "MO"))) % 7 if weeks else 0)
            earliest = january - 6 * weeks
            day = max(earliest + (own - earliest) % (interval * (7 if weeks else 1)), own)
    if day > december:
        return None
    return max(datetime.fromordinal(max(day, 1)).replace(hour=hour, minute=start.minute, second=start.second), start)


@lru_cache(maxsize=1024)
def _twin(year: int) -> int:
    """The year of the last 28 that has the same calendar, as have the years beside it: dateutil seeks what never comes up to the last date of all."""
    return next(twin for twin in LAST_YEARS if _calendar(twin) == _calendar(year))


def _calendar(year: int) -> tuple[bool, bool, bool, int]:
    return isleap(year - 1), isleap(year), isleap(year + 1), date(year, 1, 1).weekday()


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


def _last_moment(until: str, zone: str) -> datetime:
    """UNTIL as local wall time: in UTC with a Z, all of the day if it is a date."""
    moment = _until(until)
    if until.endswith("Z") and moment.year < datetime.max.year:  # that of the last year is for ever in any zone
        return local(moment.replace(tzinfo=UTC).timestamp(), ZoneInfo(zone))
    return moment if "T" in until else moment + timedelta(days=1, seconds=-1)
