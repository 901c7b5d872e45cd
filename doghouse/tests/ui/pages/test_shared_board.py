"""A shared board in a browser without keys: that board alone, with what the share lets a viewer choose."""

from __future__ import annotations

from typing import Any

import pytest
from house import Served
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def shared(served: Served, **more: Any) -> str:
    boards = served.client.get("/api/v1/dashboard").json()["dashboards"]
    board = next(each["id"] for each in boards if each["title"] == "My_metric")
    body = {"dashboard_id": board, "dashboard_type": "custom_timeboard", **more}
    return str(served.client.post("/api/v1/dashboard/public", json=body).json()["public_url"])


def opened(page: Page, link: str) -> Page:
    page.goto(link)
    expect(page.locator("[data-board]")).to_have_attribute("aria-busy", "false")
    return page


def test_a_shared_board_draws_its_graphs_and_shows_nothing_else(page: Page, served: Served) -> None:
    opened(page, shared(served))
    expect(page.get_by_role("heading", level=1)).to_have_text("My_metric")
    assert page.locator(".plot[data-points]").count() > 0
    assert page.get_by_role("navigation").count() == 0
    assert page.locator("[data-time]").count() == 0


def test_a_viewer_chooses_the_range_where_the_share_says_so(page: Page, served: Served) -> None:
    opened(page, shared(served, global_time_selectable_enabled=True))
    page.get_by_label("Time range").first.click()
    page.get_by_role("link", name="Past 4 hours").click()
    expect(page.locator("[data-time-label]")).to_contain_text("4 hours")
