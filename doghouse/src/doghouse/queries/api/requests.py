"""What requests ask for: parameters and bodies as typed values, questioned once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import parse_qsl

import msgspec

from doghouse.numbers import decimal
from doghouse.queries.api.errors import (
    duplicate_query_name,
    from_not_before_to,
    query_unreadable,
    unknown_query_name,
    wrong_request_type,
)
from doghouse.queries.beyond.reading import SOURCES, QueryBody
from doghouse.queries.beyond.reading import expression as beyond
from doghouse.queries.errors import QuerySyntaxError
from doghouse.queries.evaluation.scalars import REDUCERS
from doghouse.queries.language.formulas import Formula, FormulaRequest, Limit, NamedQuery
from doghouse.queries.language.inspection import variables
from doghouse.queries.language.parser import parse, parse_formula
from doghouse.queries.language.tree import Expression, Variable
from doghouse.queries.model import LATEST_S
from doghouse.web import errors
from doghouse.web.http import Call

Milliseconds = Annotated[int, msgspec.Meta(gt=-1000 * LATEST_S, lt=1000 * LATEST_S)]


class V1Query(msgspec.Struct, frozen=True):
    """`/api/v1/query`: a range in seconds and the query."""

    start: int
    end: int
    query: str


class FormulaLimit(msgspec.Struct, frozen=True):
    """Of a scalar formula: how many rows, by which order."""

    count: Annotated[int, msgspec.Meta(ge=1)] = 500
    order: Literal["asc", "desc"] = "desc"


class FormulaBody(msgspec.Struct, frozen=True):
    """A formula over the names of queries."""

    formula: str
    limit: FormulaLimit | None = None


class Attributes(msgspec.Struct, frozen=True):
    """A v2 request's range, interval (ms), queries and formulas."""

    start: Milliseconds = msgspec.field(name="from")
    end: Milliseconds = msgspec.field(name="to")
    queries: list[QueryBody]
    formulas: list[FormulaBody] = []
    interval: int | None = None


class Data(msgspec.Struct, frozen=True):
    """JSON:API's envelope."""

    type: str
    attributes: Attributes


class V2Request(msgspec.Struct, frozen=True):
    """The body of `/api/v2/query/timeseries` and `/scalar`."""

    data: Data


def v1_query(call: Call) -> V1Query:
    """The parameters, from the address or from a POST's body (a form or JSON). Raises ApiError 400."""
    parameters: Mapping[str, str] = dict(call.query)
    if call.body:
        parameters = {**parameters, **_body_parameters(call)}
    start, end = _seconds(parameters, "from"), _seconds(parameters, "to")
    if start >= end:
        raise from_not_before_to()
    return V1Query(start, end, _needed(parameters, "query"))


def _body_parameters(call: Call) -> dict[str, str]:
    if "json" in call.headers.get("content-type", ""):
        return {key: str(value) for key, value in call.object().items()}
    return dict(parse_qsl(call.body.decode(errors="replace"), keep_blank_values=True))


def _needed(parameters: Mapping[str, str], name: str) -> str:
    if not parameters.get(name):
        raise errors.missing_parameter(name)
    return parameters[name]


def _seconds(parameters: Mapping[str, str], name: str) -> int:
    text = _needed(parameters, name)
    try:
        seconds = decimal(text)
    except ValueError:
        seconds = float("nan")
    if not abs(seconds) < LATEST_S:
        raise errors.invalid_query_parameter(name, text, "seconds since 1970 UTC")
    return int(seconds)


def v2_request(call: Call, kind: Literal["timeseries", "scalar"]) -> Attributes:
    """The attributes of a v2 request. Raises ApiError 400."""
    data = call.json(V2Request).data
    if data.type != f"{kind}_request":
        raise wrong_request_type(f"{kind}_request")
    if data.attributes.start >= data.attributes.end:
        raise from_not_before_to()
    if not data.attributes.queries:
        raise errors.missing_parameter("queries")
    return data.attributes


def formula_request(asked: Attributes) -> FormulaRequest:
    """The queries and formulas of a v2 request; where it has no formula, each query is one. Raises ApiError 400 or 501."""
    queries = _named_queries(asked)
    formulas = tuple(_formula(body, queries) for body in asked.formulas)
    return FormulaRequest(queries, formulas or tuple(Formula(name, Variable(name)) for name in queries))


def _named_queries(asked: Attributes) -> dict[str, NamedQuery]:
    """The queries by their names; one without a name has its number (`query1`)."""
    named: dict[str, NamedQuery] = {}
    for place, query in enumerate(asked.queries, 1):
        name = query.name or f"query{place}"
        if name in named:
            raise duplicate_query_name(name)
        if query.data_source in SOURCES:
            named[name] = NamedQuery(beyond(query), "sum")
            continue
        if query.data_source != "metrics" or query.query is None:
            raise errors.not_evaluated(f"queries of the data source '{query.data_source}'")
        if query.aggregator not in REDUCERS:
            raise errors.invalid_parameter("aggregator", query.aggregator, REDUCERS)
        expressions = parsed(query.query)
        if len(expressions) != 1:
            raise query_unreadable(f"query '{name}' is {len(expressions)} queries; each is one expression")
        named[name] = NamedQuery(expressions[0], query.aggregator)
    return named


def _formula(body: FormulaBody, queries: Mapping[str, NamedQuery]) -> Formula:
    try:
        expression = parse_formula(body.formula)
    except QuerySyntaxError as error:
        raise query_unreadable(str(error)) from None
    if unknown := [name for name in variables(expression) if name not in queries]:
        raise unknown_query_name(body.formula, unknown[0], list(queries))
    return Formula(body.formula, expression, Limit(body.limit.count, body.limit.order) if body.limit else None)


def parsed(text: str) -> tuple[Expression, ...]:
    """The expressions of a query. Raises ApiError 400 with the place and what was expected."""
    try:
        return parse(text)
    except QuerySyntaxError as error:
        raise query_unreadable(str(error)) from None
