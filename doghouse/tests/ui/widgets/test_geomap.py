"""A map of the world: countries coloured by their values, which the list below it has too."""

from collections.abc import Iterator
from typing import Any

import pytest
from house import NOW, Served
from playwright.sync_api import Page, expect
from sample import board
from test_accessibility import faults

pytestmark = pytest.mark.browser
COUNTRY = "@network.client.geoip.country.iso_code"
THEN = NOW + 6000  # where no other test looks at logs
RANGE = f"from_ts={(THEN - 600) * 1000}&to_ts={THEN * 1000}&live=false"
VISITS = {"DE": 3, "FR": 1, "sg": 2, "nowhere": 1}


def geomap(service: str, focus: str = "WORLD", **request: Any) -> dict[str, Any]:
    query = {
        "name": "a",
        "data_source": "logs",
        "search": {"query": f"service:{service}"},
        "compute": {"aggregation": "count"},
        "group_by": [{"facet": COUNTRY, "limit": 250}],
    }
    asked = {"response_format": "scalar", "queries": [query], "formulas": [{"formula": "a"}]} | request
    style = {"palette": "hostmap_blues", "palette_flip": False}
    return {"type": "geomap", "title": "Visits", "requests": [asked], "style": style, "view": {"focus": focus}}


@pytest.fixture(scope="module")
def visits(filled: Served) -> None:
    """Logs of visitors from some countries, and from a place that is none."""
    codes = [code for code, count in VISITS.items() for _ in range(count)]
    where = [{"network": {"client": {"geoip": {"country": {"iso_code": code}}}}} for code in codes]
    lines = [{"message": "visit", "service": "shop", "timestamp": (THEN - 60) * 1000} | place for place in where]
    filled.ok("POST", "/api/v2/logs", lines)


@pytest.fixture
def show(page: Page, served: Served, visits: None) -> Iterator[Any]:
    """Opens a board with one geomap."""
    made = []

    def opened(widget: dict[str, Any], query: str = RANGE) -> Any:
        made.append(served.ok("POST", "/api/v1/dashboard", board("Where from", widget)))
        page.goto(f"{made[-1]['url']}?{query}")
        return page.get_by_role("article", name="Visits")

    yield opened
    for one in made:
        served.client.delete(f"/api/v1/dashboard/{one['id']}")


def country(card: Any, code: str) -> Any:
    return card.locator(f"path[data-country={code}]")


def shade(card: Any, code: str) -> str:
    return str(country(card, code).evaluate("path => getComputedStyle(path).fill"))


def test_countries_are_coloured_by_the_values_that_the_list_and_the_api_have(show: Any) -> None:
    card = show(geomap("shop"))
    expect(card.get_by_role("img")).to_have_attribute("aria-label", "Visits: 3 countries, 1 to 3")
    expect(card.locator("path.valued title")).to_have_text(["Germany: 3", "France: 1", "Singapore: 2"])
    shades = {code: shade(card, code) for code in ("DE", "FR", "SG", "ES", "PL")}
    assert shades["ES"] == shades["PL"]  # which have no value
    assert len(set(shades.values())) == 4
    card.get_by_text("List", exact=True).click()
    expect(card.get_by_role("listitem")).to_have_text(
        ["Germany (DE)3", "Singapore (SG)2", "France (FR)1", f"{COUNTRY}:nowhere1"]
    )
    expect(card).to_contain_text("1 of 4 values not on the map: see the list")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_a_map_with_its_list_open(page: Page, show: Any, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    card = show(geomap("shop"))
    card.get_by_text("List", exact=True).click()
    expect(card.get_by_role("listitem")).to_have_count(4)
    assert faults(page) == []


def test_a_view_shows_what_it_is_focused_on(show: Any) -> None:
    whole = show(geomap("shop")).locator(".world svg").get_attribute("viewBox")
    card = show(geomap("shop", "EUROPE"))
    picture = card.locator(".world svg")
    expect(picture).not_to_have_attribute("viewBox", whole)
    frame = picture.bounding_box()
    germany, japan = (country(card, code).bounding_box() for code in ("DE", "JP"))
    assert frame["x"] < germany["x"] < germany["x"] + germany["width"] < frame["x"] + frame["width"] < japan["x"]
    assert frame["y"] < germany["y"] < germany["y"] + germany["height"] < frame["y"] + frame["height"]


def test_a_conditional_format_colours_its_countries(show: Any) -> None:
    formats = [{"comparator": ">", "value": 2, "palette": "white_on_red"}]
    card = show(geomap("shop", formulas=[{"formula": "a", "conditional_formats": formats}]))
    expect(country(card, "DE")).to_have_class("valued tone-bad")
    expect(country(card, "FR")).to_have_class("valued ")


def test_a_map_of_nothing_says_why_and_a_board_without_one_loads_none(page: Page, served: Served, show: Any) -> None:
    expect(show(geomap("nobody"), "")).to_contain_text("nothing in the past hour")
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto("/dashboard/lists")
    assert not [address for address in loaded if "world.svg" in address]


def test_the_map_is_in_full_what_it_is_on_the_board(show: Any) -> None:
    card = show(geomap("shop"))
    expect(card.locator("path.valued")).to_have_count(3)
    card.locator(".menu > summary").click()
    card.get_by_role("button", name="Full screen").click()
    expect(card.page.get_by_role("dialog").locator("path.valued")).to_have_count(3)
