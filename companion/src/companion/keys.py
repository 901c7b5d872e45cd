"""The keys of an account: where they are read from, and what a key looks like."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from companion.problem import WRONG_USE, Problem


@dataclass(frozen=True, slots=True)
class Keys:
    """An API key and an application key. They are shown nowhere."""

    api_key: str = field(repr=False)
    app_key: str = field(repr=False)


def find_keys(keys_file: str | None) -> Keys:
    """The keys from `keys_file` (JSON with api_key and app_key), else from DD_API_KEY and DD_APP_KEY. Raises Problem."""
    if keys_file:
        try:
            document = json.loads(Path(keys_file).read_text())
            api_key, app_key = document["api_key"], document["app_key"]
        except OSError as error:
            raise Problem(f"the keys file {keys_file} cannot be read: {error.strerror}", WRONG_USE) from None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Problem(f"the keys file {keys_file} is not JSON with api_key and app_key", WRONG_USE) from None
        return Keys(check_key(api_key, f"api_key in {keys_file}"), check_key(app_key, f"app_key in {keys_file}"))
    missing = [name for name in ("DD_API_KEY", "DD_APP_KEY") if not os.environ.get(name)]
    if missing:
        raise Problem(
            f"no keys: set {' and '.join(missing)}, or name a file that holds them with --keys-file", WRONG_USE
        )
    return Keys(*(check_key(os.environ[name], name) for name in ("DD_API_KEY", "DD_APP_KEY")))


def check_key(key: object, place: str) -> str:
    """A key without the white space around it, such as the end of line of a file it was read from. Raises Problem, which does not show it."""
    if not isinstance(key, str) or not re.fullmatch(r"[\w\-]+", key.strip(), re.ASCII):
        raise Problem(
            f"{place} is no key: it is empty, or holds something else than letters, digits, '-' and '_'", WRONG_USE
        )
    return key.strip()
