"""Lists and streams of events, logs and issues."""

from __future__ import annotations

from doghouse.dashboards.registry import Drawing, WidgetType, register

STREAM = Drawing("stream", "stream")

register(
    WidgetType("event_stream", ("query",), choices={"event_size": ("s", "l")}, drawing=STREAM),
    WidgetType(
        "event_timeline", ("query",), drawing=STREAM, lacking="a page lists the events, and draws no line of time"
    ),
    WidgetType(
        "list_stream",
        ("requests",),
        "some",
        drawing=STREAM,
        lacking="logs and events alone: doghouse holds no issues, sessions or security signals",
    ),
    WidgetType("log_stream", choices={"message_display": ("inline", "expanded-md", "expanded-lg")}, drawing=STREAM),
)
