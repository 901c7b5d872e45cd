"""What is read from files: monitors, downtimes, objectives, notification rules, each with where it stands, and what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from doghouse.monitors.lint import Problem, Rule, elsewhere
from doghouse.monitors.lint.ignoring import Ignore

# The line of a field in its file, and of a line within the field's text (counted from 1; 0: the field as a whole); 0: it is not known.
Line = Callable[[str, int], int]


def no_line(path: str, inner: int) -> int:
    """Where no line is known."""
    return 0


class ThingInFile(Struct, frozen=True):
    """The body of one thing: `where` is its file and its address in it, `file` the file alone where it is one, `line` tells where a field stands.

    `remarks` are what its reader has to say: what is wrong with a field, or not known before a plan; such a field is not looked at further. `ignores` are the
    suppressions in its file's comments.
    """

    where: str
    body: Mapping[str, Any]
    line: Line = no_line
    remarks: Sequence[Problem] = ()
    file: str = ""
    ignores: Sequence[Ignore] = ()


class MonitorInFile(ThingInFile, frozen=True):
    """One monitor. `intervals` are metrics' submission intervals (s), from the `metadata.csv` of the integration whose asset it is."""

    intervals: Mapping[str, int] = field(default_factory=dict)

    @property
    def unknown(self) -> str:
        """Why nothing can be evaluated: its type or query is wrong or not known; empty where they are."""
        return next(
            (f"{remark.field} is {remark.text}" for remark in self.remarks if remark.field in ("type", "query")), ""
        )


class DowntimeInFile(ThingInFile, frozen=True):
    """One downtime, as attributes of the API's second version."""


class SloInFile(ThingInFile, frozen=True):
    """One service level objective, as an API body."""


class RuleInFile(ThingInFile, frozen=True):
    """One notification rule, as attributes."""


class CorrectionInFile(ThingInFile, frozen=True):
    """One correction, as attributes. It belongs to an objective: `correcting.py` puts it there."""


class Unread(Struct, frozen=True):
    """Something that was named and holds no monitor, why, and the rule that this breaks."""

    where: str
    text: str
    rule: Rule = elsewhere.UNREADABLE


class Note(Struct, frozen=True):
    """What is to be known of what was read, and is nobody's fault: resources that are not read, a module that is not local."""

    where: str
    text: str


Thing = MonitorInFile | DowntimeInFile | SloInFile | RuleInFile | CorrectionInFile | Unread | Note
