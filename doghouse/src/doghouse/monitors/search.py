"""What the search of monitors compares (docs.datadoghq.com: monitors/manage/search): `status:(alert OR warn) tag:"service:web" -muted:true web*`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from doghouse import searching
from doghouse.monitors.errors import invalid_monitor_status
from doghouse.searching import Predicate, in_text, literally, pattern
from doghouse.tags import pairs
from doghouse.time import lengths
from doghouse.web import errors
from doghouse.web.errors import ApiError

STATUSES = frozenset(("alert", "warn", "no data", "ok", "ignored", "skipped", "unknown"))
TEXTS = ("title", "message")  # fields of words; all others are compared as a whole


@dataclass(frozen=True, slots=True)
class Row:
    """What a search looks at: a monitor, or one group of it. `values` are the fields by name, all as text."""

    values: Mapping[str, Sequence[str]]
    muted_left_s: float | None = None
    muted_elapsed_s: float | None = None


def compile_search(text: str) -> Predicate[Row]:
    """The search as a predicate; an empty one keeps everything. Raises ApiError 400."""
    return searching.compile_search(text, condition)


def condition(field: str | None, value: str, quoted: bool) -> Predicate[Row]:
    """One `field:value`, or a word of the title or message where there is no field."""
    if field in ("status", "group_status"):
        _check_status(value)
    if field in ("muted_left", "muted_elapsed"):
        return _time_condition(field, value)
    if "~" in value and not quoted:
        raise errors.not_evaluated("the fuzzy operator ~ in a search of monitors")
    same = literally(value) if quoted else pattern(value)
    texts = TEXTS if field is None else (field,) if field in TEXTS else ()
    if not texts:
        return lambda row: any(same(one) for one in _values(row, str(field)))
    return lambda row: (
        any(in_text(text, value, same, quoted=quoted) for name in texts for text in row.values[name])
        or (field is None and value in row.values["id"])
    )


def _values(row: Row, field: str) -> Sequence[str]:
    """A field's values. GUESS: a name that is none of the fields (`service`, `env`, `team`, …) is the key of a tag."""
    if field in row.values:
        return row.values[field]
    return pairs.values(row.values["tag"], field)


def _check_status(value: str) -> None:
    if value.lower() not in STATUSES:
        raise invalid_monitor_status(value)


def _time_condition(field: str, value: str) -> Predicate[Row]:
    """`muted_left:30m`: muted for at most that long still; `muted_elapsed:30d`: for at least that long already."""
    limit = lengths.seconds(value)
    if limit is None:
        raise _bad_duration(field, value)
    if field == "muted_left":
        return lambda row: row.muted_left_s is not None and row.muted_left_s <= limit
    return lambda row: row.muted_elapsed_s is not None and row.muted_elapsed_s >= limit


def _bad_duration(field: str, value: str) -> ApiError:
    return errors.invalid_search(f"'{value}' is not a duration for {field}: expected a number and one of s, m, h, d, w")
