"""`doghouse lint`: any number of monitors, each ok, wrong or not evaluated, with every problem's place; downtimes are looked at beside them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.importing.holes import with_holes
from doghouse.importing.suppressions import Ignores, Suppressed
from doghouse.importing.things import Found, FoundDowntime, FoundRule, FoundSlo, Note, Thing, Unread
from doghouse.monitors.lint import RULES, Beside, Problem, lint
from doghouse.monitors.lint.elsewhere import NOT_EVALUATED, NOT_READ, RULE_REFUSED, SLO_ALERT_REFUSED, SLO_REFUSED
from doghouse.monitors.lint.rules.refused import of_field
from doghouse.monitors.lint.settings import Settings
from doghouse.monitors.message.reachable import HOLE
from doghouse.monitors.notification_rules import Rule, RuleError, Rules, rule, scope
from doghouse.slos.files import objective
from doghouse.slos.model import Objective, SloError

DOWNTIME, SLO, RULE, NOTE = "downtime", "slo", "notification rule", "note"  # the types of what is no monitor
_PARTLY = frozenset(one.id for one in RULES.values() if one.partly)
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
    found: Iterable[Thing],
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
    things = list(found)
    folder = _Folder(things)
    beside = [_routed(one) for one in things if isinstance(one, FoundRule)]
    routed = None if rules is None and not beside else [*(rules or ()), *beside]
    wanted = settings or Settings()
    ignores = Ignores(things)
    things = [one for one in things if only is None or id(one) in only]
    found_in = [list(_problems(one, intervals or {}, routed, folder, wanted.wanted(_file(one)))) for one in things]
    kept = [ignores.split(one, problems) for one, problems in zip(things, found_in, strict=True)]
    linted = []
    for one, (problems, suppressed) in zip(things, kept, strict=True):
        chosen = wanted.wanted(_file(one))
        said = [*problems, *ignores.unfollowed(one, chosen)]
        judged = [wanted.judged(each) for each in said if each.rule in chosen or not each.rule]
        linted.append(_verdict(one, folder, judged, suppressed))
    return linted


def of_past(found: Found, monitor: mon.Definition, problems: Iterable[Problem], settings: Settings) -> Linted:
    """A verdict with what history showed of a monitor (`monitors.lint.by_history`), as the settings and the monitor's own suppressions let it be said."""
    chosen = [settings.judged(one) for one in problems if one.rule in settings.wanted(found.file)]
    said, suppressed = Ignores([found]).split(found, chosen)
    lines = [found.line(one.field, one.line) for one in said]
    verdict = "wrong" if _wrong(said) else "ok"
    return Linted(found.where, monitor.name, monitor.type, verdict, said, lines, found.file, suppressed)


def _routed(found: FoundRule) -> Rule:
    """A rule; one that is wrong or not known as a whole may route everything, for what is not known is not found wrong."""
    try:
        return rule(found.body) if not found.remarks else _MAY_ROUTE
    except RuleError:
        return _MAY_ROUTE


def _of_rule(found: FoundRule) -> Iterator[Problem]:
    """Why the API would refuse a rule of which all is known. GUESS: the texts name no field."""
    try:
        if not found.remarks:
            rule(found.body)
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
                if isinstance(thing, Found) and not thing.unknown:
                    self.monitors[id(thing)] = mon.parse(thing.body)
                elif isinstance(thing, FoundSlo):
                    slo = objective(thing.body)
                    self.slos[slo.id] = slo
                elif isinstance(thing, FoundDowntime) and not thing.remarks:
                    downtimes.append((thing.where, dt.parse(thing.body, 0)))
            except (mon.MonitorError, SloError) as error:
                self.refused[id(thing)] = error
            except dt.DowntimeError:
                continue  # dt.lint says why
        places = {id(one): one.where for one in things if isinstance(one, Found)}
        self.beside = Beside([(places[key], monitor) for key, monitor in self.monitors.items()], downtimes)


