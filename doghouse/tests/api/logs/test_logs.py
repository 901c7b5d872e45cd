import gzip
import json
from typing import Any

import pytest

from doghouse.logs.bodies import read
from doghouse.logs.model import Log
from doghouse.logs.preprocessing import stored
from doghouse.logs.store.log_store import LogStore

from ..conftest import API_KEY, NOW, Api


def messages(body: bytes, content_type: str = "application/json") -> list[str]:
    return [log["message"] for log in read(body, content_type)]


@pytest.mark.parametrize(("path", "status"), [("/v1/input", 200), ("/api/v2/logs", 202)])
def test_logs_are_accepted_with_an_empty_object(api: Api, path: str, status: int) -> None:
    answer = api("POST", path, [{"message": "hello", "ddtags": "env:prod"}])
    assert (answer.status_code, answer.json()) == (status, {})


def test_the_key_may_stand_in_the_path(api: Api) -> None:
    bare = {"dd-api-key": ""}
    assert api("POST", f"/v1/input/{API_KEY}", [{"message": "hello"}], headers=bare).status_code == 200
    assert api("POST", "/v1/input/other", [{"message": "hello"}], headers=bare).status_code == 403


def test_a_compressed_body_is_read(api: Api) -> None:
    body = gzip.compress(json.dumps({"message": "hello"}).encode())
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    assert api("POST", "/api/v2/logs", content=body, headers=headers).status_code == 202


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'[{"message": "a"}, {"message": "b"}]', "application/json"),
        (b"a\nb\n", "text/plain"),
        (b"2 a\n2 b\n", "application/logplex-1"),
        (b"1 a1 b", "application/logplex-1"),
    ],
)
def test_each_content_type_has_its_own_way_of_holding_many_logs(body: bytes, content_type: str) -> None:
    assert messages(body, content_type) == ["a", "b"]


def test_what_a_log_does_not_say_the_address_may() -> None:
    (sent,) = read(b'{"message": "m", "ddtags": "a:1", "extra": 7}', "application/json")
    log = stored(sent, {"service": "web", "ddtags": "b:2"}, NOW)
    assert (log.service, set(log.tags), log.attributes, log.timestamp) == ("web", {"a:1", "b:2"}, {"extra": 7}, NOW)


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/input", {"code": 400}), ("/api/v2/logs", {"errors": [{"status": "400", "title": "Bad Request"}]})],
)
def test_each_version_says_in_its_own_shape_that_a_body_is_not_json(api: Api, path: str, body: dict[str, Any]) -> None:
    answer = api("POST", path, content=b"{", headers={"content-type": "application/json"})
    assert answer.status_code == 400
    said = answer.json()
    if "errors" in body:
        said["errors"][0].pop("detail")
    else:
        assert said.pop("message").startswith("Invalid JSON")
    assert said == body


@pytest.mark.parametrize(
    ("content_type", "begins", "log", "ends"),
    [
        ("application/json", b'["a"', b',"b"', b"]"),
        ("text/plain", b"a\n", b"b\n", b""),
        ("application/logplex-1", b"1 a", b"1 b", b""),
    ],
)
@pytest.mark.parametrize(("count", "status"), [(1000, 202), (1001, 413), (1002, 413)])
def test_more_than_a_thousand_logs_at_once_are_too_many(
    api: Api, content_type: str, begins: bytes, log: bytes, ends: bytes, count: int, status: int
) -> None:
    body = begins + (count - 1) * log + ends
    assert api("POST", "/api/v2/logs", content=body, headers={"content-type": content_type}).status_code == status


def kept(api: Api) -> list[Log]:
    store: LogStore = api.client.app.state.logs  # type: ignore[attr-defined]
    return list(store.between(0, NOW * 2))


def test_an_old_log_is_accepted_and_never_found(api: Api) -> None:
    """P05: 18 hours and a minute old; the same of one more than two hours ahead."""
    ages = (18 * 3600 + 60, 60, -2 * 3600 + 60, -2 * 3600 - 60)
    logs = [{"message": f"{age} s", "timestamp": (NOW - age) * 1000} for age in ages]
    assert api("POST", "/api/v2/logs", logs).status_code == 202
    assert {log.message for log in kept(api)} == {"60 s", "-7140 s"}


def test_a_log_gets_the_tags_of_its_host(api: Api) -> None:
    api.ok("POST", "/api/v1/check_run", [{"check": "c", "host_name": "web-1", "status": 0}])
    api.ok("POST", "/api/v1/tags/hosts/web-1", {"tags": ["role:web", "env:prod"]})
    api.ok("POST", "/api/v2/logs", {"message": "m", "hostname": "web-1", "ddtags": "env:prod"})
    (log,) = kept(api)
    assert log.tags == ("env:prod", "role:web")
