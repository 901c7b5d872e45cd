"""`GET /api/v1/slo/search`: SLOs by name and tags, each with how it stands now (recorded: search_for_slos_returns_ok_response)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from doghouse.search.matching import combined, tree
from doghouse.search.tree import Exists, Leaf, Match, Phrase, Wildcard, Word
from doghouse.slos.api.access import Slos, Status
from doghouse.slos.document import Document
from doghouse.slos.model import Threshold
from doghouse.tags import pairs
from doghouse.web import account, errors
from doghouse.web.http import Call, Reply

PAGE = 10
LARGEST_PAGE = 1000  # ours
TAG_FACETS = ("env", "service", "team")


def search(slos: Slos, call: Call) -> Reply:
    """A page of SLOs by creation; there is always a next page (recorded)."""
    matches = predicate(call.query.get("query", ""))
    every = [document for document in slos.store.all() if matches(document)]
    size, number = call.number("page[size]", PAGE, least=1, most=LARGEST_PAGE), call.number("page[number]", 0)
    page = every[size * number : size * (number + 1)]
    attributes: Document = {"slos": [{"data": _hit(slos, document, call.now)} for document in page]}
    if call.flag("include_facets"):
        attributes["facets"] = facets(every)
    return Reply(
        {
            "data": {"type": "service_level_objective_search_results", "attributes": attributes},
            "meta": {"pagination": _pagination(size, number, len(every))},
            "links": _links(call, size, number),
        }
    )


def predicate(text: str) -> Callable[[Document], bool]:
    """`word service:web`: words of the name, and tags; the search language of monitors."""
    return combined(tree(text), _leaf)


def _leaf(leaf: Leaf) -> Callable[[Document], bool]:
    match leaf:
        case Exists(field):
            return lambda slo: bool(pairs.values(slo["tags"], field.lower()))
        case Match(None, Word() as word):
            like = Word.of((Wildcard.ANY, *word.parts, Wildcard.ANY)).matcher(ignore_case=True)
            return lambda slo: like(slo["name"])
        case Match(None, Phrase(text)):
            return lambda slo: text.lower() in slo["name"].lower()
        case Match(str(field), Word() as word):
            same = word.matcher(ignore_case=True)
            return lambda slo: any(map(same, pairs.values(slo["tags"], field.lower())))
        case Match(str(field), Phrase(text)):
            return lambda slo: text.lower() in [value.lower() for value in pairs.values(slo["tags"], field.lower())]
    raise errors.not_evaluated("ranges and networks in a search of SLOs")


def _hit(slos: Slos, document: Document, now: float) -> Document:
    """One SLO as a search shows it. What doghouse does not evaluate stands there without numbers, and says why."""
    objective = slos.objective(document["id"])
    stands = [(stood, why or None) for stood, why in slos.stands(objective, now)]
    primary = objective.thresholds.index(objective.primary)
    tags = document["tags"]
    attributes: Document = {
        "name": document["name"],
        "description": document["description"] or None,
        "slo_type": document["type"],
        "all_tags": tags,
        **{f"{key}_tags": [tag for tag in tags if tag.startswith(f"{key}:")] for key in TAG_FACETS},
        "monitor_ids": document.get("monitor_ids"),
        "groups": document.get("groups"),
        "query": {"metrics": None, **document["query"]} if "query" in document else None,
        "thresholds": [_threshold(threshold) for threshold in objective.thresholds],
        "timeframe": document["timeframe"],
        "target_threshold": document["target_threshold"],
        "warning_threshold": document.get("warning_threshold"),
        "overall_status": [
            _overall(threshold, stood, why, now)
            for threshold, (stood, why) in zip(objective.thresholds, stands, strict=True)
        ],
        "status": _status(*stands[primary], now),
        "creator": {"name": account.USER.name, "id": account.USER.id, "email": account.USER.email},
        "created_at": document["created_at"],
        "modified_at": document["modified_at"],
    }
    return {"type": "slo", "id": document["id"], "attributes": attributes}


def _numbers(stood: Status, now: float) -> Document:
    return {
        "error_budget_remaining": stood.remaining,
        "raw_error_budget_remaining": stood.raw,
        "span_precision": None if stood.sli is None else stood.decimals,
        "state": stood.state,
        "indexed_at": int(now),
    }


def _status(stood: Status, why: str | None, now: float) -> Document:
    return {"sli": stood.sli, "calculation_error": why, **_numbers(stood, now)}


def _overall(threshold: Threshold, stood: Status, why: str | None, now: float) -> Document:
    numbers = _numbers(stood, now)
    return {"status": stood.sli, "error": why, "target": threshold.target, "timeframe": threshold.timeframe, **numbers}


def _threshold(threshold: Threshold) -> Document:
    """Recorded: without the dot that other answers have, and the warning is shown as the target is."""
    text = f"{threshold.target:g}"
    shown: Document = {"timeframe": threshold.timeframe, "target": threshold.target, "target_display": text}
    return shown if threshold.warning is None else {**shown, "warning": threshold.warning, "warning_display": text}


def facets(every: list[Document]) -> Document:
    """How many SLOs have each value (SearchSLOResponseDataAttributesFacets of the schema)."""

    def counted(values: Iterable[Any]) -> list[Document]:
        return [{"name": name, "count": count} for name, count in sorted(Counter(values).items())]

    tags = [tag for slo in every for tag in slo["tags"]]
    return {
        "all_tags": counted(tags),
        "creator_name": counted(account.USER.name for _ in every),
        **{f"{key}_tags": counted(tag for tag in tags if tag.startswith(f"{key}:")) for key in TAG_FACETS},
        "slo_type": counted(slo["type_id"] for slo in every),
        "target": counted(slo["target_threshold"] for slo in every),
        "timeframe": counted(slo["timeframe"] for slo in every),
    }


def _pagination(size: int, number: int, total: int) -> Document:
    return {
        "number": number,
        "first_number": 0,
        "prev_number": max(0, number - 1),
        "next_number": number + 1,
        "last_number": max(0, total - 1) // size,
        "size": size,
        "type": "number_size",
        "total": total,
    }


def _links(call: Call, size: int, number: int) -> Document:
    own, query = f"{call.base_url}{call.path}", urlencode({"query": call.query.get("query", "")})

    def page(page_number: int) -> str:
        return f"{own}?{query}&page[number]={page_number}&page[size]={size}"

    return {
        "self": f"{own}?{query}&page%5Bsize%5D={size}&page%5Bnumber%5D={number}",
        "last": None,
        "next": page(number + 1),
        "prev": page(number - 1) if number else None,
        "first": page(0),
    }
