"""A file of downtimes: a JSON list of the attributes of v2 create bodies."""

from __future__ import annotations

from typing import Any

from doghouse.downtimes.model import Downtime, DowntimeError
from doghouse.downtimes.parsing import parse


def listed(document: Any, now: float) -> list[Downtime]:
    """The downtimes of a file, by their numbers in it. One without a start began at `now` (s UTC). Raises ValueError, in a sentence."""
    if not isinstance(document, list):
        raise ValueError("is not a list of downtimes")
    made = []
    for number, one in enumerate(document, 1):
        try:
            made.append(parse(one, now, id=str(number)))
        except DowntimeError as error:
            raise ValueError(f"downtime {number}: {error.sentence}") from None
    return made
