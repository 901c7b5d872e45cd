"""The tags that series have, for those who choose among them."""

from __future__ import annotations

from collections.abc import Iterable

from doghouse.metrics.model import Source

NO_KEY = ""


def of_metrics(source: Source, metrics: Iterable[str]) -> set[str]:
    """The tags of every series of these metrics."""
    return {tag for metric in metrics for series in source.find(metric) for tag in series.tags}


def by_key(tags: Iterable[str]) -> dict[str, list[str]]:
    """Tags as keys and their values, both sorted; those without a key stand under the empty one."""
    found: dict[str, set[str]] = {}
    for tag in tags:
        key, colon, value = tag.partition(":")
        found.setdefault(key if colon else NO_KEY, set()).add(value if colon else key)
    return {key: sorted(values) for key, values in sorted(found.items())}
