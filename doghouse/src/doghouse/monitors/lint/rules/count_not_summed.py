"""Counts that are reduced over time by something else than their sum."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.queries import anomaly_settings, function_names

RULE = rule("count-not-summed", "as_count() is reduced over time by something else than sum", "warning", order=240)


@RULE
def count_not_summed(_: Definition, context: Context) -> Iterator[Problem]:
    """`avg(last_5m):sum:m{*}.as_count() > 1` and the like, which Datadog's page does not offer."""
    query = context.query
    if query is None or anomaly_settings(query.expression):  # whose aggregator is that of the notification's graph
        return
    if query.aggregator != "sum" and "as_count" in function_names(query.expression):
        text = f"as_count() with {query.aggregator} over time; Datadog's page allows only sum"
        yield RULE.problem("query", text)
