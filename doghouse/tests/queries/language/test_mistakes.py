"""Queries that are wrong: what is said, at which place, and how long and deep one may be."""

import time

import pytest

from doghouse.queries import (
    QuerySyntaxError,
    expression_text,
    parse,
    parse_scope,
)
from doghouse.queries.language.tree import (
    AllOf,
    AnyOf,
    MetricQuery,
)

from .test_parsing import wrong


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
