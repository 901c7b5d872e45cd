"""`make docs-pictures`: the pictures of docs/ and README, of a demo that runs for a while: its own check, database and traced app, nothing drawn by hand.

ARGS="--minutes 2" waits for less (the wait is what fills the graphs); ARGS="--url http://127.0.0.1:PORT" takes them of a demo that is running already.
Hosts are called web-1 and the zone is UTC, wherever this runs; the numbers are of the moment.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Locator, Page, sync_playwright

PICTURES = Path(__file__).parent.parent.parent / "docs/pictures"
HOST = "web-1"  # what the pictures call this machine
EMAIL = "you@example.com"
MINUTES = 10.0
WIDTH, HEIGHT = 1280, 720
PATIENCE_MS = 60_000
ZONE = "UTC"  # which the pictures drawn on the server have too
DAY_S = 86400
SETTLE_MS = 400  # a frame or two after the last answer


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: what is shown, and how the page gets there from an address."""

    name: str
    address: str
    show: Callable[[Page], Locator | None]
    scheme: Literal["light", "dark"] = "light"
    height: int = HEIGHT


def main() -> int:
    """Take every picture; the paths on stdout. Exit code 1 where a page cannot be shown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long the demo runs before")
    parser.add_argument("--url", help="a demo that runs already")
    parser.add_argument("--out", type=Path, default=PICTURES)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with running(options.url, options.minutes) as url, browser() as chromium:
        for picture in pictures(url, chromium):
            path = options.out / f"{picture.name}.png"
            take(chromium, url, picture, path)
            print(path)
    return 0


@contextmanager
def running(url: str | None, minutes: float) -> Iterator[str]:
    """The address of a demo that has run for that long; the one given is left as it is."""
    if url:
        yield url.rstrip("/")
        return
    os.environ["DD_HOSTNAME"] = HOST
    from companion.demo import run
    from companion.demo.children import Stop

    stop = Stop()
    stop.listen()
    with run.running(stop, None, with_bakery=True) as demo, run._account(demo) as account:
        run.provisioned(account, EMAIL, with_bakery=True)
        print(f"waiting {minutes:g} minutes for live points", file=sys.stderr)
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end:
            demo.check()
            stop.wait(1)
        yield demo.url


@contextmanager
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    from companion.demo.report import chromium

    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield instance
        instance.close()


def pictures(url: str, chromium: Browser) -> list[Picture]:
    """What the documents show. The monitor and the app are those of the demo."""
    page = chromium.new_page()
    page.goto(f"{url}/dashboard/lists")
    board = link(page, r"/dashboard/[^/]+/my-metric$")
    app = link(page, r"/dashboard/[^/]+/my-metric-app")
    bakery = link(page, r"/dashboard/[^/]+/bakery$")
    page.goto(f"{url}/monitors/manage")
    monitor = page.get_by_role("link", name=re.compile("my_metric is high")).first.get_attribute("href") or ""
    page.goto(f"{url}/inbox")
    mail = page.get_by_role("link", name=re.compile("Monitor Alert")).first.get_attribute("href") or ""
    page.goto(f"{url}/apm/services/my-metric-app?resource=GET /api/database")
    trace = link(page, r"/apm/trace/")
    page.close()
    return [
        Picture("host", f"/infrastructure/map?host={HOST}&fillby=avg:system.cpu.user", whole, height=640),
        Picture("timeboard", f"{board}?{past(4 * 3600)}", whole),
        Picture("timeboard-5-minutes", f"{board}?{past(300)}", whole, "dark"),
        Picture("snapshot", f"{board}?{past(900)}", snapped),
        Picture("app-and-infrastructure", f"{app}?{past(900)}", whole, height=900),
        Picture("bakery", f"{bakery}?{played_week()}", whole, height=1420),
        Picture("monitor", f"{monitor}?{past(4 * 3600)}", tried, height=1000),
        Picture("downtimes", "/monitors/downtimes", next_week),
        Picture("mail", mail, whole, height=800),
        Picture("service", f"/apm/services/my-metric-app?{past(900)}", whole, height=640),
        Picture("trace", trace, whole),
        Picture("explorer", f"/metric/explorer?{past(900)}", completed),
    ]


def link(page: Page, pattern: str) -> str:
    """The first address on a page that has this form. Raises SystemExit where there is none."""
    addresses = page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
    for address in map(str, addresses):
        if re.search(pattern, address):
            return address
    raise SystemExit(f"docs-pictures: {page.url} has no link to {pattern}")


def past(span: int) -> str:
    """A live range of `span` s, as a page's address has it."""
    until = int(time.time())
    return f"from_ts={(until - span) * 1000}&to_ts={until * 1000}&live=true"


def played_week() -> str:
    """The seven days before today, whose figures docs/exercise/bakery.md reads."""
    midnight = int(time.time()) // DAY_S * DAY_S
    return f"from_ts={(midnight - 7 * DAY_S) * 1000}&to_ts={midnight * 1000}&live=false"


def take(chromium: Browser, url: str, picture: Picture, path: Path) -> None:
    """Open the page, bring it to what is to be seen, and keep that."""
    context = chromium.new_context(
        base_url=url,
        viewport={"width": WIDTH, "height": picture.height},
        color_scheme=picture.scheme,
        timezone_id=ZONE,
        locale="en-GB",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(picture.address)
    settled(page)
    part = picture.show(page)
    page.wait_for_timeout(SETTLE_MS)
    if part is None:
        page.screenshot(path=path)
    else:
        part.screenshot(path=path)
    context.close()


def settled(page: Page) -> None:
    """Every graph has its numbers."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLE_MS)


def whole(_: Page) -> None:
    """What a screen shows."""


def snapped(page: Page) -> None:
    """A snapshot of the first graph, from its menu, with somebody mentioned."""
    graph = page.get_by_role("article").first
    graph.get_by_label(re.compile("^Menu of")).click()
    graph.get_by_role("button", name="Snapshot…").click()
    page.get_by_label("Comment").fill(f"my_metric over the past 15 minutes @{EMAIL}")
    page.get_by_role("button", name="Take snapshot").click()
    page.locator("dialog img").wait_for()
    settled(page)


def next_week(page: Page) -> Locator:
    """A whole week of the calendar."""
    page.get_by_label("Week after").click()
    settled(page)
    return page.locator("main")


def tried(page: Page) -> None:
    """Another threshold, and what it would have done."""
    page.get_by_label("warn threshold").fill("550")
    page.get_by_label("warn threshold").press("Tab")
    page.get_by_text("new thresholds").wait_for()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")


def completed(page: Page) -> None:
    """A query half typed: its completions."""
    box = page.get_by_role("combobox", name="Query")
    box.click()
    box.press_sequentially("avg:postgresql.co")
    page.get_by_role("listbox", name="Completions").wait_for()


if __name__ == "__main__":
    sys.exit(main())
