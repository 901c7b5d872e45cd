"""Webhooks delivered: to this machine alone unless a host is named, tried again, each in a queue of its own, kept in the inbox without secrets."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from live_house import Live, S, living
from receivers import receiving

from doghouse.events.model import Event, new_id
from doghouse.notifications.model import Delivery
from doghouse.notifications.webhooks import sending
from doghouse.notifications.webhooks.model import Request, Variable, Webhook
from doghouse.notifications.webhooks.sending import NotAllowed, SendError, allowed_host, check, send, target

PAYLOAD = '{"title": "$EVENT_TITLE", "message": "$EVENT_MSG", "state": "$ALERT_TRANSITION"}'


def hook(house: Live, url: str, name: str = "pager", **more: Any) -> None:
    house.stores.webhooks.put(Webhook(name, url, **{"payload": PAYLOAD, **more}))


def triggered(house: Live, message: str = "high {{value}} @webhook-pager") -> None:
    """A monitor that triggers, and nothing after it."""
    house.points.give(S[:6])
    house.monitor(message=message)
    house.advance(6)


def copies(house: Live) -> dict[str, Delivery]:
    store = house.service.store
    every = store.deliveries(notification.id for notification in store.find()).values()
    return {copy.recipient: copy for each in every for copy in each}


def let_pass(house: Live, seconds: int) -> None:
    """Seconds go by, the outbox looks at each."""
    for _ in range(seconds):
        house.clock.set(house.clock.now() + 1)
        house.deliver()


def test_a_monitor_s_message_arrives_as_the_payload_has_it(tmp_path: Path) -> None:
    with living(tmp_path) as house, receiving(200) as receiver:
        hook(house, receiver.url + "/hook")
        triggered(house)
        house.deliver()
        (path, headers, body) = receiver.got[0]
        assert (path, headers["content-type"]) == ("/hook", "application/json")
        assert json.loads(body) == {
            "title": "[Triggered] High",
            "message": "high 91.8 @webhook-pager",
            "state": "Triggered",
        }
        assert copies(house)["webhook-pager"].state == "sent"
        house.deliver()
        assert len(receiver.got) == 1


def test_a_rule_tells_a_webhook_too_and_nobody_twice(tmp_path: Path) -> None:
    with living(tmp_path) as house, receiving(200) as receiver:
        hook(house, receiver.url)
        house.rule(recipients=["webhook-pager"])
        triggered(house, "high @webhook-pager @webhook-pager")
        house.deliver()
        assert len(receiver.got) == 1


@pytest.mark.parametrize(
    ("answers", "attempts", "state"),
    [
        pytest.param([500, 500, 200], 3, "sent", id="W34 500, 500, 200"),
        pytest.param([404], 1, "failed", id="W34 404"),
        pytest.param([503], 6, "failed", id="5xx for ever"),
        pytest.param([302], 1, "failed", id="a redirect"),
        pytest.param([204], 1, "sent", id="any 2xx"),
        pytest.param([299], 1, "sent", id="the last 2xx"),
    ],
)
def test_w34_what_is_not_taken_is_tried_again_where_that_may_help(
    tmp_path: Path, answers: list[int], attempts: int, state: str
) -> None:
    with living(tmp_path) as house, receiving(*answers) as receiver:
        hook(house, receiver.url)
        triggered(house)
        let_pass(house, 40)
        assert len(receiver.got) == attempts
        copy = copies(house)["webhook-pager"]
        assert (copy.state, copy.attempts) == (state, attempts)


def test_w34_a_refused_connection_is_tried_five_times_more_after_1_2_4_8_and_16_seconds(tmp_path: Path) -> None:
    with living(tmp_path) as house:
        hook(house, f"http://127.0.0.1:{unused_port()}")
        triggered(house)
        tried: list[int] = []
        for second in range(40):
            before = copies(house)["webhook-pager"].attempts
            house.deliver()
            tried += [second] * (copies(house)["webhook-pager"].attempts - before)
            house.clock.set(house.clock.now() + 1)
        assert tried == [0, 1, 3, 7, 15, 31]
        copy = copies(house)["webhook-pager"]
        assert (copy.state, copy.attempts) == ("failed", 6)
        assert "cannot be reached" in str(copy.error)


def test_a_receiver_that_was_down_gets_everything_in_order_once_it_is_up(tmp_path: Path) -> None:
    port = unused_port()
    with living(tmp_path) as house:
        hook(house, f"http://127.0.0.1:{port}")
        house.points.give(S)
        house.monitor(message="@webhook-pager")
        house.advance(6)
        house.deliver()
        house.advance(6)
        with receiving(200, port=port) as receiver:
            let_pass(house, 20)
            assert [json.loads(body)["state"] for body in receiver.bodies] == ["Triggered", "Recovered"]


def test_a_slow_receiver_holds_up_nobody_else(tmp_path: Path) -> None:
    with living(tmp_path) as house, receiving(200, waits_s=30) as slow, receiving(200) as quick:
        hook(house, slow.url, "slow")
        hook(house, quick.url, "quick")
        triggered(house, "@webhook-slow @webhook-quick")
        began = time.monotonic()
        house.service.outbox.look()
        assert time.monotonic() - began < 20
        wait_for(lambda: copies(house)["webhook-quick"].state == "sent")
        assert copies(house)["webhook-slow"].state == "waiting"
        house.service.outbox.look()
        house.service.outbox.end()
        assert time.monotonic() - began < 20
        assert copies(house)["webhook-slow"].state == "waiting"  # it is sent after the next start


def test_a_copy_is_sent_once_however_often_the_outbox_looks_meanwhile(tmp_path: Path) -> None:
    with living(tmp_path) as house, receiving(200, waits_s=0.5) as receiver:
        hook(house, receiver.url)
        triggered(house)
        for _ in range(5):
            house.service.outbox.look()
            time.sleep(0.02)
        house.service.outbox.wait()
        assert (len(receiver.got), copies(house)["webhook-pager"].state) == (1, "sent")


def test_an_answer_that_does_not_come_is_given_up_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sending.TIMEOUT_S == 15
    monkeypatch.setattr(sending, "TIMEOUT_S", 0.2)
    with living(tmp_path) as house, receiving(200, waits_s=2) as receiver:
        hook(house, receiver.url)
        triggered(house)
        house.deliver()
        copy = copies(house)["webhook-pager"]
        assert (copy.state, copy.attempts, copy.error) == ("waiting", 1, "no answer within 0.2 s")


def test_a_webhook_that_there_is_not_is_a_failed_copy_and_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with living(tmp_path) as house:
        triggered(house, "@webhook-Pager")
        hook(house, "http://127.0.0.1:1")
        house.deliver()
        copy = copies(house)["webhook-Pager"]
        assert (copy.state, copy.error) == ("failed", "there is no webhook of the name 'Pager'")
        assert "there is no webhook of the name 'Pager'" in caplog.text


def test_another_host_is_never_asked_unless_it_is_named_and_the_request_can_be_read(tmp_path: Path) -> None:
    with living(tmp_path) as house:
        hook(house, "https://hooks.example.com/services/a")
        triggered(house)
        house.deliver()
        copy = copies(house)["webhook-pager"]
        assert copy.state == "inbox"
        assert copy.error == (
            "hooks.example.com is not this machine; `doghouse up --webhooks-to hooks.example.com` sends there"
        )
        kept = house.stores.webhooks.request(copy.id)
        assert kept is not None
        assert kept.url == "https://hooks.example.com/services/a"


def test_secrets_are_sent_and_shown_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with living(tmp_path) as house, receiving(500, 200) as receiver:
        hook(house, receiver.url + "/$KEY", custom_headers='{"DD-API-KEY": "$KEY"}', payload='{"k": "$KEY"}')
        house.stores.webhooks.put(Variable("KEY", "s3cret", is_secret=True))
        triggered(house)
        let_pass(house, 3)
        path, headers, body = receiver.got[-1]
        assert (path, headers["dd-api-key"], body) == ("/s3cret", "s3cret", '{"k": "s3cret"}')
        kept = house.stores.webhooks.request(copies(house)["webhook-pager"].id)
        assert kept is not None
        assert kept.body == '{"k": "***"}'
        assert "s3cret" not in f"{kept}{copies(house)}{caplog.text}"


def test_a_secret_host_is_not_named_in_what_went_wrong(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with living(tmp_path) as house:
        hook(house, "$URL")
        house.stores.webhooks.put(Variable("URL", "https://hidden.example.com/a", is_secret=True))
        triggered(house)
        house.deliver()
        copy = copies(house)["webhook-pager"]
        assert copy.state == "inbox"
        assert "hidden" not in f"{copy}{caplog.text}"


def test_an_event_that_mentions_a_webhook_tests_its_payload(tmp_path: Path) -> None:
    with living(tmp_path) as house, receiving(200) as receiver:
        hook(house, receiver.url, payload='{"id": "$ID", "title": "$EVENT_TITLE", "tags": "$TAGS"}')
        number = new_id()
        house.stores.events.add(
            Event("Hello", "@webhook-pager", int(house.clock.now()), ("env:dev",), id=number, uid="u")
        )
        house.deliver()
        assert [json.loads(body) for body in receiver.bodies] == [
            {"id": str(number), "title": "Hello", "tags": "env:dev"}
        ]


def test_what_was_not_noted_as_sent_is_sent_again_after_a_crash(tmp_path: Path) -> None:
    """At least once: nothing is lost between the answer and the note of it."""
    with receiving(200) as receiver:
        with living(tmp_path) as house:
            hook(house, receiver.url)
            triggered(house)
            house.service.store.sent = lambda *_: None  # type: ignore[method-assign]  # as if it was killed before
            first = house.service.store.first_waiting("webhook-pager")
            assert first is not None
            asyncio.run(house.service.outbox._send(*first))
            now = house.clock.now()
        with living(tmp_path, now=now) as house:
            house.deliver()
            assert len(receiver.got) == 2
            assert copies(house)["webhook-pager"].state == "sent"


# -- where a request may go


@pytest.mark.parametrize("url", ["http://127.0.0.1/x", "http://127.9.9.9:1", "http://[::1]:80/", "https://LOCALHOST./", "http://a.localhost/"])  # fmt: skip
def test_this_machine_is_always_allowed(url: str) -> None:
    check(target(url), ())


@pytest.mark.parametrize(
    "url",
    [
        *("http://169.254.169.254/latest", "http://10.0.0.1/", "http://0.0.0.0:80/", "http://[::]:80/"),
        *("http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://localhost.example.com/"),
        *("http://127.0.0.1@example.com/", "http://127.0.0.1.nip.io/", "http://example.com#@127.0.0.1/"),
        *("http://[::ffff:10.0.0.1]/", "http://[fe80::1]/"),
    ],
)
def test_everything_else_is_not(url: str) -> None:
    with pytest.raises(NotAllowed):
        check(target(url), ())


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://localhost/", "http://", "http://[::1]:99999/", "http://a\n"],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(SendError) as raised:
        target(url)
    assert raised.value.final


def test_the_last_port_is_one_and_the_next_is_none() -> None:
    assert target("http://localhost:65535/").port == 65535
    with pytest.raises(SendError, match="port 65536: the last one is 65535"):
        target("http://localhost:65536/")


def test_a_host_that_is_named_is_allowed_whatever_the_case_and_the_port() -> None:
    named = (allowed_host("Hooks.Example.com"), allowed_host("[2001:db8::1]"))
    check(target("https://hooks.example.COM:8443/x"), named)
    check(target("https://[2001:db8::1]/x"), named)
    with pytest.raises(NotAllowed):
        check(target("https://www.hooks.example.com/x"), named)


@pytest.mark.parametrize("text", ["", "http://a", "a/b", "a:80", "*", "*.example.com", "u@a", "a b"])
def test_what_is_no_host_cannot_be_named(text: str) -> None:
    with pytest.raises(ValueError, match="is no host"):
        allowed_host(text)


def resolving_to(*addresses: str) -> Callable[..., Any]:
    async def getaddrinfo(_: Any, __: str, port: int, **___: Any) -> Sequence[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return getaddrinfo


def ask(url: str, *allowed: str) -> int:
    return asyncio.run(send(Request(url, (), "{}"), allowed))


def test_a_name_that_is_this_machine_s_must_be_so_when_it_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", resolving_to("10.0.0.1"))
    with pytest.raises(NotAllowed, match="not an address of this machine"):
        ask("http://localhost:1/")


def test_the_connection_goes_to_the_address_that_was_looked_at_under_the_name_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", resolving_to("127.0.0.1"))
    with receiving(200) as receiver:
        port = receiver.url.rpartition(":")[2]
        assert ask(f"http://hooks.example.com:{port}/x", "hooks.example.com") == 200
        assert receiver.got[0][1]["host"] == f"hooks.example.com:{port}"


def test_the_next_address_is_tried_where_one_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", resolving_to("127.0.0.2", "127.0.0.1"))
    with receiving(200) as receiver:
        assert ask(receiver.url.replace("127.0.0.1", "localhost")) == 200


def test_a_name_without_an_address_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def getaddrinfo(*_: Any, **__: Any) -> Sequence[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", getaddrinfo)
    with pytest.raises(SendError, match=r"^hooks.example.com has no address: Name or service not known$") as raised:
        ask("http://hooks.example.com/x", "hooks.example.com")
    assert not raised.value.final


@pytest.mark.parametrize(
    ("status", "words", "final"),
    [
        *((300, "300 Multiple Choices, and redirects are not followed", True), (400, "400 Bad Request", True)),
        *((399, "399, and redirects are not followed", True), (499, "499", True)),
        *((500, "500 Internal Server Error", False), (599, "599", False)),
    ],
)
def test_what_is_answered_is_said_and_from_500_on_tried_again(status: int, words: str, final: bool) -> None:
    with receiving(status) as receiver, pytest.raises(SendError) as raised:
        ask(receiver.url)
    assert (str(raised.value), raised.value.final) == (f"answered {words}", final)


def test_a_connection_that_breaks_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: listener.accept()[0].close(), daemon=True)
        thread.start()
        with pytest.raises(SendError, match=r"^the connection broke: \w+Error$") as raised:
            ask(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join(5)
    assert not raised.value.final


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    with receiving(200) as other, receiving(307, location=other.url) as receiver:
        with pytest.raises(SendError, match="307 Temporary Redirect, and redirects are not followed") as raised:
            ask(receiver.url)
        assert raised.value.final
        assert other.got == []


def test_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(200) as proxy, receiving(200) as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert ask(receiver.url) == 200
        assert proxy.got == []


def test_the_user_of_a_url_is_sent_as_basic_authentication() -> None:
    with receiving(200) as receiver:
        assert ask(receiver.url.replace("//", "//user:pass@") + "/x") == 200
        path, headers, _ = receiver.got[0]
        assert (path, headers["authorization"]) == ("/x", "Basic dXNlcjpwYXNz")


def test_what_is_in_an_answer_is_not_read() -> None:
    """A receiver that never stops to answer is done with at its first line."""

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 1000)
        connection.recv(1)  # until the other side has had enough
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        began = time.monotonic()
        assert ask(f"http://127.0.0.1:{listener.getsockname()[1]}/") == 200
        assert time.monotonic() - began < 30
        thread.join(5)


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)
