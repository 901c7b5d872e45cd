"""What `--fail-on` objects to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from doghouse.numbers import decimal

if TYPE_CHECKING:
    from doghouse.review.model import Review

ERROR, WARNING, NOISIER, MISSED_ALERT = "error", "warning", "noisier", "missed-alert"
NAMES = (ERROR, WARNING, f"{NOISIER}[=PERCENT]", MISSED_ALERT)
BY_HISTORY = (NOISIER, MISSED_ALERT)


class Condition(Struct, frozen=True):
    """One thing to object to; `percent` is how much noisier may be before it is."""

    name: str
    percent: float = 0.0


def conditions(texts: Iterable[str]) -> list[Condition]:
    """What was asked for, several with commas between them. Raises ValueError in a sentence."""
    return [_condition(part.strip()) for text in texts for part in text.split(",")]


def _condition(text: str) -> Condition:
    name, equals, percent = text.partition("=")
    if name == NOISIER and equals:
        try:
            value = decimal(percent.removesuffix("%"))
        except ValueError:
            value = -1.0
        if not 0 <= value < float("inf"):
            raise ValueError(f"'{percent}' is no percentage: expected a number of 0 and more, as in {NOISIER}=20")
        return Condition(name, value)
    if equals or name not in (ERROR, WARNING, NOISIER, MISSED_ALERT):
        raise ValueError(f"'{text}' is none of {', '.join(NAMES)}")
    return Condition(name)


def objections(review: Review, conditions: Sequence[Condition]) -> list[str]:
    """Each objection in a sentence; none: nothing to object to."""
    return list(dict.fromkeys(text for condition in conditions for text in _objections(review, condition)))


def _objections(review: Review, condition: Condition) -> Iterator[str]:
    if condition.name in (ERROR, WARNING):
        errors = sum(entry.problem.severity == "error" for entry in review.new_problems)
        warnings = sum(entry.problem.severity == "warning" for entry in review.new_problems)
        if errors:
            yield f"{ERROR}: {errors} new {'error' if errors == 1 else 'errors'}"
        if failing := len(review.tests.failing) + len(review.tests.unread):
            yield f"{ERROR}: {failing} unit {'test fails' if failing == 1 else 'tests fail'} that did not before"
        if condition.name == WARNING and warnings:
            yield f"{WARNING}: {warnings} new {'warning' if warnings == 1 else 'warnings'}"
    elif condition.name == NOISIER:
        before, after = review.sent()
        if after > before * (1 + condition.percent / 100):
            more = f", more than {condition.percent:g}% more" if condition.percent else ""
            yield f"{NOISIER}: {before:,} → {after:,} notifications over the range{more}"
    else:
        for change in review.changes:
            if change.compared and change.compared.missed:
                count = len(change.compared.missed)
                yield f"{MISSED_ALERT}: {change.name}: {count} {'alert' if count == 1 else 'alerts'} of ten minutes and more no longer there"
