"""Windows that several monitors look at, worked out once: those of one query differ in thresholds, messages and downtimes, not in values."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Sequence

import numpy as np

from doghouse.metrics.model import Ints
from doghouse.monitors.model import Options
from doghouse.monitors.windows.columns import GroupColumn
from doghouse.queries import MonitorQuery

NO_TICKS = np.empty(0, np.int64)


class LastColumns:
    """Keeps the columns that were asked for last: monitors with the same windows follow each other."""

    def __init__(self) -> None:
        self._key: Hashable = None
        self._source: object = None
        self._ticks: Ints = NO_TICKS
        self._columns: Sequence[GroupColumn] = ()

    def __call__(
        self, key: Hashable, source: object, ticks: Ints, make: Callable[[], Iterable[GroupColumn]]
    ) -> Iterable[GroupColumn]:
        """The columns of what `key` stands for (None: they are not kept) over this source at these ticks; `make` works them out. They are never written to."""
        if key is None:
            return make()
        if key != self._key or source is not self._source or not np.array_equal(ticks, self._ticks):
            self._key, self._columns = None, ()
            self._columns = list(make())
            self._key, self._source, self._ticks = key, source, ticks
        return self._columns

    def forget(self) -> None:
        """Keep nothing: what reads through it refers to itself, and goes only when Python looks for such circles."""
        self._key, self._source, self._columns = None, None, ()


class OfOneMonitor(LastColumns):
    """Keeps the columns of one monitor, whatever its windows depend on: for who looks at them twice."""

    def __call__(
        self, key: Hashable, source: object, ticks: Ints, make: Callable[[], Iterable[GroupColumn]]
    ) -> Iterable[GroupColumn]:
        """See LastColumns."""
        return super().__call__(key or "its own", source, ticks, make)


def windows_key(query: MonitorQuery, options: Options) -> Hashable:
    """A query without what it is compared to, and the options that windows depend on."""
    recovers = options.threshold_windows.recovery_window if options.threshold_windows else None
    schedule = json.dumps(options.scheduling_options, sort_keys=True, default=str)
    looked_at = (query.aggregator, query.window, query.change, query.expression)
    return (*looked_at, options.evaluation_delay or 0, bool(options.require_full_window), recovers, schedule)
