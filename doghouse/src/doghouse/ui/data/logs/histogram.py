"""Logs over time by status: how many there are in each of some buckets."""

from __future__ import annotations

from typing import Any

import numpy as np

from doghouse.logs.statuses import SYSLOG
from doghouse.logs.store.reading import weights
from doghouse.search.records import Selected
from doghouse.ui.frame import Frame

MOST_BUCKETS = 100
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
ORDER = (*SYSLOG, "ok")  # the worst first


def interval(span: int) -> int:
    """How long a bucket is (s), for so many of a frame of `span` s that they can be told apart."""
    days = -(-span // (MOST_BUCKETS * 86400))
    return next((step for step in STEPS_S if span <= MOST_BUCKETS * step), days * 86400)


def histogram(selected: Selected, shown: Frame) -> dict[str, Any]:
    """The counts of each status, bucket by bucket, of logs that were selected with it.

    The buckets begin at multiples of their length since 1970; `start` is that of the first (s UTC).
    """
    length = interval(shown.span)
    start = shown.start // length * length
    count = -(-(shown.end - start) // length)
    status = selected.columns["status"]
    buckets = (selected.times[status.rows] // 1000 - start) // length
    counts = np.zeros((len(status.values), count), np.int64)
    np.add.at(counts, (status.codes, buckets), weights(selected)[status.rows])
    by_status = {str(value): counts[code].tolist() for code, value in enumerate(status.values)}
    place = {word: at for at, word in enumerate(ORDER)}
    names = sorted(by_status, key=lambda name: (place.get(name, len(place)), name))
    return {
        "start": start,
        "interval": length,
        "statuses": [{"status": name, "counts": by_status[name]} for name in names],
    }
