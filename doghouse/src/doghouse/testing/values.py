"""What the texts in a test mean: samples, a check's runs, times, transitions."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from doghouse.testing.notation import STATES, NotationError, Samples, parse_duration, parse_samples

if TYPE_CHECKING:  # a server reads no test file: YAML alone took a fortieth of its start
    from doghouse.testing.file import Loaded

_SERIES = re.compile(r"(?P<metric>[A-Za-z][\w.]*)\s*(?:\{(?P<tags>[^{}]*)\})?")


def series_of(loaded: Loaded, number: int) -> dict[tuple[str, tuple[str, ...]], Samples]:
    """The samples of test `number`, by metric and tags. Raises TestFileError."""
    samples = {}
    for key, value in loaded.file.tests[number].series.items():
        place = f".tests[{number}].series.{key}"
        match = _SERIES.fullmatch(key.strip())
        if match is None:
            raise loaded.wrong(place, f"'{key}' is not a series: expected for example my_metric{{host:web-1,env:prod}}")
        tags = tuple(sorted(tag.strip() for tag in (match["tags"] or "").split(",") if tag.strip() not in ("", "*")))
        try:
            samples[match["metric"], tags] = parse_samples(value)
        except NotationError as error:
            raise loaded.wrong(place, f"series {key}: {error}") from None
    return samples


RUNS = {"OK": 0, "WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3, "_": None}


def checks_of(loaded: Loaded, number: int) -> dict[tuple[str, tuple[str, ...]], list[int | None]]:
    """The runs of test `number` by check and tags, one a minute: 0 to 3 as checks submit them, None where there was none. Raises TestFileError."""
    by_check: dict[tuple[str, tuple[str, ...]], list[int | None]] = {}
    for key, text in loaded.file.tests[number].checks.items():
        place = f".tests[{number}].checks.{key}"
        match = _SERIES.fullmatch(key.strip())
        if match is None:
            raise loaded.wrong(place, f"'{key}' is no check: expected for example http.can_connect{{url:a}}")
        runs: list[int | None] = []
        for word in text.split():
            run = re.fullmatch(r"(OK|WARNING|CRITICAL|UNKNOWN|_)(?:x([0-9]{1,6}))?", word)
            if run is None:
                raise loaded.wrong(
                    place,
                    f"'{word}' is no run: expected OK, WARNING, CRITICAL, UNKNOWN or _, as in OKx5 CRITICALx2 _x3",
                )
            runs += [RUNS[run[1]]] * int(run[2] or 1)
        tags = tuple(sorted(tag.strip() for tag in (match["tags"] or "").split(",") if tag.strip()))
        by_check[match["metric"], tags] = runs
    return by_check


def instant(loaded: Loaded, written: str, place: str) -> int:
    """A time in a test as seconds since 1970 UTC: `+13m` from the start, a clock time `10:13` (the next from the start on), or ISO 8601."""
    text = written.strip()
    try:
        if text.startswith("+"):
            return int(loaded.start.timestamp()) + (0 if text in ("+0", "+0m", "+0s") else parse_duration(text[1:]))
        if re.fullmatch(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?", text):
            hour, minute, *seconds = (int(part) for part in text.split(":"))
            when = loaded.start.replace(hour=hour, minute=minute, second=seconds[0] if seconds else 0)
            return int((when if when >= loaded.start else when + timedelta(days=1)).timestamp())
        return int(
            datetime.fromisoformat(text)
            .replace(tzinfo=datetime.fromisoformat(text).tzinfo or loaded.start.tzinfo)
            .timestamp()
        )
    except (NotationError, ValueError):
        raise loaded.wrong(
            place, f"'{written}' is not a time: expected for example +13m, 10:13 or 2026-03-02T10:13+01:00"
        ) from None


def transition(loaded: Loaded, text: str, place: str) -> tuple[int, str, str | None]:
    """`+7m Warn` or `+7m Warn host:web-1` as (time, state, group or None). Raises TestFileError."""
    when, _, remainder = text.strip().partition(" ")
    for state in STATES:
        if remainder == state or remainder.startswith(state + " "):
            return instant(loaded, when, place), state, remainder[len(state) :].strip() or None
    raise loaded.wrong(
        place,
        f"'{text}' is not a transition: expected a time, then one of {', '.join(STATES)}, then the group if there are several",
    )
