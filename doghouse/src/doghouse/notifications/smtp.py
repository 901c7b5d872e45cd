"""Sends mails to an SMTP server."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TIMEOUT_S = 20
PORTS = {"smtp": 25, "smtps": 465}


class SmtpError(Exception):
    """Why a mail was not accepted. `final`: trying again would not help; `unreachable`: no other mail would be accepted now either."""

    def __init__(self, text: str, *, final: bool = False, unreachable: bool = False) -> None:
        super().__init__(text)
        self.final, self.unreachable = final, unreachable


@dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server. STARTTLS is used where it is offered; `tls` speaks TLS from the start."""

    host: str
    port: int
    tls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)


def server(text: str) -> Server:
    """`mail.example.com:25`, `smtp://…` or `smtps://…`; user and password come from DOGHOUSE_SMTP_USER and DOGHOUSE_SMTP_PASSWORD. Raises ValueError."""
    wrong = f"'{text}' is no mail server: it is host:port, smtp://host:port or smtps://host:port"
    try:
        parts = urlsplit(text if "//" in text else f"smtp://{text}")
        port = parts.port
    except ValueError:
        raise ValueError(wrong) from None
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError(wrong)
    if parts.username or parts.password:
        raise ValueError("a mail server's user and password are given in DOGHOUSE_SMTP_USER and DOGHOUSE_SMTP_PASSWORD")
    return Server(
        parts.hostname,
        port or PORTS[parts.scheme],
        parts.scheme == "smtps",
        os.environ.get("DOGHOUSE_SMTP_USER", ""),
        os.environ.get("DOGHOUSE_SMTP_PASSWORD", ""),
    )


def send(to: Server, sender: str, recipient: str, mail: bytes) -> None:
    """Send one mail, waiting until the server has accepted it. Raises SmtpError. Not for the event loop's thread."""
    asyncio.run(_send(to, sender, recipient, mail))


async def _send(to: Server, sender: str, recipient: str, mail: bytes) -> None:
    import aiosmtplib

    try:
        await aiosmtplib.send(
            mail,
            sender=sender,
            recipients=[recipient],
            hostname=to.host,
            port=to.port,
            use_tls=to.tls,
            username=to.user or None,
            password=to.password or None,
            timeout=TIMEOUT_S,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        first = error.recipients[0]
        raise SmtpError(f"{first.code} {first.message}", final=500 <= first.code < 600) from None
    except aiosmtplib.SMTPResponseException as error:
        # a 5xx says that this mail will never be taken; but a login that fails may be put right
        final = 500 <= error.code < 600 and not isinstance(error, aiosmtplib.SMTPAuthenticationError)
        raise SmtpError(f"{error.code} {error.message}", final=final) from None
    except (aiosmtplib.SMTPException, OSError) as error:
        raise SmtpError(f"{to.host}:{to.port}: {error}", unreachable=True) from None
