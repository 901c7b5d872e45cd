"""Annotations and embeds: text, pictures, pages of others."""

from __future__ import annotations

from doghouse.dashboards.registry import ELSEWHERE, Drawing, WidgetType, register
from doghouse.dashboards.vocabulary import ALIGN, UPRIGHT

register(
    WidgetType(
        "note",
        ("content",),
        choices={"tick_edge": ("bottom", "left", "right", "top"), "text_align": ALIGN, "vertical_align": UPRIGHT},
        drawing=Drawing("note"),
    ),
    WidgetType("free_text", ("text",), choices={"text_align": ALIGN}, drawing=Drawing("text")),
    WidgetType(
        "image",
        ("url",),
        choices={
            "sizing": ("fill", "contain", "cover", "none", "scale-down", "zoom", "fit", "center"),
            "margin": ("sm", "md", "lg", "small", "large"),
            "horizontal_align": ALIGN,
            "vertical_align": UPRIGHT,
        },
        drawing=Drawing("image"),
        lacking="a page shows what lies in the address itself, or is a snapshot; of other sites it gives the link, and fetches nothing",
    ),
    WidgetType("iframe", ("url",), drawing=ELSEWHERE),
    WidgetType("embedded_app"),
    # Not in the schema, yet the API takes it: Datadog's own examples of UI extensions make boards of them (github.com/DataDog/apps).
    WidgetType(
        "custom", ("app_id", "custom_widget_key"), lacking="a widget of a UI extension is the page of another program"
    ),
)
