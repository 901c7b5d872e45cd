"""The fast way, for what most monitors ask: one metric query, whose groups' points can be reduced as they are. Everything in columns.

A group that is made of several series is combined bucket by bucket (`spatial`), unless a shorter way gives the same. What is left goes the plain way
(`pointwise`). Measured: a 168th of the plain way's CPU time for avg(last_5m):avg:m{*} by {host}, ten hosts, a point each ten seconds, 600 ticks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import TypeGuard

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from doghouse.metrics.memory import Subset
from doghouse.metrics.model import Columns, Floats, Ints, Series, Source
from doghouse.monitors.query import MAY_MISS, Windows, difference, frequency, full_bucket
from doghouse.monitors.windows import pointwise, single
from doghouse.monitors.windows.anomalies import Reading
from doghouse.monitors.windows.columns import NO_TIME, Group, GroupColumn, outermost_of, seen_where_valued
from doghouse.monitors.windows.sliding import Buckets, bucketed, full_windows, reduce_windows
from doghouse.monitors.windows.spatial import reduce_group, times_of
from doghouse.queries import MonitorQuery, default_interval, function_names
from doghouse.queries.evaluation.interpolation import LIMIT_S
from doghouse.queries.language.rollups import RollupError, RollupSetting, rollup_setting
from doghouse.queries.language.tree import MetricQuery
from doghouse.queries.scopes import select

POINTS_A_READ = 1_000_000  # so that they stay in the processor's cache; reckoned with a point each ten seconds
NOT_AT_ALL = -1
_SPATIAL = (None, "avg", "sum", "min", "max")  # of one series all the same


def applies(query: MonitorQuery, source: Source, over: Windows, reads: Reading | None = None) -> bool:
    """Whether the query is one metric query of points with nothing but `.rollup()` in seconds or `.as_count()`, over a window that slides."""
    if query.window.cumulative or not _is_plain(query.expression) or not _shift_fits(query, over):
        return False
    return not any(series.type == "distribution" for series in source.find(query.expression.metric)[:1])  # all or none


def _is_plain(expression: object) -> TypeGuard[MetricQuery]:
    if not isinstance(expression, MetricQuery) or expression.aggregator not in _SPATIAL:
        return False
    if {modifier.name for modifier in expression.modifiers} - {"rollup", "as_count"}:
        return False
    setting = rollup_of(expression)
    return setting is not None and setting.calendar is None


def rollup_of(query: MetricQuery) -> RollupSetting | None:
    """What its `.rollup()` asks for; None where that makes no sense, or where `.as_count()` asks for something else."""
    rollups = [modifier for modifier in query.modifiers if modifier.name == "rollup"]
    if not rollups:
        return RollupSetting(None, None)
    try:
        setting = rollup_setting(rollups[-1])
    except RollupError:
        return None
    return setting if not _counts(query) or setting.method in (None, "sum") else None


def _counts(query: MetricQuery) -> bool:
    return any(modifier.name == "as_count" for modifier in query.modifiers)


def _shift_fits(query: MonitorQuery, over: Windows) -> bool:
    """Whether a change can be compared bucket by bucket, whole ones with whole ones, at whatever tick."""
    if query.change is None:
        return True
    whole = frequency(query), query.change.shift, query.window.seconds, over.late, *over.ends[:1].tolist()
    return all(length % _interval(query) == 0 for length in whole)


def _interval(query: MonitorQuery) -> int:
    """The length of the query's buckets (s). GUESS: without a `.rollup` that of a graph over the window (of five minutes: 2 s), so that points stay apart."""
    assert isinstance(query.expression, MetricQuery)
    setting = rollup_of(query.expression)
    return (setting.interval if setting else None) or default_interval(query.window.seconds)


def columns(
    query: MonitorQuery, source: Source, over: Windows, full: bool, reads: Reading | None = None
) -> Iterator[GroupColumn]:
    """Every group's column, one at a time; see `evaluation.window_columns`."""
    leaf = query.expression
    assert isinstance(leaf, MetricQuery)
    chosen = select(leaf.scope, source.find(leaf.metric))
    kinds = {series.type for series in chosen}
    # Whether gaps are interpolated goes by the types of all series of the query, not by a group's; and distributions have no points.
    if ("gauge" in kinds and kinds != {"gauge"}) or "distribution" in kinds:
        yield from pointwise.columns(query, source, over, full)
        return
    groups = grouped(chosen, leaf.by)
    plans = _plans(query, leaf, groups, over)
    slow = [member.id for group, members in groups.items() if group not in plans for member in members]
    yield from _planned(query, source, over, full, plans)
    if slow:
        there = Subset(source, frozenset(slow))
        yield from (c for c in pointwise.columns(query, there, over, full) if c.group not in plans)


