"""What the Agent adds to what a check submits: host, service, times; and what it keeps between runs."""

import itertools

import pytest

from doghouse.agent.aggregation.samples import Kind
from doghouse.agent.aggregation.sketches import FlushedSketch, Sketch
from doghouse.agent.aggregation.submissions import Counts, Submissions
from doghouse.agent.checks.cache import Cache
from doghouse.agent.checks.configuration import Instance
from doghouse.agent.forwarder import payloads
from doghouse.metrics.intake.messages import message
from doghouse.time.clock import Clock

T0 = 1772445600


@pytest.fixture
def clock():
    return Clock(T0)


@pytest.fixture
def submissions(clock):
    return Submissions("web-1", clock.now)


def register(submissions, *, init_config=None, **instance):
    submissions.register(Instance("lab", "lab:1", "conf.yaml", 15, init_config or {}, instance))


def gauge(submissions, value=1.0, *, tags=(), host=""):
    submissions.metric("lab:1", Kind.GAUGE, "lab.value", value, tags, host)
    (series,) = submissions.commit("lab:1").series
    return series


def test_the_host_is_the_agents_unless_the_check_says_another(submissions):
    register(submissions)
    assert gauge(submissions).host == "web-1"
    assert gauge(submissions, host="other").host == "other"


def test_with_empty_default_hostname_there_is_no_host(submissions):
    register(submissions, empty_default_hostname=True)
    assert gauge(submissions).host == ""
    assert gauge(submissions, host="other").host == "other"


@pytest.mark.parametrize(
    ("init_config", "instance", "tags"),
    [
        ({}, {}, ()),
        ({"service": "all"}, {}, ("service:all",)),
        ({}, {"service": "own"}, ("service:own",)),
        ({"service": "all"}, {"service": "own"}, ("service:own",)),
    ],
)
def test_the_instances_service_goes_before_init_configs_and_is_a_tag_of_everything(
    submissions, init_config, instance, tags
):
    register(submissions, init_config=init_config, **instance)
    assert gauge(submissions).tags == tags
    submissions.service_check("lab:1", "lab.up", 0, (), "", "")
    submissions.event("lab:1", {"msg_title": "t", "msg_text": "x"})
    batch = submissions.flush()
    assert batch.service_checks[0].tags == tags
    assert batch.events[0].fields["tags"] == list(tags)


def test_instance_tags_are_not_added_by_the_agent(submissions):
    """A Python check submits them itself (datadog-agent: pkg/collector/python/check.go sets the service alone)."""
    register(submissions, tags=["team:ops"])
    assert gauge(submissions).tags == ()


def test_points_are_stamped_when_the_run_ends_and_rates_when_they_were_submitted(submissions, clock):
    register(submissions)
    for place, value in enumerate((0, 30)):
        clock.set(T0 + 10 * place)
        submissions.metric("lab:1", Kind.RATE, "lab.rate", value, (), "")
        submissions.metric("lab:1", Kind.GAUGE, "lab.value", value, (), "")
    clock.set(T0 + 12)
    stamped = {one.metric: one.points for one in submissions.commit("lab:1").series}
    assert stamped == {"lab.rate": ((T0 + 10, 3.0),), "lab.value": ((T0 + 12, 30.0),)}


def test_live_points_are_an_interval_apart(submissions, clock):
    register(submissions)
    times = []
    for run in range(4):
        clock.set(T0 + 45 * run + 0.4)
        times.append(int(gauge(submissions).points[0][0]))
    assert [b - a for a, b in itertools.pairwise(times)] == [45, 45, 45]


def test_a_flush_gives_everything_once(submissions):
    register(submissions)
    gauge(submissions)
    assert len(submissions.flush().series) == 1
    assert submissions.flush().series == []


def test_an_event_gets_host_time_and_source(submissions):
    register(submissions)
    submissions.event("lab:1", {"msg_title": "t", "msg_text": "x", "tags": ["b:2", "a:1"], "host": None})
    submissions.event("lab:1", {"msg_title": "u", "source_type_name": "nagios", "host": "other", "timestamp": 5})
    first, second = submissions.flush().events
    assert (first.source, first.fields["host"], first.fields["timestamp"], first.fields["tags"]) == (
        "lab",
        "web-1",
        T0,
        ["a:1", "b:2"],
    )
    assert (second.source, second.fields["host"], second.fields["timestamp"]) == ("nagios", "other", 5)


def test_a_log_line_gets_its_source_host_and_time(submissions):
    register(submissions)
    submissions.log("lab:1", {"message": "a line", "ddtags": "a:b"})
    assert submissions.flush().logs == [
        {"ddsource": "lab", "hostname": "web-1", "message": "a line", "ddtags": "a:b", "timestamp": T0 * 1000}
    ]


def test_external_tags_of_a_host_are_gathered_by_source(submissions):
    submissions.external_tags([("db-1", {"lab": ["a:1"]}), ("db-2", {"lab": ["b:2"]})])
    submissions.external_tags([("db-1", {"lab": ["c:3"], "other": ["d:4"]})])
    batch = submissions.flush()
    (payload,) = [one for one in payloads.of(batch, "web-1") if b"external_host_tags" in one.body]
    assert payload.path == "/intake/"
    assert batch.external_tags == {"db-1": {"lab": ["a:1", "c:3"], "other": ["d:4"]}, "db-2": {"lab": ["b:2"]}}


