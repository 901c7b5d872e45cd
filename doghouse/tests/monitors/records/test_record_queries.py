"""Queries of monitors over records: what is read out of their text, in the forms that public monitors have, and what is wrong with others."""

from __future__ import annotations

import pytest

from doghouse.importing.monitor_files import MonitorInFile
from doghouse.importing.verdicts import lint_all
from doghouse.monitors.model import MonitorError
from doghouse.monitors.records.reading import parse, with_threshold, with_window
from doghouse.monitors.validation import validate
from doghouse.queries import QuerySyntaxError
from doghouse.search.parser import parse as parse_search

HEADS = {"logs": "logs", "trace-analytics": "spans"}


def test_a_query_has_a_search_indexes_an_aggregation_groups_and_a_window() -> None:
    asked = parse(
        'logs("status:error \\"time out\\"").index("main,web").rollup("cardinality", "@usr.id").by("service,@region").last("5m") > 2',
        HEADS,
    )
    [query] = asked.record_queries
    assert (query.source, query.text, query.search) == (
        "logs",
        'status:error "time out"',
        parse_search('status:error "time out"'),
    )
    assert (query.indexes, query.compute.name, query.compute.measure) == (("main", "web"), "cardinality", "@usr.id")
    assert (query.keys, query.fields) == (("service", "@region"), ("service", "@region", "@usr.id"))
    assert (asked.window.text, asked.window.seconds, asked.comparator, asked.threshold) == ("5m", 300, ">", 2.0)


@pytest.mark.parametrize(("keys", "kept"), [("a", 1000), ("a,b", 30), ("a,b,c", 10), ("a,b,c,d", 5), ("a,*", 1000)])
def test_the_more_fields_it_groups_by_the_fewer_values_of_each_are_kept(keys: str, kept: int) -> None:
    [query] = parse(f'logs("x").rollup("count").by("{keys}").last("5m") > 1', HEADS).record_queries
    assert {facet.limit for facet in query.by} == {kept}
    assert query.keys == tuple(keys.removesuffix(",*").split(","))


@pytest.mark.parametrize(
    ("call", "text", "seconds", "cumulative"),
    [
        ('last("1m")', "1m", 60, False),
        ('last("last_2h")', "last_2h", 7200, False),
        ("last(1d)", "1d", 86_400, False),
        ('last("1w")', "1w", 604_800, False),
        ('last("1mo")', "1mo", 730 * 3600, False),
        ('current("1h")', "current_1h", 3600, True),
        ('last("current_1d")', "current_1d", 86_400, True),
    ],
)
def test_a_window_has_its_length(call: str, text: str, seconds: int, cumulative: bool) -> None:
    window = parse(f'logs("x").rollup("count").{call} > 1', HEADS).window
    assert (window.text, window.seconds, window.cumulative) == (text, seconds, cumulative)


@pytest.mark.parametrize(
    ("end", "comparator", "threshold"),
    [("> 5", ">", 5), (">=-1.5", ">=", -1.5), ("<= .5", "<=", 0.5), ("!= +2.", "!=", 2), ("== 1e-3", "==", 0.001)],
)
def test_it_is_compared_with_a_number(end: str, comparator: str, threshold: float) -> None:
    text = f'logs("x").rollup("count").last("5m") {end}'
    asked = parse(text, HEADS)
    assert (asked.comparator, asked.threshold) == (comparator, threshold)
    assert parse(with_threshold(text, 70), HEADS).threshold == 70
    assert parse(with_window(text, "10m"), HEADS).window.seconds == 600


