"""Where a board's widgets stand: grid areas as CSS, for the style block of their page. On a narrow screen they follow each other.

Boards hold places that lie over one another: those of a second column begin at row 0 again, a group was stored while it was closed. As on Datadog's pages
no widget is drawn over another: what lies over one that comes before it is pushed down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from doghouse.dashboards.board import Board, Place, Widget
from doghouse.ui.widgets.looks import selector

GRID_COLUMNS = 12  # an ordered board's grid, as the schema has it
WIDE = "@media (min-width: 960px)"
WIDEST = (
    "@media (min-width: 2000px)"  # GUESS: from here on a board with a column break has its two columns side by side
)
FREE_UNIT_PX = 10  # GUESS: how many pixels one unit of a free layout is
UNPLACED = (4, 2)  # GUESS: columns and rows of a widget without a place among such that have one
GROUP_TITLE = 1  # rows that a group takes beside those of its widgets


def kind(board: Board) -> str:
    """`flow` (the page places its widgets), `placed` (on twelve columns) or `free` (anywhere)."""
    if board.layout == "free":
        return "free"
    return "placed" if any(widget.place for widget in board.widgets) else "flow"


def css(board: Board) -> str:
    """The rules that put every widget with a place into it."""
    if board.layout == "free":
        return _media(WIDE, _free(board))
    columns = _columns(board.widgets)
    beside = _side_by_side(columns) if len(columns) > 1 else ()
    return _media(WIDE, _grid(board.widgets)) + _media(WIDEST, beside)


def _media(query: str, rules: Iterator[str] | Sequence[str]) -> str:
    text = " ".join(rules)
    return f"{query} {{ {text} }}" if text else ""


def _grid(widgets: Sequence[Widget]) -> Iterator[str]:
    """An ordered board's rules, of the widgets in groups too."""
    below = 0
    for column in _columns(widgets):
        settled = _settled(column, GRID_COLUMNS, below)
        yield from _areas(settled)
        below = _bottom(settled)
    for widget in widgets:
        if widget.widgets:
            inner = _inner_columns(widget)
            body = f"{selector(widget)} > .group-body.placed"
            yield f"{body} {{ grid-template-columns: repeat({inner}, minmax(0, 1fr)); }}"
            yield from _areas(_settled(widget.widgets, inner))


def _side_by_side(columns: Sequence[Sequence[Widget]]) -> Iterator[str]:
    yield f".board.placed {{ grid-template-columns: repeat({GRID_COLUMNS * len(columns)}, minmax(0, 1fr)); }}"
    for number, column in enumerate(columns):
        yield from _areas(_settled(column, GRID_COLUMNS), x=number * GRID_COLUMNS)


def _columns(widgets: Sequence[Widget]) -> list[Sequence[Widget]]:
    """The widgets of a board's one column, or of its two."""
    if not any(widget.place for widget in widgets):
        return []
    at = next((number for number, widget in enumerate(widgets) if widget.place and widget.place.column_break), 0)
    return [widgets[:at], widgets[at:]] if at else [widgets]


def _areas(settled: Sequence[tuple[Widget, Place]], x: int = 0) -> Iterator[str]:
    for widget, place in settled:
        area = f"{place.y + 1} / {x + place.x + 1} / span {place.height} / span {place.width}"
        yield f"{selector(widget)} {{ grid-area: {area}; }}"


def _settled(widgets: Sequence[Widget], columns: int, top: int = 0) -> list[tuple[Widget, Place]]:
    """The widgets from the row `top` on, in the order of their places, those without one last. Empty where none has one."""
    places = [place for widget in widgets if (place := widget.place)]
    if not places:
        return []
    down = max(0, top - places[0].y)
    wishes = [_wish(widget, columns, _end(places)) for widget in widgets]
    settled: list[tuple[Widget, Place]] = []
    reached = [top] * columns  # the first free row of each column
    for place, widget in sorted(zip(wishes, widgets, strict=True), key=lambda item: (item[0].y, item[0].x)):
        over = slice(place.x, place.x + place.width)
        y = max(place.y + down, *reached[over])
        reached[over] = [y + place.height] * place.width
        settled.append((widget, replace(place, y=y)))
    return settled


def _wish(widget: Widget, columns: int, below: int) -> Place:
    """The place that a widget asks for, within the board; a group is as high as its widgets need."""
    place = widget.place or Place(0, below, *UNPLACED)
    width = min(place.width, columns)
    inside = _bottom(_settled(widget.widgets, _inner_columns(widget))) if widget.widgets else 0
    height = max(place.height, inside + GROUP_TITLE if inside else 0)
    return Place(max(0, min(place.x, columns - width)), max(0, place.y), width, height)


def _inner_columns(group: Widget) -> int:
    return min(group.place.width, GRID_COLUMNS) if group.place else GRID_COLUMNS


def _bottom(settled: Sequence[tuple[Widget, Place]]) -> int:
    return _end([place for _, place in settled])


def _end(places: Sequence[Place]) -> int:
    """The first row below all of these."""
    return max((place.y + place.height for place in places), default=0)


def _free(board: Board) -> Iterator[str]:
    """A free board's rules: pixels, where nothing but the place is given."""
    width = max((place.x + place.width for widget in board.widgets if (place := widget.place)), default=0)
    settled = _settled(board.widgets, width)
    yield f".board.free {{ height: {_bottom(settled) * FREE_UNIT_PX}px; min-width: {width * FREE_UNIT_PX}px; }}"
    for widget, place in settled:
        left, top, wide, high = (side * FREE_UNIT_PX for side in (place.x, place.y, place.width, place.height))
        yield f"{selector(widget)} {{ left: {left}px; top: {top}px; width: {wide}px; height: {high}px; }}"
