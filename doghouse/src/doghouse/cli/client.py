"""How doghouse's own commands speak to a running doghouse: one connection, and the keys found without being asked for them."""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from doghouse.storage import config
from doghouse.storage.config import ConfigError, KeyPair, OptionError

TIMEOUT_S = 60


class Refused(ConfigError):
    """The doghouse cannot be reached, or answered with an error: in one sentence."""


@dataclass(frozen=True, slots=True)
class Client:
    """A doghouse, the keys for it, and how long an answer may take (s). Proxies of the environment are left aside: it runs on this machine."""

    url: str
    keys: KeyPair = field(default=KeyPair("", ""), repr=False)
    timeout: float = TIMEOUT_S

    def get(self, path: str) -> Any:
        """The answer's JSON. Raises Refused."""
        return self.request("GET", path)

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> Any:
        """The answer's JSON. Raises Refused."""
        return self.request("POST", path, body, {"Content-Type": content_type})

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """The answer's JSON. Raises Refused."""
        answered = self.content(method, path, body, headers)
        return json.loads(answered) if answered else None

    def content(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """The answer's bytes. Raises Refused."""
        own = {"DD-API-KEY": self.keys.api_key, "DD-APPLICATION-KEY": self.keys.app_key, **(headers or {})}
        connection, base = _connection(self.url, self.timeout)
        try:
            connection.request(method, base + path, body, own)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Refused(
                f"{self.url} cannot be reached: {error or type(error).__name__}; is `doghouse up` running?"
            ) from None
        finally:
            connection.close()
        if answer.status >= 400:
            raise Refused(f"{self.url}{path} answered {answer.status}: {_errors(body)}")
        return body


def connect(url: str, keys_file: Path | None = None) -> Client:
    """A client with the keys of `keys_file`; else of the file that the doghouse itself names, if this user may read it; else of the environment.

    Raises ConfigError.
    """
    url = url.rstrip("/")
    if keys_file is not None:
        return Client(url, config.read_keys(keys_file))
    named = Client(url).get("/health").get("keys_file")
    if named and os.access(named, os.R_OK):
        return Client(url, config.read_keys(Path(named)))
    for prefix in ("DOGHOUSE", "DD"):
        if api_key := os.environ.get(f"{prefix}_API_KEY"):
            return Client(url, KeyPair(api_key, os.environ.get(f"{prefix}_APP_KEY", "")))
    raise ConfigError(f"no keys for {url}: give --keys-file, or DOGHOUSE_API_KEY and DOGHOUSE_APP_KEY")


def check_address(url: str) -> tuple[str, int | None, str]:
    """The host, port and path of an address. Raises OptionError where it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # a port that is none, a bracket that is not closed
        parts, port = urlsplit(""), 0
    if parts.scheme != "http" or not parts.hostname or port == 0:
        raise OptionError(f"'{url}' is not the address of a doghouse, such as http://127.0.0.1:{config.DEFAULT_PORT}")
    return parts.hostname, port, parts.path.rstrip("/")


def _connection(url: str, timeout: float) -> tuple[http.client.HTTPConnection, str]:
    host, port, path = check_address(url)
    return http.client.HTTPConnection(host, port, timeout=timeout), path


def _errors(body: bytes) -> str:
    try:
        return "; ".join(str(error) for error in json.loads(body)["errors"])
    except (ValueError, KeyError, TypeError):
        return body[:200].decode(errors="replace")
