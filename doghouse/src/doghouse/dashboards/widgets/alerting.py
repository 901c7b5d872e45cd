"""Alerting and response: monitors, service checks, workflows."""

from __future__ import annotations

from doghouse.dashboards.registry import Drawing, WidgetType, register

register(
    WidgetType(
        "alert_graph",
        ("alert_id", "viz_type"),
        choices={"viz_type": ("timeseries", "toplist")},
        drawing=Drawing("alert", "monitor graph", "graph"),
    ),
    WidgetType("alert_value", ("alert_id",), drawing=Drawing("alert-value", "monitor value")),
    WidgetType(
        "check_status",
        ("check", "grouping"),
        choices={"grouping": ("check", "cluster")},
        drawing=Drawing("check", "check runs"),
    ),
    WidgetType(
        "manage_status",
        ("query",),
        choices={
            "display_format": ("counts", "countsAndList", "list"),
            "color_preference": ("background", "text"),
            "summary_type": ("monitors", "groups", "combined"),
        },
        drawing=Drawing("summary", "monitors"),
    ),
    WidgetType("run_workflow", ("workflow_id",)),
)
