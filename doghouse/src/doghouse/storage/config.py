"""Where a doghouse keeps its state, who owns the folder, and which keys it accepts."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from msgspec import Struct

from doghouse import files
from doghouse.storage import locking, manifest
from doghouse.time import lengths

DEFAULT_PORT = 8420


class ConfigError(Exception):
    """What is wrong with the folder, keys or options, in one sentence."""


class OptionError(ConfigError):
    """An option's value that cannot be: wrong use."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An API key (32 hex digits) and an application key (40)."""

    api_key: str = field(repr=False)
    app_key: str = field(repr=False)


class Settings(Struct, frozen=True):
    """How a doghouse runs, beside where and with which keys.

    `retention` is how long points are kept, `log_retention` logs (s; None: for ever). `time_travel` lets a request say what time it is for it.
    `rate_limit` is how many requests a minute each limited family of endpoints answers before 429 (None: no limit).
    `smtp` is the mail server that notifications go to (`host:port`; empty: they stay in the inbox), `smtp_from` the address that they come from.
    `webhooks_to` are the hosts besides this machine that webhooks may send to.
    `shared`: others than this machine can reach it, so that pages ask for a key too.
    `long_ids`: the ids of a new folder are as long as Datadog's, and its own; else they count from 1, as tests like it.
    `chaos` says which faults to make on purpose (see `doghouse.web.chaos`), `seed` makes them the same in each run.
    """

    retention: float | None = None
    log_retention: float | None = None
    time_travel: bool = False
    rate_limit: int | None = None
    chaos: str = ""
    seed: int = 0
    smtp: str = ""
    smtp_from: str = ""
    webhooks_to: tuple[str, ...] = ()
    shared: bool = False
    long_ids: bool = False


class DataFolder(Struct, frozen=True):
    """The one folder that holds a doghouse's state, owned by this process for as long as `lock` is open."""

    path: Path
    lock: IO[str]

    @property
    def keys_file(self) -> Path:
        """JSON with `api_key` and `app_key`, mode 0600."""
        return self.path / "keys.json"

    def release(self) -> None:
        """Let another process have the folder."""
        self.lock.close()


def default_folder() -> Path:
    """The user's data folder for doghouse."""
    import platformdirs

    return Path(platformdirs.user_data_dir("doghouse", appauthor=False))


def duration(text: str) -> float:
    """Seconds of a length of time such as `90s`, `30m`, `36h`, `15d` or `2w`. Raises OptionError."""
    seconds = lengths.seconds(text)
    if seconds is None and re.fullmatch(r"[0-9]+[smhdw]", text):
        raise OptionError(f"'{text}' is too long: expected a number of at most {lengths.DIGITS} digits, such as in 15d")
    if not seconds:
        raise OptionError(f"'{text}' is not a length of time: expected a whole number and s, m, h, d or w, such as 15d")
    return float(seconds)


def own(path: Path) -> DataFolder:
    """Make the folder and lock it. Raises ConfigError that names the process which has it, or what stands in the way."""
    try:
        lock = locking.lock(path, f"doghouse, process {os.getpid()}")
    except OSError as error:
        raise ConfigError(f"the data folder {path} cannot be used: {error.strerror}") from None
    except locking.Locked as owner:
        raise ConfigError(
            f"the data folder {path} is in use by {str(owner) or 'another process'}; stop that one, or choose another folder with --data"
        ) from None
    return DataFolder(path, lock)


def keys(folder: DataFolder) -> KeyPair:
    """The keys of this doghouse: from DOGHOUSE_API_KEY and DOGHOUSE_APP_KEY, else the folder's own, made on first use."""
    import secrets  # slow to import, and few commands make keys

    stored = read_keys(folder.keys_file) if folder.keys_file.exists() else None
    pair = KeyPair(
        os.environ.get("DOGHOUSE_API_KEY") or (stored.api_key if stored else secrets.token_hex(16)),
        os.environ.get("DOGHOUSE_APP_KEY") or (stored.app_key if stored else secrets.token_hex(20)),
    )
    if pair != stored:
        manifest.replace(folder.keys_file, json.dumps({"api_key": pair.api_key, "app_key": pair.app_key}).encode())
    return pair


def read_keys(path: Path) -> KeyPair:
    """The keys that a file holds. Raises ConfigError."""
    try:
        document = files.json_of(path, files.LARGEST_SETTINGS)
        return KeyPair(str(document["api_key"]), str(document["app_key"]))
    except files.FileError as error:
        raise ConfigError(f"the keys file {error.of(path)}") from None
    except (KeyError, TypeError):
        raise ConfigError(f"{path} is not JSON with api_key and app_key; delete it to have new keys made") from None
