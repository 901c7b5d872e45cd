"""What a monitor did over a stretch of history, as a unit test: the fewest groups, series and samples with which it does the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from doghouse.backtest.run import Backtest, Timeline
from doghouse.monitors import Group, Status
from doghouse.queries import MonitorQuery, NotEvaluated, metric_queries
from doghouse.tags.pairs import split
from doghouse.testing.recording.history import History
from doghouse.testing.recording.of_records import MOST_ENTRIES, WatchedRecords, Written, simplest_entries
from doghouse.testing.recording.shrinking import TOGETHER, Sampled
from doghouse.testing.recording.simplest import Goal, exactly, simplest
from doghouse.testing.recording.watching import RawSeries, Watching

# that a test begins earlier where a state was there from before: it is held through a gap
EARLIER_S = (0, 3600, 86_400)
GROUPS = 5  # that a test shows unless it is said otherwise
MINUTE_S = 60
RUNS_S = 3600  # before the stretch, in which a check's last runs are looked for: they count for a day


class CannotRecord(Exception):
    """Why a stretch of history makes no test, in a sentence."""


class Recording(Struct, frozen=True):
    """The samples, from `start` (s UTC) on, and what the monitor does over them. From the history's own start on it is what the monitor did.

    `entries` are logs, events or spans, by what they are in a test's file, where it looks at these.
    `left_out` are groups that changed and are not in it; `tolerance` is how far samples are from what was recorded, by metric.
    """

    history: History
    start: int
    series: Sequence[Sampled]
    test: Backtest
    left_out: int
    tolerance: Mapping[str, float]
    entries: Mapping[str, Sequence[Written]] = {}


def record(history: History, groups: int = GROUPS) -> Recording:
    """The recording of a stretch, of the `groups` that changed most. Raises CannotRecord, QuerySyntaxError, MonitorError, NotEvaluated."""
    if history.monitor.slo:
        raise NotEvaluated(f"a recording of a {history.monitor.type}")
    watched, records = Watching(history.points), WatchedRecords(history.records)
    history.replayed(watched, history.start, records)
    if records.by_query:
        return _of_records(history, records, watched, groups)
    low = history.start - RUNS_S if history.monitor.data_are_statuses else watched.low
    latest, in_time, in_space = _lead(history, low), *_aggregators(history)
    for begins in (latest - earlier for earlier in EARLIER_S):
        reference = history.replayed(watched, begins)
        shown, left_out = _chosen(reference, history.start, groups)
        raw = watched.raw(begins, history.end)
        if not raw and not reference.timelines:
            raise CannotRecord("there are no points in that time and scope")
        goal = Goal(history, begins, reference, frozenset(shown))
        for some in _choices(history, raw, shown, in_space) if raw else ():
            outcome = exactly(goal, some) if history.monitor.data_are_statuses else simplest(goal, some, in_time)
            if outcome is not None:
                return Recording(history, begins, outcome[0], goal.over(outcome[0]), left_out, outcome[1])
    raise CannotRecord("what the monitor did does not follow from the points of the stretch and of a day before it")


def _of_records(history: History, records: WatchedRecords, watched: Watching, groups: int) -> Recording:
    """The recording of a monitor that looks at logs, events or spans, and at nothing else."""
    if watched.low is not None:
        raise NotEvaluated("a recording of points and of records together")
    latest = _lead(history, records.low)
    for begins in (latest - earlier for earlier in EARLIER_S):
        reference = history.replayed(watched, begins, records)
        shown, left_out = _chosen(reference, history.start, groups)
        goal = Goal(history, begins, reference, frozenset(shown))
        if (outcome := simplest_entries(goal, records)) is not None:
            return Recording(history, begins, (), outcome[1], left_out, {}, outcome[0])
    raise CannotRecord(
        f"what the monitor did does not follow from the records of the stretch and of a day before it, as far as {MOST_ENTRIES} entries tell them"
    )


def _lead(history: History, low: int | None) -> int:
    """When the test begins: so early that the first window is whole, and that new groups are not new any more when the stretch begins."""
    everybody = (history.monitor, *history.members.values())
    delay = max(
        (monitor.rules.new_group_delay for monitor in everybody if monitor.compares and monitor.multi), default=0
    )
    return (min(low if low is not None else history.start, history.start) - delay) // MINUTE_S * MINUTE_S


def _chosen(reference: Backtest, start: int, most: int) -> tuple[set[Group], int]:
    """The groups that the test shows, those that changed most first, and how many that changed too it does not; without a change the first group."""
    changes = {timeline.group: _changes(timeline, start) for timeline in reference.timelines}
    changed = sorted((group for group, many in changes.items() if many), key=lambda group: (-changes[group], group))
    if reference.bundles is not None:
        most = len(changed)  # a notification of many groups is told by all of them
    return set(changed[:most] or sorted(changes)[:1]), max(len(changed) - most, 0)


def _changes(timeline: Timeline, start: int) -> int:
    """How many entries a group's history has from `start` on; one that is not OK then has one more."""
    return int(np.count_nonzero(timeline.history.at >= start)) + (
        timeline.status_at(start) not in (Status.OK, Status.NEW)
    )


