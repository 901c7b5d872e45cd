"""What parses, what does not, and how a mistake is explained."""

import contextlib
import json
import os
import subprocess
import sys
import time
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


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("", 0, "empty"),
        ("avg:m{*", 7, "a '{' is not closed; expected OR or '}'"),
        ("(avg:m{*}", 9, "a '(' is not closed"),
        ("avg:m", 5, "expected '{'"),
        ("my_metric", 0, "a metric needs a scope in braces, as in avg:my_metric{*}"),
        ("avf:m{*}", 0, "unknown space aggregator 'avf'; did you mean 'avg'?"),
        ("tpo(avg:m{*},5,'mean','desc')", 0, "unknown function 'tpo'; did you mean 'top'?"),
        ("top_offset(avg:m{*},5,'mean','desc')", 0, "unknown function 'top_offset'; did you mean 'top'?"),
        ("top5_meen(avg:m{*})", 0, "did you mean 'top5_mean'?"),
        ("diff(ewma_4(avg:m{*}))", 5, "unknown function 'ewma_4'; did you mean 'ewma_"),
        ("avg:m{*}.rolup(avg,60)", 9, "unknown modifier 'rolup'; did you mean 'rollup'?"),
        ("avg:m{*}.rollup(mean,60)", 16, "unknown rollup method 'mean'"),
        ("avg:m{*}.rollup(avg,0)", 20, "whole seconds, 1 or more"),
        ("avg:m{*}.rollup(sum,daily,12am,'Europe/Berln')", 31, "'Europe/Berln' is no time zone"),
        ("avg:m{*}.rollup(sum,weekly,mondy)", 27, "did you mean 'monday'?"),
        ("avg:m{*}.fill(lst)", 14, "did you mean 'last'?"),
        ("avg:m{*} by {}", 13, "expected a tag's key"),
        ("abs()", 0, "abs() takes 1 argument, as in abs(query); 0 given"),
        ("abs(5, 'x')", 0, "abs() takes 1 argument"),
        ("top(avg:m{*}, 'a', 'mean', 'desc')", 14, "top() takes a number here"),
        ("top(avg:m{*}, 5, 'maen', 'desc')", 17, "unknown by 'maen'; did you mean 'mean'?"),
        ("top('a', 5, 'mean', 'desc')", 4, "top() takes a query here"),
        ("anomalies(avg:m{*}, 'basc', 2)", 20, "did you mean 'basic'?"),
        ("anomalies(avg:m{*}, 'basic', 2, seasonal='x')", 32, "did you mean 'seasonality'?"),
        ("anomalies(avg:m{*}, 'basic', 2, alert_window='soon')", 32, "is no length of time"),
        ("calendar_shift(avg:m{*}, '1d', 'UTC')", 25, "it is -1d, -7d, -2w or -1mo"),
        ("avg:m{*} avg:n{*}", 9, "'avg' was not expected here"),
        ("avg:m{*} +", 10, "expected"),
        ("avg:m{*};", 8, "';' was not expected here"),
        ("avg:m{a IN (!b)}", 12, "cannot be negated"),
        ("avg:m{a:(b OR c)}", 7, "several values of a key are written a IN (b, c)"),
        ("avg:m{*}.timeshift(-900)", 9, "'timeshift' is a function and stands around its query"),
        ("sum(avg:m{*} by {a}, 'a')", 21, "takes the keys to group by in braces here, as in {env}"),
        ("rollup(avg:m{*}, 'p995', 60)", 17, "unknown method 'p995'"),
        ("rollup(avg:m{*}, 'p95', 0.5)", 24, "whole seconds, 1 or more"),
        ("count(v: v<):m{*}", 0, "is no threshold to count values by, as in count(v: v<=5):my_metric{*}"),
        ("sum(v: v<5):m{*}", 0, "is no threshold to count values by"),
        ("THIS IS A BAD QUERY", 5, "'IS' was not expected here"),
        ("avg:m{*}\x00", 8, "the character U+0000 was not expected here"),
        ("avg:m{*}\u200b", 8, "the character U+200B was not expected here"),
        ("avg:m{env=prod}", 9, "a tag is written with ':', as in env:prod"),
        ("avg:m{env:a && b:c}", 12, "'&' is written AND"),
        ("avg:m{*} by host", 9, "by takes its keys in braces, as in by {host}"),
        ("avg:m{*} > 5", 9, "a comparison belongs to a monitor's query"),
        ("avg(last_5m):avg:m{*} > 5", 12, "this is a monitor's query"),
        ("avg:1m{*}", 4, "the name of a metric begins with a letter"),
        ("top(avg:m{*}, 5, 'mean, 'desc')", 25, "a quote is not closed"),
        ("avg:m{*} * 1e400", 11, "the number is too large"),
        ("avg:m{*}.rollup(avg,1e20)", 20, "at most 3155760000 seconds"),
        ("avg:m{*}.fill(last,-5)", 19, "a limit in seconds"),
        ("timeshift(avg:m{*},-1e12)", 19, "at most 3155760000 seconds"),
        ("anomalies(avg:m{*},'basic',-1)", 27, "bounds above 0"),
        ("anomalies(avg:m{*},'basic',2,direction='sideways')", 29, "unknown direction 'sideways'"),
        ("anomalies(avg:m{*},'basic',2,alert_window='last_9999999w')", 29, "longer than a month"),
    ],
)
def test_a_mistake_is_explained_at_its_place(text: str, place: int, said: str) -> None:
    error = wrong(text)
    assert (error.position, said in error.problem) == (place, True), str(error)
    sentence, line, caret = str(error).split("\n")
    shown = text.replace("\x00", "\ufffd").replace("\u200b", "\ufffd")
    assert (sentence, line, caret) == (error.problem, shown, " " * place + "^")


