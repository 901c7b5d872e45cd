"""Queries that people have published: each parses, and is evaluated or refused by the name of what is missing."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from query_points import T0

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Series
from doghouse.queries import (
    NotEvaluated,
    Window,
    evaluate,
    expression_text,
    group_keys,
    metric_queries,
    parse,
    parse_monitor,
)
from doghouse.queries.language import tree
from doghouse.queries.language.tree import Expression, Scope

LINES = Path(__file__).with_name("public_queries.txt").read_text().splitlines()
PUBLISHED = [line for line in LINES if line and not line.startswith("#")]
REFUSED = {
    r"\bpiecewise_constant\(": "piecewise_constant()",
    r"\boutliers\(": "outliers()",
    r"\bforecast\(": "forecast()",
    r"^p95:": "the space aggregator p95 over a metric that is no distribution",
    r"^count:": "the space aggregator count over a metric that is no distribution",
    r"^count\(": "over a metric that is no distribution",
    r"^histogram:": "the space aggregator histogram over a metric that is no distribution",
}


def expressions(text: str) -> tuple[Expression, ...]:
    monitor = re.match(r"\w+\((\w+\()?(last|next|current)_", text)
    return (parse_monitor(text).expression,) if monitor else parse(text)


def tags_of(scope: Scope) -> set[str]:
    """Tags that the scope takes."""
    match scope:
        case tree.Tag(key, value) if "$" not in f"{key}{value}":
            return {f"{key}:{value}".replace("*", "x").lstrip(":")}
        case tree.Among(key, (first, *_)):
            return {f"{key}:{first}"}
        case tree.AllOf(operands) | tree.AnyOf(operands):
            return {tag for one in operands for tag in tags_of(one)}
        case _:
            return set()


def anything(expression: Expression) -> MemorySource:
    """Two hosts with an hour of points of every metric in it, which its scopes take."""
    queries = metric_queries(expression)
    tags = {tag for one in queries for tag in tags_of(one.scope)} | {f"{key}:one" for key in group_keys(expression)}
    named = [(metric, host) for metric in sorted({one.metric for one in queries}) for host in "ab"]
    series = [Series(n, metric, "gauge", 60, host, tuple(sorted(tags))) for n, (metric, host) in enumerate(named)]
    ids = np.repeat(np.arange(len(series)), 60)
    ts = np.tile(T0 + 60 * np.arange(60), len(series))
    return MemorySource(series, Columns(ids, ts, (ts // 60 % 7 + ids).astype(np.float64)))


@pytest.mark.parametrize("text", PUBLISHED)
def test_a_published_query_is_evaluated_or_refused_by_name(text: str) -> None:
    refused = next((said for pattern, said in REFUSED.items() if re.search(pattern, text)), None)
    for expression in expressions(text):
        assert expressions(expression_text(expression)) == (expression,)
        source, window = anything(expression), Window(T0, T0 + 3600)
        if refused is None:
            assert isinstance(evaluate(expression, source, window), list)
        else:
            with pytest.raises(NotEvaluated, match=re.escape(refused)):
                evaluate(expression, source, window)
