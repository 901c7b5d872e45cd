"""Sends a webhook's request: to this machine, and to other hosts where they are named; never after a redirect, never through a proxy."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Collection, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct

from doghouse.notifications.webhooks.model import Request

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 15  # of a whole request (documentation)
PORTS, LAST_PORT = {"http": 80, "https": 443}, 65535

for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # they log addresses and headers, where secrets may stand


class SendError(Exception):
    """Why a request was not taken. `final`: trying again would not help."""

    def __init__(self, text: str, *, final: bool = False) -> None:
        super().__init__(text)
        self.final = final


class NotAllowed(SendError):
    """The request would leave this machine for a host that nobody named."""


class Target(Struct, frozen=True):
    """Where a request goes. `host` is in lower case, without brackets."""

    scheme: str
    host: str
    port: int


def allowed_host(text: str) -> str:
    """A host as `--webhooks-to` names it. Raises ValueError."""
    host = text.strip().lower().rstrip(".").removeprefix("[").removesuffix("]")
    if not host or any(sign in host for sign in "/@?#* ") or (":" in host and not _is_address(host)):
        raise ValueError(f"'{text}' is no host: it is a name or an address, such as hooks.example.com, without a port")
    return host


def target(url: str) -> Target:
    """The target of a url. Raises SendError where it is none."""
    parsed = _parsed(url)
    if parsed.scheme not in PORTS:
        raise SendError("its url is none of http or https", final=True)
    host = parsed.host.lower().rstrip(".")
    if not host:
        raise SendError("its url names no host", final=True)
    port = parsed.port or PORTS[parsed.scheme]
    if port > LAST_PORT:
        raise SendError(f"its url names port {port}: the last one is {LAST_PORT}", final=True)
    return Target(parsed.scheme, host, port)


def check(destination: Target, allowed: Collection[str]) -> None:
    """Raise NotAllowed unless the target is this machine, or one of the hosts that were named. No name is looked up for that."""
    if destination.host not in allowed and not _is_here(destination.host):
        raise NotAllowed(
            f"{destination.host} is not this machine; `doghouse up --webhooks-to {destination.host}` sends there",
            final=True,
        )


async def send(request: Request, allowed: Collection[str]) -> int:
    """Send a request; the status that was answered, 2xx. What else is in the answer is not read. Raises SendError."""
    destination = target(request.url)
    check(destination, allowed)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            status = await _first_answer(request, destination, await _addresses(destination, allowed))
    except TimeoutError:
        raise SendError(f"no answer within {TIMEOUT_S} s") from None
    if not 200 <= status < 300:
        more = ", and redirects are not followed" if 300 <= status < 400 else ""
        raise SendError(f"answered {status}{_phrase(status)}{more}", final=status < 500)
    return status


async def _addresses(destination: Target, allowed: Collection[str]) -> list[str]:
    """The addresses to connect to: what the name is now, and of a name that nobody named only what is this machine. Raises SendError."""
    try:
        entries = await asyncio.get_running_loop().getaddrinfo(
            destination.host, destination.port, type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError) as error:
        raise SendError(f"{destination.host} has no address: {getattr(error, 'strerror', None) or error}") from None
    addresses = dict.fromkeys(str(entry[4][0]) for entry in entries)
    usable = [address for address in addresses if destination.host in allowed or _is_here(address)]
    if not usable:
        raise NotAllowed(f"{destination.host} is not an address of this machine", final=True)
    return usable


async def _first_answer(request: Request, destination: Target, addresses: Iterable[str]) -> int:
    """The status from the first of the addresses that can be reached. Raises SendError."""
    import httpx

    problem = ""
    async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=TIMEOUT_S) as client:
        for address in addresses:
            try:
                return await _answer(client, request, destination, address)
            except httpx.ConnectError as error:
                problem = f"{destination.host}:{destination.port} cannot be reached: {error}"
            except httpx.TimeoutException:
                raise SendError(f"no answer within {TIMEOUT_S} s") from None
            except httpx.HTTPError as error:
                raise SendError(f"the connection broke: {type(error).__name__}") from None
    raise SendError(problem)


async def _answer(client: httpx.AsyncClient, request: Request, destination: Target, address: str) -> int:
    """The connection is to the address that was looked at, whatever the name is a moment later."""
    parsed = _parsed(request.url)
    headers = [(name.encode(), value.encode()) for name, value in request.headers]
    if not any(name.lower() == "host" for name, _ in request.headers):
        headers.append((b"Host", parsed.netloc))
    outgoing = client.build_request(
        "POST",
        parsed.copy_with(host=address),
        headers=headers,
        content=request.body.encode(),
        extensions={"sni_hostname": destination.host},
    )
    auth = (parsed.username, parsed.password) if parsed.userinfo else None
    answer = await client.send(outgoing, stream=True, auth=auth)
    await answer.aclose()
    return answer.status_code


def _parsed(url: str) -> httpx.URL:
    import httpx

    try:
        return httpx.URL(url)
    except httpx.InvalidURL:
        raise SendError("its url cannot be read", final=True) from None


def _is_here(host: str) -> bool:
    if _is_address(host):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost" or host.endswith(".localhost")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""
