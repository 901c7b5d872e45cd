"""The simplest samples over which a monitor does what it did: wider spaces and longer runs are tried until it does something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from doghouse.backtest.run import Backtest, Timeline
from doghouse.backtest.sources import points_of
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Floats, Ints, Series, columns_of
from doghouse.monitors import Group, Host, Status
from doghouse.tags.pairs import split_host
from doghouse.testing.recording.history import History
from doghouse.testing.recording.shrinking import Sampled, flattened, runs, slots
from doghouse.testing.recording.watching import RawSeries

SPACINGS = (3600, 600, 300, 60, 30, 20, 15, 10, 5, 1)  # of samples (s), the widest first
TOLERANCES = (0.5, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005, 0.001)  # of the range of a metric's values, the coarsest first
FLAT = (0.5, 0.1)  # tolerances of the stretches in which little matters
READABLE = 12  # words of a series, beyond which stretches are flattened one by one
MOST_TRIES = 300  # of stretches
SHORTEST = 4  # samples of such a stretch


class Goal(Struct, frozen=True, eq=False):
    """What samples from `begins` (s UTC) on are to bring about: what `reference` has of the groups `groups`, from the history's start on."""

    history: History
    begins: int
    reference: Backtest
    groups: frozenset[Group]

    def over(self, series: Sequence[Sampled]) -> Backtest:
        """What the monitor does over these samples."""
        return self.history.replayed(points_of(source_of(series, self.begins, self.history.hosts)), self.begins)

    def met(self, series: Sequence[Sampled]) -> bool:
        """Whether these samples bring it about."""
        return self.met_by(self.over(series))

    def met_by(self, test: Backtest) -> bool:
        """Whether the groups have the same state at each minute, and the same people are told, or would be but for a downtime."""
        ticks = self.reference.ticks[self.reference.ticks >= self.history.start]
        timelines = {timeline.group: timeline for timeline in test.timelines}
        for timeline in self.reference.timelines:
            if timeline.group in self.groups:
                other = timelines.get(timeline.group)
                if other is None or not np.array_equal(_statuses(timeline, ticks), _statuses(other, ticks)):
                    return False
        return self._sent(test) == self._sent(self.reference)

    def _sent(self, test: Backtest) -> list[tuple[float, Group, str, tuple[str, ...], str | None]]:
        return [
            (sent.at, sent.group, sent.transition, sent.recipients, sent.silenced_by)
            for sent in test.notifications()
            if sent.at >= self.history.start and (test.bundles is not None or sent.group in self.groups)
        ]


def exactly(goal: Goal, series: Sequence[RawSeries]) -> tuple[list[Sampled], dict[str, float]] | None:
    """The last point of each minute, where these will do: a check's runs are no numbers of which some are near others."""
    begins, end = goal.begins, goal.history.end
    sampled = [Sampled(raw.metric, raw.type, raw.tags, 60, runs(slots(raw, begins, end, 60, "last"))) for raw in series]
    return (sampled, {}) if goal.met(sampled) else None


class _Samples(Struct, frozen=True, eq=False):
    """The samples of some series, one each `every` seconds, and what they were before they were made simpler."""

    series: Sequence[RawSeries]
    every: int
    exact: Sequence[Floats]
    values: Sequence[Floats]

    def sampled(self) -> list[Sampled]:
        return [
            Sampled(raw.metric, raw.type, raw.tags, self.every, runs(values))
            for raw, values in zip(self.series, self.values, strict=True)
        ]

    @property
    def words(self) -> int:
        return sum(len(runs(values)) for values in self.values)

    def with_values(self, values: Sequence[Floats]) -> _Samples:
        return replace(self, values=values)

    def ranges(self) -> list[float]:
        """The range of each one's metric."""
        bounds: dict[str, tuple[float, float]] = {}
        for raw, values in zip(self.series, self.exact, strict=True):
            low, high = bounds.get(raw.metric, (np.inf, -np.inf))
            bounds[raw.metric] = min(low, float(np.nanmin(values))), max(high, float(np.nanmax(values)))
        return [bounds[raw.metric][1] - bounds[raw.metric][0] for raw in self.series]

    def tolerance(self) -> dict[str, float]:
        """How far samples are from what they were, by metric."""
        off: dict[str, float] = {}
        for raw, exact, values in zip(self.series, self.exact, self.values, strict=True):
            off[raw.metric] = max(off.get(raw.metric, 0.0), float(np.nanmax(np.abs(exact - values))))
        return off


