"""An SLO as files have it: an API body, and with it under `corrections` what its corrections are, each as the API has it without `slo_id`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doghouse.slos.corrections import Correction
from doghouse.slos.model import Objective, SloError
from doghouse.slos.reading import read
from doghouse.slos.records import checked
from doghouse.time import iso
from doghouse.web.errors import ApiError


def objective(document: Mapping[str, Any]) -> Objective:
    """The SLO of a document. `start` and `end` of a correction are s UTC or a time as ISO 8601 has it; without a category it is 'Other'. Raises SloError."""
    slo, corrections = read(document), document.get("corrections")
    if corrections is None:
        return slo
    if not isinstance(corrections, list):
        raise SloError("corrections: expected a list")
    return slo.corrected_by(tuple(_correction(body, place) for place, body in enumerate(corrections, 1)))


def _correction(body: Any, place: int) -> Correction:
    if not isinstance(body, Mapping):
        raise SloError(f"correction {place}: expected an object with start and end")
    try:
        times = {key: _instant(body[key]) for key in ("start", "end") if body.get(key) is not None}
        of = checked({"category": "Other", **body, **times, "slo_id": "of the file"})
    except ValueError as error:
        raise SloError(f"correction {place}: {error}") from None
    except ApiError as error:
        raise SloError(f"correction {place}: {error.errors[0]}") from None
    return Correction(of.start, of.end, of.rrule, of.duration, of.timezone)


def _instant(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return int(iso.instant(value))
    except ValueError:
        raise ValueError(f"'{value}' is no time as ISO 8601 has it") from None
