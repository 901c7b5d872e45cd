"""Compressed bodies at every endpoint that takes one: kept whole, or refused and nothing of them kept."""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import zstandard
from starlette.datastructures import State
from starlette.routing import Route

from doghouse.metrics.intake.importing import parts
from doghouse.metrics.intake.messages import message
from doghouse.metrics.model import Columns, Series
from doghouse.storage import config
from doghouse.time.clock import Clock
from doghouse.traces.store import Search

from .conftest import NOW, Api, opened

AT = int(NOW)
JSON, PROTOBUF, MSGPACK, TEXT = "application/json", "application/x-protobuf", "application/msgpack", "text/plain"
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.compress,
}
SPAN = {
    "service": "shop", "name": "web.request", "resource": "GET /", "trace_id": 7, "span_id": 1, "parent_id": 0, "type": "web",
    "start": AT * 10**9, "duration": 10**6, "error": 0, "meta": {}, "metrics": {"_sampling_priority_v1": 1.0},
}  # fmt: skip
INDEXED = [["shop", "web.request", ""], [[[0, 1, 2, 7, 1, 0, AT * 10**9, 10**6, 0, {}, {}, 2]]]]
STATS = {"Env": "lab", "Version": "1", "Hostname": "", "Stats": [{"Start": AT * 10**9, "Duration": 10**10, "Stats": [
    {"Service": "shop", "Name": "web.request", "Resource": "/", "Type": "web", "HTTPStatusCode": 200,
     "Hits": 5, "Errors": 1, "Duration": 10**9, "OkSummary": b"", "ErrorSummary": b""}]}]}  # fmt: skip
SKETCH = {"ts": AT, "cnt": 1, "min": 1.0, "max": 1.0, "avg": 1.0, "sum": 1.0, "k": [1338], "n": [1]}
CHANGE = {"title": "t", "category": "change", "attributes": {"changed_resource": {"name": "n", "type": "feature_flag"}}}


def v2_series() -> bytes:
    point = {"timestamp": AT, "value": 1.0}
    return message("MetricPayload")(series=[{"metric": "m", "type": 3, "points": [point]}]).SerializeToString()


def sketches() -> bytes:
    return message("SketchPayload")(sketches=[{"metric": "d", "dogsketches": [SKETCH]}]).SerializeToString()


def history() -> bytes:
    columns = Columns(np.zeros(1, np.int64), np.full(1, AT - 10**6), np.ones(1))
    [body] = parts([Series(0, "old", "gauge", 0, "", ())], columns)
    return body


BODIES: list[tuple[str, str, Any]] = [
    ("/api/v1/series", JSON, {"series": [{"metric": "m.1", "points": [[AT, 1]]}]}),
    ("/api/v2/series", JSON, {"series": [{"metric": "m.2", "type": 3, "points": [{"timestamp": AT, "value": 1}]}]}),
    ("/api/v2/series", PROTOBUF, v2_series()),
    ("/api/v1/distribution_points", JSON, {"series": [{"metric": "e", "points": [[AT, [1]]]}]}),
    ("/api/beta/sketches", PROTOBUF, sketches()),
    ("/doghouse/import", MSGPACK, history()),
    ("/api/v1/check_run", JSON, [{"check": "up", "host_name": "h", "status": 0, "tags": []}]),
    ("/intake/", JSON, {"internalHostname": "h", "meta": {"hostname": "h"}}),
    ("/api/v1/events", JSON, {"title": "t", "text": "x"}),
    ("/api/v2/events", JSON, {"data": {"type": "event", "attributes": CHANGE}}),
    ("/api/v2/logs", JSON, [{"message": "x"}]),
    ("/api/v2/logs", TEXT, b"a line of text"),
    ("/v1/input", TEXT, b"a line of text"),
    ("/v0.3/traces", MSGPACK, msgspec.msgpack.encode([[SPAN]])),
    ("/v0.4/traces", MSGPACK, msgspec.msgpack.encode([[SPAN]])),
    ("/v0.4/traces", JSON, [[SPAN]]),
    ("/v0.5/traces", MSGPACK, msgspec.msgpack.encode(INDEXED)),
    ("/v0.6/stats", MSGPACK, msgspec.msgpack.encode(STATS)),
]


