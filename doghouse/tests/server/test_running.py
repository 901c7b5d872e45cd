"""The doghouse inside a process, and what every endpoint shares."""

import gzip
import socket
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import zstandard

from doghouse import running
from doghouse.running import House
from doghouse.storage.config import ConfigError, Settings, duration
from doghouse.time.clock import Clock
from doghouse.web.access import Keys
from doghouse.web.body import limits
from doghouse.web.http import Call, Reply, endpoint


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running.serve(tmp_path_factory.mktemp("house")) as one:
        yield one


def test_a_house_serves_while_its_block_lasts_and_frees_its_folder_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with running.serve(tmp_path, clock=Clock(1_772_445_600.0)) as house:
            assert httpx.get(f"{house.url}/api/v1/validate", headers=house.headers).status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(house.url)


def test_keys_are_not_in_the_repr(house: House) -> None:
    assert house.api_key not in repr(house)
    assert house.app_key not in repr(house)


def test_a_missing_api_key_and_a_wrong_one_get_datadogs_403(house: House) -> None:
    missing = httpx.get(f"{house.url}/api/v1/validate")
    assert (missing.status_code, missing.json()) == (403, {"errors": ["API key required"]})
    wrong = httpx.get(f"{house.url}/api/v1/validate", headers={"DD-API-KEY": "0" * 32})
    assert (wrong.status_code, wrong.json()) == (403, {"errors": ["Forbidden"]})


def test_an_unknown_path_says_so_in_datadogs_shape(house: House) -> None:
    answer = httpx.get(f"{house.url}/api/v1/unknown", headers=house.headers)
    assert (answer.status_code, answer.json()) == (404, {"errors": ["doghouse has no GET /api/v1/unknown"]})


def test_a_second_house_over_the_same_folder_is_refused(house: House) -> None:
    with pytest.raises(ConfigError, match="is in use by doghouse, process"), running.serve(house.data):
        pass


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("36h", 129600), ("15d", 1296000), ("2w", 1209600)]
)
def test_a_length_of_time_is_a_number_and_a_unit(text: str, seconds: float) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "15", "d", "-1d", "0d", "1.5d", "15 d", "15y", "١d"])
def test_anything_else_is_no_length_of_time(text: str) -> None:
    with pytest.raises(ConfigError, match="is not a length of time"):
        duration(text)


def test_the_clock_can_be_set_over_http_only_with_time_travel(house: House, tmp_path: Path) -> None:
    sent = {"now": "2026-03-02T10:00:00Z"}
    assert httpx.post(f"{house.url}/doghouse/clock", json=sent, headers=house.headers).status_code == 404
    with running.serve(tmp_path, settings=Settings(time_travel=True)) as travelling:
        answer = httpx.post(f"{travelling.url}/doghouse/clock", json=sent, headers=travelling.headers)
        assert answer.json() == {"now": 1772445600.0}
        assert travelling.clock.now() == 1772445600.0
        httpx.post(f"{travelling.url}/doghouse/clock", json={"now": None}, headers=travelling.headers)
        assert travelling.clock.now() > 1772445600.0


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("zstd", zstandard.compress), ("zstd1", zstandard.compress)],
)
def test_bodies_may_be_compressed_as_agents_do(tmp_path: Path, encoding: str, compress: object) -> None:
    assert callable(compress)
    with running.serve(tmp_path, settings=Settings(time_travel=True)) as house:
        body = compress(b'{"now": "2026-03-02T10:00:00Z"}')
        headers = {**house.headers, "Content-Encoding": encoding}
        assert httpx.post(f"{house.url}/doghouse/clock", content=body, headers=headers).status_code == 200
        broken = httpx.post(f"{house.url}/doghouse/clock", content=b"broken", headers=headers)
        assert broken.status_code == 400
        assert f"could not be decompressed as {encoding}" in broken.json()["errors"][0]
        assert httpx.post(f"{house.url}/doghouse/clock", content=body[:-6], headers=headers).status_code == 400


def test_a_log_whose_compressed_body_was_cut_off_is_not_kept(tmp_path: Path) -> None:
    with running.serve(tmp_path) as house:
        headers = {**house.headers, "Content-Type": "text/plain", "Content-Encoding": "deflate"}
        cut = zlib.compress(bytes(range(32, 127)) * 3)[:-4]
        answer = httpx.post(f"{house.url}/api/v2/logs", content=cut, headers=headers)
        assert answer.status_code == 400
        assert "could not be decompressed as deflate" in str(answer.json())


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_too_large_is_refused_before_it_is_read_whole(
    tmp_path: Path, declared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "OTHERS", limits.Bounds(100_000, 100_000, 1000))
    with running.serve(tmp_path) as house:
        sent = b" " * 200_000
        content = sent if declared else iter([sent[:50_000]] * 4)
        answer = httpx.post(f"{house.url}/api/v1/dashboard", content=content, headers=house.headers)
        assert (answer.status_code, answer.json()) == (413, {"errors": ["Payload too big"]})


def test_what_is_under_way_when_the_server_stops_is_answered_503_and_nothing_is_logged_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(running, "GRACE_S", 1)
    begun, over = threading.Event(), threading.Event()

    def slow(_: Call) -> Reply:
        begun.set()
        over.wait()
        return Reply({})

    with socket.socket() as client:
        with running.serve(tmp_path) as house:
            house.app.router.routes.append(endpoint("GET", "/slow", slow, Keys.OPEN))
            host, port = house.url.removeprefix("http://").split(":")
            client.connect((host, int(port)))
            client.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3)  # two of them wait for the first
            assert begun.wait(60)
        over.set()
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.count(b"HTTP/1.1") == answer.count(b"HTTP/1.1 503") == 1
    assert answer.endswith(
        b'{"errors":["doghouse is stopping: this was not finished in time, and may have been done all the same"]}'
    )
    assert [record for record in caplog.records if record.exc_info] == []
