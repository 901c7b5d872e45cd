"""The monitor as the API answers it: what the server fills in, rewrites and drops. All of it recorded; what is a guess says so."""

from __future__ import annotations

import copy
from typing import Any

from doghouse import account
from doghouse.monitors import facts, naming
from doghouse.time import iso

Document = dict[str, Any]

# Set by the server alone: what a body says about them is ignored.
SERVERS = frozenset(
    ("id", "org_id", "multi", "created", "created_at", "modified", "deleted", "creator", "state", "overall_state")
) | {"overall_state_modified", "matching_downtimes"}
NEW_HOST_DELAY_S = 300


def create(body: Document, monitor_id: int, now: float) -> Document:
    """A new monitor. `now` in s, UTC."""
    when = iso.microseconds(now)
    own = {"id": monitor_id, "org_id": account.ORG_ID, "created": when, "created_at": int(now) * 1000, "deleted": None}
    user = account.USER
    creator = {"id": user.id, "handle": user.handle, "name": user.name, "email": user.email}
    return _complete({**_sent(body), **own, "modified": when, "creator": creator})


def update(stored: Document, body: Document, now: float) -> Document:
    """The stored monitor with the keys that were sent; `options` are replaced whole (recorded: edit_a_monitor_returns_ok_response)."""
    return _complete({**stored, **_sent(body), "modified": iso.microseconds(now)})


def merged(stored: Document, body: Document) -> Document:
    """What an update would make of a monitor, before anything is filled in: what is to be validated."""
    return {**stored, **_sent(body)}


def _sent(body: Document) -> Document:
    return {key: copy.deepcopy(value) for key, value in body.items() if key not in SERVERS}


def _complete(monitor: Document) -> Document:
    query = monitor["query"].rstrip()
    kind = rewritten_type(monitor["type"], query)
    filled: Document = {
        "priority": None,
        "restricted_roles": None,
        "restriction_policy": None,
        "draft_status": "published",
    }
    changed: Document = {
        "type": kind,
        "query": query,
        "message": (monitor.get("message") or "").rstrip(),
        "name": monitor.get("name") or naming.name(kind, query),
        "tags": monitor.get("tags") or [],
        "priority": monitor.get("priority") or None,  # 0 is none (recorded)
        "options": options(monitor.get("options") or {}, kind),
        "multi": facts.is_grouped(kind, query),
        "assets": [_asset(asset, monitor["id"]) for asset in monitor.get("assets") or []],
    }
    return {**filled, **monitor, **changed}


def rewritten_type(kind: str, query: str) -> str:
    """The two changes that Datadog makes to a type, all other metric monitors keep the one that was sent (10 recordings)."""
    if kind == "query alert" and query.lstrip().startswith("formula("):
        return "metric alert"
    if kind == "metric alert" and "(current_1mo)" in query:
        return "query alert"
    return kind


def options(sent: Document, kind: str) -> Document:
    """A monitor's options, defaults filled in for keys that were not sent; what was sent as null stays null."""
    made = copy.deepcopy(sent)
    thresholds = _thresholds(made.pop("thresholds", None), kind)
    if thresholds:
        made["thresholds"] = thresholds
    if isinstance(made.get("escalation_message"), str):
        made["escalation_message"] = made["escalation_message"].rstrip()
    defaults: Document = {"silenced": {}, "notify_audit": False, "include_tags": True}
    if "on_missing_data" not in sent:
        defaults["notify_no_data"] = False
    if "new_group_delay" not in sent:
        defaults["new_host_delay"] = NEW_HOST_DELAY_S
    if kind in facts.EVENT_TYPES:
        defaults["groupby_simple_monitor"] = False
    if made.get("silenced", {}) is None:
        del made["silenced"]
    return {**defaults, **made}


def _thresholds(sent: Document | None, kind: str) -> Document:
    """Numbers become floats, but for service checks; a null `critical` stays, other nulls go (recorded for `warning`; GUESS: the recovery thresholds)."""
    kept = {key: value for key, value in (sent or {}).items() if value is not None or key == "critical"}
    if kind == "service check":
        return kept
    return {key: float(value) if type(value) is int else value for key, value in kept.items()}


def _asset(asset: Document, monitor_id: int) -> Document:
    """A runbook as it comes back (recorded: create_a_monitor_with_assets_returns_ok_response)."""
    return {"template_variables": {}, "options": {}, **asset, "monitor_id": monitor_id}
