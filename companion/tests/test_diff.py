"""What counts as a change between an object as we want it and as the account holds it."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from companion.diff import Change, differences

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)


def diff(wanted: Any, held: Any) -> list[Change]:
    return differences(wanted, held, lambda path, _: path == "id", lambda *_: False)


def test_the_path_of_a_change_is_as_one_would_write_it() -> None:
    wanted = {"options": {"thresholds": {"warning": 500}}, "widgets": [{"title": "a"}, {"title": "b"}]}
    held = {"options": {"thresholds": {"warning": 450}}, "widgets": [{"title": "a"}, {"title": "c"}]}
    assert diff(wanted, held) == [Change("options.thresholds.warning", 450, 500), Change("widgets[1].title", "c", "b")]


def test_what_the_server_filled_in_is_no_change() -> None:
    assert diff({"a": 1}, {"a": 1, "id": 7, "notify": False, "silenced": {}, "roles": None, "text": ""}) == []


def test_a_field_that_was_added_by_hand_is_a_change() -> None:
    assert diff({"a": 1}, {"a": 1, "renotify_interval": 10}) == [Change("renotify_interval", 10, None)]


def test_an_item_more_or_less_is_a_change() -> None:
    assert diff([{"a": 1}], [{"a": 1}, {"b": 2}]) == [Change("[1]", {"b": 2}, None)]
    assert diff([{"a": 1}, {"b": 2}], [{"a": 1}]) == [Change("[1]", None, {"b": 2})]


def test_a_number_is_the_same_whatever_its_type_and_true_is_no_number() -> None:
    assert diff({"a": 800}, {"a": 800.0}) == []
    assert diff({"a": True}, {"a": 1}) == [Change("a", 1, True)]


@given(JSON)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert diff(value, copy.deepcopy(value)) == []


@given(JSON, JSON)
def test_two_that_are_the_same_to_us_are_the_same_the_other_way_round(one: Any, other: Any) -> None:
    assert bool(differences(one, other, lambda *_: False, lambda *_: False)) == bool(
        differences(other, one, lambda *_: False, lambda *_: False)
    )
