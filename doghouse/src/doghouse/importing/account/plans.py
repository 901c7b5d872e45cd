"""What to ask an account's query API so that a monitor can be evaluated over its answers, and what its answers are as series.

The API has no raw points: it answers one rolled-up series a group, aggregated over space already. So the monitor is evaluated with each of its metric queries
replaced by a metric that holds those answers: `avg:m{env:prod} by {host} / max:m{*}` becomes `avg:answer.0{*} by {host} / avg:answer.1{*}`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from doghouse import monitors as mon
from doghouse.importing.account.pages import AnsweredSeries
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Ints, MetricType, Rollup, Series, columns_of, no_columns
from doghouse.monitors.definition import Sources
from doghouse.monitors.kinds.metric import metric_query, with_query
from doghouse.monitors.records.alert import RecordAlert
from doghouse.monitors.records.windows import Nothing
from doghouse.monitors.windows.percentiles import AGGREGATOR as PERCENTILE
from doghouse.queries import MetricQuery, MonitorQuery, NotEvaluated, QuerySyntaxError, expression_text, metric_queries
from doghouse.queries.functions import catalogue
from doghouse.queries.language import tree
from doghouse.queries.language.inspection import walk
from doghouse.queries.language.tree import Expression, Leaf, Modifier
from doghouse.tags.pairs import split_host

COUNTS = ("as_count", "as_rate")
AskedBy = tuple[MetricQuery, str]  # a metric query, and the method that the window it is asked for is reduced by


class PlannedQuery(Struct, frozen=True):
    """One metric query: `text` asks the account for it at `resolution` s a point, `metric` holds the answers, [start, end) (s UTC) is read of it."""

    text: str
    resolution: int
    metric: str
    type: MetricType
    start: int
    end: int


class Plan(Struct, frozen=True):
    """`monitor` is the one to evaluate over the answers to `asked`."""

    monitor: mon.Definition
    asked: Sequence[PlannedQuery]


def queries_of(monitor: mon.Definition) -> Sequence[MonitorQuery]:
    """Its queries of points: a metric monitor's own, or those that a formula is over. Raises QuerySyntaxError, NotEvaluated."""
    return monitor.tree.point_queries if isinstance(monitor, RecordAlert) else (metric_query(monitor),)


def shapes(monitor: mon.Definition, types: Mapping[str, str]) -> list[str]:
    """What a monitor asks, whatever the resolution: monitors that ask the same can share the answers. Raises QuerySyntaxError, NotEvaluated."""
    return [_text(*pair, None, _is_counted(pair[0], types)) for pair in _asked_by(queries_of(monitor))]


def plan(monitor: mon.Definition, ticks: Ints, resolution: Callable[[str], int], types: Mapping[str, str]) -> Plan:
    """What to ask for these evaluations. `resolution` says how many seconds a point of a shape stands for, `types` are metrics' types as the account knows
    them (gauge, count, rate, distribution).

    Each point is rolled up as the monitor's own window is (avg, min, max, sum), so that the window's value is that of the raw points, but for an average of
    buckets that hold unequally many. Raises QuerySyntaxError, NotEvaluated.
    """
    queries = queries_of(monitor)
    for query in queries:
        _check(query)
    names = {pair: f"answer.{number}" for number, pair in enumerate(_asked_by(queries))}
    evaluated = _over_answers(monitor, names)
    spans = _spans(evaluated, ticks[[0, -1]], names)
    asked = []
    for (leaf, aggregator), name in names.items():
        counted = _is_counted(leaf, types)
        seconds = resolution(_text(leaf, aggregator, None, counted))
        text = _text(leaf, aggregator, seconds, counted)
        asked.append(PlannedQuery(text, seconds, name, "count" if counted else "gauge", *spans[name]))
    return Plan(evaluated, asked)


def _asked_by(queries: Sequence[MonitorQuery]) -> Sequence[AskedBy]:
    """The metric queries, each with the method that its window is reduced by; each once."""
    pairs = ((leaf, query.aggregator) for query in queries for leaf in metric_queries(tree.flattened(query.expression)))
    return list(dict.fromkeys(pairs))


