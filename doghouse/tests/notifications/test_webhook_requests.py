"""The request that a webhook makes: substitution, headers, forms, and what may be shown of it (worked examples W31 to W33)."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from doghouse import monitors as mon
from doghouse.monitors import Status, Transition
from doghouse.notifications.model import Notification
from doghouse.notifications.silencing import Due
from doghouse.notifications.webhooks.model import DEFAULT_PAYLOAD, Request, Variable, Webhook
from doghouse.notifications.webhooks.request import NOT_JSON, RequestError, masked, request
from doghouse.notifications.webhooks.template import Variables
from doghouse.notifications.webhooks.variables import built_in, tags
from doghouse.notifications.writing import notification

AT = 1_772_445_660
MONITOR = mon.parse(
    {
        "id": 7,
        "type": "metric alert",
        "name": "High",
        "query": "avg(last_5m):avg:system.load.1{env:prod} by {host} > 90",
        "message": 'say "hi"',
        "tags": ["team:a"],
        "priority": 2,
    }
)
TRIGGERED = Transition(AT, Status.OK, Status.ALERT, 95.0, notify=True, first_triggered=AT)


def of(transition: Transition = TRIGGERED, monitor: mon.Definition = MONITOR) -> Notification:
    """A notification as it is read from the store."""
    written = notification(monitor, (("host", "web-1"),), Due(transition, transition.at + 0.25), {})
    stored = msgspec.json.encode(msgspec.structs.replace(written, id=3, event_id=5))
    return msgspec.json.decode(stored, type=Notification)


def variables(made: Notification | None = None, **custom: str) -> Variables:
    made = made or of()
    return Variables(built_in(made, "webhook-x", "http://127.0.0.1:8420"), tags(made), custom)


def sent(payload: str = "{}", *, made: Notification | None = None, custom: dict[str, str] | None = None, **webhook: str) -> Request:  # fmt: skip
    whole = {"name": "x", "url": "http://localhost/hook", "payload": payload, **webhook}
    return request(msgspec.convert(whole, Webhook), variables(made, **(custom or {})))


def test_w31_values_are_escaped_in_texts_and_a_tag_that_is_not_there_is_empty() -> None:
    payload = '{"t":"$ALERT_TRANSITION","m":"$EVENT_MSG","h":"$TAGS[host]","x":"$TAGS[no]"}'
    assert sent(payload).body == '{"t":"Triggered","m":"say \\"hi\\"","h":"web-1","x":""}'


def test_w32_the_keys_of_a_form_are_its_fields() -> None:
    made = sent('{"Body":"$EVENT_TITLE","To":"+1","more":{"a":[1]}}', encode_as="form")
    assert made.body.startswith("Body=%5BP2%5D+%5BTriggered+")
    assert dict(parse_qsl(made.body)) == {"Body": of().title, "To": "+1", "more": '{"a": [1]}'}
    assert ("Content-Type", "application/x-www-form-urlencoded") in made.headers


def test_w33_variables_stand_in_headers_and_secrets_are_masked_where_it_is_shown() -> None:
    webhook = Webhook(
        "x", "http://u:$KEY@localhost/$KEY?t=$KEY", '{"k": "$KEY"}', '{"DD-API-KEY": "$KEY", "content-type": "text/x"}'
    )
    key = Variable("KEY", "abc", is_secret=True)
    made = request(webhook, variables(KEY=key.value))
    assert ("DD-API-KEY", "abc") in made.headers
    assert [value for name, value in made.headers if name.lower() == "content-type"] == ["text/x"]
    shown = masked(request(webhook, variables(KEY=key.shown)))
    assert "abc" not in str(shown)
    assert ("DD-API-KEY", "***") in shown.headers
    assert "abc" not in repr(key)


def test_the_password_of_a_url_is_not_shown() -> None:
    made = sent(url="https://user:pass@example.com/a:b@c")
    assert "user:pass@" in made.url
    assert masked(made).url == "https://user:***@example.com/a:b@c"


def test_what_each_variable_says() -> None:
    values = dict(variables().values)
    keys = {values.pop(name) for name in ("AGGREG_KEY", "ALERT_CYCLE_KEY")}
    assert len(keys) == 2
    assert values == {
        "ID": "5",
        "ALERT_ID": "7",
        "ALERT_QUERY": MONITOR.query,
        "ALERT_METRIC": "system.load.1",
        "METRIC_NAMESPACE": "system",
        "ALERT_PRIORITY": "P2",
        "PRIORITY": "normal",
        "ALERT_SCOPE": "host:web-1",
        "TAGS": "monitor, team:a, host:web-1",
        "ALERT_STATUS": "system.load.1 over env:prod was > 90.0 on average during the last 5m",
        "ALERT_TITLE": "[P2] [Triggered on {host:web-1}] High",
        "EVENT_TITLE": "[P2] [Triggered on {host:web-1}] High",
        "ALERT_TRANSITION": "Triggered",
        "ALERT_TYPE": "error",
        "EVENT_TYPE": "metric_alert_monitor",
        "DATE": str(AT * 1000 + 250),
        "DATE_POSIX": str(AT),
        "LAST_UPDATED": str(AT * 1000 + 250),
        "LAST_UPDATED_POSIX": str(AT),
        "EVENT_MSG": 'say "hi"',
        "TEXT_ONLY_MSG": 'say "hi"',
        "HOSTNAME": "web-1",
        "LINK": "http://127.0.0.1:8420/inbox/3",
        "ORG_ID": "1",
        "ORG_NAME": "doghouse",
        "USER": "You",
        "USERNAME": "you@example.com",
        "EMAIL": "you@example.com",
        "SNAPSHOT": "",
        "LOGS_SAMPLE": "",
    }


def test_what_a_notification_has_not_is_empty() -> None:
    bare = Notification(at=AT, kind="downtime", transition="x", subject="s", title="t", body="b", downtime_id="d", tags=("audit",))  # fmt: skip
    values = variables(bare).values
    empty = {"ALERT_CYCLE_KEY", "ALERT_ID", "ALERT_PRIORITY", "ALERT_SCOPE", "HOSTNAME", "ALERT_METRIC"}
    assert {values[name] for name in empty} == {""}
    assert (values["TAGS"], values["ALERT_TYPE"]) == ("audit", "info")
    quiet = built_in(replace(bare, bodiless=("webhook-x",)), "webhook-x", "")
    assert (quiet["EVENT_MSG"], quiet["TEXT_ONLY_MSG"]) == ("", "")
    assert built_in(replace(bare, bodiless=("webhook-y",)), "webhook-x", "")["EVENT_MSG"] == "b"


def test_several_values_of_a_tag_stand_behind_each_other() -> None:
    values = tags(replace(of(), tags=("env:a", "team:x", "env:b")))
    assert (values["env"], values["team"]) == ("a,b", "x")


@pytest.mark.parametrize(
    ("before", "after", "word", "kind"),
    [
        (Status.OK, Status.ALERT, "Triggered", "error"),
        (Status.ALERT, Status.OK, "Recovered", "success"),
        (Status.OK, Status.WARN, "Warn", "warning"),
        (Status.OK, Status.NO_DATA, "No Data", "info"),
    ],
)
def test_transitions_have_their_words(before: Status, after: Status, word: str, kind: str) -> None:
    said = variables(of(replace(TRIGGERED, before=before, after=after))).values
    assert (said["ALERT_TRANSITION"], said["ALERT_TYPE"]) == (word, kind)
    again = variables(of(replace(TRIGGERED, before=Status.ALERT, after=Status.ALERT, renotified=1))).values
    assert again["ALERT_TRANSITION"] == "Re-Triggered"


def test_the_cycle_lasts_from_a_trigger_to_its_recovery_and_the_aggregation_for_ever() -> None:
    def keys(first: int, after: Status = Status.ALERT) -> tuple[str, str]:
        said = variables(of(replace(TRIGGERED, at=AT + 600, after=after, first_triggered=first))).values
        return said["ALERT_CYCLE_KEY"], said["AGGREG_KEY"]

    assert keys(AT) == keys(AT, Status.OK)
    assert keys(AT)[0] != keys(AT + 60)[0]
    assert keys(AT)[1] == keys(AT + 60)[1]
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys(AT))


def test_an_event_that_mentions_a_webhook_is_of_no_monitor_and_has_its_own_tags_alone() -> None:
    said = variables(replace(of(), kind="event", monitor_id=None, tags=("team:a",))).values
    assert (said["ALERT_ID"], said["TAGS"]) == ("", "team:a")


def test_the_plain_text_has_no_markdown() -> None:
    subject = mon.parse({**MONITOR.document, "message": "**high** [runbook](http://x/y)\n\n- a &\n- b"})
    assert variables(of(monitor=subject)).values["TEXT_ONLY_MSG"] == "high runbook\n\na &\nb"


@pytest.mark.parametrize(
    ("payload", "body"),
    [
        ('{"a": "$ALERT_TITLE2"}', '{"a": "' + of().title + '2"}'),
        ('{"a": "$NOTHING $5"}', '{"a": "$NOTHING $5"}'),
        ('{"a": "$INCIDENT_TITLE|$SECURITY_RULE_NAME|$SYNTHETICS_SUMMARY"}', '{"a": "||"}'),
        ('{"a": $DATE}', f'{{"a": {AT * 1000 + 250}}}'),
        ('{"$HOSTNAME": 1}', '{"web-1": 1}'),
        ('{"a": "\\"$HOSTNAME\\""}', '{"a": "\\"web-1\\""}'),
    ],
)
def test_substitution(payload: str, body: str) -> None:
    assert sent(payload).body == body


def test_custom_variables_win_and_values_are_not_looked_through_again() -> None:
    made = sent('{"a": "$HOSTNAME", "b": "$MINE"}', custom={"HOSTNAME": "other", "MINE": "$DATE"})
    assert made.body == '{"a": "other", "b": "$DATE"}'


def test_a_payload_that_is_no_json_is_sent_and_said() -> None:
    made = sent("$TEXT_ONLY_MSG")
    assert (made.body, made.notes) == ('say "hi"', (NOT_JSON,))
    with pytest.raises(RequestError, match="payload of a form"):
        sent("$TEXT_ONLY_MSG", encode_as="form")


def test_a_url_has_built_in_values_encoded_and_custom_ones_as_they_are() -> None:
    url = "localhost:99/$TOKEN/$ALERT_SCOPE?t=$TAGS[team]"
    assert sent(url=url, custom={"TOKEN": "T0/B0"}).url == "http://localhost:99/T0/B0/host%3Aweb-1?t=a"


def test_no_value_can_add_a_header_or_change_the_length() -> None:
    subject = mon.parse({**MONITOR.document, "message": "a\r\nX-Evil: 1"})
    headers = '{"X-Message": "$EVENT_MSG", "Content-Length": "1", "Transfer-Encoding": "chunked"}'
    made = sent(made=of(monitor=subject), custom_headers=headers)
    assert ("X-Message", "a X-Evil: 1") in made.headers
    assert {name.lower() for name, _ in made.headers} == {"content-type", "user-agent", "x-message"}
    with pytest.raises(RequestError, match="no name of a header"):
        sent(custom_headers='{"X Y": "1"}')


@given(st.text(), st.text())
def test_any_message_makes_the_default_payload_json_that_says_it(message: str, name: str) -> None:
    made = msgspec.structs.replace(of(), body=message.replace("&", ""), title=name)
    posted = request(Webhook("x", "http://localhost", DEFAULT_PAYLOAD), variables(made))
    assert posted.notes == ()
    said = json.loads(posted.body)
    assert said["title"] == name
    assert said["body"] == message.replace("&", "")
