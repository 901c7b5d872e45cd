"""Reads what monitors look at of an account: everything that several of them share once, in as few requests as can be."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from msgspec import Struct

from doghouse import monitors as mon
from doghouse.importing.access import AccountError, Keys
from doghouse.importing.account import logs, plans
from doghouse.importing.account.pages import AnsweredSeries, Cache, Page, pages
from doghouse.importing.account.requesting import RefusedError, Requester
from doghouse.importing.account.resolutions import resolution_of
from doghouse.metrics.memory import MemorySource
from doghouse.monitors.records.alert import RecordAlert
from doghouse.monitors.records.model import RecordQuery
from doghouse.queries import NotEvaluated, QuerySyntaxError
from doghouse.search.records import Records

# A page that ended so long ago gets no more points (they are taken up to an hour late), and is kept.
SETTLED_S = 2 * 3600
QUERIES_A_REQUEST = 10  # GUESS: nothing says how many an account takes; where it refuses them, each is asked alone


class Tell(Struct, frozen=True):
    """Who is told what: sentences, and how far reading is (what, number, of how many)."""

    sentence: Callable[[str], None]
    progress: Callable[[str, int, int], None]


class Read(Struct, frozen=True):
    """What was read: `monitor` is to be evaluated over `source` in the place of the one that was asked for."""

    source: MemorySource
    monitor: mon.Definition


class Account:
    """The query API of the account at `address`. `resolution` (s) is what is asked for; without one each monitor's window says (`resolutions`)."""

    def __init__(
        self,
        address: str,
        keys: Keys,
        cache: Path | None,
        tell: Tell,
        resolution: int | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.address, self._tell, self._resolution, self._now = address, tell, resolution, now
        self._requester = Requester(address, keys, sleep, tell.sentence)
        # the organisation is the API key's: a person's application key may change
        self._cache = Cache(cache, address, keys.api_key)
        self._read: dict[Page, Sequence[AnsweredSeries]] = {}
        self._types: dict[str, str] = {}
        self._shared: dict[str, int] = {}  # the resolution (s) of what several monitors ask
        self.cached = 0  # pages from the cache

    @property
    def requests(self) -> int:
        """How many requests were made."""
        return self._requester.requests

    def resolution_of(self, monitor: mon.Definition) -> int | None:
        """The seconds a point that are asked for a monitor; None for one that looks at no points."""
        if not _is_evaluated(monitor):
            return None
        return min((self._resolution_for(monitor)(shape) for shape in plans.shapes(monitor, self._types)), default=None)

    def prepare(self, monitors: Sequence[mon.Definition], start: int, end: int) -> None:
        """Ask for all that these monitors look at in (start, end], having said what it takes. What is not evaluated is left to `read`. Raises AccountError."""
        evaluated = [monitor for monitor in monitors if _is_evaluated(monitor)]
        counted = sorted({name for monitor in evaluated for name in plans.counted(monitor)} - self._types.keys())
        # a metric whose type is still to be asked for counts as a count: that changes a query's text, not how many pages it has
        of_logs = _pages_of_logs(monitors, start, end)
        logs_needed = {page for many in of_logs for page in many}
        needed = self._needed(evaluated, start, end) | logs_needed
        missing = [page for page in needed if not self._has(page)]
        queries = len({page.query for page in needed})
        expected = len(counted) + sum(1 for _ in _requests(missing))
        self._tell.sentence(
            f"{_many(len(evaluated) + len(of_logs), 'monitor')} of {self.address} ask {_many(queries, 'distinct query', 'distinct queries')}: "
            f"{_many(expected, 'request')}, {_many(len(needed) - len(missing), 'page')} of {len(needed):,} from the cache"
        )
        for number, name in enumerate(counted, 1):
            self._tell.progress(f"type of {name}", number, expected)
            self._type(name)
            self._say_how_long(number, expected)
        if counted:
            needed = self._needed(evaluated, start, end) | logs_needed
        self._fetch(needed, len(counted))

    def read(self, monitor: mon.Definition, start: int, end: int, hosts: Mapping[str, mon.Host]) -> Read:
        """All that the monitor's evaluations in (start, end] look at. Raises AccountError, QuerySyntaxError, NotEvaluated."""
        for name in plans.counted(monitor):
            self._type(name)
        plan = self._plan(monitor, start, end)
        self._fetch(set(_pages(plan)), 0)
        answers = {
            query.metric: [
                series
                for page in pages(query.text, query.start, query.end, query.resolution)
                for series in self._read[page]
            ]
            for query in plan.asked
        }
        tags = {name: host.tags for name, host in hosts.items()}
        return Read(plans.source(plan, answers, tags), plan.monitor)

    def records(self, query: RecordQuery) -> Records:
        """What a query of logs looks at: what they come to each minute. Raises NotEvaluated where that does not tell; its reads raise AccountError."""

        def read(needed: Sequence[Page]) -> Mapping[Page, Sequence[AnsweredSeries]]:
            self._fetch(set(needed), 0)
            return self._read

        logs.request_text(query)
        return logs.CountedLogs(query, read)

    def _needed(self, monitors: Sequence[mon.Definition], start: int, end: int) -> set[Page]:
        """The pages of all monitors. A query that several ask is asked once, at a resolution that suits each of them."""
        self._shared = {}
        for monitor in monitors:
            own = self._resolution or resolution_of(monitor)
            for shape in plans.shapes(monitor, self._types):
                self._shared[shape] = math.gcd(self._shared.get(shape, own), own)
        needed: set[Page] = set()
        for monitor in monitors:
            with suppress(NotEvaluated):  # `read` says so of that monitor
                needed.update(_pages(self._plan(monitor, start, end)))
        return needed

    def _plan(self, monitor: mon.Definition, start: int, end: int) -> plans.Plan:
        return plans.plan(monitor, _ticks(monitor, start, end), self._resolution_for(monitor), self._types)

    def _resolution_for(self, monitor: mon.Definition) -> Callable[[str], int]:
        own = self._resolution or resolution_of(monitor)
        return lambda shape: math.gcd(self._shared.get(shape, own), own)

    def _type(self, metric: str) -> str:
        if metric not in self._types:
            self._types[metric] = self._requester.metric_type(metric)
        return self._types[metric]

    def _has(self, page: Page) -> bool:
        """Whether a page needs no request: it was read, it is kept, or it lies in the future."""
        return page in self._read or page in self._cache or page.start >= self._now()

    def _fetch(self, needed: set[Page], sent: int) -> None:
        """Read pages, from the cache where they are there. `sent` requests went before."""
        missing = []
        for page in needed - self._read.keys():
            series = self._cache.get(page)
            if series is not None:
                self.cached += 1
                self._read[page] = series
            elif page.start >= self._now():
                self._read[page] = ()
            else:
                missing.append(page)
        requests = list(_requests(missing))
        for number, together in enumerate(requests, sent + 1):
            what = together[0].query if len(together) == 1 else f"{len(together)} queries"
            self._tell.progress(what, number, sent + len(requests))
            self._ask(together)
            self._say_how_long(number, sent + len(requests))

    def _ask(self, together: Sequence[Page]) -> None:
        try:
            answers = [self._requester.logs(together[0])] if together[0].of_logs else self._requester.series(together)
        except RefusedError as error:
            if len(together) == 1:
                raise AccountError(f"{together[0].query}: {error}") from None
            for page in together:
                self._ask([page])
            return
        for page, series in zip(together, answers, strict=True):
            self._read[page] = series
            if page.end < self._now() - SETTLED_S:
                self._cache.put(page, series)

    def _say_how_long(self, sent: int, expected: int) -> None:
        """After the first answer, which is where an account says what its limit is: how long the others have to wait for it."""
        standing = self._requester.standing
        if sent != 1 or expected < 2 or standing is None:
            return
        wait = standing.waiting(expected - sent)
        how = f"about {_people(wait)} of waiting" if wait else "no waiting"
        self._tell.sentence(
            f"the account allows {_many(standing.limit, 'request')} each {_people(standing.period)}, {standing.remaining:,} are left now: {how}"
        )


def _is_evaluated(monitor: mon.Definition) -> bool:
    """Whether it looks at points, as far as its query tells."""
    try:
        return bool(plans.queries_of(monitor))
    except (QuerySyntaxError, NotEvaluated):
        return False


def _pages(plan: plans.Plan) -> Iterator[Page]:
    for query in plan.asked:
        yield from pages(query.text, query.start, query.end, query.resolution)


def _pages_of_logs(monitors: Sequence[mon.Definition], start: int, end: int) -> list[list[Page]]:
    """The pages of each monitor of logs, as far as they tell it."""
    by_monitor = []
    for monitor in monitors:
        if isinstance(monitor, RecordAlert) and monitor.problem is None:
            first = start - monitor.span - monitor.rules.delay
            with suppress(NotEvaluated):
                queries = monitor.tree.record_queries
                by_monitor.append([page for query in queries for page in logs.pages_of(query, first, end)])
    return by_monitor


def _ticks(monitor: mon.Definition, start: int, end: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    ticks = monitor.ticks(start, end)
    return ticks if len(ticks) else np.array([end], np.int64)


def _requests(missing: Iterable[Page]) -> Iterator[list[Page]]:
    """Pages that go into a request together: of one stretch and resolution, the oldest first."""
    by_stretch: dict[tuple[int, int, str], list[Page]] = {}
    for page in sorted(missing, key=lambda page: (page.start, page.resolution, page.query)):
        alone = page.query if page.of_logs else ""  # a request for logs has one search
        by_stretch.setdefault((page.start, page.resolution, alone), []).append(page)
    for together in by_stretch.values():
        for at in range(0, len(together), QUERIES_A_REQUEST):
            yield together[at : at + QUERIES_A_REQUEST]


def _many(count: int, singular: str, plural: str = "") -> str:
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def _people(seconds: float) -> str:
    """A length of time for people."""
    whole = math.ceil(seconds)
    for unit, length in (("h", 3600), ("min", 60)):
        if whole >= length and (whole % length == 0 or whole >= 2 * length):
            return f"{round(whole / length)} {unit}"
    return f"{whole} s"
