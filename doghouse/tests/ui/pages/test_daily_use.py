"""What people met in a day of use: Back, empty lists, ranges that have not begun, downtimes that overlap, a server that falls silent."""

import re

import pytest
from house import NOW, Served
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser


def board(served: Served) -> str:
    boards = served.client.get("/api/v1/dashboard").json()["dashboards"]
    return served.url + str(next(one["url"] for one in boards if one["title"] == "My_metric"))


def test_back_brings_the_values_of_variables_before(page: Page, served: Served) -> None:
    page.goto(board(served))
    chosen = page.locator("[data-variable=host] [data-chosen]")
    before = chosen.inner_text()
    page.locator("[data-variable=host] summary").click()
    page.get_by_role("checkbox", name="web-2").check()
    expect(chosen).to_contain_text("web-2")
    with page.expect_request(lambda request: "/ui/data/dashboard/" in request.url and "web-2" not in request.url):
        page.go_back()
    expect(chosen).to_have_text(before)


def test_back_brings_the_query_before_into_the_explorer(page: Page, served: Served) -> None:
    page.goto("/metric/explorer?query=avg:my_metric{*}")
    box = page.get_by_role("combobox")
    box.fill("max:my_metric{*}")
    box.press("Enter")
    expect(page).to_have_url(re.compile("max"))
    page.get_by_role("button", name="bars").click()
    page.go_back()
    expect(page.get_by_role("button", name="line")).to_have_attribute("aria-pressed", "true")
    expect(box).to_have_value("max:my_metric{*}")
    page.go_back()
    expect(box).to_have_value("avg:my_metric{*}")


def test_a_list_in_which_nothing_matches_says_so(page: Page, served: Served) -> None:
    page.goto("/dashboard/lists?q=no-such-board")
    expect(page.locator("[data-nothing]")).to_have_text("nothing matches 'no-such-board'")
    page.get_by_role("searchbox").fill("My_metric")
    expect(page.locator("[data-nothing]")).to_have_count(0)


def test_a_range_that_has_not_begun_says_so(page: Page, served: Served) -> None:
    page.goto(
        f"/metric/explorer?query=avg:my_metric{{*}}&from_ts={(NOW + 3600) * 1000}&to_ts={(NOW + 7200) * 1000}&live=false"
    )
    expect(page.locator(".explore .why")).to_contain_text("has not begun yet")


def test_twenty_years_of_an_axis_are_years(page: Page, served: Served) -> None:
    page.goto(
        f"/metric/explorer?query=avg:my_metric{{*}}&from_ts={(NOW - 20 * 365 * 86400) * 1000}&to_ts={NOW * 1000}&live=false"
    )
    expect(page.locator("[data-time-label]")).to_contain_text("2006")


def test_the_list_of_boards_has_no_marks_of_markdown(page: Page, served: Served) -> None:
    served.board(
        {
            "title": "Marked",
            "layout_type": "ordered",
            "widgets": [],
            "description": "**Bold** and [a link](https://example.com)",
        }
    )
    page.goto("/dashboard/lists")
    expect(page.get_by_role("row", name="Marked")).to_contain_text("Bold and a link")


def test_tags_that_are_not_listed_are_counted(page: Page, served: Served) -> None:
    query = "avg(last_5m):avg:my_metric{*} > 9999"
    tags = [f"tag:{number}" for number in range(10)]
    made = served.ok(
        "POST",
        "/api/v1/monitor",
        {"name": "Tagged", "type": "metric alert", "query": query, "message": "m", "tags": tags},
    )
    page.goto("/monitors/manage")
    expect(page.get_by_role("row", name="Tagged").locator(".tags li").last).to_have_text("+4")
    served.ok("DELETE", f"/api/v1/monitor/{made['id']}", None)  # other tests count the monitors of this house


def test_downtimes_that_overlap_stand_side_by_side(page: Page, served: Served) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/monitors/downtimes")
    page.locator("[data-calendar][data-blocks]").wait_for()
    boxes = page.locator(".calendar .block").evaluate_all(
        "all => all.map((one) => { const box = one.getBoundingClientRect(); return [box.left, box.top, box.right, box.bottom]; })"
    )
    assert len(boxes) > 5
    over = [
        (a, b)
        for a in boxes
        for b in boxes
        if a < b and a[0] < b[2] - 1 and b[0] < a[2] - 1 and a[1] < b[3] - 1 and b[1] < a[3] - 1
    ]
    assert over == []
    assert min(right - left for left, _, right, _ in boxes) > 40


def test_on_a_phone_the_week_opens_on_today(page: Page, served: Served) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/monitors/downtimes")
    expect(page.locator(".calendar .today")).to_be_in_viewport()


def test_a_page_whose_server_says_nothing_is_not_live(page: Page, served: Served) -> None:
    silent = False

    def answer(route: Route) -> None:
        if not silent:
            route.continue_()  # else it is left without an answer

    page.route("**/ui/data/dashboard/**", answer)
    page.goto(board(served))
    word = page.locator("[data-live-word]")
    expect(page.locator("[data-board]")).to_have_attribute("aria-busy", "false")
    expect(word).to_have_text("Live")
    silent = True
    expect(word).to_have_text("Waiting")
