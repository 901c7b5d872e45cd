"""Messages: T01 to T22 and cases of the same kind. Group {host:web-1}, host tag role:db_pg, ip 10.0.0.5, value 91.8, threshold 90.0, last triggered 10:04."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from monitor_points import at

from doghouse import monitors
from doghouse.monitors import Group, Host, Message, Status, Transition
from doghouse.monitors.message import mentions
from doghouse.monitors.message.expressions import EvalError, evaluate, shown
from doghouse.monitors.message.template import TemplateError, parse

WEB: Group = (("host", "web-1"),)
HOSTS = {"web-1": Host("10.0.0.5", ("role:db_pg", "env:b", "env:a"), {"platform": "linux", "agent_version": "7.72.0"})}
OK, NO_DATA, WARN, ALERT = Status.OK, Status.NO_DATA, Status.WARN, Status.ALERT
TRIGGERED, RECOVERED, WARNED = (OK, ALERT), (ALERT, OK), (OK, WARN)
QUERY = "avg(last_5m):avg:m{*} by {host} > 90"


def told(
    template: str,
    change: tuple[Status, Status] = TRIGGERED,
    group: Group = WEB,
    *,
    value: float = 91.8,
    renotified: int = 0,
    hosts: Mapping[str, Host] = HOSTS,
    test: bool = False,
    more: Mapping[str, str] | None = None,
    **body: Any,
) -> Message:
    """The message of a transition at 10:05; the episode began at 10:02 and last changed at 10:04."""
    document = {"type": "metric alert", "query": QUERY, "name": "n", "message": template, **body}
    before, after = change
    transition = Transition(at("10:05"), before, after, value, True, renotified, at("10:02"), at("10:04"))
    return monitors.render(monitors.parse(document), group, transition, hosts, test=test, more=more)


T01 = (
    "{{#is_alert}}CPU {{host.name}} {{value}} {{comparator}} {{threshold}} @ops@example.com{{/is_alert}}"
    "{{#is_recovery}}ok @slack-ops{{/is_recovery}}"
)


def test_t01_a_block_of_a_state_speaks_when_that_state_is_entered() -> None:
    message = told(T01)

    assert message.body == "CPU web-1 91.8 > 90.0 @ops@example.com"
    assert message.recipients == ("ops@example.com",)


def test_t02_another_block_speaks_when_it_recovers() -> None:
    message = told(T01, RECOVERED)

    assert (message.body, message.recipients) == ("ok @slack-ops", ("slack-ops",))


def test_t03_nobody_is_told_by_a_block_that_does_not_speak() -> None:
    message = told("{{#is_alert}}x @a@b.c{{/is_alert}}", RECOVERED)

    assert (message.body, message.recipients) == ("", ())


@pytest.mark.parametrize("name", ["host.role.name", "host.role", "role.name", "role"])
def test_t04_is_match_looks_for_any_of_its_words_in_a_tag_of_the_host(name: str) -> None:
    template = f'{{{{#is_match "{name}" "db" "cache"}}}}DB{{{{else}}}}other{{{{/is_match}}}}'

    assert told(template).body == "DB"
    assert told(template, hosts={}).body == "other"


def test_t05_a_negated_block_and_an_inexact_match_stay_silent() -> None:
    assert told('{{^is_match "host.name" "web"}}n{{/is_match}}').body == ""
    assert told('{{#is_exact_match "host.name" "web"}}y{{/is_exact_match}}').body == ""
    assert told('{{#is_exact_match "host.name" "web" "web-1"}}y{{/is_exact_match}}').body == "y"


@pytest.mark.parametrize("wanted", ["5", "5.0", "5.00"])
def test_t06_numbers_match_by_value(wanted: str) -> None:
    assert told(f'{{{{#is_exact_match "value" "{wanted}"}}}}five{{{{/is_exact_match}}}}', value=5.0).body == "five"


def test_t07_eval_reckons_with_epochs_in_milliseconds() -> None:
    assert told('{{eval "last_triggered_at_epoch-15*60*1000"}}').body == "1772444940000"


def test_t08_local_time_is_the_time_in_a_zone() -> None:
    assert told("{{local_time 'last_triggered_at' 'Europe/Berlin'}}").body == "2026-03-02 11:04:00+01:00"


def test_t09_times_are_epochs_or_read_as_dates() -> None:
    assert (
        told("{{last_triggered_at_epoch}} {{last_triggered_at}}").body == "1772445840000 Mon Mar 02 2026 10:04:00 UTC"
    )
    assert told("{{first_triggered_at_epoch}} {{triggered_duration_sec}}").body == "1772445720000 180"


def test_t10_raw_text_stays_as_it_is() -> None:
    assert told("{{{{raw}}}}{{ a }} {{b}}{{{{/raw}}}}").body == "{{ a }} {{b}}"


def test_a_raw_block_can_have_a_condition() -> None:
    template = '{{{{is_match "host.name" "web"}}}}\n{{ .matched }} the host name\n{{{{/is_match}}}}'

    assert told(template).body == "{{ .matched }} the host name"
    assert told(template, group=(("host", "db"),)).body == ""


def test_t11_two_braces_escape_and_three_do_not() -> None:
    assert told("{{svc.name}} {{{svc.name}}}", group=(("svc", "a&b"),)).body == "a&amp;b a&b"


def test_t12_urlencode_leaves_nothing_that_a_link_could_misread() -> None:
    assert told('{{urlencode "path.name"}}', group=(("path", "a/b:c"),)).body == "a%2Fb%3Ac"


def test_t13_a_handle_can_be_made_of_a_tag() -> None:
    message = told("@slack-{{service.name}} issue", group=(("service", "ad-server"),))

    assert (message.body, message.recipients) == ("@slack-ad-server issue", ("slack-ad-server",))


def test_a_handle_whose_tag_is_missing_is_dropped_and_said() -> None:
    message = told("@slack-{{service.name}} issue")

    assert message.recipients == ()
    assert message.problems == ("@slack- is no whole handle",)


def test_t14_an_address_within_a_word_is_no_mention() -> None:
    message = told("mail low@ops-team@company.com")

    assert (message.body, message.recipients) == ("mail low@ops-team@company.com", ())


def test_t15_comments_are_not_shown() -> None:
    assert told("{{!-- c --}}a{{!-- d }}b").body == "ab"
    assert told("{{!-- with {{host.name}} in it --}}a").body == "a"
    assert told("{{! short }}a").body == "a"


RENOTIFY = """{{^is_renotify}}
This monitor is alerting and sending a first message @dev-team@company.com

