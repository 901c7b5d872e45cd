"""Formula monitors: over logs, over points, over both; by groups; what is wrong with their variables, and where."""

from __future__ import annotations

from typing import Any

import pytest
from memory_points import Given, minutely, source
from record_lines import T0, alert, changes, lines, sources, values

from doghouse import monitors as mon
from doghouse.monitors.lint import lint

ERRORS = minutely([0, 0, 1, 2, 3, 4, 5, 0, 0, 0], metric="e", type="count")
HITS = minutely([10] * 10, metric="t", type="count")


def logs(name: str, search: str, *by: str, **more: Any) -> dict[str, Any]:
    grouped = [{"facet": key} for key in by]
    counted = {"search": {"query": search}, "compute": {"aggregation": "count"}, "group_by": grouped}
    return {"data_source": "logs", "name": name, "indexes": ["*"], **counted, **more}


def points(name: str, query: str, **more: Any) -> dict[str, Any]:
    return {"data_source": "metrics", "name": name, "query": query, **more}


def formula(text: str, *variables: dict[str, Any], type: str = "log alert", **options: Any) -> mon.Definition:
    return alert(text, type, variables=list(variables), **{"new_group_delay": 0, **options})


def rounded(made: list[float | None]) -> list[float | None]:
    return [None if one is None else round(one, 2) for one in made]


def test_m08_a_formula_of_two_metrics_is_worked_out_on_whole_windows() -> None:
    monitor = formula(
        'formula("e / t").last("5m") > 0.25',
        points("e", "sum:e{*}.as_count()", aggregator="sum"),
        points("t", "sum:t{*}.as_count()", aggregator="sum"),
        type="query alert",
    )
    read = sources([], source(ERRORS, HITS))
    [made] = values(monitor, read, 10).values()
    assert rounded(made[4:]) == [0.12, 0.2, 0.3, 0.28, 0.24, 0.18]
    assert changes(monitor, read, 10) == ["10:07 Triggered", "10:09 Recovered"]
    assert (type(monitor).__name__, monitor.stored_type, monitor.metrics) == (
        "MetricFormulaAlert",
        "metric alert",
        ("e", "t"),
    )


def test_the_formula_may_say_how_its_metrics_are_reduced() -> None:
    monitor = formula('formula("a").rollup("max").last("2m") > 2', points("a", "avg:m{*}"), type="metric alert")
    assert values(monitor, sources([], source(minutely([1, 3, 2, 2]))), 4) == {"": [1, 3, 3, 2]}


def test_anomalies_as_a_formula_may_ask_for_full_windows() -> None:
    monitor = formula(
        'formula("anomalies(a, \'basic\', 2)").last("10m") >= 0.5',
        points("a", "avg:m{*}"),
        type="query alert",
        require_full_window=True,
    )
    assert changes(monitor, sources([], source(minutely([3, 4] * 10 + [90] * 10))), 30) != []


@pytest.mark.parametrize(
    ("aggregator", "window"), [("last", 2), ("mean", 5 / 3), ("l2norm", 9**0.5), ("area", 5 * 60), ("max", 2)]
)
def test_each_query_of_points_is_reduced_as_it_says(aggregator: str, window: float) -> None:
    monitor = formula(
        'formula("a").last("3m") > 2',
        points("a", "avg:m{*}.rollup(avg, 60)", aggregator=aggregator),
        type="query alert",
    )
    [made] = values(monitor, sources([], source(minutely([1, 2, 2]))), 3).values()
    assert made[-1] == pytest.approx(window)


def test_anomalies_of_points_as_a_formula_are_the_anomaly_monitor_that_names_its_queries() -> None:
    band = "'basic', 2, direction='above', alert_window='last_5m', interval=60"
    named = formula(
        f'formula("anomalies(a + b, {band})").last("15m") >= 1',
        points("a", "avg:m{*}"),
        points("b", "avg:m{*}", aggregator="sum"),
        type="query alert",
    )
    plain = alert(f"avg(last_15m):anomalies(avg:m{{*}} + avg:m{{*}}, {band}) >= 1", "query alert", new_group_delay=0)
    read = sources([], source(minutely([5, 6] * 20 + [50] * 10 + [5, 6] * 10)))
    made = changes(named, read, 70)
    assert made == changes(plain, read, 70) != []
    assert (named.classification, list(named.remarks(read, T0, T0 + 60))) == (
        "anomaly",
        list(plain.remarks(read, T0, T0 + 60)),
    )


def test_logs_and_points_may_stand_in_one_formula() -> None:
    monitor = formula(
        'formula("errors / hits * 100").last("1m") > 10',
        logs("errors", "status:error"),
        points("hits", "sum:hits{*}.as_count()", aggregator="sum"),
    )
    read = sources(lines(10, 20, 30, status="error"), source(minutely([10, 10], metric="hits", type="count")))
    assert values(monitor, read, 3) == {"": [30.0, 0.0, 0.0]}


