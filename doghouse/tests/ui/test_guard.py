"""Who may ask for a page, what a page may load, where a change may come from."""

import httpx
import pytest
from house import Served

from doghouse.web.origins import is_loopback


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8420", "localhost", "localhost:1", "[::1]:8420", "[::1]", "127.8.8.8", "doghouse.localhost:80"]
)
def test_names_of_this_machine_are_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "example.com",
        "example.com:8420",
        "10.0.0.1",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "[2001:db8::1]:80",
    ],
)
def test_other_names_are_not(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("path", ["/", "/dashboard/lists", "/ui/data/complete?text=a", "/monitors/1", "/inbox"])
def test_a_page_under_a_foreign_name_is_refused(served: Served, path: str) -> None:
    answer = httpx.get(served.url + path, headers={"Host": "rebound.example.com"})
    assert answer.status_code == 403
    assert "rebound.example.com" in answer.text


def test_a_page_loads_nothing_from_elsewhere_and_runs_no_inline_script(served: Served) -> None:
    policy = httpx.get(served.url + "/dashboard/lists").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_mail_runs_no_script_and_loads_nothing(served: Served) -> None:
    served.ok("POST", "/api/v1/events", {"title": "Hi", "text": "<script>alert(1)</script> @me@example.com"})
    notification = served.client.get("/doghouse/notifications").json()["notifications"][0]
    page = httpx.get(f"{served.url}/inbox/{notification['id']}").text
    mail = page.split('<iframe class="mail card" src="')[1].split('"')[0]
    answer = httpx.get(served.url + mail)
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script>" not in answer.text


@pytest.mark.parametrize("origin", [None, "https://example.com", "http://localhost:1"])
def test_a_change_from_elsewhere_is_refused(served: Served, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    answer = httpx.post(served.url + "/ui/data/monitor/1/mute", json={"for": "1h"}, headers=headers)
    assert answer.status_code == 403


def test_a_change_from_a_page_is_taken_without_keys(served: Served) -> None:
    headers = {"Origin": served.url}
    assert httpx.post(served.url + "/ui/data/monitor/1/mute", json={"for": "1h"}, headers=headers).json() == {
        "muted": True
    }
    assert httpx.post(served.url + "/ui/data/monitor/1/mute", json={"for": None}, headers=headers).json() == {
        "muted": False
    }


def test_notes_let_no_html_through_and_turn_pictures_into_links() -> None:
    from doghouse.ui.rendering import markdown

    shown = markdown("<img src=x onerror=alert(1)> ![a chart](https://example.com/x.png) [x](javascript:alert(1))")
    assert "<img" not in shown
    assert '<a href="https://example.com/x.png" rel="noreferrer">a chart (picture, not loaded)</a>' in shown
    assert 'href="javascript' not in shown


def test_files_are_cached_for_good_under_an_address_that_changes_with_them(served: Served) -> None:
    page = httpx.get(served.url + "/dashboard/lists").text
    address = page.split('<link rel="stylesheet" href="')[2].split('"')[0]
    answer = httpx.get(served.url + address)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    other = httpx.get(served.url + address.replace(address.split("/")[3], "old"))
    assert other.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/ui/static/x/../../server.py",
        "/ui/static/x/%2e%2e/guard.py",
        "/ui/static/x/nope.css",
        "/snapshot/view/doghouse/2026-03-02/../../keys.json",
    ],
)
def test_no_other_file_is_served(served: Served, path: str) -> None:
    assert httpx.get(served.url + path).status_code == 404


def test_unmuting_a_monitor_ends_no_schedule(served: Served) -> None:
    def states() -> list[str]:
        every = served.client.get("/api/v2/downtime").json()["data"]
        recurring = [one["attributes"] for one in every if "recurrences" in one["attributes"]["schedule"]]
        return [one["status"] for one in recurring if one["monitor_identifier"] == {"monitor_id": 1}]

    before = states()
    httpx.post(served.url + "/ui/data/monitor/1/mute", json={"for": None}, headers={"Origin": served.url})
    assert states() == before
    assert "canceled" not in before