def _choices(
    history: History, raw: Sequence[RawSeries], shown: set[Group], in_space: Mapping[str, str]
) -> Iterator[Sequence[RawSeries]]:
    """The series that a test may be made of, the least first: those that the shown groups read, taken together, with the tags that the queries name."""
    some = [series for series in raw if any(_may_be_of(series, group) for group in shown)]
    named = [replace(series, tags=_named(history, series.tags)) for series in some]
    yield _taken_together(named, in_space)
    yield some
    yield raw


def _aggregators(history: History) -> tuple[dict[str, str], dict[str, str]]:
    """How each metric's points are taken together in time and in space."""
    in_time: dict[str, str] = {}
    in_space: dict[str, str] = {}
    for monitor in (history.monitor, *history.members.values()):
        asked = monitor.asked
        if not isinstance(asked, MonitorQuery):
            continue
        for query in metric_queries(asked.expression):
            in_time[query.metric] = asked.aggregator if asked.aggregator in TOGETHER else "avg"
            in_space[query.metric] = query.aggregator if query.aggregator and query.aggregator in TOGETHER else "avg"
    return in_time, in_space


def _may_be_of(series: RawSeries, group: Group) -> bool:
    """Whether a series may be read for a group: it has its tags, or none with these keys."""
    keys = {split(tag)[0] for tag in series.tags}
    return all(f"{key}:{value}" in series.tags or key not in keys for key, value in group)


def _named(history: History, tags: Sequence[str]) -> tuple[str, ...]:
    """The tags whose keys the queries or the message name."""
    texts = [history.monitor.query, history.monitor.message, *(member.query for member in history.members.values())]
    words = set(re.findall(r"[\w/-]+", " ".join(texts)))
    return tuple(tag for tag in tags if split(tag)[0] in words)


def _taken_together(series: Sequence[RawSeries], in_space: Mapping[str, str]) -> list[RawSeries]:
    """Series of the same metric and tags as one."""
    alike: dict[tuple[str, tuple[str, ...]], list[RawSeries]] = {}
    for raw in series:
        alike.setdefault((raw.metric, raw.tags), []).append(raw)
    return [_one_of(many, in_space.get(metric, "avg")) for (metric, _), many in alike.items()]


def _one_of(many: Sequence[RawSeries], together: str) -> RawSeries:
    if len(many) == 1:
        return many[0]
    minutes = np.concatenate([raw.times for raw in many]) // MINUTE_S * MINUTE_S
    values = np.concatenate([raw.values for raw in many])
    order = np.argsort(minutes, kind="stable")
    times, firsts = np.unique(minutes[order], return_index=True)
    combined = [TOGETHER[together](part) for part in np.split(values[order], firsts[1:])]
    return replace(many[0], times=times, values=np.array(combined))
