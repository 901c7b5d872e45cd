"""Where downtimes are kept, of both versions of the API. What holds one monitor is found without looking at the others."""

from __future__ import annotations

import math
import threading
import uuid
from collections.abc import Sequence
from typing import Any

import msgspec

from doghouse.downtimes import record as records
from doghouse.downtimes import v1
from doghouse.downtimes.errors import invalid_downtime
from doghouse.downtimes.holds import Group, Hold, Holding
from doghouse.downtimes.matching import concerns
from doghouse.downtimes.model import Downtime, DowntimeError, OneTime
from doghouse.downtimes.record import V1, Attributes, Record
from doghouse.downtimes.schedule import current, status
from doghouse.storage.sqlite import Database

TABLES = """
CREATE TABLE IF NOT EXISTS downtimes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- its id in v1
    id TEXT NOT NULL UNIQUE,
    target TEXT NOT NULL,                      -- `monitor:12`, or a tag that its monitors must have, or `tag:*`
    scope TEXT NOT NULL,
    over REAL,                                 -- s UTC, from when on it surely holds nothing; null: not known
    record BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS downtimes_target ON downtimes (target, over);
CREATE INDEX IF NOT EXISTS downtimes_scope ON downtimes (scope);
"""
KEPT_PARSED = 16384


class DowntimeStore:
    """Downtimes as records."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._parsed: dict[tuple[int, int], Downtime] = {}
        database.connection().executescript(TABLES)

    def add(self, attributes: Attributes, sent: V1 | None, now: float) -> Record:
        """Keep a new downtime. `now` in s, UTC. Raises DowntimeError."""
        with self._database.transaction() as connection:
            record = Record(0, str(uuid.uuid4()), now, now, None, False, attributes, sent, only_v2=sent is None)
            downtime = records.parsed(record)
            cursor = connection.execute(
                "INSERT INTO downtimes (id, target, scope, over, record) VALUES (?, ?, ?, ?, '')",
                (record.id, _target(attributes), attributes["scope"], _over(record, downtime)),
            )
            record = msgspec.structs.replace(record, number=int(cursor.lastrowid or 0))
            connection.execute(
                "UPDATE downtimes SET record = ? WHERE number = ?", (msgspec.json.encode(record), record.number)
            )
        return record

    def get(self, downtime_id: str | int) -> Record | None:
        """One downtime, by its UUID or by its v1 number."""
        column = "number" if isinstance(downtime_id, int) else "id"
        return self._database.document(Record, f"SELECT record FROM downtimes WHERE {column} = ?", (downtime_id,))

    def all(self) -> list[Record]:
        """Every downtime, canceled ones too, in order of creation."""
        return list(self._database.documents(Record, "SELECT record FROM downtimes ORDER BY number"))

    def page(self, offset: int, limit: int) -> tuple[list[Record], int]:
        """A part of them in order of creation, and how many there are."""
        query = "SELECT record FROM downtimes ORDER BY number LIMIT ? OFFSET ?"
        [(count,)] = self._database.rows("SELECT count(*) FROM downtimes")
        return list(self._database.documents(Record, query, (limit, offset))), count

    def change(self, record: Record, attributes: Attributes, sent: V1 | None, now: float) -> Record:
        """Keep these attributes in place of the record's. Raises DowntimeError."""
        updated = msgspec.structs.replace(record, attributes=attributes, v1=sent, modified=now, updated=True)
        return self._keep(updated)

    def cancel(self, record: Record, now: float) -> None:
        """Cancel a downtime, which is a change of it (recorded: TestAccDatadogDowntimeDates); one that is over or canceled already stays as it is."""
        if status(self.downtime(record), now) in ("active", "scheduled"):
            self._keep(msgspec.structs.replace(record, canceled=now, modified=now, updated=True))

    def like(self, attributes: Attributes, now: float) -> list[str]:
        """The UUIDs of those active or scheduled that say all the same. GUESS: what Datadog compares."""
        return [record.id for record in self.of_scope(attributes["scope"], now) if record.attributes == attributes]

    def of_scope(self, scope: str, now: float) -> list[Record]:
        """Those active or scheduled with exactly this scope."""
        query = "SELECT record FROM downtimes WHERE scope = ? AND (over IS NULL OR over > ?) ORDER BY number"
        aimed = self._database.documents(Record, query, (scope, now))
        return [record for record in aimed if status(self.downtime(record), now) in ("active", "scheduled")]

    def targeting(self, monitor_id: int) -> list[Record]:
        """Those that name this monitor, in order of creation."""
        query = "SELECT record FROM downtimes WHERE target = ? ORDER BY number"
        return list(self._database.documents(Record, query, (f"monitor:{monitor_id}",)))

    def downtime(self, record: Record) -> Downtime:
        """A record as a value that schedules and matching understand."""
        key = (record.number, record.revision)
        parsed = self._parsed.get(key)
        if parsed is None:
            parsed = records.parsed(record)
            with self._lock:
                if len(self._parsed) >= KEPT_PARSED:
                    self._parsed.clear()
                self._parsed[key] = parsed
        return parsed

    def live(self, monitor_id: int, monitor_tags: Sequence[str], now: float) -> list[Downtime]:
        """Those that may hold this monitor at `now` or later: what the monitor's evaluation matches its groups against."""
        return [self.downtime(candidate) for candidate in self._candidates(monitor_id, monitor_tags, now)]

    def _candidates(self, monitor_id: int, monitor_tags: Sequence[str], now: float) -> list[Record]:
        targets = [f"monitor:{monitor_id}", "tag:*", *(f"tag:{tag}" for tag in dict.fromkeys(monitor_tags))]
        marks = ",".join("?" * len(targets))
        query = f"SELECT record FROM downtimes WHERE target IN ({marks}) AND (over IS NULL OR over > ?) ORDER BY number"
        return list(self._database.documents(Record, query, (*targets, now)))

    def _keep(self, changed: Record) -> Record:
        record = msgspec.structs.replace(changed, revision=changed.revision + 1)
        downtime = records.parsed(record)
        self._database.change(
            "UPDATE downtimes SET target = ?, scope = ?, over = ?, record = ? WHERE number = ?",
            (
                _target(record.attributes),
                record.attributes["scope"],
                _over(record, downtime),
                msgspec.json.encode(record),
                record.number,
            ),
        )
        return record

    def holding(self, now: float) -> Holding:
        """The downtimes that are active at `now`, as a function from a monitor to those that hold it."""

        def holding(monitor_id: int, tags: Sequence[str], scope: Sequence[str], groups: Sequence[Group]) -> list[Hold]:
            tagged = [(group, [*scope, *(f"{key}:{value}" for key, value in group)]) for group in groups]
            holds = []
            for record in self._candidates(monitor_id, tags, now):
                downtime = self.downtime(record)
                if status(downtime, now) != "active" or (stretch := current(downtime, now)) is None:
                    continue
                mine = [group for group, texts in tagged if concerns(downtime, monitor_id, tags, texts)]
                own = downtime.monitor_id
                if mine or own == monitor_id:
                    end = None if math.isinf(stretch.end) else stretch.end
                    scopes = downtime.scope.split(" AND ")
                    holds.append(Hold(record.number, record.id, own, stretch.start, end, scopes, mine))
            return holds

        return holding

    def mute(
        self, monitor_id: int | None, scope: str, end: float | None, now: float, message: str | None = None
    ) -> dict[str, Any]:
        """Begin a downtime of one monitor, or of all; returns it as v1 answers. Raises ApiError 400."""
        body = {"scope": scope, "monitor_id": monitor_id, "end": end, "message": message}
        try:
            attributes, sent = v1.read(body, now)
            record = self.add(records.fill_in(attributes, now), sent, now)
        except DowntimeError as error:
            raise invalid_downtime(error.text) from None
        return v1.answer(record, self.downtime(record), now)

    def mute_host(self, host: str, end: float | None, message: str | None, now: float) -> int:
        """Begin a downtime of all monitors on one host in place of the one that it has; returns its id in v1. Raises ApiError 400."""
        with self._database.transaction():
            self.unmute_host(host, now)
            return int(self.mute(None, f"host:{host}", end, now, message)["id"])

    def unmute_host(self, host: str, now: float) -> int | None:
        """End the downtime of all monitors on one host; returns its id in v1, or None if there is none."""
        return next(iter(self.unmute(None, f"host:{host}", now)), None)

    def unmute(self, monitor_id: int | None, scope: str | None, now: float) -> list[int]:
        """Cancel the active downtimes of one monitor (None: those for all monitors), those of one scope or of every scope.

        Returns their ids in v1.
        """
        target = "tag:*" if monitor_id is None else f"monitor:{monitor_id}"
        scope_text = None if scope is None else " AND ".join(part.strip() for part in scope.split(","))
        query = "SELECT record FROM downtimes WHERE target = ? AND (over IS NULL OR over > ?)"
        with self._database.transaction():
            aimed = self._database.documents(Record, query, (target, now))
            matching = [record for record in aimed if scope_text is None or record.attributes["scope"] == scope_text]
            for record in matching:
                self.cancel(record, now)
        return [record.number for record in matching]


def _target(attributes: Attributes) -> str:
    identifier = attributes["monitor_identifier"]
    if "monitor_id" in identifier:
        return f"monitor:{identifier['monitor_id']}"
    tags: list[str] = identifier["monitor_tags"]
    return f"tag:{tags[0]}"


def _over(record: Record, downtime: Downtime) -> float | None:
    if record.canceled is not None:
        return record.canceled
    if isinstance(downtime.schedule, OneTime) and not math.isinf(downtime.schedule.end):
        return downtime.schedule.end
    return None
