"""Where notifications are kept: the inbox, the outbox of mails, how far each monitor was stepped. All in SQLite, so that a step is kept whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from doghouse.downtimes.holds import Group
from doghouse.events.model import new_id
from doghouse.monitors import GroupState
from doghouse.monitors.message import mentions
from doghouse.notifications.model import Delivery, Notification
from doghouse.storage.sqlite import Database

TABLES = """
CREATE TABLE IF NOT EXISTS notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,                -- s UTC
    monitor INTEGER,
    silenced INTEGER NOT NULL,
    document BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS notifications_at ON notifications (at);
CREATE INDEX IF NOT EXISTS notifications_monitor ON notifications (monitor, at);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    notification INTEGER NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
    recipient TEXT NOT NULL,
    state TEXT NOT NULL,             -- inbox, waiting, sent, failed
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL DEFAULT 0,     -- s UTC
    error TEXT,
    sent_at REAL
);
CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (due) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS deliveries_notification ON deliveries (notification);
CREATE TABLE IF NOT EXISTS steps (
    what TEXT PRIMARY KEY,           -- monitor:12, downtimes
    last REAL NOT NULL               -- the last tick that is done with, s UTC
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS announced (
    downtime TEXT NOT NULL,
    what TEXT NOT NULL,
    at REAL NOT NULL,                -- s UTC
    PRIMARY KEY (downtime, what, at)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bundle_states (
    monitor INTEGER NOT NULL,
    bundle BLOB NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (monitor, bundle)
) WITHOUT ROWID;
"""


# whose recipients are webhooks, as `mentions.is_webhook` has it
FOR_WEBHOOK = f"recipient GLOB '{mentions.WEBHOOK}*' AND recipient NOT GLOB '*@*'"
COPIES = (
    "SELECT deliveries.*, notifications.document FROM deliveries JOIN notifications ON notifications.id = notification"
)


class NotificationStore:
    """Notifications and their deliveries."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.connection().executescript(TABLES)

    def add(self, notification: Notification, now: float) -> Notification:
        """Keep a notification, and a copy for each recipient unless it is silenced. Inside a transaction of the caller's it is kept with the rest."""
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO notifications (at, monitor, silenced, document) VALUES (?, ?, ?, '')",
                (notification.at, notification.monitor_id, not notification.is_sent),
            )
            stored = msgspec.structs.replace(
                notification, id=int(cursor.lastrowid or 0), event_id=notification.event_id or new_id()
            )
            connection.execute(
                "UPDATE notifications SET document = ? WHERE id = ?", (msgspec.json.encode(stored), stored.id)
            )
            if stored.is_sent:
                connection.executemany(
                    "INSERT INTO deliveries (notification, recipient, state, due) VALUES (?, ?, ?, ?)",
                    [(stored.id, recipient, _first_state(recipient), now) for recipient in stored.recipients],
                )
        return stored

    def announce_once(self, notification: Notification) -> bool:
        """Record that this change of a downtime is announced. False where that was recorded before."""
        announced = self._database.change(
            "INSERT OR IGNORE INTO announced (downtime, what, at) VALUES (?, ?, ?)",
            (notification.downtime_id, notification.transition, notification.at),
        )
        return announced > 0

    def get(self, notification_id: int) -> Notification | None:
        """One notification."""
        query = "SELECT document FROM notifications WHERE id = ?"
        return self._database.document(Notification, query, (notification_id,))

    def find(
        self,
        *,
        start: float = 0.0,
        end: float = 1e12,
        monitor_id: int | None = None,
        silenced: bool | None = None,
        limit: int = 1000,
        skip: int = 0,
        newest_first: bool = False,
    ) -> list[Notification]:
        """Notifications of [start, end] (s UTC), by time; `silenced` None takes both. Of a longer list `limit` behind the first `skip`."""
        order = "DESC" if newest_first else "ASC"
        notifications = self._database.documents(
            Notification,
            f"""SELECT document FROM notifications WHERE at BETWEEN ?1 AND ?2 AND (?3 IS NULL OR monitor = ?3)
            AND (?4 IS NULL OR silenced = ?4) ORDER BY at {order}, id {order} LIMIT ?5 OFFSET ?6""",
            (start, end, monitor_id, silenced, limit, skip),
        )
        return list(notifications)

    def deliveries(self, notification_ids: Iterable[int]) -> dict[int, list[Delivery]]:
        """The copies of these notifications."""
        query = "SELECT * FROM deliveries WHERE notification = ? ORDER BY id"
        return {id: [_delivery(row) for row in self._database.rows(query, (id,))] for id in notification_ids}

    # -- the outbox

    def waiting(self, now: float, limit: int = 100) -> list[tuple[Delivery, Notification]]:
        """The mails that are to be sent now, the longest waiting first."""
        rows = self._database.rows(
            f"{COPIES} WHERE state = 'waiting' AND NOT ({FOR_WEBHOOK}) AND due <= ? ORDER BY due, deliveries.id LIMIT ?",
            (now, limit),
        )
        return [(_delivery(row), _decode(row)) for row in rows]

    def waiting_webhooks(self) -> list[str]:
        """The webhooks' handles for which a copy waits, whether or not it is due."""
        query = (
            f"SELECT DISTINCT recipient FROM deliveries WHERE state = 'waiting' AND {FOR_WEBHOOK} ORDER BY recipient"
        )
        return [row["recipient"] for row in self._database.rows(query)]

    def first_waiting(self, recipient: str) -> tuple[Delivery, Notification] | None:
        """The oldest copy that waits for a recipient, whether or not it is due."""
        query = f"{COPIES} WHERE state = 'waiting' AND recipient = ? ORDER BY deliveries.id LIMIT 1"
        row = self._database.row(query, (recipient,))
        return None if row is None else (_delivery(row), _decode(row))

    def sent(self, delivery: Delivery, now: float) -> None:
        """Note that a copy was accepted."""
        self._note("state = 'sent', sent_at = ?, error = NULL, attempts = attempts + 1", (now,), delivery.id)

    def kept(self, delivery: Delivery, reason: str | None = None) -> None:
        """Note that a copy stays here, as there is no mail server, or for another reason."""
        self._note("state = 'inbox', error = ?", (reason,), delivery.id)

    def refused(self, delivery: Delivery, error: str, due: float | None) -> None:
        """Note that a copy was not accepted: it is tried again at `due` (s UTC), or None: never."""
        state = "failed" if due is None else "waiting"
        change = "state = ?, due = ?, error = ?, attempts = attempts + 1"
        self._note(change, (state, due or 0.0, error), delivery.id)

    def _note(self, change: str, values: Sequence[object], delivery_id: int) -> None:
        self._database.change(f"UPDATE deliveries SET {change} WHERE id = ?", (*values, delivery_id))

    def counts(self) -> dict[str, int]:
        """How many copies are in each state."""
        rows = self._database.rows("SELECT state, count(*) AS many FROM deliveries GROUP BY state")
        return {row["state"]: row["many"] for row in rows}

    # -- how far monitors and downtimes are

    def last(self, what: str) -> float | None:
        """The last tick (s UTC) that `monitor:12` or `downtimes` are done with."""
        row = self._database.row("SELECT last FROM steps WHERE what = ?", (what,))
        return None if row is None else float(row["last"])

    def done(self, what: str, tick: float) -> None:
        """Note that a tick is done with. Call it inside the transaction that keeps what the tick made."""
        self._database.change("INSERT OR REPLACE INTO steps (what, last) VALUES (?, ?)", (what, tick))

    def bundles(self, monitor_id: int) -> dict[Group, GroupState]:
        """The states of a monitor's bundles (notify_by)."""
        query = "SELECT bundle, state FROM bundle_states WHERE monitor = ?"
        rows = self._database.rows(query, (monitor_id,))
        group, state = msgspec.json.Decoder(Group), msgspec.msgpack.Decoder(GroupState)
        return {group.decode(row["bundle"]): state.decode(row["state"]) for row in rows}

    def save_bundles(self, monitor_id: int, states: Mapping[Group, GroupState]) -> None:
        """Keep the states of a monitor's bundles."""
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO bundle_states (monitor, bundle, state) VALUES (?, ?, ?)",
                [(monitor_id, msgspec.json.encode(bundle), msgspec.msgpack.encode(s)) for bundle, s in states.items()],
            )


def _first_state(recipient: str) -> str:
    """Only mails and webhooks leave the house; a `@slack-ops` is read here."""
    return "waiting" if mentions.is_email(recipient) or mentions.is_webhook(recipient) else "inbox"


def _decode(row: sqlite3.Row) -> Notification:
    return msgspec.json.decode(row["document"], type=Notification)


def _delivery(row: sqlite3.Row) -> Delivery:
    return msgspec.convert(dict(row), Delivery)
