"""Downtimes: a week's calendar, and every one of them with when it holds next."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from doghouse import downtimes as dt
from doghouse.downtimes.record import Record
from doghouse.downtimes.store import DowntimeStore
from doghouse.monitors.store import MonitorStore
from doghouse.ui import rendering
from doghouse.ui.data.monitor_history import name
from doghouse.web.errors import ApiError
from doghouse.web.http import Call, Reply

ORDER = ("active", "scheduled", "ended", "canceled")
LONGEST_S = 32 * 86400


@dataclass(frozen=True, slots=True)
class Downtimes:
    """The page over its stores."""

    store: DowntimeStore
    monitors: MonitorStore

    def show(self, call: Call) -> Reply:
        """`GET /monitors/downtimes`."""
        rows = sorted(
            (self._row(record, call.now) for record in self.store.all()),
            key=lambda row: (ORDER.index(row["status"]), row["name"].lower()),
        )
        return rendering.render("downtimes.html", call, rows=rows, data={"now": call.now})

    def stretches(self, call: Call) -> Reply:
        """`GET /ui/data/downtimes?from=…&to=…` (s UTC): when each holds in between."""
        start, end = call.number("from", 0), call.number("to", 0)
        if not 0 < end - start <= LONGEST_S:
            raise ApiError(400, f"'from' should be before 'to', by at most {LONGEST_S // 86400} days")
        blocks = []
        for record in self.store.all():
            downtime = self.store.downtime(record)
            stretches = [
                stretch for stretch in dt.stretches(downtime, start, end) if stretch.end > start and stretch.start < end
            ]
            for stretch in stretches:
                blocks.append(
                    {
                        "id": record.id,
                        "name": name(downtime),
                        "scope": downtime.scope,
                        "from": max(stretch.start, start),
                        "to": min(stretch.end, end),
                        "canceled": record.canceled is not None,
                    }
                )
        return Reply(blocks)

    def cancel(self, call: Call) -> Reply:
        """`POST /ui/data/downtimes/{id}/cancel`."""
        record = self.store.get(call.params["id"])
        if record is None:
            raise ApiError(404, f"there is no downtime {call.params['id']}")
        self.store.cancel(record, call.now)
        return Reply({"canceled": record.id})

    def _row(self, record: Record, now: float) -> dict[str, Any]:
        downtime = self.store.downtime(record)
        stretch = dt.current(downtime, now)
        monitor = self.monitors.get(downtime.monitor_id) if downtime.monitor_id is not None else None
        return {
            "id": record.id,
            "name": name(downtime),
            "status": dt.status(downtime, now),
            "scope": downtime.scope,
            "monitor_id": downtime.monitor_id,
            "monitor": monitor.document["name"] if monitor else None,
            "tags": [tag for tag in downtime.monitor_tags or () if tag != "*"],
            "rules": _rules(downtime),
            "timezone": downtime.schedule.timezone if isinstance(downtime.schedule, dt.Recurring) else "",
            "start": stretch.start if stretch else None,
            "end": None if stretch is None or math.isinf(stretch.end) else stretch.end,
        }


def _rules(downtime: dt.Downtime) -> list[str]:
    """A recurring downtime's recurrences, as they were given."""
    if not isinstance(downtime.schedule, dt.Recurring):
        return []
    return [
        f"{recurrence.rrule} from {recurrence.start:%Y-%m-%d %H:%M} for {_duration(recurrence.duration)}"
        for recurrence in downtime.schedule.recurrences
    ]


def _duration(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours} h" if not rest else f"{seconds // 60} min"
