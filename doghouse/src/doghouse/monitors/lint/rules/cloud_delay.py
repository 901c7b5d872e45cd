"""Metrics of clouds, which come late (docs: monitors/guide/why-did-my-monitor-settings-change-not-take-effect, integrations/guide/cloud-metric-delay)."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.kinds.metric import INTEGRATION_PREFIXES
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Mend, Problem, rule

RULE = rule(
    "cloud-metric-without-delay", "A cloud's metric is looked at before it is there", "warning", order=250, partly=True
)
DELAY_S = 900


@RULE
def cloud_delay(monitor: Definition, _: Context) -> Iterator[Problem]:
    """A metric of AWS, Azure or Google Cloud without `evaluation_delay`."""
    late = [name for name in monitor.metrics if name.startswith(INTEGRATION_PREFIXES)]
    if late and not monitor.options.evaluation_delay:
        text = f"{late[0]} comes minutes late, and the newest part of the window is empty or not whole: Datadog recommends an evaluation_delay of {DELAY_S} s"
        yield RULE.problem("options.evaluation_delay", text, mend=Mend("options.evaluation_delay", str(DELAY_S)))
