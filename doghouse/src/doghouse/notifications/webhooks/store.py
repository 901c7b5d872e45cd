"""Where webhooks, their custom variables and the requests that were sent are kept."""

from __future__ import annotations

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
KEPT_IN = {Webhook: "webhooks", Variable: "webhook_variables"}


class Taken(Exception):
    """Something has this name already."""


class WebhookStore:
    """Webhooks and custom variables, by name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.connection().executescript(TABLES)

    def webhook(self, name: str) -> Webhook | None:
        """One webhook."""
        return self._database.document(Webhook, "SELECT document FROM webhooks WHERE name = ?", (name,))

    def variable(self, name: str) -> Variable | None:
        """One custom variable."""
        return self._database.document(Variable, "SELECT document FROM webhook_variables WHERE name = ?", (name,))

    def variables(self) -> list[Variable]:
        """All custom variables."""
        return list(self._database.documents(Variable, "SELECT document FROM webhook_variables ORDER BY name"))

    def put(self, entry: Webhook | Variable, instead_of: str | None = None) -> None:
        """Keep one, in the place of the one of that name where one is given. Raises Taken."""
        table = KEPT_IN[type(entry)]
        with self._database.transaction() as connection:
            query = f"SELECT 1 FROM {table} WHERE name = ?"
            if entry.name != instead_of and self._database.row(query, (entry.name,)) is not None:
                raise Taken
            connection.execute(f"DELETE FROM {table} WHERE name = ?", (instead_of,))
            connection.execute(f"INSERT INTO {table} VALUES (?, ?)", (entry.name, msgspec.json.encode(entry)))

    def delete(self, kind: type[Webhook | Variable], name: str) -> bool:
        """Whether there was one of this kind and name."""
        return self._database.change(f"DELETE FROM {KEPT_IN[kind]} WHERE name = ?", (name,)) > 0

    def keep(self, delivery_id: int, request: Request) -> None:
        """Keep the request of a delivery as it may be shown."""
        content = (delivery_id, msgspec.json.encode(request))
        self._database.change("INSERT OR REPLACE INTO webhook_requests (delivery, document) VALUES (?, ?)", content)

    def request(self, delivery_id: int) -> Request | None:
        """The request of a delivery, with secrets masked; None where none was made."""
        query = "SELECT document FROM webhook_requests WHERE delivery = ?"
        return self._database.document(Request, query, (delivery_id,))
