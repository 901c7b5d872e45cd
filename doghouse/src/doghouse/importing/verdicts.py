"""`doghouse lint`: any number of monitors, each ok, wrong or not evaluated, with every problem's place; downtimes are looked at beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.importing.things import Found, FoundDowntime, FoundSlo, Note, Thing, Unread
from doghouse.monitors.lint import Problem, lint
from doghouse.monitors.notification_rules import Rules
from doghouse.slos.model import Objective, SloError
from doghouse.slos.reading import read

DOWNTIME, SLO, NOTE = "downtime", "slo", "note"  # the types of what is no monitor


@dataclass(frozen=True, slots=True)
class Linted:
    """One monitor's verdict. `verdict` is ok, wrong or not evaluated (doghouse does not evaluate its type, or its query is not known before a plan)."""

    where: str
    name: str
    type: str
    verdict: str
    problems: Sequence[Problem]
    lines: Sequence[int]
    file: str = ""

    def place(self, line: int) -> str:
        """Where a problem on a line of its file is: `main.tf:17 datadog_monitor.cpu`; without a line (0) where it itself is."""
        if not self.file or not line:
            return f"{self.where}:{line}" if line else self.where
        return f"{self.file}:{line}{self.where.removeprefix(self.file)}"

    @property
    def is_monitor(self) -> bool:
        """Whether it is a monitor, or a file that holds none: those are counted."""
        return self.type not in (DOWNTIME, SLO, NOTE)


def lint_all(
    found: Iterable[Thing], intervals: Mapping[str, int] | None = None, rules: Rules | None = None
) -> list[Linted]:
    """The verdict on each; a file that holds no monitor is wrong too. `intervals` are metrics' submission intervals (s), where known.

    `rules` are the notification rules; None: it is not known which there are.
    """
    things = list(found)
    slos = _Slos(things)
    return [_linted(one, intervals or {}, rules, slos) for one in things]


class _Slos:
    """The SLOs among the things, each read once: by id those that alerts may look at, and why the API would refuse the others."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self.by_id: dict[str, Objective] = {}
        self._refused: dict[int, SloError] = {}  # by the thing's id()
        for thing in things:
            if isinstance(thing, FoundSlo):
                self._read(thing)

    def _read(self, thing: FoundSlo) -> None:
        try:
            slo = read(thing.body)
            self.by_id[slo.id] = slo
        except SloError as error:
            self._refused[id(thing)] = error

    def problems(self, thing: FoundSlo) -> Iterator[Problem]:
        """Why the API would refuse an SLO of which all is known; where it is not, the remarks say so. GUESS: the texts name no field."""
        if not thing.remarks and id(thing) in self._refused:
            yield Problem("", str(self._refused[id(thing)]))


def _linted(one: Thing, intervals: Mapping[str, int], rules: Rules | None, slos: _Slos) -> Linted:
    match one:
        case Found():
            return _lint(one, {**intervals, **one.intervals}, rules, slos.by_id)
        case FoundDowntime():
            known = [] if _wrong(one.remarks) else [Problem(*problem) for problem in dt.lint(one.attributes)]
            return _verdict(one, str(one.attributes.get("name") or ""), DOWNTIME, "ok", _with(one.remarks, known))
        case FoundSlo():
            return _verdict(one, str(one.body.get("name") or ""), SLO, "ok", _with(one.remarks, slos.problems(one)))
        case Unread():
            return Linted(one.where, "", "", "wrong", [Problem("", one.text)], [0])
        case Note():
            return Linted(one.where, "", NOTE, "not evaluated", [Problem("", one.text, "note")], [0])


def _against_its_slo(monitor: mon.Definition, slos: Mapping[str, Objective]) -> Iterator[Problem]:
    """What the API would refuse an alert for because of its SLO, where that stands beside it."""
    if monitor.slo in slos:
        try:
            monitor.check_slo(slos[monitor.slo], ())
        except mon.MonitorError as error:
            yield Problem(error.field, error.text)


def _lint(found: Found, intervals: Mapping[str, int], rules: Rules | None, slos: Mapping[str, Objective]) -> Linted:
    name, kind = str(found.body.get("name", "")), str(found.body.get("type", ""))
    if found.unknown:
        return _verdict(found, name, kind, "not evaluated", found.remarks)
    try:
        monitor = mon.parse(found.body)
    except mon.MonitorError as error:
        return _verdict(found, name, kind, "wrong", _with(found.remarks, [Problem(error.field, error.text)]))
    problems = _with(found.remarks, [*lint(monitor, intervals, rules), *_against_its_slo(monitor, slos)])
    unevaluated = "" if _wrong(problems) else monitor.why_unevaluated()
    if unevaluated and monitor.evaluated:
        problems.append(Problem("query", unevaluated, "note"))
    verdict = "not evaluated" if unevaluated else "ok"
    return _verdict(found, monitor.name, monitor.type, verdict, problems)


def _verdict(
    found: Found | FoundDowntime | FoundSlo, name: str, kind: str, verdict: str, problems: Sequence[Problem]
) -> Linted:
    lines = [found.line(one.field, one.line) for one in problems]
    return Linted(found.where, name, kind, "wrong" if _wrong(problems) else verdict, problems, lines, found.file)


def _wrong(problems: Iterable[Problem]) -> bool:
    return any(one.severity == "error" for one in problems)


def _with(remarks: Sequence[Problem], problems: Iterable[Problem]) -> list[Problem]:
    """The remarks, and the problems of fields that none of them is of: what is not known is not found wrong."""
    hidden = tuple(one.field for one in remarks)
    return [*remarks, *(one for one in problems if not one.field.startswith(hidden))]
