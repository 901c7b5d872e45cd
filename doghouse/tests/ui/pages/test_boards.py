"""Dashboards as a person uses them: found in a list, read, moved in time, filtered, zoomed."""

import io
import re
from urllib.parse import parse_qs, urlsplit

import matplotlib.image
import pytest
import sample
from house import NOW, Served
from playwright.sync_api import Locator, Page, Route, expect

from doghouse.time.clock import Clock

pytestmark = pytest.mark.browser
POLL_MS = 31_000  # longer than any wait between two polls


def opened(page: Page, served: Served, query: str = "") -> Page:
    """The page of the sample's first board, every graph drawn."""
    address = next(one["url"] for one in boards(served) if one["title"] == "My_metric")
    page.goto(f"{served.url}{address}{query}")
    drawn(page)
    return page


def boards(served: Served) -> list[dict[str, str]]:
    found: list[dict[str, str]] = served.client.get("/api/v1/dashboard").json()["dashboards"]
    return found


def drawn(page: Page) -> None:
    """Wait until every graph has the numbers that were asked for."""
    expect(page.locator("[data-board]")).to_have_attribute("aria-busy", "false")


def widget(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=title, exact=True)


def ranges(page: Page) -> set[tuple[int, int]]:
    """The ranges that the graphs show (s)."""
    shown = page.eval_on_selector_all(
        ".plot[data-points]:visible", "all => all.map(one => [+one.dataset.from, +one.dataset.to])"
    )
    return {(start, end) for start, end in shown}


def url_query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def drag(page: Page, title: str, start: float, end: float) -> None:
    """Drag over a graph between two shares of its width."""
    over = widget(page, title).locator(".u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * start, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * (start + end) / 2, middle)
    page.mouse.move(box["x"] + box["width"] * end, middle)
    page.mouse.up()


def test_the_list_names_every_board_and_leads_to_it(page: Page, served: Served) -> None:
    page.goto("/")
    expect(page).to_have_title("Dashboards · doghouse")
    page.get_by_role("link", name="My_metric").click()
    expect(page).to_have_url(re.compile(r"/dashboard/\w{3}-\w{3}-\w{3}/mymetric$"))
    expect(page.get_by_role("heading", name="My_metric", level=1)).to_be_visible()


def test_the_list_is_searched_from_the_keyboard(page: Page, served: Served) -> None:
    page.goto("/dashboard/lists")
    page.keyboard.press("/")
    page.keyboard.type("plac")
    expect(page.locator("#boards tbody tr:visible")).to_have_count(1)
    assert url_query(page) == {"q": ["plac"]}


def test_every_graph_with_points_is_drawn(page: Page, served: Served) -> None:
    opened(page, served)
    for title in (
        "my_metric by host",
        "my_metric as bars",
        "CPU",
        "a host that fell silent",
        "CPU as a bar chart",
        "inside",
    ):
        expect(widget(page, title).locator("canvas")).to_be_visible()


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("no such metric", "no metric my_metrik was ever received"),
        ("outliers", "doghouse does not evaluate outliers()"),
        ("a query with a slip", "a '{' is not closed"),
        ("An SLO", "there is no SLO 'x'"),
        ("CPU as a bar chart", "A plain graph of its queries"),
    ],
)
def test_a_widget_that_cannot_be_drawn_says_why(page: Page, served: Served, title: str, reason: str) -> None:
    opened(page, served)
    expect(widget(page, title)).to_contain_text(reason)


def test_an_empty_graph_says_since_when(page: Page, served: Served) -> None:
    opened(page, served, "?from_ts=0&to_ts=300000&live=true")
    expect(widget(page, "a host that fell silent")).to_contain_text(
        "no points of my_metric with host:web-2 in the past 5 minutes; last seen 12 min ago"
    )


