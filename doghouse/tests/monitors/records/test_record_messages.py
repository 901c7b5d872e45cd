"""What messages of monitors over records say: their group, the newest record, samples (worked examples E15, E19 and E20)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from record_lines import T0, Line, alert, lines, replayed, sources

from doghouse.backtest.run import Backtest
from doghouse.monitors.lint import lint
from doghouse.search.record import Record

TO = " @ops@example.com"
TWO_SERVICES = [*lines(10, 20, 30, service="a"), *lines(130, 140, 150, 160, service="b")]
DEPLOY = lines(75, host="h1", source="deploy", status="error", title="Deploy failed", tags=["env:prod"])
BY_SERVICE = 'logs("*").index("*").rollup("count").by("service").last("5m") > 2'


def sent(query: str, records: list[Line], message: str, **options: Any) -> Backtest:
    """A backtest of a quarter of an hour, whose messages go to somebody."""
    kind = "event-v2 alert" if query.startswith("events") else "log alert"
    monitor = alert(query, kind, f"{message}{TO}", "high", **{"new_group_delay": 0, **options})
    return replayed(monitor, sources(records), 15)


def bodies(backtest: Backtest) -> list[str]:
    """What is sent, without whom it goes to."""
    return [one.body.replace(TO, "").replace(TO.strip(), "") for one in backtest.notifications()]


def test_e15_a_grouped_monitor_may_be_notified_as_a_whole() -> None:
    for options in ({"notify_by": ["*"]}, {"groupby_simple_monitor": True}):
        backtest = sent(BY_SERVICE, TWO_SERVICES, "", **options)
        assert [(one.at % 3600 / 60, one.title) for one in backtest.notifications()] == [
            (1, "[Triggered] high"),
            (8, "[Recovered] high"),
        ]


def test_e19_a_message_shows_the_newest_event_of_its_group_and_nothing_once_there_is_none() -> None:
    query = 'events("source:deploy status:error").rollup("count").by("host").last("10m") >= 1'
    backtest = sent(query, DEPLOY, "{{event.title}} on {{host.name}} ({{event.tags.env}})")
    assert bodies(backtest) == ["Deploy failed on h1 (prod)", " on h1 ()".strip()]
    assert backtest.notifications()[0].title == "[Triggered on {host:h1}] high"


def test_e20_facets_are_groups_and_attributes_are_read_by_their_paths() -> None:
    records = [
        *lines(10, message="old", http={"region": "eu"}),
        *lines(20, message="m", tags=["env:prod"], http={"region": "eu"}, error={"message": "boom"}),
        *lines(30, message="other", http={"region": "us"}),
    ]
    said = "{{[@http.region].name}} {{log.attributes.[error.message]}} {{log.tags.env}} {{log.message}}"
    backtest = sent('logs("*").rollup("count").by("@http.region").last("5m") > 1', records, said)
    assert bodies(backtest)[0] == "eu boom prod m"
    assert backtest.notifications()[0].title == "[Triggered on {@http.region:eu}] high"


def test_a_count_prints_with_a_decimal_and_a_simple_facet_needs_no_brackets() -> None:
    backtest = sent(
        'logs("*").rollup("count").by("@region").last("5m") > 2',
        lines(1, 2, 3, region="eu"),
        "{{value}} {{@region.name}}",
    )
    assert bodies(backtest) == ["3.0 eu", "0.0 eu"]


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("log.status", "error"),
        ("log.service", "web"),
        ("log.host", "h1"),
        ("log.timestamp", "2026-03-02T10:00:10.000Z"),
        ("log.tags", "env:prod,team:sre"),
        ("log.attributes.user.name", "Ann"),
        ("log.attributes.absent", ""),
        ("log.trace_id", "7"),
        ("log.link", "/logs?query=%2A&amp;from_ts=1772445360000&amp;to_ts=1772445660000&amp;live=false"),
        ("event.title", ""),
    ],
)
def test_variables_of_a_record(variable: str, text: str) -> None:
    record = lines(
        10, status="error", service="web", host="h1", tags=["env:prod", "team:sre"], user={"name": "Ann"}, trace_id="7"
    )
    assert bodies(sent('logs("*").rollup("count").last("5m") > 0', record, f"<{{{{{variable}}}}}>"))[0] == f"<{text}>"


def test_a_link_leads_to_what_was_searched_of_the_group_in_the_window() -> None:
    query = 'logs("status:error OR web").rollup("count").by("service").last("1m") > 0'
    [triggered, recovered] = bodies(sent(query, lines(10, status="error", service='a "b"'), "{{{log.link}}}"))
    asked = "/logs?query=%28status%3Aerror%20OR%20web%29%20service%3A%22a%20%5C%22b%5C%22%22"
    assert triggered == f"{asked}&from_ts=1772445600000&to_ts=1772445660000&live=false"
    assert recovered == f"{asked}&from_ts=1772445660000&to_ts=1772445720000&live=false"  # without a record too


def test_an_event_links_to_the_events_and_a_span_to_its_trace() -> None:
    events = 'events("source:deploy").rollup("count").last("1m") > 0'
    link = "/event/explorer?query=source%3Adeploy&from_ts=1772445660000&to_ts=1772445720000&live=false"
    assert bodies(sent(events, DEPLOY, "{{{event.link}}}"))[0] == link
    spans = alert('trace-analytics("*").rollup("count").last("1m") > 0', "trace-analytics alert", "{{span.link}}" + TO)
    records = [(T0 * 1000 + 10_000, Record("GET /", {"trace_id": ["00ab", "171"]}, [], {}))]
    assert bodies(replayed(spans, sources(records), 5)) == ["/apm/trace/00ab", ""]


def test_samples_are_the_newest_messages_and_no_recovery_has_them() -> None:
    records = [line for at in range(12) for line in lines(at, message=f"line {at}")] + lines(20)
    backtest = sent('logs("*").rollup("count").last("1m") > 2', records, "high", enable_logs_sample=True)
    triggered, recovered = bodies(backtest)
    assert triggered.splitlines() == ["high", "", *(f"line {at}" for at in range(11, 2, -1))]
    assert recovered == "high"


def test_a_webhook_has_the_sampled_logs_as_an_object() -> None:
    records = [*lines(1, message="first", host="web-1"), *lines(75, message="x" * 600)]
    [triggered, *_, recovered] = sent(
        'logs("*").rollup("count").last("1m") > 0', records, "high", enable_logs_sample=True
    ).notifications()
    assert json.loads(triggered.logs_sample) == {
        "columns": ["Time", "Host"],
        "label": "Sample Logs",
        "rows": [{"items": ["10:00:01 UTC", "web-1"], "message": "first"}],
    }
    assert recovered.logs_sample == ""
    later = sent('logs("*").rollup("count").last("2m") > 1', records, "high", enable_logs_sample=True).notifications()
    assert [len(row["message"]) for row in json.loads(later[0].logs_sample)["rows"]] == [500, 5]


def test_samples_of_a_measure_or_of_groups_together_are_the_values_that_breach() -> None:
    records = [*lines(1, service="a", took=5), *lines(2, service="b", took=9), *lines(3, service="c", took=1)]
    query = 'logs("*").rollup("max", "@took").by("service").last("1m") > 2'
    each = sent(query, records, "high", enable_logs_sample=True, on_missing_data="show_no_data")
    assert [one.splitlines()[2:] for one in bodies(each)] == [["service:a: 5.0"], ["service:b: 9.0"]]
    assert {one.logs_sample for one in each.notifications()} == {""}
    together = sent(query, records, "high", enable_logs_sample=True, notify_by=["*"], on_missing_data="show_no_data")
    assert bodies(together)[0].splitlines()[2:] == ["service:b: 9.0", "service:a: 5.0"]


def test_a_mention_in_a_log_is_none() -> None:
    records = lines(1, message="ask @boss@example.com")
    backtest = sent('logs("*").rollup("count").last("1m") > 0', records, "high", enable_logs_sample=True)
    assert {one.recipients for one in backtest.notifications()} == {("ops@example.com",)}


def test_lint_knows_the_variables_of_the_records_that_a_monitor_reads() -> None:
    query = 'logs("*").rollup("count").by("@http.region").last("5m") > 1'
    right = (
        "{{log.message}} {{log.attributes.a.b}} {{log.tags.env}} {{[@http.region].name}} {{log.link}} @ops@example.com"
    )
    assert lint(alert(query, message=right, name="n")) == []
    span = "{{span.operation_name}} {{span.env}} {{span.type}} {{span.resource_name}} {{span.link}} @ops@example.com"
    spans = 'trace-analytics("*").rollup("count").last("5m") > 1'
    assert lint(alert(spans, "trace-analytics alert", message=span, name="n")) == []
    assert "is not documented" in lint(alert(query, message="{{log.env}} @ops@example.com", name="n"))[0].text
    wrong = "{{log.mesage}} {{log.user}} {{event.title}} {{@http.region.name}} @ops@example.com"
    texts = [one.text for one in lint(alert(query, message=wrong, name="n"))]
    assert "did you mean {{log.message}}" in texts[0]
    assert "attributes are {{log.attributes.name}}" in texts[1]
    assert "does not group by 'event'" in texts[2]
    assert "stands in brackets" in texts[3]
