"""The review of a change as one JSON document, for programs: its types are in `shapes`."""

from __future__ import annotations

from typing import TextIO

import msgspec

from doghouse.reports import shapes
from doghouse.reports.json import iso, mend, suggestion, unit_test
from doghouse.reports.registry import writes
from doghouse.review.fields import FieldChange
from doghouse.review.headline import headline
from doghouse.review.model import Change, Compared, MessageChange, OtherChange, Past, Placed, Review


@writes("json", Review)
def review(review: Review, out: TextIO) -> None:
    """Everything that a review holds."""
    document = shapes.reviews.Review(
        version=shapes.VERSION,
        base=review.base,
        head=review.head,
        start=iso(review.range.start) if review.range else None,
        end=iso(review.range.end) if review.range else None,
        unchanged=review.unchanged,
        moved=review.moved,
        monitors=[_change(change) for change in review.changes],
        others=[_other(other) for other in review.others],
        problems=[_placed(placed) for placed in review.unread],
        tests=shapes.reviews.ReachedTests(
            review.tests.ran,
            [unit_test(test) for test in review.tests.failing],
            list(review.tests.mended),
            [str(error) for error in review.tests.unread],
        ),
        notifications=dict(zip(("before", "after"), review.sent(), strict=True)) if review.range else None,
        remarks=list(review.remarks),
        objections=list(review.objections),
    )
    out.write(msgspec.json.encode(document, enc_hook=str).decode() + "\n")
    out.flush()


def _change(change: Change) -> shapes.reviews.ChangedMonitor:
    return shapes.reviews.ChangedMonitor(
        name=change.name,
        change=change.kind,
        headline=headline(change),
        old_name=change.old_name or None,
        where=change.where,
        file=change.file or None,
        line=change.line or None,
        because=list(change.because),
        fields=[_field(field) for field in change.fields],
        new_problems=[_placed(placed) for placed in change.new_problems],
        cured_problems=[_placed(placed) for placed in change.cured],
        history=_compared(change.compared) if change.compared else None,
        not_evaluated=change.unevaluated or None,
    )


def _field(field: FieldChange) -> shapes.reviews.Field:
    return shapes.reviews.Field(field.field, field.old, field.new)


def _placed(placed: Placed) -> shapes.reviews.PlacedProblem:
    problem = placed.problem
    about = (problem.field, problem.severity, problem.rule, problem.text, mend(problem))
    return shapes.reviews.PlacedProblem(placed.place, placed.file or None, placed.line or None, *about)


def _compared(compared: Compared) -> shapes.reviews.Versions:
    return shapes.reviews.Versions(
        _past(compared.before),
        _past(compared.after),
        [{"group": alert.group, "from": iso(alert.start), "to": iso(alert.end)} for alert in compared.missed],
        [_message(message) for message in compared.messages],
        suggestion(compared.suggestion) if compared.suggestion else None,
        compared.unseen,
    )


def _message(message: MessageChange) -> shapes.reviews.ChangedMessage:
    words = [{"change": piece.kind, "text": piece.text} for piece in message.pieces]
    return shapes.reviews.ChangedMessage(
        message.transition, message.group, words, list(message.gone), list(message.new)
    )


def _past(past: Past | None) -> shapes.reviews.Past | None:
    if past is None:
        return None
    return shapes.reviews.Past(
        **past.figures.document(),
        notifications_a_week=round(past.a_week, 2),
        first_alert=iso(past.first_alert) if past.first_alert is not None else None,
        course=past.course,
    )


def _other(other: OtherChange) -> shapes.reviews.ChangedThing:
    return shapes.reviews.ChangedThing(
        other.thing,
        other.kind,
        other.name,
        other.where,
        [_field(field) for field in other.fields],
        list(other.monitors),
        [_placed(placed) for placed in other.new_problems],
    )
