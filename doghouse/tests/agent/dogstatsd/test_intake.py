"""What DogStatsD makes of its messages field by field, what settings mean for it, metadata.csv beside what was submitted, and when checks run."""

import pytest

from doghouse.agent.aggregation.samples import Event, FlushedSeries, ServiceCheck
from doghouse.agent.checks.cache import Cache
from doghouse.agent.checks.schedule import SPREAD_S, Schedule
from doghouse.agent.commands import metadata_csv
from doghouse.agent.commands.metadata_csv import Difference
from doghouse.agent.dogstatsd.intake import Received, StatsdIntake, StatsdOptions
from doghouse.agent.errors import AgentError, ConfigurationError
from doghouse.agent.options import statsd_options, statsd_port
from doghouse.agent.settings import load, lookup

T0 = 1_772_445_600


def taken(*lines, **options):
    intake = StatsdIntake("web-1", StatsdOptions(**options))
    for line in lines:
        intake.take(line.encode(), T0 + 3.7)
    return intake.received, intake.flush(T0 + 10)


def test_a_metric_is_of_its_host_with_its_tags_and_those_of_the_settings():
    _, batch = taken("a:3|g|#x,y", "b:4|g|#host:other", "c:5|g|#host:", tags=("z", "x"))
    assert batch.series == [
        FlushedSeries("a", "gauge", 10, "web-1", ("x", "y", "z"), ((T0, 3.0),), ""),
        FlushedSeries("b", "gauge", 10, "other", ("x", "z"), ((T0, 4.0),), ""),
        FlushedSeries("c", "gauge", 10, "", ("x", "z"), ((T0, 5.0),), ""),
    ]


def test_an_event_and_a_check_have_every_field():
    _, batch = taken(
        "_e{1,2}:a|bc|#y,x",
        "_e{1,1}:a|b|d:7|h:other|s:nagios|k:key|p:low|t:error",
        "_sc|up|1",
        "_sc|up|2|d:8|h:other|#t|m:slow",
        tags=("z",),
    )
    usual = {"alert_type": "info", "priority": "normal"}
    assert batch.events == [
        Event("api", {"msg_title": "a", "msg_text": "bc", "timestamp": T0 + 3, "host": "web-1", "tags": ["x", "y", "z"], **usual}),
        Event("nagios", {"msg_title": "a", "msg_text": "b", "timestamp": 7, "host": "other", "tags": ["z"], "alert_type": "error", "priority": "low",
                         "aggregation_key": "key", "source_type_name": "nagios"}),
    ]  # fmt: skip
    assert batch.service_checks == [
        ServiceCheck("up", 1, "web-1", ("z",), "", T0 + 3),
        ServiceCheck("up", 2, "other", ("t", "z"), "slow", 8),
    ]


def test_what_arrived_is_counted():
    received, _ = taken("a:1:2|g\nb:1|c\nwrong", "s:u|s\n_e{1,1}:a|b\n_sc|x|0\nd:1|h|T5")
    assert received == Received(packets=2, metrics=5, events=1, service_checks=1, errors=2, dropped=0)


def test_values_with_their_own_time_are_sent_as_they_are():
    _, batch = taken("a:1:2|g|T77", "b:30|c|T78|#x", "h:1|h|T79")
    assert batch.series == [
        FlushedSeries("a", "gauge", 10, "web-1", (), ((77.0, 1.0), (77.0, 2.0)), ""),
        FlushedSeries("b", "rate", 10, "web-1", ("x",), ((78.0, 3.0),), ""),
    ]


@pytest.mark.parametrize("namespace", ["mine", "mine."])
def test_a_namespace_stands_before_what_is_not_left_out(namespace):
    _, batch = taken("a:1|g", "jvm.heap:1|g", namespace=namespace)
    assert [series.metric for series in batch.series] == ["mine.a", "jvm.heap"]
    _, batch = taken("a:1|g", "jvm.heap:1|g", namespace=namespace, without_namespace=("a",))
    assert [series.metric for series in batch.series] == ["a", "mine.jvm.heap"]


def test_a_histogram_is_copied_whole_under_the_prefix():
    _, batch = taken("h:1:3|h|@0.5", "g:1|g", distribution_prefix="dist.")
    [made] = batch.sketches
    [(at, sketch)] = made.points
    assert (made.metric, at, sketch.count, sketch.sum) == ("dist.h", T0, 4, 8)
    assert taken("h:1|h")[1].sketches == []


# -- settings


def settings(tmp_path, text, **environment):
    path = tmp_path / "datadog.yaml"
    path.write_text(f"hostname: web-1\n{text}")
    return load(path, {f"DD_{name}": value for name, value in environment.items()})


def test_dogstatsd_is_told_what_the_settings_say(tmp_path):
    assert statsd_options(settings(tmp_path, "")) == StatsdOptions()
    text = "dogstatsd_tags: [a:b]\nstatsd_metric_namespace: mine\nstatsd_metric_namespace_blocklist: [x]\n"
    said = settings(tmp_path, f"{text}histogram_copy_to_distribution: true\n")
    assert statsd_options(said) == StatsdOptions(("a:b",), "mine", ("x",), "")
    older = settings(tmp_path, "statsd_metric_namespace_blacklist: [y]\nhistogram_copy_to_distribution_prefix: d.\n")
    assert statsd_options(older) == StatsdOptions(without_namespace=("y",))
    both = settings(tmp_path, "histogram_copy_to_distribution: true\nhistogram_copy_to_distribution_prefix: d.\n")
    assert statsd_options(both).distribution_prefix == "d."


