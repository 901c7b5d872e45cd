"""Where shares are kept, those who were invited, and the sessions that they have."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

import msgspec

from doghouse.dashboards.model import Document
from doghouse.storage.sqlite import Database
from doghouse.time.lengths import DAY, HOUR

TABLES = """
CREATE TABLE IF NOT EXISTS shared_dashboards (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    token TEXT NOT NULL UNIQUE,
    dashboard TEXT NOT NULL,
    document BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS shared_dashboard_invitations (
    token TEXT NOT NULL,
    email TEXT NOT NULL,
    created REAL NOT NULL,   -- s UTC
    expires REAL NOT NULL,
    secret BLOB NOT NULL,    -- SHA-256 of what the link in the mail holds
    session BLOB,            -- SHA-256 of what the invited browser holds
    session_expires REAL,
    PRIMARY KEY (token, email)
);
"""
IsShared = Callable[[str], bool]  # of a dashboard's id
INVITATION_S = HOUR  # recorded: invitation_expiry


class Invitation(msgspec.Struct, frozen=True):
    """An invitation that was sent: for how long its link is good, and until when its browser is known (s UTC; None: nobody came)."""

    email: str
    created: float
    expires: float
    session_expires: float | None


class ShareStore:
    """Shares as JSON documents. `organisation` is what all tokens of this house begin with."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self.organisation = hashlib.sha256(owner.encode()).hexdigest()[:16]
        database.connection().executescript(TABLES)

    def save(self, share: Document) -> None:
        """Keep a share, new or in place of what it was."""
        self._database.change(
            "INSERT INTO shared_dashboards (token, dashboard, document) VALUES (?, ?, ?) ON CONFLICT (token) DO UPDATE SET document = excluded.document",
            (share["token"], share["dashboard_id"], msgspec.json.encode(share)),
        )

    def get(self, token: str) -> Document | None:
        """A share, or None."""
        return self._database.document(Document, "SELECT document FROM shared_dashboards WHERE token = ?", (token,))

    def of(self, dashboard_id: str) -> list[Document]:
        """The shares of a dashboard, in order of creation."""
        query = "SELECT document FROM shared_dashboards WHERE dashboard = ? ORDER BY number"
        return list(self._database.documents(Document, query, (dashboard_id,)))

    def shares(self, dashboard_id: str) -> bool:
        """Whether a dashboard has a share, paused ones too (GUESS: of `is_shared`)."""
        return bool(self.of(dashboard_id))

    def delete(self, token: str) -> None:
        """End a share, its invitations and sessions with it."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM shared_dashboards WHERE token = ?", (token,))
            connection.execute("DELETE FROM shared_dashboard_invitations WHERE token = ?", (token,))

    def invite(self, token: str, email: str, now: float) -> str:
        """Invite somebody, anew where that was done before; what the link in the mail has to hold."""
        secret = secrets.token_urlsafe(24)
        self._database.change(
            "INSERT OR REPLACE INTO shared_dashboard_invitations (token, email, created, expires, secret) VALUES (?, ?, ?, ?, ?)",
            (token, email, now, now + INVITATION_S, _hash(secret)),
        )
        return secret

    def invitations(self, token: str) -> list[Invitation]:
        """Who was invited, by address."""
        rows = self._database.rows(
            "SELECT email, created, expires, session_expires FROM shared_dashboard_invitations WHERE token = ? ORDER BY email",
            (token,),
        )
        return [Invitation(*row) for row in rows]

    def withdraw(self, token: str, email: str) -> None:
        """End an invitation, and the session that came of it."""
        self._database.change("DELETE FROM shared_dashboard_invitations WHERE token = ? AND email = ?", (token, email))

    def come(self, token: str, secret: str, days: int, now: float) -> str | None:
        """A session for the browser that follows the link of an invitation; None where the link is not, or no longer, good."""
        session = secrets.token_urlsafe(24)
        changes = self._database.change(
            "UPDATE shared_dashboard_invitations SET session = ?, session_expires = ? WHERE token = ? AND secret = ? AND expires > ?",
            (_hash(session), now + days * DAY, token, _hash(secret), now),
        )
        return session if changes else None

    def visitor(self, token: str, session: str, now: float) -> str | None:
        """The address that a browser's session belongs to; None where there is none, or no longer."""
        query = "SELECT email FROM shared_dashboard_invitations WHERE token = ? AND session = ? AND session_expires > ?"
        row = self._database.row(query, (token, _hash(session), now))
        return None if row is None else str(row["email"])


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
