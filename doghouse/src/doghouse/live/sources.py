"""What the live loop reads of hosts and checks, in the forms that monitors understand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

from msgspec import Struct

from doghouse.hosts.checks import ServiceCheckStore
from doghouse.hosts.metadata import address
from doghouse.hosts.store import HostStore
from doghouse.metrics.memory import effective
from doghouse.metrics.model import Series
from doghouse.monitors import Host, Hosts
from doghouse.monitors.records.model import RecordQuery
from doghouse.monitors.records.windows import RecordsOf
from doghouse.monitors.service_checks import CheckQuery, Runs
from doghouse.notifications.events import SOURCE
from doghouse.queries import NotEvaluated
from doghouse.search.record import Record
from doghouse.search.records import Records, Rewritten, Selected
from doghouse.search.tree import And, Match, Node, Not, Phrase

ALIKE = 12  # how many times as long as another a window is that is still read together with it
HostsOf = Callable[[], Hosts]
METADATA = ("agent_version", "machine", "platform", "processor")  # what messages can say (monitors/notify/variables)


def hosts_of(store: HostStore) -> dict[str, Host]:
    """What messages can say of each host."""
    return {
        key: Host(
            address(host.meta) or "",
            host.all_tags(),
            {name: str(host.meta[name]) for name in METADATA if host.meta.get(name)},
        )
        for key, host in store.all().items()
    }


def records_of(sources: Mapping[str, Records]) -> RecordsOf:
    """What a query of records reads, by its data source (`logs`, `events`, `spans`)."""

    def records(query: RecordQuery) -> Records:
        if query.source not in sources:
            raise NotEvaluated(f"monitors over {query.source} here")
        return sources[query.source]

    return records


def posted(events: Records) -> Records:
    """Events without those that monitors made: event monitors ignore them (monitors/types/event)."""
    by_monitors = Not(Match("source", Phrase(SOURCE)))
    return Rewritten(events, lambda search: And((search, by_monitors)))


class _Stretch(Struct, frozen=True):
    """What is read at once for several queries of one search: their time (ms UTC) and all their fields."""

    start: int
    end: int
    fields: tuple[str, ...]

    def has(self, start: int, end: int, fields: Sequence[str]) -> bool:
        """Whether it holds what a query asks."""
        return self.start <= start and end <= self.end and set(fields) <= set(self.fields)


class Shared:
    """Records whose answers are kept, for monitors that ask the same in one minute: each search is read once, for the longest of alike windows."""

    def __init__(self, records: Records, stretches: Mapping[Node, Sequence[_Stretch]]) -> None:
        self._records, self._stretches = records, stretches
        self._selected: dict[tuple[Node, int, int, tuple[str, ...]], Selected] = {}

    def select(self, search: Node, start: int, end: int, fields: Sequence[str]) -> Selected:
        """See Records."""
        whole = next((stretch for stretch in self._stretches.get(search, ()) if stretch.has(start, end, fields)), None)
        if whole is None:
            return self._once(search, start, end, tuple(fields))
        return self._once(search, whole.start, whole.end, whole.fields).between(start, end, fields)

    def _once(self, search: Node, start: int, end: int, fields: tuple[str, ...]) -> Selected:
        key = (search, start, end, fields)
        if key not in self._selected:
            self._selected[key] = self._records.select(search, start, end, fields)
        return self._selected[key]

    def newest(self, search: Node, start: int, end: int, limit: int) -> Sequence[tuple[int, Record]]:
        """See Records."""
        return self._records.newest(search, start, end, limit)


RecordWindow = tuple[RecordQuery, int, int]  # a query and its window (ms UTC)


def shared(records: RecordsOf, reads: Iterable[RecordWindow]) -> RecordsOf:
    """The same records, each data source's `Shared`. `reads` are what will probably be asked."""
    windows: dict[str, dict[Node, list[RecordWindow]]] = {}
    for read in reads:
        windows.setdefault(read[0].source, {}).setdefault(read[0].search, []).append(read)
    sources: dict[str, Shared] = {}

    def of(query: RecordQuery) -> Records:
        if query.source not in sources:
            mine = windows.get(query.source, {})
            sources[query.source] = Shared(records(query), {search: _stretches(mine[search]) for search in mine})
        return sources[query.source]

    return of


def _stretches(reads: Iterable[RecordWindow]) -> list[_Stretch]:
    """Stretches that hold these windows, the shortest first. What is much longer than the shortest of a stretch has one of its own."""
    stretches: list[_Stretch] = []
    shortest = 0
    for query, start, end in sorted(reads, key=lambda read: read[2] - read[1]):
        if stretches and end - start <= ALIKE * shortest:
            last = stretches.pop()
            fields = tuple(dict.fromkeys((*last.fields, *query.fields)))
            stretches.append(_Stretch(min(start, last.start), max(end, last.end), fields))
        else:
            shortest = end - start
            stretches.append(_Stretch(start, end, query.fields))
    return stretches


def runs_of(checks: ServiceCheckStore, tags: Callable[[str], Sequence[str]]) -> Callable[[CheckQuery], Sequence[Runs]]:
    """The last runs of the check that a query names, with the tags that its host has too."""

    def runs(query: CheckQuery) -> Sequence[Runs]:
        submissions = []
        for check in checks.all(query.check):
            own = effective(Series(0, check.name, "gauge", 0, check.host, check.tags), tags(check.host)).tags
            submissions.append(Runs(own, check.recent[-query.last :], int(check.ts), check.message))
        return submissions

    return runs


class LazyHosts(Mapping[str, Host]):
    """What is known of hosts, read when the first message asks for it."""

    def __init__(self, load: HostsOf) -> None:
        self._load, self._hosts = load, cast("Hosts | None", None)

    def __getitem__(self, name: str) -> Host:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> Hosts:
        if self._hosts is None:
            self._hosts = self._load()
        return self._hosts
