"""Logging in to a doghouse that others can reach, in a browser, which sends what no client of a test sends by itself: Origin, cookies, Sec-Fetch-Site."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KEYS = {"DOGHOUSE_API_KEY": "a" * 32, "DOGHOUSE_APP_KEY": "b" * 40}
MUTE = """token => fetch("/ui/data/monitor/1/mute", {
    method: "POST", body: "{}", headers: {"Content-Type": "application/json", ...(token ? {"X-CSRF-Token": token} : {})},
}).then(answer => answer.status)"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A doghouse that listens beyond loopback, with keys of its own."""
    data = tmp_path_factory.mktemp("shared")
    command = [sys.executable, "-m", "doghouse", "up", "--host", "0.0.0.0", "--port", "0", "--json", "--data", data]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**KEYS, "HOME": str(data), "PATH": ""})
    assert process.stdout
    said = json.loads(process.stdout.readline())
    yield f"http://127.0.0.1:{urlsplit(said['url']).port}"
    process.kill()
    process.communicate()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def log_in(page: Page, key: str) -> None:
    page.get_by_label("Application key").fill(key)
    page.get_by_role("button", name="Log in").click()


def test_a_person_logs_in_changes_something_and_logs_out(visitor: Page, url: str) -> None:
    visitor.goto(f"{url}/monitors/manage")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Log in to doghouse")
    log_in(visitor, "c" * 40)
    expect(visitor.get_by_role("main")).to_contain_text("not this doghouse")
    assert visitor.context.cookies() == []

    log_in(visitor, KEYS["DOGHOUSE_APP_KEY"])
    expect(visitor).to_have_url(f"{url}/monitors/manage")
    [cookie] = visitor.context.cookies()
    assert (cookie.get("httpOnly"), cookie.get("sameSite"), cookie.get("secure")) == (True, "Lax", False)
    assert visitor.evaluate("document.cookie") == ""

    token = visitor.locator("meta[name=csrf-token]").get_attribute("content")
    assert visitor.evaluate(MUTE, None) == 403
    assert visitor.evaluate(MUTE, "0" * 64) == 403
    assert visitor.evaluate(MUTE, token) == 404  # there is no monitor 1

    visitor.get_by_role("button", name="Log out").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Log in to doghouse")
    assert visitor.context.cookies() == []
    visitor.goto(f"{url}/monitors/manage")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Log in to doghouse")


def answering(page: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=page, content_type="text/html")


def test_a_page_of_another_site_changes_nothing_in_the_name_of_whoever_is_logged_in(visitor: Page, url: str) -> None:
    visitor.goto(f"{url}/login")
    log_in(visitor, KEYS["DOGHOUSE_APP_KEY"])
    expect(visitor).to_have_url(f"{url}/dashboard/lists")
    for path in ("/logout", "/login", "/ui/data/monitor/1/mute"):
        form = f'<form method="post" action="{url}{path}"><button>Win</button></form>'
        visitor.route("http://other.example.com/", answering(form))
        visitor.goto("http://other.example.com/")
        with visitor.expect_response(url + path) as answered:
            visitor.get_by_role("button", name="Win").click()
        assert answered.value.status == 403, path
    assert [cookie.get("name") for cookie in visitor.context.cookies(url)] == ["doghouse_session"]
