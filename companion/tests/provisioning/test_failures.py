"""Each call of an apply made to fail in turn, each in four ways: run again, it ends with exactly one of each object."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest

from companion import provision, resources
from companion.client import TIMEOUT_S, Account
from companion.problem import Problem
from companion.settings import Settings
from doghouse.importing import Keys
from doghouse.running import House

from ..faulty import SLOW_S, Road, road_to

SETTINGS = Settings(email="me@example.org", host="web-1", timezone="Europe/Berlin", tags=("env:lab", "role:web"))
MARKED = {"timeboard": 2, "monitor": 1, "slo": 0, "downtime": 2, "host tags": 1}


@contextmanager
def on(road: Road, house: House, waits: list[float], fault: str = "") -> Iterator[Account]:
    """An account at the end of the road, which has little patience where the fault is to be too slow."""
    keys = Keys(house.api_key, house.app_key)
    patience = (SLOW_S / 2, SLOW_S / 2) if fault == "slow" else TIMEOUT_S
    with Account(keys, api_url=road.url, wait=lambda seconds, _: waits.append(seconds), timeout_s=patience) as account:
        yield account


def apply(account: Account) -> None:
    provision.apply(account, provision.plan(account, resources.read(SETTINGS, datetime.now(UTC))), lambda _: None)


def marked(account: Account) -> dict[str, int]:
    return {kind.name: len(kind.find(account)) for kind in resources.kinds(datetime.now(UTC))}


def destroy(account: Account) -> None:
    provision.remove(account, provision.removals(account, resources.kinds(datetime.now(UTC))), lambda _: None)


@pytest.mark.parametrize("fault", ["429", "500", "slow", "cut"])
def test_whichever_call_fails_a_second_run_ends_with_one_of_each(house: House, account: Account, fault: str) -> None:
    waits: list[float] = []
    with road_to(house.url) as road, on(road, house, waits, fault) as mine:
        with on(road, house, waits) as first:
            apply(first)
        calls = len(road.calls)
        assert calls >= 9
        for number in range(1, calls + 1):
            destroy(account)
            road.calls.clear()
            road.fault, road.broken_call = fault, number
            if fault == "429":
                apply(mine)
            else:
                with pytest.raises(Problem):
                    apply(mine)
            apply(account)
            assert marked(account) == MARKED, f"after call {number} met {fault}"
            road.broken_call = 0
            steps = provision.plan(account, resources.read(SETTINGS, datetime.now(UTC)))
            assert {step.action for step in steps} == {"none"}
    assert waits == ([3.0] * calls if fault == "429" else [])


@pytest.mark.parametrize("fault", ["429", "500", "slow", "cut"])
def test_whichever_call_fails_a_second_destroy_leaves_nothing(house: House, account: Account, fault: str) -> None:
    waits: list[float] = []
    with road_to(house.url) as road, on(road, house, waits, fault) as mine:
        apply(account)
        with on(road, house, waits) as first:
            destroy(first)
        for number in range(1, len(road.calls) + 1):
            apply(account)
            road.calls.clear()
            road.fault, road.broken_call = fault, number
            try:
                destroy(mine)
            except Problem:
                assert fault != "429"
            road.broken_call = 0
            destroy(account)
            assert set(marked(account).values()) == {0}, f"after call {number} met {fault}"


def test_applies_whose_calls_fail_at_random_end_with_one_of_each(
    house: House, account: Account, record_property: Callable[[str, object], None]
) -> None:
    """Each apply begins where the one before stopped, or, each third time, with an empty account. The long run of `make torture` has 1,000."""
    chance, made = random.Random(17), Counter[str]()

    def faults() -> Iterator[str]:
        while True:
            fault = chance.choice(("429", "500", "cut")) if chance.random() < 0.15 else ""
            made[fault] += 1
            yield fault

    with road_to(house.url) as road, on(road, house, []) as mine:
        road.faults = faults()
        for number in range(int(os.environ.get("TORTURE_APPLIES", "12"))):
            if number % 3 == 0:
                destroy(account)
            with suppress(Problem):
                apply(mine)
            if number % 3 == 2:
                apply(account)
                assert marked(account) == MARKED, f"after apply {number}"
    assert all(made[fault] for fault in ("429", "500", "cut"))
    record_property("faults", made.total() - made[""])


def test_an_apply_that_is_interrupted_says_so_and_is_finished_by_the_next(house: House, account: Account) -> None:
    command = [
        sys.executable,
        "-c",
        "from companion.cli import main; main()",
        "apply",
        "--yes",
        "--host",
        "web-1",
        "--tag",
        "env:lab",
    ]
    with road_to(house.url) as road:
        road.fault, road.broken_call = "slow", 6  # a call that writes, on its way
        given = [*command, "--api-url", road.url, "--keys-file", str(house.keys_file)]
        process = subprocess.Popen(given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while len(road.calls) < road.broken_call and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 1
        assert err.endswith("my-metric: interrupted; run the command again, it goes on from there\n")
        assert "Traceback" not in err
        road.broken_call = 0
        subprocess.run(given, check=True, capture_output=True)
    assert marked(account) == MARKED
