"""The rules whose problems are found elsewhere: by what reads files, and of what is no monitor. They bear ids all the same."""

from __future__ import annotations

from doghouse.monitors.lint.rule import rule

UNREADABLE = rule("file-unreadable", "A file cannot be read", order=10, always=True)
NOT_JSON = rule("file-not-json", "A file is not JSON", order=10, always=True)
NO_MONITOR = rule("file-without-monitor", "A file that is named holds no monitor", order=10, always=True)
TERRAFORM_SYNTAX = rule("terraform-syntax", "A .tf file is not Terraform's language", order=10, always=True)
TERRAFORM_WRONG = rule(
    "terraform-wrong", "An expression of Terraform's cannot be evaluated, or a block cannot be used", order=20
)
NOT_READ = rule("resource-not-read", "Resources or modules stand here that doghouse does not read", "note", order=30)
UNKNOWN = rule("unknown-before-plan", "A value is known only to terraform plan or after an update", "note", order=30)
NOT_EVALUATED = rule("not-evaluated", "doghouse does not evaluate a part of the query", "note", order=910)

DOWNTIME_REFUSED = rule("downtime-refused", "Datadog refuses the downtime", order=700)
DOWNTIME_ZONE = rule(
    "downtime-display-zone", "A downtime is shown in another zone than it is scheduled in", "warning", order=710
)
DOWNTIME_IDLE = rule("downtime-never-occurs", "A recurring downtime never occurs", order=720)

SLO_REFUSED = rule("slo-refused", "Datadog refuses the SLO", order=800)
SLO_ALERT_REFUSED = rule("slo-alert-refused", "Datadog refuses an alert because of its SLO", order=810)

RULE_REFUSED = rule("notification-rule-refused", "Datadog refuses the notification rule", order=820)

IGNORED_NOTHING = rule("ignore-unused", "A suppression suppresses nothing", "warning", order=950)
IGNORED_FOR_NO_REASON = rule(
    "ignore-without-reason", "A suppression gives no reason, and is not followed", "warning", order=950
)
IGNORED_UNKNOWN = rule("ignore-unknown-rule", "A suppression names a rule that there is not", "warning", order=950)
