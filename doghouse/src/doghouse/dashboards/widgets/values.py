"""Values: one number for each group, in large figures, ranked, or in a table."""

from __future__ import annotations

from doghouse.dashboards.registry import Drawing, WidgetType, register
from doghouse.dashboards.vocabulary import AGGREGATORS, ALIGN, ORDER

register(
    WidgetType(
        "query_value",
        ("requests",),
        "some",
        asks=True,
        choices={"text_align": ALIGN},
        request_choices={"aggregator": AGGREGATORS},
        drawing=Drawing("value", "scalar"),
    ),
    WidgetType("toplist", ("requests",), "any", asks=True, drawing=Drawing("toplist", "ranking")),
    WidgetType(
        "query_table",
        ("requests",),
        "any",
        asks=True,
        choices={"has_search_bar": ("always", "never", "auto")},
        request_choices={"aggregator": AGGREGATORS, "order": ORDER},
        drawing=Drawing("table", "ranking"),
    ),
)
