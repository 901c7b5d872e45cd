"""What is wrong in a message, and where: templates that do not parse, expressions that cannot be worked out, variables and functions that say nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.monitors import parse as monitor_of
from doghouse.monitors.message import expressions, template, variables
from doghouse.monitors.message.expressions import EvalError, evaluate, shown
from doghouse.monitors.message.template import TemplateError, parse


@pytest.mark.parametrize(
    ("text", "words", "line", "column"),
    [
        ("a {{#}}b{{/}}", "a block has no name", 1, 3),
        ("a\n{{{{ }}}}b", "a block has no name", 2, 1),
        ("a\n {{ }}", "there is nothing between the braces", 2, 2),
        ("{{a", "{{ is never closed by }}", 1, 1),
        ("ab\ncd{{{a}}", "{{{ is never closed by }}}", 2, 3),
        ("x{{{{raw}} y", "{{{{ is never closed by }}}}", 1, 2),
        ("x{{{{raw}}}} y", "{{{{raw}}}} is never closed by {{{{/raw}}}}", 1, 2),
        ("{{! never", "the comment is never closed by }}", 1, 1),
        ("\n\n{{#is_alert}}b", "{{#is_alert}} is never closed by {{/is_alert}}", 3, 1),
        ("{{#is_alert}}b{{/is_warning}}", "{{/is_warning}} stands where {{/is_alert}} is expected", 1, 15),
        ("{{#is_alert}}b{{else}}c{{else}}d{{/is_alert}}", "{{else}} stands where {{/is_alert}} is expected", 1, 24),
        ("{{is_match 'a' 'b'}}", "{{is_match …}} is no block: did you mean {{#is_match …}}?", 1, 1),
        ("{{frobnicate 'a'}}", "unknown function 'frobnicate'", 1, 1),
    ],
)
def test_a_template_that_cannot_be_read_is_said_with_its_place(text: str, words: str, line: int, column: int) -> None:
    with pytest.raises(TemplateError) as raised:
        parse(text)
    assert (raised.value.text, raised.value.line, raised.value.column) == (words, line, column)


def nested(depth: int) -> str:
    return "{{#is_alert}}" * depth + "x" + "{{/is_alert}}" * depth


def test_blocks_stand_a_hundred_deep_and_no_deeper() -> None:
    assert len(list(variables.walk(parse(nested(template.DEEPEST))))) == 101
    with pytest.raises(TemplateError, match="blocks stand more than 100 deep") as raised:
        parse(nested(template.DEEPEST + 1))
    assert (raised.value.line, raised.value.column) == (1, 1 + 100 * len("{{#is_alert}}"))


def worth(text: str) -> str:
    """What an expression comes to where `value` is 7.5, `threshold` has no value and each variable's text is ` Web `."""
    return shown(evaluate(text, lambda name: 7.5 if name == "value" else None, lambda _: " Web "))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 +", "ends where a value is expected"),
        ("1 2", "'2' is not expected there"),
        (")", "')' is not expected there"),
        ("(1", "')' is missing"),
        ("upper(1)", "'1' is not expected there"),
        ("round(1, 2, 3)", "round() takes 1 to 2"),
        ("substring('a')", "substring() takes 2 to 3"),
        ("atan2(1)", "atan2() takes 2"),
        ("abs(1, 2)", "abs() takes 1"),
        ("nothing(1)", "unknown function 'nothing'"),
        ("'a' + 1", "'+' takes numbers, not texts"),
        ("1 / 0", "division by zero"),
        ("9 ^ 999", "math range error"),
        ("1" + "0" * 400, "too large"),
        ("1" + "0" * 200 + " * 1" + "0" * 200, "too large"),
        ("(" * (expressions.DEEPEST) + "1" + ")" * (expressions.DEEPEST), "is more than 50 levels deep"),
    ],
)
def test_an_expression_that_cannot_be_worked_out_is_said(text: str, words: str) -> None:
    with pytest.raises(EvalError) as raised:
        worth(text)
    assert str(raised.value).startswith(f'eval "{text}"')
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("(" * 49 + "1" + ")" * 49, "1"),
        *(("2 - 3 - 4", "-5"), ("2 ^ 3 ^ 2", "512"), ("2 * 7 % 4", "2"), ("-2 ^ 2", "-4"), ("+value", "7.5")),
        *(("2 ^ 64", str(2**64)), ("2 ^ 65", "3.68934881474e+19"), ("2 ^ -1", "0.5"), ("2 ^ 0.5", "1.41421356237")),
        *(("round(2.5)", "3"), ("round(-2.5)", "-2"), ("round(2.345, 2)", "2.35"), ("int(-0.5)", "-1"), ("trunc(2.9)", "2")),
        *(("ceil(2.1)", "3"), ("floor(2.9)", "2"), ("dec(-0.25)", "0.75"), ("sgn(-3)", "-1"), ("sgn(0)", "0"), ("sgn(9)", "1")),
        *(("to_bool(0)", "false"), ("to_bool(0.5)", "true"), ("to_bool(-1)", "true"), ("abs(-2)", "2"), ("log10(1000)", "3.0")),
        *(("humanize_bytes(1023)", "1023 B"), ("humanize_bytes(1024)", "1 KB"), ("humanize_bytes(-1536)", "-1.5 KB")),
        *(("humanize_bits(1048576)", "1 Mb"), (f"humanize_bytes({2**60})", "1 EB"), (f"humanize_bytes({2**70})", "1024 EB")),
        *(("upper(host)", " WEB "), ("lower(host)", " web "), ("strip(host)", "Web"), ("strip('xax', 'x')", "a")),
        *(("substring('abcd', 1)", "bcd"), ("substring('abcd', 1, 3)", "bc"), ("substring('abcd', 0, 9)", "abcd")),
        *(("threshold * 2", ""), ("abs(threshold)", ""), ("round(value, threshold)", ""), ("value + threshold", "")),
        *(("atan2(0, 1)", "0.0"), ("exp(0)", "1.0"), ("float(2)", "2.0"), ("0.1 + 0.2", "0.3")),
    ],
)  # fmt: skip
def test_what_expressions_come_to(text: str, result: str) -> None:
    assert worth(text) == result


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6).filter(bool))
def test_operators_are_those_of_numbers(left: int, right: int) -> None:
    for operator, result in (("+", left + right), ("-", left - right), ("*", left * right), ("%", left % right)):
        assert worth(f"({left}) {operator} ({right})") == str(result)
    assert worth(f"({left}) / ({right})") == shown(left / right)


