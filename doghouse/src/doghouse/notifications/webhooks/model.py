"""A webhook and a custom variable, as the API has them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

DEFAULT_PAYLOAD = (  # recorded: create_a_webhooks_integration_returns_ok_response
    '{"body": "$EVENT_MSG", "last_updated": "$LAST_UPDATED", "event_type": "$EVENT_TYPE", "title": "$EVENT_TITLE", "date": "$DATE", '
    '"org": {"id": "$ORG_ID", "name": "$ORG_NAME"}, "id": "$ID"}'
)
MASK = "***"  # what is shown in the place of a secret

Encoding = Literal["json", "form"]


class Webhook(Struct, frozen=True):
    """A webhook. `payload` and `custom_headers` are JSON as text, in which variables such as `$EVENT_TITLE` may stand; so may they in `url`."""

    name: str
    url: str
    payload: str = DEFAULT_PAYLOAD
    custom_headers: str | None = None
    encode_as: Encoding = "json"


class Variable(Struct, frozen=True):
    """A custom variable. The value of a secret one is in no answer, log or page."""

    name: str
    value: str
    is_secret: bool

    @property
    def shown(self) -> str:
        """The value as it may be shown."""
        return MASK if self.is_secret else self.value

    def __repr__(self) -> str:
        return f"Variable(name={self.name!r}, value={self.shown!r}, is_secret={self.is_secret})"


class Request(Struct, frozen=True):
    """What is sent to a webhook's receiver. `notes` are what is doubtful about it, in sentences."""

    url: str
    headers: tuple[tuple[str, str], ...]
    body: str
    notes: tuple[str, ...] = ()
