import pytest

from datadog_checks.base.types import InstanceType
from datadog_checks.my_metric import MyMetricCheck

from .common import TAGS, shipped_instance


@pytest.fixture(scope="session")
def dd_environment() -> InstanceType:
    """The Agent of `ddev env start` gets the configuration that ships: the check needs nothing else to be running."""
    return {**shipped_instance(), "tags": TAGS}


@pytest.fixture
def instance() -> InstanceType:
    return {**shipped_instance(), "tags": TAGS}


@pytest.fixture
def check(instance: InstanceType) -> MyMetricCheck:
    return MyMetricCheck("my_metric", {}, [instance])
