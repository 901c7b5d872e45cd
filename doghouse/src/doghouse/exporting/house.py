"""What is exported: the points and logs of a data folder that nobody has open, or of a doghouse that runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

import msgspec

from doghouse.exporting.points import joined
from doghouse.logs.model import Log
from doghouse.metrics.door import MetricStore
from doghouse.metrics.intake import exporting
from doghouse.metrics.memory import Recorded
from doghouse.search.tree import Everything
from doghouse.time import iso
from doghouse.time.lengths import HOUR

if TYPE_CHECKING:  # a running house needs no store here
    from doghouse.logs.store.log_store import LogStore
    from doghouse.logs.store.reading import Place

PAGE = 1000  # logs an answer
FEW = 10_000  # points of an answer, after which the next may cover twice the time
Asks = Callable[[str, str, bytes | None], bytes]  # a method, a path, a JSON body: the answer


class House(Protocol):
    """What can be exported."""

    def metrics(self, start: int) -> list[str]:
        """The metrics that have a point at or after `start` (s UTC), by name."""

    def days(self, metric: str, start: int, end: int) -> Collection[int]:
        """The UTC days, by their first second, that may have points of a metric with start <= ts < end (s UTC); it has none on others."""

    def points(self, metric: str, start: int, end: int) -> Recorded:
        """See `metrics.intake.exporting.points`."""

    def logs(self, start: int, end: int) -> Iterator[Log]:
        """The logs with start <= timestamp < end (s UTC), the oldest first."""


class Opened:
    """The stores of a data folder."""

    def __init__(self, points: MetricStore, logs: LogStore) -> None:
        self._points, self._logs = points, logs

    def metrics(self, start: int) -> list[str]:
        """See House."""
        return sorted(self._points.metrics(start))

    def days(self, metric: str, start: int, end: int) -> Collection[int]:
        """See House."""
        return exporting.days(self._points, metric, start, end)

    def points(self, metric: str, start: int, end: int) -> Recorded:
        """See House."""
        return exporting.points(self._points, metric, start, end)

    def logs(self, start: int, end: int) -> Iterator[Log]:
        """See House."""
        after: Place | None = None
        while page := self._logs.page(Everything(), start * 1000, end * 1000, PAGE, after, oldest_first=True):
            yield from (line.log for line in page)
            after = page[-1].place


class Served:
    """A doghouse that runs."""

    def __init__(self, ask: Asks) -> None:
        self._ask = ask

    def metrics(self, start: int) -> list[str]:
        """See House."""
        names: list[str] = msgspec.json.decode(self._ask("GET", f"/api/v1/metrics?from={start}", None))["metrics"]
        return sorted(names)

    def days(self, metric: str, start: int, end: int) -> Collection[int]:
        """See House."""
        form = urlencode({"metric": metric, "from": start, "to": end})
        days: list[int] = msgspec.json.decode(self._ask("GET", f"/doghouse/export/days?{form}", None))["days"]
        return days

    def points(self, metric: str, start: int, end: int) -> Recorded:
        """See House: an hour at a time, since an answer is in memory whole; more where there are few points."""
        parts: list[Recorded] = []
        length = HOUR
        while start < end:
            form = urlencode({"metric": metric, "from": start, "to": min(start + length, end)})
            parts.append(exporting.answered(self._ask("GET", f"/doghouse/export?{form}", None)))
            start += length
            is_small = len(parts[-1].columns) + len(parts[-1].sketches) < FEW
            length = min(2 * length, exporting.LONGEST_S) if is_small else HOUR
        return joined(parts)

    def logs(self, start: int, end: int) -> Iterator[Log]:
        """See House."""
        search = {"filter": {"query": "*", "from": str(start * 1000), "to": str(end * 1000)}, "sort": "timestamp"}

        def page(after: str | None) -> Any:
            body = {**search, "page": {"limit": PAGE, **({"cursor": after} if after else {})}}
            return msgspec.json.decode(self._ask("POST", "/api/v2/logs/events/search", msgspec.json.encode(body)))

        return paged(page, start, end)


def paged(page: Callable[[str | None], Any], start: int, end: int) -> Iterator[Log]:
    """The logs of all pages of a search, each asked for behind the one before, with start <= timestamp < end (s UTC)."""
    after: str | None = None
    while True:
        answer = page(after)
        logs = (_log(entry["attributes"]) for entry in answer.get("data") or ())
        yield from (log for log in logs if start <= log.timestamp < end)
        after = (answer.get("meta", {}).get("page") or {}).get("after")
        if not after:
            return


def _log(about: dict[str, Any]) -> Log:
    """A log as a search answers it."""
    return Log(
        timestamp=iso.instant(about["timestamp"]),
        message=about.get("message") or "",
        service=about.get("service"),
        host=about.get("host"),
        status=about.get("status") or "info",
        tags=tuple(about.get("tags") or ()),
        attributes=about.get("attributes") or {},
    )
