"""The account that everything in a doghouse belongs to: one organisation with one user in it."""

from typing import Any

from msgspec import Struct


class User(Struct, frozen=True):
    """Who made an object, in the forms that Datadog's answers name a person: by number (v1) and by UUID (v2)."""

    id: int
    uuid: str
    handle: str
    name: str
    email: str


ORG_ID, ORG_NAME = 1, "doghouse"
USER = User(
    id=1, uuid="d0960e00-0000-4000-8000-000000000001", handle="you@example.com", name="You", email="you@example.com"
)
SINCE = "2026-01-01T00:00:00.000000+00:00"


def user_resource() -> dict[str, Any]:
    """The user as JSON:API answers include it (recorded with v2 downtimes; with notification rules of 2026, `uuid` and `last_login_time` too)."""
    attributes: dict[str, Any] = {
        "uuid": USER.uuid,
        "name": USER.name,
        "handle": USER.handle,
        "email": USER.email,
        "created_at": SINCE,
        "modified_at": SINCE,
        "icon": "",
        "title": None,
        "verified": True,
        "service_account": False,
        "disabled": False,
        "allowed_login_methods": [],
        "status": "Active",
        "last_login_time": None,
    }
    return {"type": "users", "id": USER.uuid, "attributes": attributes}
