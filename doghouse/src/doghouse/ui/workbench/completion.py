"""What could be typed next in a monitor's query: its head and window, then what any query of metrics can say."""

from __future__ import annotations

import re
from collections.abc import Iterable

from doghouse.monitors.kinds.registry import kind_of
from doghouse.queries.language import completion
from doghouse.queries.language.completion import Completion, Suggestion, Tags, chosen
from doghouse.queries.language.names import TIME_AGGREGATORS

# Those that Datadog's own form offers; a query may name others.
WINDOWS = (
    "last_1m", "last_5m", "last_10m", "last_15m", "last_30m", "last_1h", "last_2h", "last_4h", "last_1d",
    "current_1h", "current_1d", "current_1mo",
)  # fmt: skip
_HEAD = re.compile(r"^\s*(\w*)$")
_WINDOW = re.compile(r"^\s*+(?:(?:pct_)?change\()?\s*+\w++\(\s*+(\w*)$")


def complete(kind: str, text: str, cursor: int, metrics: Iterable[str], tags: Tags) -> Completion:
    """Suggestions for the query of a monitor of a type in which the cursor stands at an offset; for types that look at no metrics an example alone."""
    before, example = text[:cursor], kind_of(kind).example
    begun = _HEAD.search(before)
    offered = [Suggestion(example, "example")] if example and begun and not text[cursor:].strip() else []
    if not kind_of(kind).reads_metrics:
        return chosen(before, begun[1] if begun else "", offered)
    if begun:
        heads = [Suggestion(f"{name}(last_5m):", "aggregator", "over the window") for name in TIME_AGGREGATORS[:4]]
        return chosen(before, begun[1], [*heads, *offered])
    if window := _WINDOW.search(before):
        return chosen(before, window[1], [Suggestion(name, "word") for name in WINDOWS])
    return completion.complete(text, cursor, metrics, tags)
