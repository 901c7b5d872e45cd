"""The list of logs of version 1 (docs.datadoghq.com/api/latest/logs/search-logs): its cursor is the next log's id."""

from __future__ import annotations

import secrets
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from doghouse.logs.api import listing
from doghouse.logs.errors import LogListError
from doghouse.logs.store.log_store import LogStore
from doghouse.logs.store.reading import PlacedLog
from doghouse.search import matching, paging
from doghouse.web import errors
from doghouse.web.errors import ApiError
from doghouse.web.http import Call, Reply


class Time(msgspec.Struct):
    """`time` of a request. Its zone is for a page to show times in, and is read by nobody here."""

    start: str = msgspec.field(name="from")
    end: str = msgspec.field(name="to")


class ListRequest(msgspec.Struct, rename={"start_at": "startAt"}):
    """What is asked for (LogsListRequest of the schema). GUESS: the newest come first where no order is named."""

    time: Time
    query: str = "*"
    index: str = "*"
    limit: int = paging.LIMIT  # recorded
    sort: Literal["asc", "desc"] = "desc"
    start_at: str | None = None


def list_logs(store: LogStore, call: Call) -> Reply:
    """A page of logs. Its errors have a shape of their own."""
    try:
        return Reply(page(store, call.json(ListRequest), call.now))
    except ApiError as error:
        raise LogListError(error.status, *error.errors) from None


def page(store: LogStore, asked: ListRequest, now: float) -> dict[str, Any]:
    """The page. A log to start at that is outside the time is ignored (schema)."""
    if asked.limit < 0:
        raise errors.invalid_body("limit must be a number from 0")
    limit, oldest_first = min(asked.limit, paging.MAX_LIMIT), asked.sort == "asc"
    start, end = (paging.instant(text, now) for text in (asked.time.start, asked.time.end))
    after = None
    if asked.start_at is not None:
        first = listing.place(asked.start_at)
        if start <= first.time < end:
            # behind it is the page that begins with it
            after = replace(first, id=first.id + (-1 if oldest_first else 1))
    logs = store.page(matching.tree(asked.query), start, end, limit + 1, after, oldest_first=oldest_first)
    following = listing.id_of(logs[limit].place) if len(logs) > limit else None
    return {
        "status": "done",
        "nextLogId": following,
        "logs": [shown(entry) for entry in logs[:limit]],
        "requestId": secrets.token_urlsafe(24),
    }


def shown(entry: PlacedLog) -> dict[str, Any]:
    """A log as this version answers it: without a status (recorded: v1 search_test_logs)."""
    return {"id": listing.id_of(entry.place), "content": listing.content(entry)}
