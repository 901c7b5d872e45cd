"""The endpoints of events, version 2: posting, listing, searching."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.routing import BaseRoute

from doghouse.events import v2_model, v2_search
from doghouse.events.errors import event_not_found
from doghouse.events.model import Event
from doghouse.events.store import EventStore
from doghouse.events.v2_search import Cursor
from doghouse.web import errors
from doghouse.web.http import Call, Keys, Reply, endpoint

LIMIT = 10  # the schema's default page
MAX_LIMIT = 1000
HostTags = Callable[[str], Sequence[str]]


class Filter(msgspec.Struct):
    """`filter` of a search; its times are texts such as `now-15m`."""

    query: str = "*"
    start: str = msgspec.field(default="now-15m", name="from")
    end: str = msgspec.field(default="now", name="to")


class Page(msgspec.Struct):
    """`page` of a search."""

    cursor: str | None = None
    limit: int = LIMIT


class Search(msgspec.Struct):
    """What is searched for (EventsListRequest of the schema). `sort` is `timestamp` or `-timestamp`."""

    filter: Filter = msgspec.field(default_factory=Filter)
    page: Page = msgspec.field(default_factory=Page)
    sort: str = "-timestamp"


def routes(store: EventStore, host_tags: HostTags) -> list[BaseRoute]:
    """Events of version 2."""
    return [
        endpoint("POST", "/api/v2/events", partial(create, store), Keys.API),
        endpoint("GET", "/api/v2/events", partial(list_all, store, host_tags)),
        endpoint("POST", "/api/v2/events/search", partial(search, store, host_tags)),
        endpoint("GET", "/api/v2/events/{id}", partial(get, store, host_tags)),
    ]


def create(store: EventStore, call: Call) -> Reply:
    """Post an event. The id in the answer really is `_` (recorded)."""
    event = v2_model.read(call.body, call.now)
    store.add(event)
    named = {"evt": {"id": str(event.id), "uid": event.uid}}
    link = f"https://app.datadoghq.com/event/event?uid={event.uid}"
    data = {"id": "_", "type": "event", "attributes": {"attributes": named}}
    return Reply({"data": data, "links": {"self": link}}, 202)


def get(store: EventStore, host_tags: HostTags, call: Call) -> Reply:
    """One event, by either of its ids."""
    number = call.key("id")
    event = store.get(number) if number else store.find(call.params["id"])
    if event is None:
        raise event_not_found()
    return Reply({"data": _shown(event, host_tags)})


def list_all(store: EventStore, host_tags: HostTags, call: Call) -> Reply:
    """A search whose terms stand in the address."""
    query = call.query
    asked = Search(
        Filter(query.get("filter[query]", "*"), query.get("filter[from]", "now-15m"), query.get("filter[to]", "now")),
        Page(query.get("page[cursor]"), call.number("page[limit]", LIMIT)),
        query.get("sort", "-timestamp"),
    )
    return Reply(found(store, host_tags, asked, call))


def search(store: EventStore, host_tags: HostTags, call: Call) -> Reply:
    """A search whose terms stand in the body."""
    return Reply(found(store, host_tags, call.json(Search) if call.body else Search(), call))


def found(store: EventStore, host_tags: HostTags, asked: Search, call: Call) -> dict[str, Any]:
    """A page of events; one that is empty has neither `meta` nor `links` (recorded)."""
    cursor = None if asked.page.cursor is None else v2_search.decode_cursor(asked.page.cursor)
    if asked.sort not in ("timestamp", "-timestamp"):
        raise errors.invalid_parameter("sort", asked.sort, ("timestamp", "-timestamp"))
    if asked.page.limit < 0:
        raise errors.invalid_body("page.limit must be a number from 0")
    limit = min(asked.page.limit, MAX_LIMIT)
    page = list(islice(_matching(store, host_tags, asked, cursor, call.now), limit))
    if not page:
        return {"data": []}
    last = page[-1][0]
    after = v2_search.encode_cursor(Cursor(last.date_happened, last.id))
    terms = {"filter[from]": asked.filter.start, "filter[to]": asked.filter.end, "page[cursor]": after}
    if asked.filter.query != "*":
        terms["filter[query]"] = asked.filter.query
    link = f"{call.base_url}{call.path}?{urlencode({**terms, 'page[limit]': limit, 'sort': asked.sort})}"
    return {"data": [shown for _, shown in page], "meta": {"page": {"after": after}}, "links": {"next": link}}


def _matching(
    store: EventStore, host_tags: HostTags, asked: Search, cursor: Cursor | None, now: float
) -> Iterator[tuple[Event, dict[str, Any]]]:
    wanted = v2_search.compile_search(asked.filter.query)
    start, end = v2_search.instant(asked.filter.start, now), v2_search.instant(asked.filter.end, now)
    newest_first = asked.sort.startswith("-")
    for event in store.between(start, end, newest_first=newest_first):
        if cursor is not None and not _beyond(
            (event.date_happened, event.id), (cursor.happened, cursor.id), newest_first
        ):
            continue
        shown = _shown(event, host_tags)
        if wanted(shown):
            yield event, shown


def _beyond(place: tuple[int, int], cursor: tuple[int, int], newest_first: bool) -> bool:
    return place < cursor if newest_first else place > cursor


def _shown(event: Event, host_tags: HostTags) -> dict[str, Any]:
    tags = dict.fromkeys((*event.tags, *(host_tags(event.host) if event.host else ())))
    return v2_model.shown(event, list(tags))
