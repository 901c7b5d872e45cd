"""An SLO as the API answers it: what was sent, and what Datadog fills in (recorded: create_an_slo_object_*, create_a_timeslice_slo_object_*)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from doghouse.queries import parse
from doghouse.queries.language.printing import expression_text, query_text
from doghouse.queries.language.tree import MetricQuery
from doghouse.slos.model import TYPE_IDS, Counts, Objective, Slices, Threshold, Uptime
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
        "tags": list(objective.tags),
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
    _fill_specification(document, objective.sli)
    return document | {
        "creator": {"name": account.USER.name, "handle": account.USER.handle, "email": account.USER.email},
        "created_at": origin.created,
        "modified_at": int(now),
    }


def as_stored(document: Document) -> Document:
    """The answer to a creation or replacement: its tags are sorted, and reads have them as they were sent (both recorded).

    GUESS: that they are sorted. Recordings of 2021 and 2025 have them as sent here too, those of 2024 and 2026 have not.
    """
    return {**document, "tags": sorted(document["tags"])}


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


def _fill_specification(document: Document, sli: Counts | Uptime | Slices) -> None:
    if isinstance(sli, Counts):
        document.setdefault("sli_specification", {"count": _specified(sli)})
    specification = document.get("sli_specification") or {}
    if isinstance(sli, Counts) and not _says(document.get("query"), sli):
        count = specification["count"]
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


def _says(query: Mapping[str, str] | None, sli: Counts) -> bool:
    """Whether a numerator and a denominator were sent that are what is measured: they stay as they were written."""
    return query is not None and (*parse(query["numerator"]), *parse(query["denominator"])) == (sli.good, sli.total)


def _specified(sli: Counts) -> Document:
    """The queries and formulas of an SLO that was sent as numerator and denominator (recorded: TestAccDatadogSloCorrection_Recurring, April 2026).

    A query has no blanks around `by` (terraform-provider-datadog issue 2378). GUESS: else it is in doghouse's own form.
    """
    names: dict[str, str] = {}  # by the query's text

    def name(query: MetricQuery) -> str:
        return names.setdefault(query_text(query).replace("} by {", "}by{"), f"query{len(names) + 1}")

    good, total = (expression_text(expression, name) for expression in (sli.good, sli.total))
    return {
        "queries": [{"data_source": "metrics", "name": name, "query": text} for text, name in names.items()],
        "good_events_formula": {"formula": good},
        "total_events_formula": {"formula": total},
    }


def _put(formula: str, queries: Mapping[str, str]) -> str:
    """The formula with each query's text in the place of its name, as Datadog shows it."""
    return _NAME.sub(lambda name: queries.get(name[0], name[0]), formula)
