"""The file format of monitors' unit tests: strict YAML, each mistake named with its line.

An unknown key is an error, and so is a test that expects nothing: a test that cannot fail is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec
import yaml

from doghouse.testing.notation import NotationError, Samples, parse_duration, parse_samples
from doghouse.time import iso

STATES = ("OK", "Warn", "Alert", "No Data")
WORDS = ("Triggered", "Warn", "No Data", "Recovered", "Re-Triggered", "Re-Warn", "Re-No Data")
_SERIES = re.compile(r"(?P<metric>[A-Za-z][\w.]*)\s*(?:\{(?P<tags>[^{}]*)\})?")
_PLACE = re.compile(r" - at `\$?(?P<path>[^`]*)`$")


class TestFileError(Exception):
    """What is wrong in a test file: `path:line: text`."""

    __test__ = False

    def __init__(self, path: Path, line: int, text: str) -> None:
        super().__init__(f"{path}:{line}: {text}")
        self.path, self.line, self.text = path, line, text


class Host(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A host as messages and scopes see it: its address (`{{host.ip}}`) and its own tags."""

    ip: str = ""
    tags: list[str] = []


class ExpectedNotification(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A notification that must have been sent (or silenced): only what is given is compared."""

    at: str
    transition: str
    to: list[str] | None = None
    group: str | None = None
    contains: list[str] = []
    lacks: list[str] = []
    subject: str | None = None
    by: str | None = None


class Case(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One test: the samples of each series (and for a service-check monitor a check's runs, one a minute), and what the monitor must make of them.

    `transitions` and `silenced` are whole lists; `notifications` are among those sent, or all of them with `exact`;
    `states` are states at given times: of every group, or group by group (`{+5m: {host:a: OK, host:b: Alert}}`).
    `until` is when the test ends (default: with the longest series).
    """

    name: str
    series: dict[str, Any] = {}
    checks: dict[str, str] = {}
    until: str | None = None
    transitions: list[str] | None = None
    notifications: list[ExpectedNotification] | None = None
    silenced: list[ExpectedNotification] | None = None
    states: dict[str, str | dict[str, str]] | None = None
    exact: bool = False


class TestFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A file of tests of one monitor. `monitor`, `downtimes` and `hosts` are files relative to it, or stand in it.

    `members` are those that a composite's query names, by id.
    """

    __test__ = False

    monitor: str | dict[str, Any]
    start: str
    tests: list[Case]
    downtimes: str | list[dict[str, Any]] = []
    hosts: str | dict[str, Host] = {}
    members: dict[str, str | dict[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A test file as read, and the line of each thing in it (keys are paths such as `.tests[0].series`)."""

    path: Path
    start: datetime
    file: TestFile
    lines: Mapping[str, int]

    def line(self, place: str) -> int:
        """The line of a place, or of the nearest thing around it."""
        return _line(self.lines, place)

    def wrong(self, place: str, text: str) -> TestFileError:
        """An error at a place."""
        return TestFileError(self.path, self.line(place), text)


def load(path: Path) -> Loaded:
    """Read a test file. Raises TestFileError."""
    try:
        text = path.read_text("utf-8-sig")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except OSError as error:
        raise TestFileError(path, 1, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise TestFileError(path, line, f"is no text: the byte 0x{error.object[error.start]:02x} is no UTF-8") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise TestFileError(
            path, line, f"is not YAML: the character U+{error.character:04X} may not stand in it"
        ) from None
    except RecursionError:
        raise TestFileError(path, 1, "is nested too deeply to be read") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise TestFileError(path, line, f"is not YAML: {error.problem}") from None
    if node is None:
        raise TestFileError(path, 1, "is empty: a test file has monitor, start and tests")
    lines: dict[str, int] = {}
    try:
        data = _plain(node, "", lines, path)
    except RecursionError:
        raise TestFileError(
            path, 1, "is nested too deeply to be read, or an alias stands within what it names"
        ) from None
    try:
        file = msgspec.convert(data, TestFile)
    except msgspec.ValidationError as error:
        raise _located(path, lines, str(error)) from None
    loaded = Loaded(path, _start(path, lines, file.start), file, lines)
    _check(loaded)
    return loaded


def schema() -> dict[str, Any]:
    """The JSON Schema of a test file, for editors."""
    found = msgspec.json.schema(TestFile)
    for one in found["$defs"].values():
        if "description" in one:
            one["description"] = cleandoc(one["description"])  # which Python does itself from 3.13 on
    return found


def series(loaded: Loaded, number: int) -> dict[tuple[str, tuple[str, ...]], Samples]:
    """The samples of test `number`, by metric and tags. Raises TestFileError."""
    found = {}
    for key, said in loaded.file.tests[number].series.items():
        place = f".tests[{number}].series.{key}"
        match = _SERIES.fullmatch(key.strip())
        if match is None:
            raise loaded.wrong(place, f"'{key}' is not a series: expected for example my_metric{{host:web-1,env:prod}}")
        tags = tuple(sorted(tag.strip() for tag in (match["tags"] or "").split(",") if tag.strip() not in ("", "*")))
        try:
            found[match["metric"], tags] = parse_samples(said)
        except NotationError as error:
            raise loaded.wrong(place, f"series {key}: {error}") from None
    return found


# `10:13` (a number to the base of 60), `010` (to the base of 8), `1_000`.
_ONLY_YAML_1_1 = re.compile(r"[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?|[-+]?0[\d_]+|[-+]?\d+_[\d_]*")
RUNS = {"OK": 0, "WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3, "_": None}


def checks(loaded: Loaded, number: int) -> dict[tuple[str, tuple[str, ...]], list[int | None]]:
    """The runs of test `number` by check and tags, one a minute: 0 to 3 as checks submit them, None where there was none. Raises TestFileError."""
    found: dict[tuple[str, tuple[str, ...]], list[int | None]] = {}
    for key, said in loaded.file.tests[number].checks.items():
        place = f".tests[{number}].checks.{key}"
        match = _SERIES.fullmatch(key.strip())
        if match is None:
            raise loaded.wrong(place, f"'{key}' is no check: expected for example http.can_connect{{url:a}}")
        runs: list[int | None] = []
        for word in said.split():
            run = re.fullmatch(r"(OK|WARNING|CRITICAL|UNKNOWN|_)(?:x(\d{1,6}))?", word)
            if run is None:
                raise loaded.wrong(
                    place,
                    f"'{word}' is no run: expected OK, WARNING, CRITICAL, UNKNOWN or _, as in OKx5 CRITICALx2 _x3",
                )
            runs += [RUNS[run[1]]] * int(run[2] or 1)
        tags = tuple(sorted(tag.strip() for tag in (match["tags"] or "").split(",") if tag.strip()))
        found[match["metric"], tags] = runs
    return found


def instant(loaded: Loaded, said: str, place: str) -> int:
    """A time in a test as seconds since 1970 UTC: `+13m` from the start, a clock time `10:13` (the next from the start on), or ISO 8601."""
    text = said.strip()
    try:
        if text.startswith("+"):
            return int(loaded.start.timestamp()) + (0 if text in ("+0", "+0m", "+0s") else parse_duration(text[1:]))
        if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", text):
            hour, minute, *rest = (int(part) for part in text.split(":"))
            when = loaded.start.replace(hour=hour, minute=minute, second=rest[0] if rest else 0)
            return int((when if when >= loaded.start else when + timedelta(days=1)).timestamp())
        return int(
            datetime.fromisoformat(text)
            .replace(tzinfo=datetime.fromisoformat(text).tzinfo or loaded.start.tzinfo)
            .timestamp()
        )
    except (NotationError, ValueError):
        raise loaded.wrong(
            place, f"'{said}' is not a time: expected for example +13m, 10:13 or 2026-03-02T10:13+01:00"
        ) from None


def transition(loaded: Loaded, said: str, place: str) -> tuple[int, str, str | None]:
    """`+7m Warn` or `+7m Warn host:web-1` as (time, state, group or None). Raises TestFileError."""
    when, _, rest = said.strip().partition(" ")
    for state in STATES:
        if rest == state or rest.startswith(state + " "):
            return instant(loaded, when, place), state, rest[len(state) :].strip() or None
    raise loaded.wrong(
        place,
        f"'{said}' is not a transition: expected a time, then one of {', '.join(STATES)}, then the group if there are several",
    )


def _check(loaded: Loaded) -> None:
    for name in loaded.file.members:
        if not name.isdecimal():
            raise loaded.wrong(
                f".members.{name}", f"'{name}' is no monitor's id, a number as the composite's query has it"
            )
    if not loaded.file.tests:
        raise loaded.wrong(".tests", "holds no test")
    names: set[str] = set()
    for number, case in enumerate(loaded.file.tests):
        place = f".tests[{number}]"
        if case.name in names:
            raise loaded.wrong(place, f"a second test is called '{case.name}'")
        names.add(case.name)
        if (
            case.transitions is None
            and case.silenced is None
            and not case.notifications
            and not case.states
            and not case.exact
        ):
            raise loaded.wrong(
                place,
                f"test '{case.name}' expects nothing: give it transitions, notifications, silenced or states, or exact: true",
            )
        if not case.series and not case.checks:
            raise loaded.wrong(place, f"test '{case.name}' has no series")
        _check_words(loaded, place, case)


def _check_words(loaded: Loaded, place: str, case: Case) -> None:
    """States and transitions by their names: a misspelt one would fail only where it is the expectation that is right."""
    for said, state in (case.states or {}).items():
        for one in state.values() if isinstance(state, dict) else (state,):
            if one not in STATES:
                raise loaded.wrong(f"{place}.states.{said}", f"'{one}' is not a state: expected {', '.join(STATES)}")
    for name, listed in (("notifications", case.notifications), ("silenced", case.silenced)):
        for number, wanted in enumerate(listed or []):
            if wanted.transition not in WORDS:
                text = f"'{wanted.transition}' is not a transition: expected {', '.join(WORDS)}"
                raise loaded.wrong(f"{place}.{name}[{number}].transition", text)


def _start(path: Path, lines: Mapping[str, int], said: str) -> datetime:
    try:
        return iso.moment(said)
    except ValueError:
        raise TestFileError(path, lines.get(".start", 1), f"start: '{said}' is not an ISO 8601 time") from None


def _plain(node: yaml.Node, place: str, lines: dict[str, int], path: Path) -> Any:
    """YAML nodes as plain values; a key that stands twice is an error. Times stay text, and what only YAML 1.1 takes for a number."""
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            lines[f"{place}.{key}"] = key_node.start_mark.line + 1
            if key in found:
                raise TestFileError(path, key_node.start_mark.line + 1, f"'{key}' stands twice")
            found[key] = _plain(value_node, f"{place}.{key}", lines, path)
            lines[f"{place}.{key}"] = key_node.start_mark.line + 1
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, f"{place}[{number}]", lines, path) for number, item in enumerate(node.value)]
    if node.tag == "tag:yaml.org,2002:timestamp" or _ONLY_YAML_1_1.fullmatch(str(node.value)):
        return node.value
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (yaml.MarkedYAMLError, ValueError):
        text = f"'{node.value}' is not understood as {node.tag}: text with special characters stands in quotes"
        raise TestFileError(path, node.start_mark.line + 1, text) from None


def _located(path: Path, lines: Mapping[str, int], message: str) -> TestFileError:
    match = _PLACE.search(message)
    place, text = (match["path"], message[: match.start()]) if match else ("", message)
    unknown = re.search(r"unknown field `(.*)`", text)
    line = lines.get(f"{place}.{unknown[1]}") if unknown else None
    return TestFileError(
        path, line or _line(lines, place.partition("[...]")[0]), f"{place.lstrip('.') + ': ' if place else ''}{text}"
    )


def _line(lines: Mapping[str, int], place: str) -> int:
    """The line of a place, or of the nearest thing around it."""
    while place not in lines and place:
        place = re.sub(r"(\.[^.\[\]]*|\[[^\]]*\])$", "", place)
    return lines.get(place, 1)