To solve this monitor follow the steps:
1. Go there
{{/is_renotify}}

This part is generic and sent both for the first trigger and the escalation message.

{{#is_renotify}}
  This is the escalation message @dev-team@company.com
{{/is_renotify}}

"""


def test_t16_a_repeated_notification_has_its_own_part() -> None:
    message = told(RENOTIFY, (ALERT, ALERT), renotified=1)

    assert re.sub(r"\n{2,}", "\n\n", message.body) == (
        "This part is generic and sent both for the first trigger and the escalation message.\n\n"
        "This is the escalation message @dev-team@company.com"
    )
    assert message.recipients == ("dev-team@company.com",)


def test_the_escalation_message_stands_below_a_repeated_notification() -> None:
    options = {"renotify_interval": 10, "escalation_message": "Still {{value}} @boss@example.com"}

    repeated = told("High @a@b.cc", (ALERT, ALERT), renotified=1, options=options)

    assert repeated.body == "High @a@b.cc\n\nStill 91.8 @boss@example.com"
    assert repeated.recipients == ("a@b.cc", "boss@example.com")
    assert told("High @a@b.cc", options=options).recipients == ("a@b.cc",)


def test_t17_who_hears_of_recoveries_gets_word_of_a_step_down_without_a_body() -> None:
    message = told("{{#is_alert_recovery}}fine @a@b.c{{/is_alert_recovery}}", (ALERT, WARN))

    assert (message.body, message.recipients, message.bodiless) == ("", ("a@b.c",), {"a@b.c"})


def test_t17_but_not_on_other_ways_to_warn() -> None:
    assert told("{{#is_alert_recovery}}fine @a@b.c{{/is_alert_recovery}}", WARNED).recipients == ()


def test_t18_a_key_with_dots_stands_in_brackets() -> None:
    assert told("{{[dot.key.test].name}}", group=(("dot.key.test", "five"),)).body == "five"


def test_t19_a_simple_alert_has_no_tags() -> None:
    assert told("{{host.name}}|{{host.ip}}", group=()).body == "|"


def test_t20_titles_and_subjects() -> None:
    message = told("x", name="High CPU on {{host.name}}", priority=2)

    assert message.title == "[P2] [Triggered on {host:web-1}] High CPU on web-1"
    assert message.subject == "[Monitor Alert] Triggered: High CPU on web-1"


@pytest.mark.parametrize(
    ("change", "renotified", "title"),
    [
        (RECOVERED, 0, "[Recovered on {env:x,host:a}] n"),
        ((OK, NO_DATA), 0, "[No data on {env:x,host:a}] n"),
        ((NO_DATA, NO_DATA), 1, "[Re-No data on {env:x,host:a}] n"),
        ((ALERT, ALERT), 3, "[Re-Triggered on {env:x,host:a}] n"),
        (WARNED, 0, "[Warn on {env:x,host:a}] n"),
    ],
)
def test_titles_name_the_transition_and_the_sorted_tags(
    change: tuple[Status, Status], renotified: int, title: str
) -> None:
    assert told("x", change, (("host", "a"), ("env", "x")), renotified=renotified).title == title


def test_titles_without_tags() -> None:
    assert told("x", options={"include_tags": False}).title == "[Triggered] n"
    assert told("x", group=()).title == "[Triggered] n"
    assert told("x", test=True).title == "[Triggered on {host:web-1}] [TEST] n"
    assert told("x", test=True).subject == "[Monitor Alert] Triggered: [TEST] n"


def test_t21_priorities_can_be_asked_for_and_overridden() -> None:
    block = "{{#is_priority 'P1'}}page{{/is_priority}}"

    assert told(block, priority=2).body == ""
    assert told("{{override_priority 'P1'}}" + block, priority=2).body == "page"
    assert told("{{override_priority 'P1'}}", priority=2).title.startswith("[P1] ")


def test_t22_eval_has_functions() -> None:
    assert told('{{eval "int(value)"}} {{eval "round(value)"}} {{eval "dec(value)"}}').body == "91 92 0.8"


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("value+1-2*3/4", "91.3"),
        ("2^3^2", "512"),
        ("-2^2", "-4"),
        ("7%4", "3"),
        ("(1+2)*3", "9"),
        ("humanize_bytes(1572864)", "1.5 MB"),
        ("humanize_bits(1024)", "1 Kb"),
        ("abs(0-3)", "3"),
        ("trunc(12.9)", "12"),
        ("float(3)", "3.0"),
        ("round(2.5)", "3"),
        ("ceil(1.2) + floor(1.8)", "3"),
        ("sgn(0-5)", "-1"),
        ("to_bool(1)", "true"),
        ("log10(1000)", "3.0"),
        ("atan2(0, 1)", "0.0"),
        ("exp(0)", "1.0"),
        ("threshold", "90.0"),
        ("round(12.376, 2)", "12.38"),
        ("round(value, 0) + 0", "92"),
        ("upper(host.name)", "WEB-1"),
        ("lower('ABC')", "abc"),
        ("substring(host.name, 4)", "1"),
        ("substring(host.name, 0, 3)", "web"),
        ("strip('  host:E  ')", "host:E"),
        ("strip('abchost:Eabc', 'abc')", "host:E"),
        ("upper(nothing.name)", ""),
    ],
)
def test_eval_reckons(expression: str, text: str) -> None:
    assert told(f'{{{{eval "{expression}"}}}}').body == text


@pytest.mark.parametrize(
    "expression",
    [
        "1+",
        "(1",
        "1/0",
        "nothing(1)",
        "value value",
        "sin(1,2)",
        "round(1,2,3)",
        "upper()",
        "upper(1)",
        "'a'+1",
        "substring(host.name)",
        "10^400.0",
        "",
        "!",
    ],
)
def test_eval_that_cannot_be_reckoned_is_empty_and_said(expression: str) -> None:
    message = told(f'a{{{{eval "{expression}"}}}}b')

    assert message.body == "ab"
    assert len(message.problems) == 1


@pytest.mark.parametrize("expression", ["-" * 20_000 + "1", "2^" * 20_000 + "1", "(" * 20_000 + "1" + ")" * 20_000])
def test_eval_that_is_too_deep_is_refused(expression: str) -> None:
    with pytest.raises(EvalError, match="more than 50 levels deep"):
        evaluate(expression, lambda _: None, lambda _: "")


def test_eval_of_a_variable_without_a_value_is_empty() -> None:
    assert told('{{eval "warn_threshold*2"}}|').body == "|"


def test_a_quote_that_the_documentation_forgets_to_close_is_forgiven() -> None:
    assert told('?from={{eval "last_triggered_at_epoch-10*60*1000}}&x').body == "?from=1772445240000&x"


@pytest.mark.parametrize(
    ("value", "text"),
    [(91.8, "91.8"), (100.0, "100.0"), (86.66667, "86.667"), (0.00012345, "0.000123"), (0.0, "0.0"), (-3.5, "-3.5"),
     (5e8, "500000000.0"), (1e17, "100000000000000000.0"), (float("nan"), "")],
)  # fmt: skip
def test_values_have_at_most_three_decimals(value: float, text: str) -> None:
    assert told("{{value}}", value=value).body == text


def test_thresholds_print_as_they_are() -> None:
    options = {"thresholds": {"critical": 90, "warning": 80.25, "critical_recovery": 70, "warning_recovery": 60}}
    template = (
        "{{threshold}} {{warn_threshold}} {{alert_recovery_threshold}} {{warn_recovery_threshold}} {{ok_threshold}}|"
    )

    assert told(template, options=options).body == "90.0 80.25 70.0 60.0 |"


def test_what_is_unknown_renders_as_nothing() -> None:
    assert told("a{{nothing}}b{{service.name}}c{{short_status}}d").body == "abcd"


def test_a_host_has_an_ip_tags_and_metadata() -> None:
    template = "{{host.ip}} {{host.env.name}} {{host.metadata_platform}} {{host.metadata_agent_version}} {{host.metadata_machine}}|"

    assert told(template).body == "10.0.0.5 a,b linux 7.72.0 |"


def test_only_a_group_by_host_knows_its_host() -> None:
    assert told("{{host.ip}}{{role.name}}|", group=(("env", "prod"),)).body == "|"


def test_blocks_nest_and_have_an_else() -> None:
    template = '{{#is_alert}}A{{#is_match "host.name" "db"}}1{{else}}2{{/is_match}}{{else}}B{{/is_alert}}'

    assert told(template).body == "A2"
    assert told(template, RECOVERED).body == "B"


@pytest.mark.parametrize(
    ("block", "body"),
    [
        # 10:04 UTC, as the page's own example routes by the time of day
        ('{{#is_exact_match (eval "int(last_triggered_at_epoch / 3600000 % 24)") "8" "9" "10"}}  \nday\n{{/is_exact_match}}', "day"),
        ('{{#is_exact_match (eval "int(last_triggered_at_epoch / 3600000 % 24)") "11"}}day{{else}}night{{/is_exact_match}}', "night"),
        ('{{#is_match (eval "upper(host.name)") "WEB"}}web{{/is_match}}', "web"),
        ("{{^is_match (eval 'upper(host.name)') \"web\"}}no{{/is_match}}", "no"),
        ('{{#is_exact_match (eval "dec(value)") "0.80"}}same{{/is_exact_match}}', "same"),
        ('{{{{is_match (eval "upper(host.name)") "WEB"}}}}{{ raw }}{{{{/is_match}}}}', "{{ raw }}"),
    ],
)  # fmt: skip
def test_a_condition_can_compare_what_a_function_gives(block: str, body: str) -> None:
    assert told(block).body == body


def test_a_link_is_written_as_markdown() -> None:
    assert told('{{link "Cost" "https://e.com/x"}}').body == "[Cost](https://e.com/x)"


def test_what_a_catalog_would_know_of_an_entity_renders_as_nothing() -> None:
    assert told("{{service.links[Runbook]}}{{kube_namespace.owner}}|").body == "|"
    assert told('{{#is_exact_match "kube_namespace.owner" ""}}@slack-example{{/is_exact_match}}').recipients == (
        "slack-example",
    )


def test_an_empty_word_asks_whether_a_tag_is_there() -> None:
    assert told('{{#is_match "host.name" ""}}named{{/is_match}}').body == "named"
    assert told('{{#is_match "env.name" ""}}named{{else}}none{{/is_match}}', group=(("host", "x"),)).body == "none"
    assert told('{{#is_exact_match "service.name" ""}}none{{/is_exact_match}}').body == "none"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (TRIGGERED, {"is_alert"}),
        (WARNED, {"is_warning"}),
        ((WARN, ALERT), {"is_alert"}),
        ((ALERT, WARN), {"is_warning", "is_alert_to_warning"}),
        (RECOVERED, {"is_recovery", "is_alert_recovery"}),
        ((WARN, OK), {"is_recovery", "is_warning_recovery"}),
        ((OK, NO_DATA), {"is_no_data"}),
        ((NO_DATA, OK), {"is_recovery", "is_no_data_recovery"}),
        ((NO_DATA, ALERT), {"is_alert"}),
    ],
)
def test_which_blocks_speak_in_which_transition(change: tuple[Status, Status], expected: set[str]) -> None:
    from doghouse.monitors.message.template import STATES

    spoken = {name for name in STATES if told(f"{{{{#{name}}}}}x{{{{/{name}}}}}", change).body}

    assert spoken == expected


def test_lines_that_hold_only_a_tag_disappear() -> None:
    template = "before\n{{#is_alert}}\n  one\n  two\n{{/is_alert}}\nafter"

    assert told(template).body == "before\none\n  two\nafter"
    assert told(template, RECOVERED).body == "before\nafter"


def test_a_tag_within_a_line_takes_nothing_with_it() -> None:
    assert told("a {{#is_alert}} b {{/is_alert}} c").body == "a  b  c"


def test_nested_blocks_on_their_own_lines_leave_no_blank_lines() -> None:
    template = '{{#is_alert}}\n  {{#is_match "host.name" "web"}}\n    web\n  {{/is_match}}\n{{/is_alert}}\nend'

    assert told(template).body == "web\nend"


def test_a_mention_once_however_often_it_stands_there() -> None:
    assert told("@a@b.cc and @a@b.cc, @slack-x.").recipients == ("a@b.cc", "slack-x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@user@example.com", ("user@example.com",)),
        ("(@user@example.com)", ("user@example.com",)),
        ("@user@example.com.", ("user@example.com",)),
        ("@user@example.com/ @a@b.cc!", ("user@example.com", "a@b.cc")),
        ("@a@b.cc,@c@d.ee;@slack-x", ("a@b.cc", "c@d.ee", "slack-x")),
        ("**@a@b.cc** '@c@d.ee' <@e@f.gg>", ("a@b.cc", "c@d.ee", "e@f.gg")),
        (
            "@slack-acct-channel @pagerduty-svc @webhook-x @team-y",
            ("slack-acct-channel", "pagerduty-svc", "webhook-x", "team-y"),
        ),
        ("@all @here", ("all", "here")),
        ("@workflow-fix(host=a)", ("workflow-fix",)),
        ("@odd(thing)", ()),
        ("a@b.c @", ()),
        ("@pagerduty", ("pagerduty",)),
    ],
)
def test_mentions(text: str, expected: tuple[str, ...]) -> None:
    assert mentions.handles(text) == expected


@pytest.mark.parametrize(
    ("template", "line", "column"),
    [
        ("{{#is_alert}}x", 1, 1),
        ("a\n  {{/is_alert}}", 2, 3),
        ("{{#is_alert}}x{{/is_warning}}", 1, 15),
        ("a {{value", 1, 3),
        ("{{else}}", 1, 1),
        ("{{}}", 1, 1),
        ("{{{{raw}}}}x", 1, 1),
        ("{{#is_alert}}a{{else}}b{{else}}c{{/is_alert}}", 1, 24),
        ("{{frobnicate 'x'}}", 1, 1),
        ("\n{{!-- x", 2, 1),
    ],
)
def test_a_template_that_does_not_parse_says_where(template: str, line: int, column: int) -> None:
    with pytest.raises(TemplateError) as wrong:
        parse(template)
    assert (wrong.value.line, wrong.value.column) == (line, column)


@pytest.mark.parametrize(
    ("template", "tag"), [("{{else}}", "{{else}}"), ("{{/is_alert}}", "{{/is_alert}}"), ("a{{/x}}{{/y}}", "{{/x}}")]
)
def test_a_tag_that_closes_nothing_is_named(template: str, tag: str) -> None:
    with pytest.raises(TemplateError, match="closes nothing that is open") as wrong:
        parse(template)
    assert str(wrong.value).startswith(tag)


def test_a_template_that_does_not_parse_is_sent_as_it_stands() -> None:
    message = told("{{#is_alert}}help @a@b.cc")

    assert message.body == "{{#is_alert}}help @a@b.cc"
    assert message.recipients == ("a@b.cc",)
    assert "line 1, column 1" in message.problems[0]


def test_composites_and_checks_bring_variables_of_their_own() -> None:
    assert (
        told("{{a.value}} {{check_message}}", more={"a.value": "3.0", "check_message": "refused"}).body == "3.0 refused"
    )


@given(st.text(st.sampled_from("{}#^/!-\"' \nabis_alert.[]eval@x"), max_size=60))
def test_whatever_the_template_something_is_sent(template: str) -> None:
    assert isinstance(told(template).body, str)


@given(st.text(st.sampled_from("0123456789.+-*/^%()value ,sinabtro"), max_size=30))
def test_whatever_the_expression_it_is_a_value_or_an_error(expression: str) -> None:
    with contextlib.suppress(EvalError):
        shown(evaluate(expression, lambda name: 2 if name == "value" else None, lambda _: "web"))
