"""History on its way into the store: what `doghouse import` posts to `/doghouse/import`, in parts of bounded size.

Unlike the intakes it takes points of any age; the later import of a second wins over what was there. A distribution's points are its values, and are added;
so are sketches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec
import numpy as np
from msgspec import Struct

from doghouse.metrics.distributions.sketches import Sketches, apart, concatenated
from doghouse.metrics.door import SeriesList
from doghouse.metrics.intake.batch import LATEST_TS
from doghouse.metrics.model import NO_SERIES, Columns, Ints, Series
from doghouse.metrics.packing import pack, pack_sketches, unpack, unpack_sketches

CONTENT_TYPE = "application/msgpack"
PART_POINTS, PART_SKETCHES = 500_000, 20_000
PART_BYTES = 16 * 1024 * 1024  # half of what the endpoint takes (doghouse.web.body.limits)


class Part(Struct):
    """Series, points whose `series` are places in that list, and sketches whose groups are."""

    series: list[Series]
    columns: bytes
    sketches: list[bytes] = []


def parts(
    series: Sequence[Series], columns: Columns, sketches: Sketches | None = None, size: int = PART_POINTS
) -> Iterator[bytes]:
    """Bodies for `/doghouse/import`, `size` points (or PART_SKETCHES sketches) and PART_BYTES each at most. `columns.series` are places in `series`, and so are
    the groups of `sketches`."""

    def points(start: int, stop: int) -> bytes:
        piece = Columns(columns.series[start:stop], columns.ts[start:stop], columns.value[start:stop])
        there, places = np.unique(piece.series, return_inverse=True)
        return msgspec.msgpack.encode(
            Part([series[number] for number in there], pack(Columns(places, piece.ts, piece.value)))
        )

    def spread(start: int, stop: int) -> bytes:
        assert sketches is not None
        piece = sketches.at(np.arange(start, stop))
        there, places = np.unique(piece.group, return_inverse=True)
        sent = pack_sketches(msgspec.structs.replace(piece, group=places))
        return msgspec.msgpack.encode(Part([series[number] for number in there], b"", sent))

    yield from _bodies(points, 0, len(columns), size)
    yield from _bodies(spread, 0, 0 if sketches is None else len(sketches), PART_SKETCHES)


def _bodies(make: Callable[[int, int], bytes], start: int, stop: int, size: int) -> Iterator[bytes]:
    """What `make` makes of [start, stop), so many at once, and fewer where a body is too large: of many series with a point or two each."""
    for first in range(start, stop, size):
        last = min(first + size, stop)
        body = make(first, last)
        if len(body) > PART_BYTES and last - first > 1:
            yield from _bodies(make, first, last, (last - first + 1) // 2)
        else:
            yield body


def received(body: bytes, series_list: SeriesList) -> tuple[Columns, Sketches]:
    """A body's points, and its distributions as sketches, their values among the points too; numbered as the store has them.

    Raises msgspec's errors or ValueError where it is no such body.
    """
    part = msgspec.msgpack.decode(body, type=Part)
    sent, sketches = unpack(part.columns), unpack_sketches(part.sketches)
    for places in (sent.series, sketches.group):
        if len(places) and not 0 <= np.min(places) <= np.max(places) < len(part.series):
            raise ValueError("a point belongs to no series of the body")
    if any(part.series[place].type != "distribution" for place in np.unique(sketches.group).tolist()):
        raise ValueError("a sketch belongs to no distribution")
    forms = [
        (submitted.metric, submitted.host, submitted.type, submitted.interval, submitted.tags)
        for submitted in part.series
    ]
    numbers = series_list.numbers(forms)
    series = numbers[sent.series] if len(sent) else sent.series
    keep = (series != NO_SERIES) & (sent.ts >= 0) & (sent.ts < LATEST_TS) & np.isfinite(sent.value)
    distributions = [
        number
        for number, timeseries in zip(numbers.tolist(), part.series, strict=True)
        if timeseries.type == "distribution"
    ]
    points, values = apart(Columns(series[keep], sent.ts[keep], sent.value[keep]), distributions)
    return points, concatenated([values, _numbered(sketches, numbers)]) if len(sketches) else values


def _numbered(sketches: Sketches, numbers: Ints) -> Sketches:
    """Those that can be kept, one a series and second."""
    series = numbers[sketches.group]
    counted = np.isfinite(sketches.sum) & np.isfinite(sketches.min) & np.isfinite(sketches.max) & (sketches.count > 0)
    keep = (
        counted & np.isfinite(sketches.count) & (series != NO_SERIES) & (sketches.ts >= 0) & (sketches.ts < LATEST_TS)
    )
    selected = sketches.where(keep)
    return selected.merged(series[keep], selected.ts)
