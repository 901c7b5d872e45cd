"""Webhooks and their custom variables over HTTP: the recorded shapes and errors, and that secrets are in no answer."""

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Api

PATH = "/api/v1/integration/webhooks/configuration"
HOOKS, VARIABLES = f"{PATH}/webhooks", f"{PATH}/custom-variables"
URL = "http://example.com/webhook"
DEFAULT = (
    '{"body": "$EVENT_MSG", "last_updated": "$LAST_UPDATED", "event_type": "$EVENT_TYPE", "title": "$EVENT_TITLE", "date": "$DATE", '
    '"org": {"id": "$ORG_ID", "name": "$ORG_NAME"}, "id": "$ID"}'
)


def test_a_new_webhook_is_answered_with_201_and_what_was_not_sent(api: Api) -> None:
    answer = api("POST", HOOKS, {"name": "Test-a_b", "url": URL})
    filled = {
        "name": "Test-a_b",
        "url": URL,
        "encode_as": "json",
        "custom_headers": None,
        "payload": DEFAULT,
        "auth_method_id": None,
    }
    assert (answer.status_code, answer.json()) == (201, filled)
    assert api.ok("GET", f"{HOOKS}/Test-a_b") == filled


def test_a_change_leaves_what_is_not_sent(api: Api) -> None:
    made = api("POST", HOOKS, {"name": "a", "url": URL, "custom_headers": '{"X": "$Y"}', "payload": '{"a": $DATE}'})
    changed = api.ok("PUT", f"{HOOKS}/a", {"url": "https://example.com/other"})
    assert changed == {**made.json(), "url": "https://example.com/other"}
    assert api.ok("PUT", f"{HOOKS}/a", {"payload": None, "custom_headers": None})["payload"] == DEFAULT
    assert api.ok("PUT", f"{HOOKS}/a", {"name": "b"})["name"] == "b"
    assert api("GET", f"{HOOKS}/a").status_code == 404


def test_a_deleted_webhook_is_answered_with_an_empty_object(api: Api) -> None:
    api("POST", HOOKS, {"name": "a", "url": URL})
    assert api.ok("DELETE", f"{HOOKS}/a") == {}
    for method, body in (("DELETE", None), ("GET", None), ("PUT", {"url": URL})):
        answer = api(method, f"{HOOKS}/a", body)
        assert (answer.status_code, answer.json()) == (404, {"errors": ["Webhook does not exist"]})


@pytest.mark.parametrize(
    "sent",
    [
        {"name": "test - webhook", "url": "example.com"},
        {"name": "", "url": URL},
        {"name": "a/b", "url": URL},
        {"name": "a", "url": " "},
        {"name": "a", "url": URL, "payload": "{"},
        {"name": "a", "url": URL, "payload": "{}", "custom_headers": "[]"},
        {"name": "a", "url": URL, "custom_headers": "X: 1"},
        {"name": "a", "url": URL, "payload": "[]", "encode_as": "form"},
        {"name": "taken", "url": URL},
    ],
)
def test_a_webhook_that_is_none_is_refused(api: Api, sent: dict[str, Any]) -> None:
    api("POST", HOOKS, {"name": "taken", "url": URL})
    answer = api("POST", HOOKS, sent)
    assert (answer.status_code, answer.json()) == (400, {"errors": ["Invalid webhook"]})


@pytest.mark.parametrize(
    "sent", [{}, {"name": "a"}, {"url": URL}, {"name": 1, "url": URL}, {"name": "a", "url": URL, "encode_as": "xml"}]
)
def test_a_body_of_another_shape_is_refused(api: Api, sent: dict[str, Any]) -> None:
    assert api("POST", HOOKS, sent).status_code == 400


def test_a_url_may_have_no_scheme_and_a_payload_variables_outside_of_texts(api: Api) -> None:
    sent = {"name": "a", "url": "example.com", "payload": '{"f": $INCIDENT_FIELDS, "t": $TAGS[x], "u": $UNKNOWN}'}
    assert api("POST", HOOKS, sent).status_code == 201


