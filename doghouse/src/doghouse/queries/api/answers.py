"""Series as the API answers with them: `/api/v1/query`, `/api/v2/query/timeseries` and `/scalar`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from doghouse.queries.evaluation.scalars import Scalars
from doghouse.queries.language.inspection import result_keys
from doghouse.queries.language.tree import Expression
from doghouse.queries.model import NOT_AVAILABLE, ResultSeries
from doghouse.queries.units import Units, no_units, unit_of


def series_answer(
    query: str,
    start: int,
    end: int,
    results: Sequence[tuple[Expression, Sequence[ResultSeries]]],
    units: Units = no_units,
) -> dict[str, Any]:
    """The body of `/api/v1/query` (recorded: v1 query_timeseries_points_returns_ok_response). Times are milliseconds, intervals seconds.

    Empty buckets are left out; a null is one that a function or arithmetic made. GUESS: an unknown metric is no error and gives no series.
    """
    keys = [key for expression, _ in results for key in result_keys(expression)]
    counted = [unit_of(expression, units) for expression, _ in results]
    return {
        "status": "ok",
        "res_type": "time_series",
        "resp_version": 1,
        "query": query,
        "from_date": start * 1000,
        "to_date": end * 1000,
        "series": [
            _series(series, place, counted[place]) for place, (_, listed) in enumerate(results) for series in listed
        ],
        "values": [],
        "times": [],
        "message": "",
        "group_by": list(dict.fromkeys(keys)),
    }


def _series(series: ResultSeries, place: int, unit: Any) -> dict[str, Any]:
    """One series. `end` is the last millisecond but 999 of its last bucket, `start` its first bucket: those with points, not the window's."""
    answer = {
        "unit": unit,
        "query_index": place,
        "aggr": series.aggregator,
        "metric": series.metric,
        "tag_set": list(series.tag_set),
        "expression": series.expression,
        "scope": series.scope,
        "interval": series.interval,
        "length": len(series.ts),
        "start": int(series.ts[0]) * 1000,
        "end": (int(series.ts[-1]) + series.interval) * 1000 - 1000,
        "pointlist": np.column_stack([series.ts * 1000.0, series.values]).tolist(),
        "display_name": series.metric,
        "attributes": {},
    }
    if series.bounds is not None:
        answer["attributes"] = {
            "approximation": series.approximate,
            "lower": series.bounds[0].tolist(),
            "upper": series.bounds[1].tolist(),
        }
    return answer


def timeseries_answer(
    results: Sequence[tuple[Expression, Sequence[ResultSeries]]], units: Units = no_units
) -> dict[str, Any]:
    """The body of `/api/v2/query/timeseries`: one list of times (ms) for all, which holds only buckets with data, and a list of values a series."""
    counted = [unit_of(expression, units) for expression, _ in results]
    listed = [(place, timeseries) for place, (_, series) in enumerate(results) for timeseries in series]
    times = np.unique(np.concatenate([timeseries.ts for _, timeseries in listed])) if listed else np.empty(0, np.int64)
    values = []
    for _, timeseries in listed:
        row = np.full(len(times), np.nan)
        row[np.searchsorted(times, timeseries.ts)] = timeseries.values
        values.append(row.tolist())
    series = [
        {"group_tags": list(timeseries.tag_set), "query_index": place, "unit": counted[place]}
        for place, timeseries in listed
    ]
    attributes = {"series": series, "times": (times * 1000).tolist(), "values": values}
    return {"data": {"id": "0", "type": "timeseries_response", "attributes": attributes}}


def scalar_answer(table: Scalars, units: Units = no_units) -> dict[str, Any]:
    """The body of `/api/v2/query/scalar`: a column for each group-by key, then one for each formula. (GUESS: group columns; no recording has them.)"""
    columns: list[dict[str, Any]] = [
        {"name": key, "type": "group", "values": [[dict(group).get(key, NOT_AVAILABLE)] for group in table.groups]}
        for key in table.keys
    ]
    for name, expression, values in table.columns:
        unit = unit_of(expression, units)
        columns.append({"name": name, "type": "number", "values": values.tolist(), "meta": {"unit": unit}})
    return {"data": {"id": "0", "type": "scalar_response", "attributes": {"columns": columns}}}
