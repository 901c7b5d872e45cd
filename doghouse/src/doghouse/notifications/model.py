"""What a notification is, once it is made: what was said, to whom, and what became of it."""

from __future__ import annotations

import msgspec

from doghouse.downtimes.holds import Group


class Notification(msgspec.Struct, frozen=True):
    """One notification of a monitor's transition, or of a downtime's beginning or end. Times are s UTC.

    `silenced_by` names the downtime that kept it from being sent, `released_by` the one whose end sent it. `recipients` are handles without `@`; those in
    `bodiless` get no body. `hides` are parts that no mail or event shows (query, handles, footer, picture). `title` is the event's, `subject` the mail's.
    `since` and `until` are the graph's range. `value` is None where there was none. `event_id` is its event's, `event_type` and `metric` what webhooks say of
    it, `status_text` its condition in words, `triggered` when the group left OK (s UTC), `logs_sample` logs as a JSON object.
    """

    at: float
    kind: str
    transition: str
    subject: str
    title: str
    body: str
    recipients: tuple[str, ...] = ()
    bodiless: tuple[str, ...] = ()
    monitor_id: int | None = None
    monitor_name: str = ""
    query: str = ""
    group: Group = ()
    value: float | None = None
    status: str = ""
    priority: int | None = None
    last_triggered: int | None = None
    downtime_id: str | None = None
    silenced_by: str | None = None
    released_by: str | None = None
    since: float = 0.0
    until: float = 0.0
    tags: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    event_type: str = ""
    metric: str = ""
    status_text: str = ""
    triggered: int | None = None
    logs_sample: str = ""
    event_id: int = 0
    id: int = 0

    @property
    def is_sent(self) -> bool:
        """Whether nothing silenced it."""
        return self.silenced_by is None


class Delivery(msgspec.Struct, frozen=True):
    """One recipient's copy. `state` is `inbox` (kept here alone), `waiting`, `sent` or `failed`.

    `due` is when it is tried next (s UTC), `error` why it was not sent the last time.
    """

    id: int
    notification: int
    recipient: str
    state: str
    attempts: int = 0
    due: float = 0.0
    error: str | None = None
    sent_at: float | None = None
