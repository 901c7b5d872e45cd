"""What a review of a change is, as values: formats print them, and no text of any format stands here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from doghouse.importing.things import Thing
from doghouse.monitors import Definition
from doghouse.monitors.lint import Problem
from doghouse.monitors.notification_rules import Rules
from doghouse.review.fields import FieldChange

if TYPE_CHECKING:
    from doghouse.backtest.figures import Figures
    from doghouse.backtest.suggesting import Suggestion
    from doghouse.review.words import Piece
    from doghouse.testing.places import TestFileError
    from doghouse.testing.running import Result

WEEK_D = 7
CELLS = 48  # of a course
NOTHING = "·"  # a cell of a course without an evaluation, or with No Data alone


class NamedRule(Struct, frozen=True):
    """A notification rule as a file has it: its attributes, and the rules that they make (none where they are wrong)."""

    where: str
    file: str
    body: Mapping[str, object]
    rules: Rules = ()


class Side(Struct, frozen=True):
    """BASE or HEAD. `name` is what it was called; `prefix` is what its places begin with that says nothing of the thing: the folder, or the only file."""

    name: str
    things: Sequence[Thing] = ()
    rules: Sequence[NamedRule] = ()
    prefix: str = ""


class Placed(Struct, frozen=True):
    """A problem with its place for people (`main.tf:17 datadog_monitor.cpu`), its file, and its line there (0: not known)."""

    problem: Problem
    place: str
    file: str = ""
    line: int = 0


class Past(Struct, frozen=True):
    """What one version of a monitor did over the range. `first_alert` (s UTC) is None where there was no Alert; `course` is a text of blocks, a cell a part
    of the range."""

    figures: Figures
    first_alert: int | None
    course: str
    groups: frozenset[str]

    @property
    def a_week(self) -> float:
        """Notifications sent a week."""
        return self.figures.a_day * WEEK_D


class Missed(Struct, frozen=True):
    """A stretch (s UTC) of a group in Alert before, near which it is in Alert no more."""

    group: str
    start: int
    end: int


class MessageChange(Struct, frozen=True):
    """How the message of one transition reads before and after, as pieces, with who gets it no more and who gets it now."""

    transition: str
    group: str
    pieces: Sequence[Piece]
    gone: Sequence[str] = ()
    new: Sequence[str] = ()


class Compared(Struct, frozen=True):
    """Both versions over the range. `before` is None for a new monitor, `after` for one that is gone. `unseen` says which of them saw nothing, and why;
    `shown` are the lint problems that the history of each shows."""

    before: Past | None
    after: Past | None
    missed: Sequence[Missed] = ()
    messages: Sequence[MessageChange] = ()
    suggestion: Suggestion | None = None
    unseen: Sequence[str] = ()
    shown: tuple[Sequence[Problem], Sequence[Problem]] = ((), ())

    @property
    def differs(self) -> bool:
        """Whether anybody would see a difference over the range."""
        return self.before != self.after or bool(self.missed or self.messages)


class Change(Struct, frozen=True):
    """One monitor that is new, removed, renamed, changed, or affected by something else that changed (`because`).

    `old_name` is its name before where that was another. `unevaluated` says why there is no `compared` where there is history.
    """

    kind: str
    name: str
    where: str
    file: str = ""
    line: int = 0
    old_name: str = ""
    fields: Sequence[FieldChange] = ()
    because: Sequence[str] = ()
    new_problems: Sequence[Placed] = ()
    cured: Sequence[Placed] = ()
    compared: Compared | None = None
    unevaluated: str = ""
    versions: tuple[Definition | None, Definition | None] = (None, None)


class OtherChange(Struct, frozen=True):
    """A downtime, a notification rule or an objective (`thing`) that is new, removed or changed, and the monitors that go by it, before or after."""

    thing: str
    kind: str
    name: str
    where: str
    fields: Sequence[FieldChange] = ()
    monitors: Sequence[str] = ()
    new_problems: Sequence[Placed] = ()


class Tests(Struct, frozen=True):
    """The unit tests that the change reaches: how many ran, which fail now and did not before, which are mended, and which files cannot be read now."""

    ran: int = 0
    failing: Sequence[Result] = ()
    mended: Sequence[str] = ()
    unread: Sequence[TestFileError] = ()
    failed_before: int = 0


class Range(Struct, frozen=True):
    """The stretch of history, [start, end] (s UTC), and whose clocks nights are told by."""

    start: int
    end: int
    zone: str


class Review(Struct, frozen=True):
    """What a change would do. `unread` are files that cannot be read; `objections` are what `--fail-on` was asked to object to, in sentences."""

    base: str
    head: str
    changes: Sequence[Change] = ()
    unchanged: int = 0
    moved: int = 0
    others: Sequence[OtherChange] = ()
    unread: Sequence[Placed] = ()
    cured_files: Sequence[Placed] = ()
    tests: Tests = field(default_factory=Tests)
    range: Range | None = None
    remarks: Sequence[str] = ()
    objections: Sequence[str] = ()

    @property
    def new_problems(self) -> list[Placed]:
        """Every new problem: of files, of monitors, of what else changed."""
        of_others = [placed for other in self.others for placed in other.new_problems]
        return [*self.unread, *of_others, *(placed for change in self.changes for placed in change.new_problems)]

    def sent(self) -> tuple[int, int]:
        """The notifications that all changed monitors together sent over the range, before and after: a new one from nothing, a removed one to nothing."""
        compared = [change.compared for change in self.changes if change.compared]
        return (
            sum(comparison.before.figures.sent for comparison in compared if comparison.before),
            sum(comparison.after.figures.sent for comparison in compared if comparison.after),
        )
