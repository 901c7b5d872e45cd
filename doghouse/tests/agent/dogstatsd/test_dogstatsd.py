"""DogStatsD's protocol, its 10-second buckets, and a real client over UDP and a Unix socket."""

import socket
import stat

import pytest
from datadog import DogStatsd
from hypothesis import given
from hypothesis import strategies as st

from doghouse.agent.aggregation.samples import Kind, Sample, context
from doghouse.agent.dogstatsd.buckets import BUCKET_S, COUNTER_KEPT_S, Buckets
from doghouse.agent.dogstatsd.intake import StatsdIntake, StatsdOptions
from doghouse.agent.dogstatsd.listeners import Listeners
from doghouse.agent.dogstatsd.messages import BadMessage, CheckMessage, EventMessage, MetricMessage, parse

from ..conftest import eventually

T0 = 1772445600  # 10:00:00


def metric(line):
    found = parse(line.encode())
    assert isinstance(found, MetricMessage)
    return found


@pytest.mark.parametrize(
    ("line", "kind", "values"),
    [
        ("page.views:1|c", Kind.COUNTER, (1.0,)),
        ("fuel.level:0.5|g", Kind.GAUGE, (0.5,)),
        ("song.length:240|h|@0.5", Kind.HISTOGRAM, (240.0,)),
        ("song.length:240|ms", Kind.HISTOGRAM, (240.0,)),
        ("page.views:1:2:32|d", Kind.DISTRIBUTION, (1.0, 2.0, 32.0)),
        ("temperature:-3e1|g", Kind.GAUGE, (-30.0,)),
    ],
)
def test_the_documented_metrics(line, kind, values):
    found = metric(line)
    assert (found.kind, found.values) == (kind, values)


def test_a_sets_member_is_text_even_with_colons():
    assert metric("users.uniques:a:b|s").member == "a:b"


def test_rate_tags_and_host_are_read_in_any_order():
    found = metric("users.online:1|c|#country:china,host:web-2,plain|@0.25")
    assert (found.rate, found.tags, found.host) == (0.25, ("country:china", "plain"), "web-2")


def test_fields_about_containers_are_ignored():
    found = metric("a:1|c|#x:y,dd.internal.entity_id:none,dd.internal.card:low|c:ci-0123,in-4|e:it-false,cn-x|card:low")
    assert found == metric("a:1|c|#x:y")


def test_a_timestamp_of_protocol_1_3_is_read():
    assert metric("a:1|c|T1656581400").timestamp == 1656581400


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "is not NAME:VALUE|TYPE"),
        (":1|c", "is not NAME:VALUE|TYPE"),
        ("a:|c", "is not NAME:VALUE|TYPE"),
        ("a:1", "is not NAME:VALUE|TYPE"),
        ("a:1|x", "'x' is not a type"),
        ("a:one|g", "'one' is not a number"),
        ("a:1_0|g", "'1_0' is not a number"),
        ("a: 1|g", "' 1' is not a number"),
        ("a::|g", "there is no value"),
        ("a:1|c|@half", "sample rate 'half' is not a number"),
        ("a:1|c|@0", "sample rate 0 is not above 0"),
        ("a:1|c|Tnow", "timestamp 'now' is not a whole number"),
        ("_sc|x", "is not _sc|NAME|STATUS"),
        ("_sc|x|7", "status '7' is not 0, 1, 2 or 3"),
        ("_e{1}:a|b", "an event begins with"),
        ("_e{0,1}:|b", "title is empty"),
        ("_e{5,5}:abc|d", "shorter than its header says"),
    ],
)
def test_what_is_no_message_is_said(line, said):
    with pytest.raises(BadMessage) as wrong:
        parse(line.encode())
    assert said in str(wrong.value)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_a_bad_message(line):
    try:
        found = parse(line)
    except BadMessage as wrong:
        found = wrong
    assert isinstance(found, MetricMessage | EventMessage | CheckMessage | BadMessage)


def test_an_events_lengths_are_in_bytes():
    title, text = "Störung", "Zeile 1\\nZeile 2"
    line = f"_e{{{len(title.encode())},{len(text.encode())}}}:{title}|{text}|d:1772445600|h:web-2|k:key|p:low|s:nagios|t:error|#a:b,host:c"
    assert parse(line.encode()) == EventMessage(
        "Störung",
        "Zeile 1\nZeile 2",
        ("a:b",),
        "web-2",
        {
            "alert_type": "error",
            "priority": "low",
            "aggregation_key": "key",
            "source_type_name": "nagios",
            "timestamp": 1772445600,
        },
    )


def test_a_wrong_field_of_an_event_is_left_out():
    found = parse(b"_e{1,1}:a|b|t:loud|p:urgent|d:yesterday")
    assert found.optional == {"alert_type": "info", "priority": "normal"}


