"""The mail that invites somebody to a shared dashboard."""

from __future__ import annotations

from doghouse.notifications.model import Notification


def invitation(email: str, title: str, link: str, now: float) -> Notification:
    """What is sent to an address with the link that lets it in, good for an hour (GUESS: the words). `now` in s UTC."""
    subject = f"You are invited to the dashboard {title}"
    return Notification(
        at=now,
        kind="invitation",
        transition="Invitation",
        subject=subject,
        title=subject,
        body=f"Open it within an hour: {link}",
        recipients=(email,),
        since=now,
        until=now,
    )
