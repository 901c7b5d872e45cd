"""What a dashboard is: the body that creates or replaces one, and the object that answers are made of."""

from __future__ import annotations

import copy
from typing import Any

from msgspec import Struct

from doghouse.dashboards import identity
from doghouse.time import iso
from doghouse.web import account

# What an answer always has, and what it says where the request said nothing.
FILLED_IN = ("description", "template_variables", "notify_list")
# Set by the server alone: what a body says about them is ignored.
SERVERS = ("id", "url", "author_handle", "author_name", "created_at", "modified_at")

Document = dict[str, Any]


class Origin(Struct, frozen=True):
    """What stays when a dashboard is replaced: its id and when it was made (s, UTC)."""

    id: str
    created_at: float


def document(body: Document, origin: Origin, now: float) -> Document:
    """The dashboard as it is stored and answered.

    Everything sent comes back as it was sent, unknown keys and number types too; widgets without an id get one, and saved views stand
    by name (kennel pull request 117). Keys that were not sent are null (`FILLED_IN`), `[]` or false; all others stay absent (recorded:
    395 creations; `experience_type` in the newest).
    """
    sent = copy.deepcopy(body)
    widgets = sent["widgets"]
    identity.number_widgets(widgets)
    if isinstance(presets := sent.get("template_variable_presets"), list):
        presets.sort(key=lambda preset: str(preset.get("name")))
    if isinstance(sent.get("tabs"), list):
        sent["tabs"] = identity.resolve_tabs(sent["tabs"], widgets)
    own: Document = {
        "id": origin.id,
        "url": identity.url(origin.id, sent["title"]),
        "author_handle": account.USER.handle,
        "author_name": account.USER.name,
        "created_at": iso.microseconds(origin.created_at),
        "modified_at": iso.microseconds(now),
    }
    filled: Document = dict.fromkeys(FILLED_IN)
    return {**filled, "restricted_roles": [], "is_read_only": False, "experience_type": "default", **sent, **own}


def summary(dashboard: Document) -> Document:
    """The dashboard as it stands in a list."""
    keys = ("id", "title", "description", "layout_type", "url", "is_read_only", "created_at", "modified_at")
    return {**{key: dashboard[key] for key in keys}, "author_handle": dashboard["author_handle"], "deleted_at": None}
