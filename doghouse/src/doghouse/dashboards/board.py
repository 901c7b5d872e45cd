"""A dashboard as pages, snapshots and warnings take it: its widgets in their places, each with what it asks for. Read from a document, whatever that holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from doghouse.dashboards.registry import OTHER, Drawing, widget_type
from doghouse.dashboards.widget_requests import Request

# Drawn from what the definition names, not from requests.
NAMED = ("monitor graph", "monitor value", "check runs", "monitors", "objective", "objectives", "stream")


class Place(Struct, frozen=True):
    """Where a widget stands on the grid: columns and rows from 0. `column_break`: with it a second column of the whole board begins."""

    x: int
    y: int
    width: int
    height: int
    column_break: bool = False


class Widget(Struct, frozen=True):
    """One widget; `type` is its name in Datadog's schema."""

    id: str
    type: str
    drawing: Drawing
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
        return self.drawing.numbers in NAMED or bool(self.drawing.numbers and self.requests)

    @property
    def pictured(self) -> bool:
        """Whether it can be drawn as a picture and shown as a table of its values."""
        return self.plotted and (self.drawing.numbers in ("timeseries", "scalar", "ranking", "monitor graph"))


class Board(Struct, frozen=True):
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

    @property
    def drawings(self) -> list[str]:
        """The names of the drawings whose scripts it needs."""
        return sorted({widget.drawing.name for widget in self.every_widget if widget.plotted})

    def widget(self, widget_id: str) -> Widget | None:
        """The widget with this id."""
        return next((candidate for candidate in self.every_widget if candidate.id == widget_id), None)


def parse(document: Mapping[str, Any]) -> Board:
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


def graph(widget_id: str, request: Request) -> Widget:
    """A graph of one request, which stands on no dashboard."""
    return Widget(widget_id, "timeseries", OTHER, "", {}, (request,))


def flat(widgets: Sequence[Widget]) -> Iterator[Widget]:
    """Widgets and the widgets inside them, in reading order."""
    for widget in widgets:
        yield widget
        yield from flat(widget.widgets)


def _widgets(raw: Any, prefix: str) -> Iterator[Widget]:
    for number, definition in enumerate(raw if isinstance(raw, list) else ()):
        if isinstance(definition, Mapping):
            yield _widget(definition, f"{prefix}{number}")


def _widget(raw: Mapping[str, Any], fallback_id: str) -> Widget:
    body = raw.get("definition")
    definition = body if isinstance(body, Mapping) else {}  # inside of what is no group, nothing was checked
    name = str(definition.get("type") or "unknown")
    kind = widget_type(name)
    widget_id = str(raw.get("id") or f"n{fallback_id}")
    return Widget(
        widget_id,
        name,
        kind.drawing,
        str(definition.get("title") or ""),
        definition,
        kind.asks_for(definition),
        _place(raw.get("layout")),
        tuple(_widgets(definition.get("widgets"), f"{fallback_id}-")),
    )


def _place(layout: Any) -> Place | None:
    try:
        x, y, width, height = (int(layout[key]) for key in ("x", "y", "width", "height"))
    except (TypeError, KeyError, ValueError):
        return None
    return Place(max(0, x), max(0, y), max(1, width), max(1, height), layout.get("is_column_break") is True)
