"""Facets of a search: how often each value of a field occurs, which of them the search asks for, and the search that asks for one more or one less."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from doghouse.logs.store.reading import weights
from doghouse.search import matching
from doghouse.search.record import text_of
from doghouse.search.records import Column, Ints, Selected
from doghouse.search.tree import And, Everything, Match, Node, Not, Or, Phrase, Range, Word, all_of, written

MOST_VALUES = 10  # of a facet that are shown


class Choice(Struct, frozen=True):
    """What a search asks of one field by clauses of their own: one of some values, and none of others. `clauses` are the others."""

    field: str
    included: tuple[str, ...]
    unwanted: tuple[str, ...]
    clauses: tuple[Node, ...]

    def search(self) -> Node:
        """The search that asks for this."""
        of_field = [Match(self.field, _value(text)) for text in self.included]
        one_of: list[Node] = [Or(tuple(of_field))] if len(of_field) > 1 else list(of_field)
        return all_of([*self.clauses, *one_of, *(Not(Match(self.field, _value(text))) for text in self.unwanted)])

    def others(self) -> Node:
        """The search without what it asks of this field: it finds what else could be chosen."""
        return all_of(self.clauses)

    def toggled(self, value: str, *, excluded: bool) -> Choice:
        """The choice with a value asked for (`excluded`: kept out), or no more where it was."""
        included, unwanted = ([text for text in texts if text != value] for texts in (self.included, self.unwanted))
        if excluded and value not in self.unwanted:
            unwanted.append(value)
        if not excluded and value not in self.included:
            included.append(value)
        return Choice(self.field, tuple(included), tuple(unwanted), self.clauses)


def choice(search: Node, field: str) -> Choice:
    """What a search asks of a field. Only whole values count, not wildcards or ranges."""
    included: list[str] = []
    unwanted: list[str] = []
    clauses: list[Node] = []
    for clause in _clauses(search):
        if not included and (values := _values(clause, field)):
            included += values
        elif isinstance(clause, Not) and len(values := _values(clause.part, field)) == 1:
            unwanted += values
        else:
            clauses.append(clause)
    return Choice(field, tuple(included), tuple(unwanted), tuple(clauses))


def facet(field: str, selected: Selected, search: Node) -> dict[str, Any]:
    """A facet as the page shows it. `selected` are the logs that the search finds without what it asks of this field, with the field's column."""
    chosen = choice(search, field)
    counts = _counts(selected.columns[field], weights(selected))
    texts = sorted(counts, key=lambda text: (-counts[text], text))
    asked = [text for text in (*chosen.included, *chosen.unwanted) if text not in texts[:MOST_VALUES]]
    return {
        "field": field,
        "values": [_row(chosen, text, counts.get(text, 0)) for text in (*texts[:MOST_VALUES], *asked)],
        "more": len(set(texts[MOST_VALUES:]) - set(asked)),
    }


def _row(chosen: Choice, text: str, count: int) -> dict[str, Any]:
    return {
        "value": text,
        "count": count,
        "wanted": text in chosen.included,
        "unwanted": text in chosen.unwanted,
        "with": written(chosen.toggled(text, excluded=False).search()),
        "without": written(chosen.toggled(text, excluded=True).search()),
    }


def _counts(column: Column, weight: Ints) -> dict[str, int]:
    """How many logs have each value, by its text. One that has a value twice counts once."""
    rows, codes = column.rows, column.codes
    if np.any(rows[1:] == rows[:-1]):  # some have several values
        rows, codes = np.unique(np.stack([rows, codes]), axis=1)
    sums = np.zeros(len(column.values), np.int64)
    np.add.at(sums, codes, weight[rows])
    counts: dict[str, int] = {}
    for value, count in zip(column.values, sums.tolist(), strict=True):
        counts[text_of(value)] = counts.get(text_of(value), 0) + count
    return counts


def _clauses(search: Node) -> Sequence[Node]:
    match search:
        case Everything():
            return ()
        case And(parts):
            return parts
        case _:
            return (search,)


def _values(clause: Node, field: str) -> list[str]:
    """The values that a clause asks a field for, one of them; none where it asks for anything else."""
    parts = clause.parts if isinstance(clause, Or) else (clause,)
    values = [
        None if isinstance(part.value, Range) else matching.literal(part.value)
        for part in parts
        if isinstance(part, Match) and part.field == field
    ]
    texts = [text for text in values if text is not None]
    return texts if len(texts) == len(parts) else []


def _value(text: str) -> Word | Phrase:
    """A value as a person would write it: in quotes where it has spaces."""
    return Phrase(text) if not text or any(map(str.isspace, text)) else Word((text,))
