"""History on its way out of the store: what `doghouse export` asks for, metric by metric, in stretches of time."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np

from doghouse.metrics.intake.importing import CONTENT_TYPE, Part
from doghouse.metrics.model import Columns, Series, Source
from doghouse.metrics.packing import pack, unpack
from doghouse.time.lengths import DAY
from doghouse.web.http import Call, Reply

LONGEST_S = DAY  # that one answer covers


def points(source: Source, metric: str, start: int, end: int) -> tuple[list[Series], Columns]:
    """The points of a metric with start <= ts < end (s UTC), and its series with their effective tags, of which `columns.series` are places.

    Distributions are not among them: what is kept of them is a sketch, not the values.
    """
    found = sorted(source.find(metric), key=lambda one: one.id)
    ids = np.array([one.id for one in found], np.int64)
    columns = source.read(ids, start, end)
    there, places = np.unique(columns.series, return_inverse=True)
    by_id = {one.id: one for one in found}
    return [by_id[number] for number in there.tolist()], Columns(places, columns.ts, columns.value)


def export(source: Source) -> Callable[[Call], Reply]:
    """A handler for `GET /doghouse/export?metric=…&from=…&to=…`, which answers a `Part`."""

    def answer(call: Call) -> Reply:
        start = call.seconds("from")
        end = min(call.seconds("to"), start + LONGEST_S)
        series, columns = points(source, call.query.get("metric", ""), start, end)
        return Reply(msgspec.msgpack.encode(Part(series, pack(columns))), content_type=CONTENT_TYPE)

    return answer


def answered(body: bytes) -> tuple[list[Series], Columns]:
    """The series and points of such an answer. Raises msgspec's errors."""
    part = msgspec.msgpack.decode(body, type=Part)
    return part.series, unpack(part.columns)