def grouped(series: Sequence[Series], keys: Sequence[str]) -> dict[Group, list[Series]]:
    """The series by group. One that has several values for a key is in several groups, one that lacks a key in none: monitors have no N/A groups."""
    groups: dict[Group, list[Series]] = {}
    prefixes = [f"{key}:" for key in keys]
    for member in series:
        values = [sorted([tag[len(prefix) :] for tag in member.tags if tag.startswith(prefix)]) for prefix in prefixes]
        for chosen in product(*values):
            groups.setdefault(tuple(zip(keys, chosen, strict=True)), []).append(member)
    return groups


class _Plan(Struct, frozen=True):
    """How to read and reduce a group: its series, and how their points become values. `own_buckets`: every series is put into buckets by itself first.

    `counts`: the values are counts, which add up (`.as_count()` of a count or rate). `limit`: the series are combined bucket by bucket, interpolated so long
    after a point (s; -1: not at all).
    """

    members: Sequence[Series]
    buckets: Buckets
    counts: bool = False
    own_buckets: Buckets | None = None
    limit: int | None = None


def _plans(
    query: MonitorQuery, leaf: MetricQuery, groups: Mapping[Group, Sequence[Series]], over: Windows
) -> dict[Group, _Plan]:
    """How to reduce each group that can be, worked out once for those of as many series of the same types."""
    plans, known = {}, dict[object, _Plan | None]()
    for group, members in groups.items():
        alike = (len(members) == 1, frozenset([member.type for member in members]))
        if alike not in known:
            known[alike] = _plan(query, leaf, members, over)
        if (plan := known[alike]) is not None:
            plans[group] = replace(plan, members=members)
    return plans


def _plan(query: MonitorQuery, leaf: MetricQuery, members: Sequence[Series], over: Windows) -> _Plan | None:
    """How to reduce a group, or None where its series have to be combined point by point."""
    interval, setting = _interval(query), rollup_of(leaf)
    kinds = {member.type for member in members}
    counts = _counts(leaf) and kinds <= {"count", "rate"}
    if _counts(leaf) and not counts and kinds != {"gauge"}:
        return None
    method = (setting.method if setting else None) or ("sum" if counts else "avg")
    if len(members) == 1:
        return _Plan(members, Buckets(interval, method), counts)
    if query.change is not None:
        return None
    if counts and leaf.aggregator == query.aggregator == method == "sum":
        return _Plan(members, Buckets(interval, "sum"), counts)
    if np.any(over.ends % interval):
        return None
    own_buckets = Buckets(interval, method)
    if leaf.aggregator == query.aggregator in ("min", "max") and kinds == {"gauge"}:
        # What is interpolated lies between two points, or repeats one: it is never the extreme.
        return _Plan(members, Buckets(interval, "min" if query.aggregator == "min" else "max"), counts, own_buckets)
    return _Plan(members, Buckets(interval), counts, own_buckets, LIMIT_S if kinds == {"gauge"} else NOT_AT_ALL)


def _planned(
    query: MonitorQuery, source: Source, over: Windows, full: bool, plans: Mapping[Group, _Plan]
) -> Iterator[GroupColumn]:
    back = query.change.shift if query.change else 0
    begin, end = int(over.starts[0]) - back, over.last_point(_interval(query))
    within = bool(np.any(over.starts % _interval(query)))  # once: of a year of minutes it takes 3 ms
    for batch in _batches(plans, end - begin):
        ids = np.array(sorted({member.id for _, plan in batch for member in plan.members}), np.int64)
        read = source.read(ids, begin, end)
        if _at_once(query, over, batch):
            members = [(group, plan.members[0].id) for group, plan in batch]
            yield from single.columns(query, over, full, members, batch[0][1].buckets, read)
            continue
        for group, plan in batch:
            if plan.limit is not None:
                own = [_own(read, member, plan) for member in plan.members]
                column = _combined(query, over, full, group, plan, own)
            else:
                column = _column(query, over, full, within, group, plan, *_points(read, plan))
            if column is not None:
                yield column


def _at_once(query: MonitorQuery, over: Windows, batch: Sequence[tuple[Group, _Plan]]) -> bool:
    """Whether its groups are single series that are all read in the same way, for one window."""
    buckets = batch[0][1].buckets
    return single.applies(query, over, buckets) and all(
        len(plan.members) == 1 and plan.own_buckets is None and plan.buckets == buckets and not plan.counts
        for _, plan in batch
    )