def test_a_custom_variable_is_answered_with_its_value_unless_it_is_secret(api: Api) -> None:
    secret = api("POST", VARIABLES, {"name": "KEY", "value": "s3cret", "is_secret": True})
    assert (secret.status_code, secret.json()) == (201, {"is_secret": True, "name": "KEY"})
    assert api.ok("GET", f"{VARIABLES}/KEY") == {"is_secret": True, "name": "KEY"}
    plain = api("POST", VARIABLES, {"name": "A_1", "value": "variable-value", "is_secret": False})
    assert plain.json() == {"is_secret": False, "name": "A_1", "value": "variable-value"}
    assert api.ok("PUT", f"{VARIABLES}/A_1", {"value": "variable-updated"})["value"] == "variable-updated"
    assert api.ok("DELETE", f"{VARIABLES}/A_1") == {}
    for method, body in (("DELETE", None), ("GET", None), ("PUT", {"value": "x"})):
        answer = api(method, f"{VARIABLES}/A_1", body)
        assert (answer.status_code, answer.json()) == (404, {"errors": ["Custom variable does not exist"]})


def test_a_secret_is_not_given_away_by_making_it_visible(api: Api) -> None:
    api("POST", VARIABLES, {"name": "KEY", "value": "s3cret", "is_secret": True})
    answer = api("PUT", f"{VARIABLES}/KEY", {"is_secret": False})
    assert answer.status_code == 400
    assert "s3cret" not in answer.text
    assert api.ok("PUT", f"{VARIABLES}/KEY", {"is_secret": False, "value": "new"})["value"] == "new"


@pytest.mark.parametrize("was_secret", [True, False])
@pytest.mark.parametrize("is_secret", [True, False, None])
@pytest.mark.parametrize("value", ["new", None])
@pytest.mark.parametrize("name", ["KEY", "OTHER", None])
def test_any_part_of_a_variable_is_changed_alone_or_with_others(
    api: Api, was_secret: bool, is_secret: bool | None, value: str | None, name: str | None
) -> None:
    """Only a secret that would become visible as it is stays what it was."""
    api("POST", VARIABLES, {"name": "KEY", "value": "old", "is_secret": was_secret})
    sent = {"name": name, "value": value, "is_secret": is_secret}
    answer = api("PUT", f"{VARIABLES}/KEY", {key: part for key, part in sent.items() if part is not None})
    if was_secret and is_secret is False and value is None:
        assert answer.status_code == 400
        assert api.ok("GET", f"{VARIABLES}/KEY") == {"is_secret": True, "name": "KEY"}
        return
    secret = was_secret if is_secret is None else is_secret
    expected = {"is_secret": secret, "name": name or "KEY", **({} if secret else {"value": value or "old"})}
    assert (answer.status_code, answer.json()) == (200, expected)
    assert api.ok("GET", f"{VARIABLES}/{name or 'KEY'}") == expected


@pytest.mark.parametrize(
    "sent",
    [
        {"name": "key", "value": "a", "is_secret": False},
        {"name": "A-B", "value": "a", "is_secret": False},
        {"name": "TAKEN", "value": "a", "is_secret": False},
        {"name": "A", "value": "a"},
        {"name": "A", "is_secret": True},
    ],
)
def test_a_custom_variable_that_is_none_is_refused(api: Api, sent: dict[str, Any]) -> None:
    api("POST", VARIABLES, {"name": "TAKEN", "value": "s3cret", "is_secret": True})
    answer = api("POST", VARIABLES, sent)
    assert answer.status_code == 400
    assert "s3cret" not in answer.text


def test_webhooks_survive_a_restart_of_the_server(open_api: Callable[[], Api]) -> None:
    made = open_api()("POST", HOOKS, {"name": "a", "url": URL}).json()
    assert open_api().ok("GET", f"{HOOKS}/a") == made


def test_methods_of_authentication_are_said_to_be_left_out(api: Api) -> None:
    assert api("GET", "/api/v2/integration/webhooks/configuration/auth-method").status_code == 501
