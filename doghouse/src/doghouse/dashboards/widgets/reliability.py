"""Performance and reliability: objectives, services."""

from __future__ import annotations

from doghouse.dashboards.registry import Drawing, WidgetType, register

register(
    WidgetType(
        "slo",
        ("view_type",),
        choices={"view_mode": ("overall", "component", "both")},
        drawing=Drawing("slo", "objective"),
        lacking="a page shows the objective as a whole, not by its groups or members",
    ),
    WidgetType("slo_list", ("requests",), "some", drawing=Drawing("slo-list", "objectives")),
    WidgetType(
        "trace_service",
        ("env", "service", "span_name"),
        choices={
            "display_format": ("one_column", "two_column", "three_column"),
            "size_format": ("small", "medium", "large"),
        },
    ),
)
