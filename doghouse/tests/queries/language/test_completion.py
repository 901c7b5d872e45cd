"""What the metrics explorer suggests while a query is typed. `|` marks the cursor."""

import subprocess
import sys

import pytest

from doghouse.queries import QuerySyntaxError, parse
from doghouse.queries.functions import catalogue
from doghouse.queries.language.completion import complete, complete_formula

METRICS = ["my_metric", "system.cpu.idle", "system.cpu.user", "postgresql.commits"]
TAGS = {"env": ["dev", "prod"], "host": ["web-1", "web-2"]}


def suggested(marked: str) -> list[str]:
    """The suggestions at the cursor."""
    return [one.text for one in complete_at(marked).suggestions]


def complete_at(marked: str):  # type: ignore[no-untyped-def]
    cursor = marked.index("|")
    known = {"my_metric": TAGS}
    return complete(marked.replace("|", ""), cursor, METRICS, lambda metric: known.get(metric, {}))


def accepted(marked: str) -> str:
    """The text once the first suggestion is taken."""
    got = complete_at(marked)
    text = marked.replace("|", "")
    return text[: got.start] + got.suggestions[0].text + text[got.end :]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("avg:sys|", "avg:system.cpu.idle{*}"),
        ("avg:commits|", "avg:postgresql.commits{*}"),
        ("my|", "avg:my_metric{*}"),
        ("avg:my|{env:dev}", "avg:my_metric{env:dev}"),
        ("avg:my_metric{ho|}", "avg:my_metric{host:}"),
        ("avg:my_metric{env:p|}", "avg:my_metric{env:prod}"),
        ("avg:my_metric{env:prod,!host:|}", "avg:my_metric{env:prod,!host:web-1}"),
        ("avg:my_metric{host IN (web-2, we|)}", "avg:my_metric{host IN (web-2, web-1)}"),
        ("avg:my_metric{*} by {h|}", "avg:my_metric{*} by {host}"),
        ("avg:my_metric{*}.as_count() by {|}", "avg:my_metric{*}.as_count() by {env}"),
        ("avg:my_metric{*}.ro|", "avg:my_metric{*}.rollup(avg, 60)"),
        ("avg:my_metric{*}.rollup(m|, 60)", "avg:my_metric{*}.rollup(min, 60)"),
        ("avg:my_metric{*}.fill(z|)", "avg:my_metric{*}.fill(zero)"),
        ("top(avg:my_metric{*} by {host}, 5, 'l|, 'desc')", "top(avg:my_metric{*} by {host}, 5, 'last', 'desc')"),
        ("avg:my_metric{*}.rollup(avg, w|)", "avg:my_metric{*}.rollup(avg, weekly)"),
        ("avg:my_metric{*}.as_count().rollup(sum, 60) by {|}", "avg:my_metric{*}.as_count().rollup(sum, 60) by {env}"),
        ("avg:my_metric{ env:dev, |}", "avg:my_metric{ env:dev, env:}"),
        ("avg:my_metric{|}", "avg:my_metric{*}"),
        ("avg:my_metric{host NOT IN (|)}", "avg:my_metric{host NOT IN (web-1)}"),
        ("avg:b{*} + avg:my_metric{*} by {e|}", "avg:b{*} + avg:my_metric{*} by {env}"),
        ("abs(avg:my_metric{*}) + avg:my|", "abs(avg:my_metric{*}) + avg:my_metric{*}"),
        ("top(avg:my_metric{*} by {host,env}, 5, '|", "top(avg:my_metric{*} by {host,env}, 5, 'max'"),
        ("anomalies(avg:my_metric{*}, '|", "anomalies(avg:my_metric{*}, 'basic'"),
        ("count_non|", "count_nonzero("),
        ("rollup(avg:my_metric{*}, 'st|", "rollup(avg:my_metric{*}, 'stddev'"),
        ("max(avg:my_metric{*} by {env,host}, {h|})", "max(avg:my_metric{*} by {env,host}, {host})"),
    ],
)
def test_what_is_typed_is_completed(typed: str, first: str) -> None:
    assert accepted(typed) == first


@pytest.mark.parametrize("marked", ["avg:my_metric{*}|", "avg:my_metric{*} |", "abs(avg:my_metric{*}|)"])
def test_behind_a_whole_query_its_groups_and_modifiers_are_offered_and_no_second_query(marked: str) -> None:
    first, *others = suggested(marked)
    assert first.strip() == "by {"
    assert {one[0] for one in others} == {"."}