def kept(api: Api) -> tuple[Any, ...]:
    """How much there is of everything that an intake can add to."""
    state: State = api.client.app.state  # type: ignore[attr-defined]
    counts = state.points.counts()
    counts = {
        "series": counts["series"],
        "points": counts["ordered"] + counts["arrived"],
        "sketches": counts["sketches"],
    }
    return (
        counts,
        len(list(state.logs.between(0, 2 * NOW))),
        len(list(state.events.between(0, 2 * NOW))),
        len(state.traces.find(Search(), 0, 2 * NOW)),
        sum(tally.hits for tally in state.traces.due(2 * AT)[0].values()),
        len(state.checks.all()),
        len(state.hosts.all()),
    )


@contextmanager
def house(path: Path) -> Iterator[Api]:
    folder = config.own(path)
    with opened(folder, Clock(NOW)) as api:
        yield api
    folder.release()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One house for all bodies that are refused: nothing of them is there afterwards."""
    with house(tmp_path_factory.mktemp("house") / "data") as api:
        yield api


def encoded(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def post(api: Api, path: str, body: bytes, kind: str, encoding: str) -> Any:
    return api("POST", path, content=body, headers={"Content-Type": kind, "Content-Encoding": encoding})


@pytest.mark.parametrize(("path", "kind", "body"), BODIES, ids=[f"{path} {kind}" for path, kind, _ in BODIES])
def test_a_body_cut_at_any_byte_is_refused_and_nothing_is_kept(shared: Api, path: str, kind: str, body: Any) -> None:
    before = kept(shared)
    for encoding, compress in ENCODINGS.items():
        whole = compress(encoded(body))
        for end in range(len(whole)):
            answer = post(shared, path, whole[:end], kind, encoding)
            assert answer.status_code == 400, (encoding, end)
            assert f"could not be decompressed as {encoding}: it is cut off" in answer.text, (encoding, end)
        assert post(shared, path, whole + b"\0rest", kind, encoding).status_code == 400
    assert kept(shared) == before


def in_two_frames(body: bytes, compress: Callable[[bytes], bytes]) -> bytes:
    half = len(body) // 2
    return compress(body[:half]) + compress(body[half:])


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_body_in_two_frames_is_kept_as_one_that_is_not_compressed(tmp_path: Path, encoding: str) -> None:
    with house(tmp_path / "compressed") as compressed, house(tmp_path / "plain") as plain:
        before = kept(compressed)
        for path, kind, body in BODIES:
            framed = in_two_frames(encoded(body), ENCODINGS[encoding])
            answers = post(compressed, path, framed, kind, encoding), post(plain, path, encoded(body), kind, "")
            assert answers[0].status_code == answers[1].status_code in (200, 202), answers[0].text
            after = kept(compressed)
            assert before != after == kept(plain), path
            before = after


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_protobuf_messages_in_a_frame_each_give_the_points_of_both(api: Api, encoding: str) -> None:
    """Messages of Protobuf in a row are one message: that is how an Agent's payloads could be put together."""
    compress = ENCODINGS[encoding]
    first = message("MetricPayload")(series=[{"metric": "a", "type": 3, "points": [{"timestamp": AT, "value": 1.0}]}])
    second = message("MetricPayload")(series=[{"metric": "b", "type": 3, "points": [{"timestamp": AT, "value": 2.0}]}])
    body = compress(first.SerializeToString()) + compress(second.SerializeToString())
    assert post(api, "/api/v2/series", body, PROTOBUF, encoding).status_code == 202
    state: State = api.client.app.state  # type: ignore[attr-defined]
    assert [len(state.points.find(name)) for name in ("a", "b")] == [1, 1]


def test_no_route_takes_a_body_that_is_cut_off(shared: Api) -> None:
    cut = gzip.compress(b'{"a": [1, 2, 3]}')[:-9]
    routes = [route for route in shared.client.app.routes if isinstance(route, Route)]  # type: ignore[attr-defined]
    asked = [
        (method, route.path) for route in routes for method in route.methods or () if method in ("POST", "PUT", "PATCH")
    ]
    assert len(asked) > 30
    for method, path in asked:
        headers = {"Content-Encoding": "gzip", "Origin": "http://127.0.0.1"}
        answer = shared(method, re.sub(r"{[^}]*}", "1", path), content=cut, headers=headers)
        assert (answer.status_code, "it is cut off" in answer.text) == (400, True), (method, path, answer.text)
