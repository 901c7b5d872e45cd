"""Monitor notification rules: who is told of a monitor's notification besides those whom its message mentions (monitors/notify/notification_rules).

    rules = load(Path("rules.yaml"))                          # RuleError, in a sentence with the file and the rule
    recipients(rules, ("team:shopist", "env:prod"), transition, priority)    # handles without `@`

Pure but for `load`: no clock, no server. Which of a monitor's states some rule routes, whatever its groups are: `routing.may_route`.
"""

from doghouse.monitors.notification_rules.files import load, read, rule
from doghouse.monitors.notification_rules.matching import recipients
from doghouse.monitors.notification_rules.model import Rule, Rules
from doghouse.monitors.notification_rules.routing import may_route
from doghouse.monitors.notification_rules.scope import RuleError, scope

__all__ = ["Rule", "RuleError", "Rules", "load", "may_route", "read", "recipients", "rule", "scope"]
