"""What is made ahead is the same, in the same order; and a backtest that makes ahead finds what one that does not finds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from memory_points import minutely, source

from doghouse import monitors as mon
from doghouse.backtest import run
from doghouse.backtest.overlapping import begun, made_ahead

HOSTS, MINUTES = 5, 300


@pytest.mark.parametrize("count", range(7))
def test_the_items_stay_in_their_order(count: int) -> None:
    assert list(made_ahead(iter(range(count)))) == list(range(count))


@pytest.mark.parametrize("failing", range(6))
def test_what_goes_wrong_while_an_item_is_made_is_raised(failing: int) -> None:
    def items() -> Iterator[int]:
        yield from range(failing)
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        list(made_ahead(items()))


def test_items_can_be_left_before_their_end() -> None:
    items = made_ahead(iter(range(100)))
    assert [next(items) for _ in range(4)] == [0, 1, 2, 3]
    items.close()


def test_what_was_begun_is_there_when_it_is_asked_for_and_so_is_what_went_wrong() -> None:
    assert begun(lambda: 7)() == 7
    with pytest.raises(ZeroDivisionError):
        begun(lambda: 1 // 0)()


def test_a_backtest_that_makes_groups_ahead_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(7).integers(0, 100, (HOSTS, MINUTES)).tolist()
    points = source(*(minutely(own, host=f"web-{host}") for host, own in enumerate(values)), start=0)
    monitor = mon.parse(
        {
            "type": "query alert",
            "query": "avg(last_5m):avg:m{*} by {host} > 60",
            "name": "n",
            "message": "@a@example.com",
            "options": {"thresholds": {"critical": 60, "critical_recovery": 40}},
        }
    )
    plain = list(run.backtest(monitor, points, 0, 60 * MINUTES).transitions())
    monkeypatch.setattr(run, "WORTH_A_THREAD", 0)
    assert list(run.backtest(monitor, points, 0, 60 * MINUTES).transitions()) == plain
    assert len({group for group, _ in plain}) == HOSTS