def test_a_service_check_has_status_time_host_tags_and_message():
    line = rb"_sc|Redis connection|2|d:1772445600|h:web-2|#env:dev|m:timed out\nafter m\: 10s"
    assert parse(line) == CheckMessage(
        "Redis connection", 2, ("env:dev",), "web-2", "timed out\nafter m: 10s", 1772445600
    )


WHERE = context("m", "h", ())


def put(buckets, kind, value, at, where=WHERE, rate=1.0):
    buckets.add(Sample(kind, where, value, at, rate))


def points(flushed):
    return {one.metric: one.points for one in flushed[0]}


def test_a_buckets_points_have_the_time_of_its_start():
    buckets = Buckets()
    put(buckets, Kind.GAUGE, 5, T0 + 9.9)
    (series,) = buckets.flush(T0 + 10)[0]
    assert (series.points, series.interval, series.type) == (((T0, 5.0),), 10, "gauge")


def test_the_bucket_under_way_is_not_flushed():
    buckets = Buckets()
    put(buckets, Kind.GAUGE, 5, T0 + 1)
    put(buckets, Kind.GAUGE, 6, T0 + 11)
    assert points(buckets.flush(T0 + 15)) == {"m": ((T0, 5.0),)}
    assert points(buckets.flush(T0 + 20)) == {"m": ((T0 + 10, 6.0),)}


def test_the_documented_count_is_a_rate_over_ten_seconds():
    buckets = Buckets()
    for value in (1, 1, 1, 2, 2, 2, 3, 3):
        put(buckets, Kind.COUNTER, value, T0 + 3)
    (series,) = buckets.flush(T0 + 10)[0]
    assert (series.type, series.interval, series.points) == ("rate", 10, ((T0, 1.5),))


def test_a_silent_counter_sends_zeros_for_five_minutes():
    buckets = Buckets()
    put(buckets, Kind.COUNTER, 10, T0)
    seen = []
    for now in range(T0 + 15, T0 + 600, 15):
        seen += [point for series in buckets.flush(now)[0] for point in series.points]
    assert seen[0] == (T0, 1.0)
    assert {value for _, value in seen[1:]} == {0.0}
    assert [at for at, _ in seen] == list(range(T0, T0 + COUNTER_KEPT_S, BUCKET_S))


def test_a_silent_gauge_sends_nothing():
    buckets = Buckets()
    put(buckets, Kind.GAUGE, 10, T0)
    buckets.flush(T0 + 10)
    assert buckets.flush(T0 + 30) == ([], [])


def test_distributions_are_one_sketch_a_bucket():
    buckets = Buckets()
    for at in (T0, T0 + 9, T0 + 10):
        put(buckets, Kind.DISTRIBUTION, 1, at, rate=0.5)
    (sketch,) = buckets.flush(T0 + 20)[1]
    assert [(at, found.count) for at, found in sketch.points] == [(T0, 4), (T0 + 10, 2)]


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 50)), min_size=1))
def test_what_counters_counted_is_kept_whatever_bucket_it_fell_in(counted):
    buckets = Buckets()
    for offset, value in counted:
        put(buckets, Kind.COUNTER, value, T0 + offset)
    rates = [value for series in buckets.flush(T0 + 120)[0] for _, value in series.points]
    assert sum(rates) * BUCKET_S == pytest.approx(sum(value for _, value in counted))


def taken(*lines, now=T0 + 1, **options):
    intake = StatsdIntake("web-1", StatsdOptions(**options))
    intake.take("\n".join(lines).encode(), now)
    return intake, intake.flush(now + BUCKET_S)


def test_many_messages_fit_in_a_packet_and_a_wrong_one_is_counted():
    intake, batch = taken("a:1|g", "wrong", "b:2|g", "")
    assert [series.metric for series in batch.series] == ["a", "b"]
    assert (intake.received.packets, intake.received.metrics, intake.received.errors) == (1, 2, 1)


def test_the_hosts_name_is_the_agents_unless_a_tag_says_it():
    _, batch = taken("a:1|g", "b:1|g|#host:other", "c:1|g|#host:")
    assert {series.metric: series.host for series in batch.series} == {"a": "web-1", "b": "other", "c": ""}


def test_tags_and_namespace_of_the_settings_are_added():
    _, batch = taken("a:1|g|#x:y", "_sc|s|0", "_e{1,1}:t|u", tags=("team:ops",), namespace="mine")
    assert (batch.series[0].metric, batch.series[0].tags) == ("mine.a", ("team:ops", "x:y"))
    assert batch.service_checks[0].tags == ("team:ops",)
    assert batch.events[0].fields["tags"] == ["team:ops"]


