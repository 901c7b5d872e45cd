"""A dashboard as a page shows it: its widgets in their places, each with what it asks for. Read from the stored document, whatever that holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from doghouse.ui.requests import Request, requests

DRAWN = {  # how a type of widget is drawn; every other one is drawn as a plain graph of its queries, and says so
    "timeseries": "timeseries",
    "query_value": "value",
    "toplist": "toplist",
    "note": "note",
    "free_text": "text",
    "hostmap": "hostmap",
    "alert_graph": "alert",
    "alert_value": "alert-value",
    "check_status": "check",
    "manage_status": "summary",
    "query_table": "table",
    "image": "elsewhere",
    "iframe": "elsewhere",
    "group": "group",
}
STATES = ("alert", "alert-value", "check", "summary")  # drawn from states, not from points


@dataclass(frozen=True, slots=True)
class Place:
    """Where a widget stands on the grid: columns and rows from 0. None of a page's own flow."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Widget:
    """One widget. `kind` is how it is drawn (`other`: as a plain graph of its queries), `type` its name in Datadog's schema."""

    id: str
    type: str
    kind: str
    title: str
    definition: Mapping[str, Any]
    requests: tuple[Request, ...]
    place: Place | None = None
    widgets: tuple[Widget, ...] = ()

    @property
    def time(self) -> Mapping[str, Any] | None:
        """The widget's own range of time, where it has one."""
        return self.definition.get("time") or None

    @property
    def plotted(self) -> bool:
        """Whether anything is evaluated for it."""
        if self.kind in STATES:
            return True
        return bool(self.requests) and self.kind in ("timeseries", "value", "toplist", "table", "hostmap", "other")


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard."""

    id: str
    title: str
    description: str
    layout: str
    widgets: tuple[Widget, ...]
    variables: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    presets: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    url: str = ""

    @property
    def every_widget(self) -> tuple[Widget, ...]:
        """The widgets, those in groups among them."""
        return tuple(flat(self.widgets))

    def widget(self, widget_id: str) -> Widget | None:
        """The widget with this id."""
        return next((one for one in self.every_widget if one.id == widget_id), None)


def board(document: Mapping[str, Any]) -> Board:
    """The dashboard of a stored document."""
    return Board(
        str(document.get("id", "")),
        str(document.get("title") or "Untitled"),
        str(document.get("description") or ""),
        str(document.get("layout_type") or "ordered"),
        tuple(_widgets(document.get("widgets"), "")),
        document.get("template_variables") or (),
        document.get("template_variable_presets") or (),
        str(document.get("url") or f"/dashboard/{document.get('id', '')}"),
    )


def flat(widgets: Sequence[Widget]) -> Iterator[Widget]:
    """Widgets and the widgets inside them, in reading order."""
    for widget in widgets:
        yield widget
        yield from flat(widget.widgets)


def _widgets(raw: Any, prefix: str) -> Iterator[Widget]:
    for number, one in enumerate(raw or ()):
        if isinstance(one, Mapping):
            yield _widget(one, f"{prefix}{number}")


def _widget(raw: Mapping[str, Any], fallback_id: str) -> Widget:
    definition = raw.get("definition") or {}
    kind = str(definition.get("type") or "unknown")
    widget_id = str(raw.get("id") or f"n{fallback_id}")
    return Widget(
        widget_id,
        kind,
        DRAWN.get(kind, "other"),
        str(definition.get("title") or ""),
        definition,
        requests(definition),
        _place(raw.get("layout")),
        tuple(_widgets(definition.get("widgets"), f"{fallback_id}-")),
    )


def _place(layout: Any) -> Place | None:
    try:
        x, y, width, height = (int(layout[key]) for key in ("x", "y", "width", "height"))
    except (TypeError, KeyError, ValueError):
        return None
    return Place(max(0, x), max(0, y), max(1, width), max(1, height))
