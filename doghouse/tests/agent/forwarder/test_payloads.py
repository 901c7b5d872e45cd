"""A flush as requests: one for each kind of what it holds, each in full, none too large, and one that cannot be made holds up no other."""

import json
import logging

import pytest

from doghouse.agent.aggregation.samples import Context, Event, FlushedSeries, ServiceCheck
from doghouse.agent.aggregation.sketches import FlushedSketch, Sketch
from doghouse.agent.aggregation.submissions import Batch
from doghouse.agent.forwarder import payloads

from ..conftest import decoded

CPU = FlushedSeries("system.load.1", "gauge", 0, "web-1", ("a:1",), ((1_000.9, 0.5), (1_015.0, 1.5)))
CHECK = ServiceCheck("can_connect", 2, "web-1", ("a:1",), "no", 1_000)
EVENT = Event("my check", {"msg_title": "t"})


def sent(batch, hostname="web-1"):
    """The requests that carry a batch: their paths and what is in them."""
    return [(made.path, decoded(made.path, made.content_type, made.body)) for made in payloads.of(batch, hostname)]


def test_a_batch_without_anything_is_no_request():
    assert sent(Batch()) == []


@pytest.mark.parametrize(("kind", "number"), [("count", 1), ("rate", 2), ("gauge", 3)])
def test_a_series_is_sent_whole(kind, number):
    flushed = FlushedSeries("m", kind, 10, "web-1", ("a:1",), CPU.points)
    [(path, body)] = sent(Batch(series=[flushed]))
    [series] = body["series"]
    points = [(int(point["timestamp"]), point["value"]) for point in series["points"]]
    assert path == "/api/v2/series"
    assert (series["metric"], series["type"], int(series["interval"])) == ("m", number, 10)
    assert (series["tags"], series["source_type_name"], points) == (["a:1"], "System", [(1000, 0.5), (1015, 1.5)])
    assert [(resource["type"], resource["name"]) for resource in series["resources"]] == [("host", "web-1")]


def test_a_series_of_no_host_names_none():
    [(_, body)] = sent(Batch(series=[FlushedSeries("m", "gauge", 0, "", (), CPU.points)]))
    assert body["series"][0]["resources"] == []


def test_checks_events_tags_of_other_hosts_and_logs_are_requests_of_their_own():
    other = Event("another", {"msg_title": "u"})
    tags = {"db-1": {"vsphere": ["a:1"]}}
    batch = Batch(service_checks=[CHECK], events=[EVENT, other, EVENT], external_tags=tags, logs=[{"message": "x"}])
    title, another = EVENT.fields, other.fields
    assert sent(batch) == [
        (
            "/api/v1/check_run",
            [
                {
                    "check": "can_connect",
                    "host_name": "web-1",
                    "timestamp": 1000,
                    "status": 2,
                    "message": "no",
                    "tags": ["a:1"],
                }
            ],
        ),
        ("/intake/", {"internalHostname": "web-1", "events": {"my check": [title, title], "another": [another]}}),
        ("/intake/", {"internalHostname": "web-1", "external_host_tags": [["db-1", tags["db-1"]]]}),
        ("/api/v2/logs", [{"message": "x"}]),
    ]


def sketch(*values):
    distribution = Sketch()
    for value in values:
        distribution.insert(value)
    return distribution


def test_a_sketch_is_sent_with_its_sums():
    flushed = FlushedSketch("m", "web-1", ("a:1",), ((1000, sketch(1.0, 2.0, 6.0)),))
    [(path, body)] = sent(Batch(sketches=[flushed]))
    [series] = body["sketches"]
    [point] = series["dogsketches"]
    assert (path, series["metric"], series["host"], series["tags"]) == ("/api/beta/sketches", "m", "web-1", ["a:1"])
    assert (int(point["ts"]), int(point["cnt"]), point["min"], point["max"], point["sum"], point["avg"]) == (1000, 3, 1, 6, 9, 3)  # fmt: skip
    assert (len(point["k"]), point["n"]) == (3, [1, 1, 1])


@pytest.mark.parametrize("field", ["series", "sketches", "service_checks", "events", "logs"])
@pytest.mark.parametrize(("count", "sizes"), [(2, [2]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])])
def test_no_request_has_more_than_may_be_in_one(field, count, sizes, monkeypatch):
    monkeypatch.setattr(payloads, "PER_PAYLOAD", 3)
    items = {
        "series": CPU,
        "sketches": FlushedSketch("m", "h", (), ((1, sketch(1.0)),)),
        "service_checks": CHECK,
        "events": EVENT,
        "logs": {},
    }
    bodies = [body for _, body in sent(Batch(**{field: [items[field]] * count}))]
    lists = [body.get(field, body) if isinstance(body, dict) else body for body in bodies]
    assert [len(part["my check"] if field == "events" else part) for part in lists] == sizes


def test_what_cannot_be_sent_is_logged_and_the_rest_is_sent(caplog):
    broken = FlushedSeries("m", "gauge", 0, "h", (), (("soon", 1.0),))
    with caplog.at_level(logging.ERROR):
        assert [path for path, _ in sent(Batch(series=[broken], logs=[{"message": "x"}]))] == ["/api/v2/logs"]
    assert "a request to /api/v2/series can't be made; what it was to carry is lost" in caplog.text


def test_what_json_has_no_type_for_is_text_and_what_is_no_unicode_a_question_mark():
    context = Context("n", "h", ())
    body = {"a\udcff": ["b\udcff", ("c", {"d": 1.5})], "e": context.__class__}
    assert json.loads(payloads.encoded(body)) == {"a?": ["b?", ["c", {"d": 1.5}]], "e": str(Context)}
