"""What lint finds in a monitor of Terraform of which a part is not known before a plan: what holds whatever that is, and no more."""

import pytest

from doghouse.importing.monitor_files import collect
from doghouse.importing.verdicts import lint_all

VARIABLES = "".join(f'variable "{name}" {{}}\n' for name in ("env", "key", "limit", "slack_channel", "team", "text"))
FANS_OUT = "avg(last_5m):avg:m{env:${var.env}} by {host,device} > ${var.limit}"
SCOPED = "{{#is_alert}}@ops@example.com{{/is_alert}}"


@pytest.fixture
def rules(tmp_path):
    """The rules that a monitor with this query, message and other attributes breaks, but that something is not known."""

    def made(query="avg(last_5m):avg:m{env:prod} by {host} > 90", message=SCOPED, **more):
        more = {"name": "n", "type": "query alert", "query": query, "message": message, **more}
        lines = [f'{key} = "{value}"' for key, value in more.items()]
        text = "\n".join(
            [
                VARIABLES,
                'resource "datadog_monitor" "m" {',
                *lines,
                "monitor_thresholds {",
                "critical = 90",
                "warning = 80",
                "}",
                "}",
            ]
        )
        (tmp_path / "main.tf").write_text(text)
        (linted,) = lint_all(collect(str(tmp_path)))
        return {one.rule: one for one in linted.problems if one.rule != "unknown-before-plan"}

    return made


def test_an_expression_that_is_called_a_channel_is_a_handle_and_stands_outside_any_condition(rules):
    problem = rules(message="CPU is high ${var.slack_channel}")["mention-unconditional"]
    assert problem.text.startswith("${var.slack_channel} stands outside any condition")
    assert "mention-unconditional" not in rules(message="{{#is_alert}}${var.slack_channel}{{/is_alert}}")


@pytest.mark.parametrize(
    "message",
    [
        "of ${var.team}: " + SCOPED,  # whose name says nothing of handles
        "https://example.com/${var.slack_channel} " + SCOPED,
        "{{#is_alert}}@slack-${var.slack_channel}{{/is_alert}}",
    ],
)
def test_an_expression_within_a_text_is_no_handle_of_its_own(rules, message):
    assert not {one for one in rules(message=message) if one.startswith("mention-")}


def test_a_message_that_is_not_known_as_a_whole_may_mention_somebody(rules):
    assert not rules(message="${var.text}")


def test_faults_of_a_template_are_found_beside_what_is_not_known(rules):
    assert "message-condition-without-hash" in rules(message="${var.team} {{is_alert}}" + SCOPED)
    assert "mention-glued" in rules(message="${var.team}: {{value}}@slack-ops")
    assert not rules(message="{{${var.key}.name}} " + SCOPED)


def test_what_a_query_shows_whatever_its_scope_and_its_threshold_are(rules):
    assert set(rules(FANS_OUT)) == {"fan-out"}
    assert "cloud-metric-without-delay" in rules(FANS_OUT.replace("avg:m{", "avg:aws.ec2.cpuutilization{"))


def test_nothing_is_said_of_a_query_that_cannot_be_read_without_what_is_not_known(rules):
    assert not rules("${var.text}")
    assert not rules("avg(last_${var.env}):avg:m{*} by {host,device} > 90")
