"""A connection that asks for nothing, or never finishes asking, is dropped; others are answered meanwhile."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from doghouse import running, server
from doghouse.running import House
from doghouse.web import connections
from doghouse.web.access import Keys
from doghouse.web.body import limits
from doghouse.web.http import Call, Reply, endpoint

DEADLINE_S = 60
DATA_SEGMENTS_AT = 152  # where Linux' tcp_info says how many segments with data came (tcpi_data_segs_in)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house whose times are short; SLOWEST_S stays longer than the machine pauses."""
    monkeypatch.setattr(connections, "HEAD_S", 1)
    monkeypatch.setattr(limits, "SLOWEST_S", 2)
    monkeypatch.setattr(limits, "BODY_S", 4)
    monkeypatch.setattr(limits, "IDLE_S", 1)
    with running.serve(tmp_path) as one:
        yield one


def connect(house: House) -> socket.socket:
    host, port = house.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=DEADLINE_S)


def drip(client: socket.socket, piece: bytes, every: float = 0.2) -> bytes:
    """Send a piece again and again until the connection is closed; what came meanwhile."""
    client.settimeout(every)
    came, ends = b"", time.monotonic() + DEADLINE_S
    while time.monotonic() < ends:
        try:
            client.sendall(piece)
            part = client.recv(65536)
        except TimeoutError:
            continue
        except OSError:
            return came
        if not part:
            return came
        came += part
    pytest.fail("the connection stayed open")


def answer(client: socket.socket) -> bytes:
    """An answer of JSON, whole; the connection stays open."""
    came = b""
    while not came.endswith(b"}"):
        came += client.recv(65536)
    return came


def closed(client: socket.socket) -> bytes:
    """What comes until the server closes."""
    came = b""
    try:
        while part := client.recv(65536):
            came += part
    except ConnectionError:
        pass
    return came


@pytest.mark.skipif(sys.platform != "linux", reason="Linux says how many segments came")
def test_an_answers_head_and_body_are_sent_together(house: House) -> None:
    with connect(house) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        head, _, body = closed(client).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert json.loads(body)["status"] == "ok"
        info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, DATA_SEGMENTS_AT + 4)
        assert int.from_bytes(info[DATA_SEGMENTS_AT:], sys.byteorder) == 1


def test_a_connection_that_says_nothing_is_dropped(house: House) -> None:
    with connect(house) as client:
        assert closed(client) == b""


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"GET /health HTTP/1.1\r\n", b"X: y\r\n"),  # headers that never end
        (b"", b"\r\n"),  # nothing but empty lines
        (b"GET /he", b"a"),  # an address that never ends
    ],
)
def test_headers_that_never_end_are_dropped_though_some_of_them_always_come(
    house: House, start: bytes, piece: bytes
) -> None:
    with connect(house) as client:
        client.sendall(start)
        assert drip(client, piece) == b""


def test_a_kept_connection_whose_next_request_never_ends_is_dropped(house: House) -> None:
    with connect(house) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
        drip(client, b"\r\n")


def test_a_kept_connection_that_asks_nothing_more_is_closed(house: House) -> None:
    with connect(house) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert closed(client).startswith(b"HTTP/1.1 200")


def post(house: House, length: int) -> bytes:
    head = f"POST /api/v1/series HTTP/1.1\r\nHost: localhost\r\nDD-API-KEY: {house.api_key}\r\nContent-Length: {length}\r\n\r\n"
    return head.encode()


def test_a_body_that_stops_is_answered_408_and_dropped(house: House) -> None:
    with connect(house) as client:
        client.sendall(post(house, 1000) + b'{"series"')
        answer = closed(client)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'{"errors":["Request timeout"]}' in answer


def test_a_body_that_drips_is_answered_408_and_dropped(house: House) -> None:
    with connect(house) as client:
        client.sendall(post(house, 1_000_000))
        assert drip(client, b" ").startswith(b"HTTP/1.1 408")


def test_the_rest_of_a_body_that_was_refused_is_not_waited_for(house: House) -> None:
    with connect(house) as client:
        client.sendall(post(house, 10**9))
        assert closed(client).startswith(b"HTTP/1.1 413")


def test_headers_that_are_too_long_are_dropped_before_they_fill_the_memory(house: House) -> None:
    with connect(house) as client:
        client.sendall(b"GET / HTTP/1.1\r\n")
        sent = 0
        try:
            while sent < 10_000_000:
                client.sendall(b"X: " + b"y" * 10_000 + b"\r\n")
                sent += 10_000
                time.sleep(0.001)
        except ConnectionError:
            pass
    assert sent < 10_000_000


