"""Which recipients notification rules add: the worked examples W21 to W28, the language of scopes, what is refused, and what lint asks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse import monitors as mon
from doghouse.monitors import Status, Transition
from doghouse.monitors.notification_rules import RuleError, Rules, load, may_route, read, recipients
from doghouse.monitors.notification_rules.scope import scope
from doghouse.notifications.writing import addressed

TRIGGERED = Transition(0, Status.OK, Status.ALERT, 95.0, notify=True)
RECOVERED = Transition(0, Status.ALERT, Status.OK, 5.0, notify=True)
WARNED = Transition(0, Status.OK, Status.WARN, 85.0, notify=True)
SHOP, STORE = "team:shopist", "service:web-store"
SHOPIST = [
    {"name": "R1", "filter": {"tags": [SHOP, STORE]}, "recipients": ["slack-channel1", "jira-project"]},
    {"name": "R2", "filter": {"tags": [SHOP]}, "recipients": ["jira-project"]},
    {"name": "R3", "filter": {"tags": [STORE]}, "recipients": ["jira-project"]},
    {"name": "R4", "filter": {"tags": [STORE, "env:prod"]}, "recipients": ["user@datadoghq.com"]},
    {"name": "R5", "filter": {"tags": [STORE, "env:dev"]}, "recipients": ["jira-project"]},
]


def monitor(message: str = "high", query: str = "avg(last_5m):avg:m{*} > 90", **body: Any) -> mon.Definition:
    return mon.parse({"type": "metric alert", "query": query, "name": "High", "message": message, **body})


def added(
    rules: Rules, tags: Iterable[str] = (), transition: Transition = TRIGGERED, priority: int | None = None
) -> list[str]:
    return sorted(recipients(rules, tags, transition, priority))


def scoped(text: str) -> Rules:
    return read({"name": "r", "filter": {"scope": text}, "recipients": ["x"]})


def matches(text: str, *tags: str) -> bool:
    return added(scoped(text), tags) == ["x"]


@pytest.mark.parametrize(
    ("tags", "group", "handles", "notified"),
    [
        pytest.param(
            [SHOP, STORE], (), "@user@datadoghq.com", "slack-channel1 jira-project user@datadoghq.com", id="W21"
        ),
        pytest.param([SHOP], (), "", "jira-project", id="W22"),
        pytest.param([STORE, "env:prod"], (), "", "jira-project user@datadoghq.com", id="W23"),
        pytest.param([STORE, "env:dev"], (), "", "jira-project", id="W24"),
        pytest.param(
            [SHOP, STORE],
            (("env", "prod"),),
            "@slack-service1 @jira-project @user@datadoghq.com",
            "slack-channel1 slack-service1 jira-project user@datadoghq.com",
            id="W25",
        ),
    ],
)
def test_rules_add_to_whom_the_message_mentions(tags: list[str], group: mon.Group, handles: str, notified: str) -> None:
    message = addressed(monitor(f"high {handles}", tags=tags), group, TRIGGERED, {}, rules=read(SHOPIST))
    assert sorted(message.recipients) == sorted(notified.split())


def test_w26_not_is_judged_for_each_group() -> None:
    rules = scoped("service:web-store AND NOT env:dev")
    assert added(rules, [STORE, "env:dev"]) == []
    assert added(rules, [STORE, "env:prod"]) == ["x"]


def test_w27_conditions_tell_others_by_the_state_and_the_fallback_where_none_holds() -> None:
    conditions = [
        {"scope": "transition_type:is_alert", "recipients": ["pager"]},
        {"scope": "transition_type:is_recovery", "recipients": ["slack-ok"]},
    ]
    rules = read(
        {
            "name": "r",
            "filter": {"tags": ["team:a"]},
            "conditional_recipients": {"conditions": conditions, "fallback_recipients": ["mail"]},
        }
    )
    by_state = [added(rules, ["team:a"], transition) for transition in (TRIGGERED, RECOVERED, WARNED)]
    assert by_state == [["pager"], ["slack-ok"], ["mail"]]
    assert added(rules, ["team:b"]) == []


def test_w28_both_values_of_a_key_count() -> None:
    assert matches("env:prod", "env:dev", "env:prod")
    assert not matches("NOT env:dev", "env:dev", "env:prod")


@pytest.mark.parametrize(
    ("text", "tags", "expected"),
    [
        ("service:a team:b", ["service:a", "team:b"], True),
        ("service:a team:b", ["service:a"], False),
        ("env:(prod OR staging)", ["env:staging"], True),
        ("env:prod OR env:dev AND team:a", ["env:prod"], True),
        ("(env:prod OR env:dev) AND team:a", ["env:prod"], False),
        ("NOT env:prod AND team:a", ["team:a"], True),
        ("env:*", ["env:x"], True),
        ("env:*", ["environment:x"], False),
        ("-env:*", ["team:a"], True),
        ('team:"web store"', ["team:web store"], True),
        ("Team:A", ["team:a"], True),
        ("url:http://a/b", ["url:http://a/b"], True),
        ("priority:p1", [], False),
        ("*", [], True),
    ],
)
def test_scopes(text: str, tags: list[str], expected: bool) -> None:
    assert matches(text, *tags) is expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("web-store", "has a word without a key"),
        ('"web store"', "has a word without a key"),
        ("env:prod-*", "more than key:value and key:*"),
        ("env:pro?", "more than key:value and key:*"),
        ("latency:>5", "more than key:value and key:*"),
        ("@env:prod", "no tag's key"),
        ("*:prod", "no tag's key"),
        ("env:(prod OR", "column"),
        ("env:prod AND", "column"),
    ],
)
def test_a_scope_that_rules_do_not_know_is_refused(text: str, words: str) -> None:
    with pytest.raises(RuleError, match="scope") as raised:
        scope(text)
    assert words in str(raised.value)


def test_a_condition_may_be_a_tag_or_the_priority() -> None:
    conditions = [{"scope": "env:prod", "recipients": ["a"]}, {"scope": "priority:p1", "recipients": ["b"]}]
    rules = read({"name": "r", "conditional_recipients": {"conditions": conditions}})
    assert added(rules, ["env:prod"]) == ["a"]
    assert added(rules, ["env:prod"], priority=1) == ["a", "b"]
    assert added(rules, ["env:dev"], priority=2) == []


def test_every_condition_that_matches_tells_its_recipients_each_once() -> None:
    conditions = [
        {"scope": "env:prod", "recipients": ["a", "b"]},
        {"scope": "transition_type:is_alert", "recipients": ["b", "c"]},
    ]
    rules = read({"name": "r", "conditional_recipients": {"conditions": conditions, "fallback_recipients": ["f"]}})
    assert recipients(rules, ["env:prod"], TRIGGERED, None) == ("a", "b", "c")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": "r"}, "expected one of recipients and conditional_recipients"),
        (
            {"name": "r", "recipients": ["a"], "conditional_recipients": {"conditions": [{"scope": "a:b", "recipients": ["a"]}]}},
            "expected one of recipients and conditional_recipients",
        ),
        ({"recipients": ["a"]}, "missing required field `name`"),
        ({"name": "", "recipients": ["a"]}, "length >= 1"),
        ({"name": "r", "recipients": ["a"], "colour": 1}, "unknown field `colour`"),
        ({"name": "r", "recipients": ["@a"]}, "Recipient handle should not start with '@'"),
        ({"name": "r", "recipients": ["a", "a"]}, "stands twice"),
        ({"name": "r", "recipients": [str(number) for number in range(21)]}, "length <= 20"),
        ({"name": "r", "recipients": ["a"], "filter": {}}, "expected one of tags and scope"),
        ({"name": "r", "recipients": ["a"], "filter": {"tags": ["a:b"], "scope": "a:b"}}, "expected one of tags and scope"),
        ({"name": "r", "recipients": ["a"], "filter": {"tags": ["prod"]}}, "no key or no value"),
        ({"name": "r", "recipients": ["a"], "filter": {"tags": ["a:b", "a:b"]}}, "stands twice"),
        ({"name": "r", "conditional_recipients": {"conditions": []}}, "length >= 1"),
        (
            {"name": "r", "conditional_recipients": {"conditions": [{"scope": "a:b c:d", "recipients": ["a"]}]}},
            "is not one tag",
        ),
        (
            {"name": "r", "conditional_recipients": {"conditions": [{"scope": "transition_type:alert", "recipients": ["a"]}]}},
            "'alert' in 'transition_type:alert' is no type of transition: expected one of is_alert",
        ),
        ("rule", "is no object"),
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused_with_the_rule_s_name(sent: Any, words: str) -> None:
    with pytest.raises(RuleError, match="rule 2") as raised:
        read([{"name": "fine", "recipients": ["a"]}, sent])
    assert words in str(raised.value)


def test_a_rule_has_fifty_recipients_at_most() -> None:
    def conditions(count: int) -> dict[str, Any]:
        handles = [[f"h{number}-{each}" for each in range(17)] for number in range(count)]
        return {"conditions": [{"scope": "a:b", "recipients": each} for each in handles]}

    assert len(read({"name": "r", "conditional_recipients": conditions(2)})) == 1
    with pytest.raises(RuleError, match="50 recipients at most"):
        read({"name": "r", "conditional_recipients": conditions(3)})


@pytest.mark.parametrize(
    "document",
    [
        "name: r\nfilter: {tags: [team:a]}\nrecipients: [x]\n",
        '[{"name": "r", "filter": {"tags": ["team:a"]}, "recipients": ["x"]}]',
        '{"data": {"type": "monitor-notification-rule", "attributes": {"name": "r", "filter": {"scope": "team:a"}, "recipients": ["x"]}}}',
        '{"data": [{"id": "1", "attributes": {"name": "r", "filter": {"scope": "team:a"}, "recipients": ["x"],'
        ' "created_at": "2026-01-01T00:00:00+00:00", "modified_at": "2026-01-01T00:00:00+00:00"}}]}',
    ],
    ids=["attributes in YAML", "a list", "a body", "an answer"],
)
def test_a_file_has_rules_as_the_api_has_them(document: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(document)
    assert added(load(path), ["team:a"]) == ["x"]
    assert added(load(path), ["team:b"]) == []


@pytest.mark.parametrize("word", ["1_0", "010", "0x30", "1:30", "2026-03-02", "off", "1.2.3"])
def test_words_of_a_yaml_file_are_read_as_they_were_typed(word: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(f"name: {word}\nfilter: {{tags: [team:a]}}\nrecipients: [{word}]\n")
    assert added(load(path), ["team:a"]) == [word]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a: [", "is not YAML"),
        (b"\xff\xfe", "is no text"),
        (b"- name: r\n", "rule 1 ('r')"),
        (b"12", "rule 1 is no object"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_name(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_bytes(content)
    with pytest.raises(RuleError, match=r"rules\.yaml") as raised:
        load(path)
    assert words in str(raised.value)


def test_whom_only_a_rule_adds_gets_the_body_too() -> None:
    """Whoever hears of a recovery from Alert hears of the step down to Warn without a body, unless a rule tells them."""
    subject = monitor("{{#is_alert_recovery}}fine @a@example.com{{/is_alert_recovery}}")
    step_down = Transition(0, Status.ALERT, Status.WARN, 85.0, notify=True)
    rules = read({"name": "r", "recipients": ["a@example.com"]})
    assert addressed(subject, (), step_down, {}).bodiless == {"a@example.com"}
    assert addressed(subject, (), step_down, {}, rules=rules).bodiless == frozenset()


GROUPED = "avg(last_5m):avg:m{*} by {env,host} > 90"
values = st.sampled_from(["prod", "dev", "x"])
terms = st.builds(
    lambda negated, key, value: f"{'NOT ' if negated else ''}{key}:{value}",
    st.booleans(),
    st.sampled_from(["env", "host", "team"]),
    st.sampled_from(["prod", "dev", "a", "*"]),
)
scopes = st.recursive(
    terms,
    lambda inner: st.builds(
        lambda left, word, right: f"({left} {word} {right})", inner, st.sampled_from(["AND", "OR"]), inner
    ),
    max_leaves=5,
)


@given(scopes, st.sampled_from(["a", "b"]), st.lists(st.tuples(values, values), min_size=1))
def test_what_may_be_routed_holds_for_every_group_that_is_routed(
    text: str, team: str, groups: list[tuple[str, str]]
) -> None:
    rules, subject = scoped(text), monitor(query=GROUPED, tags=[f"team:{team}"])
    routed = [added(rules, [f"team:{team}", f"env:{env}", f"host:{host}"]) for env, host in groups]
    if any(routed):
        assert may_route(rules, subject, TRIGGERED)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("team:a", True),
        ("team:b", False),
        ("team:a AND env:prod", True),
        ("team:a AND datacenter:eu", False),
        ("NOT env:prod", True),
        ("env:prod AND NOT env:prod", False),
        ("env:* AND NOT team:a", False),
    ],
)
def test_a_group_s_values_are_not_known_before_but_its_keys_are(text: str, expected: bool) -> None:
    assert may_route(scoped(text), monitor(query=GROUPED, tags=["team:a"]), TRIGGERED) is expected


def test_a_message_that_changes_the_priority_may_be_routed_by_any_of_the_five() -> None:
    subject = monitor(query=GROUPED, priority=3)
    for priority in range(7):
        rules = scoped(f"priority:p{priority}")
        assert may_route(rules, subject, TRIGGERED) is (priority == 3)
        assert may_route(rules, subject, TRIGGERED, any_priority=True) is (1 <= priority <= 5)
    assert may_route(scoped("NOT priority:*"), monitor(query=GROUPED), TRIGGERED)


def test_a_rule_over_too_many_values_is_taken_to_match() -> None:
    """Ten thousand combinations are looked at, and no more."""

    def never(count: int) -> Rules:
        values = " OR ".join(str(number) for number in range(count))
        return scoped(f"host:({values}) AND env:({values}) AND team:nobody")

    assert not may_route(never(99), monitor(query=GROUPED), TRIGGERED)
    assert may_route(never(100), monitor(query=GROUPED), TRIGGERED)
