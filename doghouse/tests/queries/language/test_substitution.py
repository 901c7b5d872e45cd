"""Template variables (dashboards/template_variables): what a dashboard puts in their place before it asks."""

import pytest

from doghouse.queries import parse, substitute, variables
from doghouse.queries.language.substitution import Chosen, chosen

ENV = {"env": Chosen("environment", ("prod",))}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("avg:m{$env}", "avg:m{environment:prod}"),
        ("avg:m{$env,host:a}", "avg:m{environment:prod,host:a}"),
        ("avg:m{!$env}", "avg:m{!environment:prod}"),
        ("avg:m{host:a AND $env}", "avg:m{host:a,environment:prod}"),
        ("avg:m{e:$env.value}", "avg:m{e:prod}"),
        ("avg:m{e:$env}", "avg:m{e:environment:prod}"),
        ("avg:m{e IN ($env,dev)}", "avg:m{e IN (environment:prod,dev)}"),
        ("avg:m{name:web-$env.value-1}", "avg:m{name:web-prod-1}"),
        ("avg:m{e IN ($env.value,dev)}", "avg:m{e IN (prod,dev)}"),
        ("avg:m{*} by {$env}", "avg:m{*} by {environment}"),
        (
            "top(avg:m{$env}, 5, 'max', 'desc') / sum:n{$env}",
            "(top(avg:m{environment:prod}, 5, 'max', 'desc') / sum:n{environment:prod})",
        ),
        ("avg:m{$other}", "avg:m{$other}"),
        ("avg:m{$environment}", "avg:m{$environment}"),
        ("avg:m{e:$environment}", "avg:m{e:$environment}"),
        ("a{$env}, b{$env}", "a{environment:prod},b{environment:prod}"),
    ],
)
def test_a_variable_becomes_its_tag_or_its_value(query: str, expected: str) -> None:
    assert substitute(query, ENV) == expected


@pytest.mark.parametrize("variable", [Chosen("", ("prod",)), Chosen("env", ("prod",), keyed=False)])
def test_a_variable_without_a_prefix_of_its_own_brings_none_along(variable: Chosen) -> None:
    assert substitute("avg:m{e:$env}", {"env": variable}) == "avg:m{e:prod}"


@pytest.mark.parametrize("values", [("*",), ()])
def test_a_star_filters_nothing(values: tuple[str, ...]) -> None:
    any_env = {"env": Chosen("environment", values)}
    assert substitute("avg:m{$env}", any_env) == "avg:m{*}"
    assert substitute("avg:m{$env,host:a}", any_env) == "avg:m{host:a}"
    assert substitute("avg:m{!$env}", any_env) == "avg:m{*}"
    assert substitute("avg:m{e:$env.value}", any_env) == "avg:m{*}"
    assert substitute("avg:m{e IN ($env.value)}", any_env) == "avg:m{*}"


def test_several_values_are_joined_by_or() -> None:
    both = {"env": chosen("env", ["prod", "dev"])}
    assert substitute("avg:m{$env}", both) == "avg:m{env:prod OR env:dev}"
    assert substitute("avg:m{$env AND host:a}", both) == "avg:m{(env:prod OR env:dev) AND host:a}"
    assert substitute("avg:m{$env,host:a}", both) == "avg:m{(env:prod OR env:dev) AND host:a}"


def test_what_comes_out_parses_to_the_tree_that_was_substituted() -> None:
    both = {"env": chosen("env", ["prod", "dev"])}
    for query in ("avg:m{$env,!host:a}", "avg:m{NOT $env}", "avg:m{($env OR x:1) AND y:2}"):
        text = substitute(query, both)
        assert parse(text) == (substitute(parse(query)[0], both),)


def test_a_variable_without_a_prefix_holds_whole_tags_or_group_keys() -> None:
    free = {"scope": chosen(None, "env:prod"), "key": chosen("", ["host", "az"])}
    assert substitute("avg:m{$scope} by {$key,env}", free) == "avg:m{env:prod} by {host,az,env}"


def test_a_variable_may_have_a_dot_in_its_name() -> None:
    assert substitute("avg:m{$sysplex.name}", {"sysplex.name": chosen("sysplex", "p1")}) == "avg:m{sysplex:p1}"


def test_the_variables_of_a_query_are_listed() -> None:
    (tree,) = parse("avg:m{$env,host:$host.value} by {$key} / sum:n{z IN ($az.value) AND NOT $other}")
    assert variables(tree) == ("az.value", "env", "host.value", "key", "other")
