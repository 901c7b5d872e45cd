"""A trace as a flame graph: each span a bar under its parent, those that run beside each other on rows of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from doghouse.traces.model import Span

HIDDEN = ("_dd.", "_sampling", "_top_level")  # a tracer's own notes


def picture(spans: Sequence[Span]) -> list[dict[str, Any]]:
    """The spans (by start, a parent before its children) as JSON for js/pages/trace.mjs. `start` and `duration` are ms after the first span's start."""
    if not spans:
        return []
    first = min(span.start for span in spans)
    rows = placed(spans)
    return [
        {
            "id": str(span.span_id),
            "parent": str(span.parent_id or ""),
            "name": span.name,
            "service": span.service or "",
            "resource": span.resource or "",
            "type": span.type or "",
            "start": (span.start - first) / 1e6,
            "duration": span.duration / 1e6,
            "error": bool(span.error),
            "row": rows[span.span_id],
            "tags": tags(span),
        }
        for span in spans
    ]


def placed(spans: Sequence[Span]) -> dict[int, int]:
    """The row of each span: below its parent's, and where no other bar of that row is in its way."""
    rows: dict[int, int] = {}
    ends: list[int] = []  # of each row: where its last bar ends
    for span in spans:
        row = rows.get(span.parent_id or 0, -1) + 1
        while row < len(ends) and ends[row] > span.start:
            row += 1
        ends += [0] * (row + 1 - len(ends))
        ends[row] = span.end
        rows[span.span_id] = row
    return rows


def tags(span: Span) -> dict[str, str]:
    """What a span carries, sorted, without the tracer's own notes."""
    every = {**(span.meta or {}), **{key: f"{value:g}" for key, value in (span.metrics or {}).items()}}
    return {key: value for key, value in sorted(every.items()) if not key.startswith(HIDDEN)}
