"""Host tags by the API (OpenAPI v1: Tags), and service checks."""

import httpx
import pytest

from doghouse import running
from doghouse.running import House

NOW = 1_772_445_600


def test_post_adds_put_replaces_get_reads_and_delete_removes(client: httpx.Client) -> None:
    url = "/api/v1/tags/hosts/web-1"
    added = client.post(url, json={"host": "web-1", "tags": ["Env:prod", "a:1"]})
    assert (added.status_code, added.json()) == (201, {"host": "web-1", "tags": ["a:1", "env:prod"]})
    assert client.post(url, json={"tags": ["b:2"]}).json()["tags"] == ["a:1", "b:2", "env:prod"]
    replaced = client.put(url, json={"tags": ["c:3"]})
    assert (replaced.status_code, replaced.json()) == (201, {"host": "web-1", "tags": ["c:3"]})
    assert client.get(url).json() == {"host": "web-1", "tags": ["c:3"]}
    removed = client.delete(url)
    assert (removed.status_code, removed.content) == (204, b"")
    assert client.get(url).json()["tags"] == []


def test_each_source_has_its_own_tags_and_all_of_them_count(house: House, client: httpx.Client) -> None:
    url = "/api/v1/tags/hosts/web-1"
    client.post(url, json={"tags": ["a:users"]})
    client.post(url, params={"source": "chef"}, json={"tags": ["a:chef"]})
    assert client.get(url).json()["tags"] == ["a:chef", "a:users"]
    assert client.get(url, params={"source": "chef"}).json()["tags"] == ["a:chef"]
    client.delete(url, params={"source": "users"})
    assert house.app.state.hosts.tags("web-1") == ("a:chef",)


def test_the_list_of_all_tags_names_the_hosts_of_each(client: httpx.Client) -> None:
    client.post("/api/v1/tags/hosts/b", json={"tags": ["env:x", "only:b"]})
    client.post("/api/v1/tags/hosts/a", json={"tags": ["env:x"]})
    assert client.get("/api/v1/tags/hosts").json() == {"tags": {"env:x": ["a", "b"], "only:b": ["b"]}}


def test_tags_of_a_host_that_nobody_knows_are_not_found(client: httpx.Client) -> None:
    for method, body in (("GET", None), ("PUT", {"tags": ["a:1"]}), ("DELETE", None)):
        answer = client.request(method, "/api/v1/tags/hosts/nobody", json=body)
        assert (answer.status_code, answer.json()) == (404, {"errors": ["Host doesn't exist"]})


def test_tags_outlive_the_server(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("kept")
    with running.serve(folder) as house:
        httpx.post(f"{house.url}/api/v1/tags/hosts/a", json={"tags": ["env:x"]}, headers=house.headers)
    with running.serve(folder) as house:
        assert house.app.state.hosts.tags("a") == ("env:x",)


def test_service_checks_come_alone_or_in_a_list_and_the_newest_counts(house: House, client: httpx.Client) -> None:
    check = {
        "check": "app.ok",
        "host_name": "a",
        "status": 0,
        "tags": ["b:2", "a:1"],
        "timestamp": NOW,
        "message": "fine",
    }
    assert client.post("/api/v1/check_run", json=check).json() == {"status": "ok"}
    assert (
        client.post(
            "/api/v1/check_run", json=[{**check, "status": 2, "timestamp": NOW + 1}, {"check": "other", "status": 3}]
        ).status_code
        == 202
    )
    client.post("/api/v1/check_run", json={**check, "status": 1, "timestamp": NOW - 1})
    held = {(one.name, one.host, one.tags): (one.status, one.ts) for one in house.app.state.checks.all()}
    assert held == {("app.ok", "a", ("a:1", "b:2")): (2, NOW + 1), ("other", "", ()): (3, NOW)}


def test_a_status_that_is_none_is_refused(client: httpx.Client) -> None:
    answer = client.post("/api/v1/check_run", json=[{"check": "a", "status": 0}, {"check": "b", "status": 4}])
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        "status of service check 1 is 4: expected 0 (OK), 1 (warning), 2 (critical) or 3 (unknown)"
    ]


def test_a_host_that_has_points_alone_is_known_and_has_no_tags(client: httpx.Client) -> None:
    assert client.get("/api/v1/tags/hosts/web-9").status_code == 404
    body = {"series": [{"metric": "m", "points": [[NOW, 1]], "host": "Web-9"}]}
    assert client.post("/api/v1/series", json=body).status_code == 202
    assert client.get("/api/v1/tags/hosts/Web-9").json() == {"host": "Web-9", "tags": []}
    assert client.delete("/api/v1/tags/hosts/Web-9").status_code == 204
