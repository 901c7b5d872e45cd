"""How a dashboard is named: its id, its address, the numbers of its widgets (rules read off some 400 recorded creations)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

from doghouse.numbers import whole_number

ID_ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"  # no 0, 1, l, o
SLUG_LENGTH = 80
WIDGET_ID_MIN = 10**12
WIDGET_ID_MAX = 9 * 10**15  # below 2^53, so that JavaScript can hold it


def new_id() -> str:
    """A dashboard id: `abc-def-ghi`."""
    return "-".join("".join(secrets.choice(ID_ALPHABET) for _ in range(3)) for _ in range(3))


def new_widget_id() -> int:
    """A widget id: 13 to 16 digits."""
    return WIDGET_ID_MIN + secrets.randbelow(WIDGET_ID_MAX - WIDGET_ID_MIN)


def slug(title: str) -> str:
    """A title as it stands in an address: lower case, only a-z, 0-9 and single hyphens for blanks, at most 80 characters."""
    letters = re.sub(r"[^a-z0-9\s-]", "", title.lower())
    return re.sub(r"[\s-]+", "-", letters).strip("-")[:SLUG_LENGTH].rstrip("-")


def url(dashboard_id: str, title: str) -> str:
    """A dashboard's address without the site. A title with nothing for a slug leaves that part empty (recorded for an empty title)."""
    return f"/dashboard/{dashboard_id}/{slug(title)}"


def walk(widgets: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Every widget, groups before what they hold."""
    for widget in widgets:
        if isinstance(widget, dict):
            yield widget
            definition = widget.get("definition")
            if isinstance(definition, dict) and isinstance(definition.get("widgets"), list):
                yield from walk(definition["widgets"])


def number_widgets(widgets: Sequence[Any]) -> None:
    """Give each widget that lacks one an id, in place; ids that were sent are kept."""
    for widget in walk(widgets):
        if widget.get("id") is None:
            widget["id"] = new_widget_id()


def resolve_tabs(tabs: Sequence[Any], widgets: Sequence[dict[str, Any]]) -> list[Any]:
    """Tabs with `"@2"`, the second widget, turned into that widget's id, and an id for each tab that lacks one."""
    import uuid

    resolved = []
    for tab in tabs:
        ids = [_widget_id(reference, widgets) for reference in tab.get("widget_ids") or []]
        resolved.append({**tab, "id": tab.get("id") or str(uuid.uuid4()), "widget_ids": ids})
    return resolved


def _widget_id(reference: Any, widgets: Sequence[dict[str, Any]]) -> Any:
    if isinstance(reference, str) and reference.startswith("@"):
        place = whole_number(reference[1:]) or 0
        if 1 <= place <= len(widgets):
            return widgets[place - 1]["id"]
    return reference
