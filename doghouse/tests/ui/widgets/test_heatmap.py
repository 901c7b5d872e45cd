"""A heat map: how many values of a size there were over time."""

import re
from collections.abc import Iterator

import pytest
from house import NOW, Served
from playwright.sync_api import Page, expect
from sample import board

pytestmark = pytest.mark.browser
HEAT = {"type": "heatmap", "title": "Heat", "requests": [{"q": "avg:system.cpu.user{*} by {host}"}]}
EMPTY = {"type": "heatmap", "title": "Nothing", "requests": [{"q": "avg:no.such{*}"}]}
RANGE = f"from_ts={(NOW - 3600) * 1000}&to_ts={NOW * 1000}&live=false"


@pytest.fixture
def heat(served: Served) -> Iterator[str]:
    """The address of a dashboard with heat maps, which is gone after the test."""
    made = served.ok("POST", "/api/v1/dashboard", board("Heat", HEAT, EMPTY))
    yield str(made["url"])
    served.client.delete(f"/api/v1/dashboard/{made['id']}")


def test_its_cells_count_every_value_that_the_api_gives(page: Page, served: Served, heat: str) -> None:
    page.goto(f"{heat}?{RANGE}")
    cells = page.get_by_role("article", name="Heat", exact=True).locator("rect title")
    expect(cells.first).to_be_attached()
    words = cells.evaluate_all("all => all.map(one => one.textContent)")
    numbers = served.ok("GET", f"/ui/data/dashboard/{heat.split('/')[2]}?{RANGE}")["widgets"][0]
    values = [value for series in numbers["series"] for value in series["values"]]
    assert sum(int(text.rpartition(": ")[2]) for text in words) == len(values)
    assert max(int(text.rpartition(": ")[2]) for text in words) > 1
    label = page.get_by_role("article", name="Heat", exact=True).get_by_role("img").get_attribute("aria-label")
    assert label == f"Heat: 3 series, {min(values):.4g}% to {max(values):.4g}%"


def test_a_heat_map_of_nothing_says_why(page: Page, heat: str) -> None:
    page.goto(heat)
    expect(page.get_by_role("article", name="Nothing")).to_contain_text("no metric no.such was ever received")


def test_a_heat_map_goes_on_while_it_is_live(page: Page, served: Served, heat: str) -> None:
    page.goto(heat)
    widget = page.get_by_role("article", name="Heat", exact=True)
    expect(widget).to_have_attribute("data-drawn", "1")
    served.house.clock.set(NOW + 60)
    expect(widget).to_have_attribute("data-drawn", re.compile("[2-9]"))
    expect(widget.locator("rect").first).to_be_attached()
