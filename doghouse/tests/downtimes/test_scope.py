"""Scopes of downtimes: what they take, and what they refuse (D08 to D10; monitors/downtimes, scope syntax and its limitations)."""

from __future__ import annotations

import pytest

from doghouse.downtimes import DowntimeError, parse_scope


def matches(scope: str, *tags: str) -> bool:
    return parse_scope(scope).matches(tags)


@pytest.mark.parametrize(
    ("tags", "muted"),
    [(("service:web", "env:prod"), True), (("service:web", "env:qa"), False), (("service:api", "env:prod"), False)],
)
def test_d08_terms_joined_by_and_all_hold(tags: tuple[str, ...], muted: bool) -> None:
    assert matches("service:web AND env:(dev OR prod)", *tags) is muted


@pytest.mark.parametrize("scope", ["service:a OR host:x", "(service:a OR host:x)", "service:auth?", "en&v:prod"])
def test_d09_what_datadog_does_not_support_is_refused(scope: str) -> None:
    with pytest.raises(DowntimeError) as refused:
        parse_scope(scope)
    assert refused.value.field == "scope"
    assert scope in refused.value.text


@pytest.mark.parametrize(
    "scope", ["prod", "BAD_SCOPE_MISSING_KEY_VALUE_FORMAT", "prod AND service:(a OR b)", "env:x and env:y"]
)
def test_d09_a_scope_without_a_key_gets_datadogs_words(scope: str) -> None:
    with pytest.raises(DowntimeError) as refused:
        parse_scope(scope)
    assert refused.value.text == "All values must have a key"


def test_d10_a_wildcard_stands_for_any_characters_at_either_end() -> None:
    assert matches("host:*-prod", "host:db-prod")
    assert not matches("host:*-prod", "host:db-prod-2")
    assert matches("host:db-*", "host:db-prod-2")
    assert not matches("host:db-*", "host:other-db-1")


def test_the_star_is_every_group_and_no_group() -> None:
    assert matches("*")
    assert matches("*", "host:a")


def test_a_group_of_several_keys_is_muted_by_one_of_them() -> None:
    assert matches("service:web-store", "service:web-store", "host:a")


@pytest.mark.parametrize(
    ("scope", "tags", "muted"),
    [
        ("service:web AND -env:prod", ("service:web", "env:dev"), True),
        ("service:web AND -env:prod", ("service:web", "env:prod"), False),
        ("-env:(prod OR dev)", ("env:qa",), True),
        ("-env:(prod OR dev)", ("env:dev",), False),
        ("-env(prod OR dev)", ("env:dev",), False),
        ("-env:prod", (), True),
    ],
)
def test_a_minus_excludes(scope: str, tags: tuple[str, ...], muted: bool) -> None:
    assert matches(scope, *tags) is muted


def test_alternatives_of_one_key_need_no_parentheses() -> None:
    assert matches("env:dev OR env:qa", "env:qa")
    assert matches("service:web AND env:dev OR env:qa", "service:web", "env:qa")
    assert not matches("service:web AND env:dev OR env:qa", "service:api", "env:qa")


def test_parentheses_nest_twice_and_no_deeper() -> None:
    assert matches("team:app AND (service:auth OR env:(a OR b))", "team:app", "env:b")
    with pytest.raises(DowntimeError, match="levels"):
        parse_scope("team:app AND (service:auth OR (service:g AND (env:prod OR type:metric)))")


def test_space_joins_like_and() -> None:
    assert matches("env:prod service:web", "env:prod", "service:web")
    assert not matches("env:prod service:web", "env:prod")


@pytest.mark.parametrize(
    "scope",
    ["", "  ", "env:(a OR -b)", "service:(A AND B)", "service:(a b)", "env:(a OR b", "env:a)", "AND env:a", "env:a AND", "()",
     "env:a OR OR env:b", "env:()"],
)  # fmt: skip
def test_a_scope_that_cannot_be_read_says_where(scope: str) -> None:
    with pytest.raises(DowntimeError):
        parse_scope(scope)


def test_upper_case_is_lower_case_as_in_tags() -> None:
    assert matches("Env:Prod", "env:prod")


@pytest.mark.parametrize("scope", ["(env:a", "team:b AND (env:a OR env:c", "((env:a)"])
def test_a_parenthesis_that_is_not_closed_is_said_at_the_end(scope: str) -> None:
    with pytest.raises(DowntimeError) as raised:
        parse_scope(scope)
    assert f"column {len(scope) + 1}: a parenthesis is not closed" in raised.value.sentence


@pytest.mark.parametrize(
    ("scope", "column"), [("env:a AND", 10), ("env:a OR OR env:b", 9), ("(env:a AND)", 11), ("env:a AND AND env:b", 10)]
)
def test_a_term_that_is_missing_is_said_where_it_should_be(scope: str, column: int) -> None:
    with pytest.raises(DowntimeError) as raised:
        parse_scope(scope)
    assert f"column {column}: a term is missing" in raised.value.sentence