def test_of_a_long_query_the_part_around_the_place_is_shown() -> None:
    sentence, line, caret = str(wrong("+".join(["m{*}"] * 120) + "+oops(m{*})" + "+m{*}" * 25)).split("\n")
    assert "unknown function 'oops'" in sentence
    assert line.startswith("…")
    assert line.endswith("…")
    assert line[len(caret) - 1 :].startswith("oops(")


def test_a_mistake_on_a_later_line_shows_that_line() -> None:
    error = wrong("avg:a{*} +\navg:b{*")
    assert str(error).split("\n")[1:] == ["avg:b{*", "       ^"]


def test_what_was_expected_is_listed() -> None:
    assert wrong("avg:m{*").expected == ("OR", "'}'")


def test_a_long_row_of_signs_is_refused_at_once() -> None:
    started = time.process_time()
    with pytest.raises(QuerySyntaxError):
        parse_scope("-" * 20_000 + "(")
    spent = time.process_time() - started
    assert spent < 8, f"{spent:.1f} s"


def test_a_scope_may_be_as_long_as_a_query() -> None:
    for sign, kind in ((" OR ", AnyOf), (" AND ", AllOf), (",", AllOf)):
        text = f"avg:m{{{sign.join(f'a:{number}' for number in range(5000))}}}"
        (query,) = parse(text)
        assert isinstance(query, MetricQuery)
        assert isinstance(query.scope, kind)
        assert len(query.scope.operands) == 5000
        assert parse(expression_text(query)) == (query,)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 300 + "m{*}" + ")" * 300,
        "-" * 400 + "m{*}",
        "+".join(["m{*}"] * 400),
        "m{*}" + "+1" * 60_000,
        "m{" + "NOT " * 400 + "a:1}",
        "m{" + "!" * 400 + "a:1}",
    ],
)
def test_a_monstrous_query_is_refused_and_not_a_traceback(text: str) -> None:
    assert isinstance(wrong(text), QuerySyntaxError)


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
