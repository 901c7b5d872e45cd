"""Lists and streams of events, logs and issues."""

from __future__ import annotations

from doghouse.dashboards.registry import WidgetType, register

register(
    WidgetType("event_stream", ("query",), choices={"event_size": ("s", "l")}),
    WidgetType("event_timeline", ("query",)),
    WidgetType("list_stream", ("requests",), "some"),
    WidgetType("log_stream", choices={"message_display": ("inline", "expanded-md", "expanded-lg")}),
)
