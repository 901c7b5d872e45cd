"""Runs the unit tests of monitors: each is a backtest over a few made-up samples, compared with what the file expects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from doghouse import downtimes as dt
from doghouse import files
from doghouse import monitors as mon
from doghouse.backtest.run import Backtest, replay
from doghouse.backtest.sources import points_of, sources_of
from doghouse.metrics.model import Series, columns_of
from doghouse.monitors.notification_rules import RuleError, Rules
from doghouse.monitors.notification_rules import load as load_rules
from doghouse.monitors.notification_rules import read as rules_of
from doghouse.monitors.records.model import RecordQuery
from doghouse.monitors.service_checks import CheckQuery, Runs
from doghouse.monitors.validation import check_stored
from doghouse.queries import NotEvaluated, QuerySyntaxError
from doghouse.search.records import Records
from doghouse.slos.files import objective as read_slo
from doghouse.slos.model import Objective, SloError
from doghouse.tags.pairs import split_host
from doghouse.testing.comparing import Difference, differences
from doghouse.testing.coverage import Reached, reached
from doghouse.testing.file import Case, Loaded, TestFile, load
from doghouse.testing.reading import WatchedPoints, WatchedRecords, unread
from doghouse.testing.records import arrivals
from doghouse.testing.values import checks_of, instant, series_of
from doghouse.testing.wording import sentence

LONGEST_S = 10 * 366 * 86_400  # of a test
Bodies = Mapping[int, Mapping[str, Any]]
# The body of the monitor that a test file names (`terraform/#datadog_monitor.cpu`), and by id those that stand beside it. Raises ValueError.
Read = Callable[[Path, str], tuple[Mapping[str, Any], Bodies]]
ReadRules = Callable[[Path], Rules]


class Result(Struct, frozen=True):
    """One test: passed where there is no difference. `remarks` are what a person should know of it either way, `reached` what it came by.

    That is None where it was not asked.
    """

    path: Path
    name: str
    line: int
    differences: Sequence[Difference]
    remarks: Sequence[str] = ()
    reached: Reached | None = None

    @property
    def passed(self) -> bool:
        """Whether all was as expected."""
        return not self.differences


class Subject(Struct, frozen=True):
    """What a file tests: the monitor (with the members of a composite, and SLOs), its downtimes, the hosts, the notification rules."""

    monitor: mon.Definition
    members: Mapping[int, mon.Definition]
    slos: Mapping[str, Objective]
    downtimes: Sequence[dt.Downtime]
    hosts: Mapping[str, mon.Host]
    rules: Rules


def one_body(folder: Path, named: str) -> tuple[Mapping[str, Any], Bodies]:
    """The monitor of a JSON file that is a body. Raises ValueError."""
    body = _json(folder / named, named)
    if not isinstance(body, dict):
        raise ValueError(f"{named} holds no monitor: expected one, as an API body or an integration's asset")
    return body, {}


def run(
    path: Path, read: Read = one_body, read_rules: ReadRules = load_rules, *, cover: bool = False, force: bool = False
) -> list[Result]:
    """Run a file's tests. `read` reads the monitors that it names, `read_rules` the notification rules; `cover`: say of each test what it reached too;
    `force`: run the tests of monitors that Datadog would refuse to store too.

    Raises TestFileError where the file, or one that it names, cannot be read.
    """
    loaded = load(path)
    subject = _subject(loaded, read, read_rules, force)
    cases = enumerate(loaded.file.tests)
    return [_run_case(loaded.of_test(number), subject, number, case, cover) for number, case in cases]


def _subject(loaded: Loaded, read: Read, read_rules: ReadRules, force: bool) -> Subject:
    try:
        monitor, beside = _monitor(loaded, read, loaded.file.monitor, ".monitor")
        members = {**_beside(monitor, beside), **_members(loaded, read, monitor)}
        for definition in () if force else (monitor, *members.values()):
            check_stored(definition)
        for definition in (*members.values(), *((monitor,) if monitor.compares or not monitor.evaluated else ())):
            _ = definition.rules
    except (mon.MonitorError, QuerySyntaxError, NotEvaluated) as error:
        field = error.field if isinstance(error, mon.MonitorError) and not loaded.file.members else ""
        place = f".monitor.{field}".rstrip(".")
        raise loaded.wrong(place, f"the monitor is wrong: {sentence(str(error), TestFile, place)}") from None
    listed = _document(loaded, loaded.file.downtimes, ".downtimes")
    if not isinstance(listed, list):
        raise loaded.wrong(".downtimes", "is not a list of downtimes")
    try:
        downtimes = [dt.parse(body, loaded.start.timestamp(), id=str(number)) for number, body in enumerate(listed, 1)]
    except dt.DowntimeError as error:
        raise loaded.wrong(".downtimes", error.sentence) from None
    return Subject(monitor, members, _slos(loaded), downtimes, _hosts(loaded), _rules(loaded, read_rules))


def _monitor(loaded: Loaded, read: Read, value: Any, place: str) -> tuple[mon.Definition, Bodies]:
    try:
        body, beside = read(loaded.path.parent, value) if isinstance(value, str) else (value, {})
    except ValueError as error:
        raise loaded.wrong(place, str(error)) from None
    return mon.parse(body), beside


def _beside(monitor: mon.Definition, bodies: Bodies) -> dict[int, mon.Definition]:
    """The members of a composite that stand beside it."""
    return {member: mon.parse(bodies[member]) for member in monitor.members if member in bodies}


def _members(loaded: Loaded, read: Read, monitor: mon.Definition) -> dict[int, mon.Definition]:
    """The members that the file gives: by id, or as a list in the order in which the composite's query names them."""
    listed = loaded.file.members
    if isinstance(listed, dict):
        return {int(key): _monitor(loaded, read, value, f".members.{key}")[0] for key, value in listed.items()}
    if len(listed) != len(monitor.members):
        ids = ", ".join(map(str, monitor.members)) or "none"
        text = f"are {len(listed)}, and the monitor's query names {len(monitor.members)}: {ids}"
        raise loaded.wrong(".members", text)
    members = [_monitor(loaded, read, value, f".members[{number}]")[0] for number, value in enumerate(listed)]
    return dict(zip(monitor.members, members, strict=True))


