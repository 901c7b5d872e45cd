"""The endpoints of SLO corrections (docs.datadoghq.com/api/latest/service-level-objective-corrections)."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from starlette.routing import BaseRoute

from doghouse.slos.errors import correction_not_found, slo_not_found
from doghouse.slos.records import CorrectionRecord, answer, check_number, checked
from doghouse.slos.store import SloStore, new_correction_id
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply, endpoint

PATH = "/api/v1/slo/correction"
PAGE, PAGE_OF_ONE_SLO = 25, 10  # the schema's default; recorded


class Data(msgspec.Struct):
    """`data` of a body."""

    type: str
    attributes: dict[str, Any]


class Body(msgspec.Struct):
    """A JSON:API body."""

    data: Data


def routes(store: SloStore) -> list[BaseRoute]:
    """Corrections, and those of one SLO."""
    return [
        endpoint("POST", PATH, partial(create, store)),
        endpoint("GET", PATH, partial(list_all, store)),
        endpoint("GET", f"{PATH}/{{id}}", partial(get, store)),
        endpoint("PATCH", f"{PATH}/{{id}}", partial(update, store)),
        endpoint("DELETE", f"{PATH}/{{id}}", partial(delete, store)),
        endpoint("GET", "/api/v1/slo/{id}/corrections", partial(of_slo, store)),
    ]


def create(store: SloStore, call: Call) -> Reply:
    """A new correction, of an SLO that exists or of all that a query matches."""
    attributes = checked(call.json(Body).data.attributes)
    if attributes.slo_id is not None:
        objective = present(store.objective(attributes.slo_id), slo_not_found(attributes.slo_id))
        check_number(attributes, store.corrections_of(objective))
    now = int(call.now)
    record = CorrectionRecord(new_correction_id(), attributes, now, now)
    store.add_correction(record)
    return Reply({"data": answer(record, fresh=True)})


def get(store: SloStore, call: Call) -> Reply:
    """One correction."""
    return Reply({"data": answer(_stored(store, call))})


def update(store: SloStore, call: Call) -> Reply:
    """Change what is sent. What a one-time correction becomes with an rrule, or the other way round, loses its end or its rule."""
    record = _stored(store, call)
    sent = {key: value for key, value in call.json(Body).data.attributes.items() if key != "slo_id"}
    attributes = msgspec.structs.asdict(record.attributes)
    if sent.get("rrule") is None and sent.get("end") is not None:
        attributes |= {"rrule": None, "duration": None}
    if sent.get("slo_query") is not None:
        attributes["slo_id"] = None
    changed = msgspec.structs.replace(
        record, attributes=checked({**attributes, **sent}), modified=int(call.now), modified_by_someone=True
    )
    store.replace_correction(changed)
    return Reply({"data": answer(changed)})


def delete(store: SloStore, call: Call) -> Reply:
    """Delete one."""
    if not store.delete_correction(call.params["id"]):
        raise correction_not_found(call.params["id"])
    return Reply(b"", 204)


def list_all(store: SloStore, call: Call) -> Reply:
    """A page of all, the newest first. `total_filtered_count` is how many the page has (recorded: get_all_slo_corrections_*)."""
    every = store.corrections()
    offset, limit = call.number("offset", 0), call.number("limit", PAGE)
    page = every[offset : offset + limit]
    counts = {"total_count": len(every), "total_filtered_count": len(page)}
    return Reply({"data": [answer(record) for record in page], "meta": {"page": counts}})


def of_slo(store: SloStore, call: Call) -> Reply:
    """A page of an SLO's corrections; there is always a next page (recorded: get_corrections_for_an_slo_*)."""
    objective = present(store.objective(call.params["id"]), slo_not_found(call.params["id"]))
    every = store.corrections_of(objective)
    offset, limit = call.number("page[offset]", 0), call.number("page[limit]", PAGE_OF_ONE_SLO, least=1)
    own = f"{call.base_url}{call.path}"
    back = max(0, offset - limit)
    meta = {
        "offset": offset,
        "first_offset": 0,
        "prev_offset": back,
        "next_offset": offset + limit,
        "last_offset": max(0, len(every) - 1) // limit * limit,
        "limit": limit,
        "type": "offset_limit",
        "total": len(every),
    }
    links = {
        "self": own + (f"?{call.request.url.query}" if call.request.url.query else ""),
        "last": None,
        "next": f"{own}?page[offset]={offset + limit}&page[limit]={limit}",
        "prev": f"{own}?page[offset]={back}&page[limit]={limit}" if offset else None,
        "first": f"{own}?page[offset]=0&page[limit]={limit}",
    }
    data = [answer(record) for record in every[offset : offset + limit]]
    return Reply({"data": data, "meta": {"pagination": meta}, "links": links})


def _stored(store: SloStore, call: Call) -> CorrectionRecord:
    return present(store.correction(call.params["id"]), correction_not_found(call.params["id"]))
