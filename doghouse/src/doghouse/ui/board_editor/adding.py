"""A widget put at the end of a dashboard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doghouse.dashboards import parse

SIZES = {"ordered": (4, 2), "free": (48, 24)}  # GUESS: columns and rows of what the explorer saves to a dashboard


def with_widget(body: Mapping[str, Any], definition: Mapping[str, Any]) -> dict[str, Any]:
    """The dashboard with the widget; where others have places it stands below all of them."""
    places = [widget.place for widget in parse(body).widgets if widget.place]
    widget: dict[str, Any] = {"definition": definition}
    if places or body["layout_type"] == "free":
        width, height = SIZES[body["layout_type"]]
        below = max((place.y + place.height for place in places), default=0)
        widget["layout"] = {"x": 0, "y": below, "width": width, "height": height}
    return {**body, "widgets": [*body["widgets"], widget]}
