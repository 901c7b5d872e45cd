"""A frame as the series of an answer, each with its name, expression, scope and tags."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from doghouse.queries.evaluation.frames import Frame, Group
from doghouse.queries.language import tree
from doghouse.queries.language.inspection import metric_queries
from doghouse.queries.language.printing import expression_text, query_text, scope_text
from doghouse.queries.language.tree import Expression, MetricQuery
from doghouse.queries.model import ResultSeries

SCOPE = "\0"  # where a query's scope goes in a text: no query holds it


def result_series(expression: Expression, frame: Frame) -> list[ResultSeries]:
    """One series a group, ordered by scope (GUESS; a ranking function's order stays). A group without any point has none.

    GUESS: what arithmetic gives is named by its text without scopes, has the scope of the query with the most keys, and an aggregator if all have the same.
    """
    queries = metric_queries(expression)
    # plain text where the leaf is a query of no metric
    metric = str(expression_text(expression, lambda query: query.metric))
    aggregators = {query.aggregator for query in queries}
    aggregator = aggregators.pop() if len(aggregators) == 1 else None
    widest = _widest(queries)
    pieces = expression_text(expression, lambda query: query_text(query, SCOPE)).split(SCOPE)
    listed = []
    for row, group in enumerate(frame.groups):
        shown = frame.points[row]
        if not shown.any():
            continue
        listed.append(
            ResultSeries(
                metric=metric,
                expression=_for_group(pieces, queries, group),
                scope=query_scope(widest, group),
                group=group,
                tag_set=tuple(sorted(f"{key}:{value}" for key, value in group)),
                aggregator=aggregator,
                interval=frame.interval,
                ts=frame.ts[shown],
                values=frame.values[row][shown],
                bounds=None if frame.bounds is None else (frame.bounds[0][row][shown], frame.bounds[1][row][shown]),
                approximate=frame.approximate,
                counts=frame.counts,
            )
        )
    return listed if frame.ranked else sorted(listed, key=lambda series: series.scope)


def _for_group(pieces: Sequence[str], queries: Sequence[MetricQuery], group: Group) -> str:
    """The expression's text with each query's scope for the group; it is written once, as an answer may have thousands of groups."""
    scopes = (query_scope(query, group) for query in queries)
    return "".join(part for pair in zip_longest(pieces, scopes, fillvalue="") for part in pair)


def _widest(queries: tuple[MetricQuery, ...]) -> MetricQuery:
    """The query whose groups the answer has: the first with the most keys."""
    return max(queries, key=lambda query: len(query.by))


def query_scope(query: MetricQuery, group: Group) -> str:
    """A query's filter and its part of the group's tags: sorted by key and joined by commas where the filter is a plain list, else in its own words."""
    tags = [f"{key}:{value}" for key, value in group if key in query.by]
    parts = _plain_parts(query.scope)
    if parts is not None:
        return ",".join(sorted({*parts, *tags})) or "*"
    own = scope_text(query.scope)
    return " AND ".join([f"({own})" if tags and isinstance(query.scope, tree.AnyOf) else own, *sorted(tags)])


def _plain_parts(scope: tree.Scope) -> list[str] | None:
    """The tags of a scope that is a list of them (some excluded, perhaps), else None."""
    match scope:
        case tree.Everything():
            return []
        case tree.Tag() | tree.Not(tree.Tag()) | tree.Variable():
            return [scope_text(scope)]
        case tree.AllOf(operands):
            parts = [_plain_parts(operand) for operand in operands]
            return None if any(part is None for part in parts) else [tag for part in parts for tag in part or []]
        case _:
            return None
