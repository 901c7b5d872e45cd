"""Whatever names, tags, messages and mails hold: none of it runs as a script, none of it asks another host, none of it becomes a part of the page."""

import os
import random
import time
from collections.abc import Callable, Iterator

import hostile
import payloads
import pytest
from hostile import LINK
from house import Served
from playwright.sync_api import Browser, Page

from doghouse import running
from doghouse.time.clock import Clock

pytestmark = pytest.mark.browser
HOSTILE = (
    '<img src=x onerror="window.hit=1"><script>window.hit=1</script>"\'></script>{{7*7}}${1}'
    f"<iframe src={LINK}></iframe> [x]({LINK}) ![y](http://example.com/y.png)"
)
SHORT = '<img src=x onerror="window.hit=1">'
AT_ONCE = 10  # texts on a board
# What a text that became markup does, whichever it is: it runs, asks for something, or is stopped by the page's policy.
WATCH = """window.hits = [];
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => window.hits.push(name);
document.addEventListener("securitypolicyviolation", event => window.hits.push(`${event.violatedDirective} ${event.sample || event.blockedURI}`));"""
MARKUP = """() => [...document.querySelectorAll("*")].flatMap(one => [...one.attributes]).filter(one => /^on|^srcdoc$/i.test(one.name)
        || (/^(href|xlink:href|src|action|formaction|data)$/i.test(one.name) && /^\\W*(javascript|vbscript|data:text)/i.test(one.value)))
    .map(one => `${one.name}=${one.value}`)
    .concat([...document.querySelectorAll("marker-of-a-payload, math, base, embed, object, applet, frameset, body body")].map(one => one.outerHTML))"""


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A doghouse into which anybody writes."""
    clock = Clock(int(time.time()) // 60 * 60)
    with running.serve(tmp_path_factory.mktemp("hostile"), clock=clock) as house:
        yield Served(house)


def shown(page: Page, path: str) -> None:
    """The page, with all that it holds open."""
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
    over = page.locator(".u-over")
    if over.count():
        over.first.hover(force=True)


def test_nothing_that_was_sent_runs_or_loads(browser: Browser, served: Served) -> None:
    hostile.fill(served, int(served.clock.now()), HOSTILE, SHORT)
    context = browser.new_context(base_url=served.url)
    page = context.new_page()
    elsewhere: list[str] = []
    page.on(
        "request", lambda asked: asked.url.startswith((served.url, "data:", "about:")) or elsewhere.append(asked.url)
    )
    for path in hostile.pages(hostile.board(served, [HOSTILE], SHORT), HOSTILE, SHORT):
        shown(page, path)
        assert [frame.url for frame in page.frames if frame.evaluate("window.hit")] == [], path
        links = page.eval_on_selector_all("[href], [src]", "all => all.map(one => one.href || one.src)")
        assert [link for link in links if link.startswith("javascript:")] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, path
    context.close()
    assert elsewhere == []


@pytest.mark.parametrize(
    "text", ["<marker-of-a-payload>", "<a href=javascript:alert(1)>x</a>", "<b onclick=alert(1)>x</b>", "<math></math>"]
)
def test_a_text_that_became_markup_is_seen(browser: Browser, served: Served, text: str) -> None:
    """What the next test looks for is found where it is."""
    context = browser.new_context(base_url=served.url)
    context.add_init_script(WATCH)
    page = context.new_page()
    shown(page, "/logs")
    assert (page.evaluate(MARKUP), page.evaluate("window.hits")) == ([], [])
    page.evaluate("text => document.body.insertAdjacentHTML('beforeend', text)", text)
    assert len(page.evaluate(MARKUP)) == 1
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')")
    page.wait_for_function("window.hits.length")
    context.close()


@pytest.mark.slow
def test_no_payload_of_the_corpus_becomes_markup(
    browser: Browser, served: Served, record_property: Callable[[str, object], None]
) -> None:
    """In the long run of `make torture` the payloads of a package are among them."""
    corpus = payloads.of_package() if "TORTURE_PAYLOADS" in os.environ else ()
    texts, now = [*payloads.KINDS, *corpus], int(served.clock.now())
    random.Random(17).shuffle(texts)
    context = browser.new_context(base_url=served.url)
    context.add_init_script(WATCH)
    page = context.new_page()
    elsewhere: list[str] = []
    page.on(
        "request", lambda asked: asked.url.startswith((served.url, "data:", "about:")) or elsewhere.append(asked.url)
    )
    seen = 0
    for first in range(0, len(texts), AT_ONCE):
        some = texts[first : first + AT_ONCE]
        marked = [f"{text}<marker-of-a-payload>" for text in some]
        for number, text in enumerate(marked):
            hostile.fill(served, now, text, text[:150], 1000 + first + number)
        served.house.app.state.live.advance(1)
        for path in hostile.pages(
            hostile.board(served, marked, marked[0][:150]), marked[-1], marked[-1][:150], 1000 + first
        ):
            shown(page, path)
            assert [(frame.url, hits) for frame in page.frames if (hits := frame.evaluate("window.hits"))] == [], (
                path,
                some,
            )
            assert page.evaluate(MARKUP) == [], (path, some)
            assert elsewhere == [], (path, some)
            seen += 1
    context.close()
    record_property("figure", f"{len(texts)} payloads ({len(corpus)} of the package) on {seen} pages")
