"""Names and tags as Datadog keeps them (docs.datadoghq.com: metrics/custom_metrics, getting_started/tagging)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

NAME_LIMIT = 200  # characters; the same for a tag
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.]")
_LEADING = re.compile(r"^[^A-Za-z]+")
_NOT_IN_A_TAG = re.compile(r"[^\w\-:./]")
_KEPT_TAG = re.compile(rf"[a-z][a-z0-9_\-:./]{{0,{NAME_LIMIT - 1}}}(?<!:)")  # what most are: nothing to be changed


@lru_cache(maxsize=16384)
def metric_name(sent: str) -> str:
    """The name under which a metric is kept; empty where nothing of it is left.

    ASCII letters, digits, `_` and `.`; anything else becomes `_`; case is kept. GUESS: what stands before the first letter is
    dropped, runs of `_` stay, and a longer name is cut at 200 characters.
    """
    return _LEADING.sub("", _NOT_IN_A_NAME.sub("_", sent))[:NAME_LIMIT]


@lru_cache(maxsize=65536)
def tag(sent: str) -> str:
    """A tag as it is kept: lower case; letters (any script), digits, `_-:./`, anything else becomes `_`; empty where nothing is left.

    It starts with a letter and does not end with `:`. GUESS: what stands before the first letter is dropped, and repeated or trailing `_` stay.
    """
    if _KEPT_TAG.fullmatch(sent):
        return sent
    cleaned = _NOT_IN_A_TAG.sub("_", sent.strip().lower())
    first = next((place for place, character in enumerate(cleaned) if character.isalpha()), len(cleaned))
    return cleaned[first:][:NAME_LIMIT].rstrip(":")


def host(sent: str) -> str:
    """A host's name as it is kept: as the value of the tag `host` would be, so that the two can be compared (GUESS: that it is lower-cased)."""
    return tag(f"host:{sent}")[len("host:") :]


def tags(sent: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: each normalised, sorted, none twice."""
    # Most need no look into the cache of `tag`, where a million new ones would drive each other out.
    return tuple(
        sorted({normalised for text in sent if (normalised := text if _KEPT_TAG.fullmatch(text) else tag(text))})
    )
