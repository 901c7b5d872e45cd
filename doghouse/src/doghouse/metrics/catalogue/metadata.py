"""What is known of a metric beside its points: what people wrote about it, and which of its tags it is to be queried by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec

from doghouse.metrics.catalogue.known import units
from doghouse.metrics.door import SeriesList
from doghouse.storage.sqlite import Database
from doghouse.tags.pairs import split
from doghouse.time import iso

TABLES = """
CREATE TABLE IF NOT EXISTS metric_metadata (metric TEXT PRIMARY KEY, document BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS metric_tag_configurations (metric TEXT PRIMARY KEY, document BLOB NOT NULL) WITHOUT ROWID;
"""
METADATA = ("description", "short_name", "unit", "per_unit", "statsd_interval")
TYPES = ("gauge", "count", "rate", "distribution")
# How a metric without custom aggregations is aggregated (recorded for gauges and counts).
AGGREGATIONS = {
    "gauge": [{"space": "avg", "time": "avg"}],
    "count": [{"space": "sum", "time": "sum"}],
    "rate": [{"space": "sum", "time": "sum"}],
}
Document = dict[str, Any]
TagFilter = Callable[
    [str], Callable[[Collection[str]], bool]
]  # a boolean expression over tags → whether tags are of it


class Catalogue:
    """The metrics of a doghouse: those that have points, and those that somebody described."""

    def __init__(self, database: Database, series: SeriesList) -> None:
        self._database = database
        self._series = series
        database.connection().executescript(TABLES)

    def metadata(self, metric: str) -> Document | None:
        """What v1 says of a metric, exactly these keys; None for one that is neither stored nor described."""
        written, series = self._read("metric_metadata", metric), self._series.of_metric(metric)
        if written is None and not series:
            return None
        unit, per_unit = units(metric)
        document = {"unit": unit, "per_unit": per_unit, **(written or {})}
        submitted = series[0].type if series else None
        kind = submitted if submitted == "distribution" else document.get("type") or submitted
        return {"type": kind, **{key: document.get(key) for key in METADATA}, "integration": None}

    def describe(self, metric: str, changes: Mapping[str, Any]) -> None:
        """Change what people wrote about a metric: the keys that are given."""
        metadata = {**(self._read("metric_metadata", metric) or {}), **changes}
        self._write("metric_metadata", metric, metadata)

    def names(self, since: float | None = None) -> list[str]:
        """Metrics that have points, sorted; with `since` (s UTC) those that have one at or after it."""
        return sorted(self._series.metrics(since))

    def tags(self, metric: str) -> list[tuple[str, ...]]:
        """The effective tags of each series of a metric."""
        return [series.tags for series in self._series.find(metric)]

    def hosts(self) -> list[str]:
        """Hosts that have points, sorted."""
        return sorted(self._series.hosts())

    def configuration(self, metric: str) -> Document | None:
        """A metric's tag configuration as v2 answers it, or None."""
        return self._read("metric_tag_configurations", metric)

    def configured(self) -> dict[str, Document]:
        """Every tag configuration, by metric."""
        rows = self._database.rows("SELECT metric, document FROM metric_tag_configurations ORDER BY metric")
        return {row["metric"]: msgspec.json.decode(row["document"]) for row in rows}

    def configure(self, metric: str, sent: Mapping[str, Any], now: float) -> Document:
        """Make or change a metric's tag configuration: the keys that are sent. `now` in s, UTC."""
        before = self.configuration(metric) or {"created_at": iso.microseconds(now)}
        configuration = {**before, **sent, "modified_at": iso.microseconds(now)}
        if configuration["metric_type"] == "distribution":
            configuration.setdefault("include_percentiles", False)
        elif not configuration.get("aggregations"):
            configuration["aggregations"] = AGGREGATIONS[configuration["metric_type"]]
        self._write("metric_tag_configurations", metric, configuration)
        return configuration

    def unconfigure(self, metric: str) -> bool:
        """Drop a metric's tag configuration; whether there was one."""
        return self._database.change("DELETE FROM metric_tag_configurations WHERE metric = ?", (metric,)) > 0

    def _read(self, table: str, metric: str) -> Document | None:
        return self._database.document(Document, f"SELECT document FROM {table} WHERE metric = ?", (metric,))

    def _write(self, table: str, metric: str, document: Document) -> None:
        query = f"INSERT OR REPLACE INTO {table} (metric, document) VALUES (?, ?)"
        self._database.change(query, (metric, msgspec.json.encode(document)))


def queryable(tags: Sequence[str], configuration: Document | None) -> tuple[list[str], list[str]]:
    """Tags as those that can be queried, and those that are only ingested, under a tag configuration (docs: metrics-without-limits)."""
    if configuration is None:
        return list(tags), []
    keys, excluding = set(configuration["tags"]), configuration.get("exclude_tags_mode", False)
    queryable_tags = [tag for tag in tags if (split(tag)[0] in keys) != excluding]
    return queryable_tags, [tag for tag in tags if tag not in queryable_tags]
