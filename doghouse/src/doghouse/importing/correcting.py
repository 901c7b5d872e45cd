"""Corrections that stand beside the SLOs that they are for, as Terraform's do: each becomes a part of its SLO's body, as files of SLOs have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from doghouse.importing.things import CorrectionInFile, Note, SloInFile, Thing, Unread
from doghouse.monitors.lint.elsewhere import TERRAFORM_WRONG
from doghouse.slos.records import CorrectionRecord, checked
from doghouse.web.errors import ApiError


def corrected(things: Iterable[Thing]) -> Iterator[Thing]:
    """The same things without corrections, which are in their SLOs; what is wrong with one, or not known before a plan, is said instead of it."""
    listed = list(things)
    read = [_read(thing) for thing in listed if isinstance(thing, CorrectionInFile)]
    records = [correction for correction in read if isinstance(correction, CorrectionRecord)]
    notes: list[Thing] = [correction for correction in read if not isinstance(correction, CorrectionRecord)]
    slos = [thing for thing in listed if isinstance(thing, SloInFile)]
    for record in records:
        if not any(_is_for(record, slo) for slo in slos):
            notes.append(Note(record.id, "is for an SLO that is not here, and is left out"))
    for thing in listed:
        if isinstance(thing, SloInFile) and (mine := [record for record in records if _is_for(record, thing)]):
            yield replace(thing, body={**thing.body, "corrections": [_document(record) for record in mine]})
        elif not isinstance(thing, CorrectionInFile):
            yield thing
    yield from notes


def _read(correction: CorrectionInFile) -> CorrectionRecord | Note | Unread:
    """A correction; its id is where it stands."""
    if correction.remarks:
        problems = "; ".join(f"{remark.field} is {remark.text}" for remark in correction.remarks)
        return Note(correction.where, f"{problems}; the correction is left out")
    try:
        return CorrectionRecord(correction.where, checked(correction.body), 0, 0)
    except ApiError as error:
        line = correction.line("category", 0)
        return Unread(f"{correction.file}:{line}" if line else correction.where, error.errors[0], TERRAFORM_WRONG)


def _is_for(record: CorrectionRecord, slo: SloInFile) -> bool:
    if record.slo_id is not None:
        return record.slo_id == str(slo.body.get("id"))
    return record.matches(slo.body.get("tags") or ())


def _document(record: CorrectionRecord) -> dict[str, Any]:
    """As files of SLOs have it: without the SLO."""
    of = record.attributes
    document = {name: getattr(of, name) for name in of.__struct_fields__ if name not in ("slo_id", "slo_query")}
    return {name: value for name, value in document.items() if value is not None}
