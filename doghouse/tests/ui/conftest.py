"""Pages in a real Chromium: Debian's, driven by Playwright. Without one, the tests that need it are skipped and say so."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import sample
from house import NOW, Served
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from doghouse import running
from doghouse.time.clock import Clock

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ZONE = "Europe/Berlin"
PATIENCE_MS = 30_000  # of a browser on a busy machine
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A module's: while Playwright runs, its event loop does, and tests that come after it in this process may want one of their own."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}: install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Served]:
    """A doghouse with the sample's points and boards, made once."""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(
                "DD_HOSTNAME", "web-1"
            )  # whose the traces are; else a fourth host appears once they are counted
            house = stack.enter_context(running.serve(tmp_path_factory.mktemp("doghouse"), clock=clock))
        served = Served(house)
        served.fill(NOW)
        served.watch()
        for body in sample.BOARDS:
            served.board(body)
        yield served


@pytest.fixture
def served(filled: Served, clock: Clock) -> Iterator[Served]:
    """The doghouse, at the sample's time again after the test."""
    clock.set(NOW)
    yield filled
    clock.set(NOW)


class Watch:
    """What a page did that it should not: errors on the console, requests to other hosts."""

    def __init__(self, page: Page, url: str) -> None:
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        self.asked: list[str] = []
        self._url = url
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)
        if not request.url.startswith((self._url, "data:")):
            self.elsewhere.append(request.url)


@pytest.fixture
def new_page(browser: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """Opens pages of any size; each ends its test without an error on its console and without a request to another host."""
    opened: list[tuple[Page, Watch]] = []

    def make(width: int = 1280, height: int = 800, scheme: str = "light") -> Page:
        context = browser.new_context(
            base_url=served.url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            timezone_id=ZONE,
            locale="en-GB",
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        opened.append((page, Watch(page, served.url)))
        return page

    yield make
    for page, watch in opened:
        page.context.close()
        assert watch.errors == []
        assert watch.elsewhere == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()