def test_a_count_is_0_for_a_group_that_another_query_alone_has_and_a_query_without_groups_stands_beside_all() -> None:
    read = sources(
        [
            *lines(1, service="a", status="error"),
            *lines(1, 2, service="a", status="ok"),
            *lines(3, service="b", status="ok"),
        ]
    )
    monitor = formula(
        'formula("bad / (bad + good) + all * 0").last("1m") > 0.1',
        logs("bad", "status:error", "service"),
        logs("good", "status:ok", "service"),
        logs("all", "*"),
    )
    assert {group: rounded(of) for group, of in values(monitor, read, 1).items()} == {"a": [0.33], "b": [0.0]}


def test_a_measure_without_data_gives_no_value_and_neither_does_a_division_by_0() -> None:
    measured = logs("took", "*", compute={"aggregation": "avg", "metric": "@took"})
    read = sources([*lines(10, took=4), *lines(70)])
    assert values(formula('formula("took + n").last("1m") > 1', measured, logs("n", "*")), read, 3) == {
        "": [5, None, None]
    }
    quotient = formula('formula("n / none").last("1m") > 1', logs("n", "*"), logs("none", "service:none"), on_missing_data="show_no_data")  # fmt: skip
    assert values(quotient, read, 1) == {}


def test_an_earlier_time_is_read_with_it() -> None:
    monitor = formula('formula("n - hour_before(n)").last("1m") > 1', logs("n", "*"))
    read = sources([*lines(10, 20, 30), *lines(-3590)])
    assert values(monitor, read, 2) == {"": [2, 0]}


def test_a_facet_keeps_the_first_of_its_values_by_what_it_is_sorted_by() -> None:
    by = [{"facet": "service", "limit": 1, "sort": {"aggregation": "max", "metric": "@took", "order": "desc"}}]
    monitor = formula('formula("n").last("1m") > 0', logs("n", "*", group_by=by))
    read = sources([*lines(1, 2, 3, service="busy", took=1), *lines(4, service="slow", took=9)])
    assert {group: of for group, of in values(monitor, read, 1).items() if of != [None]} == {"slow": [1]}


