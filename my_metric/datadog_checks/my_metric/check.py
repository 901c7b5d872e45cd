import random

from datadog_checks.base import AgentCheck
from datadog_checks.base.types import InstanceType

from .config_models import ConfigMixin

LOWEST, HIGHEST = 0, 1000


class MyMetricCheck(AgentCheck, ConfigMixin):
    """Submits the gauge `my_metric`, a random integer from 0 to 1000, both included, with the instance's tags.

    There is no `__NAMESPACE__`: it would make the metric's name `my_metric.my_metric`.
    How often the check runs is the instance's `min_collection_interval`, which the Agent reads.
    """

    def check(self, _: InstanceType) -> None:
        self.gauge("my_metric", random.randint(LOWEST, HIGHEST), tags=self.config.tags)
