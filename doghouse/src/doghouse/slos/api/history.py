"""`GET /api/v1/slo/{id}/history` and `/api/v2/slo/{id}/status`: an SLO over a stretch of time (recorded: get_an_slos_history_returns_ok_response).

Events are counted by the minute that they happen in: GUESS: the first bucket holds the minutes that begin at or after `from_ts`.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from doghouse.metrics.model import Ints
from doghouse.numbers import decimal
from doghouse.queries import Expression, expression_text, metric_queries, scope_text
from doghouse.queries.language.rollups import LADDER
from doghouse.slos import budget
from doghouse.slos.api.access import ZERO, Slos, status
from doghouse.slos.corrections import shown
from doghouse.slos.document import Document, display
from doghouse.slos.errors import invalid_slo
from doghouse.slos.model import Counts, Objective, Threshold, Uptime
from doghouse.slos.tally import Measured, Tally
from doghouse.time.lengths import DAY, MINUTE
from doghouse.web.http import Call, Reply

BUCKETS = 12  # recorded: buckets of 7200 s for 86,400 s. GUESS for other spans: the shortest usual interval that gives no more
FIRST_LABEL_S = 300  # recorded: the first bucket is labelled with from_ts cut to five minutes
LONGEST_S = 15 * 31 * DAY  # as long as points are kept


def history(slos: Slos, call: Call) -> Reply:
    """The SLI, its budget and its series; `target` adds a timeframe `custom`."""
    document, objective = slos.document(call.params["id"]), slos.objective(call.params["id"])
    start, end = _range(call)
    if call.query.get("apply_correction", "true").lower() in ("false", "0"):
        objective = objective.corrected_by(())
    begin = time.perf_counter()
    measured = slos.measured(objective, start, end)
    took_s = time.perf_counter() - begin
    custom = _target(call)
    thresholds = {threshold["timeframe"]: threshold for threshold in document["thresholds"]}
    if custom is not None:
        thresholds["custom"] = {
            "timeframe": "custom",
            "target": custom.target,
            "target_display": display(custom.target),
        }
    data: Document = {
        "thresholds": thresholds,
        "from_ts": start,
        "to_ts": end,
        "type": objective.type,
        "type_id": document["type_id"],
        "slo": document,
        "overall": _row(objective, measured.overall, start, end, custom),
    }
    if isinstance(objective.sli, Counts):  # the schema: metric SLOs have no groups here
        data["group_by"] = list(measured.by)
        data["series"] = {"timing": str(took_s), **_series(objective.sli, measured, start, end)}
    elif measured.rows:
        data["monitors" if len(objective.monitors) > 1 else "groups"] = [
            {"name": name, "group": name, **_row(objective, tally, start, end, custom)}
            for name, tally in measured.rows.items()
        ]
    return Reply({"data": data, "errors": None})


def v2_status(slos: Slos, call: Call) -> Reply:
    """The SLI and its budget over a stretch, against the target of the primary timeframe."""
    objective = slos.objective(call.params["id"])
    start, end = _range(call)
    if call.flag("disable_corrections"):
        objective = objective.corrected_by(())
    stands = status(objective, slos.measured(objective, start, end).overall, objective.primary, end - start)
    remaining, raw = stands.remaining, stands.raw
    # Datadog says 0 of these, whatever is left (DataDog/pup pull request 648)
    if objective.type == "monitor" and raw is not None:
        remaining, raw = 0.0, {**raw, "value": 0.0}
    attributes = {
        "sli": stands.sli,
        "error_budget_remaining": remaining,
        "raw_error_budget_remaining": raw,
        "state": stands.state,
        "span_precision": stands.decimals,
    }
    return Reply({"data": {"id": objective.id, "type": "slo_status", "attributes": attributes}})


def _range(call: Call) -> tuple[int, int]:
    start, end = call.seconds("from_ts"), call.seconds("to_ts")
    if start >= end:
        raise invalid_slo("from_ts must be before to_ts")
    if end - start > LONGEST_S:
        raise invalid_slo(f"from_ts and to_ts are more than {LONGEST_S // DAY} days apart")
    return start, end


def _target(call: Call) -> Threshold | None:
    text = call.query.get("target")
    if not text:
        return None
    try:
        target = decimal(text)
    except ValueError:
        target = 0.0
    if not 0 < target < 100:
        raise invalid_slo(f"target must be greater than 0 and less than 100, not {text}")
    return Threshold("custom", target)


def _row(objective: Objective, tally: Tally, start: int, end: int, custom: Threshold | None) -> Document:
    """The whole of an SLO, or one of its groups or monitors. GUESS: `uptime` is what `sli_value` is, as the schema calls it the older name."""
    good, total = tally.whole()
    targets = [*objective.thresholds, *([custom] if custom else [])]
    stands = status(objective, tally, custom or objective.primary, end - start)
    row: Document = {
        "sli_value": stands.sli,
        "span_precision": 2 if total == 0 else stands.decimals,
        "precision": {
            threshold.timeframe: 0 if total == 0 else budget.decimals(objective.type, threshold.target, end - start)
            for threshold in objective.thresholds
        },
        "uptime": stands.sli,
        "corrections": shown(objective.corrections, start, end),
        "state": stands.state,
    }
    if total == 0:
        row["errors"] = [{"error_message": ZERO, "error_type": "ZERO_VALUED_DENOMINATOR"}]
    else:
        row["error_budget_remaining"] = {
            threshold.timeframe: float(budget.remaining(good, total, threshold.target)) for threshold in targets
        }
    if not isinstance(objective.sli, Counts):
        row["history"] = _changes(tally)
    if isinstance(objective.sli, Uptime):
        row["preview"] = False
    return row


def _changes(tally: Tally) -> list[list[int]]:
    """[s UTC, 0 up | 1 down | 2 not known] at the beginning, and wherever it changes."""
    codes = np.where(tally.total == 0, 2, np.where(tally.good < tally.total, 1, 0))
    places = np.flatnonzero(np.append(True, np.diff(codes) != 0)[: len(codes)])
    times = tally.times[places]
    return [[at, code] for at, code in zip(times.tolist(), codes[places].tolist(), strict=True)]


# -- the series of events


def interval(span: int) -> int:
    """The length of a bucket (s)."""
    shortest = span / BUCKETS
    return next((length for length in LADDER if length >= shortest), -(-span // (BUCKETS * DAY)) * DAY)


def labels(start: int, end: int) -> Ints:
    """The times (s UTC) that buckets are labelled with: the first one begins before its label's interval does, and is kept."""
    every = interval(end - start)
    later = np.arange(start // every * every + every, end, every, dtype=np.int64)
    return np.append(np.int64(start // FIRST_LABEL_S * FIRST_LABEL_S), later)


def _series(sli: Counts, measured: Measured, start: int, end: int) -> Document:
    times = labels(start, end)
    edges = np.append(times, end)
    edges[0] = measured.overall.start
    good, total = measured.overall.between(edges[:-1], -(-edges[1:] // MINUTE) * MINUTE)
    texts = [expression_text(expression) for expression in (sli.good, sli.total)]
    wrapped = [f"default_zero({text})" for text in texts]
    bad = f"{wrapped[1]} - {wrapped[0]}"
    return {
        "res_type": "time_series",
        "resp_version": 2,
        "query": ", ".join(wrapped),
        "from_date": start * 1000,
        "to_date": end * 1000,
        "message": "",
        "interval": interval(end - start),
        "times": (times * 1000.0).tolist(),
        "numerator": _values(0, sli.good, wrapped[0], good.tolist()),
        "denominator": _values(1, sli.total, wrapped[1], total.tolist()),
        "numerator_query": wrapped[0],
        "denominator_query": wrapped[1],
        "bad_series_query": bad,
        "graph_query": f"{wrapped[0]}, {bad}",
    }


def _values(index: int, expression: Expression, text: str, values: list[float]) -> Document:
    queries = metric_queries(expression)
    metadata: dict[str, Any] = {
        "unit": None,
        "query_index": index,
        "aggr": "sum",
        "metric": f"default_zero({', '.join(dict.fromkeys(query.metric for query in queries))})",
        "tag_set": [],
        "expression": text,
        "scope": ",".join(dict.fromkeys(scope_text(query.scope) for query in queries)),
    }
    return {"values": values, "metadata": metadata, "sum": sum(values), "count": len(values)}
