"""Services, resources, traces and their logs, on the page and in its arithmetic."""

import re
from itertools import pairwise

import pytest
from house import Served
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Locator, Page, expect

from doghouse.traces.model import Span
from doghouse.ui.data import flame_graph
from doghouse.ui.rendering import environment


@pytest.fixture
def counted(served: Served) -> Served:
    """The doghouse, its spans counted into the metrics of services."""
    served.house.app.state.trace_intake.give_out(served.house.clock.now() + 60)
    return served


@pytest.mark.browser
def test_a_service_is_told_from_its_resources(page: Page, counted: Served) -> None:
    page.goto("/apm/services")
    page.get_by_role("link", name="shop").click()
    expect(page.get_by_role("heading", name="shop", level=1)).to_be_visible()
    resources = page.get_by_role("region", name="Resources").or_(page.locator("section[aria-labelledby=resources]"))
    expect(resources.get_by_role("row", name=re.compile("All resources"))).to_contain_text("43")
    for name in ("GET /users", "GET /users/<id>", "GET /orders"):
        expect(resources.get_by_role("link", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("article", name="Requests").locator("canvas")).to_be_visible()
    expect(page.get_by_role("article", name="Latency (s)").get_by_role("listitem")).to_have_text(["p50", "p95", "p99"])


@pytest.mark.browser
def test_the_traces_of_one_resource_are_listed_and_errors_alone(page: Page, counted: Served) -> None:
    page.goto("/apm/services/shop")
    page.get_by_role("link", name="GET /orders", exact=True).first.click()
    expect(page.locator("section[aria-labelledby=traces] tbody tr")).to_have_count(14)
    page.get_by_role("link", name="errors only").click()
    expect(page.locator("section[aria-labelledby=traces] tbody tr")).to_have_count(1)
    expect(page.locator("section[aria-labelledby=traces] tbody")).to_contain_text("500")


@pytest.mark.browser
def test_spans_are_searched_sorted_and_lead_to_their_trace(page: Page, served: Served) -> None:
    page.goto("/apm/traces")
    page.get_by_label("Search traces").fill("service:shop @duration:>20ms")
    rows = page.locator("#spans tbody tr")
    expect(page.get_by_text("Only the newest 200 spans are shown.")).to_have_count(0)
    page.get_by_role("button", name="Duration").click()
    expect(page).to_have_url(re.compile("sort=-Duration"))
    lasted = [
        float(value)
        for value in rows.locator("td:nth-child(5)").evaluate_all("all => all.map(one => one.dataset.value)")
    ]
    assert lasted == sorted(lasted, reverse=True)
    assert lasted[-1] > 20
    rows.first.get_by_role("link").nth(1).click()
    expect(page).to_have_url(re.compile(r"/apm/trace/[0-9a-f]{32}\?spanID="))
    expect(page.get_by_role("complementary", name="Span")).to_contain_text("shop")


@pytest.mark.browser
def test_an_error_in_the_list_of_spans_is_told_by_a_word_and_a_colour_and_is_no_spelling_mistake(
    page: Page, served: Served
) -> None:
    page.goto("/apm/traces?query=service:shop")
    rows = page.locator("#spans tbody tr")
    failed = rows.filter(has=page.get_by_text(re.compile("^(500|error)$")))
    expect(failed).to_have_count(2)  # the request, and the part of it that failed
    whole = rows.filter(has=page.get_by_text("200", exact=True)).first
    for row in failed.all():
        assert row.locator("*").evaluate_all(WAVY) == []
        assert tone(row) != tone(whole)


WAVY = "all => all.filter(one => getComputedStyle(one).textDecorationStyle === 'wavy').map(one => one.textContent)"


def tone(row: Locator) -> str:
    return str(row.locator(".state").evaluate("one => getComputedStyle(one).color"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("service:shop status:error", {"500", "error"}),
        ('resource_name:"GET /users" service:shop', {"200"}),
        ("@http.status_code:500", {"500"}),
        ("service:nobody", set()),
    ],
)
def test_a_search_of_spans_goes_by_service_resource_status_and_tags(
    served: Served, query: str, found: set[str]
) -> None:
    text = served.client.get("/apm/traces", params={"query": query}).text
    assert set(re.findall(r'class="state \w+">(\w+)</span>', text)) == found


@pytest.mark.parametrize(
    ("ms", "shown"), [(0.048, "48 µs"), (0.0, "0 µs"), (12.84, "12.8 ms"), (1500.0, "1.50 s"), (None, "–")]
)
def test_a_duration_is_shown_in_the_unit_that_it_is_read_in(ms: float | None, shown: str) -> None:
    assert environment().get_template("_apm.html").module.ms(ms) == shown  # type: ignore[attr-defined]


def test_a_search_of_spans_that_is_wrong_says_where(served: Served) -> None:
    text = served.client.get("/apm/traces", params={"query": "service:(a"}).text
    assert 'role="alert"' in text
    assert "<table" not in text


@pytest.mark.browser
def test_from_a_log_line_to_its_trace_and_back(page: Page, served: Served) -> None:
    page.goto("/logs?query=status:error service:web")
    page.get_by_role("link", name="Trace of this log").click()
    expect(page).to_have_url(re.compile("/apm/trace/0{28}1094$"))
    expect(page.get_by_role("complementary", name="Span")).to_contain_text("flask.request")
    logs = page.locator("section[aria-labelledby=logs]")
    expect(logs).to_contain_text("connection to the database was lost")
    logs.get_by_role("link", name="View in Logs").click()
    expect(page.locator(".stream.logs > li")).to_contain_text(["connection to the database was lost"])


@pytest.mark.browser
def test_the_flame_graph_is_walked_with_the_arrow_keys(page: Page, served: Served) -> None:
    page.goto("/apm/trace/4244")
    page.get_by_role("button", name="shop GET /orders, 42.0 ms, error").focus()
    detail = page.get_by_role("complementary", name="Span")
    page.keyboard.press("ArrowDown")
    expect(detail).to_contain_text("postgres.query")
    page.keyboard.press("ArrowUp")
    expect(detail).to_contain_text("http.status_code")
    assert "spanID=424401" in page.url


def test_a_trace_that_was_not_kept_says_so(served: Served) -> None:
    answer = served.client.get("/apm/trace/77")
    assert answer.status_code == 404
    assert "it was not kept, or never came" in answer.text


def made(number: int, parent: int, start: int, length: int) -> Span:
    return Span(1, number, start, length, parent_id=parent)


def test_a_child_stands_below_its_parent_and_siblings_that_overlap_on_rows_of_their_own() -> None:
    rows = flame_graph.placed(
        [made(1, 0, 0, 100), made(2, 1, 10, 40), made(3, 1, 20, 40), made(4, 1, 60, 10), made(5, 2, 15, 5)]
    )
    assert rows[1] == 0
    assert rows[2] == rows[4] == 1
    assert rows[3] == 2
    assert rows[5] > rows[2]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 1000), st.integers(0, 300)), max_size=40))
def test_no_two_bars_of_a_row_overlap(given: list[tuple[int, int, int]]) -> None:
    from doghouse.traces.model import in_order

    spans = in_order(made(number, parent, start, length) for number, (parent, start, length) in enumerate(given, 1))
    rows = flame_graph.placed(spans)
    for row in set(rows.values()):
        bars = sorted((span.start, span.end) for span in spans if rows[span.span_id] == row)
        assert all(before[1] <= after[0] for before, after in pairwise(bars))


def test_a_tracers_own_notes_are_not_shown() -> None:
    span = made(1, 0, 0, 1)
    span.meta, span.metrics = {"env": "prod", "_dd.p.tid": "1"}, {"_sampling_priority_v1": 1.0, "rows": 3.0}
    assert flame_graph.tags(span) == {"env": "prod", "rows": "3"}