@pytest.mark.parametrize(
    "head",
    [
        "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: rebound.example.com\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: localhost\r\nhost: localhost\r\n\r\n",
        "GET /health HTTP/1.1\r\n\r\n",
        "POST /api/v1/series HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nDD-API-KEY: KEY\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_a_request_that_does_not_name_one_host_is_refused_and_its_connection_closed(house: House, head: str) -> None:
    with connect(house) as client:
        client.sendall(head.replace("KEY", house.api_key).encode() + b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = closed(client)
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.endswith(b'{"errors":["A request has one Host header"]}')
    assert answer.count(b"HTTP/1.1") == 1


def test_an_old_client_names_no_host(house: House) -> None:
    with connect(house) as client:
        client.sendall(b"GET /health HTTP/1.0\r\n\r\n")
        assert closed(client).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("wanted", ["websocket", "h2c"])
def test_an_upgrade_that_is_asked_for_is_passed_over_and_fills_no_log(
    house: House, caplog: pytest.LogCaptureFixture, wanted: str
) -> None:
    upgrade = f"Connection: Upgrade\r\nUpgrade: {wanted}\r\n"
    body = b'{"series":[{"metric":"m","points":[[%d,1]]}]}' % int(time.time())
    with connect(house) as client:
        client.sendall(f"GET /health HTTP/1.1\r\nHost: localhost\r\n{upgrade}\r\n".encode())
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
    with connect(house) as client:
        for _ in range(2):
            head = post(house, len(body)).replace(b"\r\n", b"\r\n" + upgrade.encode(), 1)
            for piece in (head[:30], head[30:] + body[:9], body[9:]):
                client.sendall(piece)
                time.sleep(0.05)
            assert client.recv(65536).startswith(b"HTTP/1.1 202")
    with connect(house) as client:
        upgrade = upgrade.replace("Upgrade\r\n", "close, Upgrade\r\n")
        client.sendall(post(house, len(body)).replace(b"\r\n", b"\r\n" + upgrade.encode(), 1) + body)
        assert closed(client).startswith(b"HTTP/1.1 202")
    with connect(house) as client:
        client.sendall(b"CONNECT example.com:80 HTTP/1.1\r\nHost: example.com\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 40")
    assert caplog.records == []


def test_whether_the_server_answers_is_said_while_every_thread_is_at_work_and_others_wait_for_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work, go_on = threading.Semaphore(0), threading.Event()

    def slow(_: str) -> None:
        at_work.release()
        go_on.wait(DEADLINE_S)

    monkeypatch.setattr(house.app.state.dashboards, "get", slow)
    keys = "".join(f"{name}: {key}\r\n" for name, key in house.headers.items())
    request = f"GET /api/v1/dashboard/abc-def-ghi HTTP/1.1\r\nHost: localhost\r\n{keys}\r\n".encode()
    threads = 40  # anyio's
    with ExitStack() as stack:
        stack.callback(go_on.set)
        for _ in range(2 * threads):
            stack.enter_context(connect(house)).sendall(request)
        assert all(at_work.acquire(timeout=DEADLINE_S) for _ in range(threads))
        began = time.monotonic()
        assert httpx.get(f"{house.url}/health", timeout=DEADLINE_S).json()["status"] == "ok"
        assert time.monotonic() - began < DEADLINE_S / 4


def test_a_new_connection_does_not_wait_until_all_is_served_that_those_before_it_ask_for(house: House) -> None:
    request = b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(house)) for _ in range(100)]
        for client in clients:
            client.sendall(50 * request)
        began = time.monotonic()
        newcomer = stack.enter_context(connect(house))
        newcomer.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer(newcomer).startswith(b"HTTP/1.1 200")
        answered = time.monotonic() - began
        for client in clients:
            came = b""
            while came.count(b"HTTP/1.1 404") < 50:
                came += client.recv(1 << 20)
        assert answered < (time.monotonic() - began) / 2


def test_others_are_answered_while_hundreds_of_connections_are_half_open(house: House) -> None:
    clients = [connect(house) for _ in range(200)]
    try:
        for client in clients:
            client.sendall(b"POST /api/v1/series HTTP/1.1\r\nHost: localhost\r\n")
        assert httpx.get(f"{house.url}/health", timeout=DEADLINE_S).status_code == 200
        for client in clients:
            assert closed(client) == b""
    finally:
        for client in clients:
            client.close()


def test_a_connection_beyond_the_most_is_closed_at_once_and_said_and_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connections, "most", lambda _: 5)
    with running.serve(tmp_path) as house:
        first = connect(house)
        first.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer(first).startswith(b"HTTP/1.1 200")
        others = [connect(house) for _ in range(20)]
        gone = [client for client in others[4:] if closed(client) == b""]
        assert len(gone) == 16
        first.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer(first).startswith(b"HTTP/1.1 200")
        for client in (first, *others):
            client.close()
    assert [record.getMessage() for record in caplog.records if record.name == connections.__name__] == [
        "doghouse: 5 connections are open, as many as can be: more are closed at once"
    ]


