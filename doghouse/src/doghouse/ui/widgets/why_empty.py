"""Why a graph is empty: no such metric, no series in the scope, or no points in this range, and when there was one last."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from doghouse.metrics.model import Series, Source
from doghouse.queries import Expression, MetricQuery, metric_queries, scope_text
from doghouse.queries.beyond.reading import Asks
from doghouse.queries.language.tree import Everything, Number
from doghouse.queries.scopes import select
from doghouse.ui.frame import Frame, ago, short_duration

LOOK_BACK_S = (3600, 86400, 7 * 86400, 90 * 86400)  # how far back a last point is looked for, step by step
MOST_SERIES = 2000


def why_empty(expression: Expression, source: Source, frame: Frame, now: float = 0.0) -> str:
    """One sentence for an expression that gave nothing over the frame. Metrics stand between backticks. `now` (s UTC) tells a range that has not begun."""
    if 0 < now <= frame.start:
        return f"{frame.words} has not begun yet"
    sentences = [_why(query, source, frame) for query in metric_queries(expression)]
    return next((sentence for sentence in sentences if sentence), None) or f"no values in {frame.words}"


def _why(query: MetricQuery, source: Source, frame: Frame) -> str | None:
    """Why this query gives nothing; None where it has points, so that something else of the expression is the reason."""
    if isinstance(query.metric, Asks):
        return f"nothing in {frame.words} for `{query.metric}`"
    known = source.find(query.metric)
    if not known:
        return f"no metric `{query.metric}` was ever received"
    scope = "" if isinstance(query.scope, Everything) else f" with {scope_text(query.scope)}"
    inside = select(query.scope, known)
    if not inside:
        return f"no series of `{query.metric}`{scope}"
    if len(source.read(_ids(inside), frame.start, frame.end)):
        return _no_bucket(query, frame)
    last = last_seen(inside, source, frame.end)
    seen = f"last seen {ago(frame.end - 1 - last)}" if last is not None else "no earlier points either"
    return f"no points of `{query.metric}`{scope} in {frame.words}; {seen}"


def _no_bucket(query: MetricQuery, frame: Frame) -> str | None:
    """A bucket is shown in the range that it begins in: one that is longer than the range may begin before it."""
    rollups = [modifier.arguments for modifier in query.modifiers if modifier.name == "rollup"]
    numbers = [argument.value for arguments in rollups for argument in arguments if isinstance(argument, Number)]
    if not numbers or numbers[0] < frame.span:
        return None
    return f"no {short_duration(int(numbers[0]))} bucket of `{query.metric}` begins in {frame.words}"


def last_seen(series: Sequence[Series], source: Source, before: int) -> int | None:
    """When any of these series had its last point before a time (s UTC), as far as is looked."""
    ids = _ids(series)
    for span in LOOK_BACK_S:
        points = source.read(ids, before - span, before)
        if len(points):
            return int(np.max(points.ts))
    return None


def _ids(series: Sequence[Series]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([member.id for member in series[:MOST_SERIES]], np.int64)
