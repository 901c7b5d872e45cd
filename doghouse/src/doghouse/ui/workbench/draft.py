"""A monitor as it is being written: what its text says, and what lint and the API have to say of it, each with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from doghouse import files
from doghouse import monitors as mon
from doghouse.monitors.notification_rules import Rules

if TYPE_CHECKING:
    from doghouse.importing.verdicts import Linted


class Draft(Struct, frozen=True):
    """The monitor, None where the text cannot be read as one, and its problems."""

    monitor: mon.Definition | None
    problems: Sequence[Mapping[str, Any]]

    @property
    def why_not(self) -> str:
        """Why there is no monitor, in a sentence."""
        return str(self.problems[0]["text"]) if self.problems else ""


def read(text: str, number: int, members: Iterable[mon.Definition] = (), rules: Rules = ()) -> Draft:
    """The monitor of a text, by this id (0: none yet). `members` stand beside it: those that a composite is made of."""
    # Here, for a server's start need not wait for all that reads files of monitors.
    from doghouse.importing.monitor_files import STDIN, collect
    from doghouse.importing.things import MonitorInFile
    from doghouse.importing.verdicts import lint_all

    try:
        files.decoded_json(text)
    except files.FileError as error:
        return Draft(None, [_plain(str(error), error.line)])
    things = list(collect(STDIN, text))
    monitors = [thing for thing in things if isinstance(thing, MonitorInFile)]
    if len(monitors) != 1:
        problems = [problem for linted in lint_all(things) for problem in _documents(linted)]
        return Draft(None, [_plain("is a list: one monitor is written here")] if monitors else problems)
    beside = [MonitorInFile(f"monitor {member.id}", member.document) for member in members]
    linted = next(iter(lint_all([monitors[0], *beside], rules=rules, only={id(monitors[0])})))
    try:
        monitor = mon.parse({**monitors[0].body, **({"id": number} if number else {})})
    except mon.MonitorError:
        return Draft(None, list(_documents(linted)))
    return Draft(monitor, list(_documents(linted)))


def refused(draft: Draft, text: str) -> Draft:
    """With what the API would refuse it for besides."""
    return replace(draft, problems=[*draft.problems, _plain(text)])


def _plain(text: str, line: int = 0) -> dict[str, Any]:
    """A problem that no lint rule found."""
    return {"severity": "error", "rule": "", "field": "", "text": text, "line": line, "mend": None}


def _documents(linted: Linted) -> Iterable[dict[str, Any]]:
    """The problems for js/workbench/problems.mjs."""
    for problem, line in zip(linted.problems, linted.lines, strict=True):
        words = {"severity": problem.severity, "rule": problem.rule, "field": problem.field, "text": problem.text}
        mend = problem.mend
        edit = mend and {"field": mend.field, "old": mend.old, "new": mend.new, "words": mend.sentence}
        yield {**words, "line": line, "mend": edit}
