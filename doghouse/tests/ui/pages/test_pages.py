"""The other pages as a person uses them: hosts, monitors, downtimes, inbox, events, logs, explorer."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from house import NOW, Served
from playwright.sync_api import Locator, Page, expect

from doghouse.time.clock import Clock

pytestmark = pytest.mark.browser


def query_of(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


# --- hosts


def test_a_host_is_opened_from_the_map_with_the_keyboard(page: Page, served: Served) -> None:
    page.goto("/infrastructure/map")
    canvas = page.locator("[data-map] canvas")
    expect(canvas).to_have_attribute("data-hosts", "3")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#said")).to_contain_text("db-1, avg:system.cpu.user")
    page.keyboard.press("Enter")
    detail = page.get_by_role("complementary", name="Host")
    expect(detail.get_by_role("heading", level=2)).to_have_text("db-1")
    expect(detail).to_contain_text("postgres.can_connect")
    expect(detail).to_contain_text("role:db")
    assert query_of(page)["host"] == ["db-1"]


def test_hosts_are_filtered_and_grouped_and_the_url_says_so(page: Page, served: Served) -> None:
    page.goto("/infrastructure/map")
    page.get_by_label("Filter").fill("env:prod")
    page.get_by_label("Group").select_option("role")
    expect(page.locator("[data-map] canvas")).to_have_attribute("data-hosts", "2")
    assert query_of(page) == {"fillby": ["avg:system.cpu.user"], "groupby": ["role"], "filter": ["env:prod"]}
    page.get_by_text("List of hosts").click()
    expect(page.get_by_role("row", name=re.compile("db-1"))).to_contain_text("role:db")


def test_a_metric_that_no_host_has_is_said(page: Page, served: Served) -> None:
    page.goto("/infrastructure/map?fillby=avg:nope")
    expect(page.locator("[data-scale]")).to_contain_text("no points of avg:nope in the past 10 minutes")


# --- monitors


def test_monitors_are_searched_in_datadogs_syntax(page: Page, served: Served) -> None:
    page.goto("/monitors/manage")
    expect(page.locator("table.monitors tbody tr")).to_have_count(4)
    page.get_by_label("Search monitors").fill('type:metric tag:"team:example"')
    page.keyboard.press("Enter")
    expect(page.locator("table.monitors tbody tr")).to_have_count(2)
    page.get_by_label("Search monitors").fill("status:purple")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("purple")


def test_a_monitors_page_has_its_graph_and_a_strip_for_each_group(page: Page, served: Served) -> None:
    page.goto("/monitors/1")
    expect(page.locator(".monitor-graph canvas")).to_be_visible()
    expect(page.locator(".strip > span")).to_have_text(["host:web-1", "host:web-2", "host:db-1"])
    expect(page.locator(".strip svg").first).to_have_attribute("aria-label", re.compile("Warn for"))


def test_another_threshold_shows_what_it_would_have_done(page: Page, served: Served) -> None:
    page.goto("/monitors/1")
    figures = page.locator("[data-figures]")
    expect(figures).to_contain_text("in this range")
    before = int(figures.get_by_role("row", name=re.compile("^state changes")).get_by_role("cell").inner_text())
    page.get_by_role("spinbutton", name="warn threshold").fill("300")
    page.keyboard.press("Enter")
    expect(figures.get_by_role("columnheader")).to_have_text(["current thresholds", "new thresholds"])
    cells = figures.get_by_role("row", name=re.compile("^state changes")).get_by_role("cell")
    assert int(cells.nth(0).inner_text()) == before
    assert int(cells.nth(1).inner_text()) != before


def test_thresholds_that_datadog_refuses_are_told(page: Page, served: Served) -> None:
    page.goto("/monitors/1")
    refused = page.locator("[data-refused]")
    field = page.get_by_role("spinbutton", name="alert threshold")
    field.fill("300")
    page.keyboard.press("Enter")
    expect(refused).to_have_text(
        "Datadog refuses these thresholds: Warning threshold (500.0) must be less than the alert threshold (300.0)."
    )
    field.fill("900")
    page.keyboard.press("Enter")
    expect(refused).to_have_text("")


def test_each_message_is_previewed_with_whom_it_reaches(page: Page, served: Served) -> None:
    page.goto("/monitors/1")
    triggered = page.locator("[data-previews] details").first
    expect(triggered.locator("summary")).to_have_text("Triggered to oncall@example.com")
    triggered.locator("summary").click()
    expect(triggered).to_contain_text("my_metric is 800.0 on db-1 (over 800.0).")


def test_a_monitor_is_muted_and_unmuted_from_its_page(page: Page, served: Served) -> None:
    page.goto("/monitors/2")
    page.get_by_text("Mute", exact=True).click()
    page.get_by_role("button", name="for 1 hour").click()
    expect(page.locator("[data-fragment=state]")).to_contain_text("muted")
    page.get_by_text("Mute", exact=True).click()
    page.get_by_role("button", name="Unmute", exact=True).click()
    expect(page.locator("[data-fragment=state]")).not_to_contain_text("muted")


def test_a_monitor_without_a_graph_says_why(page: Page, served: Served) -> None:
    page.goto("/monitors/4")
    expect(page.locator("main")).to_contain_text("A service check monitor has no metric query")


def test_a_monitor_over_logs_is_drawn_by_what_its_windows_are_worth(page: Page, served: Served) -> None:
    page.goto("/monitors/3")
    expect(page.locator(".monitor-graph canvas").first).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("does not evaluate")


def test_an_anomaly_monitor_says_that_it_is_an_approximation_and_what_history_it_lacks(served: Served) -> None:
    query = "avg(last_1h):anomalies(avg:my_metric{*}, 'agile', 2, alert_window='last_15m') >= 1"
    number = served.ok("POST", "/api/v1/monitor", {"type": "query alert", "name": "a", "message": "", "query": query})[
        "id"
    ]

    shown = served.client.get(f"/monitors/{number}").text
    served.ok("DELETE", f"/api/v1/monitor/{number}")

    assert "is an approximation: the original algorithm is not published" in shown
    assert "needs 3 weeks of points before what it judges" in shown


# --- downtimes


def test_the_week_shows_each_night_and_the_weekend(page: Page, served: Served) -> None:
    page.clock.install(time=NOW)
    page.goto("/monitors/downtimes?week=2026-03-09")
    expect(page.locator("[data-week-name]")).to_have_text("9 Mar – 15 Mar")
    expect(page.locator(".calendar .block")).to_have_count(12)  # 5 evenings, 5 mornings (Saturday's too), 2 days
    monday = page.get_by_role("region", name="Mon Mar 09 2026").or_(
        page.locator("section[aria-label='Mon Mar 09 2026']")
    )
    expect(monday.locator(".block")).to_contain_text(["Out of office: nights19:00 – 24:00"])
    sunday = page.locator("section[aria-label='Sun Mar 15 2026']")
    expect(sunday.locator(".block")).to_contain_text(["Out of office: weekendall day"])


def test_a_week_that_is_turned_and_a_host_that_is_opened_leave_the_order_of_their_lists(
    page: Page, served: Served
) -> None:
    page.goto("/monitors/downtimes?sort=Name")
    page.locator("[data-week='1']").click()
    assert query_of(page)["sort"] == ["Name"]
    assert "week" in query_of(page)
    page.goto("/infrastructure/map?sort=Host&host=db-1")
    expect(page.get_by_role("complementary", name="Host")).to_contain_text("role:db")
    assert query_of(page)["sort"] == ["Host"]


def test_a_night_over_the_change_of_the_clocks_keeps_its_wall_time(page: Page, served: Served) -> None:
    page.goto("/monitors/downtimes?week=2026-03-23")
    friday = page.locator("section[aria-label='Fri Mar 27 2026'] .block").last
    expect(friday).to_contain_text("19:00 – 24:00")
    sunday = page.locator("section[aria-label='Sun Mar 29 2026'] .block")
    expect(sunday).to_contain_text("all day")


def test_a_downtime_is_canceled_from_the_list(page: Page, served: Served) -> None:
    from sample import downtime

    served.ok("POST", "/api/v2/downtime", downtime(2, "FREQ=DAILY", "2026-03-02T01:00:00", "1h", "To be canceled"))
    page.goto("/monitors/downtimes")
    row = page.get_by_role("row", name=re.compile("To be canceled"))
    row.get_by_role("button", name="Cancel To be canceled").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(row).to_contain_text("scheduled")
    row.get_by_role("button", name="Cancel To be canceled").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the downtime").click()
    expect(row.locator("td").first).to_have_text("canceled")


# --- events, logs, inbox


def test_events_are_found_by_a_search_that_stands_in_the_url(page: Page, served: Served) -> None:
    page.goto(f"/event/explorer?from_ts={NOW - 1800}000&to_ts={NOW - 200}000&live=false")
    expect(page.locator(".stream > li")).to_have_count(3)
    page.get_by_role("searchbox").fill("status:error")
    expect(page.locator(".stream > li")).to_have_count(1)
    expect(page.locator(".stream > li")).to_contain_text("Backup failed")
    assert query_of(page)["query"] == ["status:error"]
    page.reload()
    expect(page.locator(".stream > li")).to_have_count(1)


def test_a_monitors_event_names_its_host_once(page: Page, served: Served) -> None:
    event = {"title": "Twice", "text": "x", "host": "web-1", "tags": ["host:web-1", "a:b"], "date_happened": NOW - 100}
    served.ok("POST", "/api/v1/events", event)
    page.goto("/event/explorer?query=twice")
    expect(page.locator(".tags li")).to_have_text(["host:web-1", "a:b"])


def test_changes_of_a_monitor_fit_a_phone(new_page: Callable[..., Page], served: Served) -> None:
    page = new_page(360, 740)
    page.goto("/monitors/1")
    region = page.locator("[data-changes]")
    expect(region.locator("tbody tr").first).to_be_visible()
    assert region.evaluate("region => region.scrollWidth <= region.clientWidth")


def test_a_new_event_appears_without_a_reload(page: Page, served: Served, clock: Clock) -> None:
    page.clock.install(time=NOW)
    page.goto("/event/explorer?query=fresh")
    expect(page.get_by_role("heading", name=re.compile("No events"))).to_be_visible()
    served.ok("POST", "/api/v1/events", {"title": "Something fresh", "text": "now", "date_happened": NOW})
    page.clock.fast_forward(11_000)
    expect(page.locator(".stream > li")).to_contain_text("Something fresh")


def test_a_log_line_leads_to_its_trace(page: Page, served: Served) -> None:
    page.goto("/logs?query=status:error")
    line = page.locator(".stream.logs > li")
    expect(line).to_have_count(1)
    line.locator("summary").click()
    expect(line).to_contain_text("host")
    expect(page.get_by_role("link", name="Trace of this log")).to_have_attribute("href", re.compile(r"/apm/trace/\d+"))


def test_a_snapshot_from_the_menu_is_a_picture_in_the_mail_of_whom_it_mentions(page: Page, served: Served) -> None:
    boards = served.client.get("/api/v1/dashboard").json()["dashboards"]
    page.goto(next(one["url"] for one in boards if one["title"] == "My_metric"))
    widget = page.get_by_role("article", name="my_metric by host", exact=True)
    widget.get_by_label("Menu of my_metric by host").click()
    widget.get_by_role("button", name="Snapshot…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Comment").fill("Look here @me@example.com")
    dialog.get_by_role("button", name="Take snapshot").click()
    expect(dialog).to_contain_text("Notified me@example.com.")
    picture = dialog.get_by_role("img")
    expect(picture).to_be_visible()
    assert picture.evaluate("one => one.naturalWidth") == 600
    page.goto("/inbox")
    page.get_by_role("link", name="[Event] Snapshot of my_metric by host").first.click()
    mail = page.frame_locator("iframe.mail")
    expect(mail.locator("body")).to_contain_text("Look here @me@example.com")
    assert mail.locator("img").evaluate("one => one.naturalWidth") == 600


def test_the_inbox_counts_what_came_since_it_was_looked_at(page: Page, served: Served) -> None:
    page.goto("/inbox")
    page.wait_for_load_state("networkidle")
    served.ok("POST", "/api/v1/events", {"title": "Hello", "text": "@team@example.com", "date_happened": NOW})
    page.goto("/dashboard/lists")
    expect(page.locator("[data-inbox-count]")).to_have_text("1")
    page.goto("/inbox")
    expect(page.locator("[data-inbox-count]")).to_be_hidden()


# --- the metrics explorer


def offered(page: Page) -> Locator:
    """The completions, and no choice of a list elsewhere on the page."""
    return page.get_by_role("listbox", name="Completions").get_by_role("option")


def test_a_query_is_completed_as_it_is_typed(page: Page, served: Served) -> None:
    page.goto("/metric/explorer")
    box = page.get_by_role("combobox", name="Query")
    box.press_sequentially("avg:my_")
    options = offered(page)
    expect(options.first).to_contain_text("my_metric")
    box.press("Tab")
    expect(box).to_have_value("avg:my_metric{*}")
    expect(page.locator(".explore canvas")).to_be_visible()
    assert query_of(page)["query"] == ["avg:my_metric{*}"]


def test_tab_leaves_the_box_where_nothing_is_begun(page: Page, served: Served) -> None:
    page.goto("/metric/explorer")
    box = page.get_by_role("combobox", name="Query")
    box.press_sequentially("avg:my_")
    expect(offered(page).first).to_contain_text("my_metric")
    box.press("Tab")
    expect(offered(page).first).to_contain_text("by {")
    box.press("Tab")
    expect(box).not_to_be_focused()
    expect(box).to_have_value("avg:my_metric{*}")


def test_tags_are_completed_between_braces(page: Page, served: Served) -> None:
    page.goto("/metric/explorer")
    box = page.get_by_role("combobox", name="Query")
    box.press_sequentially("avg:my_metric{host:w")
    expect(offered(page)).to_contain_text(["web-1", "web-2"])


def test_a_mistake_is_underlined_where_it_is(page: Page, served: Served) -> None:
    page.goto("/metric/explorer?query=tpo(avg:my_metric{*}, 5)")
    box = page.get_by_role("combobox", name="Query")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".underlay mark")).to_have_text("tpo")
    expect(page.locator(".explore")).to_contain_text("unknown function 'tpo'")


@pytest.mark.parametrize("ends", ["a pause", "Enter", "leaving"])
def test_half_a_query_is_no_mistake_until_its_writing_ends(page: Page, served: Served, ends: str) -> None:
    page.clock.install(time=NOW)
    page.goto("/metric/explorer?query=avg:my_metric{*}")
    expect(page.locator(".explore canvas")).to_be_visible()
    page.clock.pause_at(NOW + 60)
    box = page.get_by_role("combobox", name="Query")
    box.press("End")
    box.press("Backspace")
    with page.expect_response(lambda answer: "/ui/data/query" in answer.url and "%7D" not in answer.url):
        page.clock.run_for(500)  # long enough for the query to be asked, and its answer says that it is wrong
    expect(page.locator(".explore")).to_have_attribute("aria-busy", "false")
    expect(box).to_have_attribute("aria-invalid", "false")
    expect(page.locator(".explore canvas")).to_be_visible()
    expect(page.locator(".explore .notes")).to_be_hidden()
    match ends:
        case "a pause":
            page.clock.run_for(1000)
        case "Enter":
            box.press("Enter")
        case _:
            box.blur()
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".explore .notes")).to_contain_text("expected")
    expect(page.locator(".explore .notes mark")).to_be_visible()


def test_two_thousand_hosts_are_drawn_and_hovered_smoothly(new_page: Callable[..., Page], served: Served) -> None:
    page = new_page()
    hosts = [
        {"name": f"host-{number}", "group": f"rack:{number % 20}", "fill": number % 100, "size": None, "muted": False}
        for number in range(2000)
    ]
    page.route(
        "**/ui/data/hosts?*",
        lambda route: route.fulfill(json={"hosts": hosts, "fill": "avg:x", "size": "", "problems": []}),
    )
    page.goto("/infrastructure/map")
    canvas = page.locator("[data-map] canvas")
    expect(canvas).to_have_attribute("data-hosts", "2000")
    took = canvas.evaluate(
        """canvas => {
            const start = performance.now();
            const box = canvas.getBoundingClientRect();
            for (let i = 0; i < 100; i++)
                canvas.dispatchEvent(new MouseEvent("mousemove", { bubbles: true, clientX: box.left + i * 5, clientY: box.top + i * 3 }));
            canvas.focus();
            for (let i = 0; i < 10; i++) canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
            return (performance.now() - start) / 110;
        }"""
    )
    assert took < 50, f"a move over 2,000 hosts took {took:.1f} ms"
