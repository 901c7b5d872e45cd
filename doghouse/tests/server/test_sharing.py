"""A doghouse that others than its own machine can reach: only with keys set on purpose, and then pages ask for one."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from served import writes
from starlette.routing import Route
from starlette.testclient import TestClient

from doghouse import running, server
from doghouse.storage import config
from doghouse.storage.config import OptionError, Settings
from doghouse.time.clock import Clock
from doghouse.web import sessions

API_KEY, APP_KEY = "a" * 32, "b" * 40
NOW = 1_772_445_600.0
OPEN = {
    "/health",
    "/login",
    "/ui/static/{version}/{name:path}",
    "/sb/{token}",
    "/sb/{token}/data",
}  # what may be read by anybody
BASE = "http://doghouse.example.com"


@contextmanager
def shared(folder: Path, clock: Clock) -> Iterator[TestClient]:
    """The application as `--host 0.0.0.0` has it, for a client that has no key."""
    owned = config.own(folder)
    app = server.build(owned, config.KeyPair(API_KEY, APP_KEY), clock, Settings(shared=True))
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        yield client
    owned.release()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def stranger(tmp_path: Path, clock: Clock) -> Iterator[TestClient]:
    with shared(tmp_path, clock) as client:
        yield client


def log_in(client: TestClient, key: str = APP_KEY, **options: Any) -> httpx.Response:
    headers = {"Origin": BASE, **options.pop("headers", {})}
    return client.post("/login", data={"key": key}, headers=headers, **options)


def token(client: TestClient) -> str:
    """The token that a page's changes carry."""
    found = re.search(r'<meta name="csrf-token" content="([0-9a-f]+)">', client.get("/dashboard/lists").text)
    assert found
    return found[1]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
