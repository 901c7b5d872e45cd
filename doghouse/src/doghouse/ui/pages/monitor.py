"""A monitor's page: its graph and thresholds, what each group was and who was told, what other thresholds would have done, its messages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.backtest.sources import points_of
from doghouse.dashboards import board
from doghouse.dashboards.widget_requests import Line, Request
from doghouse.downtimes.store import DowntimeStore
from doghouse.hosts.store import HostStore
from doghouse.live.sources import hosts_of
from doghouse.metrics.model import Ints, Source
from doghouse.monitors.api.answers import Shown, group_name, look
from doghouse.monitors.api.routes import Monitors
from doghouse.monitors.notification_rules.store import RuleStore
from doghouse.monitors.records.windows import RecordsOf
from doghouse.monitors.store import Stored
from doghouse.notifications.store import NotificationStore
from doghouse.queries import Expression, NotEvaluated, QuerySyntaxError, expression_text
from doghouse.queries.units import Units
from doghouse.testing.recording.history import History
from doghouse.time.lengths import MINUTE
from doghouse.time.zones import is_zone
from doghouse.ui import frame, rendering
from doghouse.ui.data import message_previews, monitor_history, monitor_test
from doghouse.ui.data.row_ids import row_id
from doghouse.ui.errors import no_such_page
from doghouse.ui.frame import Frame
from doghouse.ui.simulated import SimulatedStore
from doghouse.ui.widgets import graphs
from doghouse.ui.widgets.graphs import Asked
from doghouse.web.errors import ApiError
from doghouse.web.http import Call, Reply

DEFAULT_SPAN_S = 4 * 3600
SENT_ROWS = 20
MOST_POINTS = 500  # of a line that is worked out for the page
MOST_STATES = 200  # groups listed
MUTES_S = {"1h": 3600, "4h": 14400, "1d": 86400, "": None}


@dataclass(frozen=True, slots=True)
class MonitorPage:
    """The page over its stores."""

    monitors: Monitors
    store: DowntimeStore
    points: Source
    hosts: HostStore
    notifications: NotificationStore
    simulated: SimulatedStore
    units: Units
    rules: RuleStore
    records: RecordsOf

    def show(self, call: Call) -> Reply:
        """`GET /monitors/{id}`."""
        stored = self.stored(call)
        shown = self.look(stored, call.now)
        monitor = stored.definition
        seen = frame.from_url(call.query, call.now, DEFAULT_SPAN_S)
        groups = message_previews.groups_of(monitor, shown.states)
        rows = state_rows(shown)
        sent = self.notifications.find(monitor_id=stored.document["id"], limit=SENT_ROWS, newest_first=True)
        data = {
            "id": stored.document["id"],
            "thresholds": monitor_history.thresholds(monitor),
            "query": query_text(monitor),
        }
        return rendering.framed(
            "monitor.html",
            call,
            seen,
            monitor=stored.document,
            state=stored.overall,
            muted=shown.muted,
            holds=shown.holds,
            states=rows[:MOST_STATES],
            more_states=max(0, len(rows) - MOST_STATES),
            groups=[message_previews.label(group) for group in groups],
            problem="" if data["query"] else unevaluated(monitor),
            remarks=list(monitor.remarks(self.sources, seen.start, seen.end)),
            slo=monitor.slo,
            sent=sent,
            called={
                notification.silenced_by: monitor_history.called(self.store, notification.silenced_by)
                for notification in sent
                if notification.silenced_by
            },
            data=data,
        )

    def data(self, call: Call) -> Reply:
        """`GET /ui/data/monitor/{id}?from_ts…&critical=…&timezone=…`: graph, states, figures; thresholds in the query replace the monitor's own."""
        stored = self.stored(call)
        seen = frame.from_url(call.query, call.now, DEFAULT_SPAN_S)
        wanted = {name: _number(call.query[name], name) for name in monitor_history.THRESHOLDS if call.query.get(name)}
        monitor = stored.definition
        tried = monitor.with_thresholds(wanted) if wanted else monitor
        downtimes, hosts = self.downtimes(stored, seen), hosts_of(self.hosts)
        replayed = monitor_history.replay(tried, self.sources, seen, downtimes, hosts, self.rules.rules())
        timezone = known_zone(call.query.get("timezone", "UTC"))
        made: dict[str, Any] = {"from": seen.start, "to": seen.end, "live": seen.live, "now": call.now}
        made["graph"] = self.graph(monitor, seen)
        made["replay"] = monitor_history.document(replayed.test, timezone) if replayed.test else None
        made["problem"] = replayed.problem
        return Reply(made)

    @property
    def sources(self) -> mon.Sources:
        """What a replay of a monitor reads: points, SLOs over them, logs and spans."""
        return mon.Sources(points_of(self.points), objectives=self.monitors.objectives, records=self.records)

    def graph(self, monitor: mon.Definition, seen: Frame) -> dict[str, Any] | None:
        """The monitor's query as a graph; of one that looks at records, what its windows are worth."""
        if (expression := graphed(monitor)) is not None:
            widget = board.graph("monitor", Request((Line(expression_text(expression)),)))
            return graphs.graph(widget, self.points, self.simulated, Asked(seen, {}, units=self.units))
        try:
            worked_out = monitor.lines(self.sources, ticks(monitor, seen))
        except (NotEvaluated, QuerySyntaxError, mon.MonitorError, ApiError):
            return None
        return (
            None
            if worked_out is None
            else graphs.of_lines(monitor.query, worked_out, seen, "nothing matches in this range")
        )

    def previews(self, call: Call) -> Reply:
        """`GET /ui/data/monitor/{id}/previews?group=0`: every message, for one of the groups that the page lists."""
        stored = self.stored(call)
        states = self.monitors.store.states(stored.document["id"])
        monitor = stored.definition
        groups = message_previews.groups_of(monitor, states)
        group = groups[min(call.number("group", 0), len(groups) - 1)]
        hosts, rules = hosts_of(self.hosts), self.rules.rules()
        return Reply(message_previews.previews(monitor, states, group, hosts, rules, int(call.now)))

    def as_test(self, call: Call) -> Reply:
        """`GET /ui/data/monitor/{id}/test?from_ts…`: what the monitor did in the range, as a unit test to be saved."""
        stored = self.stored(call)
        seen = frame.from_url(call.query, call.now, DEFAULT_SPAN_S)
        start, end = (int(one) // MINUTE * MINUTE for one in (seen.start, min(seen.end, call.now)))
        others = {number: self.monitors.store.get(number) for number in stored.definition.members}
        members = {number: one.definition for number, one in others.items() if one}
        quiet = [one for one in self.downtimes(stored, seen) if dt.stretches(one, start, end)]
        hosts, rules = hosts_of(self.hosts), self.rules.rules()
        history = History(stored.definition, points_of(self.points), start, end, members, quiet, hosts, rules)
        return monitor_test.saved(call, history, [msgspec.to_builtins(one.attributes) for one in self.rules.all()])

    def mute(self, call: Call) -> Reply:
        """`POST /ui/data/monitor/{id}/mute` with `{"for": "1h"}`: a downtime of this monitor; `{"for": null}` ends what is active, but no schedule."""
        stored = self.stored(call)
        monitor_id = int(stored.document["id"])
        length = call.object().get("for")
        if length is None:
            self.unmute(monitor_id, call.now)
        elif isinstance(length, str) and length in MUTES_S:
            seconds = MUTES_S[length]
            self.monitors.downtimes.mute(monitor_id, "*", None if seconds is None else call.now + seconds, call.now)
        else:
            raise ApiError(400, f"'for' is one of {', '.join(filter(None, MUTES_S))}, empty or null, not '{length}'")
        return Reply({"muted": length is not None})

    def unmute(self, monitor_id: int, now: float) -> None:
        """Cancel the monitor's own downtimes that are active; those that recur are schedules, and stay."""
        for record in self.store.targeting(monitor_id):
            downtime = self.store.downtime(record)
            if isinstance(downtime.schedule, dt.OneTime) and dt.status(downtime, now) == "active":
                self.store.cancel(record, now)

    def stored(self, call: Call) -> Stored:
        """The monitor. Raises ApiError 404 where there is none."""
        number = row_id(str(call.params["id"]))
        stored = None if number is None else self.monitors.store.get(number)
        if stored is None:
            raise no_such_page(f"for monitor {call.params['id']}")
        return stored

    def look(self, stored: Stored, now: float) -> Shown:
        """A monitor with its groups and downtimes."""
        return look(stored, self.monitors.store.states(stored.document["id"]), self.monitors.downtimes.holding(now))

    def downtimes(self, stored: Stored, seen: Frame) -> Sequence[dt.Downtime]:
        """The downtimes that may hold this monitor from the frame's start on."""
        document = stored.document
        return self.store.live(document["id"], document["tags"], seen.start)


def state_rows(shown: Shown) -> list[dict[str, Any]]:
    """Each group as it is now, those that need somebody first."""
    rows = [
        {
            "group": group_name(group, "whole monitor"),
            "state": state.status.label,
            "since": state.since,
            "value": graphs.number(state.value),
            "muted": any(group in hold.groups for hold in shown.holds),
            "severity": -int(state.status),
        }
        for group, state in shown.states.items()
    ]
    return sorted(rows, key=lambda row: (row["severity"], row["group"]))


def query_text(monitor: mon.Definition) -> str:
    """What a graph of the monitor shows, as a query; empty where there is none."""
    if (expression := graphed(monitor)) is not None:
        return expression_text(expression)
    return monitor.query if monitor.record_word else ""


def graphed(monitor: mon.Definition) -> Expression | None:
    """What a graph of the monitor shows, where it looks at points."""
    try:
        return monitor.graphed
    except (NotEvaluated, QuerySyntaxError):
        return None


def ticks(monitor: mon.Definition, seen: Frame) -> Ints:
    """When a graph tells what the monitor's windows are worth (s UTC): at its own ticks, at most MOST_POINTS of them."""
    every = max(monitor.every, -(-seen.span // (MOST_POINTS * MINUTE)) * MINUTE)
    return np.arange(seen.start // every + 1, seen.end // every + 1, dtype=np.int64) * every


def unevaluated(monitor: mon.Definition) -> str:
    """Why the page has no graph; empty where it has one."""
    try:
        graphed = monitor.graphed
    except (NotEvaluated, QuerySyntaxError) as error:
        return str(error)
    return "" if graphed else f"A {monitor.type} monitor has no metric query. The states of its groups are shown below."


def known_zone(name: str) -> str:
    """The viewer's time zone, by which nights are told from days; UTC where this machine does not know it."""
    return name if is_zone(name) else "UTC"


def _number(text: str, name: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ApiError(400, f"'{name}' should be a number, not '{text}'")
    return number
