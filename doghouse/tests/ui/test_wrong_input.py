"""Addresses and input that make no sense: each is answered in words, never with a stack trace, and the next request is served."""

from contextlib import suppress
from itertools import product

import httpx
import pytest
import sample
from house import Served
from playwright.sync_api import Browser, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

PAGES = [
    "/dashboard/lists",
    "board",
    "/ui/data/board",
    "/monitors/manage",
    "/monitors/1",
    "/ui/data/monitor/1",
    "/monitors/downtimes",
    "/event/explorer",
    "/logs",
    "/apm/services",
    "/apm/services/shop",
    "/infrastructure/map",
    "/metric/explorer",
    "/ui/data/query",
]
WRONG = [
    "from_ts=99999999999999999999&to_ts=999999999999999999999&live=false",
    "from_ts=-99999999999999999&to_ts=5&live=false",
    "from_ts=0&to_ts=99999999999999999&live=false",
    "from_ts=0&to_ts=999999999999999&live=true",
    "from_ts=253402300800000&to_ts=253402300900000&live=false",
    "from_ts=abc&to_ts=%C2%B2&live=maybe",
    "since=99999999999999999999999",
    "query=%22%28%00&filter=%22&q=status:nope&fillby=}{",
]


def of_board(served: Served, path: str) -> str:
    """The address, with the sample's first board in the place of `board`."""
    found = served.client.get("/api/v1/dashboard").json()["dashboards"]
    address = str(next(one["url"] for one in found if one["title"] == "My_metric"))
    return {"board": address, "/ui/data/board": "/ui/data" + address.rpartition("/")[0]}.get(path, path)


def test_no_query_of_an_address_breaks_a_page(served: Served) -> None:
    for path, query in product(PAGES, WRONG):
        answer = served.client.get(f"{of_board(served, path)}?{query}")
        assert answer.status_code < 500, f"{path}?{query}: {answer.status_code}"
        assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/dashboard/zzz",
        "/dashboard/",
        "/monitors/999",
        "/monitors/99999999999999999999999",
        "/monitors/abc",
        "/inbox/99999999999999999999999",
        "/inbox/x",
        "/apm/trace/zzz",
        "/snapshot/view/doghouse/x/y.png",
        "/nowhere",
    ],
)
def test_a_browser_gets_a_page_that_says_what_is_not_there(served: Served, path: str) -> None:
    answer = httpx.get(served.url + path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "doghouse has no page" in answer.text
    assert "/dashboard/lists" in answer.text


def test_a_program_gets_json_where_nothing_is(served: Served) -> None:
    answer = served.client.get("/nowhere")
    assert (answer.status_code, answer.json()) == (404, {"errors": ["doghouse has no GET /nowhere"]})


def test_a_missing_page_says_nothing_under_a_foreign_name(served: Served) -> None:
    answer = httpx.get(f"{served.url}/nowhere", headers={"Accept": "text/html", "Host": "example.com"})
    assert answer.status_code == 403


@pytest.mark.parametrize("said", ["nan", "inf", "1e999", "high"])
def test_a_threshold_is_a_number(served: Served, said: str) -> None:
    answer = served.client.get(f"/ui/data/monitor/1?critical={said}")
    assert (answer.status_code, answer.json()) == (400, {"errors": [f"'critical' should be a number, not '{said}'"]})


@pytest.mark.parametrize("zone", ["Mars/Phobos", "../../etc/passwd", ""])
def test_a_zone_that_is_not_known_here_is_taken_as_utc(served: Served, zone: str) -> None:
    assert (
        served.client.get("/ui/data/monitor/1", params={"timezone": zone}).json()["replay"]
        == served.client.get("/ui/data/monitor/1?timezone=UTC").json()["replay"]
    )


@pytest.mark.parametrize("body", ['{"for": "1y"}', '{"for": ["1h"]}', '{"for": 5}', "[]", "{"])
def test_a_mute_of_another_length_is_refused(served: Served, body: str) -> None:
    answer = served.client.post("/ui/data/monitor/1/mute", content=body, headers={"Origin": served.url})
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_a_widgets_link_is_no_script(served: Served) -> None:
    address = served.board(sample.board("Links", {"type": "iframe", "url": "javascript:window.hit=1"}))
    answer = served.client.get(address)
    served.client.delete("/api/v1/dashboard/" + address.split("/")[4])
    assert "javascript:window.hit=1" in answer.text
    assert 'href="javascript:' not in answer.text


def test_a_query_whose_every_value_is_undefined_says_so(served: Served) -> None:
    answer = served.client.get("/ui/data/query", params={"query": "avg:my_metric{*} / 0"}).json()
    assert [one["text"] for one in answer["problems"]] == [
        "every value is undefined, for example because of a division by zero"
    ]


@pytest.mark.browser
def test_without_javascript_a_page_says_what_is_missing(browser: Browser, served: Served) -> None:
    context = browser.new_context(base_url=served.url, java_script_enabled=False)
    page = context.new_page()
    for path, kept in (("/monitors/manage", "My metric is high"), ("/logs", "cache is cold"), ("board", "My_metric")):
        page.goto(of_board(served, path))
        expect(page.locator("noscript p")).to_be_visible()
        expect(page.get_by_text(kept).first).to_be_visible()
    context.close()


@pytest.mark.browser
def test_a_page_says_when_doghouse_no_longer_answers(browser: Browser, served: Served) -> None:
    page = browser.new_page(base_url=served.url)
    page.clock.install()
    page.goto(of_board(served, "board") + "?from_ts=0&to_ts=300000&live=true")
    expect(page.locator("[data-board]")).to_have_attribute("aria-busy", "false")
    page.route("**/ui/data/**", lambda route: route.fulfill(status=503, json={"errors": ["too busy"]}))
    page.clock.fast_forward(31_000)
    expect(page.get_by_role("alert")).to_contain_text("too busy. Trying again.")
    page.unroute("**/ui/data/**")
    for _ in range(60):  # what has not answered yet sets the next try's time only when it has
        page.clock.fast_forward(31_000)
        with suppress(PlaywrightTimeout):
            page.locator("#lost").wait_for(state="hidden", timeout=1000)
            break
    expect(page.locator("#lost")).to_be_hidden()
    page.close()
