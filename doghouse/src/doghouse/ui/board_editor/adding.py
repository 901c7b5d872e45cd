"""A widget put at the end of a dashboard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SIZES = {"ordered": (4, 2), "free": (48, 24)}  # GUESS: columns and rows of what the explorer saves to a dashboard


def with_widget(body: Mapping[str, Any], definition: Mapping[str, Any]) -> dict[str, Any]:
    """The dashboard with the widget; where others have places it stands below all of them."""
    layouts = [one["layout"] for one in body["widgets"] if one.get("layout")]
    widget: dict[str, Any] = {"definition": definition}
    if layouts or body["layout_type"] == "free":
        width, height = SIZES[body["layout_type"]]
        below = max((one["y"] + one["height"] for one in layouts), default=0)
        widget["layout"] = {"x": 0, "y": below, "width": width, "height": height}
    return {**body, "widgets": [*body["widgets"], widget]}
