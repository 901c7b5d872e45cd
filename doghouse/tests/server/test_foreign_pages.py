"""No page of another site can write where no key is asked for: one guard, and every route of the application behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
from served import writes
from starlette.routing import Route

from doghouse import running
from doghouse.running import House

ELSEWHERE = "https://example.com"
SIMPLE = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
)  # what any page can send


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running.serve(tmp_path_factory.mktemp("house")) as one:
        yield one


def test_every_route_is_one_whose_guard_is_known(house: House) -> None:
    assert all(isinstance(route, Route) for route in house.app.routes)  # a mount would be walked past


@pytest.mark.parametrize("kind", [*SIMPLE, "application/json", "application/msgpack", None])
@pytest.mark.parametrize(
    "origin",
    [
        {"Origin": ELSEWHERE, "Sec-Fetch-Site": "cross-site"},
        {"Origin": ELSEWHERE},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:1"},
        {"Host": "rebound.example.com", "Origin": "http://rebound.example.com", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_no_write_of_any_route_is_taken_from_a_page_of_another_site(
    house: House, origin: dict[str, str], kind: str | None
) -> None:
    headers = {**origin, **({"Content-Type": kind} if kind else {})}
    walked = writes(house.app)
    assert len(walked) > 80
    with httpx.Client(base_url=house.url) as client:
        for method, path in walked:
            answer = client.request(method, path, headers=headers, content=b"{}")
            assert answer.status_code in (403, 415), (method, path, answer.status_code, answer.text)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/plain;charset=UTF-8"])
def test_what_any_page_can_send_is_refused_though_no_origin_stands_by_it(house: House, kind: str) -> None:
    with httpx.Client(base_url=house.url) as client:
        for method, path in writes(house.app):
            answer = client.request(method, path, headers={"Content-Type": kind}, content=b"{}")
            assert answer.status_code in (403, 415), (method, path, answer.status_code)


def test_stats_of_a_tracer_are_taken_as_msgpack_alone(house: House) -> None:
    body = msgspec.msgpack.encode({"Hostname": "h", "Stats": []})
    sent = [httpx.post(f"{house.url}/v0.6/stats", content=body, headers=headers).status_code for headers in KINDS]
    assert sent == [200, 415, 415]


KINDS: list[dict[str, Any]] = [{"Content-Type": "application/msgpack"}, {"Content-Type": "text/plain"}, {}]


def test_a_tracer_and_a_page_of_this_doghouse_are_let_through(house: House) -> None:
    traces = httpx.put(f"{house.url}/v0.4/traces", content=b"\x90", headers={"Content-Type": "application/msgpack"})
    assert traces.status_code == 200
    own = {"Origin": house.url, "Sec-Fetch-Site": "same-origin"}
    assert httpx.post(f"{house.url}/ui/data/monitor/1/mute", json={"for": None}, headers=own).status_code == 404
