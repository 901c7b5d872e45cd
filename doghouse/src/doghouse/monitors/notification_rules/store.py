"""Where notification rules are kept."""

from __future__ import annotations

import threading
import uuid

import msgspec
from msgspec import Struct

from doghouse.monitors.notification_rules.model import Attributes, Rules, parse
from doghouse.storage.sqlite import Database

TABLES = """
CREATE TABLE IF NOT EXISTS notification_rules (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    record BLOB NOT NULL
);
"""
MOST_RULES = 1000  # of an organisation (documentation)


class Record(Struct, frozen=True):
    """A rule as it is kept. Times in s UTC."""

    id: str
    created: float
    modified: float
    attributes: Attributes


class RuleStore:
    """Notification rules."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._parsed: Rules | None = None
        database.connection().executescript(TABLES)

    def rules(self) -> Rules:
        """Every rule, read once after each change."""
        with self._lock:
            if self._parsed is None:
                self._parsed = [parse(record.attributes) for record in self.all()]
            return self._parsed

    def add(self, attributes: Attributes, now: float) -> Record | None:
        """Keep a new rule; None where there are MOST_RULES already. `now` in s UTC."""
        record = Record(str(uuid.uuid4()), now, now, attributes)
        with self._database.transaction() as connection:
            if connection.execute("SELECT count(*) FROM notification_rules").fetchone()[0] >= MOST_RULES:
                return None
            content = msgspec.json.encode(record)
            connection.execute("INSERT INTO notification_rules (id, record) VALUES (?, ?)", (record.id, content))
        self._forget()
        return record

    def get(self, rule_id: str) -> Record | None:
        """One rule."""
        return self._database.document(Record, "SELECT record FROM notification_rules WHERE id = ?", (rule_id,))

    def all(self) -> list[Record]:
        """Every rule, in order of creation."""
        return list(self._database.documents(Record, "SELECT record FROM notification_rules ORDER BY number"))

    def replace(self, record: Record, attributes: Attributes, now: float) -> Record:
        """Keep these attributes in place of the rule's."""
        changed = msgspec.structs.replace(record, attributes=attributes, modified=now)
        content = msgspec.json.encode(changed)
        self._database.change("UPDATE notification_rules SET record = ? WHERE id = ?", (content, record.id))
        self._forget()
        return changed

    def delete(self, rule_id: str) -> bool:
        """Whether there was such a rule."""
        deleted = self._database.change("DELETE FROM notification_rules WHERE id = ?", (rule_id,))
        self._forget()
        return deleted > 0

    def _forget(self) -> None:
        with self._lock:
            self._parsed = None
