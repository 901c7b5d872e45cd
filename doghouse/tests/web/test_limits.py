"""What a body may hold: bytes as sent and unpacked, values, depth, and all bodies together."""

from __future__ import annotations

import gc
import json
import resource
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from served import writes

from doghouse import running
from doghouse.running import House
from doghouse.storage.failures import StorageError
from doghouse.web.access import Keys
from doghouse.web.body import limits
from doghouse.web.body.in_flight import InFlight
from doghouse.web.body.limits import Bounds, TooMuch
from doghouse.web.errors import ApiError
from doghouse.web.http import Call, Reply, endpoint

MSGPACK = {"Content-Type": "application/msgpack"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running.serve(tmp_path_factory.mktemp("house")) as one:
        yield one


def post(house: House, path: str, body: bytes, method: str = "POST", **headers: str) -> httpx.Response:
    own = {"Content-Type": "application/json", **house.headers, "Origin": house.url, **headers}
    return httpx.request(method, house.url + path, content=body, headers=own, timeout=60)


def swollen(size: int, sign: bytes = b" ") -> bytes:
    """A small body that unpacks to so many bytes."""
    return zlib.compress(sign * size, 9)


def test_every_endpoint_refuses_a_body_that_is_larger_than_its_bounds_as_sent_and_unpacked(house: House) -> None:
    walked = writes(house.app)
    assert len(walked) > 80
    for method, path in walked:
        bounds = limits.of(path)
        if bounds.sent < 60 * limits.MIB:
            sent = post(house, path, b" " * (bounds.sent + 1), method)
            assert sent.status_code == 413, (method, path, sent.text)
        unpacked = post(house, path, swollen(bounds.unpacked + 1), method, **{"Content-Encoding": "deflate"})
        expected = (413, 429) if bounds.unpacked > 60 * limits.MIB else (413,)
        assert unpacked.status_code in expected, (method, path, unpacked.text)


def test_empty_spans_that_took_gigabytes_are_refused_in_words(house: House) -> None:
    many = b"\x91\xdd" + (60_000_000).to_bytes(4, "big") + b"\x80" * 24_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = post(house, "/v0.4/traces", zlib.compress(many), **{**MSGPACK, "Content-Encoding": "deflate"})
    assert answer.status_code == 413
    assert "more than 500,000 values" in answer.text
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # KiB


@pytest.mark.parametrize("path", ["/api/v1/monitor", "/api/v1/dashboard", "/api/v2/downtime", "/api/v1/slo"])
def test_a_body_that_is_all_brackets_is_refused_before_it_is_read(house: House, path: str) -> None:
    answer = post(house, path, b"[" + b",".join([b"{}"] * 300_000) + b"]")
    assert (answer.status_code, answer.json()) == (
        413,
        {"errors": ["Payload too big: it has more than 200,000 values"]},
    )


def test_a_body_that_is_nested_too_deeply_is_refused(house: House) -> None:
    answer = post(house, "/api/v1/monitor", b"[" * 101 + b"]" * 101)
    assert (answer.status_code, answer.json()) == (400, {"errors": ["The request body is nested too deeply"]})


def test_brackets_and_commas_inside_texts_are_no_values(house: House) -> None:
    text = '[{,\\"' * 150_000
    board = {"title": "t", "layout_type": "ordered", "widgets": [], "description": text}
    assert post(house, "/api/v1/dashboard", json.dumps(board).encode()).status_code == 200


def test_lines_of_text_are_no_json(house: House) -> None:
    lines = b"[[[[[[[[[[[[{{{{{{{{{{\n" * 50
    assert post(house, "/api/v2/logs", lines, **{"Content-Type": "text/plain"}).status_code == 202


@pytest.mark.parametrize("path", sorted(path for path, bounds in limits.BY_PATH.items() if bounds.packs))
def test_texts_of_msgpack_have_a_bound_too(path: str) -> None:
    most = limits.PACKED_TEXTS
    limits.check(b"\xa2ab" * most, limits.of(path), "application/msgpack")
    with pytest.raises(TooMuch, match="more than 3,000,000 texts"):
        limits.check(b"\xa2ab" * most + b"\xd9\x01a", limits.of(path), "application/msgpack")


JSON = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


def depth(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(depth, inside), default=0)


@given(JSON, st.booleans())
def test_depth_is_what_a_plain_reading_has(value: Any, spaced: bool) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1 if spaced else None)
    assert limits.depth(text.encode()) == depth(value)


def count(value: Any) -> int:
    inside = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return len(inside) + sum(map(count, inside))


@given(JSON, st.integers(0, 30))
def test_no_more_values_pass_than_the_bounds_say(value: Any, most: int) -> None:
    bounds = Bounds(1000, 1000, most, None)
    try:
        limits.check(json.dumps(value).encode(), bounds, "application/json")
    except TooMuch:
        return
    assert count(value) <= most


