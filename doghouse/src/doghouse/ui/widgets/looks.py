"""How a board's author wants its notes, texts and groups to look: CSS for the style block of its page. Colours of backgrounds are the stylesheet's, by name.

Definitions may hold anything: what is no size, colour or side that is known says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from doghouse.dashboards.board import Board, Widget

SIZE = re.compile(r"[1-9][0-9]{0,2}")  # px
COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})|[a-z]{3,20}")
SIDES = ("left", "center", "right")
HEIGHTS = {"center": "margin-block: auto", "bottom": "margin-top: auto"}


def css(board: Board) -> str:
    """The rules of every widget that says how it wants to look."""
    return " ".join(rule for widget in board.every_widget for rule in _rules(widget))


def _rules(widget: Widget) -> Iterator[str]:
    wishes = {"note": _note, "text": _text}.get(widget.drawing.name)
    if wishes and (rules := "; ".join(wishes(widget.definition))):
        yield f"{selector(widget)} > .prose {{ {rules} }}"
    if widget.drawing.name == "group" and widget.definition.get("title_align") in SIDES:
        yield f"{selector(widget)} > header {{ justify-content: {widget.definition['title_align']} }}"


def _note(definition: Mapping[str, Any]) -> Iterator[str]:
    yield from _letters(definition)
    if height := HEIGHTS.get(str(definition.get("vertical_align"))):
        yield height
    if definition.get("has_padding") is False:
        yield "padding: 0"


def _text(definition: Mapping[str, Any]) -> Iterator[str]:
    yield from _letters(definition)
    colour = str(definition.get("color") or "")
    if COLOUR.fullmatch(colour):  # on dark paper a dark colour is made lighter
        yield f"color: light-dark({colour}, color-mix(in srgb, {colour} 45%, white))"


def _letters(definition: Mapping[str, Any]) -> Iterator[str]:
    size = str(definition.get("font_size") or "")
    if SIZE.fullmatch(size):
        yield f"font-size: {size}px; line-height: 1.35"
    if definition.get("text_align") in SIDES:
        yield f"text-align: {definition['text_align']}"


def selector(widget: Widget) -> str:
    """A widget's element, for CSS."""
    return "#w-" + re.sub(r"[^\w-]", r"\\\g<0>", widget.id)