def _rules(loaded: Loaded, read_rules: ReadRules) -> Rules:
    value = loaded.file.rules
    try:
        return read_rules(loaded.path.parent / value) if isinstance(value, str) else rules_of(value)
    except RuleError as error:
        raise loaded.wrong(".rules", str(error)) from None


def _slos(loaded: Loaded) -> dict[str, Objective]:
    read = {}
    for slo_id, value in loaded.file.slos.items():
        place = f".slos.{slo_id}"
        body = _document(loaded, value, place)
        if not isinstance(body, dict):
            raise loaded.wrong(place, f"{value} holds no SLO: expected one, as an API body")
        try:
            read[slo_id] = read_slo({**body, "id": slo_id})
        except SloError as error:
            raise loaded.wrong(place, f"the SLO is wrong: {error}") from None
    return read


def _hosts(loaded: Loaded) -> dict[str, mon.Host]:
    hosts = loaded.file.hosts
    if isinstance(hosts, str):
        return hosts_of(_document(loaded, hosts, ".hosts"), lambda text: loaded.wrong(".hosts", text))
    return {name: mon.Host(host.ip, tuple(host.tags)) for name, host in hosts.items()}


def hosts_of(document: Any, wrong: Callable[[str], Exception]) -> dict[str, mon.Host]:
    """Hosts from `{"web-1": {"ip": "10.0.0.7", "tags": ["role:web"]}}`. Raises what `wrong` makes of a sentence."""
    if not isinstance(document, dict):
        raise wrong("is not an object of hosts")
    hosts = {}
    for name, host in document.items():
        tags = host.get("tags", []) if isinstance(host, dict) else None
        if not isinstance(tags, list) or not isinstance(host.get("ip", ""), str) or set(host) - {"ip", "tags"}:
            raise wrong(f"host '{name}': expected an object with ip and tags")
        hosts[name] = mon.Host(host.get("ip", ""), tuple(str(tag) for tag in tags))
    return hosts


def _document(loaded: Loaded, value: Any, place: str) -> Any:
    """A JSON document that stands in the test file, or in a file relative to it."""
    if not isinstance(value, str):
        return value
    try:
        return _json(loaded.path.parent / value, value)
    except ValueError as error:
        raise loaded.wrong(place, str(error)) from None


