"""Where dashboards are kept. One is read by its id, whatever the number of others."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from doghouse.dashboards import model
from doghouse.dashboards.model import Document, Origin
from doghouse.storage.sqlite import Database
from doghouse.time import iso

TABLE = """
CREATE TABLE IF NOT EXISTS dashboards (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order of creation, which lists keep
    id TEXT NOT NULL UNIQUE,
    created_at REAL NOT NULL,
    deleted_at REAL,
    summary BLOB NOT NULL,
    document BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS dashboards_live ON dashboards (number) WHERE deleted_at IS NULL;
CREATE INDEX IF NOT EXISTS dashboards_deleted ON dashboards (number) WHERE deleted_at IS NOT NULL;
"""


class DashboardStore:
    """Dashboards as JSON documents; a deleted one can be restored."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.connection().executescript(TABLE)

    def add(self, dashboard: Document, now: float) -> None:
        """Keep a new dashboard. `now` in s, UTC."""
        self._database.change(
            "INSERT INTO dashboards (id, created_at, summary, document) VALUES (?, ?, ?, ?)",
            (dashboard["id"], now, *_encoded(dashboard)),
        )

    def get(self, dashboard_id: str) -> bytes | None:
        """A dashboard's JSON, or None if there is none (any more)."""
        row = self._row("document", dashboard_id)
        return None if row is None else row["document"]

    def origin(self, dashboard_id: str) -> Origin | None:
        """What a replacement keeps."""
        row = self._row("id, created_at", dashboard_id)
        return None if row is None else Origin(row["id"], row["created_at"])

    def replace(self, dashboard: Document, only_if: Callable[[Document], bool] = lambda _: True) -> bool:
        """Keep this in place of the dashboard that has its id, whose document must pass `only_if`; whether it did."""
        with self._database.transaction() as connection:
            stored = self.get(dashboard["id"])
            if stored is None or not only_if(msgspec.json.decode(stored)):
                return False
            connection.execute(
                "UPDATE dashboards SET summary = ?, document = ? WHERE id = ?", (*_encoded(dashboard), dashboard["id"])
            )
        return True

    def delete(self, ids: Sequence[str], now: float) -> list[str]:
        """Delete those of these that exist, all or none of them at once; returns the ids that do not exist."""
        return self._mark(ids, "IS NULL", now)

    def restore(self, ids: Sequence[str]) -> list[str]:
        """Undo a deletion; returns the ids that are not deleted dashboards, in which case nothing was restored."""
        return self._mark(ids, "IS NOT NULL", None)

    def page(self, start: int, count: int, *, deleted: bool = False) -> list[Document]:
        """Summaries in order of creation, as the list of all boards has them: without their tags."""
        which = "IS NOT NULL" if deleted else "IS NULL"
        rows = self._database.rows(
            f"SELECT summary, deleted_at FROM dashboards WHERE deleted_at {which} ORDER BY number LIMIT ? OFFSET ?",
            (count, start),
        )
        return [{key: value for key, value in _summary(row).items() if key != "tags"} for row in rows]

    def summaries(self, ids: Sequence[str]) -> dict[str, Document]:
        """Summaries of those of these that exist, by id, with their tags."""
        summaries: dict[str, Document] = {}
        for dashboard_id in ids:
            if (row := self._row("summary, deleted_at", dashboard_id)) is not None:
                summaries[dashboard_id] = _summary(row)
        return summaries

    def numbers(self) -> dict[str, int]:
        """The number of each dashboard by its id, in order of creation: what timeboards are known by."""
        rows = self._database.rows("SELECT id, number FROM dashboards WHERE deleted_at IS NULL ORDER BY number")
        return {row["id"]: row["number"] for row in rows}

    def naming(self, text: str) -> list[str]:
        """`id,title` of each dashboard whose JSON holds a text."""
        query = "SELECT document FROM dashboards WHERE deleted_at IS NULL AND instr(document, ?) ORDER BY number"
        boards = self._database.documents(Document, query, (text.encode(),))
        return [f"{board['id']},{board['title']}" for board in boards]

    def _row(self, columns: str, dashboard_id: str) -> sqlite3.Row | None:
        query = f"SELECT {columns} FROM dashboards WHERE id = ? AND deleted_at IS NULL"
        return self._database.row(query, (dashboard_id,))

    def _mark(self, ids: Sequence[str], currently: str, deleted_at: float | None) -> list[str]:
        with self._database.transaction() as connection:
            query = f"SELECT 1 FROM dashboards WHERE id = ? AND deleted_at {currently}"
            missing = [
                dashboard_id for dashboard_id in ids if connection.execute(query, (dashboard_id,)).fetchone() is None
            ]
            if not missing:
                connection.executemany(
                    "UPDATE dashboards SET deleted_at = ? WHERE id = ?",
                    [(deleted_at, dashboard_id) for dashboard_id in ids],
                )
        return missing


def _encoded(dashboard: Document) -> tuple[bytes, bytes]:
    summary = {**model.summary(dashboard), "tags": dashboard.get("tags") or []}
    return msgspec.json.encode(summary), msgspec.json.encode(dashboard)


def _summary(row: sqlite3.Row) -> Document:
    summary: dict[str, Any] = msgspec.json.decode(row["summary"])
    if row["deleted_at"] is not None:
        summary["deleted_at"] = iso.microseconds(row["deleted_at"])
    return summary