def simplest(
    goal: Goal, series: Sequence[RawSeries], together: Mapping[str, str]
) -> tuple[list[Sampled], dict[str, float]] | None:
    """The samples with the fewest words, and how far they are from the points; None where no samples will do.

    `together` says how the points in one slot become one, by metric.
    """
    best: _Samples | None = None
    end, span = goal.history.end, goal.history.end - goal.begins
    for every in (spacing for spacing in SPACINGS if spacing * 4 <= span):
        if best is not None and span // every > 100 * best.words:
            break  # so many samples are not told in fewer words
        exact = [
            slots(raw, goal.begins, end, every, "sum" if raw.type == "count" else together.get(raw.metric, "avg"))
            for raw in series
        ]
        samples = _Samples(series, every, exact, exact)
        if not goal.met(samples.sampled()):
            continue
        rounded = next((candidate for candidate in _rounded(samples) if goal.met(candidate.sampled())), samples)
        if best is None or rounded.words < best.words:
            best = rounded
    if best is None:
        return None
    if best.words > READABLE * len(series):
        best = _flattened(goal, best)
    return best.sampled(), best.tolerance()


def _rounded(samples: _Samples) -> Iterator[_Samples]:
    """The samples with longer runs, the longest first."""
    ranges = samples.ranges()
    for share in TOLERANCES:
        pairs = zip(samples.exact, ranges, strict=True)
        yield samples.with_values([flattened(values, share * full) for values, full in pairs])


def _flattened(goal: Goal, samples: _Samples) -> _Samples:
    """The samples with longer runs where these change nothing: a series as a whole, then its halves, and so on."""
    tries = 0
    for number, full in enumerate(samples.ranges()):
        stretches = [(0, len(samples.exact[number]))]
        while stretches and tries < MOST_TRIES:
            first, last = stretches.pop()
            for share in FLAT:
                tries += 1
                values = list(samples.values)
                values[number] = values[number].copy()
                values[number][first:last] = flattened(samples.exact[number][first:last], share * full)
                tried = samples.with_values(values)
                if tried.words < samples.words and goal.met(tried.sampled()):
                    samples = tried
                    break
            else:
                middle = (first + last) // 2
                if middle - first >= SHORTEST:
                    stretches += [(middle, last), (first, middle)]
    return samples


def _statuses(timeline: Timeline, ticks: Ints) -> Ints:
    """The status after each tick; a group that is new counts as OK."""
    if not len(timeline.history.ticks):
        return np.full(len(ticks), int(Status.OK))
    places = np.searchsorted(timeline.history.ticks, ticks, side="right") - 1
    statuses = np.where(places >= 0, timeline.history.statuses[places], int(Status.NEW))
    return np.where(statuses == int(Status.NEW), int(Status.OK), statuses).astype(np.int64)


def source_of(series: Sequence[Sampled], start: int, hosts: Mapping[str, Host]) -> MemorySource:
    """The samples as a source, as unit tests read them."""
    all_series, parts = [], []
    for number, sampled in enumerate(series):
        host, own = split_host(sampled.tags)
        all_series.append(
            Series(number, sampled.metric, sampled.type, 0 if sampled.type == "gauge" else sampled.every, host, own)
        )
        there = np.flatnonzero(~np.isnan(sampled.values))
        parts.append((number, start + there * sampled.every, sampled.values[there]))
    return MemorySource(all_series, columns_of(parts), {name: host.tags for name, host in hosts.items()})
