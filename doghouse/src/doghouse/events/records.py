"""Events as searches see them, and as monitors read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from doghouse.events import v2_model
from doghouse.events.model import Event
from doghouse.events.store import EventStore
from doghouse.search.record import Record
from doghouse.search.records import Stored

STATUS_WORDS = (("warning", "warn"), ("success", "ok"))
HostTags = Callable[[str], Sequence[str]]


def records(store: EventStore, host_tags: HostTags) -> Stored:
    """The events of a store, each with its host's tags too."""

    def between(start: int, end: int) -> Iterator[tuple[int, Record]]:
        for event in store.between(start / 1000, end / 1000):
            yield event.date_happened * 1000, record(event, tags(event, host_tags))

    return Stored(between)


def tags(event: Event, host_tags: HostTags) -> list[str]:
    """An event's tags and its host's, each once."""
    return list(dict.fromkeys((*event.tags, *(host_tags(event.host) if event.host else ()))))


def record(event: Event, tags: Sequence[str]) -> Record:
    """The event as searches see it: its text is the message, its title an attribute.

    GUESS: both words for a status are the same, `warn` and `warning`, `ok` and `success`.
    """
    status = event.alert_type or "info"
    reserved = {
        "host": [event.host] if event.host else [],
        "source": [event.source_type_name] if event.source_type_name else [],
        "priority": [] if event.category else [event.priority or "normal"],
        "status": next((list(words) for words in STATUS_WORDS if status in words), [status]),
    }
    return Record(event.text, reserved, tags, v2_model.attributes(event, tags))
