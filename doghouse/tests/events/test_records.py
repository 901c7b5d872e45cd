"""Events and spans as records over time: their stores answer as the same records in memory do, looked at one by one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doghouse.events.model import Event, new_uid
from doghouse.events.records import record, records
from doghouse.events.store import EventStore
from doghouse.search.parser import parse
from doghouse.search.records import Lines, Records
from doghouse.storage.sqlite import Database

FIELDS = ("host", "status", "source", "service", "env", "@title", "@evt.type")
SEARCHES = ("*", "env:prod", "-host:web", "status:warn", "deployed", "@title:b*", "service:shop OR source:chef")
NOW = 1_772_445_600

events = st.builds(
    Event,
    id=st.integers(6 * 10**18, 9 * 10**18 - 1),
    uid=st.builds(new_uid),
    title=st.sampled_from(["a", "b1", "b2"]),
    text=st.sampled_from(["web was deployed", "", "Deployed!"]),
    date_happened=st.integers(NOW, NOW + 5),
    tags=st.lists(st.sampled_from(["env:prod", "env:dev", "service:shop"]), max_size=3).map(tuple),
    host=st.sampled_from([None, "web", "db"]),
    alert_type=st.sampled_from([None, "warning", "error"]),
    source_type_name=st.sampled_from([None, "chef"]),
)


def host_tags(host: str) -> Sequence[str]:
    return [f"role:{host}"]


def answers(records: Records, search: str, start: int, end: int) -> Any:
    """All that a search may be asked, as values that can be compared."""
    tree = parse(search)
    selected = records.select(tree, start, end, FIELDS)
    columns = {
        field: [
            (row, column.values[code]) for row, code in zip(column.rows.tolist(), column.codes.tolist(), strict=True)
        ]
        for field, column in selected.columns.items()
    }
    newest = [(time, record.message, record.attributes) for time, record in records.newest(tree, start, end, 3)]
    return selected.times.tolist(), columns, newest


@settings(max_examples=40, deadline=None)
@given(
    st.lists(events, max_size=8, unique_by=(lambda event: event.id, lambda event: event.uid)),
    st.sampled_from(SEARCHES),
    st.integers(NOW - 1, NOW + 7),
    st.integers(NOW - 1, NOW + 7),
)
def test_a_store_of_events_answers_as_the_events_one_by_one_do(
    tmp_path_factory: pytest.TempPathFactory, kept: list[Event], search: str, start: int, end: int
) -> None:
    store = EventStore(Database(tmp_path_factory.mktemp("events") / "events.sqlite"))
    for event in kept:
        store.add(event)
    in_order = sorted(kept, key=lambda event: event.id)
    tags = {event.id: [*event.tags, *(host_tags(event.host) if event.host else ())] for event in kept}
    plain = Lines(
        (event.date_happened * 1000, record(event, list(dict.fromkeys(tags[event.id])))) for event in in_order
    )
    asked = (search, start * 1000, end * 1000)
    assert answers(records(store, host_tags), *asked) == answers(plain, *asked)


def test_an_event_is_searched_by_its_own_tags_and_its_hosts(tmp_path: Path) -> None:
    store = EventStore(Database(tmp_path / "events.sqlite"))
    store.add(Event(id=6 * 10**18, uid="u", title="t", text="m", date_happened=NOW, tags=("env:prod",), host="web"))
    for search in ("role:web", "env:prod", "host:web", "m", "t", "@evt.uid:u", "status:info"):
        assert records(store, host_tags).newest(parse(search), NOW * 1000, NOW * 1000 + 1, 1), search
    assert not records(store, host_tags).newest(parse("*"), NOW * 1000 - 1, NOW * 1000, 1)  # the end is outside
