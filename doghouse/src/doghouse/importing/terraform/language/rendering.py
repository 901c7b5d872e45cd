"""What a template comes to: its texts, with the values of its expressions between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from doghouse.importing.terraform.language.scope import Scope, named
from doghouse.importing.terraform.language.templates import Choice, Interpolation, Piece
from doghouse.importing.terraform.language.values import Unknown, Value, items, text, truth, unknowns
from doghouse.importing.terraform.language.work import LONGEST_TEXT, STEP_CHARACTERS, at_most

ValueOf = Callable[[Any, Scope], Value]  # works out an expression's tree


def rendered(pieces: Sequence[Piece], scope: Scope, value_of: ValueOf) -> Value:
    """A template's text. One that is nothing but `${…}` is that value, whatever its type. Raises WrongError."""
    if len(pieces) == 1 and isinstance(pieces[0], Interpolation):
        return value_of(pieces[0].tree, scope)
    missing: list[Unknown] = []
    whole = _rendered(pieces, scope, missing, value_of)
    reasons = tuple(dict.fromkeys(missing))
    return replace(reasons[0], text=whole, others=reasons[1:]) if reasons else whole


def _rendered(pieces: Sequence[Piece], scope: Scope, missing: list[Unknown], value_of: ValueOf) -> str:
    return _joined(
        (piece if isinstance(piece, str) else _piece(piece, scope, missing, value_of) for piece in pieces), scope
    )


def _joined(texts: Iterable[str], scope: Scope) -> str:
    parts, length = [], 0
    for part in texts:
        parts.append(part)
        length += len(part)
        at_most(length, LONGEST_TEXT, "characters")
        scope.work.spend(1 + len(part) // STEP_CHARACTERS)
    return "".join(parts)


def _piece(piece: Piece, scope: Scope, missing: list[Unknown], value_of: ValueOf) -> str:
    assert not isinstance(piece, str)
    value = value_of(piece.tree, scope)
    if reason := next(unknowns(value), None):
        missing.extend(Unknown(unknown.expression, unknown.why) for unknown in unknowns(value))
        return reason.text if isinstance(value, Unknown) and reason.text else reason.placeholder
    if isinstance(piece, Interpolation):
        return text(value)
    if isinstance(piece, Choice):
        return _rendered(piece.pieces if truth(value) else piece.otherwise, scope, missing, value_of)
    scopes = [scope.having(named(piece.names, key, element)) for key, element in items(value)]
    return _joined((_rendered(piece.pieces, inner, missing, value_of) for inner in scopes), scope)