def test_the_past_five_minutes_can_be_chosen_and_stand_in_the_url(page: Page, served: Served) -> None:
    opened(page, served)
    page.get_by_label("Time range").first.click()
    page.get_by_role("link", name="Past 5 minutes").click()
    expect(page.locator("[data-time-label]")).to_have_text("Past 5 minutes")
    expect(widget(page, "my_metric by host").locator(".plot")).to_have_attribute("data-from", str(NOW - 299))
    assert ranges(page) >= {(NOW + 1 - 300, NOW + 1)}
    query = url_query(page)
    assert int(query["to_ts"][0]) - int(query["from_ts"][0]) == 300_000
    assert query["live"] == ["true"]
    plot = widget(page, "my_metric by host").locator(".plot")
    assert int(plot.get_attribute("data-points") or 0) >= 2 * 300 / sample.EVERY_S - 2


def test_a_range_in_the_url_is_shown_as_it_is(page: Page, served: Served) -> None:
    start, end = NOW - 7200, NOW - 5400
    opened(page, served, f"?from_ts={start}000&to_ts={end}000&live=false")
    assert ranges(page) == {(start, end)}
    expect(page.get_by_role("button", name="Paused")).to_be_visible()


def test_a_range_can_be_typed(page: Page, served: Served) -> None:
    opened(page, served)
    page.keyboard.press("t")
    page.keyboard.type("15m")
    page.keyboard.press("Enter")
    expect(page.locator("[data-time-label]")).to_have_text("Past 15 minutes")
    page.keyboard.press("t")
    page.keyboard.type("10:00 – 10:30")
    page.keyboard.press("Enter")
    expect(page.locator("[data-time-label]")).to_have_text(re.compile("10:00 – 10:30"))


def test_new_points_appear_without_a_reload_and_only_new_buckets_are_asked_for(
    page: Page, served: Served, clock: Clock
) -> None:
    page.clock.install(time=NOW)
    opened(page, served, "?from_ts=0&to_ts=300000&live=true")
    plot = widget(page, "my_metric by host").locator(".plot")
    canvas = plot.locator("canvas").element_handle()
    before = int(plot.get_attribute("data-to") or 0)
    clock.set(NOW + 60)
    with page.expect_response(lambda answer: "since=" in answer.url) as polled:
        page.clock.fast_forward(POLL_MS)
    fresh = next(one for one in polled.value.json()["widgets"] if one["id"] == "1")
    assert all(len(series["ts"]) < 300 / sample.EVERY_S for series in fresh["series"])
    expect(plot).to_have_attribute("data-to", str(before + 60))
    assert plot.locator("canvas").element_handle() is not None
    assert page.evaluate("canvas => canvas.isConnected", canvas)  # the same canvas: nothing flickered


def test_a_paused_page_asks_for_nothing(page: Page, served: Served) -> None:
    page.clock.install(time=NOW)
    opened(page, served)
    page.get_by_role("button", name="Live").click()
    expect(page.get_by_role("button", name="Paused")).to_be_visible()
    drawn(page)
    asked: list[str] = []
    page.on("request", lambda request: "/ui/data/dashboard" in request.url and asked.append(request.url))
    page.clock.fast_forward(POLL_MS)
    page.wait_for_timeout(200)
    assert asked == []


def test_a_template_variable_filters_every_graph_that_uses_it(page: Page, served: Served) -> None:
    opened(page, served)
    legend = widget(page, "my_metric by host").get_by_role("listitem")
    expect(legend).to_have_count(3)
    page.get_by_label("Template variable host").click()
    page.get_by_role("checkbox", name="web-1").check()
    expect(widget(page, "my_metric by host").locator(".legend")).to_be_hidden()
    assert url_query(page)["tpl_var_host"] == ["web-1"]
    page.get_by_role("checkbox", name="db-1").check()
    expect(legend).to_have_count(2)
    assert url_query(page)["tpl_var_host"] == ["web-1,db-1"]


def test_numbered_values_of_a_link_are_read_and_written_as_one(page: Page, served: Served) -> None:
    opened(page, served, "?tpl_var_host%5B0%5D=web-1&tpl_var_host%5B1%5D=db-1")
    expect(page.locator("[data-chosen]")).to_have_text("web-1, db-1")
    page.get_by_label("Template variable host").click()
    page.get_by_role("checkbox", name="db-1").uncheck()
    expect(page.locator("[data-chosen]")).to_have_text("web-1")
    assert {key: value for key, value in url_query(page).items() if key.startswith("tpl")} == {
        "tpl_var_host": ["web-1"]
    }


