"""What a share of a dashboard is: the bodies that make and change one, and the object that answers are made of (schema: SharedDashboard)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Literal

import msgspec

from doghouse.dashboards.model import Document
from doghouse.time import iso
from doghouse.web import account

DashboardType = Literal["custom_timeboard", "custom_screenboard"]
ShareType = Literal["open", "invite", "embed"]
LiveSpan = Literal["15m", "1h", "4h", "1d", "2d", "1w", "1mo", "3mo"]
SESSION_DAYS = 30  # recorded: of shares by invitation
LIVE_SPAN: LiveSpan = "1h"  # GUESS: of a share that says nothing


class GlobalTime(msgspec.Struct):
    """The range that a shared board shows (DashboardGlobalTime)."""

    live_span: LiveSpan = LIVE_SPAN


class Variable(msgspec.Struct, omit_defaults=True):
    """A template variable that can be chosen on a shared board (SelectableTemplateVariableItems)."""

    default_value: str | None = None
    name: str | None = None
    prefix: str | None = None
    type: str | None = None
    visible_tags: list[str] | None = None


class Invitee(msgspec.Struct):
    """Somebody who is invited (SharedDashboardInviteesItems)."""

    email: str
    access_expiration: datetime | None = None


class Viewing(msgspec.Struct, omit_defaults=True):
    """How a shared board looks (ViewingPreferences)."""

    high_density: bool | None = None
    theme: Literal["system", "light", "dark"] | None = None


class Change(msgspec.Struct):
    """What may be said of a share, when it is made or later; what is not said is `UNSET`."""

    share_type: ShareType | msgspec.UnsetType = msgspec.UNSET
    global_time: GlobalTime | msgspec.UnsetType | None = msgspec.UNSET
    global_time_selectable_enabled: bool | msgspec.UnsetType | None = msgspec.UNSET
    selectable_template_vars: list[Variable] | msgspec.UnsetType | None = msgspec.UNSET
    share_list: list[str] | msgspec.UnsetType | None = msgspec.UNSET
    invitees: list[Invitee] | msgspec.UnsetType | None = msgspec.UNSET
    embeddable_domains: list[str] | msgspec.UnsetType | None = msgspec.UNSET
    expiration: datetime | msgspec.UnsetType | None = msgspec.UNSET
    status: Literal["active", "paused"] | msgspec.UnsetType = msgspec.UNSET
    title: str | msgspec.UnsetType | None = msgspec.UNSET
    viewing_preferences: Viewing | msgspec.UnsetType | None = msgspec.UNSET


class NewShare(Change, kw_only=True):
    """The body that shares a dashboard."""

    dashboard_id: str
    dashboard_type: DashboardType


def new_token(organisation: str) -> str:
    """A share's token: 16 characters that all shares of an organisation have, a hyphen and 32 hexadecimal digits (all nine recorded ones)."""
    return f"{organisation}-{secrets.token_hex(16)}"


def new(body: NewShare, title: str, token: str, base_url: str, now: float) -> Document:
    """A new share as it is stored and answered. `now` in s UTC; `base_url` is this doghouse's, where Datadog's says https://p.datadoghq.com."""
    blank: Document = {
        "author": {"handle": account.USER.handle, "name": account.USER.name},
        "dashboard_id": body.dashboard_id,
        "dashboard_type": body.dashboard_type,
        "status": "active",
        "title": title,
        "viewing_preferences": {},
        "expiration": None,
        "last_accessed": None,
        "global_time_selectable_enabled": False,
        "global_time": {"live_span": LIVE_SPAN},
        "selectable_template_vars": None,
        "token": token,
        "public_url": f"{base_url}/sb/{token}",
        "created": iso.microseconds(now),
        "share_type": "open",
        "share_list": None,
        "session_duration_in_days": None,
        "invitees": [],
        "embeddable_domains": [],
    }
    return changed(blank, body, now)


