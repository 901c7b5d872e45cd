"""A monitor over a page's range: its graph, and what it would have sent, over this doghouse's history or over a file of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.backtest.sources import points_of, sources_of
from doghouse.dashboards import board
from doghouse.dashboards.widget_requests import Line, Request
from doghouse.downtimes.store import DowntimeStore
from doghouse.hosts.store import HostStore
from doghouse.live.sources import hosts_of
from doghouse.metrics.model import Ints, Source
from doghouse.monitors.api.access import Monitors
from doghouse.monitors.notification_rules.store import RuleStore
from doghouse.monitors.records.windows import RecordsOf
from doghouse.monitors.store import Stored
from doghouse.monitors.windows.sharing import OfOneMonitor
from doghouse.numbers import key
from doghouse.queries import Expression, MonitorQuery, NotEvaluated, QuerySyntaxError, expression_text, function_names
from doghouse.queries.quantities import unit_of_window
from doghouse.queries.units import Units
from doghouse.testing.recording.history import History
from doghouse.time.lengths import MINUTE
from doghouse.ui.data import monitor_history
from doghouse.ui.errors import no_such_page
from doghouse.ui.frame import Frame
from doghouse.ui.simulated import SimulatedStore
from doghouse.ui.widgets import graphs, lines
from doghouse.ui.widgets.graphs import WidgetView
from doghouse.web.errors import ApiError, present

MOST_POINTS = 500  # of a line that is worked out for the page


class Replays(Struct, frozen=True):
    """What monitors are replayed over. `points` and `records` may be a file's; everything else is this doghouse's."""

    monitors: Monitors
    downtimes: DowntimeStore
    points: Source
    hosts: HostStore
    rules: RuleStore
    records: RecordsOf
    simulated: SimulatedStore
    units: Units

    def stored(self, monitor_id: str) -> Stored:
        """The monitor of an id in an address. Raises ApiError 404."""
        return present(self.monitors.store.get(key(monitor_id)), no_such_page(f"for monitor {monitor_id}"))

    def answer(
        self, monitor: mon.Definition, seen: Frame, quiet: Sequence[dt.Downtime], timezone: str, now: float
    ) -> dict[str, Any]:
        """The graph, states and figures of a monitor, for js/parts/replay.mjs; `problem` where they cannot be told. `timezone`: whose nights are counted."""
        sources = None
        try:
            sources = replace(self.sources(monitor, seen), shared=OfOneMonitor())
        except mon.MonitorError as error:
            replayed = monitor_history.Replayed(None, str(error))
        else:
            hosts, rules = hosts_of(self.hosts), self.rules.rules()
            replayed = monitor_history.replay(monitor, sources, seen, quiet, hosts, rules)
        graph = self.graph(monitor, seen, sources if replayed.test else None)
        answer = self.nothing(seen, now, replayed.problem) | {"graph": graph}
        if replayed.test is None:
            return answer
        unit = unit_of_window(monitor.asked, self.units)
        return answer | {"replay": monitor_history.document(replayed.test, timezone) | {"unit": unit}}

    def nothing(self, seen: Frame, now: float, problem: str) -> dict[str, Any]:
        """An answer without a graph and figures, and why."""
        return seen.document | {"now": now, "graph": None, "replay": None, "problem": problem}

    def sources(self, monitor: mon.Definition, seen: Frame) -> mon.Sources:
        """What a replay reads: points, runs of checks that are points, SLOs, logs, spans, a composite's members. Raises MonitorError where one is missing."""
        points, members = points_of(self.points), self.members(monitor)
        sources = sources_of(monitor, points, members, seen.start, seen.end, records=self.records)
        return replace(sources, objectives=self.monitors.objectives)

    def members(self, monitor: mon.Definition) -> dict[int, mon.Definition]:
        """The monitors that a composite is made of, by id, as far as they are there."""
        stored = {number: self.monitors.store.get(number) for number in monitor.members}
        return {number: member.definition for number, member in stored.items() if member}

    def remarks(self, monitor: mon.Definition, seen: Frame) -> list[str]:
        """What a person should know of the replay."""
        try:
            return list(monitor.remarks(self.sources(monitor, seen), seen.start, seen.end))
        except mon.MonitorError:
            return []

    def sent_rules(self) -> list[dict[str, Any]]:
        """The notification rules as the API has them."""
        return [msgspec.to_builtins(rule.attributes) for rule in self.rules.all()]

    def quiet(self, monitor: mon.Definition, seen: Frame) -> list[dt.Downtime]:
        """The downtimes that may hold a monitor from the frame's start on."""
        return self.downtimes.live(monitor.id, monitor.tags, seen.start)

    def history(self, monitor: mon.Definition, seen: Frame, quiet: Sequence[dt.Downtime], now: float) -> History:
        """The range as a unit test is made of it: whole minutes that have passed, and the downtimes that hold in them."""
        start, end = (int(instant) // MINUTE * MINUTE for instant in (seen.start, min(seen.end, now)))
        holding = [downtime for downtime in quiet if dt.stretches(downtime, start, end)]
        hosts, rules = hosts_of(self.hosts), self.rules.rules()
        return History(
            monitor, points_of(self.points), start, end, self.members(monitor), holding, hosts, rules, self.records
        )

    def graph(self, monitor: mon.Definition, seen: Frame, replayed: mon.Sources | None = None) -> dict[str, Any] | None:
        """The monitor's query as a graph, with what its windows are worth; of one that looks at records, the windows alone. `replayed` have kept these."""
        windows = self._windows(monitor, seen, replayed)
        if (expression := graphed(monitor)) is None:
            return windows
        widget = board.graph("monitor", Request((Line(expression_text(expression)),)))
        raw = graphs.graph(widget, self.points, self.simulated, WidgetView(seen, {}, units=self.units))
        raw["queries"] = lines.texts(widget.requests, {})
        return raw if windows is None else beside(raw, windows, apart=worth_apart(monitor))

    def _windows(self, monitor: mon.Definition, seen: Frame, replayed: mon.Sources | None) -> dict[str, Any] | None:
        try:
            ticks = monitor.ticks(seen.start, seen.end)
            shown = thinned(ticks, monitor.every)
            sources = replayed or self.sources(monitor, seen)
            worked_out = monitor.lines(sources, ticks if replayed else shown, shown)
        except (NotEvaluated, QuerySyntaxError, mon.MonitorError, ApiError):
            return None
        if worked_out is None:
            return None
        return graphs.of_lines(monitor.query, worked_out, seen, "nothing matches in this range")


def beside(raw: dict[str, Any], windows: dict[str, Any], *, apart: bool) -> dict[str, Any]:
    """A query's own lines, thin, beside what the monitor's windows are worth; `apart`: the own ones have an axis of their own, at the right."""
    own = [
        line | {"style": line["style"] | {"line_width": "thin", "line_type": "dotted"}, "right": apart}
        for line in raw["series"]
    ]
    unit = None if apart else next((line["unit"] for line in raw["series"]), None)
    worth = [
        line | {"label": ", ".join(filter(None, ("evaluated", line["group"]))), "name": "evaluated", "unit": unit}
        for line in windows["series"]
    ]
    return raw | {"series": [*worth, *own], "more": raw["more"] + windows["more"]}


def worth_apart(monitor: mon.Definition) -> bool:
    """Whether its windows are of another size than its points: a change, a share of points outside a band."""
    asked = monitor.asked
    return isinstance(asked, MonitorQuery) and (
        asked.change is not None or "anomalies" in function_names(asked.expression)
    )


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


def thinned(ticks: Ints, every: int) -> Ints:
    """Of a monitor's ticks (s UTC) about MOST_POINTS at most, the same ones whatever the range that they are in begins with; `every` (s) lies between two."""
    apart = -(-len(ticks) // MOST_POINTS)
    return ticks if apart < 2 else ticks[ticks // every % apart == 0]
