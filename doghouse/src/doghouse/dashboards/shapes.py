"""What each kind of widget must have: the required keys and closed choices of the schema (WidgetDefinition), as far as an answer depends on them.

The checks are of what is needed, never of what is additional: unknown keys are kept. Recorded traffic decides where it and the schema differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Requests = Literal["none", "some", "any", "object"]  # a list that is not empty, any list, an object
ALIGN = ("center", "left", "right")
UPRIGHT = ("center", "top", "bottom")
LIVE_SPANS = (
    *("1m", "5m", "10m", "15m", "30m", "1h", "4h", "1d", "2d", "1w", "1mo", "3mo", "6mo", "1y"),
    *("week_to_date", "month_to_date", "alert"),
)
LIVE_UNITS = ("minute", "hour", "day", "week", "month", "year")
COMPARATORS = ("=", ">", ">=", "<", "<=")
PALETTES = (  # of conditional formats; a graph's own are free names
    "blue", "custom_bg", "custom_image", "custom_text", "gray_on_white", "grey", "green", "orange", "red", "red_on_white", "white_on_gray",
    "white_on_green", "green_on_white", "white_on_red", "white_on_yellow", "yellow_on_white", "black_on_light_yellow", "black_on_light_green",
    "black_on_light_red",
)  # fmt: skip
LINES: Mapping[str, tuple[str, ...]] = {
    "line_type": ("dashed", "dotted", "solid"),
    "line_width": ("normal", "thick", "thin"),
}
AGGREGATORS = ("avg", "last", "max", "min", "sum", "percentile")  # of a request
REDUCERS = ("avg", "min", "max", "sum", "last", "area", "l2norm", "percentile")  # of a query of metrics
ORDER = ("asc", "desc")
# A request that asks nothing is refused (terraform-provider-datadog issue 2243): one of these must be there.
ASKS = frozenset(("q", "queries", "query", "formulas")) | {
    f"{kind}_query"
    for kind in (
        "apm",
        "apm_stats",
        "audit",
        "event",
        "log",
        "network",
        "process",
        "profile_metrics",
        "rum",
        "security",
        "sql",
    )
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of widget: the keys it must have beside `type`, what its `requests` are, and the values that some keys of it and `each` request may have."""

    required: tuple[str, ...] = ()
    requests: Requests = "none"
    asks: bool = False  # whether each request must ask something
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    each: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _graph(requests: Requests = "some", *required: str, **each: tuple[str, ...]) -> Shape:
    return Shape(("requests", *required), requests, True, each=each)


SHAPES: Mapping[str, Shape] = {
    "alert_graph": Shape(("alert_id", "viz_type"), choices={"viz_type": ("timeseries", "toplist")}),
    "alert_value": Shape(("alert_id",)),
    "bar_chart": _graph(),
    "change": _graph(
        change_type=("absolute", "relative"),
        compare_to=("hour_before", "day_before", "week_before", "month_before"),
        order_by=("change", "name", "present", "past"),
        order_dir=ORDER,
    ),
    "check_status": Shape(("check", "grouping"), choices={"grouping": ("check", "cluster")}),
    "cohort": Shape(("requests",), "some"),
    "distribution": _graph(),
    "embedded_app": Shape(),
    "event_stream": Shape(("query",), choices={"event_size": ("s", "l")}),
    "event_timeline": Shape(("query",)),
    "free_text": Shape(("text",), choices={"text_align": ALIGN}),
    "funnel": Shape(("requests",), "some"),
    "geomap": _graph("some", "style", "view"),
    "group": Shape(("layout_type", "widgets"), choices={"layout_type": ("ordered",)}),
    "heatgrid": Shape(("requests", "sort"), "some"),
    "heatmap": _graph(),
    "hostmap": Shape(("requests",), "object"),
    "iframe": Shape(("url",)),
    "image": Shape(
        ("url",),
        choices={
            "sizing": ("fill", "contain", "cover", "none", "scale-down", "zoom", "fit", "center"),
            "margin": ("sm", "md", "lg", "small", "large"),
            "horizontal_align": ALIGN,
            "vertical_align": UPRIGHT,
        },
    ),
    "list_stream": Shape(("requests",), "some"),
    "log_stream": Shape(choices={"message_display": ("inline", "expanded-md", "expanded-lg")}),
    "manage_status": Shape(
        ("query",),
        choices={
            "display_format": ("counts", "countsAndList", "list"),
            "color_preference": ("background", "text"),
            "summary_type": ("monitors", "groups", "combined"),
        },
    ),
    "note": Shape(
        ("content",),
        choices={"tick_edge": ("bottom", "left", "right", "top"), "text_align": ALIGN, "vertical_align": UPRIGHT},
    ),
    "point_plot": Shape(("requests",), "any"),
    "powerpack": Shape(("powerpack_id",)),
    "query_table": Shape(
        ("requests",),
        "any",
        asks=True,
        choices={"has_search_bar": ("always", "never", "auto")},
        each={"aggregator": AGGREGATORS, "order": ORDER},
    ),
    "query_value": Shape(
        ("requests",), "some", asks=True, choices={"text_align": ALIGN}, each={"aggregator": AGGREGATORS}
    ),
    "retention_curve": Shape(("requests",), "some"),
    "run_workflow": Shape(("workflow_id",)),
    "sankey": Shape(("requests",), "some"),
    "scatterplot": Shape(("requests",), "object"),
    "servicemap": Shape(("filters", "service")),
    "slo": Shape(("view_type",)),
    "slo_list": Shape(("requests",), "some"),
    "split_group": Shape(
        ("size", "source_widget_definition", "split_config"), choices={"size": ("xs", "sm", "md", "lg")}
    ),
    "sunburst": _graph(),
    "timeseries": Shape(
        ("requests",),
        "some",
        asks=True,
        choices={"legend_layout": ("auto", "horizontal", "vertical")},
        each={"display_type": ("area", "bars", "line", "overlay")},
    ),
    "toplist": _graph("any"),
    "topology_map": Shape(("requests",), "some"),
    "trace_service": Shape(
        ("env", "service", "span_name"),
        choices={
            "display_format": ("one_column", "two_column", "three_column"),
            "size_format": ("small", "medium", "large"),
        },
    ),
    "treemap": _graph(),
    "wildcard": Shape(("requests", "specification"), "any"),
}
EVERYWHERE: Mapping[str, tuple[str, ...]] = {"title_align": ALIGN}
