"""What is read of the columns of logs: columns of those that match, a page of them, those of a trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doghouse.logs.model import Log
from doghouse.logs.search import record
from doghouse.logs.store.columns import LogColumns, columns_of_log, log
from doghouse.logs.store.conditions import Conditions
from doghouse.logs.store.fields import Fields, Stored
from doghouse.search import matching, records
from doghouse.search.records import Column, Ints, Selected
from doghouse.search.tree import Leaf, Node
from doghouse.storage.duckfile import Cursor, execute

LOGS = "\0logs"  # the column that says for how many logs a row stands; no field is called so
FEW = 20_000  # logs whose values are read as they are; of more logs each different value is read once


class Place(Struct, frozen=True, order=True):
    """Where a log stands among all: its time (ms UTC), and its id among those of one time."""

    time: int
    id: int


class PlacedLog(Struct, frozen=True):
    """A log and its place."""

    place: Place
    log: Log


NOWHERE = Column(np.array([], np.int64), np.array([], np.int64), ())
Coded = tuple[Ints, Sequence[str]]  # for each row the place of its text, or -1; and the texts


class Stretch:
    """The logs of a stretch of time, at one moment (see conditions.Occurring)."""

    def __init__(self, cursor: Cursor, known: Fields, start: int, end: int) -> None:
        self.cursor, self.known = cursor, known
        self._inside = f"ts >= {start} AND ts < {end}"
        self._texts: dict[
            tuple[str, str], Sequence[str]
        ] = {}  # that were asked for: a search may ask many things of one field

    def condition(self, search: Node) -> tuple[str, dict[str, Any]]:
        """The condition for the logs that match, and its parameters."""
        conditions = Conditions(self.known, self)
        return f"{self._inside} AND {conditions.sql(search)}", conditions.parameters

    def texts(self, sql: str, condition: str) -> Sequence[str]:
        """See Occurring."""
        if (sql, condition) not in self._texts:
            rows = self.cursor.execute(f"SELECT DISTINCT {sql} FROM logs WHERE {self._inside} AND {condition}")
            self._texts[sql, condition] = [text for (text,) in rows.fetchall()]
        return self._texts[sql, condition]

    def lacking(self, leaf: Leaf) -> Sequence[int]:
        """See Occurring."""
        matches = matching.predicate(leaf)
        return [id for id, entry in self._with_more("true", {}) if matches(record(entry))]

    def _with_more(self, condition: str, parameters: Mapping[str, Any]) -> list[tuple[int, Log]]:
        query = f"SELECT {columns_of_log(self.known)} FROM logs WHERE more AND {self._inside} AND {condition}"
        return [log(row) for row in self.cursor.execute(query, parameters).fetchall()]

    def values(self, field: str, condition: str, parameters: Mapping[str, Any], ids: Ints) -> Column:
        """The column of a field that has none, over logs in the order of these ids."""
        of_id = {id: record(entry).values(field) for id, entry in self._with_more(condition, parameters)}
        return records.column([of_id.get(id, ()) for id in ids.tolist()])


def select(columns: LogColumns, search: Node, start: int, end: int, fields: Sequence[str]) -> Selected:
    """See Records."""
    matching.predicate(search)  # raises whatever is wrong with it
    with columns.reading() as (cursor, known):
        stretch = Stretch(cursor, known, start, end)
        condition, parameters = stretch.condition(search)
        stored = {field: place for field in fields if (place := known.stored(field)) is not None}
        ids, times, coded = _rows(cursor, list(stored.values()), condition, parameters)
        order = np.lexsort((ids, times))
        by_field = {
            field: exploded(codes[order], [of.decode(text) for text in texts])
            for (field, of), (codes, texts) in zip(stored.items(), coded, strict=True)
        }
        for field in fields:
            if field not in by_field:
                by_field[field] = (
                    stretch.values(field, condition, parameters, ids[order]) if known.has_more else NOWHERE
                )
    return Selected(times[order], by_field)


def counts(
    columns: LogColumns, search: Node, start: int, end: int, fields: Sequence[str], step: int
) -> Selected | None:
    """See LogStore.counts."""
    matching.predicate(search)
    with columns.reading() as (cursor, known):
        stored = {field: place for field in fields if (place := known.stored(field)) is not None}
        if known.has_more and len(stored) < len(fields):
            return None
        condition, parameters = Stretch(cursor, known, start, end).condition(search)
        names = [f"{of.sql} AS t{place}" for place, of in enumerate(stored.values())]
        selection = ", ".join([f"ts // {step} * {step} AS piece", *names, "count(*) AS logs"])
        query = f"SELECT {selection} FROM logs WHERE {condition} GROUP BY ALL ORDER BY piece"
        rows = cursor.execute(query, parameters).fetchnumpy()
    coded = {field: (of, _coded(rows[f"t{place}"])) for place, (field, of) in enumerate(stored.items())}
    decoded = {
        field: exploded(codes, [of.decode(text) for text in texts]) for field, (of, (codes, texts)) in coded.items()
    }
    numbers, codes = np.unique(rows["logs"].astype(np.int64), return_inverse=True)
    weights = Column(np.arange(len(codes)), codes, numbers.tolist())
    return Selected(
        rows["piece"].astype(np.int64), {field: decoded.get(field, NOWHERE) for field in fields} | {LOGS: weights}
    )


def weights(selected: Selected) -> Ints:
    """For how many logs each row stands: what the column LOGS says, or one."""
    counted = selected.columns.get(LOGS)
    return np.ones(len(selected.times), np.int64) if counted is None else np.array(counted.values)[counted.codes]


def page(
    columns: LogColumns, search: Node, start: int, end: int, limit: int, after: Place | None, *, oldest_first: bool
) -> list[PlacedLog]:
    """See LogStore.page."""
    matching.predicate(search)
    order, beyond = ("ASC", ">") if oldest_first else ("DESC", "<")
    with columns.reading() as (cursor, known):
        condition, parameters = Stretch(cursor, known, start, end).condition(search)
        if after is not None:
            condition += f" AND (ts {beyond} {after.time} OR (ts = {after.time} AND id {beyond} {after.id}))"
        return _placed(cursor, known, f"{condition} ORDER BY ts {order}, id {order} LIMIT {limit}", parameters)


def of_trace(columns: LogColumns, trace: str) -> list[Log]:
    """See LogStore.of_trace."""
    with columns.reading() as (cursor, known):
        logs = _placed(cursor, known, "trace = $trace::UUID ORDER BY ts, id", {"trace": trace})
    return [entry.log for entry in logs]


def _placed(cursor: Cursor, known: Fields, clause: str, parameters: Mapping[str, Any]) -> list[PlacedLog]:
    rows = cursor.execute(f"SELECT {columns_of_log(known)} FROM logs WHERE {clause}", parameters).fetchall()
    return [PlacedLog(Place(row[1], row[0]), log(row)[1]) for row in rows]


def _rows(
    cursor: Cursor, fields: Sequence[Stored], condition: str, parameters: Mapping[str, Any]
) -> tuple[Ints, Ints, list[Coded]]:
    """The ids and times of the logs that match, and the texts of these fields."""
    names = [f"{field.sql} AS t{place}" for place, field in enumerate(fields)]
    source = f"FROM logs WHERE {condition}"
    rows = cursor.execute(f"SELECT {', '.join(['id', 'ts', *names])} {source} LIMIT {FEW}", parameters).fetchnumpy()
    if len(rows["id"]) < FEW:
        return rows["id"], rows["ts"], [_coded(rows[f"t{place}"]) for place in range(len(fields))]
    occurring = [
        [
            text
            for (text,) in cursor.execute(
                f"SELECT DISTINCT {name} {source} AND {field.sql} IS NOT NULL", parameters
            ).fetchall()
        ]
        for name, field in zip(names, fields, strict=True)
    ]
    lookup = {
        "field": np.repeat(np.arange(len(fields)), [len(texts) for texts in occurring]),
        "text": np.array([*chain.from_iterable(occurring)], np.object_),
        "code": np.concatenate([np.arange(len(texts)) for texts in occurring] or [np.array([], np.int64)]),
    }
    codes = [f"coalesce(w{place}.code, -1) AS c{place}" for place in range(len(fields))]
    joins = " ".join(
        f"LEFT JOIN batch AS w{place} ON w{place}.field = {place} AND w{place}.text = t{place}"
        for place in range(len(fields))
    )
    matching_rows = f"(SELECT {', '.join(['id', 'ts', *names])} {source})"
    rows = execute(
        cursor, f"SELECT {', '.join(['id', 'ts', *codes])} FROM {matching_rows} {joins}", lookup, parameters
    ).fetchnumpy()
    return rows["id"], rows["ts"], [(rows[f"c{place}"], texts) for place, texts in enumerate(occurring)]


def _coded(texts: NDArray[Any]) -> Coded:
    codes: dict[str, int] = {}
    coded = [-1 if text is None else codes.setdefault(text, len(codes)) for text in texts.tolist()]
    return np.array(coded, np.int64), list(codes)


def exploded(codes: Ints, values: Sequence[Sequence[Any]]) -> Column:
    """The column of rows that each have all the values of a code, or none (-1)."""
    own: dict[tuple[type, Any], int] = {}
    lists = [
        [own.setdefault((type(value), value), len(own)) for value in several if not isinstance(value, Mapping)]
        for several in values
    ]
    counts = np.array([*map(len, lists), 0], np.int64)  # the last is that of -1
    flat = np.array([*chain.from_iterable(lists)], np.int64)
    rows = np.repeat(np.arange(len(codes)), counts[codes])
    starts = np.cumsum(counts) - counts
    firsts = np.cumsum(counts[codes]) - counts[codes]
    places = np.repeat(starts[codes] - firsts, counts[codes]) + np.arange(len(rows))
    return Column(rows, flat[places], [value for _, value in own])
