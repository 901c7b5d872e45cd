"""The request that a webhook makes of a notification. A function of its arguments; with secrets in it, or with them masked."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, urlencode

from doghouse.notifications.webhooks.model import MASK, Request, Webhook
from doghouse.notifications.webhooks.template import Variables

TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}
OURS = frozenset(("content-length", "transfer-encoding", "connection"))  # headers that the sending itself decides
NOT_JSON = "the payload is no JSON once its variables have their values; it is sent as it stands"
NO_JSON = object()  # what a text that is none says
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # of a header (RFC 9110)
_PASSWORD = re.compile(r"(?<=://)([^/?#@]*):[^/?#]*@")


class RequestError(ValueError):
    """Why no request can be made, in one sentence."""


def request(webhook: Webhook, variables: Variables) -> Request:
    """The request. Raises RequestError.

    GUESS: nested values of a form are JSON as text; custom headers win over ours; a payload that is no JSON is sent all the same; in a url the values of
    built-in variables are percent-encoded and those of custom ones are not, for they may be whole paths.
    """
    body, notes = variables.fill_json(webhook.payload), []
    if webhook.encode_as == "form":
        body = urlencode({name: _text(value) for name, value in _object(body, "the payload of a form").items()})
    elif _parsed(body) is NO_JSON:
        notes.append(NOT_JSON)
    return Request(_url(webhook.url, variables), _headers(webhook, variables), body, tuple(notes))


def masked(unmasked: Request) -> Request:
    """A request whose secret variables are masked already, without the password in its url too."""
    return Request(_PASSWORD.sub(rf"\1:{MASK}@", unmasked.url), unmasked.headers, unmasked.body, unmasked.notes)


def _url(url: str, variables: Variables) -> str:
    address = variables.fill(url, lambda name, value: value if name in variables.custom else quote(value, safe=""))
    return address if "://" in address else f"http://{address}"  # GUESS


def _headers(webhook: Webhook, variables: Variables) -> tuple[tuple[str, str], ...]:
    headers = {"content-type": ("Content-Type", TYPES[webhook.encode_as]), "user-agent": ("User-Agent", "doghouse")}
    sent = _object(variables.fill_json(webhook.custom_headers or "{}"), "custom_headers")
    for name, value in sent.items():
        if _NAME.fullmatch(name) is None:
            raise RequestError(f"'{name}' is no name of a header")
        headers[name.lower()] = (name, " ".join(_text(value).split()))  # a line break would begin another header
    return tuple(header for name, header in headers.items() if name not in OURS)


def _object(text: str, what: str) -> dict[str, Any]:
    document = _parsed(text)
    if not isinstance(document, dict):
        raise RequestError(f"{what} is no JSON object once its variables have their values")
    return document


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _parsed(text: str) -> Any:
    """What a text of JSON says; NO_JSON where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return NO_JSON
