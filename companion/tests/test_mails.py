"""What the person in the settings receives: a mail for each downtime that is scheduled, and one for each state of the monitor."""

from __future__ import annotations

import email
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import urllib3
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from companion import provision, resources
from companion.client import Account
from companion.demo.children import free_port
from companion.settings import Settings
from doghouse import running
from doghouse.importing import Keys
from doghouse.running import House
from doghouse.storage.config import Settings as HouseSettings
from doghouse.time.clock import Clock

MONDAY_NOON = datetime(2026, 3, 9, 11, tzinfo=UTC)  # in Berlin
SETTINGS = Settings(email="me@example.org", host="web-1", timezone="Europe/Berlin")
DOCS = Path(__file__).parents[2] / "docs/account.md"
# Minutes, and the value that web-1 sends in each of them; None: it is silent.
STORY = ((12, 300), (6, 700), (8, 950), (12, 100), (14, None))


class Inbox:
    """A mail server's handler that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        assert envelope.rcpt_tos == [SETTINGS.email]
        self.mails.append(message)
        return "250 taken"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    inbox = Inbox()
    port = free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield inbox, f"127.0.0.1:{port}"
    controller.stop()


def ask(house: House, path: str, body: dict[str, Any]) -> None:
    answer = urllib3.request("POST", house.url + path, body=json.dumps(body), headers=house.headers)
    assert answer.status < 300, answer.data


def live(house: House) -> None:
    """The minutes of STORY pass."""
    ask(house, "/intake/", {"internalHostname": "web-1", "gohai": json.dumps({"network": {"ipaddress": "10.0.0.5"}})})
    for minutes, value in STORY:
        for _ in range(minutes):
            if value is not None:
                point = {"timestamp": int(house.clock.now()), "value": value}
                series = {
                    "metric": "my_metric",
                    "type": 3,
                    "points": [point],
                    "resources": [{"type": "host", "name": "web-1"}],
                }
                ask(house, "/api/v2/series", {"series": [series]})
            ask(house, "/doghouse/advance", {"minutes": 1})


def received(inbox: Inbox, house: House) -> list[tuple[str, str]]:
    """Subject and body of each mail by subject, once the account has sent all that it had to send."""
    for _ in range(300):
        answer = urllib3.request("GET", f"{house.url}/doghouse/notifications", headers=house.headers).json()
        if set(answer["deliveries"]) == {"sent"}:
            break
        time.sleep(0.1)
    assert len(inbox.mails) == answer["deliveries"]["sent"]
    found = []
    for mail in inbox.mails:
        body = mail.get_body(("plain",))
        assert body is not None
        found.append((str(mail["Subject"]), body.get_content()))
    return sorted(found)


WHAT = "[My Metric] my_metric is high on web-1"
EXPECTED = [
    ("[Downtime scheduled] *", "Out of office: nights"),
    ("[Downtime scheduled] *", "Out of office: weekend"),
    (f"[Monitor Alert] No data: {WHAT}", "web-1 has not sent `my_metric` for 10 minutes."),
    (f"[Monitor Alert] Recovered: {WHAT}", "`my_metric` of web-1 is back to 440.0."),
    (
        f"[Monitor Alert] Triggered: {WHAT}",
        "`my_metric` of web-1 (10.0.0.5) averaged 850.0 over the last 5 minutes: above the critical threshold of 800.0.",
    ),
    (
        f"[Monitor Alert] Warn: {WHAT}",
        "`my_metric` of web-1 averaged 540.0 over the last 5 minutes: above the warning threshold",
    ),
    (
        f"[Monitor Alert] Warn: {WHAT}",
        "`my_metric` of web-1 averaged 780.0 over the last 5 minutes: above the warning threshold",
    ),
]


def shown_in_the_documentation(mails: list[tuple[str, str]]) -> int:
    """How many of the mails that docs/account.md shows were received, each paragraph as it stands there."""
    blocks = re.findall(r"(?s)```\nSubject: ([^\n]*)\n\n(.*?)```", DOCS.read_text())
    return sum(
        any(
            subject == received and all(part.strip() in body.replace("\r", "") for part in text.split("\n\n"))
            for received, body in mails
        )
        for subject, text in blocks
    )


def test_one_mail_for_each_scheduled_downtime_and_for_each_state(inbox: tuple[Inbox, str], tmp_path: Path) -> None:
    kept, server = inbox
    settings = HouseSettings(time_travel=True, smtp=server)
    with running.serve(tmp_path / "doghouse", clock=Clock(MONDAY_NOON.timestamp()), settings=settings) as house:
        with Account(Keys(house.api_key, house.app_key), api_url=house.url, site="") as account:
            provision.apply(account, provision.plan(account, resources.read(SETTINGS, MONDAY_NOON)), lambda _: None)
        live(house)
        mails = received(kept, house)
    assert [subject for subject, _ in mails] == [subject for subject, _ in EXPECTED]
    for (_, body), (_, sentence) in zip(mails, EXPECTED, strict=True):
        assert sentence in body
        assert f"@{SETTINGS.email}" in body
        assert "example.com" not in body
    assert shown_in_the_documentation(mails) == len(mails)
