"""Composite monitors: the documentation's table of statuses, groups in common, and what the query may say (monitors/types/composite)."""

from __future__ import annotations

import pytest

from doghouse.monitors import GroupState, Status
from doghouse.monitors.composites import combine, evaluate, members, parse, variables
from doghouse.monitors.model import Options
from doghouse.monitors.states.machine import FRESH, follow
from doghouse.monitors.states.rules import followed_rules
from doghouse.queries import QuerySyntaxError

OK, WARN, ALERT, NO_DATA = Status.OK, Status.WARN, Status.ALERT, Status.NO_DATA


@pytest.mark.parametrize(
    ("a", "b", "query", "expected"),
    [
        (ALERT, WARN, "1 && 2", WARN),
        (ALERT, WARN, "1 || 2", ALERT),
        (ALERT, OK, "1 && 2", OK),
        (ALERT, OK, "1 || 2", ALERT),
        (WARN, OK, "1 && 2", OK),
        (WARN, OK, "1 || 2", WARN),
        (NO_DATA, WARN, "1 && 2", NO_DATA),
        (NO_DATA, WARN, "1 || 2", WARN),
        (NO_DATA, OK, "1 && 2", OK),
        (NO_DATA, OK, "1 || 2", NO_DATA),
        (NO_DATA, NO_DATA, "1 && 2", NO_DATA),
        (NO_DATA, NO_DATA, "1 || 2", NO_DATA),
        (OK, OK, "!1", ALERT),
        (WARN, OK, "!1", OK),
        (ALERT, OK, "!1", OK),
        (NO_DATA, OK, "!1", NO_DATA),
    ],
)
def test_the_documented_table(a: Status, b: Status, query: str, expected: Status) -> None:
    assert combine(parse(query), {1: a, 2: b}) is expected


def test_not_binds_tightest_then_and() -> None:
    states = {1: ALERT, 2: OK, 3: OK}

    assert combine(parse("1 || 2 && !3"), states) is ALERT
    assert combine(parse("(1 || 2) && 3"), states) is OK
    assert combine(parse("!(1 && 2)"), states) is ALERT
    assert list(members(parse("1 && !(22 || 1)"))) == [1, 22, 1]


@pytest.mark.parametrize("query", ["", "1 &&", "&& 1", "1 2", "(1", "1)", "a && b", "1 & 2", "!" * 300 + "1"])
def test_what_is_no_expression_says_where(query: str) -> None:
    with pytest.raises(QuerySyntaxError):
        parse(query)


@pytest.mark.parametrize(
    ("query", "column", "expected"),
    [
        ("1 && ", 6, "a monitor's id"),
        ("1 &&   x", 8, "a monitor's id"),
        ("(1 || 2", 8, "a closing parenthesis"),
        ("1 && " + "9" * 5000, 6, "a monitor's id"),
        ("1  2", 4, "&&, || or the end"),
    ],
)
def test_a_mistake_is_placed_at_its_column_behind_the_blanks(query: str, column: int, expected: str) -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        parse(query)
    assert (raised.value.position + 1, raised.value.expected) == (column, (expected,))


def by_host(**statuses: Status) -> dict[tuple[tuple[str, str], ...], Status]:
    return {(("host", host),): status for host, status in statuses.items()}


def test_only_groups_that_all_have_are_considered() -> None:
    states = {1: by_host(web4=ALERT, web5=OK, web1=ALERT), 2: by_host(web4=ALERT, web5=ALERT, web9=ALERT)}

    assert evaluate(parse("1 && 2"), states) == by_host(web4=ALERT, web5=OK)


def test_a_simple_alert_is_common_to_all_groups() -> None:
    states = {1: by_host(a=ALERT, b=OK), 2: {(): WARN}}

    assert evaluate(parse("1 && 2"), states) == by_host(a=WARN, b=OK)


def test_groups_are_common_by_their_values_whatever_the_keys() -> None:
    states = {1: by_host(web4=ALERT), 2: {(("service", "web4"),): ALERT}}

    assert evaluate(parse("1 && 2"), states) == by_host(web4=ALERT)


def test_a_finer_grouping_is_joined_with_a_coarser_one() -> None:
    fine = {(("device", "sda"), ("host", "a")): ALERT, (("device", "sdb"), ("host", "b")): ALERT}

    assert evaluate(parse("1 && 2"), {1: fine, 2: by_host(a=ALERT, b=OK)}) == {
        (("device", "sda"), ("host", "a")): ALERT,
        (("device", "sdb"), ("host", "b")): OK,
    }


def test_members_that_were_never_evaluated_give_nothing() -> None:
    assert evaluate(parse("1 && 2"), {1: {(): ALERT}, 2: {}}) == {}
    assert evaluate(parse("1 && 2"), {1: {(): ALERT}, 2: {(): Status.NEW}}) == {}


def test_without_notify_no_data_the_last_known_state_is_kept() -> None:
    quiet = followed_rules(Options(), multi=False)
    loud = followed_rules(Options(notify_no_data=True), multi=False)
    before, _ = follow(quiet, FRESH, ALERT, 1.0, 60)

    assert follow(quiet, before, NO_DATA, 1.0, 120)[0].status is ALERT
    assert follow(loud, before, NO_DATA, 1.0, 120)[0].status is NO_DATA


def test_members_have_letters_in_messages() -> None:
    states = {7: {(("host", "a"),): GroupState(ALERT, 91.8)}, 9: {(): GroupState(OK, 3.0)}}

    assert dict(variables((("host", "a"),), [7, 9], states, lambda _member, _group: {})) == {
        "a.value": "91.8", "a.status": "Alert", "b.value": "3.0", "b.status": "OK",
    }  # fmt: skip


@pytest.mark.parametrize("operator", ["&&", "||"])
def test_a_chain_of_thousands_of_operators_is_refused_in_one_sentence(operator: str) -> None:
    assert parse(f"1 {operator} " * 200 + "1")
    with pytest.raises(QuerySyntaxError, match="a composite has at most 200 operators"):
        parse(f"1 {operator} " * 20_000 + "1")


@pytest.mark.parametrize("deep", ["!" * 20_000 + "1 && 2", "(" * 20_000])
def test_a_composite_that_is_too_deep_is_refused_in_words(deep: str) -> None:
    with pytest.raises(QuerySyntaxError, match="the composite is more than 100 levels deep"):
        parse(deep)
