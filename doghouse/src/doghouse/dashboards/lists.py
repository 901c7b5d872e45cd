"""Lists of dashboards: where they are kept, and what is in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from doghouse.dashboards.model import Document
from doghouse.dashboards.sharing.store import IsShared
from doghouse.dashboards.store import DashboardStore
from doghouse.storage.sqlite import Database
from doghouse.time import iso
from doghouse.web import account

TABLES = """
CREATE TABLE IF NOT EXISTS dashboard_lists (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    created REAL NOT NULL,  -- s UTC
    modified REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS dashboard_list_items (
    list INTEGER NOT NULL REFERENCES dashboard_lists (id) ON DELETE CASCADE,
    dashboard TEXT NOT NULL,
    PRIMARY KEY (list, dashboard)
) WITHOUT ROWID;
"""
TYPES = {"ordered": "custom_timeboard", "free": "custom_screenboard"}


class Item(Struct, frozen=True):
    """A dashboard as bodies and lists name it: its id, and the type under which lists know its layout."""

    id: str
    type: str


class ListStore:
    """Manual lists of dashboards. A deleted dashboard is in none, a restored one again where it was."""

    def __init__(self, database: Database, dashboards: DashboardStore, is_shared: IsShared) -> None:
        self._database = database
        self.is_shared = is_shared
        self._dashboards = dashboards
        database.connection().executescript(TABLES)

    def add(self, name: str, now: float) -> Document:
        """A new, empty list. `now` in s, UTC."""
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO dashboard_lists (name, created, modified) VALUES (?, ?, ?)", (name, now, now)
            )
        return self._answer(int(cursor.lastrowid or 0), name, now, now, 0)

    def get(self, list_id: int) -> Document | None:
        """One list, or None."""
        row = self._database.row("SELECT * FROM dashboard_lists WHERE id = ?", (list_id,))
        return None if row is None else self._shown(row)

    def all(self) -> list[Document]:
        """Every list, by name (GUESS: the order; recorded ones are neither by id nor by time)."""
        rows = self._database.rows("SELECT * FROM dashboard_lists ORDER BY name, id")
        return [self._shown(row) for row in rows.fetchall()]

    def rename(self, list_id: int, name: str, now: float) -> Document | None:
        """Give a list another name; None if there is no such list."""
        self._database.change("UPDATE dashboard_lists SET name = ?, modified = ? WHERE id = ?", (name, now, list_id))
        return self.get(list_id)

    def delete(self, list_id: int) -> bool:
        """Whether there was such a list."""
        return self._database.change("DELETE FROM dashboard_lists WHERE id = ?", (list_id,)) > 0

    def items(self, list_id: int) -> dict[str, Document]:
        """Summaries of the dashboards in a list, by id."""
        query = "SELECT dashboard FROM dashboard_list_items WHERE list = ?"
        return self._dashboards.summaries([row["dashboard"] for row in self._database.rows(query, (list_id,))])

    def put_in(self, list_id: int, ids: Sequence[str], now: float) -> list[Item]:
        """Add dashboards to a list; returns those that exist and were not in it."""
        present = self.items(list_id)
        added = self._dashboards.summaries([dashboard_id for dashboard_id in ids if dashboard_id not in present])
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO dashboard_list_items VALUES (?, ?)",
                [(list_id, dashboard_id) for dashboard_id in added],
            )
            self._touch(connection, list_id, now)
        return items(added)

    def take_out(self, list_id: int, ids: Sequence[str], now: float) -> list[Item]:
        """Remove dashboards from a list; returns those that were in it."""
        present = self.items(list_id)
        removed = {dashboard_id: present[dashboard_id] for dashboard_id in ids if dashboard_id in present}
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM dashboard_list_items WHERE list = ? AND dashboard = ?",
                [(list_id, dashboard_id) for dashboard_id in removed],
            )
            self._touch(connection, list_id, now)
        return items(removed)

    def replace(self, list_id: int, ids: Sequence[str], now: float) -> list[Item]:
        """Make a list hold exactly these; returns what it holds."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM dashboard_list_items WHERE list = ?", (list_id,))
            return self.put_in(list_id, ids, now)

    def _touch(self, connection: sqlite3.Connection, list_id: int, now: float) -> None:
        connection.execute("UPDATE dashboard_lists SET modified = ? WHERE id = ?", (now, list_id))

    def _shown(self, row: sqlite3.Row) -> Document:
        return self._answer(row["id"], row["name"], row["created"], row["modified"], len(self.items(row["id"])))

    def _answer(self, list_id: int, name: str, created: float, modified: float, count: int) -> Document:
        return {
            "id": list_id,
            "name": name,
            "type": "manual_dashboard_list",
            "dashboard_count": count,
            "dashboards": None,
            "is_favorite": False,
            "author": {"handle": account.USER.handle, "name": account.USER.name},
            "created": iso.microseconds(created),
            "modified": iso.microseconds(modified),
        }


def items(summaries: dict[str, Document]) -> list[Item]:
    """Dashboards as the answers to changes name them."""
    return [Item(dashboard_id, TYPES[summary["layout_type"]]) for dashboard_id, summary in summaries.items()]


def shown_item(summary: Document, is_shared: IsShared) -> dict[str, Any]:
    """A dashboard as the list of a list's items shows it (its tags: terraform-provider-datadog's recordings, 2023)."""
    return {
        "id": summary["id"],
        "type": TYPES[summary["layout_type"]],
        "title": summary["title"],
        "url": summary["url"],
        "author": {"handle": summary["author_handle"], "name": account.USER.name},
        "created": summary["created_at"],
        "modified": summary["modified_at"],
        "icon": None,
        "integration_id": None,
        "is_favorite": False,
        "is_read_only": summary["is_read_only"],
        "is_shared": is_shared(summary["id"]),
        "tags": summary.get("tags", []),
        "popularity": 0,
    }
