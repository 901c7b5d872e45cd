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
        request_choices={"display_type": ("area", "bars", "line", "overlay")},
        drawing=Drawing("timeseries", "timeseries", "graph"),
    ),
    WidgetType(
        "change",
        ("requests",),
        "some",
        asks=True,
        request_choices={
            "change_type": ("absolute", "relative"),
            "compare_to": ("hour_before", "day_before", "week_before", "month_before"),
            "order_by": ("change", "name", "present", "past"),
            "order_dir": ORDER,
        },
        drawing=Drawing("change", "change"),
    ),
    WidgetType(
        "geomap",
        ("requests", "style", "view"),
        "some",
        asks=True,
        drawing=Drawing("geomap", "ranking"),
        lacking="a page colours countries in one hue; parts of countries are listed, points are not drawn",
    ),
    WidgetType("heatgrid", ("requests", "sort"), "some", queried=True),
    WidgetType("point_plot", ("requests",), "any", queried=True),
    WidgetType("scatterplot", ("requests",), "object", queried=True),
    WidgetType("wildcard", ("requests", "specification"), "any", queried=True),
    *(
        WidgetType(name, ("requests",), "some", asks=True, drawing=Drawing(name, "ranking"))
        for name in ("sunburst", "treemap")
    ),
    WidgetType(
        "distribution",
        ("requests",),
        "some",
        asks=True,
        drawing=Drawing("distribution", "ranking"),
        lacking="a page draws how the values of groups are spread; of one distribution metric it draws no points",
    ),
    WidgetType("bar_chart", ("requests",), "some", asks=True),
    WidgetType(
        "heatmap",
        ("requests",),
        "some",
        asks=True,
        drawing=Drawing("heatmap", "timeseries"),
        lacking="a page draws the values of groups in equal intervals and one palette; of a distribution metric it draws no density",
    ),
)
