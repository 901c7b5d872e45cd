"""The metric summary: every metric with its type and unit, and of one of them its tags and who sends it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from msgspec import Struct

from doghouse.metrics.catalogue.metadata import Catalogue
from doghouse.metrics.door import MetricStore
from doghouse.metrics.model import Series
from doghouse.tags.pairs import by_key
from doghouse.ui import rendering
from doghouse.ui.errors import no_such_page
from doghouse.web.http import Call, Reply

MOST_LISTED = 1000  # metrics of one page
MOST_VALUES = 20  # of a tag, and hosts; the rest is counted


class Summary(Struct, frozen=True):
    """The page over the points and what is known of metrics besides."""

    points: MetricStore
    catalogue: Catalogue

    def show(self, call: Call) -> Reply:
        """`GET /metric/summary?metric=…`. Raises ApiError 404 where no such metric was received."""
        known = self.points.metrics()
        name = call.query.get("metric", "")
        if name and name not in known:
            raise no_such_page(f"for metric {name}: no point of it was ever received")
        rows = [self.row(metric) for metric in known[:MOST_LISTED]]
        chosen = self.row(name) | self.detail(name) if name else None
        return rendering.render("metric_summary.html", call, rows=rows, total=len(known), chosen=chosen)

    def row(self, metric: str) -> dict[str, Any]:
        """A metric as the list has it."""
        series, metadata = self.points.find(metric), self.catalogue.metadata(metric) or {}
        unit, per = metadata.get("unit"), metadata.get("per_unit")
        return {
            "metric": metric,
            "type": metadata.get("type") or "",
            "unit": f"{unit or ''}/{per}" if per else unit or "",
            "description": metadata.get("description") or "",
            "hosts": len({timeseries.host for timeseries in series if timeseries.host}),
            "tags": len(
                {key for key in by_key(tag for timeseries in series for tag in timeseries.tags) if key != "host"}
            ),
            "series": len(series),
        }

    def detail(self, metric: str) -> dict[str, Any]:
        """What the page has of one metric besides: its hosts and its tags, those with the most series first."""
        series = self.points.find(metric)
        hosts = Counter(timeseries.host for timeseries in series if timeseries.host)
        values = by_key(tag for timeseries in series for tag in timeseries.tags)
        return {
            "senders": hosts.most_common(MOST_VALUES),
            "sources": sorted({source for timeseries in series for source in _sources(timeseries)}),
            "values": [
                (key, len(texts), texts[:MOST_VALUES]) for key, texts in sorted(values.items()) if key != "host"
            ],
            "most": MOST_VALUES,
        }


def _sources(series: Series) -> list[str]:
    """The integrations and services that a series names in its tags."""
    keys = by_key(series.tags)
    return [f"{key}:{value}" for key in ("integration", "service", "source") for value in keys.get(key, ())]