def _problems(
    one: Thing, intervals: Mapping[str, int], rules: Rules | None, folder: _Folder, chosen: frozenset[str]
) -> Iterator[Problem]:
    match one:
        case Found():
            yield from _of_monitor(one, {**intervals, **one.intervals}, rules, folder, chosen)
        case FoundDowntime():
            known = [] if _wrong(one.remarks) else [_of_downtime(each) for each in dt.lint(one.body)]
            yield from _with(one.remarks, known)
        case FoundSlo():
            # Where not all of it is known, the remarks say so. GUESS: the texts of its errors name no field.
            error = None if one.remarks else folder.refused.get(id(one))
            yield from (*one.remarks, *([SLO_REFUSED.problem("", str(error))] if error else ()))
        case FoundRule():
            yield from _with(one.remarks, _of_rule(one))
        case Unread():
            yield one.rule.problem("", one.text)
        case Note():
            yield NOT_READ.problem("", one.text)


def _of_downtime(problem: dt.Problem) -> Problem:
    return Problem(problem.field, problem.text, problem.severity, rule=problem.rule)


def _of_monitor(
    found: Found, intervals: Mapping[str, int], rules: Rules | None, folder: _Folder, chosen: frozenset[str]
) -> Iterator[Problem]:
    refused, monitor = folder.refused.get(id(found)), folder.monitors.get(id(found))
    if isinstance(refused, mon.MonitorError):
        yield from _with(found.remarks, [of_field(refused.field).problem(refused.field, refused.text)])
    elif monitor is None:
        partial = with_holes(found.body)
        yield from _with(found.remarks, lint(partial, intervals, rules, chosen=chosen & _PARTLY) if partial else ())
    else:
        problems = lint(monitor, intervals, rules, folder.beside, chosen)
        problems = _with(found.remarks, [*problems, *_against_its_slo(monitor, folder.slos)])
        yield from problems
        unevaluated = "" if _wrong(problems) else monitor.why_unevaluated()
        if unevaluated and monitor.evaluated:
            yield NOT_EVALUATED.problem("query", unevaluated)


def _against_its_slo(monitor: mon.Definition, slos: Mapping[str, Objective]) -> Iterator[Problem]:
    """What the API would refuse an alert for because of its SLO, where that stands beside it."""
    if monitor.slo in slos:
        try:
            monitor.check_slo(slos[monitor.slo], ())
        except mon.MonitorError as error:
            yield SLO_ALERT_REFUSED.problem(error.field, error.text)


def _verdict(one: Thing, folder: _Folder, problems: Sequence[Problem], suppressed: Sequence[Suppressed]) -> Linted:
    if isinstance(one, Unread | Note):
        kind, verdict = ("", "wrong") if isinstance(one, Unread) else (NOTE, "not evaluated")
        return Linted(one.where, "", kind, verdict, problems, [0] * len(problems))
    wrong, name, verdict = _wrong(problems), str(one.body.get("name") or ""), "ok"
    match one:
        case Found():
            kind = str(one.body.get("type", ""))
            monitor = folder.monitors.get(id(one))
            name, kind = (name, kind) if monitor is None else (monitor.name, monitor.type)
            unknown = one.unknown or (monitor is not None and not wrong and monitor.why_unevaluated())
            verdict = "not evaluated" if unknown else "ok"
        case FoundDowntime():
            kind = DOWNTIME
        case FoundSlo():
            kind = SLO
        case FoundRule():
            kind = RULE
    lines = [one.line(each.field, each.line) for each in problems]
    return Linted(one.where, name, kind, "wrong" if wrong else verdict, problems, lines, one.file, suppressed)


def _file(one: Thing) -> str:
    return one.where if isinstance(one, Unread | Note) else one.file


def _wrong(problems: Iterable[Problem]) -> bool:
    return any(one.severity == "error" for one in problems)


def _with(remarks: Sequence[Problem], problems: Iterable[Problem]) -> list[Problem]:
    """The remarks, and the problems of fields that none of them is of, or that hold whatever is not known: that itself is not found wrong."""
    hidden = tuple(one.field for one in remarks)
    return [*remarks, *(one for one in problems if not one.field.startswith(hidden) or _holds(one))]


def _holds(problem: Problem) -> bool:
    """Whether a problem is one whatever is not known; a template's fault that is about that itself is none."""
    return problem.rule in _PARTLY and not (problem.rule.startswith("message-") and HOLE.search(problem.text))