@pytest.mark.parametrize(
    ("text", "variables", "field", "problem"),
    [
        ('formula("errors / al").last("5m") > 1', [logs("errors", "*"), logs("all", "*")], "query", "did you mean 'all'"),
        ('formula("a +").last("5m") > 1', [logs("a", "*")], "query", "expected"),
        ('formula("1 + 1").last("5m") > 1', [logs("a", "*")], "query", "names no variable"),
        ('formula("a").last("5m") > 1', [logs("a", "(b")], "options.variables[0].search.query", "missing ')'"),
        ('formula("a").last("5m") > 1', [points("a", "avg:m{")], "options.variables[0].query", "expected"),
        (
            'formula("a").last("5m") > 1',
            [logs("a", "*", compute={"aggregation": "avg"})],
            "options.variables[0].compute",
            "needs the measure",
        ),
        ('formula("a").last("5m") > 1', [logs("a", "*"), logs("a", "*")], "options.variables[1].name", "a second variable"),
        ('formula("a").last("5m") > 1', [{"name": "a", "data_source": "logs"}], "options.variables[0].compute", "required field"),
        ('formula("a").last("5m") > 1', [logs("a", "*", group_by="x")], "options.variables[0].group_by", "Expected"),
        ('formula("a").last("5m") > 1', [logs("a", "*", group_by=[{"facet": "s", "limit": "x"}])], "options.variables[0].group_by[0].limit", "Expected"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(
    text: str, variables: list[dict[str, Any]], field: str, problem: str
) -> None:
    found = [one for one in lint(formula(text, *variables)) if one.severity == "error"]
    assert [one.field for one in found] == [field]
    assert problem in found[0].text


def test_a_mistake_in_a_formula_has_its_column() -> None:
    monitor = formula('formula("errors / al").last("5m") > 1', logs("errors", "*"), logs("all", "*"))
    [problem] = lint(monitor)[:1]
    assert (problem.line, problem.column) == (1, 19)


@pytest.mark.parametrize(
    ("text", "source_name", "what"),
    [
        ('formula("forecast(a, \'linear\', 1)").last("5m") > 1', "logs", "forecast()"),
        ('formula("anomalies(a, \'basic\', 2)").last("5m") > 1', "logs", "anomalies()"),
        ('formula("a").last("5m") > 1', "rum", "the data source 'rum'"),
    ],
)
def test_what_is_not_evaluated_is_said(text: str, source_name: str, what: str) -> None:
    assert what in formula(text, logs("a", "*", data_source=source_name)).why_unevaluated()


def test_series_of_several_hosts_are_groups_of_a_metric_formula() -> None:
    hosts = [Given({0: 4.0}, host="a"), Given({0: 8.0}, host="b")]
    monitor = formula('formula("a * 2").last("1m") > 10', points("a", "avg:m{*} by {host}"), type="metric alert")
    assert values(monitor, sources([], source(*hosts)), 1) == {"a": [8], "b": [16]}
    assert T0 % 60 == 0


@pytest.mark.parametrize(
    ("variable", "why"),
    [
        (points("a", "avg:m{*}", aggregator="p95"), "the time aggregator p95 in the formula of a monitor"),
        (
            points("a", "anomalies(avg:m{*}, 'basic', 2)"),
            "anomalies() in the formula of a monitor, but of points alone",
        ),
    ],
)
def test_what_a_variable_of_points_cannot_be_is_not_evaluated_and_says_so(variable: dict[str, Any], why: str) -> None:
    monitor = formula('formula("a * 2").last("5m") > 1', variable, type="query alert")
    assert monitor.why_unevaluated() == f"doghouse does not evaluate {why}"


def test_a_stretch_without_a_tick_has_no_groups() -> None:
    monitor = formula('formula("e * 2").last("5m") > 1', points("e", "sum:e{*}.as_count()"), type="query alert")
    assert monitor.over(sources([], source(ERRORS)), T0 + 1, T0 + 2).groups() == {}


def test_a_longer_window_is_written_whether_or_not_its_length_stands_in_quotes() -> None:
    for length in ('"5m"', "5m"):
        name, longer = alert(f'logs("x").index("*").rollup("count").last({length}) > 1').longer(2) or ("", None)
        assert (name, longer and longer.query) == ("last 10m", 'logs("x").index("*").rollup("count").last("10m") > 1')


@pytest.mark.parametrize(
    ("variables", "place", "problem"),
    [
        ([{"data_source": "logs", "name": "a", "compute": {"aggregation": "count"}, "serach": {}}], "options.variables[0].serach", "did you mean search?"),
        ([{**logs("a", "*"), "search": {"qurey": "x"}}], "options.variables[0].search.qurey", "did you mean query?"),
        ([logs("a", "*", compute={"aggregation": "count", "mertic": "x"})], "options.variables[0].compute.mertic", "metric?"),
        ([logs("a", "*", group_by=[{"facet": "x", "limt": 3}])], "options.variables[0].group_by[0].limt", "limit?"),
        ([logs("a", "*", "")], "options.variables[0].group_by[0].facet", "'' is no field"),
        ([logs("a", "*", data_source="log")], "options.variables[0].data_source", "did you mean 'logs'?"),
        ([{"data_source": "logs", "name": "a", "query": "x", "compute": {"aggregation": "count"}}], "options.variables[0].query", "search.query"),
        ([points("a", "avg:m{*}", agregator="max")], "options.variables[0].agregator", "did you mean aggregator?"),
        ([points("a", "avg:m{*}", aggregator="maxx")], "options.variables[0].aggregator", "did you mean 'max'?"),
        ([points("a", "avg:m{$env}")], "options.variables[0].query", "template variable"),
        ([points("a", "@usr.id:5")], "options.variables[0].query", "was not expected"),
        ([points("a", "autosmooth(avg:m{*})")], "options.variables[0].query", "cannot be used in monitors"),
    ],
)  # fmt: skip
def test_a_slip_in_a_variable_is_refused_where_it_stands(
    variables: list[dict[str, Any]], place: str, problem: str
) -> None:
    [said] = [one for one in lint(formula('formula("a").last("5m") > 1', *variables)) if one.severity == "error"]
    assert said.field == place
    assert problem in said.text


def test_another_products_data_source_is_not_evaluated_though_its_name_is_near() -> None:
    for other in ("rum", "apm_metrics", "on_call_events", "ci_tests"):
        monitor = formula('formula("a").last("5m") > 1', logs("a", "*", data_source=other))
        assert "queries of the data source" in monitor.why_unevaluated()


def test_what_a_variable_has_besides_is_passed_over() -> None:
    monitor = formula('formula("a").last("5m") > 1', logs("a", "*", storage="hot", cross_org_uuids=[]))
    assert monitor.problem is None


def test_queries_of_a_formula_group_by_the_same_fields_in_whatever_order() -> None:
    def asked(first: tuple[str, ...], second: tuple[str, ...]) -> mon.Definition:
        return formula('formula("a / b").last("5m") > 1', logs("a", "x", *first), logs("b", "y", *second))

    assert asked(("host", "service"), ("service", "host")).problem is None
    assert asked(("host",), ()).problem is None
    assert "'a' by host" in str(asked(("host",), ("service",)).problem)
    assert asked(("host",), ("host", "service")).problem is not None


@pytest.mark.parametrize(
    ("rollup", "problem"), [('"foo"', "unknown aggregator 'foo'"), ('"sum", "x"', "an aggregator alone")]
)
def test_the_rollup_of_a_formula_is_an_aggregator(rollup: str, problem: str) -> None:
    assert problem in str(formula(f'formula("a").rollup({rollup}).last("5m") > 1', logs("a", "x")).problem)