def faults(message: str, by: str = "host", **body: object) -> list[tuple[str, int]]:
    query = f"avg(last_5m):avg:m{{*}}{f' by {{{by}}}' if by else ''} > 90"
    monitor = monitor_of({"type": "metric alert", "name": "n", "query": query, "message": message, **body})
    return [(fault.text, fault.place) for fault in variables.faults(monitor, parse(message))]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("{{local_time}}", "local_time lacks its arguments"),
        ("{{link 'a'}}", 'link takes a text and an address: {{link "Dashboard" "https://…"}}'),
        ("{{local_time 'last_triggered_at'}}", "local_time takes a time and a zone"),
        ("{{local_time 'last_triggered_at' 'Nowhere'}}", "local_time: 'Nowhere' is no time zone of the IANA database"),
        ("{{override_priority 'P6'}}", "override_priority takes 'P1' to 'P5', not 'P6'"),
        ("{{override_priority 'P0'}}", "override_priority takes 'P1' to 'P5', not 'P0'"),
        ("{{override_priority 'P11'}}", "override_priority takes 'P1' to 'P5', not 'P11'"),
        ("{{is_alert}}", "{{is_alert}} is no block, and renders as nothing: did you mean {{#is_alert}}?"),
        ("{{eval 'value +'}}", "eval \"value +\" ends where a value is expected"),
        ("{{eval 'valu * 2'}}", "{{valu}}: did you mean {{value}}?"),
        ("{{urlencode 'valu'}}", "{{valu}}: did you mean {{value}}?"),
        ("{{hostname.name}}", "{{hostname.name}} is always empty: the query groups by 'host'; did you mean {{host.name}}?"),
    ],
)  # fmt: skip
def test_what_says_nothing_is_said_with_its_place(message: str, words: str) -> None:
    assert faults(message) == [(words, 0)]
    assert faults(f"ab\n{message}") == [(words, 3)]
    assert faults(f"{{{{#is_alert}}}}{message}{{{{else}}}}{message}{{{{/is_alert}}}}") == [
        (words, len("{{#is_alert}}")),
        (words, len("{{#is_alert}}" + message + "{{else}}")),
    ]


@pytest.mark.parametrize(
    ("by", "message", "words"),
    [
        ("env", "{{team.name}}", "{{team.name}} is always empty: the query does not group by 'team', it groups by env"),
        ("env,team", "{{zone.name}}", "{{zone.name}} is always empty: the query does not group by 'zone', it groups by env, team"),
        ("", "{{env.name}}", "{{env.name}} is always empty: the query does not group by 'env', it does not group at all"),
        ("env", "{{env.region}}", f"{{{{env.region}}}}: of 'env' only {{{{env.name}}}} is documented; attributes have {', '.join(variables.ENTITIES)}"),
        ("a.b", "{{a.b.name}}", "{{a.b.name}}: a key with a period stands in brackets, {{[a.b].name}}"),
        ("env", "{{valu}}", "unknown variable {{valu}}: did you mean {{value}}?"),
    ],
)  # fmt: skip
def test_a_variable_of_no_group_is_said(by: str, message: str, words: str) -> None:
    assert faults(message, by) == [(words, 0)]


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ("host", "{{host.name}} {{host.ip}} {{role.name}} {{value}} {{threshold}}"),
        ("env", "{{env.name}} {{env}}"),
        ("service", "{{service.team}}"),
        ("a.b", "{{[a.b].name}}"),
        ("device_ip,device_namespace", "{{network_device.vendor}}"),
        ("host", "{{local_time 'last_triggered_at' 'Europe/Berlin'}} {{override_priority 'P1'}} {{override_priority 'p5'}}"),
        ("host", "{{link 'a' 'https://example.com'}} {{urlencode 'host.name'}} {{eval 'round(value * 2)'}}"),
    ],
)  # fmt: skip
def test_what_is_documented_has_no_fault(by: str, message: str) -> None:
    assert faults(message, by) == []


def test_with_notify_by_only_its_keys_are_known() -> None:
    options = {"options": {"notify_by": ["env"]}}
    assert faults("{{env.name}}", "env,team", **options) == []
    assert [place for _, place in faults("{{env.name}} {{team.name}}", "env,team", **options)] == [13]
