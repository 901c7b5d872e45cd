"""Groups: widgets that hold widgets."""

from __future__ import annotations

from doghouse.dashboards import checks
from doghouse.dashboards.registry import Definition, Drawing, WidgetType, register


def _group(definition: Definition) -> None:
    """The widgets of a group (recorded words: `Invalid inner widget definition at position 15 of type distribution. Error: …`)."""
    if not isinstance(definition["widgets"], list):
        raise checks.Wrong("'widgets' must be a list")
    for fault in checks.faults(definition["widgets"], layouts="any"):
        raise checks.Wrong(f"Invalid inner {fault.part}. Error: {fault.reason}")


def _source(definition: Definition) -> None:
    """The widget that a split graph repeats."""
    source = checks.mapping(definition["source_widget_definition"])
    checks.check_type(source)
    checks.check_definition(source)


register(
    WidgetType(
        "group",
        ("layout_type", "widgets"),
        choices={"layout_type": ("ordered",)},
        inside=_group,
        drawing=Drawing("group"),
    ),
    WidgetType(
        "split_group",
        ("size", "source_widget_definition", "split_config"),
        choices={"size": ("xs", "sm", "md", "lg")},
        inside=_source,
    ),
    WidgetType("powerpack", ("powerpack_id",)),
)
