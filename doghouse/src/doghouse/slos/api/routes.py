"""The endpoints of SLOs (docs.datadoghq.com/api/latest/service-level-objectives)."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.routing import BaseRoute

from doghouse.slos import errors
from doghouse.slos.api import correction_routes
from doghouse.slos.api.access import Slos
from doghouse.slos.api.history import history, v2_status
from doghouse.slos.api.search_routes import search
from doghouse.slos.document import Document, as_stored
from doghouse.slos.model import TIMEFRAMES, Objective, SloError
from doghouse.slos.reading import read
from doghouse.web.errors import invalid_parameter, missing_parameter
from doghouse.web.http import Call, Reply, endpoint

PATH = "/api/v1/slo"
PAGE = 1000  # the schema's default


def routes(slos: Slos) -> list[BaseRoute]:
    """SLOs, their corrections, search, history and status."""
    return [
        endpoint("POST", PATH, partial(create, slos)),
        endpoint("GET", PATH, partial(list_all, slos)),
        endpoint("GET", f"{PATH}/search", partial(search, slos)),
        endpoint("GET", f"{PATH}/can_delete", partial(can_delete, slos)),
        endpoint("POST", f"{PATH}/bulk_delete", partial(bulk_delete, slos)),
        *correction_routes.routes(slos.store),
        endpoint("GET", f"{PATH}/{{id}}", partial(get, slos)),
        endpoint("PUT", f"{PATH}/{{id}}", partial(update, slos)),
        endpoint("DELETE", f"{PATH}/{{id}}", partial(delete, slos)),
        endpoint("GET", f"{PATH}/{{id}}/history", partial(history, slos)),
        endpoint("GET", "/api/v2/slo/{id}/status", partial(v2_status, slos)),
    ]


def create(slos: Slos, call: Call) -> Reply:
    """A new SLO: a list of one."""
    return _list([as_stored(slos.store.add(_checked(slos, call.object()), call.now))])


def get(slos: Slos, call: Call) -> Reply:
    """One SLO: an object."""
    document = slos.document(call.params["id"])
    if call.flag("with_configured_alert_ids"):
        document["configured_alert_ids"] = slos.monitors.alerts().get(document["id"], [])
    return Reply({"data": document, "error": None})


def update(slos: Slos, call: Call) -> Reply:
    """The SLO anew; its type stays (recorded: update_an_slo_returns_bad_request_response). GUESS: what is not sent is as if it never was."""
    document = slos.document(call.params["id"])
    objective = _checked(slos, {**call.object(), "type": document["type"]})
    return _list([as_stored(slos.store.replace(objective, document, call.now))])


def delete(slos: Slos, call: Call) -> Reply:
    """Delete one; one that dashboards show only with `force=true`."""
    document = slos.document(call.params["id"])
    if not call.flag("force") and (used := _used(slos, document)):
        raise errors.slo_in_use(used)
    slos.store.delete(document["id"], call.now)
    return _list([document["id"]])


def can_delete(slos: Slos, call: Call) -> Reply:
    """Which of these can be deleted, and why the others cannot."""
    ids = call.words("ids")
    if not ids:
        raise missing_parameter("ids")
    used = {slo_id: text for slo_id in ids if (text := _used(slos, slos.document(slo_id)))}
    free = [slo_id for slo_id in ids if slo_id not in used]
    return Reply({"data": {"ok": free}, "errors": used or None}, 409 if used else 200)


def bulk_delete(slos: Slos, call: Call) -> Reply:
    """Take timeframes away; an SLO without any is deleted. What cannot be done is listed, the rest is done (GUESS: the messages)."""
    deleted: list[str] = []
    updated: list[str] = []
    failed: list[Document] = []
    for slo_id, timeframes in call.json(dict[str, list[str]]).items():
        if unknown := [timeframe for timeframe in timeframes if timeframe not in TIMEFRAMES]:
            raise invalid_parameter("timeframe", unknown[0], list(TIMEFRAMES))
        document = slos.store.get(slo_id)
        if document is None:
            failed.append({"id": slo_id, "timeframe": "all", "message": errors.slo_not_found(slo_id).errors[0]})
            continue
        thresholds = [threshold for threshold in document["thresholds"] if threshold["timeframe"] not in timeframes]
        there = {threshold["timeframe"] for threshold in document["thresholds"]}
        failed += [
            {"id": slo_id, "timeframe": timeframe, "message": f"SLO {slo_id} has no threshold for {timeframe}"}
            for timeframe in timeframes
            if timeframe not in there
        ]
        if not thresholds:
            slos.store.delete(slo_id, call.now)
            deleted.append(slo_id)
        elif len(thresholds) < len(there):
            remaining = {**document, "thresholds": thresholds}
            if all(threshold["timeframe"] != document["timeframe"] for threshold in thresholds):
                del remaining["timeframe"]
            slos.store.replace(read(remaining), document, call.now)
            updated.append(slo_id)
    return Reply({"data": {"deleted": deleted, "updated": updated}, "errors": failed})


def list_all(slos: Slos, call: Call) -> Reply:
    """SLOs by creation. With `ids` there is no `metadata` (recorded); else its filtered count is at most the limit (recorded: a last page of one says 2)."""
    every = slos.store.all(deleted=call.flag("is_deleted"))
    if ids := call.words("ids"):
        by_id = {document["id"]: document for document in every}
        return _list([by_id[slo_id] for slo_id in ids if slo_id in by_id])
    chosen = [document for document in every if _matches(document, call)]
    offset, limit = call.number("offset", 0), call.number("limit", PAGE)
    counts = {"total_count": len(every), "total_filtered_count": min(len(chosen), limit)}
    return _list(chosen[offset : offset + limit], metadata={"page": counts})


def _matches(document: Document, call: Call) -> bool:
    """`query`: in the name; `tags_query`: a tag; `metrics_query`: in the queries. GUESS: parts of a name and of a query are enough, in any case."""
    name, tag, metric = (call.query.get(key, "").lower() for key in ("query", "tags_query", "metrics_query"))
    texts = " ".join(str(text) for text in document.get("query", {}).values()).lower()
    tags = [value.lower() for value in document["tags"]]
    return name in document["name"].lower() and (not tag or tag in tags) and metric in texts


def _checked(slos: Slos, document: Document) -> Objective:
    """The SLO of a body. Raises ApiError 400."""
    try:
        objective = read(document)
    except SloError as error:
        raise errors.invalid_slo(str(error)) from None
    if unusable := slos.monitors.unusable(objective.monitors):
        raise errors.unusable_monitors(unusable)
    return objective


def _used(slos: Slos, document: Document) -> str:
    """Why an SLO cannot be deleted; empty where it can."""
    dashboards = slos.shown_by(document["id"])
    return errors.in_use(document["id"], document["name"], dashboards) if dashboards else ""


def _list(data: list[Any], **more: Any) -> Reply:
    return Reply({"data": data, "error": None, **more})
