"""What the JSON of each result holds: docs/lint.schema.json and its siblings are made of these types.

`version` grows when a field is renamed, removed or means something else; new fields alone do not change it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from inspect import cleandoc
from typing import Any

import msgspec

VERSION = 1


class Mend(msgspec.Struct, frozen=True):
    """How a problem is mended: in the text of `field`, `old` becomes `new`. Without `old`, `new` is the whole value: a text, or JSON of anything else."""

    field: str
    new: str
    old: str


class Problem(msgspec.Struct, frozen=True):
    """What is wrong: `file_line` is its line in the file, `line` and `column` its place in the field's text; null where that is not known."""

    field: str
    text: str
    severity: str
    rule: str
    file_line: int | None
    line: int | None
    column: int | None
    mend: Mend | None


class Suppressed(Problem, frozen=True):
    """A problem that the monitor says, with a reason, is not to be said."""

    reason: str


class Linted(msgspec.Struct, frozen=True):
    """A monitor, downtime, objective or note. `where` is its file and its address in it; `verdict` is ok, wrong or not evaluated."""

    where: str
    file: str | None
    name: str
    type: str
    verdict: str
    problems: Sequence[Problem]
    suppressed: Sequence[Suppressed]


class Lint(msgspec.Struct, frozen=True, omit_defaults=True):
    """What `doghouse lint --json` prints. `summary` is the last line of its text, `rules` are the notification rules, where some were read."""

    version: int
    monitors: Sequence[Linted]
    downtimes: Sequence[Linted]
    slos: Sequence[Linted]
    notes: Sequence[Linted]
    summary: str
    rules: Sequence[Linted] = []


class Difference(msgspec.Struct, frozen=True):
    """What a test expected at a line of its file, and what there was instead."""

    line: int
    expected: Sequence[str]
    got: Sequence[str]


class UnitTest(msgspec.Struct, frozen=True):
    """A unit test: passed where nothing differs."""

    file: str
    line: int
    name: str
    passed: bool
    differences: Sequence[Difference]
    remarks: Sequence[str] | msgspec.UnsetType = msgspec.UNSET


class Share(msgspec.Struct, frozen=True):
    """How many of how many are reached."""

    reached: int
    of: int


class Missed(msgspec.Struct, frozen=True):
    """What no test reaches: a state, a transition, a side of a message's conditional, or a downtime."""

    kind: str
    text: str


class Covered(msgspec.Struct, frozen=True):
    """A monitor or downtime, how many tests it has, and what none of them reaches of how many things."""

    where: str
    name: str
    tests: int
    of: int
    missed: Sequence[Missed]


class Coverage(msgspec.Struct, frozen=True):
    """What the tests reach; `untested` monitors have none."""

    percent: float
    counts: Mapping[str, Share]
    untested: int
    monitors: Sequence[Covered]
    downtimes: Sequence[Covered]


class UnitTests(msgspec.Struct, frozen=True):
    """What `doghouse test --json` prints. `errors` has a sentence for each file that could not be read; `coverage` is there with --coverage."""

    version: int
    tests: Sequence[UnitTest]
    errors: Sequence[str]
    coverage: Coverage | msgspec.UnsetType = msgspec.UNSET


class Transition(msgspec.Struct, frozen=True, rename={"before": "from"}):
    """A change of a group's state. `time` is ISO 8601, a simple alert's group empty, a value null where there is none."""

    time: str
    group: Mapping[str, str]
    before: str
    to: str
    value: float | None


class Notification(msgspec.Struct, frozen=True):
    """A notification; `silenced_by` and `released_by` are a downtime's id or name."""

    time: str
    group: Mapping[str, str]
    transition: str
    recipients: Sequence[str]
    subject: str
    body: str
    silenced_by: str | None
    released_by: str | None


class Figures(msgspec.Struct, frozen=True):
    """What happened in numbers. `at_night` counts notifications from 22:00 to 07:00; `shares` are of evaluated time;
    `recipients` has how many of the notifications each gets."""

    days: float
    groups: int
    changes: int
    notifications: int
    notifications_a_day: float
    at_night: int
    silenced: int
    shares: Mapping[str, float]
    recipients: Mapping[str, int]


class Suggestion(Figures, frozen=True):
    """What another setting would have sent. `first_alert_delay_s` is null where one of both has no Alert; of all alerts of all groups `missed` have none
    near them, `delayed` come later, by `longest_delay_s` at most."""

    setting: str
    first_alert_delay_s: int | None
    missed: int
    delayed: int
    longest_delay_s: int


class Backtested(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """What one monitor did. `points` says where they come from, if from an account."""

    monitor: str
    where: str
    start: str
    end: str
    evaluations: int
    transitions: Sequence[Transition]
    notifications: Sequence[Notification]
    figures: Figures
    suggestions: Sequence[Suggestion] | msgspec.UnsetType = msgspec.UNSET
    remarks: Sequence[str] | msgspec.UnsetType = msgspec.UNSET
    points: Mapping[str, Any] | msgspec.UnsetType = msgspec.UNSET


class LeftOut(msgspec.Struct, frozen=True):
    """A monitor that did not run, and why."""

    where: str
    text: str


class Backtests(msgspec.Struct, frozen=True):
    """What `doghouse backtest --json` prints: `monitors` is the same for one as for many. Where one alone was asked for, all of it stands here too."""

    version: int
    monitors: Sequence[Backtested]
    left_out: Sequence[LeftOut]


class BacktestOfOne(Backtested, frozen=True, kw_only=True):
    """What `doghouse backtest --json` prints where one monitor was asked for."""

    version: int
    monitors: Sequence[Backtested]
    left_out: Sequence[LeftOut]


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


DOCUMENTS: dict[str, Sequence[type]] = {  # by command
    "lint": [Lint],
    "test": [UnitTests],
    "diff": [Review],
    "backtest": [BacktestOfOne, Backtests],
}


def schema(command: str) -> dict[str, Any]:
    """The JSON Schema of what a command prints with --json."""
    tops, parts = msgspec.json.schema_components(DOCUMENTS[command], ref_template="#/$defs/{name}")
    for one in parts.values():
        if "description" in one:
            one["description"] = cleandoc(one["description"])  # which Python does itself from 3.13 on
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"doghouse {command} --json"}
    return {**described, **(tops[0] if len(tops) == 1 else {"anyOf": list(tops)}), "$defs": parts}
