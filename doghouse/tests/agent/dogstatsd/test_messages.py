"""DogStatsD's lines at their edges: what is the last that is taken, what the first that is not, and what each field means."""

import pytest

from doghouse.agent.aggregation.samples import Kind
from doghouse.agent.dogstatsd.messages import BadMessage, CheckMessage, EventMessage, MetricMessage, lines, parse


@pytest.mark.parametrize(
    ("taken", "not_taken", "said"),
    [
        ("a:1|c|@1", "a:1|c|@1.01", "sample rate 1.01 is not above 0 and at most 1"),
        ("a:1|c|@0.001", "a:1|c|@-0.5", "sample rate -0.5 is not above 0 and at most 1"),
        ("a:1|c|T1", "a:1|c|T0", "timestamp '0' is not a whole number of at least 1"),
        (f"a:1|c|T{'9' * 18}", f"a:1|c|T{'9' * 19}", f"timestamp '{'9' * 19}' is not a whole number of at least 1"),
        ("a:1:|g", "a:1: 2|g", "'1: 2' is not a number"),
        ("_sc|a|0", "_sc|a|4", "status '4' is not 0, 1, 2 or 3"),
        ("_sc|a|3|d:1", "_sc|a|3|d:0", "timestamp '0' is not a whole number of at least 1"),
        ("_sc|a|1", "_sc||1", "'_sc||1' is not _sc|NAME|STATUS"),
        ("_sc|a|1", "_scx|a|1", "'_scx|a|1' is not _sc|NAME|STATUS"),
        ("_e{1,1}:a|b", "_e{1,1}:a|", "an event is shorter than its header says"),
        ("_e{1,0}:a|", "_e{0,0}:|", "an event's title is empty"),
        ("a:1|g", "a|g", "'a|g' is not NAME:VALUE|TYPE"),
    ],
)
def test_a_line_is_taken_up_to_its_limits(taken, not_taken, said):
    parse(taken.encode())
    with pytest.raises(BadMessage) as error:
        parse(not_taken.encode())
    assert str(error.value) == said


def test_a_metric_without_fields_is_one_whole_value_of_no_host_and_no_time():
    assert parse(b"a.b:1|g") == MetricMessage("a.b", Kind.GAUGE, (1.0,), "", 1.0, (), None, None)
    assert parse(b"a:1:2|h|@0.5|#x,y:z|T7") == MetricMessage(
        "a", Kind.HISTOGRAM, (1.0, 2.0), "", 0.5, ("x", "y:z"), None, 7
    )
    assert parse(b"a:u:1|s") == MetricMessage("a", Kind.SET, (), "u:1", 1.0, (), None, None)


@pytest.mark.parametrize(
    ("tags", "kept", "host"),
    [
        ("a,,b", ("a", "b"), None),
        ("host:x,a,host:y", ("a",), "y"),
        ("host:", (), ""),
        ("dd.internal.entity_id:1,dd.internal.card:low,dd.internal.jmx_check_name:j,a", ("a",), None),
        ("dd.internal.other:1", ("dd.internal.other:1",), None),
        ("hostname:x", ("hostname:x",), None),
    ],
)
def test_a_tag_of_the_host_is_the_host_and_those_for_the_agent_are_left_out(tags, kept, host):
    for line in (f"a:1|g|#{tags}", f"_sc|a|0|#{tags}", f"_e{{1,1}}:a|b|#{tags}"):
        made = parse(line.encode())
        assert made.tags == kept
        assert made.host == host or (not host and not made.host)


def test_an_event_is_information_of_usual_priority_unless_it_says_otherwise():
    assert parse(b"_e{1,2}:a|bc") == EventMessage("a", "bc", (), None, {"alert_type": "info", "priority": "normal"})
    for kind in ("error", "warning", "info", "success"):
        assert parse(f"_e{{1,1}}:a|b|t:{kind}|p:low".encode()).optional == {"alert_type": kind, "priority": "low"}
    named = parse(b"_e{1,1}:a|b|k:key|s:nagios|d:5|h:web|#host:other")
    assert named.host == "web"
    own = ("aggregation_key", "source_type_name", "timestamp")
    assert [named.optional[key] for key in own] == ["key", "nagios", 5]
    assert parse(b"_e{1,1}:a|b|h:|#host:other").host == "other"
    assert parse(b"_e{3,4}:a|b|c\\nd|#x") == EventMessage(
        "a|b", "c\nd", ("x",), None, {"alert_type": "info", "priority": "normal"}
    )


def test_a_check_without_fields_has_no_message_and_no_time():
    assert parse(b"_sc|a b|2") == CheckMessage("a b", 2, (), None, "", None)
    assert parse(b"_sc|a|1|h:web|#host:other|m:x|d:9") == CheckMessage("a", 1, (), "web", "x", 9)


def test_a_packet_is_its_lines_without_the_empty_ones():
    assert list(lines(b"a\n\n \nb")) == [b"a", b"b"]
