"""Where monitors and the states of their groups are kept. One is read by its id, whatever the number of others."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec

from doghouse.monitors.api import document as documents
from doghouse.monitors.api.document import Document
from doghouse.monitors.definition import Definition, Objectives
from doghouse.monitors.kinds.registry import parse
from doghouse.monitors.states.machine import GroupState, Status
from doghouse.monitors.windows.columns import Group
from doghouse.slos.remembering import Remembering
from doghouse.slos.store import SloStore
from doghouse.storage.sqlite import Database

TABLES = """
CREATE TABLE IF NOT EXISTS monitors (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    fingerprint BLOB NOT NULL,            -- of all that makes two monitors duplicates
    overall TEXT NOT NULL DEFAULT 'No Data',
    overall_modified REAL,                -- s UTC; null until the first evaluation
    document BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS monitors_fingerprint ON monitors (fingerprint);
CREATE TABLE IF NOT EXISTS monitor_states (
    monitor INTEGER NOT NULL REFERENCES monitors (id) ON DELETE CASCADE,
    "group" BLOB NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (monitor, "group")
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS monitor_members (  -- which composites are made of which monitors
    member INTEGER NOT NULL,
    composite INTEGER NOT NULL REFERENCES monitors (id) ON DELETE CASCADE,
    PRIMARY KEY (member, composite)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS monitor_members_composite ON monitor_members (composite);
"""
IDENTITY = ("type", "query", "name", "message", "options", "tags")  # GUESS: what makes two monitors duplicates


class Stored(msgspec.Struct, frozen=True):
    """A monitor with what its evaluations made of it. `overall_modified` in s UTC, None until the first evaluation."""

    definition: Definition
    overall: str
    overall_modified: float | None

    @property
    def document(self) -> Document:
        """The monitor as it is answered, but for its state."""
        return cast(Document, self.definition.document)


class MonitorStore:
    """Monitors as JSON documents, and the state of each group of each monitor."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._version = 0
        self._definitions: dict[int, tuple[bytes, Definition]] = {}  # by id, with the document that each was read from
        database.connection().executescript(TABLES)

    @property
    def version(self) -> int:
        """Grows with each change to any monitor's definition: what was parsed of them before is out of date."""
        return self._version

    def add(self, monitor: Definition, now: float) -> Stored | int:
        """Keep a new monitor; or, where the same one exists, that one's id. `now` in s, UTC."""
        with self._database.transaction() as connection:
            document = documents.create(monitor, 0, now)
            mark = fingerprint(document)
            if (
                twin := connection.execute("SELECT id FROM monitors WHERE fingerprint = ?", (mark,)).fetchone()
            ) is not None:
                return int(twin["id"])
            cursor = connection.execute("INSERT INTO monitors (fingerprint, document) VALUES (?, '')", (mark,))
            document = documents.create(monitor, int(cursor.lastrowid or 0), now)
            text = msgspec.json.encode(document)
            connection.execute("UPDATE monitors SET document = ? WHERE id = ?", (text, document["id"]))
            self._relate(document["id"], monitor.members)
        return Stored(self._changed(monitor.filled(document), text), Status.NO_DATA.label, None)

    def get(self, monitor_id: int) -> Stored | None:
        """One monitor, or None."""
        row = self._database.row("SELECT * FROM monitors WHERE id = ?", (monitor_id,))
        return None if row is None else self._stored(row)

    def page(self, after: int = 0, offset: int = 0, limit: int = -1) -> list[Stored]:
        """Monitors by ascending id, those with ids above `after`. A negative limit is none."""
        query = "SELECT * FROM monitors WHERE id > ? ORDER BY id LIMIT ? OFFSET ?"
        return [self._stored(row) for row in self._database.rows(query, (after, limit, offset))]

    def replace(self, monitor: Definition, now: float, only_if: Callable[[Document], bool] = lambda _: True) -> bool:
        """Keep this in place of the monitor that has its id, whose document must pass `only_if`; whether it did. `now` in s, UTC.

        Its groups' states go if it now asks something else.
        """
        document = documents.update(monitor, now)
        text = msgspec.json.encode(document)
        with self._database.transaction() as connection:
            before = self.get(document["id"])
            if before is not None and not only_if(before.document):
                return False
            connection.execute(
                "UPDATE monitors SET fingerprint = ?, document = ? WHERE id = ?",
                (fingerprint(document), text, document["id"]),
            )
            self._relate(document["id"], monitor.members)
            if before is not None and before.document["query"] != document["query"]:
                connection.execute("DELETE FROM monitor_states WHERE monitor = ?", (document["id"],))
        self._changed(monitor.filled(document), text)
        return True

    def delete(self, monitor_id: int) -> bool:
        """Whether there was such a monitor."""
        deleted = self._database.change("DELETE FROM monitors WHERE id = ?", (monitor_id,))
        self._definitions.pop(monitor_id, None)
        self._grow()
        return deleted > 0

    def unknown(self, ids: Iterable[int]) -> list[int]:
        """Those of these that are no monitors."""
        query = "SELECT 1 FROM monitors WHERE id = ?"
        return [monitor_id for monitor_id in ids if self._database.row(query, (monitor_id,)) is None]

    def composites_of(self, monitor_id: int) -> Sequence[int]:
        """The composite monitors that this one is part of."""
        query = "SELECT composite FROM monitor_members WHERE member = ? ORDER BY composite"
        return [row["composite"] for row in self._database.rows(query, (monitor_id,))]

    def states(self, monitor_id: int) -> dict[Group, GroupState]:
        """The states of a monitor's groups."""
        query = 'SELECT "group", state FROM monitor_states WHERE monitor = ?'
        rows = self._database.rows(query, (monitor_id,))
        return {_group(row["group"]): msgspec.msgpack.decode(row["state"], type=GroupState) for row in rows}

    def save_step(
        self,
        monitor_id: int,
        changed: Mapping[Group, GroupState],
        forgotten: Iterable[Group],
        overall: Status,
        now: float,
    ) -> None:
        """Keep what one evaluation made of a monitor: the states that changed, the groups that are gone, and the whole's status.

        Call it inside a `Database.transaction` with the notifications that follow from it, so that both are kept or neither. `now` in s, UTC.
        """
        with self._database.transaction() as connection:
            connection.executemany(
                'INSERT OR REPLACE INTO monitor_states (monitor, "group", state) SELECT id, ?, ? FROM monitors WHERE id = ?',
                [(_key(group), msgspec.msgpack.encode(state), monitor_id) for group, state in changed.items()],
            )
            connection.executemany(
                'DELETE FROM monitor_states WHERE monitor = ? AND "group" = ?',
                [(monitor_id, _key(group)) for group in forgotten],
            )
            connection.execute(
                "UPDATE monitors SET overall = ?, overall_modified = ? "
                "WHERE id = ? AND (overall <> ? OR overall_modified IS NULL)",
                (overall.label, now, monitor_id, overall.label),
            )

    def _relate(self, monitor_id: int, members: Iterable[int]) -> None:
        connection = self._database.connection()
        connection.execute("DELETE FROM monitor_members WHERE composite = ?", (monitor_id,))
        connection.executemany(
            "INSERT INTO monitor_members (member, composite) VALUES (?, ?)",
            [(member, monitor_id) for member in members],
        )

    def _stored(self, row: Any) -> Stored:
        text = row["document"]
        entry = self._definitions.get(row["id"])
        if entry is None or entry[0] != text:
            entry = self._definitions[row["id"]] = (text, parse(msgspec.json.decode(text)))
        return Stored(entry[1], row["overall"], row["overall_modified"])

    def _changed(self, monitor: Definition, text: bytes) -> Definition:
        self._definitions[monitor.id] = (text, monitor)
        self._grow()
        return monitor

    def _grow(self) -> None:
        with self._lock:
            self._version += 1


def objectives(slos: SloStore, monitors: MonitorStore) -> Objectives:
    """The SLOs and monitors of two stores; what an SLO came to is remembered between ticks."""

    def monitor(monitor_id: int) -> Definition | None:
        stored = monitors.get(monitor_id)
        return None if stored is None else stored.definition

    return Objectives(slos.objective, monitor, Remembering())


def fingerprint(monitor: Document) -> bytes:
    """The same for monitors that Datadog calls duplicates."""
    identity = [monitor.get(key) for key in IDENTITY]
    return hashlib.sha256(msgspec.json.encode(identity, order="sorted")).digest()


def _key(group: Group) -> bytes:
    return msgspec.json.encode(group)


def _group(key: bytes) -> Group:
    return msgspec.json.decode(key, type=Group)