def _check(query: MonitorQuery) -> None:
    """Raise NotEvaluated for what answers that are aggregated over space already do not tell."""
    if query.aggregator == PERCENTILE:
        raise NotEvaluated("a percentile over time over an account, whose answers are no distributions")
    expression = tree.flattened(query.expression)
    if any(modifier.name == "weighted" for leaf in metric_queries(expression) for modifier in leaf.modifiers):
        raise NotEvaluated(".weighted() over an account, whose answers are aggregated already")
    for part in walk(expression):
        if isinstance(part, tree.Call) and catalogue()[part.function].takes == "series":
            sums = all(leaf.aggregator in ("avg", "sum", None) for leaf in metric_queries(part))
            if part.function == "monotonic_diff" or not sums:
                raise NotEvaluated(
                    f"{part.function}() of each series over an account, whose answers are aggregated already"
                )


def _over_answers(monitor: mon.Definition, names: Mapping[AskedBy, str]) -> mon.Definition:
    """The monitor with the metrics that hold the answers in the place of its own."""

    def changed(query: MonitorQuery) -> MonitorQuery:
        renamed = _renamed(tree.flattened(query.expression), query.aggregator, names)
        return replace(query, expression=renamed, text=expression_text(renamed))

    if not isinstance(monitor, RecordAlert):
        return with_query(monitor, changed(metric_query(monitor)))
    queries = {
        name: changed(query) if isinstance(query, MonitorQuery) else query
        for name, query in monitor.tree.queries.items()
    }
    return replace(monitor, asked=replace(monitor.tree, queries=queries))


def counted(monitor: mon.Definition) -> list[str]:
    """The metrics whose type has to be known: those of which counts are asked. Raises QuerySyntaxError, NotEvaluated."""
    queries = (leaf for query in queries_of(monitor) for leaf in metric_queries(query.expression))
    return sorted({leaf.metric for leaf in queries if any(modifier.name in COUNTS for modifier in leaf.modifiers)})


def source(
    plan: Plan, answers: Mapping[str, Sequence[AnsweredSeries]], host_tags: Mapping[str, Sequence[str]]
) -> MemorySource:
    """The answers, by the metric that holds them, as a source. Groups without a value for a key (`N/A`) are left out, as monitors do."""
    series: dict[tuple[str, tuple[str, ...]], int] = {}
    all_series: list[Series] = []
    parts = []
    for query in plan.asked:
        for answered in answers[query.metric]:
            if any(tag.endswith(":N/A") for tag in answered.tags):
                continue
            key = (query.metric, answered.tags)
            if key not in series:
                series[key] = len(all_series)
                all_series.append(_series(len(all_series), query, answered.tags))
            parts.append((series[key], answered.times, answered.values))
    return MemorySource(all_series, columns_of(parts), host_tags)


def _series(number: int, query: PlannedQuery, tags: tuple[str, ...]) -> Series:
    host, own = split_host(tags)
    return Series(number, query.metric, query.type, query.resolution if query.type == "count" else 0, host, own)


def stretches_of(
    monitors: Iterable[mon.Definition], start: int, end: int, factors: Sequence[int] = ()
) -> dict[str, tuple[int, int]]:
    """What the evaluations of these monitors in (start, end] (s UTC) read of each metric, as `stretches`; with windows so many times as long too.
    What is not evaluated over points reads none."""
    read: dict[str, tuple[int, int]] = {}
    for monitor in monitors:
        longer = (pair for factor in factors if (pair := monitor.longer(factor)) is not None)
        for evaluated in (monitor, *(other for _, other in longer)):
            with suppress(QuerySyntaxError, NotEvaluated, mon.MonitorError):
                ticks = evaluated.ticks(start, end)
                for metric, stretch in stretches(evaluated, ticks if len(ticks) else np.array([end], np.int64)).items():
                    read[metric] = _together(read.get(metric), stretch)
    return read