def test_a_saved_view_sets_the_variables(page: Page, served: Served) -> None:
    opened(page, served)
    page.get_by_label("Saved view").select_option(label="web-1 alone")
    expect(page.locator("[data-chosen]")).to_have_text("web-1")


def test_a_drag_zooms_every_graph_and_back_undoes_it(page: Page, served: Served) -> None:
    opened(page, served)
    before = ranges(page)
    drag(page, "my_metric by host", 0.25, 0.5)
    expect(page).to_have_url(re.compile("live=false"))
    drawn(page)
    [(start, end)] = ranges(page)
    assert 850 <= end - start <= 950
    assert url_query(page)["from_ts"] == [str(start * 1000)]
    page.go_back()
    expect(widget(page, "CPU").locator(".plot")).to_have_attribute("data-to", str(NOW + 1))
    drawn(page)
    assert ranges(page) == before


def test_the_cursor_stands_on_every_graph_at_once(page: Page, served: Served) -> None:
    opened(page, served)
    over = widget(page, "my_metric by host").locator(".u-over")
    over.hover(position={"x": 100, "y": 60})
    expect(widget(page, "CPU").locator(".u-cursor-x")).not_to_have_class(re.compile("u-off"))
    tip = page.locator(".tip:visible")
    expect(tip).to_contain_text("host:web-1")
    expect(tip).to_contain_text("UTC")
    expect(tip).to_contain_text("CET")


def test_a_graph_is_read_with_the_arrow_keys(page: Page, served: Served) -> None:
    opened(page, served)
    page.keyboard.press("j")
    expect(widget(page, "my_metric by host").locator(".plot")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#said")).to_contain_text("host:web-1")


def test_a_graph_in_full_has_a_url_of_its_own(page: Page, served: Served) -> None:
    opened(page, served)
    page.keyboard.press("j")
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="my_metric by host")
    expect(dialog.locator("canvas")).to_be_visible()
    assert url_query(page)["fullscreen_widget"] == ["1"]
    page.reload()
    expect(dialog.locator("canvas")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page).not_to_have_url(re.compile("fullscreen_widget"))


def test_a_graphs_values_can_be_read_as_a_table(page: Page, served: Served) -> None:
    opened(page, served)
    widget(page, "CPU").get_by_label("Menu of CPU").click()
    widget(page, "CPU").get_by_role("button", name="Values as a table").click()
    expect(page.get_by_role("dialog").get_by_role("columnheader")).to_have_text(
        ["Time", "host:db-1", "host:web-1", "host:web-2"]
    )


def test_a_line_leaves_the_graph_by_its_name_in_the_legend(page: Page, served: Served) -> None:
    opened(page, served)
    button = widget(page, "CPU").get_by_role("button", name="host:web-1")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_a_query_value_shows_the_last_value_and_its_tone(page: Page, served: Served) -> None:
    opened(page, served)
    expect(widget(page, "my_metric now").locator(".figure")).to_have_class(re.compile("tone-warn"))
    expect(widget(page, "my_metric now").locator(".figure")).to_have_text(re.compile(r"^−?\d+(\.\d)?$"))


def test_a_toplist_ranks_from_the_greatest_down(page: Page, served: Served) -> None:
    opened(page, served)
    expect(widget(page, "CPU by host").get_by_role("listitem")).to_have_text(
        [re.compile("host:db-1"), re.compile("host:web-2"), re.compile("host:web-1")]
    )


def test_a_board_that_does_not_exist_says_so(page: Page, served: Served) -> None:
    answer = served.client.get("/dashboard/aaa-aaa-aaa/x")
    assert answer.status_code == 404
    assert "doghouse has no page for dashboard aaa-aaa-aaa" in answer.text