@pytest.mark.parametrize(
    "text",
    [
        'logs("a").rollup("count").last("5m") > 1',
        'logs("a").index("*").rollup("count").by("host").last("5m") > 1 \n',
        'logs("a")\n  .index("*")\n  .by("host", "env")\n  .rollup("count")\n  .last("1h") >= 1.5e3',
        'logs("").index("").rollup("count", "@sender_id").last("2d") < 1',
        'logs("a").rollup("pc99", "@duration").last("current_1d") > 1',
        'logs("a").rollup("count").current("1h")>1',
        'trace-analytics("env:prod operation_name:web.request").rollup("count").last("5m") > 100',
        'logs("@http.url:\\"/a b\\" -@usr.name:(x OR y) @n:[1 TO 5]").index("*").rollup("count").last("15m") > 0',
    ],
)
def test_forms_that_public_monitors_have_are_read(text: str) -> None:
    assert parse(text, HEADS).record_queries


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ('log("a").rollup("count").last("5m") > 1', "log(", 'expected logs("…")'),
        ("logs('a').rollup('count').last('5m') > 1", "'a'", "texts in double quotes"),
        ('logs("(a").rollup("count").last("5m") > 1', "(a", "missing ')'"),
        ('logs("x \\"(").rollup("count").last("5m") > 1', '\\"(', "missing '\"'"),
        ('logs("a" b).rollup("count").last("5m") > 1', "b)", "expected ')'"),
        ('logs("a").rolup("count").last("5m") > 1', "rolup", "did you mean .rollup()?"),
        ('logs("a").last("5m") > 1', "", 'expected .rollup("count")'),
        ('logs("a").rollup("cardnality", "@b").last("5m") > 1', "rollup", "did you mean 'cardinality'?"),
        ('logs("a").rollup("avg").last("5m") > 1', "rollup", "avg needs the measure"),
        ('logs("a").rollup("count").by("a,b,c,d,e").last("5m") > 1', "by(", "at most 4"),
        ('logs("a").rollup("count").by("a,,b").last("5m") > 1', "by(", "nothing between two commas"),
        ('logs("a").rollup("count").by("a b").last("5m") > 1', "by(", "'a b' is no field"),
        ('logs("a").rollup("count").by("@").last("5m") > 1', "by(", "'@' is no field"),
        ('logs("a").rollup("avg", "took ").last("5m") > 1', "rollup", "'took ' is no field"),
        ('logs("a").rollup("avg", "@a", "@b").last("5m") > 1', "rollup", "takes an aggregation and the measure"),
        ('logs("a").rollup("count").last("5x") > 1', "last", "no window"),
        ('logs("a").rollup("count").current("2h") > 1', "current", "no running window"),
        ('logs("a").rollup("count") > 1', "", 'expected one .last("5m")'),
        ('logs("a").rollup("count").last("5m").last("5m") > 1', 'last("5m") >', "a second .last()"),
        ('logs("a").rollup("count").last("5m")', "", "expected a comparison"),
        ('logs("a").rollup("count").last("5m") > many', " > many", "expected a comparison"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, place: str, problem: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(text, HEADS)
    assert problem in caught.value.problem
    assert caught.value.position == (text.index(place) if place else len(text))


@pytest.mark.parametrize(
    ("kind", "query", "evaluated"),
    [
        ("log alert", r'logs("(error\:*\:* OR status:error) -@type:http-log").index("*").rollup("count").last("5m") > 0', True),
        ("log alert", r'logs("@n:(\"a b\" OR c) @d:>=5 @e:[1 TO *] ns:(a* OR b?)").rollup("sum", "@x").by("ns").last("30m") > 1', True),
        ("log alert", r'logs("status:(error critical) NOT \"x\"").index("*").rollup("count").last("5m").by("@a.b") > 5.0', True),
        ("trace-analytics alert", 'trace-analytics("service:a @duration:>500ms").rollup("count").last("5m") > 1', True),
        ("event-v2 alert", 'events("source:watchdog").rollup("cardinality", "@evt.id").by("story_key").last("30m") > 0', True),
        ("log alert", 'logs("service:a @duration:>500ms").rollup("count").last("5m") > 1', True),
        ("log alert", 'logs("service:a @took:>500ms").rollup("count").last("5m") > 1', False),
        ("log alert", 'logs("service:a #total:>5").rollup("count").last("5m") > 1', False),
        ("log alert", 'logs("service:a").rollup("sum", "#total").last("5m") > 1', False),
        ("log alert", 'logs("service:a").rollup("count").by("#total").last("5m") > 1', False),
        ("event alert", """events('priority:all "time \\'out"').by('name,host').rollup('count').last('2d') >= 1""", True),
        ("trace-analytics alert", 'trace-analytics("env:prod").rollup("count").by("*").last("5m") > 100', True),
        ("log alert", 'logs("a").rollup("count").last("4h").anomaly(direction="both") >= 1', False),
    ],
)  # fmt: skip
def test_lint_calls_ok_what_is_evaluated_and_nothing_else(kind: str, query: str, evaluated: bool) -> None:
    body = {"type": kind, "query": query, "name": "n", "message": "@ops@example.com"}
    [linted] = lint_all([MonitorInFile("a", body)])
    assert linted.verdict == ("ok" if evaluated else "not evaluated"), linted.problems


def test_what_datadog_refuses_is_refused_in_its_words() -> None:
    for query in (
        "logs('a').index('*').rollup('count').last('5m') > 5",
        "query",
        'logs("a").rollup("count").last("5m")',
    ):
        assert refused(query) == "The value provided for parameter 'query' is invalid: invalid operator specified: "
    assert "longer than 2d" in refused('logs("a").rollup("count").last("3d") > 5')
    assert "invalid tags or facets" in refused('logs("(a").rollup("count").last("5m") > 5')
    assert "does not match" in refused('logs("a").rollup("count").last("5m") > 5', thresholds={"critical": 6})
    assert "evaluation_window" in refused('logs("a").rollup("count").current("1h") > 5')
    assert "invalid tags or facets" in refused("events('priority:hihg').rollup('count').last('5m') > 5", "event alert")
    recovery = {"critical": 5, "warning": 4, "critical_recovery": 4, "warning_recovery": 3}
    words = "Invalid threshold statuses found: critical_recovery, warning_recovery."
    assert words == refused('events("a").rollup("count").last("5m") > 5', "event-v2 alert", thresholds=recovery)


def refused(query: str, type: str = "log alert", **options: object) -> str:
    """Why the API refuses a monitor."""
    with pytest.raises(MonitorError) as caught:
        validate({"type": type, "query": query, "options": options})
    return caught.value.text