@pytest.mark.parametrize("packs", [False, True])
def test_a_body_that_is_not_looked_through_has_no_more_values_than_the_bounds_say(packs: bool) -> None:
    bounds = Bounds(limits.MIB, limits.MIB, 1000, None, packs=packs)
    sign = b"\x90" if packs else b"["
    limits.check(sign * bounds.unread, bounds, "")
    with pytest.raises(TooMuch):
        limits.check(sign * (bounds.unread + 1), bounds, "")
    assert Bounds(limits.MIB, limits.MIB, 1000, packs=packs).unread == 0  # its depth is looked for


def test_all_bodies_together_have_a_budget_and_one_alone_always_fits() -> None:
    budget = InFlight(100)
    with budget.request() as first:
        first(150)  # alone: its own limits bound it
        with budget.request() as second, pytest.raises(ApiError) as refused:
            second(1)
        assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "1"})
    assert budget.bytes == 0
    with budget.request() as first, budget.request() as second:
        first(60)
        second(40)
        with pytest.raises(ApiError):
            second(1)
    assert budget.bytes == 0


def test_forty_large_bodies_at_once_are_answered_within_the_budget(house: House) -> None:
    body = swollen(60_000_000)
    in_flight: InFlight = house.app.state.in_flight
    peak, done = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.is_set():
            peak = max(peak, in_flight.bytes)
            time.sleep(0.001)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(40) as clients:
        headers = {"Content-Encoding": "deflate"}
        statuses = list(clients.map(lambda _: post(house, "/api/v1/series", body, **headers).status_code, range(40)))
    done.set()
    watcher.join()
    assert set(statuses) <= {400, 429}  # 400: it is no series
    assert 429 in statuses  # all of them, where all unpack at the same time
    assert peak <= limits.IN_FLIGHT_BYTES
    assert in_flight.bytes == 0
    assert post(house, "/api/v1/series", body, **headers).status_code == 400


def held(kind: type[Exception]) -> list[Exception]:
    """The errors of a kind that something still refers to."""
    return [entry for entry in gc.get_objects() if isinstance(entry, kind)]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        pytest.param("/v0.4/traces", b"[" + b"[{}]," * 300_000 + b"[]]", 413, id="values"),
        pytest.param("/api/v1/monitor", b"[" * 100_000, 400, id="depth"),
        pytest.param("/api/v2/logs", b" " * 100_000, 400, id="no JSON"),
        pytest.param("/api/v1/monitor", b'{"name":"m"}' + b" " * 100_000, 400, id="no monitor"),
        pytest.param("/api/v1/series", b'{"series":[{"metric":1}]}' + b" " * 400_000, 400, id="no series"),
    ],
)
def test_a_refused_body_goes_when_it_is_answered(house: House, path: str, body: bytes, status: int) -> None:
    """30 KB to `/v0.4/traces` kept 20 MB until Python next looked for objects that hold each other: 1.9 GB after some 190 refused bodies."""
    gc.collect()
    gc.disable()
    try:
        answer = post(house, path, zlib.compress(body), **{"Content-Encoding": "deflate"})
        deadline = time.monotonic() + 5
        while held(ApiError) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert answer.status_code == status
        assert held(ApiError) == []
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("kind", "status"),
    [(RecursionError, 400), (StorageError, 503), (ZeroDivisionError, 500)],
    ids=["depth", "storage", "a fault"],
)
def test_a_body_goes_when_an_error_of_any_kind_is_answered(
    house: House, kind: type[Exception], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    class Failed(kind):  # type: ignore[valid-type, misc]
        """An error of this test alone."""

    def fail(call: Call) -> Reply:
        raise Failed(len(call.body))

    house.app.router.routes.append(endpoint("POST", f"/fails/{status}", fail, Keys.API))
    gc.collect()
    gc.disable()
    try:
        answer = post(house, f"/fails/{status}", b" " * 100_000)
        caplog.clear()  # a fault's traceback is logged
        deadline = time.monotonic() + 5
        while held(Failed) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert answer.status_code == status
        assert held(Failed) == []
    finally:
        gc.enable()


def test_others_are_answered_while_a_large_body_is_unpacked(house: House) -> None:
    body = swollen(60_000_000)
    with ThreadPoolExecutor(1) as client:
        slow = client.submit(post, house, "/api/v1/series", body, **{"Content-Encoding": "deflate"})
        asked = 0
        while not slow.done():
            assert httpx.get(f"{house.url}/health", timeout=60).status_code == 200
            asked += 1
    assert asked > 0


def test_a_logs_endpoint_keeps_its_own_form_of_the_refusal(house: House) -> None:
    large = b'"' + b"x" * (5 * limits.MIB) + b'"'
    assert post(house, "/v1/input", large).json() == {"code": 413, "message": "Request too large"}
    words = {"status": "413", "title": "Request Entity Too Large", "detail": "Request too large"}
    assert post(house, "/api/v2/logs", large).json() == {"errors": [words]}


def test_more_lines_than_a_request_may_have_are_refused_without_an_object_for_each(
    tmp_path: Path, house: House
) -> None:
    answer = post(house, "/api/v2/logs", b"a\n" * 2_000_000, **{"Content-Type": "text/plain"})
    assert answer.status_code == 413