@pytest.mark.parametrize("marked", ["avg:my_metric{*} by {host}|", "abs(avg:my_metric{*})|", "(avg:my_metric{*})|"])
def test_what_is_grouped_or_is_no_metric_is_offered_modifiers_alone(marked: str) -> None:
    assert {one[0] for one in suggested(marked)} == {"."}


def test_a_group_key_is_offered_once() -> None:
    assert suggested("avg:my_metric{*} by {host,|}") == ["env"]


def test_nothing_typed_offers_aggregators_functions_and_metrics() -> None:
    offered = suggested("|")
    assert offered[0] == "avg:"
    assert "abs(" in offered


@pytest.mark.parametrize(
    "marked",
    [
        "avg:my_metric{*}.rollup(avg, 60, da|",
        "avg:my_metric{*}.fill(zero, z|",
        "top(avg:my_metric{*}, 5, 'max', 'desc', 'd|",
    ],
)
def test_an_argument_that_takes_no_word_is_offered_none_of_its_own(marked: str) -> None:
    assert not [one for one in complete_at(marked).suggestions if one.kind == "word"]


def test_what_begins_with_the_typed_text_stands_before_what_holds_it() -> None:
    got = complete("avg:b", 5, ["cba", "abc", "b.a"], lambda _: {})
    assert [one.text for one in got.suggestions] == ["b.a{*}", "abc{*}", "cba{*}"]


def test_functions_with_a_number_in_their_name_stand_behind_those_that_take_it() -> None:
    offered = suggested("top|")
    assert offered[0] == "top("
    assert "top5_max(" in offered
    assert complete_at("outl|").suggestions[0].detail.endswith("(not evaluated)")
    assert not complete_at("abs|").suggestions[0].detail.endswith("(not evaluated)")


def test_at_most_fifty_are_offered_and_a_text_of_5000_characters_is_completed() -> None:
    got = complete("avg:m", 5, [f"m{number:03}" for number in range(60)], lambda _: {})
    assert [one.text for one in got.suggestions] == [f"m{number:03}{{*}}" for number in range(50)]
    longest = "+" * 4998 + "my"
    assert complete(longest, 5000, METRICS, lambda _: TAGS).suggestions
    assert not complete("+" + longest, 5001, METRICS, lambda _: TAGS).suggestions


def test_a_tag_key_says_how_many_values_it_has() -> None:
    assert [(one.text, one.detail) for one in complete_at("avg:my_metric{|}").suggestions] == [
        ("*", "every series"),
        ("env:", "2 values"),
        ("host:", "2 values"),
    ]


def test_an_unknown_metric_has_no_tags() -> None:
    assert suggested("avg:unheard.of{e|}") == []


@pytest.mark.parametrize("typed", ["avg:sys|", "my|", "avg:my_metric{env:p|}", "avg:my_metric{*}.ro|"])
def test_a_suggestion_that_ends_a_query_leaves_one_that_parses(typed: str) -> None:
    try:
        parse(accepted(typed))
    except QuerySyntaxError as error:
        pytest.fail(str(error))


@pytest.mark.parametrize("text", ["", "(", "}", "avg:", "{", "by {", "f(,,", ")))", "avg:m{a IN (", "'"])
def test_any_text_can_be_completed_at_any_place(text: str) -> None:
    for cursor in range(len(text) + 1):
        got = complete(text, cursor, METRICS, lambda _: TAGS)
        assert 0 <= got.start <= got.end == cursor


def test_a_text_that_nobody_types_is_left_alone() -> None:
    text = "a." * 50_000
    assert complete(text, len(text), METRICS, lambda _: TAGS).suggestions == ()


def test_functions_are_listed_by_family_whichever_module_was_imported_first() -> None:
    listed = [catalogue_after(module) for module in ("rank", "arithmetic", "timeshift")]
    assert listed[0] == listed[1] == listed[2]
    families = [catalogue()[name].family for name in listed[0]]
    assert families == sorted(families)


def catalogue_after(module: str) -> list[str]:
    """The names of all functions, in a Python that imports this family first."""
    program = f"import doghouse.queries.functions.{module}; from doghouse.queries.functions import catalogue; print(*catalogue())"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("b|", "be"),
        ("a / b|", "a / be"),
        ("cutoff_ma|", "cutoff_max("),
        ("top(be, 5, 'l|", "top(be, 5, 'last'"),
        ("100 * |", "100 * a"),
    ],
)
def test_a_formula_is_completed_by_the_names_of_its_queries_and_by_functions(typed: str, suggested: str) -> None:
    before = typed.removesuffix("|")
    made = complete_formula(before, len(before), ["a", "be"])
    assert before[: made.start] + made.suggestions[0].text == suggested
