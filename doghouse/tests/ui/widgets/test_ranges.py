"""Ranges of time as a person types them, and what undoes a zoom."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from house import NOW, Served
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
BERLIN = ZoneInfo("Europe/Berlin")  # of the browser, see conftest; NOW is Monday 2 March 2026, 11:00 there
PARSE = """async ([texts, now]) => {
    const base = document.querySelector('script[src*="/js/page.mjs"]').src.replace('page.mjs', 'time/ranges.mjs');
    const { parseRange } = await import(base);
    return texts.map(text => parseRange(text, now));
}"""


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


def between(start: str, end: str) -> dict[str, int]:
    return {"from": at(start), "to": at(end)}


TYPED: dict[str, Any] = {
    "5m": {"span": 300},
    "now-90m": {"span": 5400},
    "now - 1h30m": {"span": 5400},
    "1h 30min": {"span": 5400},
    "past 2 days": {"span": 172800},
    "last week": {"span": 604800},
    "the past hour": {"span": 3600},
    "3 months": {"span": 3 * 2592000},
    "now-2h to now": {"span": 7200},
    "now-2h - now": {"span": 7200},
    "now-2h to now-1h": {"from": NOW + 1 - 7200, "to": NOW + 1 - 3600},
    "2h ago to 1h ago": {"from": NOW + 1 - 7200, "to": NOW + 1 - 3600},
    "yesterday": between("2026-03-01", "2026-03-02"),
    "today": {"from": at("2026-03-02"), "to": NOW + 1},
    "2026-02-14": between("2026-02-14", "2026-02-15"),
    "Feb 14": between("2026-02-14", "2026-02-15"),
    "14 December": between("2025-12-14", "2025-12-15"),
    "2026-02-14 - 2026-02-15": between("2026-02-14", "2026-02-16"),
    "Feb 14 - Feb 15": between("2026-02-14", "2026-02-16"),
    "2026-02-14 10:00 – 2026-02-14 11:30": between("2026-02-14T10:00", "2026-02-14T11:30"),
    "2026-02-14T10:00:00Z to 2026-02-14T11:00:00Z": between("2026-02-14T11:00", "2026-02-14T12:00"),
    "Feb 14 10:00 - Feb 15 11:00": between("2026-02-14T10:00", "2026-02-15T11:00"),
    "2/14/2026 - 2/15/2026": between("2026-02-14", "2026-02-15"),
    "10:00 – 10:30": between("2026-03-02T10:00", "2026-03-02T10:30"),
    "10:00-10:30": between("2026-03-02T10:00", "2026-03-02T10:30"),
    "9am - 10:15am": between("2026-03-02T09:00", "2026-03-02T10:15"),
    "23:00 - 01:00": between("2026-03-01T23:00", "2026-03-02T01:00"),
    "15:00 - 16:00": between("2026-03-01T15:00", "2026-03-01T16:00"),
    "1772400000 - 1772403600": {"from": 1772400000, "to": 1772403600},
    "1772400000000 - 1772403600000": {"from": 1772400000, "to": 1772403600},
}
NONSENSE = [
    "",
    "abc",
    "0m",
    "999999y",
    "5 parsecs",
    "99:99 - 100:00",
    "10:00",
    "2026-02-31",
    "2026-03-02 - 2026-03-01",
    "2026-02-14 11:00 - 2026-02-14 10:00",
    "1 - 2 - 3",
    "-",
    "to",
    "<script>",
]


def test_ranges_are_read_as_they_are_typed(page: Page, served: Served) -> None:
    page.goto("/dashboard/lists")
    found = page.evaluate(PARSE, [list(TYPED), NOW])
    assert dict(zip(TYPED, found, strict=True)) == TYPED


def test_what_is_no_range_is_none(page: Page, served: Served) -> None:
    page.goto("/dashboard/lists")
    assert page.evaluate(PARSE, [NONSENSE, NOW]) == [None] * len(NONSENSE)


def test_a_range_that_is_not_read_is_named_and_the_page_stays(page: Page, served: Served) -> None:
    page.goto("/metric/explorer?query=avg:my_metric{*}")
    page.keyboard.press("t")
    page.keyboard.type("soon")
    page.keyboard.press("Enter")
    expect(page.locator("[data-time-hint]")).to_contain_text("'soon' is not a duration (90m, 2d)")
    expect(page.get_by_role("textbox", name="Time range")).to_have_attribute("aria-invalid", "true")
    assert "from_ts" not in page.url


@pytest.mark.parametrize(
    "address", ["/metric/explorer?query=avg:my_metric{*} by {host}", "/monitors/1", "/apm/services/shop"]
)
def test_every_graph_zooms_by_drag_and_a_double_click_undoes_it(page: Page, served: Served, address: str) -> None:
    served.house.app.state.trace_intake.give_out(served.house.clock.now() + 60)  # the service's figures are counted
    page.goto(address)
    over = page.locator(".u-over").first
    label = page.locator("[data-time-label]")
    whole = label.text_content() or ""
    box = over.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.1, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.2, middle)
    page.mouse.move(box["x"] + box["width"] * 0.3, middle)
    page.mouse.up()
    expect(page).to_have_url(re.compile("live=false"))
    expect(label).not_to_have_text(whole)
    page.locator(".plot").first.dblclick(position={"x": 200, "y": 60})
    expect(label).to_have_text(whole)
    expect(page).not_to_have_url(re.compile("live=false"))
