"""Functions of times, which are texts as RFC 3339 has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from doghouse.importing.terraform.language.functions.registry import function
from doghouse.importing.terraform.language.values import Value, WrongError, text

# Go's, in English whatever the process's locale is; calendar's follow it.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'")
_LENGTH = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|h|m|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
# The verbs of formatdate (developer.hashicorp.com/terraform/language/functions/formatdate).
_VERBS: Mapping[str, Callable[[datetime], str]] = {
    "YYYY": lambda at: f"{at.year:04}",
    "YY": lambda at: f"{at.year % 100:02}",
    "MMMM": lambda at: _MONTHS[at.month - 1],
    "MMM": lambda at: _MONTHS[at.month - 1][:3],
    "MM": lambda at: f"{at.month:02}",
    "M": lambda at: str(at.month),
    "DD": lambda at: f"{at.day:02}",
    "D": lambda at: str(at.day),
    "EEEE": lambda at: _DAYS[at.weekday()],
    "EEE": lambda at: _DAYS[at.weekday()][:3],
    "hh": lambda at: f"{at.hour:02}",
    "h": lambda at: str(at.hour),
    "HH": lambda at: f"{(at.hour + 11) % 12 + 1:02}",
    "H": lambda at: str((at.hour + 11) % 12 + 1),
    "AA": lambda at: "AM" if at.hour < 12 else "PM",
    "aa": lambda at: "am" if at.hour < 12 else "pm",
    "mm": lambda at: f"{at.minute:02}",
    "m": lambda at: str(at.minute),
    "ss": lambda at: f"{at.second:02}",
    "s": lambda at: str(at.second),
    "ZZZZZ": lambda at: _offset(at, ":"),
    "ZZZZ": lambda at: _offset(at, ""),
    "ZZZ": lambda at: "UTC" if _offset(at, "") == "+0000" else _offset(at, ""),
    "Z": lambda at: "Z" if _offset(at, "") == "+0000" else _offset(at, ":"),
}


@function("formatdate")
def _formatdate(form: Value, value: Value) -> Value:
    at = _time(value)

    def written(match: re.Match[str]) -> str:
        if match[1] is not None:
            return match[1].replace("''", "'")
        if match[2] is None and match[0] != "'":
            return match[0]
        if match[0] not in _VERBS:
            raise WrongError(f"'{match[0]}' is no part of a time")
        return _VERBS[match[0]](at)

    return _TOKEN.sub(written, text(form))


@function("timeadd")
def _timeadd(value: Value, length: Value) -> Value:
    length_text = text(length)
    parts = _LENGTH.findall(length_text)
    if not parts or "".join(map("".join, parts)) != length_text.lstrip("+-"):
        raise WrongError(f"'{length_text}' is no length of time such as '90m' or '1h30m'")
    seconds = sum(float(count) * _SECONDS[unit] for count, unit in parts) * (-1 if length_text.startswith("-") else 1)
    return (_time(value) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


@function("timecmp")
def _timecmp(first: Value, second: Value) -> Value:
    a, b = _time(first), _time(second)
    return (a > b) - (a < b)


def _time(value: Value) -> datetime:
    try:
        moment = datetime.fromisoformat(text(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or "T" not in text(value):
        raise WrongError(f"'{text(value)}' is no time as RFC 3339 has it")
    return moment


def _offset(at: datetime, colon: str) -> str:
    minutes = int((at.utcoffset() or timedelta()).total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{colon}{abs(minutes) % 60:02}"
