"""A downtime as it is kept: the attributes of v2, filled in, and what v1 must give back as it was sent."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from doghouse.downtimes import parsing
from doghouse.downtimes.model import Downtime, DowntimeError
from doghouse.time import zones
from doghouse.web.body.limits import LONGEST_MESSAGE

Attributes = dict[str, Any]

DEFAULTS: Mapping[str, Any] = {
    "message": None,
    "display_timezone": "UTC",
    "mute_first_recovery_notification": False,
    "notify_end_states": ["alert", "no data", "warn"],
    "notify_end_types": ["expired"],
}
NAMES = (*DEFAULTS, "scope", "monitor_identifier", "schedule")


class V1(msgspec.Struct, frozen=True):
    """What a v1 body said that v2 says otherwise: times in s UTC, and the recurrence with all of its five keys."""

    start: int
    end: int | None
    recurrence: dict[str, Any] | None


class Record(msgspec.Struct, frozen=True):
    """A downtime. `number` is its id in v1, `id` its UUID; `created`, `modified` and `canceled` are s UTC. `v1` is None for one that v2 made.

    `revision` counts its changes. `only_v2`: version 2 made it, and version 1 does not answer it by its number.
    """

    number: int
    id: str
    created: float
    modified: float
    canceled: float | None
    updated: bool
    attributes: Attributes
    v1: V1 | None = None
    revision: int = 0
    only_v2: bool = False


def fill_in(sent: Mapping[str, Any], now: float) -> Attributes:
    """The attributes of a new downtime: defaults for what was not sent, instants in UTC, a start where there was none.

    Raises DowntimeError for a message that is too long to be looked through each minute.
    """
    message = sent.get("message")
    if isinstance(message, str) and len(message) > LONGEST_MESSAGE:
        raise DowntimeError(
            "message", f"message has {len(message):,} characters; doghouse takes at most {LONGEST_MESSAGE:,}"
        )
    fields = {name: value for name, value in sent.items() if value is not None}
    attributes = {**copy.deepcopy(dict(DEFAULTS)), **copy.deepcopy(fields)}
    attributes["display_timezone"] = attributes["display_timezone"] or "UTC"
    attributes["schedule"] = schedule(attributes.get("schedule") or {}, now)
    return attributes


def schedule(sent: Mapping[str, Any], now: float) -> Attributes:
    """A schedule as it is answered: one-time `{start, end}`, or recurring `{timezone, recurrences}`. What has no start starts at `now`.

    Local times have their seconds, sent or not (terraform-provider-datadog issue 2640).
    """
    if "recurrences" not in sent:
        start, end = sent.get("start"), sent.get("end")
        return {
            "start": datetime.fromtimestamp(now, UTC).isoformat() if start is None else _utc(start),
            "end": None if end is None else _utc(end),
        }
    timezone = sent.get("timezone") or "UTC"
    local = zones.local(int(now), ZoneInfo(timezone)).isoformat()
    return {
        "timezone": timezone,
        "recurrences": [
            {**recurrence, "start": datetime.fromisoformat(recurrence.get("start") or local).isoformat()}
            for recurrence in sent["recurrences"]
        ],
    }


def parsed(record: Record) -> Downtime:
    """The downtime as a value that schedules and matching understand."""
    return parsing.parse(
        record.attributes, record.created, id=record.id, created=record.created, canceled=record.canceled
    )


def _utc(text: str) -> str:
    """`2050-01-02T03:04:05Z` → `2050-01-02T03:04:05+00:00` (recorded)."""
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()
