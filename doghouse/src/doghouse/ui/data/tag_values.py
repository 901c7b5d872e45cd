"""The tags that series have, for those who choose among them."""

from __future__ import annotations

from collections.abc import Iterable

from doghouse.metrics.model import Source


def of_metrics(source: Source, metrics: Iterable[str]) -> set[str]:
    """The tags of every series of these metrics."""
    return {tag for metric in metrics for series in source.find(metric) for tag in series.tags}
