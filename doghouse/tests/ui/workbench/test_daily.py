"""What daily work asks of the explorer and the inbox."""

import csv
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from house import NOW, Served
from playwright.sync_api import Page, expect

SENT = 103
MORE = 20  # metrics


def in_menu(page: Page, name: str) -> None:
    page.get_by_label("Menu of the graph").click()
    page.get_by_role("button", name=name).click()


def test_the_inbox_has_pages(served: Served) -> None:
    for number in range(SENT):
        served.ok("POST", "/api/v1/events", {"title": f"event {number}.", "text": "@team@example.com"})
    pages = [served.client.get(f"/inbox?silenced=false&page={page}").text for page in (1, 2, 3)]
    listed = [[number for number in range(SENT) if f"event {number}." in page] for page in pages]
    assert sorted(listed[0] + listed[1]) == list(range(SENT))
    assert (len(listed[0]), listed[2]) == (100, [])
    assert 'href="?silenced=false&amp;page=2">Older' in pages[0]
    assert 'href="?silenced=false">Newer' in pages[1]
    assert served.client.get("/inbox?page=no").status_code == 400


@pytest.mark.browser
def test_a_query_of_the_explorer_becomes_a_file_and_a_monitor(page: Page, served: Served, tmp_path: Path) -> None:
    points = [{"metric": f"many.m{n}", "points": [{"timestamp": NOW, "value": n}], "type": 3} for n in range(MORE)]
    served.ok("POST", "/api/v2/series", {"series": points})
    page.goto("/metric/explorer")
    expect(page.locator("#metrics li")).to_have_count(MORE + 1)
    page.get_by_label("Search the metrics").fill("queue")
    page.get_by_role("link", name="queue.depth").click()

    expect(page.locator(".explore[aria-busy=false] canvas")).to_be_visible()
    with page.expect_download() as download:
        in_menu(page, "Values as CSV")
    saved = tmp_path / "values.csv"
    download.value.save_as(saved)
    with saved.open(newline="") as file:
        heads, newest, *others = csv.reader(file)
    assert heads[0] == "Time"
    assert newest[0].startswith("2026-03-02T09:5")
    assert {float(value) for _, value in [newest, *others]} == {40.0}

    in_menu(page, "Create monitor")
    expect(page.get_by_role("combobox", name="Query")).to_have_value("avg(last_5m):avg:queue.depth{*} > 0")
    assert parse_qs(urlsplit(page.url).query)["query"] == ["avg(last_5m):avg:queue.depth{*} > 0"]
