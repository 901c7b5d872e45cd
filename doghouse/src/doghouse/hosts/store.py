"""Where hosts are kept: tables `hosts` and `host_tags`. A host is known by its name as tags have it (`naming.host`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from sqlite3 import Connection, Row

from doghouse.hosts.metadata import Reported
from doghouse.hosts.model import Host, Mute
from doghouse.storage.sqlite import Database
from doghouse.tags import naming

TABLES = """
CREATE TABLE IF NOT EXISTS hosts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, reported REAL NOT NULL DEFAULT 0,
    meta TEXT NOT NULL DEFAULT '{}', aliases TEXT NOT NULL DEFAULT '[]', mute TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS host_tags (
    host TEXT NOT NULL, source TEXT NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (host, source, tag)
) STRICT, WITHOUT ROWID;
"""


class HostStore:
    """Stores hosts and their tags by source. `tags` answers from memory, as every query adds the host's tags to its series."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.connection().executescript(TABLES)
        self._tags: dict[str, tuple[str, ...]] = {}
        for row in database.rows("SELECT DISTINCT host FROM host_tags"):
            self._remember(row["host"])

    def together(self) -> AbstractContextManager[object]:
        """A block whose writes, other stores' of the same database too, are one act: all of them or none."""
        return self._database.transaction()

    def tags(self, host: str) -> tuple[str, ...]:
        """A host's tags from all sources."""
        return self._tags.get(naming.host(host), ())

    def get(self, host: str) -> Host | None:
        """The host, or None where nothing is stored about it."""
        row = self._database.row("SELECT * FROM hosts WHERE key = ?", (naming.host(host),))
        return self._host(row, self._tags_by_source("WHERE host = ?", row["key"]).get(row["key"], {})) if row else None

    def all(self) -> dict[str, Host]:
        """Every stored host, by its key."""
        tags = self._tags_by_source("")
        rows = self._database.rows("SELECT * FROM hosts")
        return {row["key"]: self._host(row, tags.get(row["key"], {})) for row in rows}

    def make(self, names: Iterable[str]) -> None:
        """Make sure that each of these hosts has a row, and so a number."""
        with self._database.transaction() as connection:
            for name in names:
                self._make(connection, name)

    def report(self, report: Reported, now: float) -> None:
        """Store an Agent's report about its host."""
        with self._database.transaction() as connection:
            key = self._make(connection, report.host)
            connection.execute(
                "UPDATE hosts SET reported = max(reported, ?), meta = json_patch(meta, ?), aliases = ? WHERE key = ?",
                (now, json.dumps(dict(report.meta)), json.dumps(report.aliases), key),
            )
            for source, tags in (report.tags or {}).items():
                self._replace(connection, key, source, tags)
        self._remember(key)

    def add_tags(self, host: str, source: str, tags: Iterable[str]) -> Host:
        """Add tags from a source to a host."""
        return self._change_tags(host, source, tags, keep=True)

    def set_tags(self, host: str, source: str, tags: Iterable[str]) -> Host:
        """Replace the tags that a host has from a source."""
        return self._change_tags(host, source, tags, keep=False)

    def set_mute(self, host: str, mute: Mute | None) -> None:
        """Mute a host, or unmute it (None)."""
        with self._database.transaction() as connection:
            key = self._make(connection, host)
            stored = json.dumps({"message": mute.message, "end": mute.end}) if mute else None
            connection.execute("UPDATE hosts SET mute = ? WHERE key = ?", (stored, key))

    def _change_tags(self, host: str, source: str, tags: Iterable[str], *, keep: bool) -> Host:
        with self._database.transaction() as connection:
            key = self._make(connection, host)
            old = self._tags_by_source("WHERE host = ?", key).get(key, {}).get(source, ()) if keep else ()
            self._replace(connection, key, source, {*old, *naming.tags(tags)})
        self._remember(key)
        changed = self.get(host)
        assert changed
        return changed

    def _make(self, connection: Connection, host: str) -> str:
        """The host's key; the host gets a row if it has none yet."""
        key = naming.host(host)
        connection.execute("INSERT OR IGNORE INTO hosts (key, name) VALUES (?, ?)", (key, host))
        return key

    def _replace(self, connection: Connection, key: str, source: str, tags: Iterable[str]) -> None:
        connection.execute("DELETE FROM host_tags WHERE host = ? AND source = ?", (key, source))
        connection.executemany("INSERT OR IGNORE INTO host_tags VALUES (?, ?, ?)", [(key, source, tag) for tag in tags])

    def _remember(self, key: str) -> None:
        rows = self._database.rows("SELECT DISTINCT tag FROM host_tags WHERE host = ? ORDER BY tag", (key,))
        self._tags[key] = tuple(row["tag"] for row in rows)

    def _tags_by_source(self, where: str, *values: str) -> dict[str, dict[str, tuple[str, ...]]]:
        by_host: dict[str, dict[str, tuple[str, ...]]] = {}
        rows = self._database.rows(f"SELECT host, source, tag FROM host_tags {where} ORDER BY tag", values)
        for host, source, tag in rows:
            sources = by_host.setdefault(host, {})
            sources[source] = (*sources.get(source, ()), tag)
        return by_host

    def _host(self, row: Row, tags: Mapping[str, tuple[str, ...]]) -> Host:
        mute = Mute(**json.loads(row["mute"])) if row["mute"] else None
        return Host(
            row["id"],
            row["name"],
            row["reported"],
            json.loads(row["meta"]),
            tuple(json.loads(row["aliases"])),
            tags,
            mute,
        )
