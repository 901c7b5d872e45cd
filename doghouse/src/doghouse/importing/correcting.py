"""Corrections that stand beside the SLOs that they are for, as Terraform's do: each becomes a part of its SLO's body, as files of SLOs have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from doghouse.importing.things import FoundCorrection, FoundSlo, Note, Thing, Unread
from doghouse.monitors.lint.elsewhere import TERRAFORM_WRONG
from doghouse.slos.records import CorrectionRecord, checked
from doghouse.web.errors import ApiError


def corrected(things: Iterable[Thing]) -> Iterator[Thing]:
    """The same things without corrections, which are in their SLOs; what is wrong with one, or not known before a plan, is said instead of it."""
    made = list(things)
    read = [_read(one) for one in made if isinstance(one, FoundCorrection)]
    records = [one for one in read if isinstance(one, CorrectionRecord)]
    said: list[Thing] = [one for one in read if not isinstance(one, CorrectionRecord)]
    slos = [one for one in made if isinstance(one, FoundSlo)]
    for record in records:
        if not any(_is_for(record, slo) for slo in slos):
            said.append(Note(record.id, "is for an SLO that is not here, and is left out"))
    for one in made:
        if isinstance(one, FoundSlo) and (mine := [record for record in records if _is_for(record, one)]):
            yield replace(one, body={**one.body, "corrections": [_document(record) for record in mine]})
        elif not isinstance(one, FoundCorrection):
            yield one
    yield from said


def _read(found: FoundCorrection) -> CorrectionRecord | Note | Unread:
    """A correction; its id is where it stands."""
    if found.remarks:
        problems = "; ".join(f"{one.field} is {one.text}" for one in found.remarks)
        return Note(found.where, f"{problems}; the correction is left out")
    try:
        return CorrectionRecord(found.where, checked(found.body), 0, 0)
    except ApiError as error:
        line = found.line("category", 0)
        return Unread(f"{found.file}:{line}" if line else found.where, error.errors[0], TERRAFORM_WRONG)


def _is_for(record: CorrectionRecord, slo: FoundSlo) -> bool:
    if record.slo_id is not None:
        return record.slo_id == str(slo.body.get("id"))
    return record.matches(slo.body.get("tags") or ())


def _document(record: CorrectionRecord) -> dict[str, Any]:
    """As files of SLOs have it: without the SLO."""
    of = record.attributes
    document = {name: getattr(of, name) for name in of.__struct_fields__ if name not in ("slo_id", "slo_query")}
    return {name: value for name, value in document.items() if value is not None}
