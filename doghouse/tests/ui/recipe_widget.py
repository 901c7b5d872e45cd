"""A type of widget as somebody would add it: registered in one module, drawn by one script (recipe_static/js/widgets)."""

from doghouse.dashboards import Drawing, WidgetType, register

register(
    WidgetType(
        "gauge_for_test",
        ("requests",),
        "some",
        asks=True,
        choices={"shape": ("round", "flat")},
        drawing=Drawing("gauge_for_test", "scalar"),
    )
)
