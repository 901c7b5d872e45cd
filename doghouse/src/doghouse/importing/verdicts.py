"""`doghouse lint`: any number of monitors, each ok, wrong or not evaluated, with every problem's place; downtimes are looked at beside them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.importing.suppressions import Ignores, Suppressed
from doghouse.importing.things import DowntimeInFile, MonitorInFile, Note, RuleInFile, SloInFile, Thing, Unread
from doghouse.monitors.lint import RULES, Beside, Problem, lint
from doghouse.monitors.lint.elsewhere import NOT_EVALUATED, NOT_READ, RULE_REFUSED, SLO_ALERT_REFUSED, SLO_REFUSED
from doghouse.monitors.lint.rules.refused import of_field
from doghouse.monitors.lint.settings import Settings
from doghouse.monitors.message.reachable import HOLE
from doghouse.monitors.notification_rules import Rule, RuleError, Rules, rule, scope
from doghouse.slos.files import objective
from doghouse.slos.model import Objective, SloError

DOWNTIME, SLO, RULE, NOTE = "downtime", "slo", "notification rule", "note"  # the types of what is no monitor
_PARTLY = frozenset(lint_rule.id for lint_rule in RULES.values() if lint_rule.partly)
_COMPARED_WITH = re.compile(r"([<>=]\s*)" + HOLE.pattern + r"\s*\Z")
_MAY_ROUTE = Rule("not known as a whole", scope("*"), ("somebody",))


class Linted(Struct, frozen=True):
    """One monitor's verdict. `verdict` is ok, wrong or not evaluated (doghouse does not evaluate its type, or its query is not known before a plan).

    `suppressed` are the problems that it says, with a reason, are not to be said.
    """

    where: str
    name: str
    type: str
    verdict: str
    problems: Sequence[Problem]
    lines: Sequence[int]
    file: str = ""
    suppressed: Sequence[Suppressed] = ()

    def place(self, line: int) -> str:
        """Where a problem on a line of its file is: `main.tf:17 datadog_monitor.cpu`, `list.json:3 [0]`; without a line (0) where it itself is."""
        if not self.file or not line:
            return f"{self.where}:{line}" if line else self.where
        return f"{self.file}:{line} {self.where.removeprefix(self.file).strip()}".strip()

    @property
    def is_monitor(self) -> bool:
        """Whether it is a monitor, or a file that holds none: those are counted."""
        return self.type not in (DOWNTIME, SLO, RULE, NOTE)


def lint_all(
    all_things: Iterable[Thing],
    intervals: Mapping[str, int] | None = None,
    rules: Rules | None = None,
    settings: Settings | None = None,
    only: Container[int] | None = None,
) -> list[Linted]:
    """The verdict on each; a file that holds no monitor is wrong too. `intervals` are metrics' submission intervals (s), where known.

    `only` are the id() of those things whose verdicts are asked for; the others stand beside them.
    `rules` are the notification rules besides those among the things; None: it is not known which there are, unless some are among them.
    `settings` say which lint rules are looked for.
    """
    things = list(all_things)
    folder = _Folder(things)
    beside = [_routed(thing) for thing in things if isinstance(thing, RuleInFile)]
    routed = None if rules is None and not beside else [*(rules or ()), *beside]
    settings = settings or Settings()
    ignores = Ignores(things)
    things = [thing for thing in things if only is None or id(thing) in only]
    found_in = [
        list(_problems(thing, intervals or {}, routed, folder, settings.rules_in(_file(thing)))) for thing in things
    ]
    split = [ignores.split(thing, problems) for thing, problems in zip(things, found_in, strict=True)]
    linted = []
    for thing, (problems, suppressed) in zip(things, split, strict=True):
        chosen = settings.rules_in(_file(thing))
        all_problems = [*problems, *ignores.unfollowed(thing, chosen)]
        judged = [settings.judged(problem) for problem in all_problems if problem.rule in chosen or not problem.rule]
        linted.append(_verdict(thing, folder, judged, suppressed))
    return linted


def of_past(thing: MonitorInFile, monitor: mon.Definition, problems: Iterable[Problem], settings: Settings) -> Linted:
    """A verdict with what history showed of a monitor (`monitors.lint.by_history`), as the settings and the monitor's own suppressions let it be said."""
    chosen = [settings.judged(problem) for problem in problems if problem.rule in settings.rules_in(thing.file)]
    reported, suppressed = Ignores([thing]).split(thing, chosen)
    lines = [thing.line(problem.field, problem.line) for problem in reported]
    verdict = "wrong" if _wrong(reported) else "ok"
    return Linted(thing.where, monitor.name, monitor.type, verdict, reported, lines, thing.file, suppressed)


def _routed(thing: RuleInFile) -> Rule:
    """A rule; one that is wrong or not known as a whole may route everything, for what is not known is not found wrong."""
    try:
        return rule(thing.body) if not thing.remarks else _MAY_ROUTE
    except RuleError:
        return _MAY_ROUTE


def _of_rule(thing: RuleInFile) -> Iterator[Problem]:
    """Why the API would refuse a rule of which all is known. GUESS: the texts name no field."""
    try:
        if not thing.remarks:
            rule(thing.body)
    except RuleError as error:
        yield RULE_REFUSED.problem("", str(error))


