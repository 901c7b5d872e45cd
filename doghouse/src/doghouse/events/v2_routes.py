"""The endpoints of events, version 2: posting, listing, searching."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

from starlette.routing import BaseRoute

from doghouse.events import records, v2_model
from doghouse.events.errors import event_not_found
from doghouse.events.model import Event
from doghouse.events.records import HostTags
from doghouse.events.store import EventStore
from doghouse.search import matching, paging
from doghouse.search.paging import Search
from doghouse.web.access import Keys
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply, endpoint


def routes(store: EventStore, host_tags: HostTags) -> list[BaseRoute]:
    """Events of version 2."""
    return [
        endpoint("POST", "/api/v2/events", partial(create, store), Keys.API),
        endpoint("GET", "/api/v2/events", partial(list_all, store, host_tags)),
        endpoint("POST", "/api/v2/events/search", partial(search, store, host_tags)),
        endpoint("GET", "/api/v2/events/search", partial(list_all, store, host_tags)),  # where a search's next page is
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
    event = present(store.get(number) if number else store.find(call.params["id"]), event_not_found())
    return Reply({"data": _shown(event, host_tags)})


def list_all(store: EventStore, host_tags: HostTags, call: Call) -> Reply:
    """A search whose terms stand in the address."""
    return Reply(page(store, host_tags, paging.of_address(call), call))


def search(store: EventStore, host_tags: HostTags, call: Call) -> Reply:
    """A search whose terms stand in the body."""
    return Reply(page(store, host_tags, paging.of_body(call), call))


def page(store: EventStore, host_tags: HostTags, query: Search, call: Call) -> dict[str, Any]:
    """A page of events. The link to the next one is of the path that was asked (recorded of both)."""
    events = islice(_matching(store, host_tags, query, call.now), query.limit)
    return paging.answer([_shown(event, host_tags) for event in events], query, f"{call.base_url}{call.path}")


def _matching(store: EventStore, host_tags: HostTags, query: Search, now: float) -> Iterator[Event]:
    """The events of a search behind its cursor, in its order."""
    matches = matching.compile_search(query.text)
    start, end = query.stretch(now)
    newest_first, last = query.newest_first, _last(store, query)
    if last is not None:  # what earlier pages had is not read again, but for its last second
        start, end = (start, min(end, last[0] * 1000 + 1000)) if newest_first else (max(start, last[0] * 1000), end)
    for event in store.between(start / 1000, end / 1000, newest_first=newest_first):
        place = (event.date_happened, event.id)
        if last is not None and not (place < last if newest_first else place > last):
            continue
        if matches(records.record(event, records.tags(event, host_tags))):
            yield event


def _last(store: EventStore, query: Search) -> tuple[int, int] | None:
    """The place of the last event of the page before. Raises ApiError 400 where there is no such event."""
    if query.after is None:
        return None
    event = store.find(query.after)
    if event is None:
        raise paging.invalid_cursor()
    return event.date_happened, event.id


def _shown(event: Event, host_tags: HostTags) -> dict[str, Any]:
    return v2_model.shown(event, records.tags(event, host_tags))
