"""Keys and values of tags, and the host among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.metrics.files import rows
from doghouse.tags import pairs

tags = st.lists(st.from_regex(r"[a-c]:[xy]{1,2}", fullmatch=True) | st.sampled_from(["host:a", "host:b", "alone"]))


@pytest.mark.parametrize(
    ("tag", "pair"),
    [
        ("env:prod", ("env", "prod")),
        ("url:http://x:80", ("url", "http://x:80")),
        ("alone", ("alone", "")),
        ("", ("", "")),
    ],
)
def test_a_tag_is_a_key_and_a_value_that_may_hold_colons(tag: str, pair: tuple[str, str]) -> None:
    assert pairs.split(tag) == pair


def test_values_of_a_key_stand_in_the_order_of_the_tags_whatever_the_keys_case() -> None:
    assert pairs.values(["team:b", "Team:a", "teams:c", "team"], "team") == ["b", "a", ""]


@given(tags)
def test_tags_by_key_are_all_the_tags_each_once(given: list[str]) -> None:
    shown = pairs.by_key(given)
    assert {f"{key}:{value}" if key else value for key, values in shown.items() for value in values} == set(given)
    assert list(shown) == sorted(shown)
    assert all(values == sorted(set(values)) for values in shown.values())


@given(tags)
def test_the_host_is_the_only_one_that_the_tags_name(given: list[str]) -> None:
    host, others = pairs.split_host(given)
    named = {tag for tag in given if tag.startswith("host:")}
    assert (f"host:{host}" in named) == (len(named) == 1)
    assert set(others) | ({f"host:{host}"} if host else set()) == set(given)


def test_of_several_hosts_none_is_the_host() -> None:
    assert pairs.split_host(["host:a", "env:x", "host:b"]) == ("", ("host:a", "env:x", "host:b"))
    assert pairs.split_host(["host:a", "env:x", "host:a"]) == ("a", ("env:x",))


def test_a_row_of_a_file_of_series_names_its_host_as_an_intake_does() -> None:
    def named(tags: str) -> tuple[str, tuple[str, ...]]:
        series = rows.series_of(0, "m", "gauge", "0", tags)
        return series.host, series.tags

    assert named("host:a, env:x, host:a") == ("a", ("env:x",))
    assert named("host:b,env:x,host:a") == ("", ("env:x", "host:a", "host:b"))
