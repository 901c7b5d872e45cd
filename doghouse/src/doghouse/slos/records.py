"""A correction as it is kept and answered, and what makes one wrong (api/latest/service-level-objective-corrections)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from doghouse.downtimes import rrule
from doghouse.numbers import LATEST_S
from doghouse.slos.corrections import CATEGORIES, PARTS, Correction
from doghouse.slos.errors import invalid_correction
from doghouse.slos.model import TIMEFRAMES
from doghouse.time import zones
from doghouse.web import account

LONGEST_S = 366 * 86_400  # ours: of one occurrence
# of an SLO over 90 days (service_level_objectives, corrections)
MOST = {"": 100, "DAILY": 2, "WEEKLY": 3, "MONTHLY": 5}


class Attributes(msgspec.Struct, frozen=True):
    """`attributes` of a body. `start` and `end` are s UTC, `duration` is s."""

    start: int
    category: str
    slo_id: str | None = None
    slo_query: str | None = None
    end: int | None = None
    rrule: str | None = None
    duration: int | None = None
    timezone: str = "UTC"
    description: str = ""


class CorrectionRecord(msgspec.Struct, frozen=True):
    """A correction, and when it was made and changed (s UTC). `modified_by_someone`: it was changed after it was made."""

    id: str
    attributes: Attributes
    created: int
    modified: int
    modified_by_someone: bool = False

    @property
    def slo_id(self) -> str | None:
        """The one SLO that it is for; None where a query says which."""
        return self.attributes.slo_id

    @property
    def correction(self) -> Correction:
        """What it covers."""
        of = self.attributes
        return Correction(of.start, of.end, of.rrule, of.duration, of.timezone)

    def matches(self, tags: Collection[str]) -> bool:
        """Whether its query matches an SLO of these tags: a blank is AND. GUESS: of the search syntax this alone."""
        words = (self.attributes.slo_query or "").split()
        return bool(words) and all(word in tags for word in words)


def checked(values: Mapping[str, Any]) -> Attributes:
    """The attributes of a correction. Raises ApiError 400."""
    try:
        read = msgspec.convert({key: value for key, value in values.items() if value is not None}, Attributes)
    except msgspec.ValidationError as error:
        raise invalid_correction(str(error)) from None
    if (read.slo_id is None) == (read.slo_query is None):
        raise invalid_correction("must specify exactly one of slo_id and slo_query")
    if read.category not in CATEGORIES:
        raise invalid_correction(f"category '{read.category}' is not one of {', '.join(CATEGORIES)}")
    if not 0 <= read.start <= LATEST_S:
        raise invalid_correction(f"start must be seconds since 1970, not {read.start}")
    if not zones.is_zone(read.timezone):
        raise invalid_correction(f"timezone '{read.timezone}' is not a time zone of the IANA database")
    _check_length(read)
    return read


def _check_length(read: Attributes) -> None:
    if read.rrule is None:
        if read.end is None:
            raise invalid_correction("must specify end, or rrule and duration")
        if not read.start < read.end <= LATEST_S:
            raise invalid_correction("end must be later than start")
        return
    if read.duration is None or not 0 < read.duration <= LONGEST_S:
        raise invalid_correction(f"duration must be seconds from 1 to {LONGEST_S} with an rrule")
    try:
        parts = rrule.parts(read.rrule)
    except rrule.RruleError as error:
        raise invalid_correction(f"rrule: {error}") from None
    if unknown := [part for part in parts if part not in PARTS]:
        raise invalid_correction(f"rrule: {unknown[0]} is not supported: it has {', '.join(PARTS)}")


def check_number(attributes: Attributes, others: Iterable[CorrectionRecord]) -> None:
    """Raise ApiError 400 where an SLO has as many corrections of a kind as it may have over 90 days. GUESS: the 90 days before the new one ends.

    `others` are its corrections now.
    """
    kind = frequency(attributes)
    end = attributes.end or attributes.start
    since = end - TIMEFRAMES["90d"]
    there = [
        record
        for record in others
        if frequency(record.attributes) == kind and (kind or any(record.correction.stretches(since, end)))
    ]
    if len(there) >= MOST.get(kind, MOST[""]):
        raise invalid_correction(
            f"an SLO has at most {MOST.get(kind, MOST[''])} {kind or 'one-time'} corrections over 90 days"
        )


def frequency(attributes: Attributes) -> str:
    """`DAILY`, `WEEKLY`, `MONTHLY`; empty for a one-time correction."""
    return "" if attributes.rrule is None else rrule.parts(attributes.rrule)["FREQ"]


def answer(record: CorrectionRecord, *, fresh: bool = False) -> dict[str, Any]:
    """A correction as the API answers it; `fresh`: at its creation, when its times are null (recorded: create_an_slo_correction_*)."""
    of = record.attributes
    attributes: dict[str, Any] = {
        "slo_id": of.slo_id,
        "start": of.start,
        "end": None if of.rrule is not None else of.end,
        "description": of.description,
        "category": of.category,
        "timezone": of.timezone,
        "created_at": None if fresh else record.created,
        "modified_at": None if fresh else record.modified,
        "rrule": of.rrule,
        "duration": of.duration,
    }
    if of.slo_query is not None:
        attributes["slo_query"] = of.slo_query
    attributes["creator"] = _user()
    attributes["modifier"] = _user() if record.modified_by_someone else None
    return {"type": "correction", "id": record.id, "attributes": attributes}


def _user() -> dict[str, Any]:
    user = account.USER
    attributes = {"uuid": user.uuid, "handle": user.handle, "email": user.email, "name": user.name, "icon": ""}
    return {"data": {"type": "users", "id": user.uuid, "attributes": attributes}}
