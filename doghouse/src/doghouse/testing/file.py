"""The file format of monitors' unit tests: strict YAML, each mistake named with its line.

An unknown key is an error, and so is a test that expects nothing: a test that cannot fail is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from doghouse import files
from doghouse.files import yaml_texts
from doghouse.numbers import whole_number
from doghouse.testing.entries import EventEntry, LogEntry, SpanEntry
from doghouse.testing.notation import STATES
from doghouse.testing.places import TestFileError, line_of, plain
from doghouse.testing.wording import sentence

WORDS = ("Triggered", "Warn", "No Data", "Recovered", "Re-Triggered", "Re-Warn", "Re-No Data")
_PLACE = re.compile(r" - at `\$?(?P<path>[^`]*)`$")


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
    """One test: the samples of each series, the logs and events (and for a service-check monitor a check's runs, one a minute), and what the monitor must
    make of them.

    `transitions` and `silenced` are whole lists; `notifications` are among those sent, or all of them with `exact`;
    `states` are states at given times: of every group, or group by group (`{+5m: {host:a: OK, host:b: Alert}}`).
    `unread` are the series that no query must read, any other that none reads is a mistake; `['*']`: any may be unread.
    `start` is when it begins (default: the file's). `until` is when the test ends (default: with the longest series, or the last log).
    """

    name: str
    start: str | None = None
    series: dict[str, Any] = {}
    checks: dict[str, str] = {}
    logs: list[LogEntry] = []
    events: list[EventEntry] = []
    spans: list[SpanEntry] = []
    unread: list[str] = []
    until: str | None = None
    transitions: list[str] | None = None
    notifications: list[ExpectedNotification] | None = None
    silenced: list[ExpectedNotification] | None = None
    states: dict[str, str | dict[str, str]] | None = None
    exact: bool = False


class TestFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A file of tests of one monitor. `monitor`, `downtimes`, `hosts` and `rules` are files relative to it, or stand in it.

    `members` are those that a composite's query names, or that an SLO is made of, by id; a composite's may be a list in the order of its query.
    `slos` are those that alerts look at, by id.
    `start` is when its tests begin, but those that have a start of their own.
    `rules` are the notification rules, as the API has them; a file or folder may be Terraform's.
    """

    __test__ = False

    monitor: str | dict[str, Any]
    tests: list[Case]
    start: str | None = None
    downtimes: str | list[dict[str, Any]] = []
    hosts: str | dict[str, Host] = {}
    rules: str | list[dict[str, Any]] = []
    members: dict[str, str | dict[str, Any]] | list[str | dict[str, Any]] = {}
    slos: dict[str, str | dict[str, Any]] = {}


class Loaded(msgspec.Struct, frozen=True):
    """A test file as read, and the line of each thing in it (keys are paths such as `.tests[0].series`). `start` is when the test begins that is looked at."""

    path: Path
    start: datetime
    file: TestFile
    lines: Mapping[str, int]

    def of_test(self, number: int) -> Loaded:
        """The same with the start of test `number`. Raises TestFileError."""
        own = self.file.tests[number].start
        return (
            self if own is None else replace(self, start=_start(self.path, self.line(f".tests[{number}].start"), own))
        )

    def line(self, place: str) -> int:
        """The line of a place, or of the nearest thing around it."""
        return line_of(self.lines, place)

    def wrong(self, place: str, text: str) -> TestFileError:
        """An error at a place."""
        return TestFileError(self.path, self.line(place), text)


def load(path: Path) -> Loaded:
    """Read a test file. Raises TestFileError."""
    try:
        node = yaml_texts.compose(files.text(path, files.LARGEST_SETTINGS), yaml_texts.PlainYaml)
    except files.FileError as error:
        raise TestFileError(path, error.line or 1, str(error)) from None
    if node is None:
        raise TestFileError(path, 1, "is empty: a test file has monitor, start and tests")
    lines: dict[str, int] = {}
    data = plain(node, "", lines, path)
    try:
        file = msgspec.convert(data, TestFile)
    except msgspec.ValidationError as error:
        raise _located(path, lines, str(error)) from None
    if not file.tests:
        raise TestFileError(path, lines.get(".tests", 1), "holds no test")
    first = file.start or file.tests[0].start
    if first is None:
        raise TestFileError(path, 1, "names no start: give the file one, or each of its tests")
    loaded = Loaded(path, _start(path, lines.get(".start" if file.start else ".tests[0].start", 1), first), file, lines)
    _check(loaded)
    return loaded


def schema() -> dict[str, Any]:
    """The JSON Schema of a test file, for editors."""
    document = msgspec.json.schema(TestFile)
    for definition in document["$defs"].values():
        if "description" in definition:
            definition["description"] = cleandoc(definition["description"])  # which Python does itself from 3.13 on
    return document


def _check(loaded: Loaded) -> None:
    members = loaded.file.members
    for name in members if isinstance(members, dict) else ():
        if whole_number(name) is None:
            raise loaded.wrong(
                f".members.{name}", f"'{name}' is no monitor's id, a number as the composite's query has it"
            )
    names: set[str] = set()
    for number, case in enumerate(loaded.file.tests):
        place = f".tests[{number}]"
        if case.name in names:
            raise loaded.wrong(place, f"a second test is called '{case.name}'")
        names.add(case.name)
        if loaded.file.start is None and case.start is None:
            raise loaded.wrong(place, f"test '{case.name}' has no start, nor has the file")
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
        if (
            not case.series
            and not case.checks
            and not case.logs
            and not case.events
            and not case.spans
            and not case.until
        ):
            raise loaded.wrong(place, f"test '{case.name}' has no series")
        _check_words(loaded, place, case)


def _check_words(loaded: Loaded, place: str, case: Case) -> None:
    """States and transitions by their names: a misspelt one would fail only where it is the expectation that is right."""
    for when, state in (case.states or {}).items():
        for label in state.values() if isinstance(state, dict) else (state,):
            if label not in STATES:
                raise loaded.wrong(f"{place}.states.{when}", f"'{label}' is not a state: expected {', '.join(STATES)}")
    for name, listed in (("notifications", case.notifications), ("silenced", case.silenced)):
        for number, expectation in enumerate(listed or []):
            if expectation.transition not in WORDS:
                text = f"'{expectation.transition}' is not a transition: expected {', '.join(WORDS)}"
                raise loaded.wrong(f"{place}.{name}[{number}].transition", text)


def _start(path: Path, line: int, text: str) -> datetime:
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise TestFileError(path, line, f"start: '{text}' is not an ISO 8601 time") from None
    if start.tzinfo is None:
        raise TestFileError(
            path, line, f"start: '{text}' names no zone: end it with Z (UTC) or an offset such as +01:00"
        )
    return start


def _located(path: Path, lines: Mapping[str, int], message: str) -> TestFileError:
    match = _PLACE.search(message)
    place, text = (match["path"], message[: match.start()]) if match else ("", message)
    unknown = re.search(r"unknown field `(.*)`", text)
    line = lines.get(f"{place}.{unknown[1]}") if unknown else None
    where = f"{place.lstrip('.')}: " if place else ""
    return TestFileError(
        path, line or line_of(lines, place.partition("[...]")[0]), f"{where}{sentence(text, TestFile, place)}"
    )
