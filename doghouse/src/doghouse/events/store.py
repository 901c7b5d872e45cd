"""Where events are kept, by the time they happened."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator

import msgspec

from doghouse.events import model
from doghouse.events.model import Event
from doghouse.storage.sqlite import Database

TABLE = """
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    rounded INTEGER NOT NULL,   -- the id that v1 answers
    happened INTEGER NOT NULL,  -- s UTC
    event BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS events_rounded ON events (rounded);
CREATE INDEX IF NOT EXISTS events_happened ON events (happened, id);
"""
Listener = Callable[[Event], None]


class EventStore:
    """Events. `listen` has a function called with each new one, in its transaction: what it writes is kept with the event, or neither is."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()
        database.connection().executescript(TABLE)

    def listen(self, listener: Listener) -> None:
        """Have new events told to `listener`, on the thread that added them."""
        with self._lock:
            self._listeners.append(listener)

    def add(self, event: Event) -> None:
        """Keep an event. Inside a transaction of the caller's it is kept with the rest."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO events (id, uid, rounded, happened, event) VALUES (?, ?, ?, ?, ?)",
                (event.id, event.uid, model.rounded(event.id), event.date_happened, msgspec.json.encode(event)),
            )
            for listener in tuple(self._listeners):
                listener(event)

    def add_all(self, events: Iterable[Event]) -> None:
        """Keep all of them, or none."""
        with self._database.transaction():
            for event in events:
                self.add(event)

    def change(self, event: Event) -> None:
        """Keep an event in place of the one that has its id. Listeners are not told."""
        self._database.change("UPDATE events SET event = ? WHERE id = ?", (msgspec.json.encode(event), event.id))

    def delete(self, event: Event) -> None:
        """Drop an event."""
        self._database.change("DELETE FROM events WHERE id = ?", (event.id,))

    def get(self, event_id: int) -> Event | None:
        """One event, by its exact id or by the rounded one of v1."""
        query = "SELECT event FROM events WHERE id = ? UNION ALL SELECT event FROM events WHERE rounded = ? LIMIT 1"
        return self._database.document(Event, query, (event_id, event_id))

    def find(self, uid: str) -> Event | None:
        """One event, by the id of version 2."""
        return self._database.document(Event, "SELECT event FROM events WHERE uid = ?", (uid,))

    def between(self, start: float, end: float, *, newest_first: bool = True) -> Iterator[Event]:
        """Events with start <= date_happened < end (s UTC), by that time; those of one second by their number."""
        order = "DESC" if newest_first else "ASC"
        return self._database.documents(
            Event,
            f"SELECT event FROM events WHERE happened >= ? AND happened < ? ORDER BY happened {order}, id {order}",
            (float(start), float(end)),
        )
