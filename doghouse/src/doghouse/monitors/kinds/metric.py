"""Metric monitors: a query of points, reduced over a window and compared with thresholds (monitors/types/metric)."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import ClassVar, Self

import msgspec
import numpy as np
from msgspec.structs import replace

from doghouse.metrics.model import Ints, Source
from doghouse.monitors import comparison_checks
from doghouse.monitors.compared import ComparedMonitor
from doghouse.monitors.definition import Definition, Sources
from doghouse.monitors.evaluating import Evaluation, window_steps
from doghouse.monitors.kinds.metric_formula import MetricFormulaAlert
from doghouse.monitors.kinds.registry import kind
from doghouse.monitors.model import NO_OPERATOR, Body, MonitorError
from doghouse.monitors.query import fills_missing, query_text, windows
from doghouse.monitors.records.alert import SOURCES
from doghouse.monitors.records.model import FormulaQuery
from doghouse.monitors.records.variables import is_formula, read_points
from doghouse.monitors.states.conditions import Rules
from doghouse.monitors.states.machine import GroupState, WindowValue
from doghouse.monitors.states.rules import metric_rules
from doghouse.monitors.windows.anomalies import remarks as anomaly_remarks
from doghouse.monitors.windows.columns import Group, GroupColumn
from doghouse.monitors.windows.evaluation import window_columns
from doghouse.monitors.windows.sharing import windows_key
from doghouse.numbers import whole_number
from doghouse.queries import (
    Expression,
    MetricQuery,
    MonitorQuery,
    NotEvaluated,
    anomaly_settings,
    function_names,
    group_keys,
    metric_queries,
    parse_monitor,
    scope_tags,
    scope_text,
)
from doghouse.queries.functions import catalogue
from doghouse.queries.language.spans import SpanError, monitor_window
from doghouse.queries.language.tree import AllOf, AnyOf, Scope

INTEGRATION_PREFIXES = ("aws.", "azure.", "gcp.")  # GUESS: which metrics make a monitor one of an integration
ALGORITHMS = {"anomalies": "anomaly", "outliers": "outlier", "forecast": "forecast"}  # the words of searches
HOW = {"avg": "on average", "max": "at least once", "min": "at all times", "sum": "in total"}
_OPERATOR = re.compile(r"[<>]|[=!]=")


@kind("metric alert", "query alert")
class MetricAlert(ComparedMonitor, frozen=True, dict=True):
    """`avg(last_5m):avg:m{*} by {host} > 90`. The two types are one under two names."""

    reads_metrics: ClassVar[bool] = True
    example: ClassVar[str] = "avg(last_5m):avg:system.cpu.user{*} by {host} > 90"
    in_slos: ClassVar[bool] = True
    replayed: ClassVar[bool] = True

    @classmethod
    def read(cls, body: Body) -> MonitorQuery | FormulaQuery:
        """The query's tree, also that of anomalies() of points that is written as a formula over them; the parts of another formula."""
        if is_formula(body.query):
            return read_points(body.query, body.options.variables or (), SOURCES)
        return parse_monitor(body.query)

    @classmethod
    def fitting(cls, body: Body, asked: MonitorQuery | FormulaQuery | None) -> type[Definition]:
        """Another class for a formula over `options.variables`, but anomalies() of points."""
        return MetricFormulaAlert if is_formula(body.query) and not isinstance(asked, MonitorQuery) else cls

    @property
    def tree(self) -> MonitorQuery:
        """The query's tree. Raises QuerySyntaxError, or NotEvaluated for a custom schedule that cannot be read."""
        query: MonitorQuery = super().tree
        return query

    @property
    def graphed(self) -> Expression:
        """Its query without the window and the comparison. Raises QuerySyntaxError or NotEvaluated."""
        return self.tree.expression

    @property
    def _query(self) -> MonitorQuery | None:
        """The query's tree if it has one, whether or not it is evaluated."""
        return self.asked if isinstance(self.asked, MonitorQuery) else None

    @cached_property
    def rules(self) -> Rules:
        """Thresholds, no data, delays and renotification, with Datadog's defaults."""
        return metric_rules(self.options, self.thresholds, self.tree)

    @property
    def keys(self) -> tuple[str, ...]:
        """The tag keys that the query groups by."""
        return group_keys(self.tree.expression)

    @cached_property  # each group is held against downtimes by them
    def filters(self) -> tuple[str, ...]:
        """The tags that the query's scopes ask for."""
        return scope_tags(self.tree.expression)

    @property
    def multi(self) -> bool:
        """Whether its query groups."""
        return super().multi if self._query is None else bool(group_keys(self._query.expression))

    @property
    def stored_type(self) -> str:
        """The type that was sent, but for one change that Datadog makes (10 recordings)."""
        return "query alert" if self._query and self._query.window.text == "current_1mo" else self.type

    @property
    def _metric_queries(self) -> tuple[MetricQuery, ...]:
        return () if self._query is None else metric_queries(self._query.expression)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics of its query, left to right, each once."""
        return tuple(dict.fromkeys(query.metric for query in self._metric_queries))

    @property
    def scopes(self) -> tuple[str, ...]:
        """The parts of its query's scopes, left to right, each once."""
        return tuple(dict.fromkeys(text for query in self._metric_queries for text in _parts(query.scope)))

    @property
    def classification(self) -> str:
        """By the algorithm that its query uses, or whose metrics it asks."""
        used = function_names(self._query.expression) if self._query else ()
        for function, word in ALGORITHMS.items():
            if function in used:
                return word
        return "integration" if any(name.startswith(INTEGRATION_PREFIXES) for name in self.metrics) else "metric"

    @property
    def default_name(self) -> str:
        """Its sentence, where it has one and alerts for itself alone (datadogpy issue 326: one by host has its query)."""
        sentence = self.summary
        return super().default_name if self.multi or sentence == super().summary else sentence

    @property
    def summary(self) -> str:
        """`**system.net.bytes_rcvd** over **host:host0** was **> 100.0** on average during the **last 1h**.` (recorded by datadogpy's tests).

        A query of another form stands for itself.
        """
        query = self._query
        if query is None or not _is_simple(query) or not isinstance(query.expression, MetricQuery):
            return super().summary
        when, expression = query.window.text.replace("_", " "), query.expression
        limit = f"{query.comparator} {float(query.threshold or 0)}"
        scope = scope_text(expression.scope)
        return (
            f"**{expression.metric}** over **{scope}** was **{limit}** {HOW[query.aggregator]} during the **{when}**."
        )

    def check_query(self) -> None:
        """The query, its window, its thresholds and the keys that it is notified by."""
        if not _OPERATOR.search(self.query):
            raise MonitorError("query", NO_OPERATOR)
        super().check_query()
        query: MonitorQuery = self.asked
        comparison_checks.check(self, query, group_keys(query.expression))
        settings = anomaly_settings(query.expression)
        if settings and "alert_window" in settings.named:
            comparison_checks.check_threshold_windows(self, settings.alert_window, query.threshold)
        comparison_checks.check_missing_data(self, fills_missing(query.expression))

    def at(self, sources: Sources, states: Mapping[Group, GroupState], now: int) -> Evaluation:
        """The windows that end at `now`, less the evaluation delay."""
        points, evaluated = sources.points(self)
        return Evaluation(window_steps(self.rules, states, evaluate(evaluated or self, points, now)), {})

    def point_windows(self, now: int) -> Iterator[tuple[MetricQuery, int, int]]:
        """Those of its own time, and of the time that a change compares with; functions may ask for earlier ones too."""
        over = windows(self.options, self.tree, np.array([now], np.int64))
        back = self.tree.change.shift if self.tree.change else 0
        start, end = int(over.starts[0]) - back, max(int(over.ends[0]), now)
        return ((query, start, end) for query in self._metric_queries)

    def columns(self, sources: Sources, ticks: Ints) -> Iterable[GroupColumn]:
        """See ComparedMonitor."""
        points, evaluated = sources.points(self)
        make = partial(evaluate_range, evaluated or self, points, ticks)
        return sources.shared(self.windows_key, points, ticks, make) if sources.shared else make()

    @property
    def windows_key(self) -> Hashable:
        """The query without what it is compared to, and the options that windows depend on."""
        return None if self._query is None else windows_key(self._query, self.options)

    def nothing_seen(self, sources: Sources) -> str:
        """The series lack a tag that it groups by, or there are no points."""
        points, _ = sources.points(self)
        for query in self._metric_queries:
            series = points.find(query.metric)
            for key in query.by if series else ():
                if not any(tag.startswith(f"{key}:") for member in series for tag in member.tags):
                    return f"no series of {query.metric} has the tag {key}, which the query groups by"
        return f"there are no points of {', '.join(self.metrics)} in that time and scope"

    def remarks(self, sources: Sources, start: int, end: int) -> Iterator[str]:
        """That the band of an anomaly monitor is an approximation, and until when it has none for lack of history."""
        if self._query is None:
            return iter(())
        points, evaluated = sources.points(self)
        return anomaly_remarks(metric_query(evaluated) if evaluated else self._query, points, start, end)

    @classmethod
    def lacking(cls) -> str:
        """Functions and schedules that are not evaluated."""
        algorithms = [algorithm for algorithm in catalogue().values() if algorithm.family == "algorithms"]
        return f"without {', '.join(f'{algorithm.name}()' for algorithm in algorithms if algorithm.evaluated == 'no')}"

    def with_thresholds(self, levels: Mapping[str, float]) -> Self:
        """With these thresholds instead of its own; a critical one stands in the query too."""
        monitor, query = super().with_thresholds(levels), self._query
        if query is None or query.threshold is None or "critical" not in levels:
            return monitor
        return monitor.with_query(replace(query, threshold=levels["critical"]))

    def longer(self, factor: int) -> tuple[str, Definition] | None:
        """With a longer window, where it is one of whole minutes, hours or days that ends now."""
        length, unit = whole_number(self.tree.window.text.removeprefix("last_")[:-1]), self.tree.window.text[-1]
        if length is None or unit not in "mhd":
            return None
        text = f"last_{length * factor}{unit}"
        try:
            return text, self.with_query(replace(self.tree, window=monitor_window(text)))
        except SpanError:
            return None

    def with_query(self, query: MonitorQuery) -> Self:
        """With another query."""
        text = query_text(query)
        return msgspec.structs.replace(self, asked=query, query=text, document={**self.document, "query": text})


