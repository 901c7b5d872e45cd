"""An objective as an API body."""

from __future__ import annotations

from typing import Any

from doghouse.importing.terraform.resources.provider_values import (
    Values,
    blocks,
    decimal,
    filled,
    first,
    in_order,
    plain,
    whole,
)

_SLO = (
    "name", "type", "description", "monitor_ids", "groups", "tags", "timeframe", "target_threshold",
    "warning_threshold",
)  # fmt: skip


def slo(values: Values, state: bool = False) -> dict[str, Any]:
    """A `datadog_service_level_objective` as an API body."""
    body: dict[str, Any] = {key: values[key] for key in _SLO if values.get(key) not in (None, "", [], 0)}
    for key in ("groups", "tags"):
        if key in body:
            body[key] = plain(body[key])
    if "monitor_ids" in body:
        body["monitor_ids"] = in_order(body["monitor_ids"], whole)
    body["thresholds"] = [
        {key: value if key == "timeframe" else decimal(value) for key, value in filled(threshold).items()}
        for threshold in blocks(values, "thresholds")
    ]
    if query := filled(first(values, "query")):
        body["query"] = query
    if specification := first(values, "sli_specification"):
        body["sli_specification"] = _specification(specification)
    return body


def _specification(block: Values) -> dict[str, Any]:
    """`sli_specification`: formulas and queries stand in blocks of their own, which the API has as lists. A threshold of 0 is a value."""
    if count := first(block, "count"):
        formulas = ("good_events_formula", "total_events_formula", "bad_events_formula")
        by_name = {name: _formula(formula) for name in formulas if (formula := first(count, name))}
        return {"count": {**by_name, "queries": _queries(count)}}
    slices = first(block, "time_slice")
    if not slices:
        return {}
    query = first(slices, "query")
    formulas_of = [_formula(formula) for name in ("formula", "formulas") for formula in blocks(query, name)]
    fields = {key: value for key, value in slices.items() if key != "query" and value is not None}
    if "threshold" in fields:
        fields["threshold"] = decimal(fields["threshold"])
    if "query_interval_seconds" in fields:
        fields["query_interval_seconds"] = whole(fields["query_interval_seconds"]) or 300
    return {"time_slice": {**fields, "query": {"formulas": formulas_of, "queries": _queries(query)}}}


def _formula(block: Values) -> dict[str, Any]:
    return {"formula": block.get("formula_expression") or block.get("formula")}


def _queries(block: Values) -> list[dict[str, Any]]:
    """The queries of a block: `query` (in a plan of some versions `queries`) with a `metric_query` in it."""
    return [
        {"data_source": "metrics", **filled(first(query, "metric_query") or query)}
        for name in ("query", "queries")
        for query in blocks(block, name)
    ]
