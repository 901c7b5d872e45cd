"""The fewest logs, events or spans over which a monitor does what it did: alike ones together, so many a minute."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct, field

from doghouse.backtest.run import Backtest
from doghouse.backtest.sources import RecordsOf
from doghouse.metrics.model import Floats
from doghouse.monitors.records.model import RecordQuery
from doghouse.queries import NotEvaluated
from doghouse.search.record import Record, text_of
from doghouse.search.records import Lines, Records, Selected, Tallied
from doghouse.search.tree import Node
from doghouse.testing.entries import Entry
from doghouse.testing.notation import offset_text
from doghouse.testing.recording.shrinking import flattened, runs
from doghouse.testing.recording.simplest import TOLERANCES, Goal
from doghouse.testing.recording.written_records import KINDS, Kind, Names
from doghouse.testing.records import record_of

Written = Mapping[str, Any]  # an entry as the file has it
MINUTE_S = 60
MOST_RECORDS = 200_000  # of a stretch: more are not looked at one by one
MOST_ENTRIES = 200  # of a test: more are not read
Counts = Mapping[str, Floats]  # how many arrive in each minute, by what they are (JSON of an entry)


class _Run(Struct, frozen=True):
    """`count` of an entry (its JSON) in each of so many minutes, from the `minute`th of the test on, at this second of it."""

    entry: str
    minute: int
    length: int
    count: int
    second: int

    @property
    def written(self) -> Written:
        """As the file has it."""
        at = offset_text(self.minute * MINUTE_S + self.second)
        lasting = {"from": at, "every": "1m", "for": offset_text(self.length * MINUTE_S)[1:]}
        when = {"at": at} if self.length == 1 else lasting
        entry: dict[str, Any] = msgspec.json.decode(self.entry)
        return when | ({"count": self.count} if self.count > 1 else {}) | entry

    def lines(self, kind: type[Entry], begins: int, hosts: Mapping[str, Sequence[str]]) -> Iterator[tuple[int, Record]]:
        """The records with their times (ms UTC), where the test begins at `begins` (s UTC)."""
        entry = msgspec.json.decode(self.entry, type=kind)
        for minute in range(self.minute, self.minute + self.length):
            at = begins + minute * MINUTE_S + self.second
            yield from [(at * 1000, record_of(entry, at, hosts))] * self.count


class _Watched(Struct):
    """Records, and the earliest time (ms UTC) that was read of them."""

    records: Records
    low: int | None = None

    def select(self, search: Node, start: int, end: int, fields: Sequence[str]) -> Selected:
        """See Records."""
        self.low = start if self.low is None else min(self.low, start)
        return self.records.select(search, start, end, fields)

    def newest(self, search: Node, start: int, end: int, limit: int) -> Sequence[tuple[int, Record]]:
        """See Records."""
        return self.records.newest(search, start, end, limit)


class WatchedRecords(Struct):
    """The records that monitors read: what they asked, and of what."""

    records: RecordsOf | None
    by_query: dict[RecordQuery, _Watched] = field(default_factory=dict)

    def __call__(self, query: RecordQuery) -> Records:
        """See RecordsOf."""
        if self.records is None:
            raise NotEvaluated(f"a recording of {query.source} without {query.source}")
        if query not in self.by_query:
            records = self.records(query)
            if isinstance(records, Tallied):
                raise NotEvaluated(f"a recording of {query.source} of which an account says only how many there are")
            self.by_query[query] = _Watched(records)
        return self.by_query[query]

    @property
    def low(self) -> int | None:
        """The earliest second that was read; None where nothing was."""
        return min((watched.low // 1000 for watched in self.by_query.values() if watched.low is not None), default=None)

    def lines(self, start: int, end: int) -> dict[str, list[tuple[int, Record]]]:
        """What matches any of the queries in [start, end) (s UTC), by source. Raises NotEvaluated where that is too much."""
        by_source: dict[str, dict[tuple[int, bytes], list[tuple[int, Record]]]] = {}
        for query, watched in self.by_query.items():
            lines = watched.newest(query.search, start * 1000, end * 1000, MOST_RECORDS + 1)
            if len(lines) > MOST_RECORDS:
                raise NotEvaluated(f"a recording of more than {MOST_RECORDS:,} {query.source}")
            alike: dict[tuple[int, bytes], list[tuple[int, Record]]] = {}
            for at, record in lines:
                alike.setdefault(
                    (at, msgspec.json.encode((record.message, record.tags, record.attributes))), []
                ).append((at, record))
            of_source = by_source.setdefault(query.source, {})
            of_source |= {key: some for key, some in alike.items() if len(some) > len(of_source.get(key, ()))}
        return {source: [line for some in alike.values() for line in some] for source, alike in by_source.items()}


def simplest_entries(goal: Goal, records: WatchedRecords) -> tuple[dict[str, Sequence[Written]], Backtest] | None:
    """The entries with the fewest words, by source, and what the monitor does over them; None where none will do."""
    lines = records.lines(goal.begins, goal.history.end)
    for entries in _choices(goal, lines):
        counts = {source: _counted(some, goal) for source, some in entries.items()}
        if sum(map(len, counts.values())) > MOST_ENTRIES:
            continue
        seconds = {source: _first_seconds(some) for source, some in entries.items()}
        for share, exactly in product((*TOLERANCES, 0.0), (False, True)):
            entry_runs = {
                source: _runs(_rounded(some, share), seconds[source] if exactly else {})
                for source, some in counts.items()
            }
            if sum(map(len, entry_runs.values())) > MOST_ENTRIES:
                continue
            test = _over(goal, entry_runs)
            if goal.met_by(test):
                return {source: [run.written for run in some] for source, some in entry_runs.items() if some}, test
    return None


def _choices(
    goal: Goal, lines: Mapping[str, Sequence[tuple[int, Record]]]
) -> Iterator[Mapping[str, Sequence[tuple[int, str]]]]:
    """The records as entries, the least first: of the shown groups with the fields that the monitor names, with the message of the first such, then whole."""
    monitors = (goal.history.monitor, *goal.history.members.values())
    texts = [
        text for monitor in monitors for text in (monitor.query, monitor.message, str(monitor.options.variables or ""))
    ]
    names = frozenset(re.findall(r"[\w/-]+", " ".join(texts)))
    mine = {source: [line for line in some if _of_group(line[1], goal)] for source, some in lines.items()}
    for some in (mine, lines):
        yield {source: _without_message(KINDS[source], own, names) for source, own in some.items()}
        yield {source: _with_a_message(KINDS[source], own, names) for source, own in some.items()}
    yield {
        source: [(at, _json(KINDS[source].written(record, None, True))) for at, record in own]
        for source, own in lines.items()
    }


def _without_message(kind: Kind, lines: Sequence[tuple[int, Record]], names: Names) -> list[tuple[int, str]]:
    return [(at, _json(kind.written(record, names, False))) for at, record in lines]


def _with_a_message(kind: Kind, lines: Sequence[tuple[int, Record]], names: Names) -> list[tuple[int, str]]:
    """The records with the message of the first that is alike but for that: each matches the search."""
    alike: dict[str, str] = {}
    for (_, record), (_, entry) in zip(lines, _without_message(kind, lines, names), strict=True):
        alike.setdefault(entry, _json(kind.written(record, names, True)))
    return [(at, alike[entry]) for at, entry in _without_message(kind, lines, names)]


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _of_group(record: Record, goal: Goal) -> bool:
    return any(all(value in map(text_of, record.values(key)) for key, value in group) for group in goal.groups)


def _counted(lines: Sequence[tuple[int, str]], goal: Goal) -> Counts:
    minutes = (goal.history.end - goal.begins) // MINUTE_S
    counts: dict[str, Floats] = {}
    for at, entry in lines:
        place = (at // 1000 - goal.begins) // MINUTE_S
        if 0 <= place < minutes:
            counts.setdefault(entry, np.zeros(minutes))[place] += 1
    return counts


def _first_seconds(lines: Sequence[tuple[int, str]]) -> dict[str, int]:
    """At which second of its minute each entry came first: from then on its group is new."""
    return {entry: at // 1000 % MINUTE_S for at, entry in sorted(lines, reverse=True)}


def _rounded(counts: Counts, share: float) -> Counts:
    return {entry: np.round(flattened(many, share * float(np.ptp(many)))) for entry, many in counts.items()}


def _runs(counts: Counts, seconds: Mapping[str, int]) -> list[_Run]:
    entry_runs = []
    for entry, many in counts.items():
        minute = 0
        for count, length in runs(many):
            if count:
                entry_runs.append(_Run(entry, minute, length, int(count), seconds.get(entry, 0)))
            minute += length
    return entry_runs


def _over(goal: Goal, entry_runs: Mapping[str, Sequence[_Run]]) -> Backtest:
    """What the monitor does over what arrives."""
    hosts = {name: host.tags for name, host in goal.history.hosts.items()}
    lines = {
        source: Lines(line for run in some for line in run.lines(KINDS[source].entry, goal.begins, hosts))
        for source, some in entry_runs.items()
    }
    nothing = Lines(())
    history = goal.history
    return history.replayed(history.points, goal.begins, lambda query: lines.get(query.source, nothing))