@pytest.mark.parametrize(("value", "port"), [("0", 0), ("65535", 65535), ("'8126'", 8126), ("null", 8125)])
def test_a_port_is_a_number_up_to_65535(tmp_path, value, port):
    made = settings(tmp_path, f"dogstatsd_port: {value}\n" if value != "null" else "")
    assert statsd_port(made) == port


@pytest.mark.parametrize("value", ["65536", "-1", "udp", "[1]"])
def test_what_is_no_port_is_said(tmp_path, value):
    with pytest.raises(AgentError, match=r"^dogstatsd_port must be a number from 0 to 65535, found "):
        statsd_port(settings(tmp_path, f"dogstatsd_port: {value}\n"))


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("FALSE", False), ("7", 7), ("-7", -7), ("7.5", "7.5"), ('{"a": 1}', {"a": 1}), ("[1", "[1"), ("word", "word"), ("", None)],
)  # fmt: skip
def test_a_variable_of_the_environment_is_read_as_what_it_looks_like(text, value):
    assert lookup("some.key", {}, {"DD_SOME_KEY": text}) == value


def test_a_key_is_found_in_the_file_nested_or_with_its_dots_or_has_its_default():
    document = {"apm_config": {"enabled": False}, "a.b": 1}
    keys = ("apm_config.enabled", "a.b", "apm_config.other", "dogstatsd_port", "x")
    assert [lookup(key, document, {}) for key in keys] == [False, 1, None, 8125, None]
    assert lookup("hostname", {}, {"DD_HOSTNAME": "7"}) == "7"
    assert lookup("tags", {}, {"DD_TAGS": "a,b c"}) == ["a", "b", "c"]
    assert (lookup("dd_url", {}, {"DD_URL": "x"}), lookup("dd_url", {}, {"DD_DD_URL": "y", "DD_URL": "x"})) == (
        "x",
        "y",
    )


def test_a_mistake_is_told_with_its_place_where_it_has_one():
    assert [str(ConfigurationError("f", line, "is wrong")) for line in (0, 1)] == ["f: is wrong", "f:1: is wrong"]


# -- metadata.csv


def test_what_was_submitted_is_compared_with_what_is_listed(tmp_path):
    path = tmp_path / "metadata.csv"
    path.write_text("metric_name,metric_type\na,gauge\nb,count\nd,rate\nc,gauge\n,gauge\n")
    made = metadata_csv.compare(path, [("a", "gauge"), ("b", "rate"), ("z", "count"), ("y", "count")])
    assert made == Difference(str(path), ("y", "z"), ("c", "d"), {"b": ("rate", "count")})


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"metric_name\na\n", ":1: must have the columns metric_name and metric_type"), (b"", ":1: must have the columns metric_name and metric_type"),
     (b"metric_name,metric_type\n\xff", ":2: is no text: the byte 0xff is no UTF-8")],
)  # fmt: skip
def test_a_wrong_metadata_csv_is_said(tmp_path, content, said):
    path = tmp_path / "metadata.csv"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError) as error:
        metadata_csv.read(path)
    assert str(error.value) == f"{path}{said}"


# -- when checks run, and what they keep


def test_first_runs_are_a_tenth_of_a_second_apart_and_within_half_of_the_interval():
    few, many = Schedule(), Schedule()
    few.add(dict.fromkeys("abc", 15), 100.0)
    assert sorted(few._queue) == [(100.0 + SPREAD_S * place, id) for place, id in enumerate("abc")]
    many.add({str(place): 1 for place in range(100)}, 0.0)
    assert max(many._queue)[0] == pytest.approx(99 * 1 / 200)


def test_a_run_that_is_due_is_given_at_its_time_and_next_an_interval_after_it():
    schedule = Schedule()
    assert (schedule.next(), list(schedule.due(0))) == (None, [])
    schedule.add({"a": 15}, 100.0)
    assert [schedule.next(), list(schedule.due(99.9)), list(schedule.due(100)), schedule.next()] == [
        100,
        [],
        ["a"],
        115,
    ]
    assert [list(schedule.due(145)), schedule.next()] == [["a"], 160]
    schedule.add({"b": 10}, 150.0)
    schedule.remove("a")
    assert [list(schedule.due(200)), schedule.next()] == [["b"], 210]


@pytest.mark.parametrize("make", [lambda folder: Cache(folder / "kept"), lambda _: Cache()])
def test_what_a_check_keeps_is_there_under_its_key_alone(tmp_path, make):
    cache = make(tmp_path)
    assert cache.read("a/b") == ""
    for key, value in (("a/b", "1"), ("a b", "2"), ("a/b", "ä")):
        cache.write(key, value)
    assert [cache.read(key) for key in ("a/b", "a b", "ab")] == ["ä", "2", ""]
