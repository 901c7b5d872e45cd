"""Names and tags as Datadog keeps them (docs.datadoghq.com: metrics/custom_metrics, getting_started/tagging)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

NAME_LIMIT_BYTES = 350  # of a metric's name as it was sent: its page says 200 characters, its intake takes these
TAG_LIMIT = 200  # characters
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9.]+")  # underscores are among them: a run of them is one
_AROUND_A_DOT = re.compile(r"_?\._?")
_LEADING = re.compile(r"^[^A-Za-z]+")
_NOT_IN_A_TAG = re.compile(r"[^\w\-:./]")
_UNDERSCORES = re.compile(r"__+")
# What most are: nothing to be changed.
_KEPT_TAG = re.compile(rf"(?!.*__)[a-z][a-z0-9_\-:./]{{0,{TAG_LIMIT - 1}}}(?<![:_])")


@lru_cache(maxsize=16384)
def metric_name(sent: str) -> str:
    """The name under which a metric is kept; empty where it is not kept: too long, or without a letter.

    From its first letter on, ASCII letters, digits and dots stand; case is kept. All else, and any run of `_`, becomes one `_`,
    none of which stands beside a dot or at the end (datadog-agent, pkg/util/metricname: how Datadog's intake has it).
    """
    if len(sent.encode(errors="replace")) > NAME_LIMIT_BYTES:
        return ""
    return _AROUND_A_DOT.sub(".", _NOT_IN_A_NAME.sub("_", _LEADING.sub("", sent))).rstrip("_")


@lru_cache(maxsize=65536)
def tag(sent: str) -> str:
    """A tag as it is kept: lower case; letters (any script), digits, `-:./`, anything else becomes `_`; empty where nothing is left.

    It starts with a letter: what stands before the first is dropped. A run of `_` is one, and none is at its end, nor a `:`
    (datadog-agent, pkg/trace/traceutil/normalize; documentation pull request 6589).
    """
    if _KEPT_TAG.fullmatch(sent):
        return sent
    cleaned = _NOT_IN_A_TAG.sub("_", sent.lower())
    first = next((place for place, character in enumerate(cleaned) if character.isalpha()), len(cleaned))
    return _UNDERSCORES.sub("_", cleaned[first:][:TAG_LIMIT]).rstrip("_:")


def host(sent: str) -> str:
    """A host's name as it is kept: as the value of the tag `host` would be, so that the two can be compared (GUESS: that it is lower-cased)."""
    return tag(f"host:{sent}")[len("host:") :]


def tags(sent: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: each normalised, sorted, none twice."""
    # Most need no look into the cache of `tag`, where a million new ones would drive each other out.
    return tuple(
        sorted({normalised for text in sent if (normalised := text if _KEPT_TAG.fullmatch(text) else tag(text))})
    )
