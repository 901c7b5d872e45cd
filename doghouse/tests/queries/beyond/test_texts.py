"""Queries of logs, events, spans and SLOs as people read them, and with template variables in their search."""

from __future__ import annotations

from typing import Any

import pytest

from doghouse.queries import NotEvaluated, QuerySyntaxError
from doghouse.queries.beyond import templated
from doghouse.queries.language.substitution import Chosen


def records(aggregation: str = "count", metric: str | None = None, *facets: Any, search: str = "*") -> dict[str, Any]:
    compute = {"aggregation": aggregation} | ({"metric": metric} if metric else {})
    return {"data_source": "logs", "search": {"query": search}, "compute": compute, "group_by": list(facets)}


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (records(search="service:web"), 'logs("service:web").rollup("count")'),
        (records("avg", "@duration"), 'logs("*").rollup("avg", "@duration")'),
        (records("count", None, {"facet": "host"}), 'logs("*").rollup("count").by("host").top(10)'),
        (
            records("count", None, {"facet": "a", "limit": 3}, {"facet": "b", "sort": {"order": "asc"}}),
            'logs("*").rollup("count").by("a,b").top(3, 10 asc)',
        ),
        (
            records("count", None, {"facet": "a", "sort": {"aggregation": "max", "metric": "@d"}}),
            'logs("*").rollup("count").by("a").top(10 by max @d)',
        ),
        (
            records("max", "@d", {"facet": "a", "sort": {"aggregation": "max", "metric": "@d"}}),
            'logs("*").rollup("max", "@d").by("a").top(10)',
        ),
        (
            records("max", "@d", {"facet": "a", "sort": {"aggregation": "count"}}),
            'logs("*").rollup("max", "@d").by("a").top(10 by count)',
        ),
        ({"data_source": "slo", "slo_id": "s1", "measure": "burn_rate"}, 'slo("s1").burn_rate()'),
        ({"data_source": "logs", "search": {"query": 5}}, "{'query': 5}"),
    ],
)
def test_a_query_of_records_is_written_as_a_person_would(query: dict[str, Any], text: str) -> None:
    assert templated.written(query) == text


@pytest.mark.parametrize(
    ("values", "search"),
    [
        (("prod",), "env:prod prod env"),
        (("a", "b"), "env:(a OR b) (a OR b) env"),
        ((), "* * env"),
        (("*",), "* * env"),
        (("a", "*"), "* * env"),
    ],
)
def test_a_variable_in_a_search_becomes_its_tag_its_value_or_its_key(values: tuple[str, ...], search: str) -> None:
    chosen = {"env": Chosen("env", values), "x": Chosen("", ("y",))}
    assert templated.substituted("$env $env.value $env.key", chosen) == search
    assert templated.substituted("$x $other", chosen) == "y $other"


def test_a_wrong_query_of_a_widget_is_told_with_its_search() -> None:
    with pytest.raises(QuerySyntaxError, match="aggregation") as wrong:
        templated.templated(records("typical", search="$env"), {"env": Chosen("env", ("prod",))})
    assert (wrong.value.text, wrong.value.position) == ("env:prod", 0)
    with pytest.raises(QuerySyntaxError, match="Expected `str`"):
        templated.templated({"data_source": "logs", "search": {"query": 5}}, {})
    by_component = {"data_source": "slo", "slo_id": "s", "measure": "burn_rate", "group_mode": "components"}
    with pytest.raises(NotEvaluated, match=r"queries of slo: .*SLO queries by component"):
        templated.templated(by_component, {})
