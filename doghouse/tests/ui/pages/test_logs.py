"""The page of logs as a person uses it: facets, counts over time, columns, the lines around one, a mistake in a search."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from house import NOW, Served
from playwright.sync_api import Locator, Page, expect

from doghouse.time.clock import Clock


def counts(served: Served, **asked: Any) -> Any:
    return served.ok("GET", "/ui/data/logs", params=asked)


def values(facet: Any) -> dict[str, int]:
    return {row["value"]: row["count"] for row in facet["values"]}


def test_counts_are_of_the_search_and_each_facets_of_what_else_it_could_ask(served: Served) -> None:
    answer = counts(served, query="status:error service:web", facet=["status", "service", "env"])
    status, service, env = answer["facets"]
    assert answer["total"] == 1
    assert values(status) == {"error": 1, "info": 2, "warn": 1}  # of service:web
    assert [row["wanted"] for row in status["values"]] == [row["value"] == "error" for row in status["values"]]
    assert values(service) == {"web": 1}
    assert values(env) == {"prod": 1}
    assert [sum(row["counts"]) for row in answer["histogram"]["statuses"]] == [1]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("status:(error", "missing ')' for this '(' (column 8)\nstatus:(error\n       ^"),
        (
            "@took:>20ms",
            "Query parsing error: the unit of @took is not known, only those of @duration, @network.bytes_read, @network.bytes_written: "
            "expected a number without one, not 20ms",
        ),
    ],
)
def test_a_search_that_cannot_be_read_is_shown_with_a_caret_below_the_place(
    served: Served, query: str, problem: str
) -> None:
    assert counts(served, query=query) == {"problem": problem}
    for path in ("/logs", "/event/explorer"):
        text = served.client.get(path, params={"query": query}).text
        assert problem.replace("'", "&#39;").replace(">", "&gt;") in text


@pytest.mark.parametrize("asked", ["ts=1&id=1", "ts=x&id=1", "", "ts=999999999999999&id=999999999999999", "ts=-1&id=0"])
def test_a_line_that_is_not_there_is_a_page_that_says_so(served: Served, asked: str) -> None:
    answer = served.client.get(f"/logs/around?{asked}")
    assert answer.status_code == 404
    assert "was never here, or is forgotten" in answer.text


@pytest.mark.parametrize("field", ["", "@", "@a.b", "(", "x" * 5000, '"', "@http.status_code,env", "tags", "message"])
def test_any_field_may_be_a_facet_and_a_column(served: Served, field: str) -> None:
    for path in ("/ui/data/logs", "/logs"):
        assert served.client.get(path, params={"facet": field, "column": field}).status_code == 200


def test_older_lines_are_reached_page_by_page_each_once(served: Served) -> None:
    lines = [{"message": f"n{at}", "service": "many", "timestamp": (NOW + 3600 - at // 3) * 1000} for at in range(450)]
    served.ok("POST", "/api/v2/logs", lines)
    seen, address = [], f"/logs?query=service:many&from_ts={NOW + 3000}000&to_ts={NOW + 3700}000&live=false"
    while address:
        text = served.client.get(address).text
        seen += re.findall(r'class="mono line">(n\d+)<', text)
        further = re.search(r'<a href="([^"]*)">Older than these 200</a>', text)
        address = f"/logs{html.unescape(further[1])}" if further else ""
        assert ("Newest</a>" in text) is (len(seen) > 200)
    assert sorted(seen) == sorted(line["message"] for line in lines)


def test_the_oldest_first_are_the_same_lines_the_other_way_round_page_by_page(served: Served) -> None:
    lines = [{"message": f"n{at:03}", "service": "long", "timestamp": (NOW + 4000 + at) * 1000} for at in range(250)]
    served.ok("POST", "/api/v2/logs", lines)
    address = f"/logs?query=service:long&from_ts={NOW + 4000}000&to_ts={NOW + 4700}000&live=false&stream_sort=asc"
    text = served.client.get(address).text
    further = re.search(r'<a href="([^"]*)">Newer than these 200</a>', text)
    assert further
    text += served.client.get(f"/logs{html.unescape(further[1])}").text
    assert re.findall(r'class="mono line">(n\d+)<', text) == [line["message"] for line in lines]


def facet(page: Page, name: str) -> Locator:
    return page.locator(f'[data-facet="{name}"]')


def query_of(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query, keep_blank_values=True)


@pytest.mark.browser
def test_a_click_on_a_facet_asks_for_a_value_and_another_keeps_it_out(page: Page, served: Served) -> None:
    page.goto("/logs")
    lines = page.locator(".stream.logs > li")
    expect(lines).to_have_count(4)
    status = facet(page, "status")
    expect(status.locator("li")).to_have_count(3)
    status.get_by_role("link", name="error", exact=True).click()
    expect(lines).to_have_count(1)
    expect(page.get_by_role("searchbox")).to_have_value("status:error")
    expect(status.locator("li.wanted")).to_contain_text("error")
    status.locator("li", has_text="warn").get_by_role("link", name="warn", exact=True).click()
    expect(lines).to_have_count(2)
    status.locator("li.wanted", has_text="error").hover()
    status.get_by_role("link", name="exclude error").click()
    expect(lines).to_have_count(1)
    expect(status.locator("li.unwanted")).to_contain_text("excluded")
    assert query_of(page)["query"] == ["status:warn -status:error"]
    page.reload()
    expect(lines).to_have_count(1)
    expect(status.locator("li.unwanted")).to_contain_text("error")


@pytest.mark.browser
def test_the_order_of_lines_is_changed_by_a_click_and_stays_with_what_is_searched(page: Page, served: Served) -> None:
    page.goto("/logs")
    first = page.locator(".stream.logs > li").first
    expect(first).to_contain_text("GET /users 200")
    page.get_by_role("link", name="oldest first").click()
    expect(first).to_contain_text("cache is cold")
    page.get_by_role("searchbox").fill("status:(info OR error)")
    page.get_by_role("searchbox").press("Enter")
    expect(first).to_contain_text("GET /orders 500")
    assert query_of(page)["stream_sort"] == ["asc"]
    page.get_by_role("link", name="newest first").click()
    expect(first).to_contain_text("GET /users 200")


@pytest.mark.browser
def test_a_facet_is_opened_by_keyboard_and_stays_open_in_the_address(page: Page, served: Served) -> None:
    page.goto("/logs")
    expect(facet(page, "status").locator("li")).to_have_count(3)
    facet(page, "env").locator("summary").press("Enter")
    expect(facet(page, "env").get_by_role("link", name="prod", exact=True)).to_be_visible()
    facet(page, "host").locator("summary").press("Enter")
    expect(page).to_have_url(re.compile("facet=service&facet=status&facet=source&facet=env$"))
    page.reload()
    expect(facet(page, "env").get_by_role("link", name="prod", exact=True)).to_be_visible()
    expect(facet(page, "host")).not_to_have_attribute("open", "")
    facet(page, "env").get_by_role("link", name="prod", exact=True).press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox")).to_have_value("-env:prod")


@pytest.mark.browser
def test_columns_are_chosen_and_stay_in_the_address(page: Page, served: Served) -> None:
    page.goto("/logs")
    line = page.locator(".stream.logs > li").first
    page.get_by_text("Columns").click()
    page.get_by_role("checkbox", name="host", exact=True).check()
    expect(line.locator("summary")).to_contain_text("web-1")
    page.get_by_role("checkbox", name="status", exact=True).uncheck()
    expect(line.locator("summary .state")).to_have_count(0)
    page.get_by_label("A tag or an @attribute").fill("env")
    page.keyboard.press("Enter")
    expect(line.locator("summary")).to_contain_text("prod")
    assert query_of(page)["column"] == ["service", "host", "env"]
    page.reload()
    expect(line.locator("summary")).to_contain_text("prod")


@pytest.mark.browser
def test_a_bar_zooms_into_its_time(page: Page, served: Served) -> None:
    page.goto(f"/logs?from_ts={NOW - 600}000&to_ts={NOW + 60}000&live=false")
    expect(page.locator("[data-total]")).to_have_text("4 logs")
    bars = page.get_by_role("group", name="Logs over time").get_by_role("button")
    error = bars.filter(has=page.locator(".part-of.alert"))
    expect(error).to_have_count(1)
    expect(error).to_have_attribute("aria-label", re.compile(r": 1 \(error 1\)$"))
    error.click()
    expect(page.locator(".stream.logs > li")).to_have_count(1)
    expect(page.locator("[data-total]")).to_have_text("1 log")
    assert query_of(page)["live"] == ["false"]


@pytest.mark.browser
def test_the_bars_are_one_stop_of_the_tab_key_and_arrows_walk_them(page: Page, served: Served) -> None:
    page.goto(f"/logs?from_ts={NOW - 600}000&to_ts={NOW}000&live=false")
    bars = page.get_by_role("group", name="Logs over time").get_by_role("button")
    expect(page.locator("[data-total]")).to_have_text("3 logs")
    expect(page.locator("[data-buckets] button[tabindex='0']")).to_have_count(1)
    bars.last.focus()
    page.keyboard.press("ArrowLeft")
    expect(bars.nth(bars.count() - 2)).to_be_focused()
    page.keyboard.press("Home")
    expect(bars.first).to_be_focused()


@pytest.mark.browser
def test_a_line_leads_to_the_lines_around_it_of_its_host_and_service(page: Page, served: Served) -> None:
    other = {"message": "of another host", "service": "web", "hostname": "web-9", "timestamp": (NOW - 61) * 1000}
    served.ok("POST", "/api/v2/logs", [other])
    page.goto("/logs?query=status:error")
    page.locator(".stream.logs summary").click()
    page.get_by_role("link", name="Lines before and after of web-1, web").click()
    lines = page.locator(".stream.logs > li")
    expect(lines).to_have_count(4)
    expect(page.locator(".stream.logs > li.mine")).to_contain_text("connection to the database was lost")
    expect(lines.last).to_contain_text("cache is cold")
    expect(page.get_by_text("of another host")).to_have_count(0)
    page.get_by_role("link", name="host:web-1 service:web").click()
    expect(page.get_by_role("searchbox")).to_have_value("host:web-1 service:web")
    expect(page.locator(".stream.logs > li")).to_have_count(4)


@pytest.mark.browser
def test_while_a_search_is_wrong_its_place_is_shown_and_the_lines_stay(page: Page, served: Served) -> None:
    for path, line in (("/logs", "cache is cold"), ("/event/explorer", "Backup failed")):
        page.goto(path)
        expect(page.get_by_text(line).first).to_be_visible()
        page.get_by_role("searchbox").fill("status:(warn OR error")
        expect(page.locator("pre.wrong")).to_contain_text("(column 8)\nstatus:(warn OR error\n       ^")
        expect(page.get_by_text(line).first).to_be_visible()
        page.get_by_role("searchbox").fill("status:(warn OR error)")
        expect(page.locator("pre.wrong")).to_have_count(0)
        expect(page.get_by_text(line).first).to_be_visible()


@pytest.mark.browser
def test_a_line_that_is_open_stays_open_when_new_ones_come(page: Page, served: Served, clock: Clock) -> None:
    page.clock.install(time=NOW)
    page.goto("/logs?query=service:web")
    line = page.locator(".stream.logs > li", has_text="cache is cold")
    line.locator("summary").click()
    expect(line.locator("dl")).to_be_visible()
    page.locator("h1").click()
    line.locator("summary").blur()
    served.ok("POST", "/api/v2/logs", [{"message": "a new one", "service": "web", "timestamp": NOW * 1000}])
    page.clock.fast_forward(11_000)
    expect(page.get_by_text("a new one").first).to_be_visible()
    expect(line.locator("dl")).to_be_visible()


@pytest.mark.browser
def test_on_a_phone_the_facets_are_closed_and_nothing_is_wider(new_page: Callable[..., Page], served: Served) -> None:
    page = new_page(width=390, height=844)
    page.goto("/logs?column=status&column=service&column=@dd.trace_id")
    expect(page.locator("[data-total]")).to_contain_text("logs")
    expect(page.locator("[data-facets]")).not_to_have_attribute("open", "")
    page.locator("[data-facets] > summary").click()
    expect(facet(page, "status").locator("li").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
