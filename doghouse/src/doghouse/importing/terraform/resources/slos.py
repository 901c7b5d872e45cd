"""An objective as an API body."""

from __future__ import annotations

from typing import Any

from doghouse.importing.terraform.resources.provider_values import (
    Values,
    blocks,
    decimal,
    first,
    given,
    in_order,
    plain,
    whole,
)

_SLO = (
    "name",
    "type",
    "description",
    "monitor_ids",
    "groups",
    "tags",
    "timeframe",
    "target_threshold",
    "warning_threshold",
)


def slo(values: Values, state: bool = False) -> dict[str, Any]:
    """A `datadog_service_level_objective` as an API body."""
    made: dict[str, Any] = {key: values[key] for key in _SLO if values.get(key) not in (None, "", [], 0)}
    for key in ("groups", "tags"):
        if key in made:
            made[key] = plain(made[key])
    if "monitor_ids" in made:
        made["monitor_ids"] = in_order(made["monitor_ids"], whole)
    made["thresholds"] = [
        {key: value if key == "timeframe" else decimal(value) for key, value in given(one).items()}
        for one in blocks(values, "thresholds")
    ]
    if query := given(first(values, "query")):
        made["query"] = query
    if specification := first(values, "sli_specification"):
        made["sli_specification"] = _specification(specification)
    return made


def _specification(block: Values) -> dict[str, Any]:
    """`sli_specification`: formulas and queries stand in blocks of their own, which the API has as lists. A threshold of 0 is a value."""
    if count := first(block, "count"):
        formulas = ("good_events_formula", "total_events_formula", "bad_events_formula")
        made = {name: _formula(one) for name in formulas if (one := first(count, name))}
        return {"count": {**made, "queries": _queries(count)}}
    slices = first(block, "time_slice")
    if not slices:
        return {}
    query = first(slices, "query")
    formulas_of = [_formula(one) for name in ("formula", "formulas") for one in blocks(query, name)]
    kept = {key: one for key, one in slices.items() if key != "query" and one is not None}
    if "threshold" in kept:
        kept["threshold"] = decimal(kept["threshold"])
    if "query_interval_seconds" in kept:
        kept["query_interval_seconds"] = whole(kept["query_interval_seconds"]) or 300
    return {"time_slice": {**kept, "query": {"formulas": formulas_of, "queries": _queries(query)}}}


def _formula(block: Values) -> dict[str, Any]:
    return {"formula": block.get("formula_expression") or block.get("formula")}


def _queries(block: Values) -> list[dict[str, Any]]:
    """The queries of a block: `query` (in a plan of some versions `queries`) with a `metric_query` in it."""
    return [
        {"data_source": "metrics", **given(first(one, "metric_query") or one)}
        for name in ("query", "queries")
        for one in blocks(block, name)
    ]
