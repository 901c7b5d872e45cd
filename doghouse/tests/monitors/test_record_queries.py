"""Queries of monitors over records: what is read out of their text, in the forms that public monitors have, and what is wrong with others."""

from __future__ import annotations

import pytest

from doghouse.monitors.records.reading import parse
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
