"""Sends one HTTP request to the intake, and says what became of it."""

from __future__ import annotations

import enum
import http.client
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import zstandard
from msgspec import Struct

from doghouse.agent.errors import AgentError
from doghouse.agent.forwarder.payloads import Payload
from doghouse.agent.settings import AGENT_VERSION

TIMEOUT_S = 20  # datadog.yaml: forwarder_timeout


class Fate(enum.Enum):
    """What became of a request: accepted, refused for good, or worth another try."""

    DELIVERED = 0
    REFUSED = 1
    LATER = 2


class Outcome(Struct, frozen=True):
    """A request's fate, and why it is not DELIVERED."""

    fate: Fate
    why: str = ""
    status: int = 0


class BadAddress(AgentError):
    """An address that nothing can be sent to, as one sentence."""


def check(url: str) -> None:
    """Raises BadAddress where `url` is not an http or https address."""
    try:
        _connect(url)
    except ValueError:
        raise BadAddress(
            f"'{url}' is not an http:// or https:// address; give --url, or dd_url in datadog.yaml"
        ) from None


@dataclass(frozen=True, slots=True)
class Intake:
    """Where to send to. The key goes into a header, never into an address."""

    url: str
    api_key: str = field(repr=False)

    def send(self, payload: Payload) -> Outcome:
        """Post one payload, compressed."""
        headers = {"Content-Type": payload.content_type, "Content-Encoding": "zstd"}
        return self._request("POST", payload.path, zstandard.compress(payload.body), headers)

    def validate(self) -> Outcome:
        """Ask whether the key is right (`GET /api/v1/validate`), as the Agent does when it starts."""
        return self._request("GET", "/api/v1/validate", None, {})

    def _request(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Outcome:
        try:
            connection, base = _connect(self.url)
        except ValueError:
            return Outcome(Fate.REFUSED, f"'{self.url}' is not an http:// or https:// address")
        own = {"DD-API-KEY": self.api_key, "User-Agent": f"datadog-agent/{AGENT_VERSION} (doghouse)"}
        try:
            connection.request(method, base + path, body, {**own, **headers})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            return Outcome(Fate.LATER, f"{self.url} can't be reached: {error or type(error).__name__}")
        finally:
            connection.close()
        return judge(answer.status, path)


def judge(status: int, path: str) -> Outcome:
    """What an HTTP status means for the sender (datadog-agent: comp/forwarder/defaultforwarder/transaction): 400, 404 and 413 are final."""
    if status < 400:
        return Outcome(Fate.DELIVERED, status=status)
    if status == 403:
        return Outcome(
            Fate.LATER, "the API key is refused (403): give the doghouse's own, with --keys-file or DD_API_KEY", status
        )
    if status in (400, 404, 413):
        return Outcome(Fate.REFUSED, f"{path} refused it with {status}", status)
    return Outcome(Fate.LATER, f"{path} answered {status}", status)


def _connect(url: str) -> tuple[http.client.HTTPConnection, str]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(url)
    if parts.scheme == "https":
        secure = ssl.create_default_context()
        return http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=TIMEOUT_S, context=secure
        ), parts.path.rstrip("/")
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT_S), parts.path.rstrip("/")
