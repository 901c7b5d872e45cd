"""Where a board's widgets stand: grid areas as CSS, for the style block of their page. On a narrow screen they follow each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from doghouse.dashboards.board import Board, Place, Widget

GRID_COLUMNS = 12  # an ordered board's grid, as the schema has it
WIDE = "@media (min-width: 960px)"
FREE_UNIT_PX = 10  # GUESS: how many pixels one unit of a free layout is


def kind(board: Board) -> str:
    """`flow` (the page places its widgets), `placed` (on twelve columns) or `free` (anywhere)."""
    if board.layout == "free":
        return "free"
    return "placed" if any(widget.place for widget in board.widgets) else "flow"


def css(board: Board) -> str:
    """The rules that put every widget with a place into it."""
    rules = list(_free(board) if board.layout == "free" else _grid(board.widgets))
    return f"{WIDE} {{ {' '.join(rules)} }}" if rules else ""


def _grid(widgets: tuple[Widget, ...], columns: int = GRID_COLUMNS) -> Iterator[str]:
    for widget in widgets:
        if widget.place:
            yield f"{selector(widget)} {{ grid-area: {_area(widget.place, columns)}; }}"
        if widget.widgets:
            inner = widget.place.width if widget.place else GRID_COLUMNS
            yield f"{selector(widget)} > .group-body.placed {{ grid-template-columns: repeat({inner}, minmax(0, 1fr)); }}"
            yield from _grid(widget.widgets, inner)


def _free(board: Board) -> Iterator[str]:
    places = [placed.place for placed in board.widgets if placed.place]
    height = max((box.y + box.height for box in places), default=0)
    width = max((box.x + box.width for box in places), default=0)
    yield f".board.free {{ height: {height * FREE_UNIT_PX}px; min-width: {width * FREE_UNIT_PX}px; }}"
    for widget in board.widgets:
        if place := widget.place:
            left, top, wide, high = (side * FREE_UNIT_PX for side in (place.x, place.y, place.width, place.height))
            yield f"{selector(widget)} {{ left: {left}px; top: {top}px; width: {wide}px; height: {high}px; }}"


def _area(place: Place, columns: int) -> str:
    width = min(place.width, columns)
    x = min(place.x, columns - width)
    return f"{place.y + 1} / {x + 1} / span {place.height} / span {width}"


def selector(widget: Widget) -> str:
    """A widget's element, for CSS."""
    return "#w-" + re.sub(r"[^\w-]", r"\\\g<0>", widget.id)
