"""Where webhooks, their custom variables and the requests that were sent are kept."""

from __future__ import annotations

import sqlite3

import msgspec

from doghouse.notifications.webhooks.model import Request, Variable, Webhook
from doghouse.storage.sqlite import Database

TABLES = """
CREATE TABLE IF NOT EXISTS webhooks (name TEXT PRIMARY KEY, document BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS webhook_variables (name TEXT PRIMARY KEY, document BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS webhook_requests (
    delivery INTEGER PRIMARY KEY REFERENCES deliveries (id) ON DELETE CASCADE,
    document BLOB NOT NULL           -- secrets are masked in it
);
"""


class Taken(Exception):
    """Something has this name already."""


class WebhookStore:
    """Webhooks and custom variables, by name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.connection().executescript(TABLES)

    def webhook(self, name: str) -> Webhook | None:
        """One webhook."""
        row = self._row("webhooks", name)
        return None if row is None else msgspec.json.decode(row["document"], type=Webhook)

    def variable(self, name: str) -> Variable | None:
        """One custom variable."""
        row = self._row("webhook_variables", name)
        return None if row is None else msgspec.json.decode(row["document"], type=Variable)

    def variables(self) -> list[Variable]:
        """All custom variables."""
        rows = self._database.connection().execute("SELECT document FROM webhook_variables ORDER BY name")
        return [msgspec.json.decode(row["document"], type=Variable) for row in rows]

    def put_webhook(self, webhook: Webhook, instead_of: str | None = None) -> None:
        """Keep a webhook, in the place of the one of that name where one is given. Raises Taken."""
        self._put("webhooks", webhook, instead_of)

    def put_variable(self, variable: Variable, instead_of: str | None = None) -> None:
        """Keep a custom variable, in the place of the one of that name where one is given. Raises Taken."""
        self._put("webhook_variables", variable, instead_of)

    def delete_webhook(self, name: str) -> bool:
        """Whether there was such a webhook."""
        return self._delete("webhooks", name)

    def delete_variable(self, name: str) -> bool:
        """Whether there was such a variable."""
        return self._delete("webhook_variables", name)

    def keep(self, delivery_id: int, request: Request) -> None:
        """Keep the request of a delivery as it may be shown."""
        with self._database.transaction() as connection:
            content = (delivery_id, msgspec.json.encode(request))
            connection.execute("INSERT OR REPLACE INTO webhook_requests (delivery, document) VALUES (?, ?)", content)

    def request(self, delivery_id: int) -> Request | None:
        """The request of a delivery, with secrets masked; None where none was made."""
        query = "SELECT document FROM webhook_requests WHERE delivery = ?"
        row = self._database.connection().execute(query, (delivery_id,)).fetchone()
        return None if row is None else msgspec.json.decode(row["document"], type=Request)

    def _row(self, table: str, name: str) -> sqlite3.Row | None:
        query = f"SELECT document FROM {table} WHERE name = ?"
        row: sqlite3.Row | None = self._database.connection().execute(query, (name,)).fetchone()
        return row

    def _put(self, table: str, made: Webhook | Variable, instead_of: str | None) -> None:
        with self._database.transaction() as connection:
            if made.name != instead_of and self._row(table, made.name) is not None:
                raise Taken
            connection.execute(f"DELETE FROM {table} WHERE name = ?", (instead_of,))
            connection.execute(f"INSERT INTO {table} VALUES (?, ?)", (made.name, msgspec.json.encode(made)))

    def _delete(self, table: str, name: str) -> bool:
        with self._database.transaction() as connection:
            return connection.execute(f"DELETE FROM {table} WHERE name = ?", (name,)).rowcount > 0
