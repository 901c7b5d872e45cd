"""What a page shows is whole and as its author meant it: labels, tooltips, options of widgets, errors of spans."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from house import NOW, Served
from playwright.sync_api import Locator, Page, expect
from sample import board, graph

from doghouse.time.clock import Clock

pytestmark = pytest.mark.browser
RANGE = f"from_ts={(NOW - 3600) * 1000}&to_ts={NOW * 1000}&live=false"
# Every text that a canvas is given, with the box that it fills there (px of the canvas).
TEXTS = """
window.texts = [];
const draw = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y, most) {
  const { width: full, actualBoundingBoxAscent: up, actualBoundingBoxDescent: down } = this.measureText(text);
  const width = Math.min(full, most ?? full);
  const left = { right: x - width, end: x - width, center: x - width / 2 }[this.textAlign] ?? x;
  const at = this.getTransform().transformPoint({ x: left, y: y - up });
  window.texts.push({ text, left: at.x, right: at.x + width, top: at.y, bottom: at.y + up + down, room: this.canvas.width });
  return most == null ? draw.call(this, text, x, y) : draw.call(this, text, x, y, most);
};
"""

# How many round points canvases were given.
DOTS = """
window.dots = 0;
const arc = Path2D.prototype.arc;
Path2D.prototype.arc = function (...given) {
  window.dots += 1;
  return arc.apply(this, given);
};
"""


@pytest.fixture
def show(page: Page, served: Served) -> Iterator[Callable[..., Page]]:
    """Opens a board of some widgets, which is gone after the test."""
    made: list[Any] = []

    def opened(*widgets: dict[str, Any], query: str = RANGE, **more: Any) -> Page:
        made.append(served.ok("POST", "/api/v1/dashboard", board("Looks", *widgets, **more)))
        page.goto(f"{made[-1]['url']}?{query}")
        expect(page.locator("[data-board]")).to_have_attribute("aria-busy", "false")
        return page

    yield opened
    for one in made:
        served.client.delete(f"/api/v1/dashboard/{one['id']}")


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=title, exact=True)


def scalar(query: str, **formula: Any) -> dict[str, Any]:
    """A request for a value of each group."""
    queries = [{"name": "a", "data_source": "metrics", "query": query, "aggregator": "last"}]
    return {"response_format": "scalar", "queries": queries, "formulas": [{"formula": "a"} | formula]}


def texts(page: Page, beginning: str) -> list[dict[str, Any]]:
    """What canvases were given to write, once a text that begins so is among it."""
    for _ in range(200):
        drawn: list[dict[str, Any]] = page.evaluate("window.texts")
        if any(one["text"].startswith(beginning) for one in drawn):
            return drawn
        page.wait_for_timeout(50)
    raise AssertionError(f"no canvas says {beginning!r}: {sorted({one['text'] for one in drawn})}")


def send(served: Served, metric: str, when: int, value: float) -> None:
    served.ok("POST", "/api/v1/series", {"series": [{"metric": metric, "points": [[when, value]], "host": "web-1"}]})


def test_the_label_at_the_end_of_a_line_is_whole_after_it_grew_live(
    page: Page, served: Served, show: Callable[..., Page], clock: Clock
) -> None:
    page.add_init_script(TEXTS)
    send(served, "grows", NOW - 20, 7)
    show(graph("Growing", "avg:grows{*}"), query=f"from_ts={(NOW - 300) * 1000}&to_ts={NOW * 1000}&live=true")
    expect(card(page, "Growing")).to_have_attribute("data-drawn", "1")
    page.evaluate("window.texts = []")
    clock.set(NOW + 40)
    send(served, "grows", NOW + 20, -123_456.7)
    drawn = texts(page, "−123.5k")
    assert [one["text"] for one in drawn if one["right"] > one["room"] + 1 or one["left"] < -1] == []


def test_values_between_gaps_are_drawn_as_points(page: Page, served: Served, show: Callable[..., Page]) -> None:
    page.add_init_script(DOTS)
    often, seldom = ([[NOW - ago, 7] for ago in range(20, 420, every)] for every in (20, 40))
    series = [{"metric": name, "points": points} for name, points in (("often", often), ("seldom", seldom))]
    served.ok("POST", "/api/v1/series", {"series": series})
    queries = [
        {"name": name, "data_source": "metrics", "query": f"avg:{metric}{{*}}"}
        for name, metric in (("a", "often"), ("b", "seldom"))
    ]
    asked = {"response_format": "timeseries", "queries": queries, "formulas": [{"formula": "a / b"}]}
    show({"type": "timeseries", "title": "Share", "requests": [asked]})
    expect(card(page, "Share")).to_have_attribute("data-drawn", "1")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.dots") >= 10  # a share for each point of the metric that comes seldom


def test_the_word_simulated_stands_over_no_other_name(page: Page, show: Callable[..., Page], served: Served) -> None:
    page.add_init_script(TEXTS)
    page.goto(f"/monitors/1?from_ts={(NOW - 4 * 3600) * 1000}&to_ts={(NOW - 1800) * 1000}&live=false")
    drawn = [one for one in texts(page, "simulated") if one["text"].startswith(("simulated", "Out of office"))]
    assert {one["text"][:9] for one in drawn} >= {"simulated"}
    names = [one for one in drawn if not one["text"].startswith("simulated")]
    for word in (one for one in drawn if one["text"].startswith("simulated")):
        over = [one for one in names if one["left"] < word["right"] and word["left"] < one["right"]]
        assert [one for one in over if one["top"] < word["bottom"] and word["top"] < one["bottom"]] == []


def test_a_tooltip_goes_when_the_range_has_nothing_under_the_cursor(page: Page, show: Callable[..., Page]) -> None:
    show(graph("CPU", "avg:system.cpu.user{*}"))
    card(page, "CPU").locator(".u-over").hover()
    expect(page.locator(".tip")).to_be_visible()
    page.evaluate("history.pushState(null, '', '?from_ts=1000000000000&to_ts=1000003600000&live=false')")
    page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    expect(card(page, "CPU")).to_contain_text("no points")
    expect(page.locator(".tip")).to_be_hidden()


def test_rows_without_places_are_as_high_as_they_need(page: Page, show: Callable[..., Page]) -> None:
    small = {"type": "query_value", "title": "Small", "requests": [scalar("avg:my_metric{*}")]}
    tall = {"type": "note", "content": "\n\n".join(f"line {number}" for number in range(60))}
    show(small, tall)
    box, other = (one.bounding_box() for one in page.locator(".board > .widget").all())
    assert box is not None
    assert other is not None
    assert box["height"] < other["height"] / 2


def test_a_figure_is_seen_on_a_board_without_places(page: Page, show: Callable[..., Page]) -> None:
    show(
        {"type": "query_value", "title": "Value", "requests": [scalar("avg:my_metric{*}")]},
        {"type": "alert_value", "title": "Alert", "alert_id": "2"},
    )
    figures = page.locator(".figure")
    expect(figures).to_have_count(2)
    sizes = figures.evaluate_all("all => all.map(one => parseFloat(getComputedStyle(one).fontSize))")
    assert min(sizes) > 20


def test_a_query_value_has_its_course_behind_it_and_its_figure_at_its_side(
    page: Page, show: Callable[..., Page]
) -> None:
    value = {"type": "query_value", "title": "Right", "text_align": "right", "requests": [scalar("avg:my_metric{*}")]}
    show(value | {"timeseries_background": {"type": "bars"}})
    expect(card(page, "Right").locator("svg.course path")).to_be_attached()
    expect(card(page, "Right").locator(".figure")).to_have_css("justify-content", "right")


def test_a_table_has_bars_as_long_as_its_values_and_paints_what_meets_a_format(
    page: Page, show: Callable[..., Page]
) -> None:
    formats = [{"comparator": ">", "value": 40, "palette": "white_on_red"}]
    asked = scalar("avg:system.cpu.user{*} by {host}", cell_display_mode="bar", conditional_formats=formats)
    show({"type": "query_table", "title": "Bars", "requests": [asked]})
    rows = card(page, "Bars").locator("tbody tr")
    values = [float(cell.get_attribute("data-value") or 0) for cell in rows.locator("td.number").all()]
    bars = rows.locator(".cell-bar")
    widths = bars.evaluate_all("all => all.map(one => parseFloat(one.style.width))")
    assert widths == pytest.approx([100 * value / max(values) for value in values], abs=0.01)
    tones = bars.evaluate_all("all => all.map(one => one.classList.contains('tone-bad'))")
    assert tones == [value > 40 for value in values]


def test_a_legend_has_the_columns_that_its_author_chose_with_the_apis_figures(
    page: Page, served: Served, show: Callable[..., Page]
) -> None:
    wish = {"show_legend": True, "legend_layout": "vertical", "legend_columns": ["min", "max"]}
    show(graph("Legend", "avg:system.cpu.user{*} by {host}", **wish))
    answer = served.ok(
        "GET", "/api/v1/query", params={"from": NOW - 3600, "to": NOW, "query": "avg:system.cpu.user{host:web-1}"}
    )
    values = [value for _, value in answer["series"][0]["pointlist"]]
    expect(card(page, "Legend").locator(".legend li")).to_have_count(4)
    head, *rows = card(page, "Legend").locator(".legend li").all()
    row = next(one for one in rows if "web-1" in one.inner_text())
    assert head.locator(".number").all_inner_texts() == ["min", "max"]
    shown = [float(text.rstrip("%")) for text in row.locator(".number").all_inner_texts()]
    assert shown == pytest.approx([min(values), max(values)], rel=1e-3)


def test_a_summary_of_monitors_is_coloured_and_listed_as_its_author_chose(
    page: Page, show: Callable[..., Page]
) -> None:
    wish = {
        "color_preference": "background",
        "display_format": "countsAndList",
        "show_priority": True,
        "sort": "name,asc",
    }
    show({"type": "manage_status", "title": "Team", "query": 'tag:"team:example"'} | wish)
    expect(card(page, "Team").locator(".counts.filled")).to_be_visible()
    names = card(page, "Team").locator("li a").all_inner_texts()
    assert names == sorted(names, key=str.lower)
    expect(card(page, "Team").locator("li", has_text="My metric is high")).to_contain_text("P2")


def test_a_stack_is_read_line_by_line_and_a_failed_span_is_no_spelling_mistake(page: Page, served: Served) -> None:
    page.goto("/apm/trace/4244")
    failed = page.get_by_role("button", name="shop GET /orders, 42.0 ms, error")
    expect(failed).to_have_css("text-decoration-line", "none")
    failed.click()
    detail = page.get_by_role("complementary", name="Span")
    expect(detail).to_contain_text("error.stack")
    assert detail.locator("pre").inner_text().count("\n") == 2
    expect(detail).not_to_contain_text("\\n")


@pytest.mark.parametrize("title", ["My_metric", "Placed", "States"])
def test_no_label_of_any_graph_is_cut(page: Page, served: Served, title: str) -> None:
    page.add_init_script(TEXTS)
    boards = served.client.get("/api/v1/dashboard").json()["dashboards"]
    page.goto(next(one["url"] for one in boards if one["title"] == title))
    page.wait_for_load_state("networkidle")
    drawn = texts(page, "")
    assert [one["text"] for one in drawn if one["right"] > one["room"] + 1 or one["left"] < -1] == []
