"""A real SMTP server (aiosmtpd) on loopback that keeps what it accepts, and refuses what it is told to."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class PostOffice:
    """What was accepted, and what is answered instead: to recipients by address, to every mail with `closed`."""

    refuse: dict[str, str] = field(default_factory=dict)
    closed: str | None = None
    accepted: list[tuple[str, EmailMessage]] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.closed:
            return self.closed
        content = cast(bytes, envelope.content)
        mail = cast(EmailMessage, message_from_bytes(content, policy=policy.default))
        self.accepted += [(address, mail) for address in envelope.rcpt_tos]
        return "250 OK"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def recipients(self) -> list[str]:
        return [address for address, _ in self.accepted]

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for _, mail in self.accepted]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def post_office(port: int = 0, **options: Any) -> Iterator[PostOffice]:
    """A post office that is open while the block lasts."""
    office = PostOffice(port=port or free_port(), **options)
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
