"""Architecture: maps of hosts and services."""

from __future__ import annotations

from doghouse.dashboards.registry import Drawing, WidgetType, register

register(
    WidgetType("hostmap", ("requests",), "object", drawing=Drawing("hostmap", "hosts", "map")),
    WidgetType("servicemap", ("filters", "service")),
    WidgetType("topology_map", ("requests",), "some"),
)
