"""Where SLOs and their corrections are kept. One is read by its id, whatever the number of others."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

import msgspec

from doghouse.slos import document as documents
from doghouse.slos.document import Document, Origin
from doghouse.slos.model import Objective
from doghouse.slos.reading import read
from doghouse.slos.records import CorrectionRecord
from doghouse.storage.sqlite import Database

TABLES = """
CREATE TABLE IF NOT EXISTS slos (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order of creation, which lists keep
    id TEXT NOT NULL UNIQUE,
    deleted_at REAL,                           -- s UTC
    document BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS slo_monitors (      -- which SLOs are made of which monitors
    monitor INTEGER NOT NULL,
    slo TEXT NOT NULL REFERENCES slos (id) ON DELETE CASCADE,
    PRIMARY KEY (monitor, slo)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS slo_corrections (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    slo TEXT,                                  -- null: its query says which
    record BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS slo_corrections_slo ON slo_corrections (slo);
"""


class SloStore:
    """SLOs as JSON documents; a deleted one stays in the list of deleted ones."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: dict[str, tuple[bytes, Objective]] = {}  # by id, with the document that each was read from
        database.connection().executescript(TABLES)

    def add(self, objective: Objective, now: float) -> Document:
        """Keep a new SLO; its document. `now` in s UTC."""
        document = documents.of(objective, Origin(documents.new_id(), int(now)), now)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO slos (id, document) VALUES (?, ?)", (document["id"], msgspec.json.encode(document))
            )
            self._relate(document["id"], objective.monitors)
        return document

    def replace(self, objective: Objective, former: Document, now: float) -> Document:
        """Keep this in the place of an SLO, whose id and creation stay; the new document."""
        document = documents.of(objective, Origin(former["id"], former["created_at"]), now)
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE slos SET document = ? WHERE id = ?", (msgspec.json.encode(document), document["id"])
            )
            self._relate(document["id"], objective.monitors)
        return document

    def delete(self, slo_id: str, now: float) -> None:
        """Delete an SLO that exists. What it is made of, and its corrections, go."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE slos SET deleted_at = ? WHERE id = ?", (now, slo_id))
            connection.execute("DELETE FROM slo_monitors WHERE slo = ?", (slo_id,))
            connection.execute("DELETE FROM slo_corrections WHERE slo = ?", (slo_id,))

    def get(self, slo_id: str) -> Document | None:
        """An SLO's document; None if there is none (any more)."""
        text = self._text(slo_id)
        return None if text is None else msgspec.json.decode(text)

    def all(self, *, deleted: bool = False) -> list[Document]:
        """The documents of all SLOs, by creation."""
        which = "IS NOT NULL" if deleted else "IS NULL"
        query = f"SELECT document FROM slos WHERE deleted_at {which} ORDER BY number"
        return list(self._database.documents(Document, query))

    def objective(self, slo_id: str) -> Objective | None:
        """An SLO as it is evaluated, with its corrections; None if there is none."""
        text = self._text(slo_id)
        if text is None:
            return None
        entry = self._read.get(slo_id)
        if entry is None or entry[0] != text:
            entry = self._read[slo_id] = (text, read(msgspec.json.decode(text)))
        return entry[1].corrected_by(tuple(record.correction for record in self.corrections_of(entry[1])))

    def of_monitor(self, monitor_id: int) -> Sequence[str]:
        """The ids of the SLOs that a monitor is part of."""
        query = "SELECT slo FROM slo_monitors WHERE monitor = ? ORDER BY slo"
        return [row["slo"] for row in self._database.rows(query, (monitor_id,))]

    # -- corrections

    def add_correction(self, record: CorrectionRecord) -> None:
        """Keep a new correction."""
        self._database.change(
            "INSERT INTO slo_corrections (id, slo, record) VALUES (?, ?, ?)",
            (record.id, record.slo_id, msgspec.json.encode(record)),
        )

    def replace_correction(self, record: CorrectionRecord) -> None:
        """Keep this in the place of the correction that has its id."""
        self._database.change(
            "UPDATE slo_corrections SET slo = ?, record = ? WHERE id = ?",
            (record.slo_id, msgspec.json.encode(record), record.id),
        )

    def delete_correction(self, correction_id: str) -> bool:
        """Whether there was such a correction."""
        return self._database.change("DELETE FROM slo_corrections WHERE id = ?", (correction_id,)) > 0

    def correction(self, correction_id: str) -> CorrectionRecord | None:
        """One correction, or None."""
        rows = self._corrections("WHERE id = ?", correction_id)
        return rows[0] if rows else None

    def corrections(self) -> list[CorrectionRecord]:
        """All corrections, the newest first (recorded: get_all_slo_corrections_*)."""
        return self._corrections("")

    def corrections_of(self, objective: Objective) -> list[CorrectionRecord]:
        """The corrections of an SLO, the newest first: those that name it, and those whose query its tags match."""
        named = self._corrections("WHERE slo = ? OR slo IS NULL", objective.id)
        return [record for record in named if record.slo_id is not None or record.matches(objective.tags)]

    def _corrections(self, which: str, *values: str) -> list[CorrectionRecord]:
        query = f"SELECT record FROM slo_corrections {which} ORDER BY number DESC"
        return list(self._database.documents(CorrectionRecord, query, values))

    def _text(self, slo_id: str) -> bytes | None:
        row = self._database.row("SELECT document FROM slos WHERE id = ? AND deleted_at IS NULL", (slo_id,))
        return None if row is None else row["document"]

    def _relate(self, slo_id: str, monitors: Iterable[int]) -> None:
        connection = self._database.connection()
        connection.execute("DELETE FROM slo_monitors WHERE slo = ?", (slo_id,))
        connection.executemany(
            "INSERT INTO slo_monitors (monitor, slo) VALUES (?, ?)", [(monitor, slo_id) for monitor in monitors]
        )


def new_correction_id() -> str:
    """A UUID of version 1 (all recorded ids)."""
    return str(uuid.uuid1())
