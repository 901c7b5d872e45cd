"""The area `mails`: what a mail server gets while monitors alert, recover and are muted, downtimes are announced and events mention somebody."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from scripts.goldens import sample
from scripts.goldens.case import Case
from scripts.goldens.house import Golden, house, picture

MINUTES = 25
REFUSED = "refused@example.com"
MARK = re.compile(r"=+[\d-]+==")
OVER = (
    "Triggered {{value}} {{comparator}} {{threshold}} on **{{host.name}}**, see http://example.com/a?b=1&c=2 "
    "@ops@example.com @refused@example.com"
)
MESSAGE = (
    f"{{{{#is_alert}}}}{OVER}{{{{/is_alert}}}}\n{{{{#is_warning}}}}<b>warn</b> {{{{value}}}} @team@example.com{{{{/is_warning}}}}\n"
    "{{#is_no_data}}nothing from {{host.name}} @team@example.com{{/is_no_data}}\n{{#is_recovery}}fine @ops@example.com @slack-room{{/is_recovery}}"
)
MONITORS = (
    {"type": "metric alert", "name": "High on {{host.name}}", "query": "avg(last_5m):avg:my_metric{*} by {host} > 500", "message": MESSAGE, "priority": 2,
     "tags": ["team:a"],
     "options": {"thresholds": {"critical": 500, "warning": 350, "critical_recovery": 450}, "renotify_interval": 10,
                 "escalation_message": "still @boss@example.com",
                 "notify_no_data": True, "no_data_timeframe": 10, "new_group_delay": 0}},
    {"type": "metric alert", "name": "Muted", "query": "avg(last_5m):avg:system.cpu.user{*} > 1", "tags": ["team:muted"],
     "message": "muted {{value}} @ops@example.com"},
    {"type": "metric alert", "name": "By env", "query": "max(last_5m):avg:my_metric{*} by {env,host} > 400", "message": "{{env.name}} @env@example.com",
     "options": {"thresholds": {"critical": 400}, "notify_by": ["env"], "new_group_delay": 0, "include_tags": False}},
    {"type": "service check", "name": "Down", "query": '"postgres.can_connect".over("*").by("host").last(2).count_by_status()',
     "message": "{{check_message}} @ops@example.com", "options": {"thresholds": {"critical": 1, "ok": 1}, "notify_no_data": True, "no_data_timeframe": 5}},
    {"type": "composite", "name": "Both", "query": "1 && 3", "message": "{{a.value}} {{b.status}} @ops@example.com"},
)  # fmt: skip
DOWNTIME = {
    "scope": "*", "monitor_identifier": {"monitor_tags": ["team:muted"]}, "message": "Quiet now @ops@example.com",
    "notify_end_states": ["alert", "warn", "no data"],
    "notify_end_types": ["expired", "canceled"], "schedule": {"start": "2026-03-02T10:02:00+00:00", "end": "2026-03-02T10:12:00+00:00"},
}  # fmt: skip
EVENT = {"title": "Look", "text": "at this @team@example.com", "alert_type": "warning", "tags": ["a:b"]}


@dataclass
class Post:
    """A mail server that keeps what it takes."""

    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse one address for good."""
        if address == REFUSED:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail."""
        mail = message_from_bytes(bytes(envelope.content or b""), policy=policy.default)
        self.taken += [(address, mail) for address in envelope.rcpt_tos if isinstance(mail, EmailMessage)]
        return "250 OK"


@contextmanager
def _post() -> Iterator[tuple[Post, str]]:
    post = Post()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield post, f"127.0.0.1:{port}"
    finally:
        controller.stop()


def mails() -> Iterator[Case]:
    """Each mail, then the inbox."""
    with _post() as (post, address), house(smtp=address, smtp_from="Doghouse <doghouse@example.com>") as made:
        sample.fill(made)
        for body in MONITORS:
            made.ok("POST", "/api/v1/monitor", body)
        made.ok("POST", "/api/v2/downtime", {"data": {"type": "downtime", "attributes": DOWNTIME}})
        made.ok("POST", "/api/v1/events", EVENT)
        for minute in range(MINUTES):
            if minute in (8, 16):
                run = {
                    "check": "postgres.can_connect",
                    "host_name": "db-1",
                    "status": 2 if minute == 8 else 0,
                    "tags": ["db:shop"],
                    "message": "no route",
                }
                made.ok("POST", "/api/v1/check_run", [run])
            made.advance(1)
            made.wait("the mails", made.delivered)
        yield from (
            Case(f"{number:03} to {to}", _shown(mail, made))
            for number, (to, mail) in enumerate(sorted(post.taken, key=_order), 1)
        )
        for path in ("/doghouse/notifications?limit=1000", "/doghouse/notifications?silenced=true"):
            yield Case(f"GET {path}", made.text(made.send("GET", path)))


def _order(taken: tuple[str, EmailMessage]) -> list[int]:
    """By notification, then by copy, as the Message-ID has them."""
    return [int(number) for number in re.findall(r"\d+", str(taken[1]["Message-ID"]))[:2]]


def _shown(mail: EmailMessage, made: Golden) -> str:
    """A mail's headers, and each part."""
    headers = [MARK.sub("MARK", f"{name}: {value}") for name, value in mail.items()]
    parts = []
    for part in mail.walk():
        if not part.is_multipart():
            content = part.get_content()
            parts.append(
                f"--- {part.get_content_type()}\n{picture(content) if isinstance(content, bytes) else content}"
            )
    return made.names.steady("\n".join([*headers, *parts]))
