from typing import Any

import pytest

from datadog_checks.base.types import InstanceType
from datadog_checks.dev.utils import get_metadata_metrics

from .common import TAGS


@pytest.mark.e2e
def test_the_agent_submits_my_metric_with_the_instances_tags(dd_agent_check: Any, instance: InstanceType) -> None:
    aggregator = dd_agent_check(instance, check_rate=True)

    aggregator.assert_metric("my_metric", metric_type=aggregator.GAUGE)
    assert all(0 <= stub.value <= 1000 for stub in aggregator.metrics("my_metric"))
    for tag in TAGS:
        aggregator.assert_metric_has_tag("my_metric", tag)
    aggregator.assert_metrics_using_metadata(get_metadata_metrics())
    aggregator.assert_all_metrics_covered()
