"""Service checks: the newest status of each (check, host, tags), as Agents and the API submit them (OpenAPI v1: ServiceCheck)."""

from __future__ import annotations

import json
from collections.abc import Iterable

from msgspec import Struct

from doghouse.storage.sqlite import Database
from doghouse.tags import naming

STATUSES = {0: "OK", 1: "WARNING", 2: "CRITICAL", 3: "UNKNOWN"}
RECENT = 100  # how many statuses of a check are kept for monitors, which look at its last runs
TABLE = """
CREATE TABLE IF NOT EXISTS service_checks (
    name TEXT NOT NULL, host TEXT NOT NULL, tags TEXT NOT NULL, status INTEGER NOT NULL, ts REAL NOT NULL, message TEXT NOT NULL,
    recent TEXT NOT NULL,  -- the newest statuses, a digit each, the last one last
    PRIMARY KEY (name, host, tags)
) STRICT, WITHOUT ROWID
"""


class Submitted(Struct):
    """A service check in a request's body. A missing timestamp is the time of the request (s UTC)."""

    check: str
    status: int
    host_name: str = ""
    tags: tuple[str, ...] | None = None
    timestamp: float | None = None
    message: str | None = None


class ServiceCheck(Struct, frozen=True):
    """The newest submission of a check by one host with one set of tags. `status` is a key of STATUSES, `ts` in s UTC.

    `recent` are the newest statuses, the newest last: monitors count them.
    """

    name: str
    host: str
    tags: tuple[str, ...]
    status: int
    ts: float
    message: str
    recent: tuple[int, ...] = ()


class ServiceCheckStore:
    """The newest status of each service check."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.connection().executescript(TABLE)

    def submit(self, checks: Iterable[Submitted], now: float) -> None:
        """Store submissions. A submission older than the stored one changes nothing."""
        rows = [
            (
                check.check,
                naming.host(check.host_name),
                json.dumps(naming.tags(check.tags or ())),
                check.status,
                now if check.timestamp is None else check.timestamp,
                check.message or "",
            )
            for check in checks
        ]
        with self._database.transaction() as connection:
            connection.executemany(
                f"""INSERT INTO service_checks VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?4)
                ON CONFLICT DO UPDATE SET status = excluded.status, ts = excluded.ts, message = excluded.message,
                recent = substr(recent || excluded.recent, -{RECENT}) WHERE excluded.ts >= ts""",
                rows,
            )

    def all(self, name: str | None = None) -> list[ServiceCheck]:
        """The newest submission of each check, or only those of the named check."""
        rows = self._database.rows(
            "SELECT * FROM service_checks WHERE ?1 IS NULL OR name = ?1 ORDER BY name, host, tags", (name,)
        )
        return [
            ServiceCheck(
                row["name"],
                row["host"],
                tuple(json.loads(row["tags"])),
                row["status"],
                row["ts"],
                row["message"],
                tuple(map(int, row["recent"])),
            )
            for row in rows
        ]
