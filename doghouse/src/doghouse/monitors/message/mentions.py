"""Who is @mentioned in a text: in a monitor's message, an event, a downtime (monitors/notify, notifications)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

# GUESS: the alphabet of handles. `low@ops` is no mention: an @ stands at the start or behind something that no word ends with.
_HANDLE = re.compile(r"(?<![\w@.])@([A-Za-z0-9_][\w.+\-@:/#]*)(\()?")
WEBHOOK = "webhook-"  # before the name of a webhook
_PUNCTUATION = ".,;:/#"


class Mention(Struct, frozen=True):
    """A handle without its `@`, and where the `@` stands in the text. `problem` says why a broken one is dropped."""

    handle: str
    place: int
    problem: str | None = None


def mentions(text: str) -> Iterator[Mention]:
    """Every mention in the text, broken ones too, in order.

    GUESS: a handle that ends in `-`, as `@slack-{{x.name}}` without x gives, is invalid. One with parentheses is a workflow with its input, or none.
    """
    for match in _HANDLE.finditer(text):
        handle = match[1].rstrip(_PUNCTUATION)
        problem = None
        if not re.fullmatch(r".*\w", handle):
            problem = f"@{handle} is no whole handle"
        elif match[2] and len(handle) == len(match[1]) and not handle.startswith("workflow-"):
            problem = f"@{handle}(…): a handle has no parentheses"
        yield Mention(handle, match.start(), problem)


def handles(text: str) -> tuple[str, ...]:
    """The handles that a text mentions, each once, in order."""
    return tuple(dict.fromkeys(mention.handle for mention in mentions(text) if mention.problem is None))


def is_email(handle: str) -> bool:
    """Whether a handle is a mail address: `ops@example.com`."""
    return re.fullmatch(r"[^@\s/:#]+@[^@\s/:#]+", handle) is not None


def is_webhook(handle: str) -> bool:
    """Whether a handle is a webhook's: `webhook-pager`."""
    return handle.startswith(WEBHOOK) and "@" not in handle
