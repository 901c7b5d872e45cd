"""The endpoints of webhooks and their custom variables (docs.datadoghq.com/api/latest/webhooks-integration, version 1)."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from starlette.routing import BaseRoute

from doghouse.notifications.webhooks.errors import (
    invalid_variable,
    invalid_webhook,
    variable_not_found,
    webhook_not_found,
)
from doghouse.notifications.webhooks.model import DEFAULT_PAYLOAD, Encoding, Variable, Webhook
from doghouse.notifications.webhooks.store import Taken, WebhookStore
from doghouse.notifications.webhooks.template import with_zeroes
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply, endpoint

_NAME = re.compile(r"[^\s/@]+")
_VARIABLE = re.compile(r"[A-Z0-9_]+")


class Change(Struct):
    """A change of a webhook: what is not sent stays."""

    name: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    payload: str | UnsetType | None = UNSET
    custom_headers: str | UnsetType | None = UNSET
    encode_as: Encoding | UnsetType = UNSET


class New(Change):
    """A new webhook."""

    name: str
    url: str


class VariableChange(Struct):
    """A change of a custom variable."""

    name: str | UnsetType = UNSET
    value: str | UnsetType = UNSET
    is_secret: bool | UnsetType = UNSET


def routes(store: WebhookStore) -> list[BaseRoute]:
    """Webhooks and custom variables. There is no list of either."""
    path = "/api/v1/integration/webhooks/configuration"
    webhook, variable = f"{path}/webhooks", f"{path}/custom-variables"
    return [
        endpoint("POST", webhook, partial(create, store)),
        endpoint("GET", f"{webhook}/{{name}}", partial(get, store)),
        endpoint("PUT", f"{webhook}/{{name}}", partial(update, store)),
        endpoint("DELETE", f"{webhook}/{{name}}", partial(delete, store)),
        endpoint("POST", variable, partial(create_variable, store)),
        endpoint("GET", f"{variable}/{{name}}", partial(get_variable, store)),
        endpoint("PUT", f"{variable}/{{name}}", partial(update_variable, store)),
        endpoint("DELETE", f"{variable}/{{name}}", partial(delete_variable, store)),
    ]


def create(store: WebhookStore, call: Call) -> Reply:
    """A new webhook; what is not sent is filled in."""
    sent = call.json(New)
    return _put(store, _changed(Webhook(sent.name, sent.url), sent), None, 201)


def get(store: WebhookStore, call: Call) -> Reply:
    """One webhook."""
    return Reply(_shown(_webhook(store, call)))


def update(store: WebhookStore, call: Call) -> Reply:
    """Change what is sent."""
    webhook = _webhook(store, call)
    return _put(store, _changed(webhook, call.json(Change)), webhook.name, 200)


def delete(store: WebhookStore, call: Call) -> Reply:
    """Delete a webhook."""
    if not store.delete(Webhook, call.params["name"]):
        raise webhook_not_found()
    return Reply({})


def create_variable(store: WebhookStore, call: Call) -> Reply:
    """A new custom variable."""
    return _put_variable(store, call.json(Variable), None, 201)


def get_variable(store: WebhookStore, call: Call) -> Reply:
    """One custom variable."""
    return Reply(_answer(_variable(store, call)))


def update_variable(store: WebhookStore, call: Call) -> Reply:
    """Change what is sent. GUESS: a secret is made visible with a new value only, or the change would give it away."""
    variable, sent = _variable(store, call), call.json(VariableChange)
    if variable.is_secret and sent.is_secret is False and sent.value is UNSET:
        raise invalid_variable("a secret becomes visible with a new value only")
    return _put_variable(store, msgspec.structs.replace(variable, **_sent(sent)), variable.name, 200)


def delete_variable(store: WebhookStore, call: Call) -> Reply:
    """Delete a custom variable."""
    if not store.delete(Variable, call.params["name"]):
        raise variable_not_found()
    return Reply({})


def _webhook(store: WebhookStore, call: Call) -> Webhook:
    return present(store.webhook(call.params["name"]), webhook_not_found())


def _shown(webhook: Webhook) -> dict[str, Any]:
    """A webhook as it is answered. There are no methods of authentication here (recorded since 2025: TestAccDatadogWebhook_Basic of Terraform's provider)."""
    return {**msgspec.to_builtins(webhook), "auth_method_id": None}


def _variable(store: WebhookStore, call: Call) -> Variable:
    return present(store.variable(call.params["name"]), variable_not_found())


def _changed(webhook: Webhook, sent: Change) -> Webhook:
    changes = _sent(sent)
    if "payload" in changes and changes["payload"] is None:
        changes["payload"] = DEFAULT_PAYLOAD
    return msgspec.structs.replace(webhook, **changes)


def _sent(sent: Struct) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(sent).items() if value is not UNSET}


def _put(store: WebhookStore, webhook: Webhook, instead_of: str | None, status: int) -> Reply:
    headers = webhook.custom_headers
    if (
        _NAME.fullmatch(webhook.name) is None
        or not webhook.url.strip()
        or not _is_json(webhook.payload)
        or (headers is not None and not _is_json(headers, dict))
        or (webhook.encode_as == "form" and not _is_json(webhook.payload, dict))
    ):
        raise invalid_webhook()
    try:
        store.put(webhook, instead_of)
    except Taken:
        raise invalid_webhook() from None
    return Reply(_shown(webhook), status)


def _put_variable(store: WebhookStore, variable: Variable, instead_of: str | None, status: int) -> Reply:
    if _VARIABLE.fullmatch(variable.name) is None:
        raise invalid_variable("its name has upper-case letters, digits and underscores only")
    try:
        store.put(variable, instead_of)
    except Taken:
        raise invalid_variable("there is one of this name") from None
    return Reply(_answer(variable), status)


def _answer(variable: Variable) -> dict[str, Any]:
    """A variable as it is answered: without its value where that is a secret (recorded)."""
    answer = {"is_secret": variable.is_secret, "name": variable.name}
    return answer if variable.is_secret else {**answer, "value": variable.value}


def _is_json(text: str, kind: type = object) -> bool:
    """Whether a template is JSON once each of its variables, known or not, has a value."""
    try:
        return isinstance(msgspec.json.decode(with_zeroes(text)), kind)
    except (msgspec.DecodeError, RecursionError):
        return False