@pytest.mark.parametrize(
    "keys", [{}, {"DOGHOUSE_API_KEY": API_KEY}, {"DOGHOUSE_API_KEY": "short", "DOGHOUSE_APP_KEY": "short"}]
)
def test_beyond_loopback_is_refused_where_no_keys_were_set_on_purpose(
    host: str, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in running.KEY_NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(OptionError, match="DOGHOUSE_API_KEY and DOGHOUSE_APP_KEY"):
        running.is_shared(host)
    assert not running.is_shared("127.0.0.1")
    assert not running.is_shared("::1")


def test_up_beyond_loopback_serves_with_keys_set_on_purpose(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from doghouse import running; from doghouse.storage.config import Settings;"
        "from doghouse.time.clock import Clock\n"
        "with running.opened(Path(sys.argv[1]), '0.0.0.0', 0, Clock(), Settings()) as (house, listener):"
        " print(house.app.state.access.shared, listener.getsockname()[0])"
    )
    env = {"DOGHOUSE_API_KEY": API_KEY, "DOGHOUSE_APP_KEY": APP_KEY, "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, env=env, check=False
    )
    assert done.stdout == "True 0.0.0.0\n", done.stderr


def test_a_stranger_gets_no_page_and_no_data_of_any_route(stranger: TestClient) -> None:
    app: Any = stranger.app
    walked = 0
    for route in app.routes:
        assert isinstance(route, Route)
        path = "/".join("1" if part.startswith("{") else part for part in route.path.split("/"))
        for method in sorted((route.methods or set()) - {"HEAD"}):
            if route.path in OPEN:
                continue
            answer = stranger.request(method, path, headers={"Origin": BASE, "Content-Type": "application/json"})
            assert answer.status_code == 403 or route.path == "/logout", (method, path, answer.text)
            walked += 1
    assert walked > 150
    assert stranger.get("/health").status_code == 200
    assert "keys_file" not in stranger.get("/health").json()


def test_a_shared_board_needs_no_session_and_no_other_page_comes_with_it(stranger: TestClient) -> None:
    keys = {"DD-API-KEY": API_KEY, "DD-APPLICATION-KEY": APP_KEY}
    body = {"title": "Bakery", "layout_type": "ordered", "widgets": []}
    board = stranger.post("/api/v1/dashboard", json=body, headers=keys).json()
    share = {"dashboard_id": board["id"], "dashboard_type": "custom_timeboard"}
    link = stranger.post("/api/v1/dashboard/public", json=share, headers=keys).json()["public_url"]
    assert "Bakery" in stranger.get(link).text
    assert stranger.get(f"{link}/data").status_code == 200
    assert stranger.get(board["url"]).status_code == 403


def test_a_browser_without_a_session_is_sent_to_log_in_and_back(stranger: TestClient) -> None:
    asked = stranger.get("/monitors/manage", headers={"Accept": "text/html"})
    assert (asked.status_code, asked.headers["location"]) == (303, "/login?next=/monitors/manage")
    page = stranger.get(asked.headers["location"])
    assert 'action="/login?next=/monitors/manage"' in page.text
    done = stranger.post(asked.headers["location"], data={"key": APP_KEY}, headers={"Origin": BASE})
    assert (done.status_code, done.headers["location"]) == (303, "/monitors/manage")
    assert stranger.get("/monitors/manage").status_code == 200


def test_the_cookie_is_for_no_script_and_for_no_other_site_and_under_tls_for_tls_alone(stranger: TestClient) -> None:
    plain = log_in(stranger).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"} <= {part.strip() for part in plain.split(";")}
    assert "Secure" not in plain
    assert "Secure" in log_in(stranger, headers={"X-Forwarded-Proto": "https"}).headers["set-cookie"]
    assert APP_KEY not in plain


@pytest.mark.parametrize("key", ["", "b" * 39, API_KEY, "ü", "b" * 40 + "\x00"])
def test_a_wrong_key_gets_no_session(stranger: TestClient, key: str) -> None:
    answer = log_in(stranger, key)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "not this doghouse" in answer.text


@pytest.mark.parametrize(
    "next_", ["//example.com", "https://example.com", "/\\example.com", "javascript:alert(1)", "/a\r\nX: y", ""]
)
def test_logging_in_leads_to_no_other_site(stranger: TestClient, next_: str) -> None:
    done = stranger.post("/login", params={"next": next_}, data={"key": APP_KEY}, headers={"Origin": BASE})
    assert done.headers["location"] == "/dashboard/lists"


@pytest.mark.parametrize("cookie", ["", "x", "1.2.3", "99999999999.aa." + "0" * 64, "²." + "0" * 64, "..", "9" * 400])
def test_a_made_up_cookie_is_no_session(stranger: TestClient, cookie: str) -> None:
    answer = stranger.get("/dashboard/lists", headers={"Cookie": f"{sessions.COOKIE}={cookie}".encode()})
    assert answer.status_code == 403


def test_a_session_ends_by_itself_and_when_somebody_logs_out(stranger: TestClient, clock: Clock) -> None:
    log_in(stranger)
    assert stranger.get("/dashboard/lists").status_code == 200
    clock.set(NOW + sessions.LASTS_S + 1)
    assert stranger.get("/dashboard/lists").status_code == 403
    log_in(stranger)
    assert stranger.get("/dashboard/lists").status_code == 200
    stranger.post("/logout", headers={"Origin": BASE})
    assert stranger.get("/dashboard/lists").status_code == 403


def test_a_session_is_none_of_another_doghouse(tmp_path: Path, clock: Clock) -> None:
    with shared(tmp_path / "one", clock) as client:
        log_in(client)
        cookie = client.cookies[sessions.COOKIE]
    folder = config.own(tmp_path / "two")
    app = server.build(folder, config.KeyPair("c" * 32, "d" * 40), clock, Settings(shared=True))
    with TestClient(app, base_url=BASE, cookies={sessions.COOKIE: cookie}) as other:
        assert other.get("/dashboard/lists").status_code == 403
    folder.release()


def test_a_change_needs_the_sessions_token(stranger: TestClient) -> None:
    log_in(stranger)
    path, own = "/ui/data/monitor/1/mute", {"Origin": BASE}
    assert stranger.post(path, json={"for": None}, headers=own).status_code == 403
    assert stranger.post(path, json={"for": None}, headers={**own, "X-CSRF-Token": "0" * 64}).status_code == 403
    mine = {**own, "X-CSRF-Token": token(stranger)}
    assert stranger.post(path, json={"for": None}, headers=mine).status_code == 404  # there is no monitor 1
    assert stranger.post(path, json={"for": None}, headers={**mine, "Origin": "https://example.com"}).status_code == 403


def test_no_route_takes_a_change_for_a_session_alone_or_with_the_token_of_another(stranger: TestClient) -> None:
    log_in(stranger)
    other = token(stranger)
    stranger.cookies.clear()
    log_in(stranger)
    app: Any = stranger.app
    mine, walked = token(stranger), 0
    assert mine != other
    for method, path in writes(app):
        if path in ("/login", "/logout"):
            continue
        for origin, sent in (
            (BASE, ""),
            (BASE, other),
            (BASE, mine[:-1]),
            ("https://example.com", mine),
            ("null", mine),
        ):
            headers = {"Origin": origin, "X-CSRF-Token": sent, "Content-Type": "application/json"}
            answer = stranger.request(method, path, headers=headers, content=b"{}")
            assert answer.status_code == 403, (method, path, origin, answer.text)
        walked += 1
    assert walked > 80


def test_a_program_comes_with_its_key_and_a_tracer_too(stranger: TestClient) -> None:
    key = {"DD-API-KEY": API_KEY}
    assert stranger.get("/api/v1/validate", headers=key).json() == {"valid": True}
    traces = {"Content-Type": "application/msgpack"}
    body = msgspec.msgpack.encode([])
    assert stranger.put("/v0.4/traces", content=body, headers=traces).status_code == 403
    assert stranger.put("/v0.4/traces", content=body, headers={**traces, **key}).status_code == 200


def test_no_session_is_needed_on_the_machine_itself_and_pages_carry_no_token(tmp_path: Path) -> None:
    with running.serve(tmp_path, clock=Clock(NOW)) as house:
        page = httpx.get(f"{house.url}/dashboard/lists")
    assert page.status_code == 200
    assert "csrf-token" not in page.text
    assert "Log out" not in page.text