def metric_query(monitor: Definition) -> MonitorQuery:
    """The tree of a metric monitor's query. Raises QuerySyntaxError, or NotEvaluated, for another kind of monitor too."""
    if not isinstance(monitor, MetricAlert):
        raise NotEvaluated(f"monitors of the type {monitor.type}")
    return monitor.tree


def ticks_of(monitor: Definition, start: int, end: int) -> Ints:
    """When a metric monitor is evaluated in (start, end] (s UTC): each minute, or more rarely for a window of a day and more, or by its schedule."""
    metric_query(monitor)  # raises
    return monitor.ticks(start, end)


def evaluate(monitor: Definition, source: Source, now: int) -> dict[Group, WindowValue]:
    """The windows that end at `now` (less the evaluation delay), of every group that has a value in them. Raises NotEvaluated."""
    windows = {column.group: column.window(0) for column in evaluate_range(monitor, source, np.array([now], np.int64))}
    return {group: window for group, window in windows.items() if window.has_data}


def evaluate_range(monitor: Definition, source: Source, ticks: Ints) -> Iterator[GroupColumn]:
    """Every group's windows at `ticks`, the same values to the bit as `evaluate` at each; see `evaluation.window_columns`."""
    return window_columns(metric_query(monitor), monitor.options, source, ticks)


def with_query(monitor: Definition, query: MonitorQuery) -> Definition:
    """A metric monitor with another query. Raises NotEvaluated for another kind of monitor."""
    if not isinstance(monitor, MetricAlert):
        raise NotEvaluated(f"monitors of the type {monitor.type}")
    return monitor.with_query(query)


def _is_simple(query: MonitorQuery) -> bool:
    """Whether it is one metric over a window, without functions and modifiers."""
    expression = query.expression
    plain = isinstance(expression, MetricQuery) and not expression.modifiers and query.change is None
    return plain and query.threshold is not None and query.aggregator in HOW and query.window.text.startswith("last_")


def _parts(scope: Scope) -> list[str]:
    if isinstance(scope, AllOf | AnyOf):
        return [text for operand in scope.operands for text in _parts(operand)]
    return [scope_text(scope)]
