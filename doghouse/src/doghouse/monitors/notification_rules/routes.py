"""The endpoints of notification rules (docs.datadoghq.com/api/latest/monitors, monitor notification rules)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from operator import attrgetter
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct
from starlette.routing import BaseRoute

from doghouse.monitors.notification_rules.errors import invalid_rule, rule_not_found, too_many_rules
from doghouse.monitors.notification_rules.files import TYPE
from doghouse.monitors.notification_rules.model import Attributes, parse
from doghouse.monitors.notification_rules.scope import RuleError
from doghouse.monitors.notification_rules.store import Record, RuleStore
from doghouse.time import iso
from doghouse.web import account, errors
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply, endpoint

PAGE, MOST = 100, 1000
SORTED_BY = {"name": attrgetter("attributes.name"), "created_at": attrgetter("created")}


class Data(Struct):
    """`data` of a new rule."""

    attributes: Attributes
    type: Literal["monitor-notification-rule"] = TYPE


class Change(Data, kw_only=True):
    """`data` of a change, which names the rule once more."""

    id: str


class Body(Struct):
    """The body of a new rule."""

    data: Data


class ChangeBody(Struct):
    """The body of a change."""

    data: Change


class Filters(Struct):
    """What a list is narrowed by. GUESS: `text` is looked for whatever its case; several filters must all match."""

    text: str = ""
    tags: list[str] = []
    recipients: list[str] = []


def routes(store: RuleStore) -> list[BaseRoute]:
    """Notification rules."""
    path = "/api/v2/monitor/notification_rule"
    return [
        endpoint("POST", path, partial(create, store)),
        endpoint("GET", path, partial(list_all, store)),
        endpoint("GET", f"{path}/{{id}}", partial(get, store)),
        endpoint("PATCH", f"{path}/{{id}}", partial(update, store)),
        endpoint("DELETE", f"{path}/{{id}}", partial(delete, store)),
    ]


def create(store: RuleStore, call: Call) -> Reply:
    """A new rule. The answer's `modified_at` is the creation (recorded until 2025: 1970; since 2026: some ms after it)."""
    sent = _checked(call.json(Body).data)
    record = store.add(sent, call.now)
    if record is None:
        raise too_many_rules()
    return Reply(_answer(record, related=True))


def get(store: RuleStore, call: Call) -> Reply:
    """One rule; with `include=created_by`, who made it."""
    return Reply(_answer(_record(store, call), related="created_by" in call.words("include")))


def list_all(store: RuleStore, call: Call) -> Reply:
    """A page of rules, filtered and sorted. GUESS: without `sort` in order of creation."""
    filters = _filters(call)
    matching = [record for record in store.all() if _matches(record, filters)]
    if text := call.query.get("sort", ""):
        name, _, direction = text.partition(":")
        if name not in SORTED_BY or direction not in ("", "asc", "desc"):
            raise errors.invalid_query_parameter("sort", text, "name or created_at, and asc or desc, as in name:asc")
        matching.sort(key=SORTED_BY[name], reverse=direction == "desc")
    size, page = call.number("per_page", PAGE, 1, MOST), call.number("page", 0, 0, 1_000_000)
    related = "created_by" in call.words("include")
    shown = matching[page * size : (page + 1) * size]
    answer: dict[str, Any] = {"data": [_item(record, related=related) for record in shown]}
    return Reply({**answer, "included": [account.user_resource()]} if related else answer)


def update(store: RuleStore, call: Call) -> Reply:
    """Replace a rule's attributes, all of them (recorded: a rule loses its recipients where conditional ones are sent)."""
    record = _record(store, call)
    return Reply(_answer(store.replace(record, _checked(call.json(ChangeBody).data), call.now), related=True))


def delete(store: RuleStore, call: Call) -> Reply:
    """Delete a rule."""
    if not store.delete(call.params["id"]):
        raise rule_not_found()
    return Reply(b"", 204)


def _checked(data: Data) -> Attributes:
    try:
        parse(data.attributes)
    except RuleError as error:
        raise invalid_rule(str(error)) from None
    return data.attributes


def _record(store: RuleStore, call: Call) -> Record:
    return present(store.get(call.params["id"]), rule_not_found())


def _filters(call: Call) -> Filters:
    try:
        return msgspec.json.decode(call.query.get("filters") or "{}", type=Filters)
    except msgspec.MsgspecError as error:
        raise errors.invalid_query_parameter(
            "filters", call.query["filters"], f"JSON with text, tags, recipients ({error})"
        ) from None


def _matches(record: Record, filters: Filters) -> bool:
    sent = record.attributes
    scope = (
        () if sent.filter is UNSET else (*(sent.filter.tags or ()), *([sent.filter.scope] if sent.filter.scope else ()))
    )
    handles = [handle for handles in sent.lists() for handle in handles]
    return (
        _any(filters.tags, scope)
        and _any(filters.recipients, handles)
        and any(filters.text.lower() in text.lower() for text in (sent.name, *scope, *handles))
    )


def _any(choices: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether one of the choices is among the texts; without choices: yes."""
    return not choices or any(choice in texts for choice in choices)


def _item(record: Record, *, related: bool) -> dict[str, Any]:
    attributes = {
        **msgspec.to_builtins(record.attributes),
        "created_at": iso.microseconds(record.created),
        "modified_at": iso.microseconds(record.modified),
    }
    made_by = {"created_by": {"data": {"type": "users", "id": account.USER.uuid}}}
    return {"type": TYPE, "id": record.id, "attributes": attributes, **({"relationships": made_by} if related else {})}


def _answer(record: Record, *, related: bool) -> dict[str, Any]:
    included = {"included": [account.user_resource()]} if related else {}
    return {"data": _item(record, related=related), **included}
