"""Which series there are: from what is submitted to a number, and from a metric to its series. Held in memory, kept in the journal."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import numpy as np
from msgspec.structs import replace

from doghouse.metrics.model import NO_SERIES, Ints, MetricType, Sent, Series
from doghouse.tags import naming
from doghouse.tags.pairs import split_host

Identity = tuple[str, str, tuple[str, ...]]

# What is longer is as long: a number that the journal cannot hold would hold up all others.
LONGEST_INTERVAL_S = 2**31 - 1
SENT_LIMIT = 500_000  # forms of submission remembered before the memory starts anew
TYPES: dict[str, MetricType] = {"gauge": "gauge", "rate": "rate", "count": "count", "distribution": "distribution"}


class SeriesIndex:
    """All series. A series is a metric, its host and its exact tags.

    Its type and interval are those of the newest form in which it was submitted (GUESS: they describe a series, and are no part of which one it is).
    What a client sends is remembered with its series' number, so that a series that was seen before costs one lookup and no normalising.
    """

    def __init__(self, stored: Iterable[Series] = ()) -> None:
        self._known: dict[Sent, int] = {}
        self._lock = threading.Lock()
        self._series: list[Series | None] = []
        self._numbers: dict[Identity, int] = {}
        self._of_metric: dict[str, list[int]] = {}
        self._stamps: dict[str, int] = {}
        self._fresh: dict[int, Series] = {}
        for series in stored:
            self._series.extend([None] * (series.id + 1 - len(self._series)))
            self._series[series.id] = series
            self._add(series, (series.metric, series.host, series.tags))

    def numbers(self, sent: Sequence[Sent]) -> Ints:
        """See `SeriesList.numbers`."""
        known = list(map(self._known.get, sent))
        if None in known:
            with self._lock:
                known = [
                    self._resolve(form) if number is None else number for form, number in zip(sent, known, strict=True)
                ]
        return np.array(known, np.int64)

    def _resolve(self, sent: Sent) -> int:
        metric, host, kind, interval, sent_tags = sent
        name = naming.metric_name(metric)
        number = NO_SERIES
        if name:
            seconds = min(max(0, int(interval)), LONGEST_INTERVAL_S) if interval else 0
            number = self._intern(name, host or "", TYPES.get(kind or "", "gauge"), seconds, sent_tags or ())
        if len(self._known) >= SENT_LIMIT:
            self._known.clear()
        self._known[sent] = number
        return number

    def _intern(self, name: str, host: str, kind: MetricType, interval: int, sent_tags: Sequence[str]) -> int:
        host, tags = naming.host(host), naming.tags(sent_tags)
        if not host:
            host, tags = split_host(tags)
        identity = name, host, tags
        number = self._numbers.get(identity)
        if number is None:
            number = len(self._series)
            series = self._fresh[number] = Series(number, name, kind, interval, host, tags)
            self._series.append(series)
            self._add(series, identity)
        elif (self[number].type, self[number].interval) != (kind, interval):
            self._series[number] = self._fresh[number] = replace(self[number], type=kind, interval=interval)
            self._stamps[name] += 1
        return number

    def _add(self, series: Series, identity: Identity) -> None:
        self._numbers[identity] = series.id
        self._of_metric.setdefault(series.metric, []).append(series.id)
        self._stamps[series.metric] = self._stamps.get(series.metric, 0) + 1

    def __getitem__(self, number: int) -> Series:
        series = self._series[number]
        if series is None:
            raise KeyError(number)
        return series

    def __len__(self) -> int:
        return len(self._series)

    def metrics(self) -> list[str]:
        """Every metric's name."""
        with self._lock:
            return list(self._of_metric)

    def stamp(self, metric: str) -> int:
        """Grows with each change to the series of a metric."""
        return self._stamps.get(metric, 0)

    def of_metric(self, metric: str) -> list[Series]:
        """The series of a metric, as submitted."""
        with self._lock:
            return [self[number] for number in self._of_metric.get(metric, ())]

    def take_fresh(self) -> dict[int, Series]:
        """Series that are new or changed since the last call: whoever takes them keeps them on disk."""
        with self._lock:
            fresh, self._fresh = self._fresh, {}
        return fresh

    def give_back(self, fresh: dict[int, Series]) -> None:
        """Series that could not be kept on disk after all."""
        with self._lock:
            self._fresh = {**fresh, **self._fresh}
