import random
from collections.abc import Callable

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from datadog_checks.base.stubs import aggregator as aggregator_stub
from datadog_checks.base.stubs.aggregator import AggregatorStub
from datadog_checks.base.types import InstanceType
from datadog_checks.dev.utils import get_metadata_metrics
from datadog_checks.my_metric import MyMetricCheck

from .common import ROOT, SHIPPED_CONFIGURATION, TAGS, shipped_instance

INTERVAL_S = 45
AGENT_DEFAULT_INTERVAL_S = 15  # of an instance that says nothing

# Letters that the Agent's normalization of tags leaves as they are, and keys that it doesn't reserve.
TAG_LISTS = st.lists(st.from_regex(r"sensor_[a-z0-9_]{1,10}:[a-z0-9_./-]{1,20}", fullmatch=True), max_size=5)


def submitted_value(check: MyMetricCheck) -> float:
    """Runs the check once and returns what it submitted."""
    aggregator_stub.reset()
    assert check.run() == ""
    (stub,) = aggregator_stub.metrics("my_metric")
    return stub.value


def test_one_run_submits_one_gauge_named_my_metric(
    dd_run_check: Callable[..., None], aggregator: AggregatorStub, check: MyMetricCheck
) -> None:
    dd_run_check(check)

    aggregator.assert_metric("my_metric", metric_type=aggregator.GAUGE, count=1)
    aggregator.assert_all_metrics_covered()


def test_everything_submitted_is_in_metadata_csv_and_the_reverse(
    dd_run_check: Callable[..., None], aggregator: AggregatorStub, check: MyMetricCheck
) -> None:
    dd_run_check(check)

    aggregator.assert_metrics_using_metadata(get_metadata_metrics(), check_symmetric_inclusion=True)


def test_the_gauge_carries_the_instances_tags_and_no_others(
    dd_run_check: Callable[..., None], aggregator: AggregatorStub, check: MyMetricCheck
) -> None:
    dd_run_check(check)

    aggregator.assert_metric("my_metric", tags=TAGS, count=1)


def test_an_instance_without_tags_submits_none(dd_run_check: Callable[..., None], aggregator: AggregatorStub) -> None:
    dd_run_check(MyMetricCheck("my_metric", {}, [{}]))

    aggregator.assert_metric("my_metric", tags=[], count=1)


@given(seed=st.integers(), tags=TAG_LISTS)
def test_whatever_the_seed_and_tags_the_value_is_an_integer_from_0_to_1000(seed: int, tags: list[str]) -> None:
    check = MyMetricCheck("my_metric", {}, [{"tags": tags}])
    random.seed(seed)

    value = submitted_value(check)

    assert 0 <= value <= 1000
    assert value == int(value)
    aggregator_stub.assert_metric("my_metric", tags=tags)


def test_every_integer_from_0_to_1000_is_reached_both_ends_included(check: MyMetricCheck) -> None:
    random.seed(45)

    assert {submitted_value(check) for _ in range(20_000)} == set(range(1001))


def test_the_configuration_that_ships_collects_every_45_seconds() -> None:
    assert shipped_instance() == {"min_collection_interval": INTERVAL_S}


def test_the_interval_is_the_instances_and_not_the_checks(check: MyMetricCheck) -> None:
    submitted_value(check)

    assert check.config.min_collection_interval == INTERVAL_S


def test_an_instance_that_sets_no_interval_has_the_agents_default() -> None:
    check = MyMetricCheck("my_metric", {}, [{}])
    submitted_value(check)

    assert check.config.min_collection_interval == AGENT_DEFAULT_INTERVAL_S
    assert (
        f"min_collection_interval - number - optional - default: {AGENT_DEFAULT_INTERVAL_S}"
        in SHIPPED_CONFIGURATION.read_text()
    )


def test_the_check_has_no_options_of_its_own() -> None:
    (file,) = yaml.safe_load((ROOT / "assets/configuration/spec.yaml").read_text())["files"]

    assert [option["template"] for section in file["options"] for option in section["options"]] == [
        "init_config/default",
        "instances/default",
    ]


@pytest.mark.parametrize("tags", ["sensor:lab", [1], {"sensor": "lab"}])
def test_tags_that_are_no_list_of_strings_fail_with_a_message_that_names_them(tags: object) -> None:
    problem = MyMetricCheck("my_metric", {}, [{"tags": tags}]).run()

    assert "tags" in problem


def test_the_shipped_instance_is_accepted_as_it_stands(
    dd_run_check: Callable[..., None], instance: InstanceType
) -> None:
    dd_run_check(MyMetricCheck("my_metric", {}, [shipped_instance()]))