ACTS_JS = """() => [...document.querySelectorAll('[data-act]')].filter(one => ['full', 'snapshot', 'table', 'csv'].includes(one.dataset.act)).map(button => {
    button.click();
    const shown = document.querySelector('dialog[open]');
    const said = [button.dataset.act, button.closest('[data-widget]').getAttribute('aria-label'), shown?.textContent.length > 8];
    shown?.close();
    shown?.remove();
    return said;
})"""


@pytest.mark.parametrize("title", ["My_metric", "States"])
def test_every_entry_of_every_menu_shows_something(page: Page, served: Served, title: str) -> None:
    page.goto(next(one["url"] for one in boards(served) if one["title"] == title))
    drawn(page)
    acts = page.evaluate(ACTS_JS)
    assert {act for act, _, _ in acts} == {"full", "snapshot", "table", "csv"}
    assert [(act, name) for act, name, shown in acts if not shown and act != "csv"] == []  # which is saved, not shown


@pytest.mark.parametrize("name", ["CPU by host", "my_metric now", "CPU map"])
def test_a_widget_that_is_no_graph_is_seen_in_full_too(page: Page, served: Served, name: str) -> None:
    opened(page, served)
    widget(page, name).get_by_label(f"Menu of {name}").click()
    widget(page, name).get_by_role("button", name="Full screen").click()
    expect(page.get_by_role("dialog", name=name).locator(".bars, .figure, canvas").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_values_under_the_cursor_are_seen_over_a_graph_in_full(page: Page, served: Served) -> None:
    opened(page, served, "?fullscreen_widget=1")
    dialog = page.get_by_role("dialog", name="my_metric by host")
    over = dialog.locator(".u-over")
    expect(over).to_be_visible()
    assert (over.bounding_box() or {})["height"] > 500  # of the window's 800
    over.hover(position={"x": 300, "y": 200})
    expect(dialog.locator(".tip")).to_contain_text("host:web-1")


def test_a_snapshot_of_an_alert_graph_shows_the_monitors_query_and_threshold(served: Served) -> None:
    address = next(one["url"] for one in boards(served) if one["title"] == "States").rpartition("/")[0]
    answer = served.client.post(f"/ui/data{address}/snapshot", json={"widget": "1"}, headers={"Origin": served.url})
    picture = served.client.get(answer.json()["url"]).content
    shown = (matplotlib.image.imread(io.BytesIO(picture))[..., :3] * 255).round()
    for colour in ((0xC8, 0x37, 0x2D), (0x00, 0x72, 0xB2)):  # the critical threshold, and the first line
        assert (abs(shown - colour).max(axis=-1) < 12).any()


RED_JS = """() => {
    const canvas = document.querySelector('.plot canvas');
    const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
    const ctx = copy.getContext('2d', { willReadFrequently: true });
    ctx.drawImage(canvas, 0, 0);
    const { data } = ctx.getImageData(0, 0, canvas.width, canvas.height);
    const red = [];
    for (let i = 0; i < data.length; i += 4)
        if (data[i] > 150 && data[i + 1] < 90 && data[i + 2] < 90) red.push((i / 4) % canvas.width / canvas.width);
    return red;
}"""


def test_a_line_is_red_outside_its_band_alone_and_never_where_there_is_no_band(page: Page, served: Served) -> None:
    def without_the_first_bounds(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        for one in body["series"]:
            half = len(one["ts"]) // 2
            one["values"] = [50.0] * len(one["ts"])
            one["lower"] = [None] * half + [40.0] * (len(one["ts"]) - half)
            one["upper"] = [None] * half + [
                60.0 if place < half // 2 else 45.0 for place in range(len(one["ts"]) - half)
            ]
        route.fulfill(response=answer, json=body)

    page.route("**/ui/data/query?*", without_the_first_bounds)
    page.goto("/metric/explorer?query=anomalies(avg:postgresql.commits{*}, 'basic', 2)")
    expect(page.locator(".plot canvas")).to_be_visible()
    page.wait_for_function(f"({RED_JS})().length > 0")
    red = page.evaluate(RED_JS)
    assert min(red) > 0.65  # of the width: bounds begin at the half, and the line leaves them at three quarters
