"""An SLO as the API answers it: what was sent, and what Datadog fills in (recorded: create_an_slo_object_*, create_a_timeslice_slo_object_*)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from doghouse.slos.model import TYPE_IDS, Objective, Threshold
from doghouse.time.lengths import MINUTE
from doghouse.web import account

Document = dict[str, Any]
KEPT = ("monitor_ids", "groups", "query", "sli_specification")  # only where they were sent, and not empty
_NAME = re.compile(r"\b[A-Za-z_]\w*\b")


class Origin(Struct, frozen=True):
    """What a replacement keeps. `created` is s UTC."""

    id: str
    created: int


def new_id() -> str:
    """32 hex digits: a UUID of version 5 (all 29 recorded ids)."""
    return uuid.uuid5(uuid.uuid4(), "slo").hex


def of(objective: Objective, origin: Origin, now: float) -> Document:
    """The document of an SLO at its creation or replacement. `now` in s UTC."""
    sent, primary = objective.document, objective.primary
    document: Document = {
        "id": origin.id,
        "name": objective.name,
        "tags": sorted(objective.tags),  # recorded: create_an_slo_object_returns_ok_response
        "monitor_tags": [],
        "thresholds": [_with_texts(threshold) for threshold in objective.thresholds],
        "type": objective.type,
        "type_id": TYPE_IDS[objective.type],
        "description": sent.get("description") or "",
        "timeframe": objective.timeframe,
        "target_threshold": primary.target,
    }
    if primary.warning is not None:
        document["warning_threshold"] = primary.warning
    document |= {name: sent[name] for name in KEPT if sent.get(name)}
    _fill_specification(document)
    return document | {
        "creator": {"name": account.USER.name, "handle": account.USER.handle, "email": account.USER.email},
        "created_at": origin.created,
        "modified_at": int(now),
    }


def _with_texts(threshold: Threshold) -> Document:
    """A threshold with the texts that the server makes."""
    texts: Document = {
        "timeframe": threshold.timeframe,
        "target": threshold.target,
        "target_display": display(threshold.target),
    }
    if threshold.warning is not None:
        texts |= {"warning": threshold.warning, "warning_display": display(threshold.warning)}
    return texts


def display(number: float) -> str:
    """`97.` and `99.5`: a trailing dot where there are no decimals."""
    text = repr(float(number))
    return text[:-1] if text.endswith(".0") else text


def _fill_specification(document: Document) -> None:
    specification = document.get("sli_specification") or {}
    if count := specification.get("count"):
        queries = {query["name"]: query["query"] for query in count["queries"]}
        good = _put(count["good_events_formula"]["formula"], queries)
        if total := count.get("total_events_formula"):
            whole = _put(total["formula"], queries)
        else:
            whole = f"({good}) + ({_put(count['bad_events_formula']['formula'], queries)})"
        document["query"] = {"numerator": good, "denominator": whole}
    if time_slice := specification.get("time_slice"):
        filled = {"query_interval_seconds": 5 * MINUTE, **time_slice}
        document["sli_specification"] = {**specification, "time_slice": filled}


def _put(formula: str, queries: Mapping[str, str]) -> str:
    """The formula with each query's text in the place of its name, as Datadog shows it."""
    return _NAME.sub(lambda name: queries.get(name[0], name[0]), formula)