def stretches(monitor: mon.Definition, ticks: Ints) -> dict[str, tuple[int, int]]:
    """From when to before when (s UTC) the evaluations at these ticks read each metric that the query names. Raises QuerySyntaxError, NotEvaluated."""
    names = {pair: f"answer.{number}" for number, pair in enumerate(_asked_by(queries_of(monitor)))}
    spans = _spans(_over_answers(monitor, names), ticks[[0, -1]], names)
    read: dict[str, tuple[int, int]] = {}
    for (query, _), name in names.items():
        read[query.metric] = _together(read.get(query.metric), spans[name])
    return read


def _together(span: tuple[int, int] | None, other: tuple[int, int]) -> tuple[int, int]:
    return other if span is None else (min(span[0], other[0]), max(span[1], other[1]))


def _renamed(expression: Expression, aggregator: str, names: Mapping[AskedBy, str]) -> Expression:
    """The expression over the answers' metrics."""

    def renamed(leaf: Leaf) -> Expression:
        if not isinstance(leaf, MetricQuery):
            return leaf
        return replace(leaf, aggregator="avg", metric=names[leaf, aggregator], scope=tree.Everything())

    return tree.map_leaves(expression, renamed)


def _is_counted(query: MetricQuery, types: Mapping[str, str]) -> bool:
    """Whether the answers are counts: on a gauge `as_count` and `as_rate` have no effect (metrics/custom_metrics/type_modifiers)."""
    return any(modifier.name in COUNTS for modifier in query.modifiers) and types.get(query.metric, "count") in (
        "count",
        "rate",
    )


def _text(query: MetricQuery, aggregator: str, resolution: int | None, counted: bool) -> str:
    """The query as the account is asked it: the monitor's own method in small buckets; an explicit rollup's method where the monitor has one."""
    own = next((modifier for modifier in query.modifiers if modifier.name == "rollup"), None)
    method = (
        str(own.arguments[0].value) if own and own.arguments and isinstance(own.arguments[0], tree.Word) else aggregator
    )
    method = "sum" if counted else method if method in ("avg", "min", "max", "sum") else "avg"
    # A percentile has no method of its own: it is taken over all values in time and space.
    percentile = (query.aggregator or "").startswith("p")
    seconds = () if resolution is None else (tree.Number(resolution),)
    how = seconds if percentile else (tree.Word(method), *seconds)
    modifiers = (*((Modifier("as_count"),) if counted else ()), Modifier("rollup", how))
    return expression_text(replace(query, modifiers=modifiers))


class _Probe(MemorySource):
    """A source without points that notes which stretch is read of each metric."""

    def __init__(self, all_series: Sequence[Series]) -> None:
        super().__init__(all_series, no_columns())
        self._metrics = {series.id: series.metric for series in all_series}
        self.spans: dict[str, tuple[int, int]] = {}

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        """Nothing, noted."""
        for number in np.unique(ids).tolist():
            self.spans[self._metrics[number]] = _together(self.spans.get(self._metrics[number]), (start, end))
        return super().read(ids, start, end, rollup)


def _spans(monitor: mon.Definition, ticks: Ints, names: Mapping[AskedBy, str]) -> dict[str, tuple[int, int]]:
    """What the evaluation reads of each metric (s UTC), found by letting it."""
    all_series = []
    for number, ((query, _), name) in enumerate(names.items()):
        tags = tuple(sorted(f"{key}:probe" for key in query.by if key != "host"))
        all_series.append(Series(number, name, "gauge", 0, "probe" if "host" in query.by else "", tags))
    probe = _Probe(all_series)
    list(
        monitor.columns(Sources(lambda _: (probe, None), records=lambda _: Nothing()), ticks)
        if isinstance(monitor, RecordAlert)
        else mon.evaluate_range(monitor, probe, ticks)
    )
    whole = (
        (min(low for low, _ in probe.spans.values()), max(high for _, high in probe.spans.values()))
        if probe.spans
        else None
    )
    if whole is None or not math.isfinite(whole[0]):
        return {name: (int(ticks[0]) - 3600, int(ticks[-1])) for name in names.values()}
    return {name: probe.spans.get(name, whole) for name in names.values()}
