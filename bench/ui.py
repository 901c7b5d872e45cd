"""Pages in a real Chromium: first paint of a timeboard with 20 graphs, and how long it takes to answer a hand."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from bench.figures import Figure, note, p50, p99
from doghouse import running
from doghouse.metrics.intake.importing import CONTENT_TYPE, parts
from doghouse.metrics.model import Columns, Series
from doghouse.running import House

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
GRAPHS, HOSTS, EVERY_S, SPAN_S = 20, 10, 15, 4 * 3600
LOADS, MOVES, ZOOMS = 7, 60, 8
MAP_HOSTS = 2000

PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
# Each move is a real event on a graph; it is over once its frame is painted.
MOVES_JS = """async moves => {
    const overs = [...document.querySelectorAll('.u-over')];
    const painted = () => new Promise(done => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = done;
        channel.port2.postMessage(0);
    }));
    const took = [];
    for (let i = 0; i < moves; i++) {
        const over = overs[i % 4], box = over.getBoundingClientRect();
        const at = { bubbles: true, clientX: box.left + box.width * (i + 1) / (moves + 2), clientY: box.top + box.height / 2 };
        await painted();
        const start = performance.now();
        over.dispatchEvent(new MouseEvent('mouseenter', at));
        over.dispatchEvent(new MouseEvent('mousemove', at));
        await painted();
        took.push(performance.now() - start);
    }
    return took;
}"""
# From the button's release until every graph on the screen shows the new range and that is painted.
ZOOM_JS = """() => new Promise(done => {
    const seen = [...document.querySelectorAll('.plot[data-from]')].filter(one => one.getBoundingClientRect().top < innerHeight);
    const before = seen[0].dataset.from;
    let start;
    addEventListener('mouseup', () => (start = performance.now()), { capture: true, once: true });
    const look = () => {
        if (!start || seen.some(one => one.dataset.from === before)) return requestAnimationFrame(look);
        const channel = new MessageChannel();
        channel.port1.onmessage = () => done(performance.now() - start);
        channel.port2.postMessage(0);
    };
    requestAnimationFrame(look);
})"""


def run() -> Iterator[Figure]:
    """First paint, and the answer to the pointer and to a drag, over 20 graphs; the pointer over 2,000 hosts."""
    if not CHROMIUM.exists():
        note(f"bench: ui: there is no {CHROMIUM}: install Debian's package chromium")
        return
    with filled() as house, chromium() as browser:
        address = board(house)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        yield Figure("ui_first_paint", p50([painted(page, address) for _ in range(LOADS)]), "ms", "navigation")
        page.locator("[data-board][aria-busy=false]").wait_for()
        moves: list[float] = page.evaluate(MOVES_JS, MOVES)
        yield Figure("ui_pointer_20_graphs", p50(moves), "ms", "event")
        yield Figure("ui_pointer_20_graphs_p99", p99(moves), "ms", "event")
        zooms = [zoomed(page, address) for _ in range(ZOOMS)]
        yield Figure("ui_zoom_20_graphs", p50(zooms), "ms", "event")
        yield Figure("ui_zoom_20_graphs_p99", p99(zooms), "ms", "event")
        yield Figure("ui_pointer_2000_hosts", pointed(page, house), "ms", "event")


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def filled() -> Iterator[House]:
    """A doghouse with 20 metrics of 10 hosts over four hours, every 15 seconds."""
    with tempfile.TemporaryDirectory() as folder, running.serve(Path(folder)) as house:
        now = int(time.time())
        series = [Series(n, f"m{n // HOSTS}", "gauge", 0, f"h{n % HOSTS}", ()) for n in range(GRAPHS * HOSTS)]
        times = np.arange(now - SPAN_S, now, EVERY_S, dtype=np.int64)
        ids = np.repeat(np.arange(len(series), dtype=np.int64), len(times))
        noise = np.cumsum(np.random.default_rng(7).normal(size=len(ids)))
        for part in parts(series, Columns(ids, np.tile(times, len(series)), noise)):
            headers = {**house.headers, "Content-Type": CONTENT_TYPE}
            httpx.post(f"{house.url}/doghouse/import", content=part, headers=headers).raise_for_status()
        yield house


def board(house: House) -> str:
    """A timeboard of 20 graphs with ten lines each; its address, showing the past four hours, standing still."""
    now = int(time.time())
    widgets = [
        {"definition": {"type": "timeseries", "title": f"m{n}", "requests": [{"q": f"avg:m{n}{{*}} by {{host}}"}]}}
        for n in range(GRAPHS)
    ]
    body = {"title": "Twenty", "layout_type": "ordered", "widgets": widgets}
    answer = httpx.post(f"{house.url}/api/v1/dashboard", json=body, headers=house.headers).raise_for_status()
    return f"{house.url}{answer.json()['url']}?from_ts={now - SPAN_S}000&to_ts={now}000&live=false"


def painted(page: Any, address: str) -> float:
    """From the navigation to the first paint with content (ms)."""
    page.goto(address)
    page.locator("[data-board][aria-busy=false]").wait_for()
    return float(page.evaluate(PAINT))


def zoomed(page: Any, address: str) -> float:
    """A drag over the first of 20 graphs: until those on the screen are drawn anew (ms)."""
    page.goto(address)
    page.locator("[data-board][aria-busy=false]").wait_for()
    box = page.locator(".u-over").first.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.evaluate(f"void (window.zoomed = ({ZOOM_JS})())")
    page.mouse.move(box["x"] + box["width"] * 0.3, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    page.mouse.move(box["x"] + box["width"] * 0.6, middle)
    page.mouse.up()
    return float(page.evaluate("window.zoomed"))


def pointed(page: Any, house: House) -> float:
    """The pointer over a map of 2,000 hosts: until the frame is painted (ms)."""
    hosts = [
        {"name": f"host-{n}", "group": f"rack:{n % 20}", "fill": n % 100, "size": None, "muted": False}
        for n in range(MAP_HOSTS)
    ]
    answer = {"hosts": hosts, "fill": "avg:x", "size": "", "problems": []}
    page.route("**/ui/data/hosts?*", lambda route: route.fulfill(json=answer))
    page.goto(f"{house.url}/infrastructure/map")
    page.locator(f"canvas[data-hosts='{MAP_HOSTS}']").wait_for()
    moves: list[float] = page.evaluate(MOVES_JS.replace(".u-over", "[data-map] canvas").replace("i % 4", "0"), MOVES)
    return p50(moves)
