"""What parses, what does not, and how a mistake is explained."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from query_points import source

from doghouse.queries import (
    NotEvaluated,
    QuerySyntaxError,
    Window,
    evaluate,
    expression_text,
    function_names,
    group_keys,
    metric_queries,
    parse,
    parse_formula,
    parse_monitor,
    parse_scope,
    scope_tags,
    scope_text,
)
from doghouse.queries.language.tree import (
    AllOf,
    Among,
    AnyOf,
    Arithmetic,
    Change,
    Everything,
    MetricQuery,
    Modifier,
    Not,
    Number,
    Search,
    Tag,
    TimeWindow,
    Variable,
    Word,
)

# A file of {"kind": "metric" or "monitor", "query": …} lines: queries of the wild, which are not in the repository.
BESIDE = Path(__file__).parents[5] / "shared/spec/queries.jsonl"
QUERIES = Path(os.environ.get("DOGHOUSE_QUERIES", BESIDE))


def wrong(text: str) -> QuerySyntaxError:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(text)
    return caught.value


def wrong_monitor(text: str) -> QuerySyntaxError:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_monitor(text)
    return caught.value


def test_a_metric_query_has_its_parts() -> None:
    (query,) = parse("avg:system.cpu.idle{env:prod} by {host,az}.rollup(avg, 60)")
    assert query == MetricQuery(
        "avg", "system.cpu.idle", Tag("env", "prod"), ("host", "az"), (Modifier("rollup", (Word("avg"), Number(60))),)
    )


def test_expressions_stand_between_commas() -> None:
    assert [query.metric for query in parse("a{*}, b{*}") if isinstance(query, MetricQuery)] == ["a", "b"]


def test_multiplication_binds_before_addition_and_both_to_the_left() -> None:
    assert expression_text(parse("a{*} - b{*} - 2 * c{*} / d{*}")[0]) == "((a{*} - b{*}) - ((2 * c{*}) / d{*}))"


@pytest.mark.parametrize("text", ["sum:m{*} by {host}.as_count()", "sum:m{*}.as_count() by {host}"])
def test_modifiers_stand_before_or_behind_by(text: str) -> None:
    (query,) = parse(text)
    assert query == MetricQuery("sum", "m", Everything(), ("host",), (Modifier("as_count"),))


@pytest.mark.parametrize("metric", ["a-b", "a/b", "by", "avg", "m.2xx", "A_b"])
def test_a_metric_may_have_any_name_that_datadog_takes(metric: str) -> None:
    assert parse(f"avg:{metric}{{*}}") == (MetricQuery("avg", metric),)


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("", Everything()),
        ("*", Everything()),
        ("env:staging:east", Tag("env", "staging:east")),
        ("pod_name: web-*", Tag("pod_name", "web-*")),
        ("Env:Prod", Tag("env", "prod")),
        ("canary", Tag("", "canary")),
        ("$env", Variable("env")),
        ("host:$host.value", Tag("host", "$host.value")),
        ("!a:1,-b:2", AllOf((Not(Tag("a", "1")), Not(Tag("b", "2"))))),
        ("a:1 or b:2 and not c:3", AnyOf((Tag("a", "1"), AllOf((Tag("b", "2"), Not(Tag("c", "3"))))))),
        ("(a:1 OR b:2) AND c:3", AllOf((AnyOf((Tag("a", "1"), Tag("b", "2"))), Tag("c", "3")))),
        ("a IN (1, 2) AND b NOT IN (3)", AllOf((Among("a", ("1", "2")), Not(Among("b", ("3",)))))),
        ("not:here", Tag("not", "here")),
        ("a IN (One, 'TWO')", Among("a", ("one", "two"))),
        ('$env AND topic:"data-*"', AllOf((Variable("env"), Tag("topic", "data-*")))),
        ("env:prd,service:", AllOf((Tag("env", "prd"), Tag("service", "")))),
        ("$a AND $b,c:1", AllOf((Variable("a"), Variable("b"), Tag("c", "1")))),
        ("a:1 or a:2,$b", AnyOf((Tag("a", "1"), AllOf((Tag("a", "2"), Variable("b")))))),
        ("url:https://a.example.com/x", Tag("url", "https://a.example.com/x")),
    ],
)
def test_a_scope_is_read(text: str, scope: object) -> None:
    assert parse_scope(text) == scope
    assert parse(f"m{{{text}}}") == (MetricQuery(None, "m", scope),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "scope", ["env:prod AND !region:us-east", "a:1,NOT b:2", "a:1,b IN (1,2)", "a:1,b:2 OR c:3", "a:1 AND -b:2"]
)
def test_symbolic_and_functional_operators_are_not_mixed(scope: str) -> None:
    assert "cannot be mixed" in str(wrong(f"m{{{scope}}}"))


def test_a_comma_inside_in_is_no_operator() -> None:
    assert parse_scope("a IN (1,2) OR b:3") == AnyOf((Among("a", ("1", "2")), Tag("b", "3")))


@given(st.text(alphabet="avg:m{}*(),.'\"byinot ORAND!-$+/5_\n", max_size=40))
@example("avg:m{*}.rollup(")
@example("m{a:b}/")
def test_any_text_parses_or_is_refused_with_a_place_in_it(text: str) -> None:
    with contextlib.suppress(QuerySyntaxError):
        parse(text)
        return
    error = wrong(text)
    assert 0 <= error.position <= len(text)
    assert error.problem
    assert "\n" not in error.problem.replace(text, "")


@pytest.mark.parametrize(
    "text",
    [
        "sum:m{a:1,!b:2} by {host}.as_count().rollup(sum,60)",
        "m{a:1 OR (b:2 AND NOT c IN (1,2))}",
        "top(avg:m{*} by {host}, 5, 'mean', 'desc')",
        "anomalies(avg:m{*}, 'basic', 2, direction='above', interval=60)",
        "(-avg:m{$env} * 2.5).rollup(avg,daily,6am,'Europe/Berlin')",
        "p99.9:m{*}.fill(last,600)",
        "count(v: v < 0.5):m{*} by {host}.as_rate()",
        "max(percentile(avg:m{*} by {env,host}.rollup(avg, 300), 'p95', {env, host}), {env})",
        "rollup(avg:m{*} by {env}.rollup(avg,300), 'stddev', 3600)",
    ],
)
def test_a_tree_written_out_parses_to_itself(text: str) -> None:
    (tree,) = parse(text)
    assert parse(expression_text(tree)) == (tree,)


def test_a_formula_is_an_expression_over_names() -> None:
    assert parse_formula("a / (a + b) * 100") == Arithmetic(
        "*", Arithmetic("/", Variable("a"), Arithmetic("+", Variable("a"), Variable("b"))), Number(100)
    )


def test_a_monitor_query_has_its_parts() -> None:
    query = parse_monitor("avg(last_5m):avg:m{host:a} by {device} * 2 >= -1.5")
    assert (query.aggregator, query.window, query.change) == ("avg", TimeWindow("last_5m", 300), None)
    assert (query.comparator, query.threshold, query.text) == (">=", -1.5, "avg:m{host:a} by {device} * 2")
    assert group_keys(query.expression) == ("device",)
    assert scope_tags(query.expression) == ("host:a",)


def test_a_change_monitor_says_how_far_back_it_compares() -> None:
    query = parse_monitor("pct_change(avg(last_5m),last_30m):avg:m{*} > 50")
    assert query.change == Change(True, 1800, "last_30m")
    assert parse_monitor("change(sum(last_1h),1d_ago):avg:m{*} < threshold").change == Change(False, 86400, "1d_ago")


@pytest.mark.parametrize(
    ("window", "seconds", "cumulative"),
    [
        ("last_1m", 60, False),
        ("last_4h", 14400, False),
        ("last_2d", 172800, False),
        ("last_1w", 604800, False),
        ("last_1mo", 730 * 3600, False),
        ("current_1d", 86400, True),
    ],
)
def test_a_window_has_its_length(window: str, seconds: int, cumulative: bool) -> None:
    assert parse_monitor(f"sum({window}):m{{*}} > 1").window == TimeWindow(window, seconds, cumulative)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("avg(last_5x):m{*} > 1", "'last_5x' is no window"),
        ("avg(last_90d):m{*} > 1", "longer than a month"),
        ("mean(last_5m):m{*} > 1", "unknown time aggregator 'mean'"),
        ("changed(avg(last_5m),last_5m):m{*} > 1", "did you mean 'change'?"),
        ("avg(last_5m):m{$env} > 1", "'$env' holds a template variable"),
        ("avg(last_5m):abs(autosmooth(m{*})) > 1", "autosmooth() cannot be used in monitors"),
        ("avg(last_4h):anomalies(abs(cumsum(m{*})), 'basic', 2) > 1", "cumsum() cannot be used inside anomalies()"),
        ("max(next_1w):forecast(anomalies(m{*}, 'basic', 2), 'linear', 1) > 1", "cannot be used inside forecast()"),
        ("avg(last_5m):m{*} by {$key} > 1", "'$key' is a template variable"),
        ("avg(last_5m):m{*} = 1", "a comparison is =="),
        ("avg(last_5m):m{*} > high", "expected a number"),
        ("avg(last_5m):m{*}", "expected"),
        ("m{*} > 1", "expected avg(last_5m):"),
        ("THIS IS A BAD QUERY", "'THIS' was not expected here"),
    ],
)
def test_a_wrong_monitor_query_is_explained(text: str, said: str) -> None:
    assert said in str(wrong_monitor(text))


def test_helpers_look_into_an_expression() -> None:
    (tree,) = parse("top(sum:a{x:1}.as_count() by {host} / avg:b{x IN (2,3) AND NOT y:4} by {az}, 5, 'max', 'asc')")
    assert [query.metric for query in metric_queries(tree)] == ["a", "b"]
    assert group_keys(tree) == ("host", "az")
    assert group_keys(parse("sum(max:m{*} by {a,b}, {b}) / sum:m{*}")[0]) == ("b",)
    assert function_names(tree) == ("top", "as_count")
    assert scope_tags(tree) == ("x:1", "x:2", "x:3")


@pytest.mark.parametrize("text", ["a:1,!b:2", "a:1 OR b:2", "a IN (1,2) AND NOT b:3", "NOT (a:1 OR b:2)", "*"])
def test_a_scope_written_out_parses_to_itself(text: str) -> None:
    assert parse_scope(scope_text(parse_scope(text))) == parse_scope(text)


@pytest.mark.parametrize("text", ["@type:view @view.error.count:>0", "source:web -@http.status_code:200"])
def test_a_search_of_events_parses_and_is_not_evaluated(text: str) -> None:
    (tree,) = parse(text)
    assert tree == Search(text)
    with pytest.raises(NotEvaluated, match="searches of events"):
        evaluate(tree, source(), Window(0, 60))


def test_a_forecast_monitor_parses_and_nothing_else_looks_ahead() -> None:
    query = parse_monitor("max(next_1w):forecast(avg:m{*}, 'linear', 1, interval='60m', history='1w') >= 90")
    assert query.window == TimeWindow("next_1w", 604800, ahead=True)
    assert "looks ahead" in str(wrong_monitor("max(next_1w):avg:m{*} >= 90"))


@pytest.mark.skipif(
    not QUERIES.is_file(), reason="there is no file of queries beside the clone, nor does DOGHOUSE_QUERIES name one"
)
def test_every_query_of_a_file_parses_and_evaluates_or_says_what_is_missing() -> None:
    nothing = source()
    for line in QUERIES.read_text().splitlines():
        one = json.loads(line)
        monitor = one["kind"] == "monitor"
        for expression in (parse_monitor(one["query"]).expression,) if monitor else parse(one["query"]):
            with contextlib.suppress(NotEvaluated):
                assert evaluate(expression, nothing, Window(0, 3600)) is not None


def test_parsing_needs_no_numpy_and_importing_is_quick() -> None:
    """Linting thousands of monitors must not wait for what only evaluation needs."""
    script = (
        "import msgspec, sys, time;"  # which reads typing_extensions before 3.13: half of all that the rest takes
        "start = time.process_time(); import doghouse.queries as q; spent = time.process_time() - start;"
        "assert 'lark' not in sys.modules; q.parse_monitor('avg(last_5m):top5_max(ewma(avg:m{*} by {host})) > 1');"
        "assert 'numpy' not in sys.modules; print(spent)"
    )
    spent = min(float(subprocess.check_output([sys.executable, "-c", script])) for _ in range(4))
    assert spent < 0.1, f"{spent:.3f} s"


def test_no_module_of_the_package_hides_a_name_that_it_offers() -> None:
    """A submodule becomes an attribute of its package when it is imported, and would take the place of a function of the same name."""
    import pkgutil

    from doghouse import queries

    assert {module.name for module in pkgutil.iter_modules(queries.__path__)}.isdisjoint(queries.__all__)
