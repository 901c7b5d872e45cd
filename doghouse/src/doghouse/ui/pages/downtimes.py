"""Downtimes: a week's calendar, and every one of them with when it holds next."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from doghouse import downtimes as dt
from doghouse.downtimes.model import END_STATES, END_TYPES
from doghouse.downtimes.record import Record
from doghouse.downtimes.routes import added, changed
from doghouse.downtimes.store import DowntimeStore
from doghouse.monitors.store import MonitorStore
from doghouse.numbers import key
from doghouse.ui import rendering
from doghouse.ui.data.monitor_history import name
from doghouse.ui.errors import no_such_page
from doghouse.web.errors import ApiError, present
from doghouse.web.http import Call, Reply

ORDER = ("active", "scheduled", "ended", "canceled")
LONGEST_S = 32 * 86400
FARTHEST_YEARS = 20  # from now
LOOK_AHEAD_S = 366 * 86400  # in which the next periods are looked for
NEXT = 5


class DowntimeRequest(msgspec.Struct, rename={"start": "from", "end": "to"}):
    """What the page sends of a downtime that is being written: its attributes as the API has them, and the week that is shown (s UTC).

    `id` and `revision` are those of the one that was opened; none of a new one.
    """

    attributes: dict[str, Any]
    start: float = 0
    end: float = 0
    id: str = ""
    revision: int = 0


class Downtimes(Struct, frozen=True):
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

    def new(self, call: Call) -> Reply:
        """`GET /monitors/downtimes/create`; `monitor=ID` and `scope=…` begin with these."""
        identifier: dict[str, Any] = {"monitor_tags": ["*"]}
        if number := key(call.query.get("monitor", "")):
            identifier = {"monitor_id": number}
        return self.form(call, {"scope": call.query.get("scope") or "*", "monitor_identifier": identifier})

    def edit(self, call: Call) -> Reply:
        """`GET /monitors/downtimes/{id}/edit`."""
        record = self.record(call)
        return self.form(call, record.attributes, record)

    def form(self, call: Call, attributes: Mapping[str, Any], record: Record | None = None) -> Reply:
        """The page on which a downtime is written."""
        named = sorted((str(monitor.document["name"]), monitor.definition.id) for monitor in self.monitors.page())
        return rendering.render(
            "downtime.html",
            call,
            title=f"Edit {self.name(record)}" if record else "New downtime",
            monitors=named,
            states=sorted(END_STATES),
            types=sorted(END_TYPES),
            data={
                "now": call.now,
                "id": record.id if record else "",
                "revision": record.revision if record else 0,
                "attributes": attributes,
            },
        )

    def check(self, call: Call) -> Reply:
        """`POST /ui/data/downtimes/check` with attributes and a week (s UTC): what is wrong, when it holds next, and when in that week."""
        asked = call.json(DowntimeRequest)
        problems = [
            {"severity": problem.severity, "text": problem.text} for problem in dt.lint(asked.attributes, call.now)
        ]
        if any(problem["severity"] == "error" for problem in problems):
            return Reply({"problems": problems, "next": [], "week": []})
        check_week(asked.start, asked.end, call.now)
        downtime = dt.parse(asked.attributes, call.now)
        coming = dt.stretches(downtime, call.now, call.now + LOOK_AHEAD_S)[:NEXT]
        return Reply(
            {
                "problems": problems,
                "next": [
                    {"from": stretch.start, "to": None if math.isinf(stretch.end) else stretch.end}
                    for stretch in coming
                ],
                "week": blocks(downtime, "", asked.start, asked.end),
            }
        )

    def save(self, call: Call) -> Reply:
        """`POST /ui/data/downtimes/save`: keep a new one or a change. Raises ApiError 409 where it was changed since it was opened, 400 where it is refused."""
        asked = call.json(DowntimeRequest)
        if not asked.id:
            return Reply({"id": added(self.store, asked.attributes, call.now).id})
        record = self.store.get(asked.id)
        if record is None:
            raise ApiError(404, "somebody else deleted this downtime")
        if record.revision != asked.revision:
            raise ApiError(409, "somebody else changed this downtime since you opened it: open it again to see how")
        return Reply({"id": changed(self.store, record, asked.attributes, call.now).id})

    def record(self, call: Call) -> Record:
        """The downtime. Raises ApiError 404."""
        return present(self.store.get(str(call.params["id"])), no_such_page(f"for downtime {call.params['id']}"))

    def name(self, record: Record) -> str:
        """What the page calls a downtime: one of a monitor alone, without a message, after the monitor."""
        downtime = self.store.downtime(record)
        monitor = self.monitors.get(downtime.monitor_id) if downtime.monitor_id is not None else None
        if downtime.message or downtime.scope != "*" or monitor is None:
            return name(downtime)
        return f"downtime of {monitor.document['name']}"

    def stretches(self, call: Call) -> Reply:
        """`GET /ui/data/downtimes?from=…&to=…` (s UTC): when each holds in between."""
        start, end = call.number("from", 0), call.number("to", 0)
        check_week(start, end, call.now)
        rows = []
        for record in self.store.all():
            parts = blocks(self.store.downtime(record), self.name(record), start, end)
            rows += [{"id": record.id, **part, "canceled": record.canceled is not None} for part in parts]
        return Reply(rows)

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
            "name": self.name(record),
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


def check_week(start: float, end: float, now: float) -> None:
    """Raise ApiError 400 for a range that no calendar shows."""
    if not 0 < end - start <= LONGEST_S:
        raise ApiError(400, f"'from' should be before 'to', by at most {LONGEST_S // 86400} days")
    if abs(start - now) > FARTHEST_YEARS * 366 * 86400:
        raise ApiError(400, f"'from' should be at most {FARTHEST_YEARS} years from now")


def blocks(downtime: dt.Downtime, called: str, start: float, end: float) -> list[dict[str, Any]]:
    """When a downtime holds in [start, end) (s UTC), for js/parts/calendar.mjs."""
    return [
        {"name": called, "scope": downtime.scope, "from": max(stretch.start, start), "to": min(stretch.end, end)}
        for stretch in dt.stretches(downtime, start, end)
        if stretch.end > start and stretch.start < end
    ]


def _rules(downtime: dt.Downtime) -> list[str]:
    """A recurring downtime's recurrences, as they were given."""
    if not isinstance(downtime.schedule, dt.Recurring):
        return []
    return [
        f"{recurrence.rrule} from {recurrence.start:%Y-%m-%d %H:%M} for {_duration(recurrence.duration)}"
        for recurrence in downtime.schedule.recurrences
    ]


def _duration(seconds: int) -> str:
    hours, remainder = divmod(seconds, 3600)
    return f"{hours} h" if not remainder else f"{seconds // 60} min"
