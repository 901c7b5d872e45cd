"""What is exported of a real account: its API has no raw points, so that each is rolled up to some seconds: averages of gauges, sums of counts. The
tags of a metric's series are those that its keys tell; of a distribution there are averages."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from doghouse.exporting.house import PAGE, paged
from doghouse.importing.account.pages import pages
from doghouse.importing.account.requesting import Requester
from doghouse.logs.model import Log
from doghouse.metrics.distributions.sketches import no_sketches
from doghouse.metrics.memory import Recorded
from doghouse.metrics.model import Columns, MetricType, Series, columns_of
from doghouse.tags.pairs import split_host
from doghouse.time.lengths import DAY

NO_VALUE = ":N/A"  # of a key that a series has not (recorded)
COUNTED = ("count", "rate")


class OfAccount:
    """An account, as a House. `resolution` is the seconds of a point."""

    def __init__(self, requester: Requester, resolution: int) -> None:
        self._requester, self._resolution = requester, resolution
        self._asked: dict[str, tuple[str, MetricType]] = {}

    def metrics(self, start: int) -> list[str]:
        """See House. Raises AccountError."""
        return sorted(self._requester.metrics(start))

    def days(self, metric: str, start: int, end: int) -> Collection[int]:
        """See House: all, since an account is asked for points alone."""
        return range(start // DAY * DAY, end, DAY)

    def points(self, metric: str, start: int, end: int) -> Recorded:
        """See House. Raises AccountError."""
        text, kind = self._query(metric)
        series: list[Series] = []
        parts = []
        for page in pages(text, start, end, self._resolution):
            (answered,) = self._requester.series([page])
            for timeseries in answered:
                host, own = split_host([tag for tag in timeseries.tags if not tag.endswith(NO_VALUE)])
                parts.append((len(series), timeseries.times, timeseries.values))
                series.append(Series(len(series), metric, kind, self._resolution * (kind == "count"), host, own))
        columns = columns_of(parts)
        inside = (columns.ts >= start) & (columns.ts < end)
        picked = Columns(columns.series[inside], columns.ts[inside], columns.value[inside])
        return Recorded(series, picked, no_sketches())

    def logs(self, start: int, end: int) -> Iterator[Log]:
        """See House. Raises AccountError."""
        return paged(lambda after: self._requester.found_logs(start, end, after, PAGE), start, end)

    def _query(self, metric: str) -> tuple[str, MetricType]:
        """What is asked for a metric's series, and the type of what is answered."""
        if metric not in self._asked:
            keys = ",".join(self._requester.tag_keys(metric))
            counted = self._requester.metric_type(metric) in COUNTED
            how = f"sum:{metric}{{*}}", ".as_count()", "sum"
            space, modifier, time = how if counted else (f"avg:{metric}{{*}}", "", "avg")
            by = f" by {{{keys}}}" if keys else ""
            text = f"{space}{by}{modifier}.rollup({time}, {self._resolution})"
            self._asked[metric] = text, "count" if counted else "gauge"
        return self._asked[metric]
