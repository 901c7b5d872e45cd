"""What `diff --json` holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from doghouse.reports.shapes.backtests import Figures, Suggestion
from doghouse.reports.shapes.lint import Mend
from doghouse.reports.shapes.tests import UnitTest


class Field(msgspec.Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """A field that changed; null is no value."""

    field: str
    before: Any
    after: Any


class PlacedProblem(msgspec.Struct, frozen=True):
    """What is newly wrong, or cured: `where` is its place for people, `line` that in the file."""

    where: str
    file: str | None
    line: int | None
    field: str
    severity: str
    rule: str
    text: str
    mend: Mend | None


class Past(Figures, frozen=True):
    """What one version of a monitor did. `course` has a block for each part of the range."""

    notifications_a_week: float
    first_alert: str | None
    course: str


class ChangedMessage(msgspec.Struct, frozen=True):
    """How the message of a transition reads, and who gets it no more or now. A run of `words` has a text, and as `change` same, gone or new."""

    transition: str
    group: str
    words: Sequence[Mapping[str, str]]
    recipients_gone: Sequence[str]
    recipients_new: Sequence[str]


class Versions(msgspec.Struct, frozen=True):
    """Both versions over history; null before for a new monitor, after for a removed one. `missed` are a group's stretches in Alert, with `from` and `to`.

    `unseen` says which version saw nothing in that time, and why.
    """

    before: Past | None
    after: Past | None
    missed: Sequence[Mapping[str, str]]
    messages: Sequence[ChangedMessage]
    suggestion: Suggestion | None
    unseen: Sequence[str]


class ChangedMonitor(msgspec.Struct, frozen=True):
    """A monitor: the `change` is new, removed, renamed, changed or affected (`because` of what)."""

    name: str
    change: str
    headline: str
    old_name: str | None
    where: str
    file: str | None
    line: int | None
    because: Sequence[str]
    fields: Sequence[Field]
    new_problems: Sequence[PlacedProblem]
    cured_problems: Sequence[PlacedProblem]
    history: Versions | None
    not_evaluated: str | None


class ChangedThing(msgspec.Struct, frozen=True):
    """A downtime, notification rule or objective, and the names of the monitors that it may be for."""

    thing: str
    change: str
    name: str
    where: str
    fields: Sequence[Field]
    monitors: Sequence[str]
    new_problems: Sequence[PlacedProblem]


class ReachedTests(msgspec.Struct, frozen=True):
    """The unit tests that the change reaches: those that fail and did not before, and the files that cannot be read."""

    ran: int
    failing: Sequence[UnitTest]
    mended: Sequence[str]
    errors: Sequence[str]


class Review(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """What `doghouse diff --json` prints. Without history `from`, `to` and `notifications` (of all changed monitors together) are null."""

    version: int
    base: str
    head: str
    start: str | None
    end: str | None
    unchanged: int
    moved: int
    monitors: Sequence[ChangedMonitor]
    others: Sequence[ChangedThing]
    problems: Sequence[PlacedProblem]
    tests: ReachedTests
    notifications: Mapping[str, int] | None
    remarks: Sequence[str]
    objections: Sequence[str]
