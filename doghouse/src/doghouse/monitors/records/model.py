"""What a monitor over records asks, as values: queries of records or of points by their names, and a formula over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from msgspec import Struct

from doghouse.monitors.query import fills_missing
from doghouse.queries import Expression, MonitorQuery, QuerySyntaxError
from doghouse.queries.language.tree import Comparator, TimeWindow
from doghouse.search.aggregation import AGGREGATIONS, Aggregation
from doghouse.search.tree import Node


@dataclass(frozen=True, slots=True)
class Compute:
    """`count`, or an aggregation of a measure: `cardinality` of `@usr.id`. `interval` is the length of its buckets (s), where something looks along time."""

    name: str
    measure: str | None = None
    interval: int | None = field(default=None, compare=False)

    @property
    def aggregation(self) -> Aggregation:
        """What works it out."""
        return AGGREGATIONS[self.name]


class Facet(Struct, frozen=True):
    """A field that is grouped by: `service`, `@http.region`. `limit` values are kept, the first by `sort` (None: the query's own compute)."""

    key: str
    limit: int
    order: Literal["asc", "desc"] = "desc"
    sort: Compute | None = None


class RecordQuery(Struct, frozen=True):
    """Records of a data source (`logs`, `events`, `spans`) that match a search, aggregated by group. `text` is the search as it was written."""

    source: str
    text: str
    search: Node
    indexes: tuple[str, ...]
    compute: Compute
    by: tuple[Facet, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The fields that it groups by."""
        return tuple(facet.key for facet in self.by)

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that it reads of a record, each once."""
        computes = (self.compute, *(facet.sort for facet in self.by if facet.sort is not None))
        measures = (compute.measure for compute in computes if compute.measure is not None)
        return tuple(dict.fromkeys((*self.keys, *measures)))


class FormulaQuery(Struct, frozen=True):
    """A monitor's whole query: `formula` over the names of `queries`, of the window that ends at a tick, compared with a threshold.

    A monitor of one query is the formula that is its name. A query of points is a metric monitor's, of the same window.
    `over_time` reduces what functions give that look along time.
    """

    queries: Mapping[str, RecordQuery | MonitorQuery]
    formula: Expression
    window: TimeWindow
    comparator: Comparator
    threshold: float
    over_time: str = "avg"

    @property
    def record_queries(self) -> tuple[RecordQuery, ...]:
        """Those of records, as they are listed."""
        return tuple(query for query in self.queries.values() if isinstance(query, RecordQuery))

    @property
    def fills(self) -> bool:
        """Whether missing data is always evaluated as 0 (`query.fills_missing`)."""
        return any(
            fills_missing(expression)
            for expression in (self.formula, *(query.expression for query in self.point_queries))
        )

    @property
    def point_queries(self) -> tuple[MonitorQuery, ...]:
        """Those of points, as they are listed."""
        return tuple(query for query in self.queries.values() if isinstance(query, MonitorQuery))


class VariableError(QuerySyntaxError):
    """What is wrong with one of `options.variables`; `field` is its place."""

    def __init__(self, field: str, text: str, position: int, problem: str) -> None:
        super().__init__(text, position, problem)
        self.field = field
