"""A monitor's page: its graph and thresholds, what each group was and who was told, what other thresholds would have done, its messages."""

from __future__ import annotations

import math
from typing import Any

from msgspec import Struct

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.live.sources import hosts_of
from doghouse.monitors.api.access import Monitors
from doghouse.monitors.api.answers import Shown, group_name
from doghouse.monitors.api.document import written
from doghouse.notifications.store import NotificationStore
from doghouse.numbers import decimal
from doghouse.queries import NotEvaluated, QuerySyntaxError
from doghouse.queries.quantities import unit_of_window
from doghouse.time.zones import is_zone
from doghouse.ui import frame, rendering
from doghouse.ui.data import message_previews, monitor_history, monitor_test
from doghouse.ui.data.replays import Replays, query_text
from doghouse.ui.widgets import graphs
from doghouse.web.errors import ApiError
from doghouse.web.http import Call, Reply

DEFAULT_SPAN_S = 4 * 3600
SENT_ROWS = 20
MOST_STATES = 200  # groups listed
WHOLE = "whole monitor"  # what the one group of a simple alert is called
MUTES_S = {"1h": 3600, "4h": 14400, "1d": 86400, "": None}


class MonitorPage(Struct, frozen=True):
    """The page over its stores."""

    replays: Replays
    notifications: NotificationStore

    @property
    def monitors(self) -> Monitors:
        """The monitors' stores."""
        return self.replays.monitors

    def show(self, call: Call) -> Reply:
        """`GET /monitors/{id}`."""
        stored = self.replays.stored(str(call.params["id"]))
        shown = self.monitors.shown(stored, call.now)
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
            unit=unit_of_window(monitor.asked, self.replays.units),
            more_states=max(0, len(rows) - MOST_STATES),
            groups=[group_name(group, WHOLE) for group in groups],
            problem="" if data["query"] else unevaluated(monitor),
            lacks=stored.definition.why_unevaluated(),
            remarks=self.replays.remarks(monitor, seen),
            slo=monitor.slo,
            sent=sent,
            called={
                notification.silenced_by: monitor_history.called(self.replays.downtimes, notification.silenced_by)
                for notification in sent
                if notification.silenced_by
            },
            data=data,
        )

    def data(self, call: Call) -> Reply:
        """`GET /ui/data/monitor/{id}?from_ts…&critical=…&timezone=…`: graph, states, figures; thresholds in the query replace the monitor's own."""
        stored = self.replays.stored(str(call.params["id"]))
        seen = frame.from_url(call.query, call.now, DEFAULT_SPAN_S)
        thresholds = {
            name: _number(call.query[name], name) for name in monitor_history.THRESHOLDS if call.query.get(name)
        }
        monitor = stored.definition
        tried = monitor.with_thresholds(thresholds) if thresholds else monitor
        timezone = known_zone(call.query.get("timezone", "UTC"))
        answer = self.replays.answer(tried, seen, self.replays.quiet(monitor, seen), timezone, call.now)
        return Reply(answer | {"refused": self.refused(tried) if thresholds else ""})

    def refused(self, tried: mon.Definition) -> str:
        """Why Datadog would not take the monitor with these thresholds; empty where it would."""
        try:
            self.monitors.checked(written(tried.document))
        except ApiError as error:
            return error.text
        return ""

    def previews(self, call: Call) -> Reply:
        """`GET /ui/data/monitor/{id}/previews?group=0`: every message, for one of the groups that the page lists."""
        stored = self.replays.stored(str(call.params["id"]))
        states = self.monitors.store.states(stored.document["id"])
        monitor = stored.definition
        groups = message_previews.groups_of(monitor, states)
        group = groups[min(call.number("group", 0), len(groups) - 1)]
        hosts, rules = hosts_of(self.replays.hosts), self.replays.rules.rules()
        return Reply(message_previews.previews(monitor, states, group, hosts, rules, int(call.now)))

    def as_test(self, call: Call) -> Reply:
        """`GET /ui/data/monitor/{id}/test?from_ts…`: what the monitor did in the range, as a unit test to be saved."""
        stored = self.replays.stored(str(call.params["id"]))
        seen = frame.from_url(call.query, call.now, DEFAULT_SPAN_S)
        quiet = self.replays.quiet(stored.definition, seen)
        history = self.replays.history(stored.definition, seen, quiet, call.now)
        return monitor_test.saved(call, history, self.replays.sent_rules())

    def mute(self, call: Call) -> Reply:
        """`POST /ui/data/monitor/{id}/mute` with `{"for": "1h"}`: a downtime of this monitor; `{"for": null}` ends what is active, but no schedule."""
        stored = self.replays.stored(str(call.params["id"]))
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
        for record in self.replays.downtimes.targeting(monitor_id):
            downtime = self.replays.downtimes.downtime(record)
            if isinstance(downtime.schedule, dt.OneTime) and dt.status(downtime, now) == "active":
                self.replays.downtimes.cancel(record, now)


def state_rows(shown: Shown) -> list[dict[str, Any]]:
    """Each group as it is now, those that need somebody first."""
    rows = [
        {
            "group": group_name(group, WHOLE),
            "state": state.status.label,
            "since": state.since,
            "value": graphs.number(state.value),
            "muted": any(group in hold.groups for hold in shown.holds),
            "severity": -int(state.status),
        }
        for group, state in shown.states.items()
    ]
    return sorted(rows, key=lambda row: (row["severity"], row["group"]))


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
        number = decimal(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ApiError(400, f"'{name}' should be a number, not '{text}'")
    return number
