"""How an account is reached: its address, its keys and where they are read from, the official client over both."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from doghouse import files

if TYPE_CHECKING:
    from datadog_api_client import ApiClient


class AccountError(Exception):
    """Why an account cannot be reached or read, in one sentence. It never holds a key."""


@dataclass(frozen=True, slots=True)
class Keys:
    """An API key and an application key. They are shown nowhere."""

    api_key: str = field(repr=False)
    app_key: str = field(repr=False)


def find_keys(keys_file: str | Path | None) -> Keys:
    """The keys from `keys_file` (JSON with api_key and app_key), else from DD_API_KEY and DD_APP_KEY. Raises AccountError."""
    if keys_file:
        try:
            document = files.json_of(Path(keys_file), files.LARGEST_SETTINGS)
            api_key, app_key = document["api_key"], document["app_key"]
        except files.FileError as error:
            raise AccountError(f"the keys file {error.of(keys_file)}") from None
        except (KeyError, TypeError):
            raise AccountError(f"the keys file {keys_file} is not JSON with api_key and app_key") from None
        return Keys(check_key(api_key, f"api_key in {keys_file}"), check_key(app_key, f"app_key in {keys_file}"))
    missing = [name for name in ("DD_API_KEY", "DD_APP_KEY") if not os.environ.get(name)]
    if missing:
        raise AccountError(f"no keys: set {' and '.join(missing)}, or name a file that holds them with --keys-file")
    return Keys(*(check_key(os.environ[name], name) for name in ("DD_API_KEY", "DD_APP_KEY")))


def check_key(key: object, place: str) -> str:
    """A key without the white space around it, such as the end of line of a file it was read from. Raises AccountError, which does not show it."""
    if not isinstance(key, str) or not re.fullmatch(r"[\w\-]+", key.strip(), re.ASCII):
        raise AccountError(f"{place} is no key: it is empty, or holds something else than letters, digits, '-' and '_'")
    return key.strip()


def check_url(url: str) -> str:
    """The address that `--api-url` names, without a slash at its end. Raises AccountError unless it is http(s)://host[:port]."""
    try:
        parts = urlsplit(url)
        plain = parts.port != 0 and not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
    except ValueError:  # a port that is none, a bracket that is not closed
        plain = False
    if not plain or parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", url):
        shown = re.sub(r"//.*@", "//…@", url)  # what stands before an @ is a password
        raise AccountError(f"--api-url '{shown}' is not an address such as http://127.0.0.1:8420")
    return f"{parts.scheme}://{parts.netloc}"


def api_address(site: str) -> str:
    """Where a Datadog site's API is."""
    return f"https://api.{site}"


def client(address: str, keys: Keys, **settings: Any) -> ApiClient:
    """The official client, which asks `address` and gives its answers as they come. `settings` are more of its Configuration's. Raises ImportError."""
    from datadog_api_client import ApiClient, Configuration

    protocol, name = address.split("://")
    configuration = Configuration(
        api_key={"apiKeyAuth": keys.api_key, "appKeyAuth": keys.app_key},
        server_index=1,  # the client's template {protocol}://{name}, which holds for every operation
        server_variables={"protocol": protocol, "name": name},
        preload_content=False,
        **settings,
    )
    return ApiClient(configuration)


def error_texts(document: Any) -> list[str]:
    """The texts of an error answer of the API: version 1 has sentences, version 2 also objects with a title and detail."""
    errors = document.get("errors") if isinstance(document, dict) else None
    every = [errors] if isinstance(errors, str) else errors if isinstance(errors, list) else []
    return [
        str(error.get("detail") or error.get("title") or error) if isinstance(error, dict) else str(error)
        for error in every
    ]
