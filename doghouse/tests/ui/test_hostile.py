"""Whatever names, tags, messages and mails hold: none of it runs as a script, none of it asks another host."""

import time
from collections.abc import Iterator
from urllib.parse import quote

import msgspec
import pytest
import sample
from house import Served
from playwright.sync_api import Browser

from doghouse import running
from doghouse.time.clock import Clock

pytestmark = pytest.mark.browser
LINK = "javascript:window.hit=1"
HOSTILE = (
    '<img src=x onerror="window.hit=1"><script>window.hit=1</script>"\'></script>{{7*7}}${1}'
    f"<iframe src={LINK}></iframe> [x]({LINK}) ![y](http://example.com/y.png)"
)
SHORT = '<img src=x onerror="window.hit=1">'


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A doghouse into which somebody has written whatever they could."""
    now = int(time.time()) // 60 * 60
    clock = Clock(now)
    with running.serve(tmp_path_factory.mktemp("hostile"), clock=clock) as house:
        served = Served(house)
        point = {"metric": "my_metric", "points": [[now - 90, 900], [now - 30, 950]]}
        served.ok("POST", "/api/v1/series", {"series": [point | {"host": SHORT, "tags": [f"x:{SHORT}"]}]})
        served.ok(
            "POST",
            "/api/v1/monitor",
            {
                "type": "metric alert",
                "name": HOSTILE,
                "query": "avg(last_5m):avg:my_metric{*} by {host} > 1",
                "message": f"{HOSTILE} {{{{host.name}}}} @team@example.com",
                "tags": [SHORT],
            },
        )
        served.ok("POST", "/api/v2/downtime", sample.downtime(1, "FREQ=DAILY", "2026-11-24T12:00:00", "1h", HOSTILE))
        for text in (f"{HOSTILE} @team@example.com", f"%%%\n{HOSTILE}\n%%%"):
            served.ok(
                "POST", "/api/v1/events", {"title": HOSTILE, "text": text, "tags": [SHORT], "alert_type": "error"}
            )
        log = {"message": HOSTILE, "service": SHORT, "hostname": SHORT, "ddtags": SHORT, "status": SHORT}
        served.ok("POST", "/api/v2/logs", [log | {"dd.trace_id": "777", "x": {SHORT: HOSTILE}}])
        span = sample.span(777, 1, 0, SHORT, HOSTILE, now - 5, 3, service=SHORT)
        span["meta"][SHORT] = HOSTILE
        served.client.put(
            "/v0.4/traces",
            content=msgspec.msgpack.encode([[span]]),
            headers={"Content-Type": "application/msgpack"},
        )
        run = {"check": SHORT, "host_name": SHORT, "status": 2, "timestamp": now, "message": HOSTILE, "tags": [SHORT]}
        served.ok("POST", "/api/v1/check_run", [run])
        yield served


def board(served: Served) -> str:
    """A board of hostile widgets; its address."""
    return served.board(
        sample.board(
            HOSTILE,
            sample.graph(HOSTILE, "avg:my_metric{*} by {host}", markers=[sample.THRESHOLD | {"label": HOSTILE}]),
            sample.graph("events", "avg:my_metric{*}", events=[{"q": "*"}]),
            sample.graph("wrong", HOSTILE),
            {"type": "note", "content": HOSTILE},
            {"type": "free_text", "text": HOSTILE},
            {"type": "image", "url": LINK},
            {"type": "iframe", "url": LINK},
            {"type": "alert_graph", "title": HOSTILE, "alert_id": "1", "viz_type": "timeseries"},
            {"type": "check_status", "title": HOSTILE, "check": SHORT, "grouping": "check"},
            {"type": "toplist", "title": HOSTILE, "requests": [{"q": "avg:my_metric{*} by {host}"}]},
            sample.NOW | {"title": HOSTILE, "custom_unit": HOSTILE},
            description=HOSTILE,
            template_variables=[{"name": "host", "prefix": "host", "defaults": ["*"], "available_values": [SHORT]}],
            template_variable_presets=[
                {"name": SHORT, "template_variables": [{"name": "host", "values": [SHORT]}]},
            ],
        )
    )


def test_nothing_that_was_sent_runs_or_loads(browser: Browser, hostile: Served) -> None:
    context = browser.new_context(base_url=hostile.url)
    page = context.new_page()
    elsewhere: list[str] = []
    page.on(
        "request", lambda asked: asked.url.startswith((hostile.url, "data:", "about:")) or elsewhere.append(asked.url)
    )
    asked = quote(HOSTILE, safe="")
    address = board(hostile)
    for path in (
        address,
        f"{address}?tpl_var_host={asked}",
        f"/dashboard/lists?q={asked}",
        f"/dashboard/{asked}",
        f"/infrastructure/map?host={asked}&fillby=avg:my_metric&groupby={asked}",
        f"/monitors/manage?q={asked}",
        "/monitors/manage",
        "/monitors/1",
        "/monitors/downtimes",
        "/inbox",
        "/inbox/1",
        "/event/explorer",
        f"/event/explorer?query={asked}",
        "/logs",
        f"/logs?query={asked}",
        "/apm/services",
        f"/apm/services/{quote(SHORT, safe='')}?resource={asked}",
        "/apm/trace/777",
        f"/metric/explorer?query={asked}",
        "/metric/explorer?query=avg:my_metric{*} by {host}",
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
        over = page.locator(".u-over")
        if over.count():
            over.first.hover(force=True)
        assert [frame.url for frame in page.frames if frame.evaluate("window.hit")] == [], path
        links = page.eval_on_selector_all("[href], [src]", "all => all.map(one => one.href || one.src)")
        assert [link for link in links if link.startswith("javascript:")] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, path
    context.close()
    assert elsewhere == []
