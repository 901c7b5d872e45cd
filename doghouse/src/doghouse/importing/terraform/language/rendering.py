"""What a template comes to: its texts, with the values of its expressions between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from doghouse.importing.terraform.language.scope import Scope, named
from doghouse.importing.terraform.language.templates import Choice, Interpolation, Loop, Piece
from doghouse.importing.terraform.language.values import (
    Unknown,
    Value,
    items,
    text,
    truth,
    unknowns,
)
from doghouse.importing.terraform.language.work import LONGEST_TEXT, STEP_CHARACTERS, at_most

ValueOf = Callable[[Any, Scope], Value]  # works out an expression's tree


def rendered(pieces: Sequence[Piece], scope: Scope, value_of: ValueOf) -> Value:
    """A template's text. One that is nothing but `${…}` is that value, whatever its type. Raises WrongError."""
    if len(pieces) == 1 and isinstance(pieces[0], Interpolation):
        return value_of(pieces[0].tree, scope)
    missing: list[Unknown] = []
    made = _rendered(pieces, scope, missing, value_of)
    reasons = tuple(dict.fromkeys(missing))
    return replace(reasons[0], text=made, others=reasons[1:]) if reasons else made


def _rendered(pieces: Sequence[Piece], scope: Scope, missing: list[Unknown], value_of: ValueOf) -> str:
    return _joined((one if isinstance(one, str) else _piece(one, scope, missing, value_of) for one in pieces), scope)


def _joined(texts: Iterable[str], scope: Scope) -> str:
    made, length = [], 0
    for one in texts:
        made.append(one)
        length += len(one)
        at_most(length, LONGEST_TEXT, "characters")
        scope.work.spend(1 + len(one) // STEP_CHARACTERS)
    return "".join(made)


def _piece(piece: Piece, scope: Scope, missing: list[Unknown], value_of: ValueOf) -> str:
    assert not isinstance(piece, str)
    value = value_of(piece.tree, scope)
    if reason := next(unknowns(value), None):
        missing.extend(Unknown(one.expression, one.why) for one in unknowns(value))
        return reason.text if isinstance(value, Unknown) and reason.text else reason.placeholder
    if isinstance(piece, Interpolation):
        return text(value)
    if isinstance(piece, Choice):
        return _rendered(piece.pieces if truth(value) else piece.otherwise, scope, missing, value_of)
    return _joined((_rendered(piece.pieces, inner, missing, value_of) for inner in _each(piece, value, scope)), scope)


def _each(loop: Loop, value: Value, scope: Scope) -> list[Scope]:
    return [scope.having(named(loop.names, key, one)) for key, one in items(value)]
