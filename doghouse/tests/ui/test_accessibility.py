"""Every page in light and dark, wide and narrow: axe-core finds no serious fault, nothing is wider than the screen, the keyboard reaches everything."""

import html
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from house import NOW, Served
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PAGES = [
    "/dashboard/lists",
    "/dashboard/create",
    "board",
    "states",
    "edited board",
    "/metric/explorer",
    "/metric/explorer?query=avg:my_metric{*}",
    "/metric/explorer?query=avg:my_metric{*}&query=avg:system.cpu.user{*}&formula=a/b",
    "/metric/summary?metric=my_metric",
    "/infrastructure/map?host=web-1",
    "/monitors/manage",
    "/monitors/1",
    "/monitors/3",
    "/monitors/create",
    "/monitors/1/edit",
    "/monitors/downtimes",
    "/monitors/downtimes/create?monitor=1",
    "/slo/manage",
    "/inbox",
    "notification",
    "/event/explorer",
    "/logs",
    "around",
    "/apm/services",
    "/apm/traces",
    "/apm/services/shop",
    "/apm/trace/4244",
]
SERIOUS = ("serious", "critical")
ALWAYS = ("landmark-unique", "heading-order")  # less than serious, and none is left
TITLES = {"board": "My_metric", "states": "States"}
LINKED = {
    "around": ("/logs", "/logs/around"),
    "edited board": ("board", "/dashboard/edit/"),
    "notification": ("/inbox", "/inbox/"),
}


def address(served: Served, path: str) -> str:
    if path == "notification":
        served.ok("POST", "/api/v1/events", {"title": "Look", "text": "@team@example.com", "date_happened": NOW})
    if path in LINKED:
        place, link = LINKED[path]
        return html.unescape(re.findall(rf'href="({link}[^"]*)"', served.client.get(address(served, place)).text)[0])
    if path not in TITLES:
        return path
    boards = served.client.get("/api/v1/dashboard").json()["dashboards"]
    return str(next(one["url"] for one in boards if one["title"] == TITLES[path]))


def settled(page: Page, served: Served, path: str) -> Page:
    page.goto(address(served, path))
    page.wait_for_load_state("networkidle")
    return page


def faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in SERIOUS or one["id"] in ALWAYS
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_serious_fault(new_page: Callable[..., Page], served: Served, path: str, scheme: str) -> None:
    assert faults(settled(new_page(scheme=scheme), served, path)) == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_phone(new_page: Callable[..., Page], served: Served, path: str) -> None:
    page = settled(new_page(width=360, height=740), served, path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_keys_are_listed(page: Page, served: Served) -> None:
    settled(page, served, "/dashboard/lists")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("b", "Dashboards"),
        ("h", "Host map"),
        ("m", "Monitors"),
        ("d", "Downtimes"),
        ("i", "Inbox"),
        ("e", "Events"),
        ("l", "Logs"),
        ("x", "Metrics Explorer"),
    ],
)
def test_g_and_a_letter_go_to_a_page(page: Page, served: Served, key: str, title: str) -> None:
    settled(page, served, "/dashboard/lists")
    page.keyboard.press("g")
    page.keyboard.press(key)
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def test_the_first_tab_skips_to_the_content(page: Page, served: Served) -> None:
    settled(page, served, "/dashboard/lists")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_menu_opens_and_closes_from_the_keyboard(page: Page, served: Served) -> None:
    settled(page, served, "board")
    page.keyboard.press("j")
    page.keyboard.press("m")
    menu = page.get_by_role("article", name="my_metric by host").get_by_role("button", name="Full screen")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
