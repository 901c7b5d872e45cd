"""Where the widgets of a board stand: none over another, each where it asks to be."""

import re
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from doghouse import dashboards
from doghouse.ui.widgets import board_layout

Box = tuple[int, int, int, int]  # x, y, width, height
NOTE = {"type": "note", "content": "Hello"}
AREA = re.compile(r"#w-(\w+) { grid-area: (\d+) / (\d+) / span (\d+) / span (\d+); }")
PIXELS = re.compile(r"#w-(\w+) { left: (-?\d+)px; top: (\d+)px; width: (\d+)px; height: (\d+)px; }")
BOXES = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 20), st.integers(1, 14), st.integers(1, 8)), max_size=12)


def widget(name: int, box: Box | None, **layout: bool) -> dict[str, object]:
    place = dict(zip(("x", "y", "width", "height"), box, strict=True)) | layout if box else None
    return {"id": name, "definition": NOTE} | ({"layout": place} if place else {})


def group(name: int, box: Box, *widgets: dict[str, object]) -> dict[str, object]:
    return widget(name, box) | {"definition": {"type": "group", "layout_type": "ordered", "widgets": list(widgets)}}


def css(*widgets: dict[str, object], layout: str = "ordered") -> str:
    return board_layout.css(dashboards.parse({"id": "a", "layout_type": layout, "widgets": list(widgets)}))


def boxes(text: str) -> dict[int, Box]:
    """The places that an ordered board's rules give: columns and rows from 0."""
    return {int(w): (int(x) - 1, int(y) - 1, int(wide), int(high)) for w, y, x, high, wide in AREA.findall(text)}


def one_column(text: str) -> dict[int, Box]:
    return boxes(text.partition(board_layout.WIDEST)[0])


def over(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(
        a < b + long and b < a + wide
        for a, wide, b, long in ((one[i], one[i + 2], other[i], other[i + 2]) for i in (0, 1))
    )


def crossing(placed: Mapping[int, tuple[int, ...]]) -> list[tuple[int, int]]:
    return [(a, b) for a in placed for b in placed if a < b and over(placed[a], placed[b])]


@given(BOXES)
def test_no_widget_lies_over_another_and_none_leaves_the_grid(places: list[Box]) -> None:
    placed = one_column(css(*(widget(number, box) for number, box in enumerate(places, 1))))
    assert placed.keys() == set(range(1, len(places) + 1))
    assert not crossing(placed)
    assert all(x >= 0 and x + width <= board_layout.GRID_COLUMNS for x, _, width, _ in placed.values())


@given(BOXES)
def test_a_board_that_is_in_order_stays_as_it_is(places: list[Box]) -> None:
    settled = one_column(css(*(widget(number, box) for number, box in enumerate(places, 1))))
    assert one_column(css(*(widget(number, box) for number, box in settled.items()))) == settled


@given(BOXES)
def test_only_what_lies_over_another_widget_is_moved(places: list[Box]) -> None:
    text = css(*(widget(number, box) for number, box in enumerate(places, 1)), layout="free")
    unit = board_layout.FREE_UNIT_PX
    found = PIXELS.findall(text)
    placed = {int(name): tuple(int(side) // unit for side in box) for name, *box in found}
    assert not crossing(placed)
    if not crossing(dict(enumerate(places, 1))):
        assert placed == dict(enumerate(places, 1))


def test_a_widget_whose_row_is_taken_is_pushed_below() -> None:
    assert one_column(css(widget(1, (0, 0, 6, 4)), widget(2, (3, 2, 6, 4)))) == {1: (0, 0, 6, 4), 2: (3, 4, 6, 4)}


def test_the_second_column_follows_the_first_and_stands_beside_it_on_a_wide_screen() -> None:
    text = css(widget(1, (0, 0, 12, 5)), widget(2, (0, 5, 12, 3)), widget(3, (0, 0, 12, 4), is_column_break=True))
    below, beside = text.split(board_layout.WIDEST)
    assert boxes(below)[3] == (0, 8, 12, 4)
    assert boxes(beside) == {1: (0, 0, 12, 5), 2: (0, 5, 12, 3), 3: (12, 0, 12, 4)}


def test_a_group_that_was_stored_closed_is_as_high_as_its_widgets_need() -> None:
    text = css(group(1, (0, 0, 12, 1), widget(2, (0, 0, 6, 3)), widget(3, (0, 3, 6, 2))), widget(4, (0, 1, 12, 2)))
    assert one_column(text)[1] == (0, 0, 12, 5 + board_layout.GROUP_TITLE)
    assert one_column(text)[4] == (0, 6, 12, 2)


def test_a_widget_without_a_place_comes_below_those_that_have_one() -> None:
    assert one_column(css(widget(1, None), widget(2, (0, 0, 12, 3))))[1] == (0, 3, *board_layout.UNPLACED)
