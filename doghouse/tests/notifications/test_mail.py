"""Mails: what they hold, and how they go to a real SMTP server: retried when it does not answer, given up when it never will."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import msgspec
import pytest
from live_house import HIGH, T0, S, living
from msgspec.structs import replace
from post_office import free_port, post_office

from doghouse.notifications import smtp
from doghouse.notifications.delivery import LONGEST_WAIT_S, wait_s
from doghouse.notifications.mail import Links, mail
from doghouse.notifications.model import Delivery, Notification

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
TRIGGERED = Notification(
    at=T0 + 300.0,
    kind="monitor",
    transition="Triggered",
    subject="[Monitor Alert] Triggered: High on a&b",
    title="[Triggered on {host:a}] High",
    body="91.8 &lt; 95 <b> see http://example.com/?a=1&amp;b=2 @ops@example.com",
    recipients=("ops@example.com",),
    monitor_id=7,
    query=HIGH,
    group=(("host", "a"),),
    status="Alert",
    last_triggered=T0 + 300,
    since=T0,
    until=T0 + 600.0,
    id=12,
)
COPY = Delivery(34, 12, "ops@example.com", "waiting")


def parts(message: EmailMessage) -> dict[str, EmailMessage]:
    return {part.get_content_type(): cast(EmailMessage, part) for part in message.walk()}


def test_a_mail_has_text_html_and_the_graph() -> None:
    message = mail(TRIGGERED, COPY, Links("http://127.0.0.1:8420"), PNG)

    found = parts(message)
    assert list(found) == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    assert found["image/png"].get_content() == PNG
    html = found["text/html"].get_content()
    assert f"cid:{str(found['image/png']['Content-ID']).strip('<>')}" in html


def test_the_text_reads_as_it_was_meant_and_the_html_is_safe() -> None:
    found = parts(mail(TRIGGERED, COPY, Links("http://127.0.0.1:8420")))

    assert "91.8 < 95 <b> see http://example.com/?a=1&b=2" in found["text/plain"].get_content()
    html = found["text/html"].get_content()
    assert "91.8 &lt; 95 &lt;b&gt;" in html
    assert '<a href="http://example.com/?a=1&amp;b=2">' in html


def test_the_html_shows_the_message_as_the_markdown_that_it_is() -> None:
    body = "`my_metric` is **high**:\n\n1. look at http://example.com/a_b_c\n2. `http://example.com/code`\n\n![x](http://example.com/x.png)"
    html = parts(mail(msgspec.structs.replace(TRIGGERED, body=body), COPY, Links()))["text/html"].get_content()

    assert "<code>my_metric</code> is <strong>high</strong>" in html
    assert '<li>look at <a href="http://example.com/a_b_c">http://example.com/a_b_c</a></li>' in html
    assert "<code>http://example.com/code</code>" in html
    assert "<img" not in html


def test_a_mail_says_whom_it_is_from_when_and_which_it_is() -> None:
    message = mail(TRIGGERED, COPY, Links())

    assert message["To"] == "ops@example.com"
    assert message["Subject"] == "[Monitor Alert] Triggered: High on a&b"
    assert message["Date"] == "Mon, 02 Mar 2026 10:05:00 +0000"
    assert message["Message-ID"] == "<notification-12-34@doghouse.localhost>"
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_footer_links_to_the_monitor_at_that_time() -> None:
    text = parts(mail(TRIGGERED, COPY, Links("http://127.0.0.1:8420")))["text/plain"].get_content()

    assert "http://127.0.0.1:8420/monitors/7?from_ts=1772445600000&to_ts=1772446200000&live=false" in text
    assert "http://127.0.0.1:8420/monitors/7/edit" in text
    assert "View a: http://127.0.0.1:8420/infrastructure?host=a" in text
    assert "The monitor was last triggered at Mon Mar 02 2026 10:05:00 UTC." in text


def test_what_is_of_no_monitor_has_no_footer() -> None:
    text = parts(mail(replace(TRIGGERED, monitor_id=None), COPY, Links("http://127.0.0.1:8420")))["text/plain"]
    assert "http://127.0.0.1:8420" not in text.get_content()


@pytest.mark.parametrize(
    ("hides", "absent"),
    [(("query",), HIGH), (("handles",), "@ops@example.com"), (("footer",), "/monitors/7"), (("picture",), "image/png")],
)
def test_what_the_monitor_hides_is_not_in_the_mail(hides: tuple[str, ...], absent: str) -> None:
    import msgspec

    links = Links("http://127.0.0.1:8420")
    whole = mail(TRIGGERED, COPY, links, PNG)
    less = mail(msgspec.structs.replace(TRIGGERED, hides=hides), COPY, links, PNG)

    assert absent in _shown(whole)
    assert absent not in _shown(less)


ADDRESS = "http://127.0.0.1:8420"
PRESETS = {
    None: {"query", "handles", "footer", "picture"},
    "hide_query": {"handles", "footer", "picture"},
    "hide_handles": {"query", "footer", "picture"},
    "hide_query_and_handles": {"footer", "picture"},
    "hide_handles_and_footer": {"query", "picture"},
    "show_only_snapshot": {"picture"},
    "hide_all": set(),
}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_says_what_a_monitors_mail_and_event_show(tmp_path: Path, preset: str | None) -> None:
    with living(tmp_path, url=lambda: ADDRESS, graph=lambda _: PNG) as house:
        house.points.give(S)
        house.monitor(options={"notification_preset_name": preset} if preset else {})
        house.advance(6)
        house.deliver()
        (file,) = (tmp_path / "mails").glob("*.eml")
        (event,) = house.stores.events.between(T0, T0 + 3600)

    signs = {"query": HIGH, "handles": "@ops@example.com", "footer": f"{ADDRESS}/monitors/1", "picture": "image/png"}
    mailed = _shown(message_from_bytes(file.read_bytes(), policy=policy.default))
    assert {part for part, sign in signs.items() if sign in mailed} == PRESETS[preset]
    assert {part for part, sign in signs.items() if sign in event.text} == PRESETS[preset] - {"picture"}
    assert "high 91.8" in mailed


def _shown(message: EmailMessage) -> str:
    found = parts(message)
    return found["text/plain"].get_content() + " ".join(found)


def test_who_only_hears_of_it_gets_no_body() -> None:
    import msgspec

    quiet = msgspec.structs.replace(TRIGGERED, bodiless=("ops@example.com",))

    assert "91.8" not in mail(quiet, COPY, Links()).as_string()


def test_a_subject_over_several_lines_is_one_line() -> None:
    import msgspec

    odd = msgspec.structs.replace(TRIGGERED, subject="Triggered\r\nBcc: all@example.com")

    message = mail(odd, COPY, Links())

    assert message["Bcc"] is None
    assert message["Subject"] == "Triggered Bcc: all@example.com"


def test_without_a_server_mails_stay_in_the_inbox_and_are_files(tmp_path: Path) -> None:
    with living(tmp_path) as house:
        house.points.give(S)
        house.monitor(message="@ops@example.com @slack-ops")
        house.advance(5)

        house.deliver()

        copies = house.service.store.deliveries([1])[1]
        assert [(one.recipient, one.state) for one in copies] == [("ops@example.com", "inbox"), ("slack-ops", "inbox")]
    files = sorted((tmp_path / "mails").iterdir())
    assert [file.suffix for file in files] == [".eml"]
    message = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert message["Subject"] == "[Monitor Alert] Triggered: High"
    assert files[0].parent.stat().st_mode & 0o777 == 0o700


def test_mails_go_to_the_server_one_a_recipient(tmp_path: Path) -> None:
    with post_office() as office, living(tmp_path, mail_server=office.address, sender="alerts@example.com") as house:
        house.points.give(S)
        house.monitor(message="@ops@example.com @dev@example.com @slack-ops")
        house.advance(12)

        house.deliver()
        house.deliver()

        assert office.recipients == ["ops@example.com", "dev@example.com"] * 2
        assert [str(message["Subject"]) for _, message in office.accepted] == [
            "[Monitor Alert] Triggered: High",
            "[Monitor Alert] Triggered: High",
            "[Monitor Alert] Recovered: High",
            "[Monitor Alert] Recovered: High",
        ]
        assert "alerts@example.com" in str(office.accepted[0][1]["From"])
        assert house.service.store.counts() == {"inbox": 2, "sent": 4}


def test_silenced_notifications_are_sent_to_nobody(tmp_path: Path) -> None:
    with post_office() as office, living(tmp_path, mail_server=office.address) as house:
        house.points.give(S)
        house.monitor()
        house.downtime("10:00", "11:00")
        house.advance(12)

        house.deliver()

        assert (office.accepted, house.service.store.counts()) == ([], {})


def test_a_server_that_is_away_is_tried_again_later_and_longer(tmp_path: Path) -> None:
    port = free_port()
    with living(tmp_path, mail_server=f"127.0.0.1:{port}") as house:
        house.points.give(S)
        house.monitor()
        house.advance(5)
        house.deliver()
        (away,) = house.service.store.deliveries([1])[1]
        assert (away.state, away.attempts, away.due) == ("waiting", 1, T0 + 330.0)
        assert f"127.0.0.1:{port}" in (away.error or "")
        house.deliver()
        assert house.service.store.deliveries([1])[1] == [away]

        house.clock.set(T0 + 330.0)
        house.deliver()
        (twice,) = house.service.store.deliveries([1])[1]
        assert (twice.attempts, twice.due) == (2, T0 + 330.0 + 60)

        with post_office(port) as office:
            house.clock.set(T0 + 400.0)
            house.deliver()
            assert office.recipients == ["ops@example.com"]
        (sent,) = house.service.store.deliveries([1])[1]
        assert (sent.state, sent.error) == ("sent", None)


def test_a_server_that_is_busy_is_tried_again(tmp_path: Path) -> None:
    with post_office(closed="451 busy") as office, living(tmp_path, mail_server=office.address) as house:
        house.points.give(S)
        house.monitor()
        house.advance(5)
        house.deliver()
        assert house.service.store.deliveries([1])[1][0].error == "451 busy"

        office.closed = None
        house.clock.set(T0 + 400.0)
        house.deliver()

        assert office.recipients == ["ops@example.com"]


def test_an_address_that_is_refused_for_good_fails_and_the_others_get_theirs(tmp_path: Path) -> None:
    refuse = {"gone@example.com": "550 no such user"}
    with post_office(refuse=refuse) as office, living(tmp_path, mail_server=office.address) as house:
        house.points.give(S)
        house.monitor(message="@gone@example.com @ops@example.com")
        house.advance(5)

        house.deliver()

        copies = house.service.store.deliveries([1])[1]
        assert [(one.state, one.error) for one in copies] == [("failed", "550 no such user"), ("sent", None)]
        assert office.recipients == ["ops@example.com"]


def test_a_picture_that_cannot_be_drawn_does_not_keep_a_mail_from_going(tmp_path: Path) -> None:
    def broken(_: Notification) -> bytes:
        raise RuntimeError("no ink")

    with post_office() as office, living(tmp_path, mail_server=office.address, graph=broken) as house:
        house.points.give(S)
        house.monitor()
        house.advance(5)

        house.deliver()

        assert office.recipients == ["ops@example.com"]


def test_the_picture_is_of_the_notification(tmp_path: Path) -> None:
    asked: list[Notification] = []

    def draw(notification: Notification) -> bytes:
        asked.append(notification)
        return PNG

    with post_office() as office, living(tmp_path, mail_server=office.address, graph=draw) as house:
        house.points.give(S)
        house.monitor()
        house.advance(5)
        house.deliver()

        assert [(one.since, one.until) for one in asked] == [(T0 + 0.0, T0 + 600.0)]
        assert any(part.get_content_type() == "image/png" for part in office.accepted[0][1].walk())


def test_without_another_artist_the_picture_is_of_what_the_monitor_looked_at(tmp_path: Path) -> None:
    with post_office() as office, living(tmp_path, mail_server=office.address) as house:
        house.points.give(S)
        house.monitor()
        house.monitor('"can_connect".over("*").by("host").last(2).count_by_status()', type="service check")
        house.check(2)
        house.advance(5)
        house.deliver()

        pictures = [
            [part.get_content()[:4] for part in message.walk() if part.get_content_type() == "image/png"]
            for _, message in office.accepted
        ]
        assert sorted(pictures) == [[], [b"\x89PNG"]]  # a service check has no graph


def test_waits_double_up_to_an_hour() -> None:
    assert [wait_s(n) for n in (1, 2, 3, 4)] == [30, 60, 120, 240]
    assert wait_s(40) == LONGEST_WAIT_S


@pytest.mark.parametrize(
    ("text", "host", "port", "tls"),
    [
        ("127.0.0.1:2525", "127.0.0.1", 2525, False),
        ("mail.example.com", "mail.example.com", 25, False),
        ("smtp://mail.example.com:587", "mail.example.com", 587, False),
        ("smtps://mail.example.com", "mail.example.com", 465, True),
    ],
)
def test_a_mail_server_is_an_address(text: str, host: str, port: int, tls: bool) -> None:
    found = smtp.server(text)

    assert (found.host, found.port, found.tls) == (host, port, tls)


def test_a_password_comes_from_the_environment_and_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOGHOUSE_SMTP_USER", "me")
    monkeypatch.setenv("DOGHOUSE_SMTP_PASSWORD", "hush")

    found = smtp.server("mail.example.com:587")

    assert (found.user, found.password) == ("me", "hush")
    assert "hush" not in repr(found)
    with pytest.raises(ValueError, match="DOGHOUSE_SMTP_PASSWORD"):
        smtp.server("smtp://me:hush@mail.example.com")


@pytest.mark.parametrize("text", ["http://example.com", "smtp://", "mail.example.com:port", "smtp://h/path"])
def test_what_is_no_mail_server_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        smtp.server(text)
