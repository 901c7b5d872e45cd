"""Boards that other people made, in a browser: no widget over another, no page wider than a phone, no figure cut."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from house import Served
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GIVEN = Path(__file__).resolve().parents[5] / "shared/data/extras/dashboards"
MOST = 60

FAULTS = """() => {
  const boxes = [...document.querySelectorAll(".board > .widget, .group-body > .widget")].map((one) => [one, one.getBoundingClientRect()]);
  const crossing = ([one, a], [other, b]) =>
    one.parentElement === other.parentElement && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const over = boxes.filter((one, index) => boxes.slice(index + 1).some((other) => crossing(one, other))).map(([one]) => one.id);
  const outside = boxes.filter(([one, box]) => box.bottom > (one.parentElement.closest(".widget")?.getBoundingClientRect().bottom ?? Infinity) + 1);
  return [...over.map((id) => `${id} lies over another`), ...outside.map(([one]) => `${one.id} leaves its group`)];
}"""
WIDER = "() => Math.max(0, document.documentElement.scrollWidth - innerWidth)"


def given_boards() -> Iterator[Path]:
    """As many as there are, up to sixty, from all of the alphabet."""
    if not GIVEN.exists():
        pytest.skip(f"there is no {GIVEN.parent.parent}: a clone by itself does not have it")
    every = sorted(GIVEN.glob("*.json"))
    assert every, f"{GIVEN} is empty"
    yield from every[:: max(1, len(every) // MOST)][:MOST]


def test_no_given_board_overlaps_or_is_wider_than_a_phone(page: Page, served: Served) -> None:
    faults = []
    for path in given_boards():
        answer = served.client.post("/api/v1/dashboard", json=json.loads(path.read_text()))
        if answer.status_code == 400:
            continue  # refused, and said why: `make fidelity` counts these
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(served.url + answer.json()["url"], wait_until="domcontentloaded")
        faults += [f"{path.stem}: {fault}" for fault in page.evaluate(FAULTS)]
        page.set_viewport_size({"width": 390, "height": 844})
        faults += [f"{path.stem}: {wider} px wider than the screen" for wider in [page.evaluate(WIDER)] if wider]
        page.goto("about:blank")  # nothing is asked of the board any more
        served.ok("DELETE", f"/api/v1/dashboard/{answer.json()['id']}")
    assert not faults, "\n".join(faults)


def test_a_figure_is_never_cut_however_long_it_is_and_small_its_widget(page: Page, served: Served) -> None:
    layouts = [{"x": x, "y": 0, "width": width, "height": 1} for x, width in ((0, 1), (1, 2), (3, 3))]
    definition = {
        "type": "query_value",
        "requests": [{"q": "avg:my_metric{*} * 1234567", "aggregator": "avg"}],
        "autoscale": False,
        "precision": 4,
        "custom_unit": "requests/s",
    }
    body = {
        "title": "Figures",
        "layout_type": "ordered",
        "widgets": [{"definition": definition, "layout": place} for place in layouts],
    }
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(served.board(body))
    figures = page.locator(".figure")
    figures.nth(2).wait_for()
    assert all(len(text) > 20 for text in figures.all_inner_texts())
    cut = "all => all.filter((one) => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight).length"
    assert figures.evaluate_all(cut) == 0
