"""Graphs: series over time, distributions, and what else is drawn from queries."""

from __future__ import annotations

from doghouse.dashboards.registry import Drawing, WidgetType, register
from doghouse.dashboards.vocabulary import ORDER

register(
    WidgetType(
        "timeseries",
        ("requests",),
        "some",
        asks=True,
        choices={"legend_layout": ("auto", "horizontal", "vertical")},
        each={"display_type": ("area", "bars", "line", "overlay")},
        drawing=Drawing("timeseries", "timeseries", "graph"),
    ),
    WidgetType(
        "change",
        ("requests",),
        "some",
        asks=True,
        each={
            "change_type": ("absolute", "relative"),
            "compare_to": ("hour_before", "day_before", "week_before", "month_before"),
            "order_by": ("change", "name", "present", "past"),
            "order_dir": ORDER,
        },
    ),
    WidgetType("geomap", ("requests", "style", "view"), "some", asks=True),
    WidgetType("heatgrid", ("requests", "sort"), "some", queried=True),
    WidgetType("point_plot", ("requests",), "any", queried=True),
    WidgetType("scatterplot", ("requests",), "object", queried=True),
    WidgetType("wildcard", ("requests", "specification"), "any", queried=True),
    *(
        WidgetType(name, ("requests",), "some", asks=True)
        for name in ("bar_chart", "distribution", "heatmap", "sunburst", "treemap")
    ),
)