def _combined(
    query: MonitorQuery, over: Windows, full: bool, group: Group, plan: _Plan, parts: Sequence[tuple[Ints, Floats]]
) -> GroupColumn | None:
    """The windows of a group whose series are combined bucket by bucket, or None where it has no points."""
    assert isinstance(query.expression, MetricQuery)
    ts = times_of(parts)
    if not len(ts):
        return None
    span, spatial = query.window.seconds, query.expression.aggregator or "avg"
    limit = NOT_AT_ALL if plan.limit is None else plan.limit
    reduced = reduce_group(parts, over.ends, span, spatial=spatial, how=query.aggregator, limit=limit)
    complete = full_windows(ts, over.ends, span, full_bucket(query), MAY_MISS) if full else None
    return GroupColumn(group, reduced, complete, ts, over)


def _batches(plans: Mapping[Group, _Plan], span: int) -> Iterator[list[tuple[Group, _Plan]]]:
    """Groups that are read together."""
    room = max(POINTS_A_READ // max(span // 10, 1), 1)
    batch: list[tuple[Group, _Plan]] = []
    series = 0
    for item in plans.items():
        if batch and series + len(item[1].members) > room:
            yield batch
            batch, series = [], 0
        batch.append(item)
        series += len(item[1].members)
    if batch:
        yield batch


def _points(read: Columns, plan: _Plan) -> tuple[Ints, Floats]:
    """A group's points by time. Of counts, a rate's values are times its submission interval: what was counted (type_modifiers)."""
    parts = [_own(read, member, plan) for member in plan.members]
    if len(parts) == 1:
        return parts[0]
    ts = np.concatenate([part[0] for part in parts])
    order = np.argsort(ts, kind="stable")
    return ts[order], np.concatenate([part[1] for part in parts])[order]


def _own(read: Columns, series: Series, plan: _Plan) -> tuple[Ints, Floats]:
    low, high = np.searchsorted(read.series, (series.id, series.id + 1))
    ts, values = read.ts[low:high], read.value[low:high]
    if plan.counts and series.type == "rate" and series.interval > 1:
        values = values * series.interval
    return (ts, values) if plan.own_buckets is None else bucketed(ts, values, plan.own_buckets)


def _column(
    query: MonitorQuery, over: Windows, full: bool, within: bool, group: Group, plan: _Plan, ts: Ints, values: Floats
) -> GroupColumn | None:
    """The group's windows (`within`: some begin within a bucket), or None. A change of counts compares the totals (monitors/types/change-alert)."""
    change, buckets = query.change, plan.buckets
    now = ts if change is None else ts[np.searchsorted(ts, int(over.starts[0])) :]
    if not len(now):
        return None
    span, how = query.window.seconds, query.aggregator
    points = now
    complete = full_windows(now, over.ends, span, full_bucket(query), MAY_MISS) if full else None
    if change is None:
        reduced = reduce_windows(ts, values, over.ends, span, how, buckets, over.late)
    else:
        totals = difference(
            change, *(reduce_windows(ts, values, ends, span, how, buckets) for ends in _both(query, over))
        )
        if "as_count" in function_names(query.expression):
            return seen_where_valued(group, totals, complete, outermost_of(now, over), over)
        pairs, points, reduced = _changed(query, over, buckets, ts, values)
        paired = outermost_of(pairs, over)[0] != NO_TIME
        if np.any(~paired & ~np.isnan(totals)):  # see `pointwise`: no point has one that lies the shift before it
            outermost = np.where(paired, outermost_of(points, over), outermost_of(now, over))
            return seen_where_valued(group, np.where(paired, reduced, totals), complete, outermost, over)
        return GroupColumn(group, reduced, complete, points, over)
    if within:  # what lies in a bucket that began before a window is not in it
        return seen_where_valued(group, reduced, complete, outermost_of(now, over), over)
    return GroupColumn(group, reduced, complete, points, over)


def _both(query: MonitorQuery, over: Windows) -> tuple[Ints, Ints]:
    return over.ends, over.ends - (query.change.shift if query.change else 0)


def _changed(
    query: MonitorQuery, over: Windows, buckets: Buckets, ts: Ints, values: Floats
) -> tuple[Ints, Ints, Floats]:
    """A change monitor compares point by point, then reduces: each bucket with the one that lies the shift before it.

    The times of the pairs, of those whose difference is known (a change in percent of 0 is not), and the windows.
    """
    assert query.change is not None
    starts, whole = bucketed(ts, values, buckets)
    earlier = np.searchsorted(starts, starts - query.change.shift)
    there = starts[earlier] == starts - query.change.shift
    change = difference(query.change, whole[there], whole[earlier[there]])
    known = ~np.isnan(change)
    pairs = starts[there]
    times = pairs[known]
    reduced = reduce_windows(
        times, change[known], over.ends, query.window.seconds, query.aggregator, Buckets(buckets.interval)
    )
    return pairs, times[np.searchsorted(times, int(over.starts[0])) :], reduced
