"""Searching logs over HTTP, version 2 (docs.datadoghq.com/api/latest/logs/search-logs). Any index is this doghouse's only one."""

from __future__ import annotations

import base64
import binascii
import secrets
import struct
import time
from typing import Any

from doghouse.logs.store.log_store import LogStore
from doghouse.logs.store.reading import Place, PlacedLog
from doghouse.search import matching, paging
from doghouse.search.paging import Search
from doghouse.time import iso
from doghouse.web.http import Call, Reply

PATH = "/api/v2/logs/events"  # where the next page is, also of a search whose terms stood in the body (recorded)
_ID = struct.Struct(">qq")


def search(store: LogStore, call: Call) -> Reply:
    """A search whose terms stand in the body."""
    return Reply(page(store, paging.of_body(call), call))


def list_all(store: LogStore, call: Call) -> Reply:
    """A search whose terms stand in the address."""
    return Reply(page(store, paging.of_address(call), call))


def page(store: LogStore, asked: Search, call: Call) -> dict[str, Any]:
    """A page of logs. One that is empty says how the search went (recorded: v2 search_logs)."""
    begin = time.perf_counter()
    after = None if asked.after is None else place(asked.after)
    start, end = asked.stretch(call.now)
    tree, oldest_first = matching.tree(asked.text), not asked.newest_first
    logs = store.page(tree, start, end, asked.limit, after, oldest_first=oldest_first)
    answer = paging.answer([shown(log) for log in logs], asked, f"{call.base_url}{PATH}")
    return answer if logs else answer | {"meta": done(begin)}


def done(begin: float) -> dict[str, Any]:
    """`meta` of an answer that is whole; `begin` is when the work began (s of `perf_counter`)."""
    elapsed = round((time.perf_counter() - begin) * 1000)
    return {"elapsed": elapsed, "request_id": secrets.token_urlsafe(24), "status": "done"}


def shown(entry: PlacedLog) -> dict[str, Any]:
    """A log as reads answer it (Log of the schema)."""
    return {"id": id_of(entry.place), "type": "log", "attributes": {"status": entry.log.status, **content(entry)}}


def content(entry: PlacedLog) -> dict[str, Any]:
    """What both versions answer of a log; what it has not is left out (recorded)."""
    log = entry.log
    fields = {
        "timestamp": iso.utc_milliseconds(entry.place.time),
        "message": log.message,
        "host": log.host,
        "service": log.service,
        "tags": list(log.tags),
        "attributes": log.attributes,
    }
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def id_of(place: Place) -> str:
    """A log's id: opaque to others."""
    return base64.urlsafe_b64encode(_ID.pack(place.time, place.id)).decode().rstrip("=")


def place(id: str) -> Place:
    """Where the log of an id stands. Raises ApiError 400."""
    try:
        return Place(*_ID.unpack(base64.b64decode(f"{id}==", b"-_", validate=True)))
    except (binascii.Error, ValueError, struct.error):
        raise paging.invalid_cursor() from None
