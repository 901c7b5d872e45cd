"""Searches over HTTP, as logs and events have them: terms in an address or in a body, a stretch of time, answers page by page."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import UNSET, UnsetType

from doghouse.numbers import LATEST_S, whole_number
from doghouse.time import iso
from doghouse.time.typed import from_now
from doghouse.web import errors
from doghouse.web.errors import ApiError
from doghouse.web.http import Call

LIMIT = 10  # of a page, where none is named (schema of events; recorded for logs by third parties)
MAX_LIMIT = 1000  # GUESS: a higher limit counts as this one
NEWEST_FIRST = "-timestamp"
ORDERS = ("timestamp", NEWEST_FIRST)
T = TypeVar("T")
_OFFSET = re.compile(r"[+-][0-9]+[a-z]+")


class Filter(msgspec.Struct):
    """`filter` of a search. Its times are texts such as `now-15m`, or ms since 1970; `indexes` is of logs."""

    query: str | UnsetType = UNSET
    start: str | int | UnsetType = msgspec.field(default=UNSET, name="from")
    end: str | int | UnsetType = msgspec.field(default=UNSET, name="to")
    indexes: list[str] | UnsetType = UNSET


class Page(msgspec.Struct):
    """`page` of a search."""

    cursor: str | UnsetType = UNSET
    limit: int | UnsetType = UNSET


class Search(msgspec.Struct):
    """What is searched for (EventsListRequest, LogsListRequest of the schema)."""

    filter: Filter = msgspec.field(default_factory=Filter)
    page: Page = msgspec.field(default_factory=Page)
    sort: str | UnsetType = UNSET

    @property
    def text(self) -> str:
        """The search itself."""
        return or_default(self.filter.query, "*")

    @property
    def newest_first(self) -> bool:
        """Whether the newest come first, as where no order is named. Raises ApiError 400."""
        order = or_default(self.sort, NEWEST_FIRST)
        if order not in ORDERS:
            raise errors.invalid_parameter("sort", order, ORDERS)
        return order == NEWEST_FIRST

    @property
    def limit(self) -> int:
        """How many an answer has at most. Raises ApiError 400."""
        limit = or_default(self.page.limit, LIMIT)
        if limit < 0:
            raise errors.invalid_body("page.limit must be a number from 0")
        return min(limit, MAX_LIMIT)

    def stretch(self, now: float) -> tuple[int, int]:
        """[from, to) in ms UTC; `now` in s UTC. GUESS: the end does not belong to it. Raises ApiError 400."""
        start, end = self.filter.start, self.filter.end
        return instant("now-15m" if start is UNSET else start, now), instant("now" if end is UNSET else end, now)

    @property
    def after(self) -> str | None:
        """The id of the last record of the page before; None for the first page. Raises ApiError 400."""
        return None if self.page.cursor is UNSET else behind(self.page.cursor)


class _Cursor(msgspec.Struct):
    after: str


def of_address(call: Call) -> Search:
    """A search whose terms stand in the address. Raises ApiError 400."""
    terms = {
        name: call.query.get(name, UNSET)
        for name in ("filter[query]", "filter[from]", "filter[to]", "page[cursor]", "sort")
    }
    query, start, end, after, sort = terms.values()
    indexes, named = call.query.get("filter[indexes]"), call.query.get("page[limit]")
    limit = call.number("page[limit]", LIMIT) if named else UNSET
    return Search(Filter(query, start, end, indexes.split(",") if indexes else UNSET), Page(after, limit), sort)


def of_body(call: Call) -> Search:
    """A search whose terms stand in the body, which may be empty. Raises ApiError 400."""
    return call.json(Search) if call.body else Search()


def answer(data: Sequence[Any], search: Search, address: str) -> dict[str, Any]:
    """A page of objects with an `id`, its cursor, and the link to the next one, which repeats what the search names (recorded).

    A page that is not full has them too; only one that is empty ends, and has neither (recorded: v2 search_events and its pagination).
    """
    if not data:
        return {"data": []}
    after = cursor(data[-1]["id"])
    link = f"{address}?{urlencode(sorted({**_terms(search), 'page[cursor]': after}.items()))}"
    return {"data": list(data), "meta": {"page": {"after": after}}, "links": {"next": link}}


def instant(time: str | int, now: float) -> int:
    """`now-15m`, `-15m`, ISO 8601 or ms since 1970, as ms UTC; `now` in s UTC. Raises ApiError 400."""
    moment = _instant(f"now{time}" if _OFFSET.fullmatch(str(time)) else str(time), now)
    if moment is None or not 0 <= moment <= LATEST_S * 1000:
        raise invalid_time(str(time))
    return moment


def invalid_cursor() -> ApiError:
    """Recorded, a Python 2 value as text: v2 search_events_returns_bad_request_response. GUESS: that logs have it too."""
    return ApiError(400, "{'errors': [u\"input_validation_error(Field 'page' is invalid: invalid cursor)\"]}")


def invalid_time(text: str) -> ApiError:
    """A time that is none of the forms that searches take (ours)."""
    return ApiError(400, f"Invalid time '{text}': expected now, now-15m, an ISO 8601 time or milliseconds since 1970")


def _instant(text: str, now: float) -> int | None:
    if (relative := from_now(text, now)) is not None:
        return round(relative * 1000)
    if (number := whole_number(text)) is not None:
        return number
    try:
        return round(iso.instant(text.replace(" ", "+")) * 1000)
    except ValueError:
        return None


def _terms(search: Search) -> dict[str, Any]:
    """What a search names, as an address has it."""
    body = msgspec.to_builtins(search)
    terms = {f"{part}[{name}]": value for part in ("filter", "page") for name, value in body.pop(part).items()}
    return {name: ",".join(value) if isinstance(value, list) else value for name, value in {**terms, **body}.items()}


def cursor(after: str) -> str:
    """The cursor behind a record: base64 of `{"after":"ID"}` without padding (recorded)."""
    return base64.urlsafe_b64encode(msgspec.json.encode(_Cursor(after))).decode().rstrip("=")


def behind(cursor: str) -> str:
    """The id that a cursor names. Raises ApiError 400."""
    try:
        decoded = base64.urlsafe_b64decode(cursor.rstrip("=") + "=" * (-len(cursor.rstrip("=")) % 4))
        return msgspec.json.decode(decoded, type=_Cursor).after
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise invalid_cursor() from None


def or_default(value: T | UnsetType, default: T) -> T:
    """A term of the request, or else its default."""
    return default if isinstance(value, UnsetType) else value
