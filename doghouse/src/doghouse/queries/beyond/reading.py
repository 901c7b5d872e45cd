"""Queries of logs, events, spans and SLOs as leaves of expressions: the query itself stands where a metric's name does."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from doghouse.queries.language.tree import MetricQuery, Modifier, Number, Word
from doghouse.queries.units import Pair, Units, catalogue
from doghouse.web import errors

RECORDS = ("logs", "events", "spans")
SLO = "slo"
SOURCES = (*RECORDS, SLO)  # beside metrics
ADDED_UP = ("count", "cardinality", "sum")  # what is 0 to arithmetic where there is no record
MOST_GROUPS = 10_000  # of a facet (schema: EventsGroupBy)
MEASURES = (
    "good_events", "bad_events", "good_minutes", "bad_minutes",
    "slo_status", "error_budget_remaining", "error_budget_burndown", "burn_rate",
)  # fmt: skip
COUNTED = MEASURES[:4]
IN_PERCENT = MEASURES[4:7]  # recorded of slo_status; GUESS: of the others


class SearchBody(msgspec.Struct, frozen=True):
    """`search`: which records."""

    query: str = "*"


class ComputeBody(msgspec.Struct, frozen=True):
    """`compute`: what they come to; `interval` is in ms."""

    aggregation: str = "count"
    metric: str | None = None
    interval: Annotated[int, msgspec.Meta(gt=0)] | None = None


class SortBody(msgspec.Struct, frozen=True):
    """`sort` of a facet: which groups are kept. GUESS: without one those with the most of what is computed."""

    aggregation: str | None = None
    metric: str | None = None
    order: Literal["asc", "desc"] = "desc"


class GroupBody(msgspec.Struct, frozen=True):
    """A facet of `group_by`. GUESS: ten groups, as of the aggregate API, where no limit is said."""

    facet: str
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_GROUPS)] = 10
    sort: SortBody = SortBody()


class QueryBody(msgspec.Struct, frozen=True):
    """One query of a request. What it is made of depends on `data_source`; `query` is the text of a query of metrics."""

    data_source: str
    query: str | None = None
    name: str | None = None
    aggregator: str = "avg"
    search: SearchBody = SearchBody()
    compute: ComputeBody = ComputeBody()
    group_by: list[GroupBody] = []
    slo_id: str = ""
    measure: str = ""
    group_mode: Literal["overall", "components"] = "overall"


class Asks(str):
    """A query's text in the place of a metric's name, with what it asks. Two of one text ask the same."""

    __slots__ = ("body",)
    body: QueryBody

    def __new__(cls, body: QueryBody) -> Asks:
        """The name of a query."""
        instance = super().__new__(cls, text(body))
        instance.body = body
        return instance


def with_measures(units: Units) -> Units:
    """Units of metrics, and of an SLO's measures."""

    def unit(metric: str) -> Pair | None:
        if isinstance(metric, Asks) and metric.body.data_source == SLO:
            return [catalogue()["percent"], None] if metric.body.measure in IN_PERCENT else None
        return units(metric)

    return unit


def text(body: QueryBody) -> str:
    """A query as a person would write it: `logs("service:web").rollup("avg", "@duration").by("host").top(10)`."""
    if body.data_source == SLO:
        return f'slo("{body.slo_id}").{body.measure}()'
    compute = ", ".join(f'"{part}"' for part in (body.compute.aggregation, body.compute.metric) if part)
    by = ",".join(group.facet for group in body.group_by)
    tops = ", ".join(_top(group, body.compute) for group in body.group_by)
    return f'{body.data_source}("{body.search.query}").rollup({compute})' + (f'.by("{by}").top({tops})' if by else "")


def _top(facet: GroupBody, compute: ComputeBody) -> str:
    """Which groups of a facet are kept: `10`, `5 asc`, `3 by max @duration`."""
    sort = facet.sort
    other = sort.aggregation and (sort.aggregation, sort.metric) != (compute.aggregation, compute.metric)
    by = f" by {sort.aggregation} {sort.metric or ''}".rstrip() if other else ""
    return f"{facet.limit}{' asc' if sort.order == 'asc' else ''}{by}"


def expression(body: QueryBody) -> MetricQuery:
    """A query as a leaf. What is added up is 0 to arithmetic where nothing is, all else has no value there. Raises ApiError 400 or 501."""
    of_slo = body.data_source == SLO
    counted = _objective(body) if of_slo else _records(body)
    by = () if of_slo else tuple(group.facet for group in body.group_by)
    modifiers = [Modifier("as_count") if counted else Modifier("fill", (Word("null"),))]
    if body.compute.interval is not None:
        modifiers.append(Modifier("rollup", (Word("sum"), Number(float(max(1, body.compute.interval // 1000))))))
    return MetricQuery("sum" if counted else "avg", Asks(body), by=by, modifiers=tuple(modifiers))


def _objective(body: QueryBody) -> bool:
    """Whether the measure counts something."""
    if body.measure not in MEASURES:
        raise errors.invalid_parameter("measure", body.measure, MEASURES)
    if body.group_mode != "overall":
        raise errors.not_evaluated("SLO queries by component")
    return body.measure in COUNTED


def _records(body: QueryBody) -> bool:
    from doghouse.search.aggregation import AGGREGATIONS

    sorts = [(group.sort.aggregation, group.sort.metric) for group in body.group_by if group.sort.aggregation]
    for name, metric in [(body.compute.aggregation, body.compute.metric), *sorts]:
        if name not in AGGREGATIONS:
            raise errors.invalid_parameter("aggregation", str(name), tuple(AGGREGATIONS))
        if AGGREGATIONS[name].reads != "nothing" and not metric:
            raise errors.invalid_body(f"compute: the aggregation {name} needs a metric, such as @duration")
    return body.compute.aggregation in ADDED_UP
