"""The review of a change as one JSON document, for programs."""

from __future__ import annotations

from typing import Any, TextIO

import msgspec

from doghouse.reports.json import iso
from doghouse.reports.registry import writes
from doghouse.review import Change, Compared, OtherChange, Past, Placed, Review
from doghouse.review.fields import FieldChange
from doghouse.review.headline import headline

VERSION = 1  # of the document; it grows with what an older reader would misunderstand


@writes("json", Review)
def review(made: Review, out: TextIO) -> None:
    """Everything that a review holds."""
    before, after = made.sent()
    document = {
        "version": VERSION,
        "base": made.base,
        "head": made.head,
        "from": iso(made.range.start) if made.range else None,
        "to": iso(made.range.end) if made.range else None,
        "unchanged": made.unchanged,
        "moved": made.moved,
        "monitors": [_change(change) for change in made.changes],
        "others": [_other(other) for other in made.others],
        "problems": [_placed(placed) for placed in made.unread],
        "tests": {
            "ran": made.tests.ran,
            "failing": [
                {
                    "file": str(one.path),
                    "line": one.line,
                    "name": one.name,
                    "differences": [
                        {"line": each.line, "expected": list(each.expected), "got": list(each.got)}
                        for each in one.differences
                    ],
                }
                for one in made.tests.failing
            ],
            "mended": list(made.tests.mended),
            "errors": [str(error) for error in made.tests.unread],
        },
        "notifications": {"before": before, "after": after} if made.range else None,
        "remarks": list(made.remarks),
        "objections": list(made.objections),
    }
    out.write(msgspec.json.encode(document, enc_hook=str).decode() + "\n")
    out.flush()


def _change(change: Change) -> dict[str, Any]:
    return {
        "name": change.name,
        "change": change.kind,
        "headline": headline(change),
        "old_name": change.old_name or None,
        "where": change.where,
        "file": change.file or None,
        "line": change.line or None,
        "because": list(change.because),
        "fields": [_field(field) for field in change.fields],
        "problems": {"new": [_placed(one) for one in change.found], "cured": [_placed(one) for one in change.cured]},
        "history": _compared(change.compared) if change.compared else None,
        "not_evaluated": change.unevaluated or None,
    }


def _field(field: FieldChange) -> dict[str, Any]:
    return {"field": field.field, "from": field.old, "to": field.new}


def _placed(placed: Placed) -> dict[str, Any]:
    problem = placed.problem
    return {
        "where": placed.place,
        "file": placed.file or None,
        "line": placed.line or None,
        "field": problem.field,
        "severity": problem.severity,
        "rule": problem.rule or None,
        "text": problem.text,
    }


def _compared(compared: Compared) -> dict[str, Any]:
    suggestion = compared.suggestion
    return {
        "before": _past(compared.before),
        "after": _past(compared.after),
        "missed": [{"group": one.group, "from": iso(one.start), "to": iso(one.end)} for one in compared.missed],
        "messages": [
            {
                "transition": one.transition,
                "group": one.group,
                "words": [{"change": piece.kind, "text": piece.text} for piece in one.pieces],
                "recipients": {"gone": list(one.gone), "new": list(one.new)},
            }
            for one in compared.messages
        ],
        "suggestion": {
            "setting": suggestion.setting,
            "first_alert_delay_s": suggestion.alert_delay,
            **suggestion.figures.document(),
        }
        if suggestion
        else None,
    }


def _past(past: Past | None) -> dict[str, Any] | None:
    if past is None:
        return None
    return {
        **past.figures.document(),
        "notifications_a_week": round(past.a_week, 2),
        "first_alert": iso(past.first_alert) if past.first_alert is not None else None,
        "course": past.course,
    }


def _other(other: OtherChange) -> dict[str, Any]:
    return {
        "thing": other.thing,
        "change": other.kind,
        "name": other.name,
        "where": other.where,
        "fields": [_field(field) for field in other.fields],
        "monitors": list(other.monitors),
        "problems": [_placed(one) for one in other.found],
    }