class _Folder:
    """What stands together: each monitor and each SLO read once, and why the API would refuse those that cannot be."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self.monitors: dict[int, mon.Definition] = {}  # by the thing's id()
        self.slos: dict[str, Objective] = {}
        self.refused: dict[int, mon.MonitorError | SloError] = {}  # by the thing's id()
        downtimes: list[tuple[str, dt.Downtime]] = []
        for thing in things:
            try:
                if isinstance(thing, MonitorInFile) and not thing.unknown:
                    self.monitors[id(thing)] = mon.parse(thing.body)
                elif isinstance(thing, SloInFile):
                    slo = objective(thing.body)
                    self.slos[slo.id] = slo
                elif isinstance(thing, DowntimeInFile) and not thing.remarks:
                    downtimes.append((thing.where, dt.parse(thing.body, 0)))
            except (mon.MonitorError, SloError) as error:
                self.refused[id(thing)] = error
            except dt.DowntimeError:
                continue  # dt.lint says why
        places = {id(thing): thing.where for thing in things if isinstance(thing, MonitorInFile)}
        self.beside = Beside([(places[key], monitor) for key, monitor in self.monitors.items()], downtimes)


def _problems(
    thing: Thing, intervals: Mapping[str, int], rules: Rules | None, folder: _Folder, chosen: frozenset[str]
) -> Iterator[Problem]:
    match thing:
        case MonitorInFile():
            yield from _of_monitor(thing, {**intervals, **thing.intervals}, rules, folder, chosen)
        case DowntimeInFile():
            advice = () if _wrong(thing.remarks) else dt.lint(thing.body)
            problems = (Problem(entry.field, entry.text, entry.severity, rule=entry.rule) for entry in advice)
            yield from _with(thing.remarks, problems)
        case SloInFile():
            # Where not all of it is known, the remarks say so. GUESS: the texts of its errors name no field.
            error = None if thing.remarks else folder.refused.get(id(thing))
            yield from (*thing.remarks, *([SLO_REFUSED.problem("", str(error))] if error else ()))
        case RuleInFile():
            yield from _with(thing.remarks, _of_rule(thing))
        case Unread():
            yield thing.rule.problem("", thing.text)
        case Note():
            yield NOT_READ.problem("", thing.text)


def _of_monitor(
    thing: MonitorInFile, intervals: Mapping[str, int], rules: Rules | None, folder: _Folder, chosen: frozenset[str]
) -> Iterator[Problem]:
    refused, monitor = folder.refused.get(id(thing)), folder.monitors.get(id(thing))
    if isinstance(refused, mon.MonitorError):
        yield from _with(thing.remarks, [of_field(refused.field).problem(refused.field, refused.text)])
    elif monitor is None:
        partial = _with_holes(thing.body)
        yield from _with(thing.remarks, lint(partial, intervals, rules, chosen=chosen & _PARTLY) if partial else ())
    else:
        problems = lint(monitor, intervals, rules, folder.beside, chosen)
        problems = _with(thing.remarks, [*problems, *_against_its_slo(monitor, folder.slos)])
        yield from problems
        unevaluated = "" if _wrong(problems) else monitor.why_unevaluated()
        if unevaluated and monitor.evaluated:
            yield NOT_EVALUATED.problem("query", unevaluated)


def _with_holes(body: Mapping[str, Any]) -> mon.Definition | None:
    """A monitor of whose query a part is not known before a plan, `${var.env}`: the expression as a tag's value, 1 as a threshold. None where it is none
    all the same."""
    query = body.get("query")
    if not isinstance(query, str):
        return None
    query = HOLE.sub(lambda hole: re.sub(r"[^\w.]+", "_", hole[0][2:-1]), _COMPARED_WITH.sub(r"\g<1>1", query))
    try:
        return mon.parse({**body, "query": query})
    except mon.MonitorError:
        return None


def _against_its_slo(monitor: mon.Definition, slos: Mapping[str, Objective]) -> Iterator[Problem]:
    """What the API would refuse an alert for because of its SLO, where that stands beside it."""
    if monitor.slo in slos:
        try:
            monitor.check_slo(slos[monitor.slo], ())
        except mon.MonitorError as error:
            yield SLO_ALERT_REFUSED.problem(error.field, error.text)


def _verdict(thing: Thing, folder: _Folder, problems: Sequence[Problem], suppressed: Sequence[Suppressed]) -> Linted:
    if isinstance(thing, Unread | Note):
        kind, verdict = ("", "wrong") if isinstance(thing, Unread) else (NOTE, "not evaluated")
        return Linted(thing.where, "", kind, verdict, problems, [0] * len(problems))
    wrong, name, verdict = _wrong(problems), str(thing.body.get("name") or ""), "ok"
    match thing:
        case MonitorInFile():
            kind = str(thing.body.get("type", ""))
            monitor = folder.monitors.get(id(thing))
            name, kind = (name, kind) if monitor is None else (monitor.name, monitor.type)
            unknown = thing.unknown or (monitor is not None and not wrong and monitor.why_unevaluated())
            verdict = "not evaluated" if unknown else "ok"
        case DowntimeInFile():
            kind = DOWNTIME
        case SloInFile():
            kind = SLO
        case RuleInFile():
            kind = RULE
    lines = [thing.line(problem.field, problem.line) for problem in problems]
    return Linted(thing.where, name, kind, "wrong" if wrong else verdict, problems, lines, thing.file, suppressed)


def _file(thing: Thing) -> str:
    return thing.where if isinstance(thing, Unread | Note) else thing.file


def _wrong(problems: Iterable[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _with(remarks: Sequence[Problem], problems: Iterable[Problem]) -> list[Problem]:
    """The remarks, and the problems of fields that none of them is of, or that hold whatever is not known: that itself is not found wrong."""
    hidden = tuple(remark.field for remark in remarks)
    return [*remarks, *(problem for problem in problems if not problem.field.startswith(hidden) or _holds(problem))]


def _holds(problem: Problem) -> bool:
    """Whether a problem is one whatever is not known; a template's fault that is about that itself is none."""
    return problem.rule in _PARTLY and not (problem.rule.startswith("message-") and HOLE.search(problem.text))