def _json(path: Path, name: str) -> Any:
    try:
        return files.json_of(path)
    except files.FileError as error:
        raise ValueError(error.of(name)) from None


def _run_case(loaded: Loaded, subject: Subject, number: int, case: Case, cover: bool) -> Result:
    place = f".tests[{number}]"
    source, end = _source(loaded, subject, number)
    arriving = arrivals(loaded, number, {name: host.tags for name, host in subject.hosts.items()})
    records = {key: WatchedRecords(lines) for key, lines in arriving.items()}
    last = max((at for lines in arriving.values() for at, _ in lines), default=0) // 60_000
    end = _until(loaded, number, case, max(end, (last + 1) * 60))  # the tick that sees the last of them
    start = int(loaded.start.timestamp())
    try:
        backtest = _backtest(loaded, subject, number, source, records, start, end)
    except (NotEvaluated, QuerySyntaxError, mon.MonitorError) as error:
        raise loaded.wrong(place, str(error)) from None
    monitors = [monitor for monitor in (subject.monitor, *subject.members.values()) if not monitor.members]
    missed = [*unread(loaded, number, monitors, source, records), *differences(loaded, place, case, backtest)]
    remarks = list(subject.monitor.remarks(mon.Sources(points_of(source)), start, end))
    came_by = reached(str(loaded.path), backtest, subject.downtimes) if cover else None
    return Result(loaded.path, case.name, loaded.line(f"{place}.name"), missed, remarks, came_by)


def _backtest(
    loaded: Loaded,
    subject: Subject,
    number: int,
    source: WatchedPoints,
    records: Mapping[str, WatchedRecords],
    start: int,
    end: int,
) -> Backtest:
    def runs(monitor: mon.Definition) -> Callable[[int], Sequence[Runs]]:
        return _runs(loaded, monitor.parsed(), subject.hosts, number, start)

    def records_of(query: RecordQuery) -> Records:
        if query.source not in records:
            raise NotEvaluated(f"{query.source} in unit tests")
        return records[query.source]

    sources = sources_of(
        subject.monitor, points_of(source), subject.members, start, end, runs, records_of, subject.slos
    )
    return replay(subject.monitor, sources, start, end, subject.downtimes, subject.hosts, subject.rules)


def _runs(
    loaded: Loaded, query: CheckQuery, hosts: Mapping[str, mon.Host], number: int, start: int
) -> Callable[[int], Sequence[Runs]]:
    """The last runs of a check as of a time: one a minute, from the start on."""
    checks = [(tags, runs) for (name, tags), runs in checks_of(loaded, number).items() if name == query.check]

    def at(now: int) -> list[Runs]:
        all_runs = []
        for tags, runs in checks:
            host, _ = split_host(tags)
            own = (*tags, *(hosts[host].tags if host in hosts else ()))
            past = [(start + 60 * n, run) for n, run in enumerate(runs) if start + 60 * n < now and run is not None]
            if past:
                all_runs.append(Runs(own, [run for _, run in past[-query.last :]], past[-1][0]))
        return all_runs

    return at


def _source(loaded: Loaded, subject: Subject, number: int) -> tuple[WatchedPoints, int]:
    """The test's samples as a source, and when the last of them ends (s UTC)."""
    start = int(loaded.start.timestamp())
    series: list[Series] = []
    parts, end = [], start
    for (metric, tags), samples in series_of(loaded, number).items():
        host, own = split_host(tags)
        interval = 0 if samples.type == "gauge" else samples.every
        series.append(Series(len(series), metric, samples.type, interval, host, own))
        there = np.flatnonzero(~np.isnan(samples.values))
        parts.append((len(series) - 1, start + there * samples.every, samples.values[there]))
        end = max(end, start + len(samples.values) * samples.every)
    for runs in checks_of(loaded, number).values():
        end = max(end, start + 60 * len(runs))
    hosts = {name: host.tags for name, host in subject.hosts.items()}
    return WatchedPoints(series, columns_of(parts), hosts), end


def _until(loaded: Loaded, number: int, case: Case, longest: int) -> int:
    if case.until is None:
        return longest
    place = f".tests[{number}].until"
    end = instant(loaded, case.until, place)
    if end - loaded.start.timestamp() > LONGEST_S:
        raise loaded.wrong(place, f"'{case.until}' is more than ten years after the start")
    return end
