"""History on its way out of the store: what `doghouse export` asks for, metric by metric, in stretches of time."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
from msgspec.structs import replace

from doghouse.metrics.distributions.sketches import no_sketches
from doghouse.metrics.door import MetricStore
from doghouse.metrics.intake.importing import CONTENT_TYPE, Part
from doghouse.metrics.memory import Recorded
from doghouse.metrics.model import Columns, Rollup
from doghouse.metrics.packing import pack, pack_sketches, unpack, unpack_sketches
from doghouse.time.lengths import DAY
from doghouse.web.http import Call, Reply

LONGEST_S = DAY  # that one answer covers


def days(store: MetricStore, metric: str, start: int, end: int) -> list[int]:
    """The UTC days, by their first second, on which a metric has points with start <= ts < end (s UTC)."""
    series = store.find(metric)
    times = [
        store.read(np.array([timeseries.id for timeseries in series], np.int64), start, end, Rollup(DAY, "count")).ts
    ]
    if len(spread := np.array([timeseries.id for timeseries in series if timeseries.type == "distribution"], np.int64)):
        times.append(store.read_sketches(spread, np.zeros_like(spread), start, end, DAY).ts)
    return [int(day) for day in np.unique(np.concatenate(times))]


def points(store: MetricStore, metric: str, start: int, end: int) -> Recorded:
    """The points of a metric with start <= ts < end (s UTC), its sketches, one a second, and its series with their effective tags."""
    by_id = {
        timeseries.id: timeseries for timeseries in sorted(store.find(metric), key=lambda timeseries: timeseries.id)
    }
    columns = store.read(np.array(list(by_id), np.int64), start, end)
    spread = np.array([timeseries.id for timeseries in by_id.values() if timeseries.type == "distribution"], np.int64)
    sketches = store.read_sketches(spread, spread, start, end, 1) if len(spread) else no_sketches()
    there = np.unique(np.concatenate([columns.series, sketches.group]))
    return Recorded(
        [by_id[number] for number in there.tolist()],
        Columns(np.searchsorted(there, columns.series), columns.ts, columns.value),
        replace(sketches, group=np.searchsorted(there, sketches.group)),
    )


def export(store: MetricStore) -> Callable[[Call], Reply]:
    """A handler for `GET /doghouse/export?metric=…&from=…&to=…`, which answers a `Part`."""

    def answer(call: Call) -> Reply:
        start = call.seconds("from")
        end = min(call.seconds("to"), start + LONGEST_S)
        series, columns, sketches = points(store, call.query.get("metric", ""), start, end)
        part = Part(list(series), pack(columns), pack_sketches(sketches))
        return Reply(msgspec.msgpack.encode(part), content_type=CONTENT_TYPE)

    return answer


def export_days(store: MetricStore) -> Callable[[Call], Reply]:
    """A handler for `GET /doghouse/export/days?metric=…&from=…&to=…`, which answers the `days`."""

    def answer(call: Call) -> Reply:
        metric = call.query.get("metric", "")
        return Reply({"days": days(store, metric, call.seconds("from"), call.seconds("to"))})

    return answer


def answered(body: bytes) -> Recorded:
    """What such an answer holds. Raises msgspec's errors, ValueError."""
    part = msgspec.msgpack.decode(body, type=Part)
    return Recorded(part.series, unpack(part.columns), unpack_sketches(part.sketches))
