"""What is posted to the intakes, and what can be read afterwards: a real server, the bodies that clients and Agents send."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import numpy as np
import pytest
import zstandard

from doghouse import running
from doghouse.metrics.distributions.sketches import keys_of
from doghouse.metrics.intake.messages import message
from doghouse.metrics.model import Series
from doghouse.running import House
from doghouse.storage.config import Settings
from doghouse.time.clock import Clock

NOW = 1_772_445_600
PROTOBUF = {"Content-Type": "application/x-protobuf"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    clock, settings = Clock(float(NOW)), Settings(time_travel=True)
    with running.serve(tmp_path_factory.mktemp("house"), clock=clock, settings=settings) as one:
        yield one


Post = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def post(house: House) -> Iterator[Post]:
    with httpx.Client(base_url=house.url, headers={"DD-API-KEY": house.api_key}) as client:

        def send(path: str, body: Any, headers: dict[str, str] | None = None) -> httpx.Response:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            return client.post(path, content=content, headers=headers or {})

        yield send


def stored(house: House, metric: str) -> list[tuple[Series, list[tuple[int, float]]]]:
    """Each series of a metric with its points."""
    points = house.app.state.points
    found = []
    for series in points.find(metric):
        columns = points.read([series.id], 0, 2**32)
        found.append((series, list(zip(columns.ts.tolist(), columns.value.tolist(), strict=True))))
    return found


def one(house: House, metric: str) -> tuple[Series, list[tuple[int, float]]]:
    [found] = stored(house, metric)
    return found


def test_a_v1_series_is_kept_with_its_type_interval_host_and_tags(house: House, post: Post) -> None:
    sent = {
        "metric": "v1.a",
        "points": [[NOW, 1.5], [NOW + 0.9, 2]],
        "type": "count",
        "interval": 10,
        "host": "A",
        "tags": ["Env:X y", "b"],
    }
    answer = post("/api/v1/series", {"series": [sent]})
    assert (answer.status_code, answer.json()) == (202, {"status": "ok"})
    series, points = one(house, "v1.a")
    assert (series.type, series.interval, series.host, series.tags) == ("count", 10, "a", ("b", "env:x_y", "host:a"))
    assert points == [(NOW, 2.0)]  # whole seconds; the later value of a second wins


@pytest.mark.parametrize("kind", [None, "", "gauge", "histogram"])
def test_a_v1_series_without_a_known_type_is_a_gauge(house: House, post: Post, kind: str | None) -> None:
    metric = f"v1.type.{kind}"
    assert (
        post(
            "/api/v1/series", {"series": [{"metric": metric, "points": [[NOW, 1]], "type": kind, "host": None}]}
        ).status_code
        == 202
    )
    assert one(house, metric)[0].type == "gauge"


@pytest.mark.parametrize("path", ["/api/v1/series", "/api/v2/series"])
def test_a_value_may_be_written_as_an_integer_of_any_size(house: House, post: Post, path: str) -> None:
    values = [0, -1, 255, 2**63, 10**30, 1.5e300]
    points: list[Any] = [[NOW + place, value] for place, value in enumerate(values)]
    if path == "/api/v2/series":
        points = [{"timestamp": ts, "value": value} for ts, value in points]
    metric = f"integers.{path[5:7]}"
    assert post(path, {"series": [{"metric": metric, "points": points}]}).status_code == 202
    assert [value for _, value in one(house, metric)[1]] == [float(value) for value in values]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/v1/series"), ("PUT", "/api/v2/series"), ("POST", "/api/v1/series/x")]
)
def test_what_is_not_the_intake_is_not_served_as_one(house: House, method: str, path: str) -> None:
    answer = httpx.request(method, f"{house.url}{path}", headers=house.headers, content=b'{"series": []}')
    assert answer.status_code == 404
    assert path in answer.json()["errors"][0]


def test_a_v1_device_is_a_tag_and_an_interval_may_be_written_with_a_point(house: House, post: Post) -> None:
    post(
        "/api/v1/series",
        {"series": [{"metric": "v1.device", "points": [[NOW, 1]], "device": "sda", "interval": 10.0, "type": "rate"}]},
    )
    series, _ = one(house, "v1.device")
    assert (series.tags, series.interval) == (("device:sda",), 10)


def test_a_v2_series_takes_its_host_from_the_resources_and_its_type_from_a_number(house: House, post: Post) -> None:
    kinds = {0: "gauge", 1: "count", 2: "rate", 3: "gauge"}
    body = {
        "series": [
            {
                "metric": f"v2.{number}",
                "points": [{"timestamp": NOW, "value": 1.5}],
                "type": number,
                "interval": 10,
                "resources": [{"name": "a", "type": "host"}, {"name": "sda", "type": "device"}],
                "tags": ["env:x"],
                "unit": "byte",
                "metadata": {"origin": {"product": 10}},
            }
            for number in kinds
        ]
    }
    answer = post("/api/v2/series", body)
    assert (answer.status_code, answer.json()) == (202, {"errors": []})
    for number, kind in kinds.items():
        series, points = one(house, f"v2.{number}")
        assert (series.type, series.interval, series.tags) == (kind, 10, ("device:sda", "env:x", "host:a"))
        assert points == [(NOW, 1.5)]


def test_an_agents_protobuf_means_the_same_as_the_json(house: House, post: Post) -> None:
    fields = {"tags": ["env:x"], "type": 1, "interval": 10, "resources": [{"name": "a", "type": "host"}]}
    payload = message("MetricPayload")(
        series=[{"metric": "pb.a", "points": [{"timestamp": NOW, "value": 2.5}], **fields}]
    )
    unknown = b"\x4a\x02\x08\x01"  # field 9 of a series (its origin), which this doghouse does not read
    series = payload.series[0].SerializeToString() + unknown
    body = b"\x0a" + bytes([len(series)]) + series
    assert post("/api/v2/series", body, PROTOBUF).status_code == 202
    got, points = one(house, "pb.a")
    assert (got.type, got.interval, got.tags, points) == ("count", 10, ("env:x", "host:a"), [(NOW, 2.5)])


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("zstd", zstandard.compress), ("zstd1", zstandard.compress)],
)
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_bodies_may_be_compressed(
    house: House, post: Post, encoding: str, compress: Callable[[bytes], bytes], version: str
) -> None:
    metric = f"{version}.{encoding}"
    point: Any = [NOW, 1] if version == "v1" else {"timestamp": NOW, "value": 1}
    body = json.dumps({"series": [{"metric": metric, "points": [point]}]}).encode()
    assert post(f"/api/{version}/series", compress(body), {"Content-Encoding": encoding}).status_code == 202
    assert one(house, metric)[1] == [(NOW, 1.0)]


def test_points_from_an_hour_ago_to_ten_minutes_ahead_are_taken_and_others_dropped(house: House, post: Post) -> None:
    offsets = [-3601, -3600, 0, 600, 601]
    body = {"series": [{"metric": "window", "points": [[NOW + offset, offset] for offset in offsets]}]}
    assert post("/api/v1/series", body).status_code == 202
    assert [value for _, value in one(house, "window")[1]] == [-3600, 0, 600]


def test_the_time_that_a_request_says_decides_under_time_travel(house: House, post: Post) -> None:
    body = {"series": [{"metric": "travelled", "points": [[0, 1], [NOW, 2]]}]}
    post("/api/v1/series", body, {"X-Doghouse-Now": "1970-01-01T00:10:00Z"})
    assert one(house, "travelled")[1] == [(0, 1.0)]


def test_names_are_normalised_and_a_series_without_a_name_is_left_out(house: House, post: Post) -> None:
    names = ["norm alised", "norm/alised", "_norm_alised", "42", ""]
    body = {"series": [{"metric": name, "points": [[NOW + place, place]]} for place, name in enumerate(names)]}
    assert post("/api/v1/series", body).status_code == 202
    assert one(house, "norm_alised")[1] == [(NOW, 0.0), (NOW + 1, 1.0), (NOW + 2, 2.0)]


def test_the_same_tags_in_any_order_and_form_are_one_series(house: House, post: Post) -> None:
    forms = [["a:1", "b:2"], ["b:2", "a:1"], ["B:2", "a:1", "a:1"]]
    body = {
        "series": [
            {"metric": "tags", "points": [[NOW + place, place]], "tags": tags} for place, tags in enumerate(forms)
        ]
    }
    post("/api/v1/series", body)
    assert len(one(house, "tags")[1]) == 3


def test_a_host_may_also_be_named_by_a_tag(house: House, post: Post) -> None:
    body = {
        "series": [
            {"metric": "host.tag", "points": [[NOW, 1]], "tags": ["host:a"]},
            {"metric": "host.tag", "points": [[NOW + 1, 1]], "host": "a"},
        ]
    }
    post("/api/v1/series", body)
    assert one(house, "host.tag")[0].tags == ("host:a",)


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/api/v1/series", b"", "truncated"),
        ("/api/v1/series", b'{"series": [', "truncated"),
        ("/api/v1/series", b"[]", "Expected `object`"),
        ("/api/v1/series", b"{}", "missing required field `series`"),
        ("/api/v1/series", b'{"series": [{"points": [[1, 2]]}]}', "missing required field `metric` - at `$.series[0]`"),
        ("/api/v1/series", b'{"series": [{"metric": "m", "points": [[1, "2"]]}]}', "Expected `float`, got `str`"),
        ("/api/v1/series", b'{"series": [{"metric": "m", "points": [[1]]}]}', "at `$.series[0].points[0]`"),
        ("/api/v2/series", b'{"series": [{"metric": "m", "points": [[1, 2]]}]}', "at `$.series[0].points[0]`"),
        ("/api/v1/distribution_points", b'{"series": [{"metric": "m", "points": [[1, 2]]}]}', "Expected `array`"),
        ("/api/v1/series", b'\xff\xfe{"series": []}', "malformed"),
    ],
)
def test_a_broken_body_gets_400_and_the_place(post: Post, path: str, body: bytes, words: str) -> None:
    answer = post(path, body)
    assert answer.status_code == 400
    [text] = answer.json()["errors"]
    assert text.startswith("Payload is not in the expected format: ")
    assert words in text


@pytest.mark.parametrize("path", ["/api/v2/series", "/api/beta/sketches"])
def test_broken_protobuf_gets_400(post: Post, path: str) -> None:
    answer = post(path, b"\xff\xff\xff", PROTOBUF)
    assert answer.status_code == 400
    assert answer.json()["errors"][0].startswith("Payload is not in the expected format: ")


def test_an_unknown_content_type_is_refused_by_the_intake_that_reads_two(post: Post) -> None:
    answer = post("/api/v2/series", b"<series/>", {"Content-Type": "application/xml"})
    assert (answer.status_code, answer.json()) == (415, {"errors": ["Unsupported Content-Type: application/xml"]})


def test_a_body_over_the_documented_size_is_refused(post: Post) -> None:
    large = {"series": [{"metric": "large", "points": [{"timestamp": NOW, "value": 1}] * 20_000}]}
    body = json.dumps(large).encode()
    assert post("/api/v2/series", body).status_code == 413
    assert post("/api/v2/series", gzip.compress(body), {"Content-Encoding": "gzip"}).status_code == 202
    bomb = gzip.compress(b" " * 6_000_000)
    assert post("/api/v2/series", bomb, {"Content-Encoding": "gzip"}).status_code == 413


def test_what_was_accepted_stays_when_worse_follows(house: House, post: Post) -> None:
    good = {"series": [{"metric": "good", "points": [[NOW, 1]]}]}
    post("/api/v1/series", good)
    post("/api/v1/series", b'{"series": [{"metric": "good", "points": [[%d, 2], ' % NOW)
    post("/api/v1/series", {"series": [{"metric": "good", "points": [[NOW, 3]]}, {"metric": 7, "points": []}]})
    assert one(house, "good")[1] == [(NOW, 1.0)]


def test_the_api_key_may_stand_in_the_address_and_must_be_right(house: House) -> None:
    body = {"series": [{"metric": "keyed", "points": [[NOW, 1]]}]}
    url = f"{house.url}/api/v1/series"
    assert httpx.post(f"{url}?api_key={house.api_key}", json=body).status_code == 202
    assert httpx.post(url, json=body).json() == {"errors": ["API key required"]}
    assert httpx.post(f"{url}?api_key={'0' * 32}", json=body).status_code == 403


def test_distributions_from_clients_and_agents_are_taken_together(house: House, post: Post) -> None:
    values = [1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3]
    answer = post(
        "/api/v1/distribution_points", {"series": [{"metric": "dist", "points": [[NOW, values]], "host": "a"}]}
    )
    assert (answer.status_code, answer.json()) == (202, {"status": "ok"})
    [key] = keys_of(np.array([100.0])).tolist()
    sketch = {"ts": NOW, "cnt": 2, "min": 99.0, "max": 101.0, "avg": 100.0, "sum": 200.0, "k": [key], "n": [2]}
    payload = message("SketchPayload")(sketches=[{"metric": "dist", "host": "a", "dogsketches": [sketch]}])
    assert post("/api/beta/sketches", payload.SerializeToString(), PROTOBUF).status_code == 202
    points = house.app.state.points
    [series] = points.find("dist")
    assert (series.type, series.host) == ("distribution", "a")
    held = points.read_sketches([series.id], [0], NOW, NOW + 10, 10)
    assert (held.count.tolist(), held.sum.tolist(), held.min.tolist(), held.max.tolist()) == (
        [13.0],
        [219.0],
        [1.0],
        [101.0],
    )
    assert held.percentile(0.5)[0] == pytest.approx(2, rel=0.01)
    assert held.percentile(1)[0] == pytest.approx(100, rel=0.01)


def test_a_distribution_can_be_asked_for_its_percentiles(house: House, post: Post) -> None:
    post("/api/v1/distribution_points", {"series": [{"metric": "asked", "points": [[NOW, list(range(1, 101))]]}]})
    query = {"query": "p95:asked{*}", "from": NOW - 60, "to": NOW + 60}
    answer = httpx.get(f"{house.url}/api/v1/query", params=query, headers=house.headers).json()
    assert answer["series"][0]["pointlist"][0][1] == pytest.approx(95, rel=0.01)


def test_a_distribution_is_listed_among_metrics_and_its_host_among_hosts(house: House, post: Post) -> None:
    post("/api/v1/distribution_points", {"series": [{"metric": "listed", "points": [[NOW, [1]]], "host": "dh-listed"}]})

    def get(path: str) -> Any:
        return httpx.get(f"{house.url}{path}", headers=house.headers).json()

    assert "listed" in get(f"/api/v1/metrics?from={NOW - 60}")["metrics"]
    for kind, there in (("distribution", True), ("non_distribution", False), ("gauge", False)):
        assert ("listed" in [one["id"] for one in get(f"/api/v2/metrics?filter[metric_type]={kind}")["data"]]) is there
    assert "dh-listed" in [one["name"] for one in get(f"/api/v1/hosts?from={NOW - 60}")["host_list"]]


def test_bodies_over_several_connections_are_each_kept_once(house: House) -> None:
    def body(place: int, number: int) -> Any:
        pairs = [[NOW - 600 + 4 * number + place, number]]
        return {"series": [{"metric": "many", "host": f"h{host}", "points": pairs} for host in range(50)]}

    def send(place: int) -> set[int]:
        with httpx.Client(base_url=house.url, headers=house.headers) as client:
            return {client.post("/api/v1/series", json=body(place, number)).status_code for number in range(30)}

    with ThreadPoolExecutor(4) as pool:
        assert set().union(*pool.map(send, range(4))) == {202}
    found = stored(house, "many")
    assert len(found) == 50
    assert {len(points) for _, points in found} == {120}
