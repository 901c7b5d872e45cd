"""Files in an object store or behind a web server, through obstore (github.com/developmentseed/obstore): Amazon S3 and what speaks like it, Google
Cloud Storage, https.

Keys and the endpoint come from the environment, by obstore's names: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION,
AWS_ENDPOINT_URL, GOOGLE_APPLICATION_CREDENTIALS. No message names any.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct

from doghouse.files.places.model import Entry
from doghouse.files.reading import FileError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

SCHEMES = ("s3", "gs", "https", "http")
WEB = ("https", "http")
PATIENCE = timedelta(seconds=20)  # for a server that does not answer, all tries together
TRIES = 3
EXTRA = "needs an extra: pip install './doghouse[remote]'"


class Remote(Struct, frozen=True):
    """A folder of an object store, or one file; of a web server always one file, for it lists none."""

    url: str

    def __str__(self) -> str:
        """The address without what may be a secret in it: a name with a password, a signature behind a question mark."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    @property
    def _root(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def _prefix(self) -> str:
        return urlsplit(self.url).path.strip("/")

    @property
    def _is_web(self) -> bool:
        return urlsplit(self.url).scheme.lower() in WEB

    def folders(self, within: str = "") -> list[str]:
        """See Folder."""
        if self._is_web:
            return []
        with self.reading():
            listing = _store(self._root).list_with_delimiter(self._name(within) or None)
            return sorted(prefix.rstrip("/").rpartition("/")[2] for prefix in listing["common_prefixes"])

    def entries(self, within: str = "") -> list[Entry]:
        """See Folder. The name of a place that is a file itself is empty."""
        with self.reading():
            store, name = _store(self._root), self._name(within)
            if self._is_web:
                return [_entry("", store.head(name))]
            cut = len(self._prefix) + 1 if self._prefix else 0
            listed = [_entry(entry["path"][cut:], entry) for page in store.list(name or None) for entry in page]
            if not listed and name and not within:
                listed = [_entry("", store.head(name))]
            return sorted(listed, key=lambda entry: entry.name)

    def get(self, name: str) -> bytes | None:
        """See Folder."""
        with self.reading():
            try:
                return bytes(_store(self._root).get(self._name(name)).bytes())
            except FileNotFoundError:
                return None

    def put(self, name: str, content: bytes) -> None:
        """See Folder: a store shows an object when all of it is there."""
        with self.reading():
            _store(self._root).put(self._name(name), content)

    def address(self, name: str) -> str:
        """See Folder."""
        return f"{self._root}/{self._name(name)}"

    def prepare(self, connection: Any) -> None:
        """See Folder."""
        with self.reading():
            from doghouse.files.places.ranges import filesystem

            # its cache reads whole blocks of 2 MB, which are most of a file's columns
            connection.execute("SET enable_external_file_cache = false")
            connection.register_filesystem(filesystem(urlsplit(self.url).scheme, _store, self.reading))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See Folder."""
        try:
            yield
        except ModuleNotFoundError as error:
            if error.name not in ("obstore", "fsspec", "duckdb"):
                raise
            raise FileError(EXTRA) from None
        except (FileError, ValueError):
            raise
        except Exception as error:
            raise FileError(sentence(error)) from None

    def _name(self, within: str) -> str:
        return "/".join(part for part in (self._prefix, within) if part)


def _entry(name: str, about: Mapping[str, Any]) -> Entry:
    return Entry(name, about["size"], about["last_modified"].timestamp())


def _store(root: str) -> ObjectStore:
    return _opened(root, os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or "")


@cache
def _opened(root: str, endpoint: str) -> ObjectStore:
    """A bucket or a web server; what a user's own endpoint says without TLS is meant so."""
    from obstore.store import from_url

    plain = root.startswith("http:") or (root.startswith("s3:") and endpoint.startswith("http:"))
    return from_url(
        root,
        client_options={"allow_http": plain, "connect_timeout": PATIENCE, "timeout": timedelta(minutes=5)},
        retry_config={"max_retries": TRIES, "retry_timeout": PATIENCE},
    )


def sentence(error: Exception) -> str:
    """Why a store did not give what was asked for. Its own text may hold addresses and signatures: none of it is shown."""
    text = f"{type(error).__name__} {error}"
    for marks, why in WHYS:
        if any(mark in text for mark in marks):
            return f"cannot be read: {why}"
    return f"cannot be read: {type(error).__name__}"


WHYS = (
    (("169.254.169.254", "Missing", "no credentials", "token request"), "there are no keys for it in the environment (AWS_ACCESS_KEY_ID and such)"),
    (("NoSuchBucket",), "there is no such bucket"),
    (("FileNotFound", "NotFound", "404"), "nothing is there"),
    (("PermissionDenied", "Unauthenticated", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "401", "403"),
     "the store refuses it to these keys (AWS_ACCESS_KEY_ID and such in the environment)"),
    (("Connect", "connect", "dns", "resolve", "timed out", "timeout"), "the store cannot be reached"),
    (("incomplete", "closed", "EOF", "body", "decoding"), "the connection ended before all of it was there"),
)  # fmt: skip
