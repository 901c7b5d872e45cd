"""Counts that are reduced over time by something else than their sum."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.kinds.metric import ALGORITHMS
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Mend, Problem, rule
from doghouse.queries import function_names

RULE = rule(
    "count-not-summed", "as_count() is reduced over time by something else than sum", "warning", order=240, partly=True
)


@RULE
def count_not_summed(monitor: Definition, context: Context) -> Iterator[Problem]:
    """`avg(last_5m):sum:m{*}.as_count() > 1` and the like, which Datadog's page does not offer."""
    query = context.query
    # of these, what is added up over time is not the count, but what they make of it
    if query is None or any(name in ALGORITHMS for name in function_names(query.expression)):
        return
    if query.aggregator != "sum" and "as_count" in function_names(query.expression):
        text = f"as_count() with {query.aggregator} over time; Datadog's page allows only sum"
        window = query.window.text
        mend = Mend("query", f"sum({window})", f"{query.aggregator}({window})")
        yield RULE.problem("query", text, mend=mend if mend.old in monitor.query else None)
