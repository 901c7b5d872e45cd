"""What the pages of monitors and of their events say and lead to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from doghouse.pytest_plugin import RunningDoghouse

pytestmark = pytest.mark.browser
HIGH = {
    "name": "My metric is high",
    "type": "metric alert",
    "query": "avg(last_5m):avg:my_metric{*} > 800",
    "message": "Look. @ops@example.com",
}
NEVER = {
    "a function": HIGH | {"query": "avg(last_5m):outliers(avg:my_metric{*} by {host}, 'dbscan', 2) > 1"},
    "a type": HIGH | {"type": "rum alert", "query": 'rum("*").rollup("count").last("5m") > 1'},
}


@pytest.fixture
def page(browser: Browser, doghouse: RunningDoghouse) -> Iterator[Page]:
    """A page of a doghouse that is empty."""
    context = browser.new_context(base_url=doghouse.url, locale="en-GB")
    yield context.new_page()
    context.close()


def test_the_links_of_an_alert_event_lead_to_the_monitor_and_to_its_form(page: Page, doghouse: RunningDoghouse) -> None:
    doghouse.request("POST", "/api/v1/monitor", HIGH)
    for _ in range(6):
        doghouse.submit("my_metric", 900)
        doghouse.advance(minutes=1)
    for name, heading in (("Monitor Status", HIGH["name"]), ("Edit Monitor", f"Edit {HIGH['name']}")):
        page.goto("/event/explorer")
        page.get_by_role("listitem").filter(has_text="Triggered").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    expect(page.get_by_label("Name", exact=True)).to_have_value(HIGH["name"])


def test_a_monitor_is_not_evaluated_yet_before_its_first_minute(page: Page, doghouse: RunningDoghouse) -> None:
    identity = doghouse.request("POST", "/api/v1/monitor", HIGH)["id"]
    page.goto("/monitors/manage")
    expect(page.get_by_role("row", name=HIGH["name"])).to_contain_text("not evaluated yet")
    page.goto(f"/monitors/{identity}")
    expect(page.get_by_role("region", name="Now")).to_contain_text("Not evaluated yet.")


@pytest.mark.parametrize("what", NEVER)
def test_not_evaluated_yet_is_not_said_of_a_monitor_that_never_will_be(
    page: Page, doghouse: RunningDoghouse, what: str
) -> None:
    identity = doghouse.request("POST", "/api/v1/monitor", NEVER[what])["id"]
    for _ in range(2):  # before the minute in which others are evaluated, and after
        page.goto("/monitors/manage")
        row = page.get_by_role("row", name=HIGH["name"])
        expect(row).to_contain_text("No Data")
        expect(row).to_contain_text("not evaluated")
        expect(row).not_to_contain_text("not evaluated yet")
        page.goto(f"/monitors/{identity}")
        expect(page.get_by_role("region", name="Now")).to_contain_text("Its state stays No Data")
        expect(page.get_by_text("Not evaluated yet")).to_have_count(0)
        doghouse.advance(minutes=2)
