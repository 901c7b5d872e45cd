"""Searches that ask for a range are told apart from others, however they are written."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.searching import has_range


@given(
    st.lists(st.sampled_from(["[", "]", "TO", " ", "\t", "a", "1", "<", ">=", "@x:", "*"]), max_size=14).map("".join)
)
def test_a_range_is_two_values_in_brackets_or_a_comparison_with_a_number(text: str) -> None:
    assert has_range(text) == (re.search(r"\[\S+ TO \S+\]|[<>]=?\d", text) is not None)


def seconds(text: str) -> float:
    times = []
    for _ in range(5):
        began = time.thread_time()
        assert not has_range(text)
        times.append(time.thread_time() - began)
    return min(times)


@pytest.mark.parametrize("piece", ["[", "[a", "[a TO ", " TO [a", "a ", "<"])
def test_the_time_to_tell_grows_with_the_text_and_not_faster(piece: str) -> None:
    """Eight times the text may take 8 times as long; 64 times is what each bracket costs that is looked at from all before it."""
    short, long = (seconds(piece * (size // len(piece))) for size in (20_000, 160_000))
    assert long < 32 * short + 0.001
