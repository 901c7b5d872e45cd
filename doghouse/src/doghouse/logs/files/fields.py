"""The values of a log's fields over a whole file, made of its columns as `preprocessing.stored` and `Record.values` make those of one log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from doghouse.logs import preprocessing
from doghouse.logs.files.columns import OWN, Coded, Ints, ParquetFile, quoted
from doghouse.logs.statuses import status
from doghouse.search.record import attribute
from doghouse.tags import pairs

HostTags = Mapping[str, Sequence[str]]
ALIASES = {
    "host": preprocessing.HOST,
    "service": preprocessing.SERVICE,
    "status": preprocessing.STATUS,
    "source": (*preprocessing.SOURCE, "source"),
}


class Fields:
    """`parts` of a field are columns whose values are lists: all that a row has of it, one part behind the other."""

    def __init__(self, file: ParquetFile, times: Ints, host_tags: HostTags) -> None:
        self._file, self._times, self._host_tags = file, times, host_tags
        self.parts: Callable[[str], Sequence[Coded]] = cache(self._parts)

    def _parts(self, field: str) -> Sequence[Coded]:
        if field == "timestamp":
            return [Coded(np.arange(len(self._times)), [[time] for time in self._times.tolist()])]
        if field in ALIASES:
            return [_each(self._reserved(field), lambda text: [text] if text else [])]
        if field == "tags":
            return self._tags()
        if field.startswith("@"):
            coded = self._attribute(field[1:])
            return [] if coded is None else [coded]
        return [_each(part, lambda tags: pairs.values(tags, field.lower())) for part in self.parts("tags")]

    def _attribute(self, path: str) -> Coded | None:
        """The values under a path; None where no column has it."""
        first, *rest = path.split(".")
        if first in OWN:  # these are no attributes any more
            return None
        names = [name for name in dict.fromkeys((first, path)) if self._file.root(name)]
        if not names:
            return None
        if len(names) == 1:
            sql, left = self._file.inside(names[0], rest if names[0] == first else [])
            within = ".".join(["x", *left])
            return _each(self._file.coded(sql), lambda value: attribute({"x": value}, within))
        pairs_of = ", ".join(f"{quoted(name)}, {self._file.root(name)}" for name in names)
        return _each(self._file.coded(f"json_object({pairs_of})"), lambda value: attribute(value or {}, path))

    def _reserved(self, field: str) -> Coded:
        """The text of a reserved field: of the names that it may have, the first that a row has."""
        texts: dict[str | None, int] = {None: 0}
        codes = np.zeros(len(self._times), np.int64)
        for name in ALIASES[field]:
            column = self._whole(name) if name in OWN else self._attribute(name)
            if column is not None:
                own = [preprocessing.first({"x": value}, ("x",)) for value in column.values]
                codes = np.where(
                    codes, codes, np.array([texts.setdefault(text, len(texts)) for text in own])[column.codes]
                )
        made = list(texts)
        return Coded(codes, [status(text or "") for text in made] if field == "status" else made)

    def _whole(self, name: str) -> Coded | None:
        """A column that is no attribute, or what stands among the attributes under its name; None where there is neither."""
        if name in self._file.types:
            return self._file.coded(f'"{name}"')
        sql = self._file.root(name)
        return self._file.coded(sql) if sql else None

    def _tags(self) -> Sequence[Coded]:
        """Its own tags, that of its source, and those of its host."""
        own = next((column for name in ("tags", "ddtags") if (column := self._whole(name)) is not None), None)
        return [
            *([] if own is None else [_each(own, preprocessing.tags_of)]),
            _each(self._reserved("source"), lambda text: preprocessing.tags_of([f"source:{text}"] if text else [])),
            _each(self._reserved("host"), lambda text: list(self._host_tags.get(text or "", ()))),
        ]


def _each(column: Coded, values: Callable[[Any], Sequence[Any]]) -> Coded:
    return Coded(column.codes, [values(value) for value in column.values])
