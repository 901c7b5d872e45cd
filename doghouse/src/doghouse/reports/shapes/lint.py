"""What `lint --json` holds."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


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
