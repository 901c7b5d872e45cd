"""What is kept of a log that is sent: worked examples of Datadog's preprocessing of JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.logs.correlation import trace_of
from doghouse.logs.model import Log
from doghouse.logs.preprocessing import AHEAD_S, MOST_BYTES, PAST_S, is_kept, stored
from doghouse.logs.statuses import SYSLOG, status

NOW = 1772445700.0
AT_TEN = 1772445600.0  # 2026-03-02T10:00:00Z


def kept(**sent: Any) -> Log:
    return stored(sent, {}, NOW)


def test_a_message_of_json_becomes_attributes_and_reserved_ones() -> None:
    """P01."""
    inner = {"level": "ERROR", "message": "boom", "service": "pay"}
    log = kept(message=json.dumps(inner), ddsource="python", ddtags="env:prod")
    assert (log.message, log.status, log.service, log.source) == ("boom", "error", "pay", "python")
    assert log.tags == ("env:prod", "source:python")
    assert log.attributes == {"level": "ERROR", "service": "pay"}


@pytest.mark.parametrize(
    ("sent", "word"),
    [
        ("Warning", "warn"),
        (4, "warn"),
        ("Fatal", "emergency"),
        ("success", "ok"),
        ("exception", "info"),
        ("e", "info"),
        (None, "info"),
        (True, "info"),
        ("EMERG", "emergency"),
        ("alert", "alert"),
        ("Crit", "critical"),
        ("err", "error"),
        ("notice", "notice"),
        ("information", "info"),
        ("trace", "debug"),
        ("VERBOSE", "debug"),
        ("OK", "ok"),
        (8, "info"),
    ],
)
def test_a_status_is_known_by_its_beginning(sent: object, word: str) -> None:
    """P02."""
    assert kept(message="m", status=sent).status == word


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("timestamp", 1772445600000),
        ("timestamp", "1772445600000"),
        ("date", "2026-03-02T10:00:00Z"),
        ("@timestamp", "2026-03-02T12:00:00+02:00"),
        ("syslog.timestamp", "Mar  2 10:00:00"),
        ("eventTime", "2026-03-02T10:00:00.000"),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_a_date_is_iso_or_milliseconds_or_that_of_syslog(name: str, sent: object, inside: bool) -> None:
    """P03."""
    log = kept(message=json.dumps({name: sent})) if inside else kept(message="m", **{name: sent})
    assert log.timestamp == AT_TEN


def test_a_date_of_syslog_in_december_is_of_last_year_in_january() -> None:
    new_year = 1767225600.0
    assert stored({"date": "Dec 31 23:59:59"}, {}, new_year + 60).timestamp == new_year - 1


@pytest.mark.parametrize("sent", ["yesterday", True, None, "", {"a": 1}])
def test_a_date_that_cannot_be_read_is_the_time_of_arrival(sent: object) -> None:
    assert kept(message="m", timestamp=sent).timestamp == NOW


def test_the_first_name_that_is_present_is_the_host() -> None:
    """P04."""
    assert kept(message="m", hostname="a", host="b").host == "b"
    assert kept(message="m", syslog={"hostname": "c"}).host == "c"
    assert kept(message="m", **{"syslog.hostname": "d"}).host == "d"
    assert kept(message='{"host": "inside"}', hostname="beside").host == "beside"
    assert kept(message='{"host": "inside"}').host == "inside"


def test_a_log_older_than_18_hours_or_2_hours_ahead_is_not_kept() -> None:
    """P05, and the ends of that time."""
    times = (-PAST_S - 60, -PAST_S, AHEAD_S, AHEAD_S + 1)
    assert [is_kept(Log(NOW + offset, "m"), NOW) for offset in times] == [False, True, True, False]


def test_what_a_message_says_goes_before_what_stands_beside_it() -> None:
    log = kept(message='{"service": "in", "status": "error"}', service="out", status="info")
    assert (log.service, log.status) == ("in", "error")


def test_what_reserved_attributes_came_from_stays_an_attribute() -> None:
    log = kept(
        message="m", hostname="a", service="s", timestamp=1772445600000, duration="450", ddsource="x", ddtags="y"
    )
    assert log.attributes == {"hostname": "a", "service": "s", "timestamp": 1772445600000, "duration": "450"}


def test_tags_are_normalised_and_keep_their_order_and_duplicates() -> None:
    assert kept(message="m", ddtags="Test,env:PROD,,env:PROD").tags == ("test", "env:prod", "env:prod")


@pytest.mark.parametrize("message", ["[1]", '{"a"', "{} x", "plain", "{" * 5000, '{"a":' * 5000])
def test_a_message_that_is_no_json_object_stays_as_it_is(message: str) -> None:
    assert kept(message=message).message == message


def test_a_message_over_a_megabyte_is_cut() -> None:
    assert len(kept(message="é" * MOST_BYTES).message.encode()) == MOST_BYTES


@pytest.mark.parametrize("context", [{"dd.trace_id": "42"}, {"dd": {"trace_id": "42"}}])
def test_log4js_context_names_the_trace(context: dict[str, Any]) -> None:
    assert trace_of(kept(message="m", contextMap=context)) == f"{42:032x}"


@given(st.text(max_size=12) | st.integers().map(str))
def test_every_status_is_one_of_datadogs_words(sent: str) -> None:
    assert status(sent) in {*SYSLOG, "ok"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(["message", "status", "x"]), part, max_size=3)
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["message", "timestamp", "date", "host", "service", "status", "level", "ddtags", "ddsource", "syslog", "dd", "x"]
)


@given(st.dictionaries(NAMES, JSON, max_size=5), st.booleans())
def test_whatever_is_sent_becomes_a_log(sent: dict[str, Any], inside: bool) -> None:
    log = stored({"message": json.dumps(sent)} if inside else sent, {}, NOW)
    assert isinstance(log.timestamp, float)
    assert trace_of(log) is None or len(trace_of(log) or "") == 32
