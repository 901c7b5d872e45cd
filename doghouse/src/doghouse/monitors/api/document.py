"""The monitor as the API answers it: what the server fills in, rewrites and drops. All of it recorded; what is a guess says so."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from doghouse.monitors.definition import Definition
from doghouse.time import iso
from doghouse.web import account

Document = dict[str, Any]

# Set by the server alone: what a body says about them is ignored.
SERVERS = frozenset(
    ("id", "org_id", "multi", "created", "created_at", "modified", "deleted", "creator", "state", "overall_state")
) | {"overall_state_modified", "matching_downtimes"}
FILLED: Document = {"priority": None, "restricted_roles": None, "restriction_policy": None, "draft_status": "published"}
WRITTEN_FIRST = ("name", "type", "query", "message", "tags", "priority", "options")
NEW_HOST_DELAY_S = 300
RUNS_ALONE = ("ok", "unknown")  # thresholds that count runs of a service check
# Events, logs, spans: what has `groupby_simple_monitor` (recorded for log, ci-*, rum, error-tracking and llm-observability; GUESS: the others).
EVENT_TYPES = frozenset(
    f"{source} alert"
    for source in (
        *("log", "rum", "ci-pipelines", "ci-tests", "error-tracking", "llm-observability"),
        *("event-v2", "audit", "trace-analytics", "database-monitoring", "network-performance", "network-path"),
    )
)


def create(monitor: Definition, monitor_id: int, now: float) -> Document:
    """A new monitor. `now` in s, UTC."""
    when = iso.microseconds(now)
    own = {"id": monitor_id, "org_id": account.ORG_ID, "created": when, "created_at": int(now) * 1000, "deleted": None}
    user = account.USER
    creator = {"id": user.id, "handle": user.handle, "name": user.name, "email": user.email}
    return _complete(monitor, {**_sent(monitor.document), **own, "modified": when, "creator": creator})


def update(monitor: Definition, now: float) -> Document:
    """The stored monitor as it is `merged` with what was sent. `now` in s, UTC."""
    return _complete(monitor, {**monitor.document, "modified": iso.microseconds(now)})


def merged(stored: Document, body: Document) -> Document:
    """The stored monitor with the keys that were sent, before anything is filled in; `options` are replaced whole.

    Recorded: edit_a_monitor_returns_ok_response.
    """
    return {**stored, **_sent(body)}


def rewritten(stored: Document, body: Document) -> Document:
    """The stored monitor with this body in place of all that people write, before anything is filled in: a key that is not in it is gone."""
    return {key: value for key, value in stored.items() if key in SERVERS} | _sent(body)


def written(stored: Mapping[str, Any]) -> Document:
    """What somebody would write of a monitor: without what the server sets or fills in, and without what is empty."""
    body = {key: stored[key] for key in (*WRITTEN_FIRST, *sorted(stored)) if key in stored and key not in SERVERS}
    body["options"] = _filled_in(body.get("options") or {})
    return {key: value for key, value in _filled_in(body).items() if value != FILLED.get(key)}


def _filled_in(document: Mapping[str, Any]) -> Document:
    return {key: value for key, value in document.items() if value not in (None, [], {})}


def _sent(body: Mapping[str, Any]) -> Document:
    return {key: copy.deepcopy(value) for key, value in body.items() if key not in SERVERS}


def _complete(monitor: Definition, document: Document) -> Document:
    """Name and message lose the blanks around them (terraform-provider-datadog pull request 1291)."""
    changed: Document = {
        "type": monitor.stored_type,
        "query": monitor.stored_query,
        "message": monitor.message.strip(),
        "name": monitor.name.strip() or monitor.default_name,
        "tags": document.get("tags") or [],
        "priority": monitor.priority or None,  # 0 is none (recorded)
        "options": options(document.get("options") or {}, monitor),
        "multi": monitor.multi,
        "assets": [_asset(asset, document["id"]) for asset in document.get("assets") or []],
    }
    return {**FILLED, **document, **changed}


def options(sent: Document, monitor: Definition) -> Document:
    """A monitor's options, defaults filled in for keys that were not sent; what was sent as null stays null."""
    shown = copy.deepcopy(sent)
    thresholds = _thresholds(shown.pop("thresholds", None), monitor)
    if thresholds:
        shown["thresholds"] = thresholds
    if isinstance(shown.get("escalation_message"), str):
        shown["escalation_message"] = shown["escalation_message"].rstrip()
    defaults: Document = {"silenced": {}, "notify_audit": False, "include_tags": True}
    if "on_missing_data" not in sent:
        defaults["notify_no_data"] = False
    if "new_group_delay" not in sent:
        defaults["new_host_delay"] = NEW_HOST_DELAY_S
    if monitor.type in EVENT_TYPES:
        defaults["groupby_simple_monitor"] = False
    if shown.get("silenced", {}) is None:
        del shown["silenced"]
    return {**defaults, **shown}


def _thresholds(sent: Document | None, monitor: Definition) -> Document:
    """Numbers become floats, but for counts of runs; a null `critical` stays, other nulls go (recorded for `warning`; GUESS: recovery thresholds).

    Counts of runs are for service checks alone; elsewhere they are taken and dropped (terraform-provider-datadog pull requests 797 and 1529).
    """
    thresholds = {key: value for key, value in (sent or {}).items() if value is not None or key == "critical"}
    if monitor.data_are_statuses:
        return thresholds
    return {
        key: float(value) if type(value) is int else value for key, value in thresholds.items() if key not in RUNS_ALONE
    }


def _asset(asset: Document, monitor_id: int) -> Document:
    """A runbook as it comes back (recorded: create_a_monitor_with_assets_returns_ok_response; terraform-provider-datadog's of a page elsewhere)."""
    filled: Document = {"template_variables": {}, "options": {}, "resource_key": None, "resource_type": None}
    return {**filled, **asset, "monitor_id": monitor_id}
