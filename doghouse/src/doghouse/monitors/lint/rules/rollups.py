"""Buckets that do not fit the window (docs: dashboards/functions/rollup, rollups in monitors)."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Mend, Problem, finds, rule
from doghouse.queries import MetricQuery, anomaly_settings, metric_queries
from doghouse.queries.language.rollups import rollup_setting
from doghouse.queries.language.tree import flattened
from doghouse.time.lengths import MINUTE

LONGER = rule("rollup-longer-than-window", "A rollup is longer than the window", "warning", order=251, partly=True)
PARTIAL = rule("rollup-last-bucket", "The last bucket of a rollup is not whole, and falls below the threshold", "warning", order=252)  # fmt: skip
ADDING = ("sum", "count")  # of a part of the time they are a part of the whole


@finds(LONGER, PARTIAL)
def rollups(monitor: Definition, context: Context) -> Iterator[Problem]:
    """A bucket that the window cannot hold; one that adds up and is compared from below while it fills."""
    query = context.query
    if query is None or anomaly_settings(query.expression):
        return
    settings = [_rollup(metric_query) for metric_query in metric_queries(flattened(query.expression))]
    buckets = [setting for setting in settings if setting is not None]
    window, delay = query.window.seconds, monitor.options.evaluation_delay or 0
    longest = max((interval for _, interval in buckets), default=0)
    if longest > window:
        text = f"a bucket of {longest} s does not fit into the window of {window} s: it is looked at by its beginning alone"
        yield LONGER.problem("query", text)
        return
    added = max((interval for method, interval in buckets if method in ADDING), default=0)
    from_below = query.comparator in ("<", "<=") and query.aggregator in ("min", "avg")
    if added > MINUTE and from_below and delay < added:
        text = (
            f"the last bucket of {added} s is still filling when it is looked at, and its {_method(buckets, added)} is below the "
            "threshold by chance: delay the evaluation by a bucket"
        )
        yield PARTIAL.problem("query", text, mend=Mend("options.evaluation_delay", str(added)))


def _rollup(query: MetricQuery) -> tuple[str, int] | None:
    """The method and the seconds that a query's last `.rollup()` names."""
    for modifier in reversed(query.modifiers):
        if modifier.name == "rollup":
            setting = rollup_setting(modifier)
            return (setting.method or "avg", setting.interval) if setting.interval else None
    return None


def _method(buckets: list[tuple[str, int]], interval: int) -> str:
    return next(method for method, seconds in buckets if seconds == interval and method in ADDING)
