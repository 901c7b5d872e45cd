"""The door to the points: what a store of them can be asked, whatever it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from doghouse.metrics.model import Columns, Ints, Rollup, Sent, Series, Source

if TYPE_CHECKING:
    from doghouse.metrics.distributions.sketches import Sketches


@runtime_checkable
class SketchSource(Source, Protocol):
    """A source that also has distributions. Percentiles are taken over every value in time and space, so that it merges before it answers."""

    def read_sketches(self, ids: Ints, groups: Ints, start: int, end: int, interval: int) -> Sketches:
        """What series `ids[i]` holds with start <= ts < end (s), added up by `groups[i]` and bucket of `interval` seconds aligned to 1970 UTC.

        A series that is in several groups stands in `ids` several times. In the answer `group` is the group's number and `ts` the bucket's start.
        """


class Full(Exception):
    """More points are on their way to the disk than the store holds: try again later."""


class Points(Protocol):
    """Append points and read them."""

    def append(self, columns: Columns, patience: float = 0) -> None:
        """Take points of series that have numbers: on disk when this returns. `patience` (s) is how long to wait for room. Raises Full and OSError."""

    def append_sketches(self, sketches: Sketches) -> None:
        """Take distributions, their groups being numbers of series: on disk when this returns. Sketches of one second add up (GUESS)."""

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        """See `Source.read`."""

    def read_sketches(self, ids: Ints, groups: Ints, start: int, end: int, interval: int) -> Sketches:
        """See `SketchSource.read_sketches`."""


class SeriesList(Protocol):
    """Find series, and give numbers to new ones."""

    def numbers(self, sent: Sequence[Sent]) -> Ints:
        """The number of each series as it was sent; a new one gets its number now. NO_SERIES: its name cannot be kept."""

    def metrics(self, since: float | None = None) -> list[str]:
        """The name of every metric; with `since` (s UTC) of those that have a point at or after it."""

    def find(self, metric: str) -> Sequence[Series]:
        """Every series of a metric, with its effective tags."""

    def of_metric(self, metric: str) -> Sequence[Series]:
        """Every series of a metric, as submitted."""

    def hosts(self) -> dict[str, int]:
        """Each host that has points, and the second of its newest one (UTC)."""


class MetricStore(Points, SeriesList, Protocol):
    """Both: a `SketchSource` for queries among other things."""
