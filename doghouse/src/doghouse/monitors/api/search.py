"""What the search of monitors compares (docs.datadoghq.com: monitors/manage/search): `status:(alert OR warn) tag:"service:web" -muted:true web*`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from doghouse.monitors.errors import invalid_monitor_status
from doghouse.search.matching import combined, tree
from doghouse.search.tree import Exists, Leaf, Match, Phrase, Word
from doghouse.tags import pairs, wildcards
from doghouse.time import lengths
from doghouse.web import errors
from doghouse.web.errors import ApiError

STATUSES = frozenset(("alert", "warn", "no data", "ok", "ignored", "skipped", "unknown"))
TEXTS = ("title", "message")  # fields of words; all others are compared as a whole


class Row(Struct, frozen=True):
    """What a search looks at: a monitor, or one group of it. `values` are the fields by name, all as text."""

    values: Mapping[str, Sequence[str]]
    muted_left_s: float | None = None
    muted_elapsed_s: float | None = None


Predicate = Callable[[Row], bool]


def compile_search(text: str) -> Predicate:
    """The search as a predicate, read as searches of logs are; an empty one keeps everything. Raises ApiError 400, or 501 for what is not evaluated."""
    return combined(tree(text), _leaf)


def _leaf(leaf: Leaf) -> Predicate:
    match leaf:
        case Exists(field):
            return condition(field.lower(), "*", wildcards.matcher("*"), quoted=False)
        case Match(field, Word() as word):
            return condition(field and field.lower(), word.plain, word.matcher(ignore_case=True), quoted=False)
        case Match(field, Phrase(text)):
            return condition(field and field.lower(), text, literally(text), quoted=True)
        case _:
            raise errors.not_evaluated("ranges and networks in a search of monitors")


def condition(field: str | None, value: str, same: wildcards.Match, *, quoted: bool) -> Predicate:
    """One `field:value`, or a word of the title or message where there is no field."""
    if field in ("status", "group_status"):
        _check_status(value)
    if field in ("muted_left", "muted_elapsed"):
        return _time_condition(field, value)
    if "~" in value and not quoted:
        raise errors.not_evaluated("the fuzzy operator ~ in a search of monitors")
    texts = TEXTS if field is None else (field,) if field in TEXTS else ()
    if not texts:
        return lambda row: any(same(own) for own in _values(row, str(field)))
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


def _time_condition(field: str, value: str) -> Predicate:
    """`muted_left:30m`: muted for at most that long still; `muted_elapsed:30d`: for at least that long already."""
    limit = lengths.seconds(value)
    if limit is None:
        raise _bad_duration(field, value)
    if field == "muted_left":
        return lambda row: row.muted_left_s is not None and row.muted_left_s <= limit
    return lambda row: row.muted_elapsed_s is not None and row.muted_elapsed_s >= limit


def _bad_duration(field: str, value: str) -> ApiError:
    return errors.invalid_search(f"'{value}' is not a duration for {field}: expected a number and one of s, m, h, d, w")


def literally(value: str) -> wildcards.Match:
    """Whether a text is this one, whatever the case."""
    return lambda text: text.lower() == value.lower()


def in_text(text: str, value: str, same: wildcards.Match, *, quoted: bool) -> bool:
    """Whether a text holds a word: as a whole word, or wherever it stands if it was quoted (GUESS: what a word is)."""
    if quoted:
        return value.lower() in text.lower()
    return any(same(word) for word in (*text.split(), *re.findall(r"[\w.]+", text)))