def changed(share: Document, change: Change, now: float) -> Document:
    """The share with what a body says, all else as it was (recorded: update_a_shared_dashboard_*).

    Who shares is the first of those invited (recorded since 2026; GUESS: that a list without the sharer stays empty once it is emptied).
    """
    sent: Document = msgspec.to_builtins(change)
    after = {
        **share,
        **{name: share[name] if value is None and _stays(name) else value for name, value in sent.items()},
    }
    if after["share_type"] == "invite":
        after["session_duration_in_days"] = SESSION_DAYS
    if invited := sent.get("share_list", [invitee["email"] for invitee in sent.get("invitees") or ()] or None):
        sharer = [account.USER.email] if after["share_type"] == "invite" else []
        emails = list(dict.fromkeys([*sharer, *invited]))
        after["share_list"] = emails
        after["invitees"] = [_invitee(email, share, sent.get("invitees") or (), now) for email in emails]
    elif "share_list" in sent:
        after["invitees"] = []
    return after


def _stays(name: str) -> bool:
    """Whether null says nothing of this."""
    return name in ("global_time", "global_time_selectable_enabled", "title", "viewing_preferences", "invitees")


def _invitee(email: str, share: Document, invited: Any, now: float) -> Document:
    before: Document | None = next((invitee for invitee in share["invitees"] if invitee["email"] == email), None)
    expiration = next((invitee["access_expiration"] for invitee in invited if invitee["email"] == email), None)
    fresh: Document = {
        "email": email,
        "access_expiration": None,
        "last_accessed": None,
        "created_at": iso.microseconds(now),
    }
    return {**(before or fresh), **({"access_expiration": expiration} if expiration else {})}


def is_open(share: Document, now: float) -> bool:
    """Whether anybody may see it now: active, and not expired (s UTC)."""
    return share["status"] == "active" and (not share["expiration"] or iso.instant(share["expiration"]) > now)


def is_invited(share: Document, email: str, now: float) -> bool:
    """Whether an address, or its domain, is on the list; until midnight UTC of the day on which its access ends (GUESS: UTC; Datadog says local time)."""
    listed = share["share_list"] or ()
    if email not in listed and email.rpartition("@")[2] not in listed:
        return False
    own = next((invitee for invitee in share["invitees"] if invitee["email"] == email), None)
    return not own or not own["access_expiration"] or iso.instant(own["access_expiration"]) > now


def resource(share: Document) -> Document:
    """A share as version 2 lists it (schema: SharedDashboardResponse; GUESS: that its id is its token)."""
    same = (
        "embeddable_domains", "expiration", "global_time", "invitees", "last_accessed", "share_type", "status", "title",
    )  # fmt: skip
    invited = [
        {key: invitee[key] for key in ("email", "access_expiration", "created_at")} for invitee in share["invitees"]
    ]
    attributes = {
        **{key: share[key] for key in (*same, "token", "viewing_preferences")},
        "invitees": invited,
        "created_at": share["created"],
        "global_time_selectable": share["global_time_selectable_enabled"],
        "selectable_template_vars": [_variable(variable) for variable in share["selectable_template_vars"] or ()],
        "sharer_disabled": False,
        "url": share["public_url"],
    }
    related = {"dashboard": ("dashboard", share["dashboard_id"]), "sharer": ("users", account.USER.uuid)}
    return {
        "type": "shared_dashboard",
        "id": share["token"],
        "attributes": attributes,
        "relationships": {name: {"data": {"type": kind, "id": id}} for name, (kind, id) in related.items()},
    }


def _variable(variable: Document) -> Document:
    default, visible = variable.get("default_value"), variable.get("visible_tags") or []
    return {
        "name": variable.get("name"),
        "prefix": variable.get("prefix"),
        "type": variable.get("type"),
        "default_values": [default] if default else [],
        "visible_tags": visible,
        "allow_any_value": not visible,
    }