def test_event_platform_events_and_metadata_are_counted(submissions):
    register(submissions)
    for track in ("dbm-samples", "dbm-samples", "genresources"):
        submissions.platform_event("lab:1", track)
    submissions.metadata("lab:1", "version.raw", "1.2.3")
    counts = submissions.counts("lab:1")
    assert counts.platform_events == {"dbm-samples": 2, "genresources": 1}
    assert counts.metadata == {"version.raw": "1.2.3"}


def test_what_nobody_registered_is_not_taken(submissions):
    submissions.metric("lab:1", Kind.GAUGE, "lab.value", 1, (), "")
    submissions.service_check("lab:1", "lab.up", 0, (), "", "")
    register(submissions)
    submissions.forget("lab:1")
    submissions.metric("lab:1", Kind.GAUGE, "lab.value", 1, (), "")
    assert submissions.commit("lab:1").series == ()
    assert submissions.flush().service_checks == []


def test_a_payload_holds_at_most_so_many_series(submissions):
    register(submissions)
    for number in range(10_001):
        submissions.metric("lab:1", Kind.GAUGE, "lab.value", number, (f"n:{number}",), "")
    submissions.commit("lab:1")
    sizes = [
        len(message("MetricPayload").FromString(one.body).series) for one in payloads.of(submissions.flush(), "web-1")
    ]
    assert sizes == [10_000, 1]  # datadog.yaml: serializer_max_series_points_per_payload


def test_a_payload_has_the_points_of_a_series_and_what_it_is_called(submissions):
    register(submissions)
    gauge(submissions, 2.5, tags=("env:prod",))
    payload, *_ = payloads.of(submissions.flush(), "web-1")
    (series,) = message("MetricPayload").FromString(payload.body).series
    assert (series.metric, list(series.tags), series.resources[0].name) == ("lab.value", ["env:prod"], "web-1")
    assert [(point.timestamp, point.value) for point in series.points] == [(T0, 2.5)]


def test_text_that_is_no_unicode_is_sent_with_question_marks(submissions):
    register(submissions)
    broken = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert gauge(submissions, tags=(f"of:{broken}", "of:café")).tags == ("of:caf?", "of:café")
    submissions.service_check("lab:1", "lab.up", 0, (), "", broken)
    submissions.event("lab:1", {"msg_title": broken, "msg_text": ["x"]})
    sent = b"".join(one.body for one in payloads.of(submissions.flush(), "web-1"))
    assert sent.count(b'"caf?"') == 2


def test_the_persistent_cache_outlives_the_process_and_takes_any_key(tmp_path):
    Cache(tmp_path).write("lab:1_a/b c", "kept")
    assert Cache(tmp_path).read("lab:1_a/b c") == "kept"
    assert Cache(tmp_path).read("lab:1_other") == ""


def test_a_check_finds_what_it_kept_in_the_agent_before(checks, running_agent, intake):
    body = (
        "before = int(self.read_persistent_cache('runs') or '0')\n"
        "self.gauge('lab.before', before)\n"
        "self.write_persistent_cache('runs', str(before + 1))"
    )
    checks.add("lab", body, "instances:\n  - min_collection_interval: 3600\n")
    for turn in (1, 2):
        with running_agent("--no-host-metrics"):
            intake.wait(lambda _, turn=turn: len(intake.bodies("/intake/")) == turn)
    assert [one["points"][0]["value"] for one in intake.series("lab.before")] == [0.0, 1.0]


def test_a_status_that_is_none_is_not_sent_as_it_would_have_all_that_goes_with_it_refused(submissions, caplog):
    register(submissions)
    for status in (7, -1, 0):
        submissions.service_check("lab:1", f"lab.up{status}", status, (), "", "")
    assert [one.check for one in submissions.flush().service_checks] == ["lab.up0"]
    assert "the status of lab.up7 must be 0, 1, 2 or 3, found 7" in caplog.text


def test_a_request_that_can_not_be_made_loses_no_other(submissions, caplog):
    register(submissions)
    gauge(submissions)
    batch = submissions.flush()
    batch.sketches.append(FlushedSketch("lab.times", "web-1", (), ((1, Sketch()),)))  # of no values: not to be had
    batch.logs.append({"message": "a line"})
    assert [one.path for one in payloads.of(batch, "web-1")] == ["/api/v2/series", "/api/v2/logs"]
    assert "a request to /api/beta/sketches can't be made" in caplog.text


def test_a_bucket_of_more_values_than_the_payload_can_say_is_sent(submissions):
    register(submissions)
    submissions.bucket("lab:1", "lab.times", 10**12, (0, 1), False, "", (), False, False)
    submissions.commit("lab:1")
    (sent,) = payloads.of(submissions.flush(), "web-1")
    (sketch,) = message("SketchPayload").FromString(sent.body).sketches[0].dogsketches
    assert sketch.cnt == 10**12


def test_one_run_is_the_difference_of_two_counts(submissions):
    register(submissions)
    gauge(submissions)
    submissions.platform_event("lab:1", "dbm-samples")
    before = submissions.counts("lab:1").copy()
    gauge(submissions)
    submissions.service_check("lab:1", "lab.up", 0, (), "", "")
    assert submissions.counts("lab:1").since(before) == Counts(metrics=1, service_checks=1)
