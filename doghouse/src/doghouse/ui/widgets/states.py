"""Widgets that show states, not points: a monitor's graph and value, service checks, events over a graph."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from msgspec import Struct

from doghouse.dashboards.board import Widget
from doghouse.dashboards.snapshots.pictures import Marker
from doghouse.dashboards.template_variables import Selection
from doghouse.dashboards.widget_requests import Line, Request
from doghouse.hosts.checks import STATUSES, ServiceCheck, ServiceCheckStore
from doghouse.monitors.api.answers import group_name
from doghouse.monitors.definition import Definition
from doghouse.monitors.store import Stored
from doghouse.numbers import key
from doghouse.search import matching
from doghouse.tags.pairs import by_key
from doghouse.ui.data.monitor_history import thresholds
from doghouse.ui.data.replays import query_text
from doghouse.ui.frame import Frame
from doghouse.ui.pages.events import EventPage
from doghouse.ui.pages.hosts import STATES
from doghouse.ui.pages.monitor import MonitorPage
from doghouse.ui.widgets.graphs import WidgetView, number
from doghouse.web.errors import ApiError

MOST_EVENTS = 100
MOST_RANKED = 100  # groups of a monitor's graph that is a toplist
PAINTS = {"Alert": "bad", "Warn": "warn"}
TONES = {"critical": "alert", "warning": "warn", "critical_recovery": "ok", "warning_recovery": "ok"}


class Panels(Struct, frozen=True):
    """The widgets over their stores."""

    page: MonitorPage
    checks: ServiceCheckStore
    events: EventPage

    def monitor(self, widget: Widget) -> Stored | None:
        """The monitor that a widget shows; None where there is none."""
        return self.page.monitors.store.get(key(str(widget.definition.get("alert_id", ""))))

    def monitor_graph(self, widget: Widget, asked: WidgetView) -> dict[str, Any]:
        """A monitor's graph with its thresholds."""
        stored = self.monitor(widget)
        if stored is None:
            return _nothing(widget, asked, no_monitor(widget))
        monitor = stored.definition
        if widget.definition.get("viz_type") == "toplist":
            return _nothing(widget, asked) | _link(stored) | self._ranked(stored, asked)
        graph = self.page.replays.graph(monitor, asked.frame)
        if graph is None:
            return _nothing(widget, asked, no_graph(monitor)) | _link(stored)
        lines = [
            {"value": value, "tone": TONES[name], "label": name.replace("_", " ")}
            for name, value in thresholds(monitor).items()
        ]
        return _nothing(widget, asked) | _link(stored) | graph | {"id": widget.id, "markers": lines}

    def _ranked(self, stored: Stored, asked: WidgetView) -> dict[str, Any]:
        """The last value of each group of a monitor, the largest first."""
        states = self.page.monitors.shown(stored, asked.now).states
        valued = [item for item in states.items() if item[1].value is not None and math.isfinite(item[1].value)]
        valued.sort(key=lambda item: -float(item[1].value or 0))
        rows = [
            {
                "label": group_name(group, "") or stored.document["name"],
                "host": dict(group).get("host"),
                "value": state.value,
                "units": [None],
                "paints": [{"tone": PAINTS[state.status.label]} if state.status.label in PAINTS else {}],
            }
            for group, state in valued[:MOST_RANKED]
        ]
        return {"rows": rows} if rows else {"problems": ["no group of this monitor has a value yet"]}

    def monitor_picture(self, widget: Widget) -> tuple[Sequence[Request], list[Marker]]:
        """What a picture of a monitor's graph shows. Raises ApiError 404 or 400."""
        stored = self.monitor(widget)
        if stored is None:
            raise ApiError(404, no_monitor(widget))
        monitor = stored.definition
        text = query_text(monitor)
        if not text:
            raise ApiError(400, no_graph(monitor))
        limits = thresholds(monitor).items()
        return (Request((Line(text),)),), [Marker(value, name.replace("_", " "), TONES[name]) for name, value in limits]

    def monitor_value(self, widget: Widget, asked: WidgetView) -> dict[str, Any]:
        """The last value of a monitor's worst group."""
        stored = self.monitor(widget)
        if stored is None:
            return _nothing(widget, asked, no_monitor(widget))
        states = self.page.monitors.shown(stored, asked.now).states
        worst = max(states.items(), key=lambda item: (item[1].status, item[0]), default=None)
        value = {
            "value": number(worst[1].value) if worst else None,
            "group": group_name(worst[0], "") if worst else "",
            "query": query_text(stored.definition),
        }
        return _nothing(widget, asked) | _link(stored) | value

    def check_runs(self, widget: Widget, asked: WidgetView) -> dict[str, Any]:
        """The newest runs of a service check: of one group, or counted over a cluster's."""
        name = str(widget.definition.get("check", ""))
        tags = check_tags(widget.definition, asked.selected)
        runs = [check for check in self.checks.all(name) if tags <= check_own_tags(check)]
        if not runs:
            scope = f" with {', '.join(sorted(tags))}" if tags else ""
            return _nothing(widget, asked, f"no results of the check `{name}`{scope}")
        if widget.definition.get("grouping") != "cluster":
            runs = sorted(runs, key=lambda run: -run.ts)[:1]
        keys = [str(key) for key in widget.definition.get("group_by") or ()]
        counts = Counter(run.status for run in runs)
        return _nothing(widget, asked) | {
            "counts": [{**_words(status), "count": counts[status]} for status in sorted(counts)],
            "rows": [
                {"label": check_label(run, keys), **_words(run.status), "ts": run.ts, "message": run.message}
                for run in sorted(runs, key=lambda check: (-check.status, check.host))
            ],
        }

    def overlay(self, widget: Widget, shown: Frame) -> list[dict[str, Any]]:
        """The events that a timeseries lays over its lines."""
        marks: list[dict[str, Any]] = []
        for asked in widget.definition.get("events") or ():
            try:
                search = matching.tree(search_text(str(asked.get("q", ""))))
                events = list(islice(self.events.events_of(search, shown), MOST_EVENTS))
            except ApiError:
                continue  # a search in an old syntax that is not read: the graph stands without it
            marks += [{"ts": event["ts"], "title": event["title"], "tone": event["state"]} for event in events]
        return marks


