"""The monitors that `doghouse backtest` is given, and those that composites among them name. Each stands for itself: what cannot run is left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from doghouse.cli.terminal import fail, say
from doghouse.numbers import whole_number

if TYPE_CHECKING:
    from doghouse.importing.things import MonitorInFile, RuleInFile, SloInFile
    from doghouse.monitors import Definition
    from doghouse.monitors.notification_rules import Rule
    from doghouse.slos.model import Objective


class LeftOut(Struct, frozen=True):
    """A monitor that did not run: where it stands and why. `wrong`: it is broken, and not only more than doghouse, or what it was given, has."""

    where: str
    text: str
    wrong: bool = True


class ToRun(Struct, frozen=True):
    """A monitor to run, and what it was read from."""

    source: MonitorInFile
    monitor: Definition

    @property
    def where(self) -> str:
        """Where it stands, for people."""
        return self.source.where


class Workload(Struct, frozen=True):
    """What there is to backtest: monitors, the SLOs that alerts among them look at, by id, notification rules, and what
    cannot run."""

    monitors: list[ToRun]
    slos: dict[str, Objective]
    rules: list[Rule]
    left_out: list[LeftOut]


def given_in(paths: Sequence[str], var_files: Sequence[Path] = ()) -> Workload:
    """The monitors and SLOs of files and folders. Each stands for itself: what cannot run is left out. What is not known before a plan is said."""
    from doghouse.files import standard_input
    from doghouse.importing import monitor_files
    from doghouse.importing.things import DowntimeInFile, MonitorInFile, Note, RuleInFile, SloInFile, Unread

    workload = Workload([], {}, [], [])
    text = standard_input() if monitor_files.STDIN in paths else None
    for path, things in monitor_files.collect_each(paths, text, var_files):
        downtimes = [thing for thing in things if isinstance(thing, DowntimeInFile)]
        if downtimes and not any(isinstance(thing, MonitorInFile | SloInFile) for thing in things):
            raise fail(f"{downtimes[0].where} is a downtime, no monitor: give it with --downtimes")
        if downtimes:
            several = f"{len(downtimes)} downtimes are" if len(downtimes) > 1 else "1 downtime is"
            say(f"{path}: {several} not applied: --downtimes takes a list of them")
        for thing in things:
            if isinstance(thing, Unread):
                workload.left_out.append(LeftOut(thing.where, thing.text))
            elif isinstance(thing, Note):
                say(f"{thing.where}: {thing.text}")
            elif isinstance(thing, SloInFile):
                _take_slo(thing, workload)
            elif isinstance(thing, RuleInFile):
                _take_rule(thing, workload)
            elif isinstance(thing, MonitorInFile):
                _take(thing, workload)
    if not workload.monitors and workload.slos and not workload.left_out:
        raise fail("there are SLOs, and no monitor that looks at one of them")
    return workload


def _is_incomplete(thing: SloInFile | RuleInFile, workload: Workload) -> bool:
    """Whether something of an SLO or a rule is not known before a plan, so that it is left out."""
    if thing.remarks:
        texts = [f"{remark.field} is {remark.text}" for remark in thing.remarks]
        workload.left_out.append(LeftOut(thing.where, "; ".join(texts), wrong=False))
    return bool(thing.remarks)


def _take_rule(thing: RuleInFile, workload: Workload) -> None:
    from doghouse.monitors.notification_rules import RuleError, rule

    try:
        if not _is_incomplete(thing, workload):
            workload.rules.append(rule(thing.body))
    except RuleError as error:
        workload.left_out.append(LeftOut(thing.where, str(error)))


def _take_slo(slo: SloInFile, workload: Workload) -> None:
    from doghouse.slos.files import objective
    from doghouse.slos.model import SloError

    if _is_incomplete(slo, workload):
        return
    try:
        parsed_slo = objective(slo.body)
        workload.slos[parsed_slo.id] = parsed_slo
    except SloError as error:
        workload.left_out.append(LeftOut(slo.where, str(error)))


def _take(monitor: MonitorInFile, workload: Workload) -> None:
    from doghouse.monitors import MonitorError, parse

    wrong = [f"{remark.field}: {remark.text}" for remark in monitor.remarks if remark.severity == "error"]
    if wrong or monitor.unknown:
        workload.left_out.append(LeftOut(monitor.where, "; ".join(wrong) or monitor.unknown, wrong=bool(wrong)))
        return
    for remark in monitor.remarks:
        say(f"{monitor.where}: {remark.field} is {remark.text}")
    try:
        workload.monitors.append(ToRun(monitor, parse(monitor.body)))
    except MonitorError as error:
        workload.left_out.append(LeftOut(monitor.where, error.text))


def shard_of(text: str | None) -> tuple[int, int] | None:
    """`2/4` as the second of four parts. Another text ends the command with a sentence."""
    if text is None:
        return None
    first, _, second = text.partition("/")
    number, parts = whole_number(first), whole_number(second)
    if number is None or parts is None or not 0 < number <= parts < 100_000:
        raise fail(
            f"--shard: '{text}' is not I/N, a part from 1 on and how many there are: expected for example 2/4", 64
        )
    return number, parts


def sharded(workload: Workload, number: int, parts: int) -> Workload:
    """One of so many parts of the monitors, those that follow each other; the first has what cannot run too."""
    count = len(workload.monitors)
    mine = workload.monitors[(number - 1) * count // parts : number * count // parts]
    return Workload(mine, workload.slos, workload.rules, workload.left_out if number == 1 else [])


def members_of(texts: Sequence[str], monitors: Sequence[ToRun]) -> dict[int, Definition]:
    """The monitors that a composite or an SLO may name: those that have an id, and what `--member ID=NAME` says, a name among them or a file."""
    from doghouse.importing.monitor_files import named_monitor
    from doghouse.monitors import MonitorError, parse
    from doghouse.queries.language.names import nearest

    members = {to_run.monitor.id: to_run.monitor for to_run in monitors if to_run.monitor.id}
    for text in texts:
        id_text, mark, name = text.partition("=")
        monitor_id = whole_number(id_text.strip())
        if not mark or monitor_id is None or not name:
            raise fail(f"--member: '{text}' is not ID=NAME: expected for example 12='High CPU' or 12=cpu.json", 64)
        matches = [to_run.monitor for to_run in monitors if name in (to_run.monitor.name, to_run.where)]
        if len(matches) > 1:
            raise fail(f"--member: {len(matches)} monitors are called '{name}': name its file instead")
        try:
            members[monitor_id] = matches[0] if matches else parse(named_monitor(Path(), name)[0])
        except (ValueError, MonitorError) as error:
            near = nearest(name, [to_run.monitor.name for to_run in monitors])
            hint = f"; did you mean '{near}'?" if near else ""
            raise fail(f"--member {monitor_id}: no monitor here is called '{name}', and {error}{hint}") from None
    return members