def test_what_integrations_and_clients_send_of_themselves_gets_no_namespace():
    lines = ("app.hits:1|g", "datadog.dogstatsd.client.metrics:1|g", "jvm.heap:1|g")
    names = {series.metric for series in taken(*lines, namespace="mine.")[1].series}
    assert names == {"mine.app.hits", "datadog.dogstatsd.client.metrics", "jvm.heap"}
    assert {one.metric for one in taken("jvm.heap:1|g", namespace="mine", without_namespace=("app",))[1].series} == {
        "mine.jvm.heap"
    }


def test_histograms_are_copied_to_distributions_where_that_is_asked():
    _, batch = taken("size:1:2:3|h|#a:b", "time:4|ms|@0.5", "level:5|g", distribution_prefix="dist.")
    found = {(one.metric, one.tags): one.points[0][1].count for one in batch.sketches}
    assert found == {("dist.size", ("a:b",)): 3, ("dist.time", ()): 2}
    assert {series.metric for series in batch.series} > {"size.max", "time.max", "level"}


def test_values_that_the_client_aggregated_are_sent_with_their_own_time():
    _, batch = taken("a:20|c|T1772440000", "b:3|g|T1772440000", "c:1|h|T1772440000")
    assert [(one.metric, one.type, one.points) for one in batch.series] == [
        ("a", "rate", ((1772440000.0, 2.0),)),
        ("b", "gauge", ((1772440000.0, 3.0),)),
    ]


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_burst_over_a_unix_socket_is_taken_whole(tmp_path):
    intake, path = StatsdIntake("web-1"), str(tmp_path / "dsd.socket")
    listeners = Listeners(intake, lambda: T0 + 1)
    listeners.open("127.0.0.1", 0, path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.connect(path)
        for _ in range(50):  # more than the socket holds; it blocks, so that none is the kernel's to drop
            client.send(b"app.hits:1|c\n" * 500)
    listeners.close()
    assert (intake.received.packets, intake.received.metrics, intake.received.dropped) == (50, 25_000, 0)
    assert intake.flush(T0 + BUCKET_S).series[0].points == ((T0, 2500.0),)


@pytest.mark.slow
def test_datadogs_own_client_is_heard_over_udp_and_unix_socket(checks, running_agent, intake, tmp_path):
    port, path = free_port(), str(tmp_path / "dsd.socket")
    with running_agent("--no-host-metrics", DD_DOGSTATSD_PORT=str(port), DD_DOGSTATSD_SOCKET=path):
        eventually(lambda: (tmp_path / "dsd.socket").exists())
        assert stat.S_IMODE((tmp_path / "dsd.socket").stat().st_mode) == 0o722
        for client, via in ((DogStatsd("127.0.0.1", port), "udp"), (DogStatsd(socket_path=path), "unix")):
            client.gauge("app.level", 7, tags=[f"via:{via}"])
            client.increment("app.hits", 5, tags=[f"via:{via}"])
            client.histogram("app.size", 3, tags=[f"via:{via}"])
            client.distribution("app.latency", 0.5, tags=[f"via:{via}"])
            client.set("app.users", "ann", tags=[f"via:{via}"])
            client.event("a title", "a text", tags=[f"via:{via}"])
            client.service_check("app.up", client.OK, tags=[f"via:{via}"])
            client.flush()
        intake.wait(lambda _: intake.bodies("/api/beta/sketches"), within=60)
    assert {one["tags"][0] for one in intake.series("app.level")} == {"via:udp", "via:unix"}
    assert {point["value"] for one in intake.series("app.hits") for point in one["points"]} >= {0.5}
    assert {one["type"] for one in intake.series("app.size.count")} == {2}
    assert {one["interval"] for one in intake.series("app.users")} == {"10"}
    (sketches,) = [body["sketches"] for body in intake.bodies("/api/beta/sketches")]
    assert {one["metric"] for one in sketches} == {"app.latency"}
    assert {one["dogsketches"][0]["cnt"] for one in sketches} == {"1"}
    events = [event for body in intake.bodies("/intake/") for event in body.get("events", {}).get("api", [])]
    assert [event["msg_title"] for event in events] == ["a title"] * 2
    assert [
        one["status"] for body in intake.bodies("/api/v1/check_run") for one in body if one["check"] == "app.up"
    ] == [0, 0]


def test_a_busy_port_is_said_and_the_agent_goes_on(checks, running_agent, intake):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as busy:
        busy.bind(("127.0.0.1", 0))
        port = busy.getsockname()[1]
        with running_agent(DD_DOGSTATSD_PORT=str(port)) as process:
            intake.wait(lambda _: intake.bodies("/intake/"))
    assert (
        f"DogStatsD can't listen on UDP port {port}: Address already in use; nothing is received there"
        in process.log.read_text()
    )
