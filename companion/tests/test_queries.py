"""The queries of a dashboard as text that can be asked."""

from __future__ import annotations

from companion.queries import put_in, queries


def test_a_formula_carries_its_queries() -> None:
    named = {"query1": "avg:a.b{*}", "query2": "sum:c{*}.as_count()"}
    assert put_in("query1", named) == "avg:a.b{*}"
    assert put_in("anomalies(query1, 'basic', 2)", named) == "anomalies(avg:a.b{*}, 'basic', 2)"
    assert put_in("query1 / query2 * 100", named) == "avg:a.b{*} / sum:c{*}.as_count() * 100"
    assert put_in("f(query1, 'query2')", named) == "f(avg:a.b{*}, 'query2')"


def test_old_and_new_requests_and_groups_are_read() -> None:
    metric = {"name": "query1", "query": "avg:m{*}", "data_source": "metrics"}
    dashboard = {
        "widgets": [
            {"definition": {"title": "old", "requests": [{"q": "avg:a{*}"}]}},
            {"definition": {"title": "new", "requests": [{"queries": [metric], "formulas": [{"formula": "query1 * 2"}]}]}},
            {"definition": {"title": "host map", "requests": {"fill": {"q": "avg:b{*}"}}}},
            {"definition": {"type": "group", "widgets": [{"definition": {"title": "inner", "requests": [{"queries": [metric]}]}}]}},
            {"definition": {"type": "note", "content": "hello"}},
        ]
    }  # fmt: skip
    assert list(queries(dashboard)) == [
        ("old", "avg:a{*}"),
        ("new", "avg:m{*} * 2"),
        ("host map", "avg:b{*}"),
        ("inner", "avg:m{*}"),
    ]


def test_a_template_variable_becomes_its_first_choice() -> None:
    variables = [
        {"name": "host", "prefix": "host", "defaults": ["web-1"]},
        {"name": "env", "prefix": "env", "defaults": ["*"]},
    ]
    graph = {"title": "m over $host.value", "requests": [{"q": "avg:m{$host,$env} + avg:m{$hostname}"}]}
    dashboard = {"template_variables": variables, "widgets": [{"definition": graph}]}
    assert list(queries(dashboard)) == [("m over web-1", "avg:m{host:web-1,*} + avg:m{$hostname}")]