FEW_FILES = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128)); runpy.run_module('doghouse', run_name='__main__')"


@pytest.mark.slow
def test_a_process_at_its_limit_of_files_says_so_loses_nothing_and_recovers(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FEW_FILES, "up", "--port", "0", "--json", "--data", str(tmp_path / "data")]
    with (
        (tmp_path / "said").open("w+") as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True) as process,
    ):
        assert process.stdout
        house = json.loads(process.stdout.readline())
        keys = json.loads(Path(house["keys_file"]).read_text())
        place = ("127.0.0.1", int(house["url"].rpartition(":")[2]))
        now, taken = int(time.time()) - 600, []

        def post(second: int) -> bool:
            body = {"series": [{"metric": "m", "points": [[now + second, 1.0]]}]}
            with suppress(httpx.TransportError):
                answer = httpx.post(f"{house['url']}/api/v1/series", json=body, headers={"DD-API-KEY": keys["api_key"]})
                if answer.status_code == 202:
                    taken.append(second)
                    return True
            return False

        assert post(0)
        clients = [socket.create_connection(place, timeout=DEADLINE_S) for _ in range(300)]
        for client in clients:
            with suppress(ConnectionError):
                client.sendall(b"POST /api/v1/series HTTP/1.1\r\nHost: localhost\r\n")
        for second in range(1, 20):
            post(second)
        ends = time.monotonic() + DEADLINE_S  # those half open are dropped after HEAD_S
        while not post(20):
            assert time.monotonic() < ends
        for client in clients:
            client.close()
        headers = {"DD-API-KEY": keys["api_key"], "DD-APPLICATION-KEY": keys["app_key"]}
        asked = {"query": "sum:m{*}.rollup(sum, 1)", "from": now, "to": now + 60}
        [series] = httpx.get(f"{house['url']}/api/v1/query", params=asked, headers=headers).json()["series"]
        assert [at / 1000 - now for at, value in series["pointlist"] if value] == taken
        process.terminate()
        process.wait(DEADLINE_S)
        text = (tmp_path / "said").read_text()
    assert "connections are open, as many as can be: more are closed at once" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
def test_nothing_is_logged_of_a_client_that_hangs_up_while_answers_wait(
    house: House, reset: bool, caplog: pytest.LogCaptureFixture
) -> None:
    begun, over = threading.Event(), threading.Event()

    def slow(_: Call) -> Reply:
        begun.set()
        over.wait(DEADLINE_S)
        return Reply({})

    def rounds() -> None:
        """Let the server's loop go round: it learns that the client is gone, and of the handler's end."""
        for _ in range(3):
            assert httpx.get(f"{house.url}/health").status_code == 200

    house.app.router.routes.append(endpoint("GET", "/slow", slow, Keys.OPEN))
    client = connect(house)
    requests = (f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n" for path in ("/health", "/slow", "/slow"))
    client.sendall("".join(requests).encode())
    assert begun.wait(DEADLINE_S)
    if reset:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    rounds()
    over.set()
    rounds()
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


def test_others_are_answered_while_pages_that_there_are_none_of_are_written(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, over, written = threading.Event(), threading.Event(), server.ui.missing

    def slow(call: Call) -> Reply:
        begun.set()
        over.wait(DEADLINE_S)
        return written(call)

    monkeypatch.setattr(server.ui, "missing", slow)
    with connect(house) as client:
        host = house.url.removeprefix("http://")
        client.sendall(f"GET /none HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n".encode())
        assert begun.wait(DEADLINE_S)
        assert httpx.get(f"{house.url}/health", timeout=DEADLINE_S / 2).status_code == 200
        over.set()
        assert client.recv(65536).startswith(b"HTTP/1.1 404")