def _nothing(widget: Widget, asked: WidgetView, *problems: str) -> dict[str, Any]:
    """A widget's answer before there is anything in it."""
    return {"id": widget.id, **asked.frame.document, "problems": list(problems)}


def _words(status: int) -> dict[str, str]:
    return {"status": STATUSES[status], "state": STATES[status]}


def _link(stored: Stored) -> dict[str, Any]:
    return {"monitor": stored.document["id"], "name": stored.document["name"], "state": stored.overall}


def no_monitor(widget: Widget) -> str:
    """That a widget names no monitor that there is."""
    return f"there is no monitor {widget.definition.get('alert_id', '')}"


def no_graph(monitor: Definition) -> str:
    """That monitors of this type look at no points."""
    return f"`{monitor.type}` monitors have no metric query to graph"


def search_text(query: str) -> str:
    """An overlay's query in the events' search: `tags:a,b` of older boards is `a b`, `sources:x` is `source:x`."""
    words = query.replace("sources:", "source:").split()
    return " ".join(word.removeprefix("tags:").replace(",", " ") for word in words)


def check_tags(definition: Mapping[str, Any], selected: Sequence[Selection]) -> set[str]:
    """The tags that a check's runs must have: the widget's own, its group's, and those that template variables choose."""
    texts = [str(tag) for tag in definition.get("tags") or ()]
    texts += [tag.strip() for tag in str(definition.get("group") or "").split(",")]
    chosen = {f"${choice.name}": choice for choice in selected}
    tags = set()
    for tag in texts:
        variable = chosen.get(tag)
        if variable is not None and not variable.everything:
            tags |= {f"{variable.prefix}:{value}" for value in variable.values[:1]}
        elif variable is None and tag and tag != "*" and not tag.startswith("$"):
            tags.add(tag)
    return tags


def check_own_tags(check: ServiceCheck) -> set[str]:
    """A run's tags, its host among them."""
    return {*check.tags, f"host:{check.host}"}


def check_label(check: ServiceCheck, keys: Sequence[str]) -> str:
    """What tells a run from others."""
    values = by_key(check_own_tags(check))
    named = [f"{key}:{'+'.join(values[key])}" for key in keys if key in values]
    return ", ".join(named) or ", ".join([f"host:{check.host}", *check.tags])
