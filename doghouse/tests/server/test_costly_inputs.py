"""What would take long has a budget, said in words; others are answered meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from served import Server, serving

from doghouse.downtimes import rrule
from doghouse.metrics.model import Columns
from doghouse.queries.evaluation import grouping, metric_query
from doghouse.time.clock import Clock
from doghouse.web.body.limits import LONGEST_MESSAGE

NOW = 1_772_445_600
GENEROUS_S = 20  # on a loaded machine; the rule itself takes some 10 ms
NEVER = (
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=4,6,9,11;BYMONTHDAY=31",
    "FREQ=DAILY;BYYEARDAY=366;BYMONTH=1",
    "FREQ=DAILY;BYHOUR=3;BYSETPOS=2",
    "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=-8",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("house"), Clock(float(NOW))) as served:
        yield served


@pytest.mark.parametrize("rule", NEVER)
def test_a_rule_that_never_occurs_is_found_out_without_a_look_at_each_day(rule: str) -> None:
    rrule._expanded.cache_clear()
    rrule._complete.cache_clear()
    start = datetime(2026, 3, 2, 10)
    before = time.process_time()
    for years in (1, 5, 30):
        assert rrule.occurrences(rule, start, "UTC", start, start.replace(year=2026 + years)) == []
    assert time.process_time() - before < 1.5  # it took 7 s


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "BYMONTH": st.lists(st.integers(1, 12), min_size=1, max_size=2),
            "BYMONTHDAY": st.lists(st.integers(-31, 31).filter(bool), min_size=1, max_size=2),
            "BYYEARDAY": st.lists(st.integers(-366, 366).filter(bool), min_size=1, max_size=2),
            "BYHOUR": st.lists(st.integers(0, 23), min_size=1, max_size=2, unique=True),
            "BYSETPOS": st.lists(st.integers(-3, 3).filter(bool), min_size=1, max_size=1),
            "BYDAY": st.lists(st.sampled_from(rrule.WEEKDAYS), min_size=1, max_size=2),
        },
    )
)
@settings(deadline=None, max_examples=60)
def test_no_rule_that_occurs_is_taken_for_one_that_never_does(more: dict[str, list[Any]]) -> None:
    rule = {"FREQ": "DAILY", **{name: ",".join(map(str, numbers)) for name, numbers in more.items()}}
    text = ";".join(f"{name}={value}" for name, value in rule.items())
    last = datetime(9970, 1, 1)  # dateutil looks for what never comes up to the last year that a date can have
    assert rrule._can_occur(rule) or next(iter(rrulestr(text, dtstart=last)), None) is None


@pytest.mark.parametrize("rule", NEVER)
def test_a_downtime_whose_rule_never_occurs_is_answered_in_either_version(server: Server, rule: str) -> None:
    recurrence = {"type": "rrule", "rrule": rule}
    v1 = {"scope": "env:a", "start": NOW, "end": NOW + 3600, "recurrence": recurrence}
    started = time.monotonic()
    assert server("POST", "/api/v1/downtime", v1).status_code in (200, 400)
    assert time.monotonic() - started < GENEROUS_S


@pytest.mark.parametrize("field", ["message", "name", "escalation_message"])
def test_a_text_that_is_written_for_each_notification_has_a_length(server: Server, field: str) -> None:
    text = "{{value}} " * (1_800_000 // 10)
    body: dict[str, Any] = {"type": "metric alert", "query": "avg(last_5m):avg:m{*} > 90", "name": "n", "message": "m"}
    given = {"options": {"escalation_message": text}} if field == "escalation_message" else {field: text}
    assert server.refused("POST", "/api/v1/monitor", {**body, **given}) == (
        400,
        f"'{field}' has 1,800,000 characters; doghouse takes at most {LONGEST_MESSAGE:,}",
    )
    made = server.ok("POST", "/api/v1/monitor", {**body, "message": "x" * LONGEST_MESSAGE, "name": f"n {field}"})
    assert server("PUT", f"/api/v1/monitor/{made['id']}", given).status_code == 400


@pytest.mark.parametrize("version", [1, 2])
def test_a_downtimes_message_has_a_length(server: Server, version: int) -> None:
    text = "@a " * 20_000
    v1 = {"scope": "env:a", "message": text}
    attributes = {"scope": "env:a", "message": text, "monitor_identifier": {"monitor_tags": ["*"]}}
    body = v1 if version == 1 else {"data": {"type": "downtime", "attributes": attributes}}
    status, error = server.refused("POST", f"/api/v{version}/downtime", body)
    assert status == 400
    assert "60,000 characters" in str(error)


def test_mentions_are_looked_for_at_the_beginning_of_a_long_event(server: Server) -> None:
    text = "@first@example.com " + "x" * LONGEST_MESSAGE + " @last@example.com"
    server.ok("POST", "/api/v1/events", {"title": "long", "text": text})
    [sent] = [one for one in server.ok("GET", "/doghouse/notifications")["notifications"] if "long" in one["subject"]]
    assert sent["recipients"] == ["first@example.com"]


def test_a_query_of_too_many_groups_or_series_is_refused_in_words_while_others_are_answered(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = server.house.app.state.points
    many = grouping.MOST_GROUPS + 1
    ids = points.numbers([("many", None, "gauge", None, (f"id:{number}",)) for number in range(many)])
    points.append(Columns(np.asarray(ids), np.full(many, NOW - 60), np.ones(many)), 60)
    asked = {"from": NOW - 300, "to": NOW}
    with ThreadPoolExecutor(1) as client:
        costly = client.submit(server, "GET", "/api/v1/query", params={**asked, "query": "avg:many{*} by {id}"})
        others = 0
        while not costly.done() or not others:
            assert server("GET", "/api/v1/validate").status_code == 200
            others += 1
    answer = costly.result()
    assert (answer.status_code, answer.json()["errors"]) == (
        501,
        ["doghouse does not evaluate a query of more than 20,000 groups (by {id}); narrow its scope, or group by less"],
    )
    assert (
        server.ok("GET", "/api/v1/query", params={**asked, "query": "sum:many{*}"})["series"][0]["pointlist"][0][1]
        == many
    )
    narrowed = {**asked, "query": "sum:many{id:1*} by {id}"}
    assert len(server.ok("GET", "/api/v1/query", params=narrowed)["series"]) > 10_000
    monkeypatch.setattr(metric_query, "MOST_SERIES", 1000)
    status, error = server.refused("GET", "/api/v1/query", params={**asked, "query": "sum:many{*}"})
    assert (status, error) == (
        501,
        "doghouse does not evaluate a query over 20,001 series, more than 1,000 at once; narrow its scope",
    )


def test_a_series_with_many_values_of_each_key_makes_no_more_groups_than_the_most(server: Server) -> None:
    tags = tuple(f"{key}:{number}" for key in ("a", "b", "c") for number in range(200))
    points = server.house.app.state.points
    [number] = points.numbers([("wide", None, "gauge", None, tags)])
    points.append(Columns(np.array([number]), np.array([NOW - 60]), np.ones(1)), 60)
    asked = {"from": NOW - 300, "to": NOW, "query": "avg:wide{*} by {a,b,c}"}
    status, error = server.refused("GET", "/api/v1/query", params=asked)
    assert (status, "more than 20,000 groups" in error) == (501, True)
