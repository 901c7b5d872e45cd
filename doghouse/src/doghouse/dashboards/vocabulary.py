"""Values that keys of several types of widgets may have, and those of every request, query and conditional format (the schema's enumerations)."""

from __future__ import annotations

from collections.abc import Mapping

ALIGN = ("center", "left", "right")
UPRIGHT = ("center", "top", "bottom")
LIVE_SPANS = (
    *("1m", "5m", "10m", "15m", "30m", "1h", "4h", "1d", "2d", "1w", "1mo", "3mo", "6mo", "1y"),
    *("week_to_date", "month_to_date", "alert"),
)
# Whole days, weeks and months as a widget's time, counted back by `offset` (terraform-provider-datadog issues 3148 and 3467; GUESS: weeks).
CALENDAR_SPANS = ("daily", "weekly", "monthly")
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
OLD_QUERIES = (  # the keys of a request that hold a query of something else than metrics (TimeseriesWidgetRequest and its like)
    *("log_query", "apm_query", "rum_query", "event_query", "network_query", "process_query", "profile_metrics_query"),
    *("security_query", "audit_query", "apm_stats_query", "sql_query"),
)
# A request that asks nothing is refused (terraform-provider-datadog issue 2243): one of these must be there.
ASKS = frozenset(("q", "queries", "query", "formulas", *OLD_QUERIES))
EVERYWHERE: Mapping[str, tuple[str, ...]] = {"title_align": ALIGN}
