"""What to ask an account's query API so that a monitor can be evaluated over its answers, and what its answers are as series.

The API has no raw points: it answers one rolled-up series a group, aggregated over space already. So the monitor is evaluated with each of its metric queries
replaced by a metric that holds those answers: `avg:m{env:prod} by {host} / max:m{*}` becomes `avg:answer.0{*} by {host} / avg:answer.1{*}`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from doghouse import monitors as mon
from doghouse.importing.account.pages import AnsweredSeries
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Ints, MetricType, Rollup, Series, no_columns
from doghouse.monitors.kinds.metric import metric_query, with_query
from doghouse.queries import MetricQuery, expression_text, metric_queries
from doghouse.queries.language import tree
from doghouse.queries.language.tree import Expression, Leaf, Modifier
from doghouse.tags.pairs import split_host

COUNTS = ("as_count", "as_rate")


class Asked(Struct, frozen=True):
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
    asked: Sequence[Asked]


def shapes(monitor: mon.Definition, types: Mapping[str, str]) -> list[str]:
    """What a monitor asks, whatever the resolution: monitors that ask the same can share the answers. Raises QuerySyntaxError, NotEvaluated."""
    query = metric_query(monitor)
    found = dict.fromkeys(metric_queries(tree.flattened(query.expression)))
    return [_text(one, query.aggregator, None, _is_counted(one, types)) for one in found]


def plan(monitor: mon.Definition, ticks: Ints, resolution: Callable[[str], int], types: Mapping[str, str]) -> Plan:
    """What to ask for these evaluations. `resolution` says how many seconds a point of a shape stands for, `types` are metrics' types as the account knows
    them (gauge, count, rate, distribution).

    Each point is rolled up as the monitor's own window is (avg, min, max, sum), so that the window's value is that of the raw points, but for an average of
    buckets that hold unequally many. Raises QuerySyntaxError, NotEvaluated.
    """
    query = metric_query(monitor)
    expression = tree.flattened(query.expression)
    found = list(dict.fromkeys(metric_queries(expression)))
    names = {one: f"answer.{number}" for number, one in enumerate(found)}
    renamed = _renamed(expression, names)
    evaluated = with_query(monitor, replace(query, expression=renamed, text=expression_text(renamed)))
    spans = _spans(evaluated, ticks[[0, -1]], names)
    asked = []
    for one in found:
        counted = _is_counted(one, types)
        seconds = resolution(_text(one, query.aggregator, None, counted))
        text = _text(one, query.aggregator, seconds, counted)
        asked.append(Asked(text, seconds, names[one], "count" if counted else "gauge", *spans[names[one]]))
    return Plan(evaluated, asked)


def counted(monitor: mon.Definition) -> list[str]:
    """The metrics whose type has to be known: those of which counts are asked. Raises QuerySyntaxError, NotEvaluated."""
    queries = metric_queries(metric_query(monitor).expression)
    return sorted({one.metric for one in queries if any(modifier.name in COUNTS for modifier in one.modifiers)})


def source(
    plan: Plan, answers: Mapping[str, Sequence[AnsweredSeries]], host_tags: Mapping[str, Sequence[str]]
) -> MemorySource:
    """The answers, by the metric that holds them, as a source. Groups without a value for a key (`N/A`) are left out, as monitors do."""
    series: dict[tuple[str, tuple[str, ...]], int] = {}
    made: list[Series] = []
    ids, times, values = [], [], []
    for one in plan.asked:
        for answered in answers[one.metric]:
            if any(tag.endswith(":N/A") for tag in answered.tags):
                continue
            key = (one.metric, answered.tags)
            if key not in series:
                series[key] = len(made)
                made.append(_series(len(made), one, answered.tags))
            ids.append(np.full(len(answered.times), series[key], np.int64))
            times.append(np.array(answered.times, np.int64))
            values.append(np.array(answered.values, np.float64))
    columns = Columns(np.concatenate(ids), np.concatenate(times), np.concatenate(values)) if ids else no_columns()
    return MemorySource(made, columns, host_tags)


def _series(number: int, asked: Asked, tags: tuple[str, ...]) -> Series:
    host, own = split_host(tags)
    return Series(number, asked.metric, asked.type, asked.resolution if asked.type == "count" else 0, host, own)


def _renamed(expression: Expression, names: Mapping[MetricQuery, str]) -> Expression:
    """The expression over the answers' metrics."""

    def renamed(leaf: Leaf) -> Expression:
        if not isinstance(leaf, MetricQuery):
            return leaf
        return replace(leaf, aggregator="avg", metric=names[leaf], scope=tree.Everything())

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

    def __init__(self, series: Sequence[Series]) -> None:
        super().__init__(series, no_columns())
        self._metrics = {one.id: one.metric for one in series}
        self.spans: dict[str, tuple[int, int]] = {}

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        """Nothing, noted."""
        for one in np.unique(ids).tolist():
            low, high = self.spans.get(self._metrics[one], (start, end))
            self.spans[self._metrics[one]] = (min(low, start), max(high, end))
        return super().read(ids, start, end, rollup)


def _spans(monitor: mon.Definition, ticks: Ints, names: Mapping[MetricQuery, str]) -> dict[str, tuple[int, int]]:
    """What the evaluation reads of each metric (s UTC), found by letting it."""
    made = []
    for number, (query, name) in enumerate(names.items()):
        tags = tuple(sorted(f"{key}:probe" for key in query.by if key != "host"))
        made.append(Series(number, name, "gauge", 0, "probe" if "host" in query.by else "", tags))
    probe = _Probe(made)
    list(mon.evaluate_range(monitor, probe, ticks))
    whole = (
        (min(low for low, _ in probe.spans.values()), max(high for _, high in probe.spans.values()))
        if probe.spans
        else None
    )
    if whole is None or not math.isfinite(whole[0]):
        return {name: (int(ticks[0]) - 3600, int(ticks[-1])) for name in names.values()}
    return {name: probe.spans.get(name, whole) for name in names.values()}
