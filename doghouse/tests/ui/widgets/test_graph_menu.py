"""What every graph's menu leads to: the explorer, a monitor, the past beside it; the explorer's formulas and dashboards; the metric summary."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from house import Served
from playwright.sync_api import Locator, Page, expect
from sample import HOST, NOTE, board, graph

from doghouse import dashboards
from doghouse.ui.board_editor.page import with_widget

PLACED = [{"definition": NOTE, "layout": {"x": 0, "y": 3, "width": 4, "height": 5}}]
BODY = board(
    "Menus",
    graph("by host", "avg:my_metric{$host} by {host}"),
    graph("stacked", "avg:my_metric{*} by {host}", "bars"),
    template_variables=[HOST],
)


@pytest.fixture
def menus(served: Served) -> Iterator[str]:
    """The address of a dashboard, which is gone after the test."""
    made = served.ok("POST", "/api/v1/dashboard", BODY)
    yield str(made["url"])
    served.client.delete(f"/api/v1/dashboard/{made['id']}")


def drawn(page: Page) -> None:
    expect(page.locator("[aria-busy=false] canvas").first).to_be_visible()


def entry(page: Page, graph_name: str, name: str) -> Locator:
    page.get_by_label(f"Menu of {graph_name}").click()
    return page.get_by_role("button", name=name, exact=True)


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.browser
@pytest.mark.parametrize("name", ["by host", "stacked"])
def test_a_graph_has_the_past_beside_it_until_it_is_clicked_again(page: Page, menus: str, name: str) -> None:
    page.goto(menus)
    drawn(page)
    widget = page.get_by_role("article", name=name, exact=True)
    now = {"host:db-1", "host:web-1", "host:web-2"}
    entry(page, name, "hour before").click()
    expect(widget.locator(".legend button")).to_have_count(6)
    assert set(widget.locator(".legend button").all_inner_texts()) == now | {f"{one}, an hour before" for one in now}
    expect(widget.locator("[data-ago='3600']")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(widget.locator(".legend button")).to_have_count(6)
    entry(page, name, "hour before").click()
    expect(widget.locator(".legend button")).to_have_count(3)
    assert "compare" not in page.url


@pytest.mark.browser
def test_a_graph_opens_in_the_explorer_with_its_variables_values(page: Page, menus: str) -> None:
    page.goto(f"{menus}?tpl_var_host=web-1")
    drawn(page)
    entry(page, "by host", "Open in Metrics Explorer").click()
    expect(page.get_by_role("combobox", name="Query")).to_have_value("avg:my_metric{host:web-1} by {host}")
    assert {"query", "from_ts", "to_ts", "live"} == asked(page).keys()


@pytest.mark.browser
def test_a_graph_becomes_a_monitor(page: Page, menus: str) -> None:
    page.goto(menus)
    drawn(page)
    entry(page, "stacked", "Create monitor").click()
    query = "avg(last_5m):avg:my_metric{*} by {host} > 0"
    expect(page.get_by_role("combobox", name="Query")).to_have_value(query)


@pytest.mark.browser
def test_formulas_over_several_queries_are_drawn_and_saved_to_a_dashboard(
    page: Page, served: Served, menus: str
) -> None:
    page.goto("/metric/explorer?query=avg:my_metric{*}")
    page.get_by_role("button", name="Add query").click()
    page.get_by_role("combobox", name="Query b").fill("avg:system.cpu.user{*}")
    page.get_by_role("combobox", name="Query b").blur()
    page.get_by_role("button", name="Add formula").click()
    page.get_by_role("combobox", name="Formula 1").fill("a / c")
    page.get_by_role("combobox", name="Formula 1").blur()
    expect(page.locator(".explore .notes")).to_contain_text("'c' is no query of this widget; it has a, b")
    page.get_by_role("combobox", name="Formula 1").fill("a / b")
    drawn(page)
    assert (asked(page)["query"], asked(page)["formula"]) == (["avg:my_metric{*}", "avg:system.cpu.user{*}"], ["a / b"])

    page.get_by_text("Save to dashboard").click()
    page.get_by_label("Title").fill("Ratio")
    page.get_by_label("Dashboard", exact=True).select_option(label="Menus")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Open the dashboard").click()
    ratio = page.get_by_role("article", name="Ratio", exact=True)
    expect(ratio.locator("canvas")).to_be_visible()
    saved = served.ok("GET", f"/api/v1/dashboard/{menus.split('/')[2]}")["widgets"][-1]["definition"]["requests"]
    assert [one["formula"] for one in saved[0]["formulas"]] == ["a / b"]

    page.go_back()
    expect(page.get_by_role("combobox", name="Formula 1")).to_have_value("a / b")
    page.get_by_role("button", name="Remove formula 1").click()
    page.get_by_role("button", name="Remove query b").click()
    expect(page.get_by_role("combobox", name="Query")).to_have_value("avg:my_metric{*}")
    assert "formula" not in asked(page)


def test_the_summary_of_a_metric_says_its_unit_its_tags_and_who_sends_it(served: Served) -> None:
    served.ok("PUT", "/api/v1/metrics/my_metric", {"unit": "byte", "description": "How much <there> is"})
    text = served.client.get("/metric/summary?metric=my_metric").text
    served.ok("PUT", "/api/v1/metrics/my_metric", {"unit": "", "description": ""})
    facts = dict(re.findall(r"<dt>(\w+)</dt><dd>(.*?)</dd>", text, re.DOTALL))
    assert (facts["Type"], facts["Unit"], facts["Series"]) == ("gauge", "byte", "3")
    assert facts["Description"] == "How much &lt;there&gt; is"
    assert set(re.findall(r">([\w-]+)</a>", facts["Hosts"])) == {"web-1", "web-2", "db-1"}
    assert re.search(r"<td class=\"mono\">env</td><td class=\"number\">2</td>.*prod.*staging", text)
    assert served.client.get("/metric/summary?metric=no.such").status_code == 404
    assert all(f"metric={name}" in text for name in ("postgresql.commits", "system.cpu.user"))


@pytest.mark.parametrize(
    ("layout", "widgets", "place"),
    [
        ("ordered", [{"definition": NOTE}], None),
        ("ordered", PLACED, {"x": 0, "y": 8, "width": 4, "height": 2}),
        ("free", [], {"x": 0, "y": 0, "width": 48, "height": 24}),
    ],
)
def test_a_saved_graph_stands_below_what_has_a_place(layout: str, widgets: Any, place: Any) -> None:
    body = {"title": "Grown", "layout_type": layout, "widgets": widgets}
    grown = with_widget(body, graph("new", "avg:my_metric{*}"))
    dashboards.check(grown)
    assert grown["widgets"][:-1] == widgets
    assert grown["widgets"][-1].get("layout") == place


def test_a_widget_that_is_none_is_not_saved(served: Served, menus: str) -> None:
    wrong = json.dumps({"id": menus.split("/")[2], "definition": {"type": "no such"}})
    answer = served.client.post(
        "/ui/data/board-editor/add", content=wrong, headers={"Origin": served.url, "Content-Type": "application/json"}
    )
    assert answer.status_code == 400


@pytest.mark.browser
def test_a_table_of_a_board_is_sorted_by_a_click(page: Page, served: Served) -> None:
    requests = [{"q": "avg:system.cpu.user{*} by {host}", "aggregator": "avg"}]
    body = board("Tables", {"type": "query_table", "title": "CPU", "requests": requests})
    made = served.ok("POST", "/api/v1/dashboard", body)
    page.goto(made["url"])
    rows = page.get_by_role("article", name="CPU").locator("tbody tr td:first-child")
    expect(rows).to_have_text(["host:db-1", "host:web-2", "host:web-1"])
    page.get_by_role("button", name="Group").click()
    expect(rows).to_have_text(["host:db-1", "host:web-1", "host:web-2"])
    page.reload()
    expect(rows).to_have_text(["host:db-1", "host:web-1", "host:web-2"])
    served.client.delete(f"/api/v1/dashboard/{made['id']}")
