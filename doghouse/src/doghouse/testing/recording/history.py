"""The stretch of history that a test is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from doghouse.backtest.run import Backtest, replay
from doghouse.backtest.sources import Points, RecordsOf, sources_of
from doghouse.downtimes import Downtime
from doghouse.monitors import Definition, Host
from doghouse.monitors.notification_rules import Rules


class History(Struct, frozen=True):
    """A monitor, what it reads and what concerns its notifications; `start` and `end` (s UTC, whole minutes) are the stretch.

    `records` are logs, events and spans.
    """

    monitor: Definition
    points: Points
    start: int
    end: int
    members: Mapping[int, Definition]
    downtimes: Sequence[Downtime]
    hosts: Mapping[str, Host]
    rules: Rules
    records: RecordsOf | None = None

    def replayed(self, points: Points, start: int, records: RecordsOf | None = None) -> Backtest:
        """What the monitor does from `start` on, over these points and records. Raises as `replay` does."""
        sources = sources_of(self.monitor, points, self.members, start, self.end, records=records)
        return replay(self.monitor, sources, start, self.end, self.downtimes, self.hosts, self.rules)
