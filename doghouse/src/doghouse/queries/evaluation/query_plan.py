"""What a metric query's modifiers ask for, once they are read together: buckets, methods, interpolation."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from doghouse.metrics.model import MetricType, Series, TimeAggregator
from doghouse.queries.evaluation.calendars import CalendarBuckets
from doghouse.queries.evaluation.frames import NO_FILL, Fill
from doghouse.queries.evaluation.interpolation import LIMIT_S
from doghouse.queries.language import tree
from doghouse.queries.language.rollups import RollupSetting, custom_interval, rollup_setting
from doghouse.queries.options import Options

Unit = Literal["raw", "count", "rate"]


class Plan(Struct, frozen=True):
    """How a metric query is to be read. `interval` is the buckets' length (s), or `calendar` says it; `unit` is what as_count or as_rate makes of it."""

    interval: int
    calendar: CalendarBuckets | None
    method: TimeAggregator | None
    unit: Unit
    fill: Fill | None
    weighted: bool


def plan(query: tree.MetricQuery, interval: int, span: int, max_points: int | None) -> Plan:
    """The plan of a query whose default bucket is `interval` seconds in a window of `span`. The last of several equal modifiers counts."""
    modifiers = {modifier.name: modifier for modifier in query.modifiers}
    setting = rollup_setting(modifiers["rollup"]) if "rollup" in modifiers else RollupSetting(None, None)
    calendar = CalendarBuckets(setting.calendar) if setting.calendar else None
    if calendar:
        interval = calendar.interval
    elif setting.interval is not None:
        interval = custom_interval(setting.interval, span, max_points)
    units = [modifier.name for modifier in query.modifiers if modifier.name in ("as_count", "as_rate")]
    unit: Unit = "raw" if not units else "count" if units[-1] == "as_count" else "rate"
    fill = _fill(modifiers["fill"]) if "fill" in modifiers else None
    return Plan(interval, calendar, setting.method, unit, fill, "weighted" in modifiers)


def _fill(modifier: tree.Modifier) -> Fill:
    """`.fill(last, 600)`.

    GUESS: a limit above 600, the documentation's largest, is taken as it is: one of its pages uses 900.
    GUESS: `.fill(60)`, seen in dashboards without a method, is the linear default with a limit of 60 s.
    """
    first, *tail = modifier.arguments
    limit = int(tail[0].value) if tail and isinstance(tail[0], tree.Number) else LIMIT_S
    if isinstance(first, tree.Number):
        return Fill("zero", limit, True) if first.value == 0 else Fill("linear", int(first.value), True)
    return Fill(first.value, limit, True)


def fill_for(query_plan: Plan, types: set[MetricType], options: Options) -> Fill:
    """The interpolation of a query over series of these types.

    as_count and as_rate disable it for all but gauges. GUESS: where the query says nothing, counts and rates are not interpolated; two pages disagree.
    GUESS: nor are distributions, whose sources are merged before there is anything to align, nor what `.weighted()` scales.
    """
    if query_plan.unit != "raw" and not types <= {"gauge"}:
        return NO_FILL
    if query_plan.fill is not None:
        return query_plan.fill
    if query_plan.weighted or (not options.interpolate_counts and not types <= {"gauge"}):
        return NO_FILL
    return Fill("linear", LIMIT_S)


class Reading(Struct, frozen=True):
    """How series of one type are read: the time aggregator, and whether each value is multiplied by its series' interval or divided by the bucket's length."""

    method: TimeAggregator
    times_interval: bool = False
    per_second: bool = False


def reading_for(query_plan: Plan, series: Series) -> Reading:
    """The reading of a series by its type (metrics/custom_metrics/type_modifiers; E8: avg where nothing is said, for counts and rates too).

    as_rate of a rate that was sent without its interval is its average (the same page, May 2026).
    GUESS: a method given in `.rollup` replaces the modifier's sum.
    """
    metric_type = series.type
    if query_plan.weighted:
        return Reading("sum", times_interval=True, per_second=True)
    method = query_plan.method or "avg"
    if query_plan.unit == "raw" or metric_type not in ("count", "rate"):
        return Reading(method)
    method = query_plan.method or "sum"
    if query_plan.unit == "count":
        return Reading(method, times_interval=metric_type == "rate")
    if method != "sum":
        return Reading(method, per_second=metric_type == "count")
    if metric_type == "rate" and series.interval <= 0:
        return Reading("avg")
    return Reading(method, times_interval=metric_type == "rate", per_second=True)
