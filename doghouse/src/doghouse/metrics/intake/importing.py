"""History on its way into the store: what `doghouse import` posts to `/doghouse/import`, in parts of bounded size.

Unlike the intakes it takes points of any age; the later import of a second wins over what was there. A distribution's points are its values, and are added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from msgspec import Struct

from doghouse.metrics.distributions.sketches import Sketches, no_sketches, of_values
from doghouse.metrics.intake.batch import LATEST_TS
from doghouse.metrics.model import NO_SERIES, Columns, Series, SeriesList
from doghouse.metrics.packing import pack, unpack

CONTENT_TYPE = "application/msgpack"
PART_POINTS = 500_000
PART_BYTES = 16 * 1024 * 1024  # half of what the endpoint takes (doghouse.web.body.limits)


class Part(Struct):
    """Series, and points whose `series` are places in that list."""

    series: list[Series]
    columns: bytes


def parts(series: Sequence[Series], columns: Columns, size: int = PART_POINTS) -> Iterator[bytes]:
    """Bodies for `/doghouse/import`, `size` points and PART_BYTES each at most. `columns.series` are places in `series`."""
    for start in range(0, len(columns), size):
        stop = start + size
        piece = Columns(columns.series[start:stop], columns.ts[start:stop], columns.value[start:stop])
        there, places = np.unique(piece.series, return_inverse=True)
        body = msgspec.msgpack.encode(
            Part([series[number] for number in there], pack(Columns(places, piece.ts, piece.value)))
        )
        if len(body) > PART_BYTES and len(piece) > 1:  # of many series with a point or two each
            yield from parts(series, piece, (len(piece) + 1) // 2)
        else:
            yield body


def received(body: bytes, series_list: SeriesList) -> tuple[Columns, Sketches]:
    """A body's points, and what the values of distributions come to, numbered as the store has them.

    Raises msgspec's errors or ValueError where it is no such body.
    """
    part = msgspec.msgpack.decode(body, type=Part)
    sent = unpack(part.columns)
    if len(sent) and not 0 <= np.min(sent.series) <= np.max(sent.series) < len(part.series):
        raise ValueError("a point belongs to no series of the body")
    forms = [
        (submitted.metric, submitted.host, submitted.type, submitted.interval, submitted.tags)
        for submitted in part.series
    ]
    numbers = series_list.numbers(forms)
    series = numbers[sent.series] if len(sent) else sent.series
    keep = (series != NO_SERIES) & (sent.ts >= 0) & (sent.ts < LATEST_TS) & np.isfinite(sent.value)
    spread = np.array([submitted.type == "distribution" for submitted in part.series], bool)[sent.series]
    points, values = (
        Columns(series[these], sent.ts[these], sent.value[these]) for these in (keep & ~spread, keep & spread)
    )
    return points, of_values(values.series, values.ts, values.value) if len(values) else no_sketches()
