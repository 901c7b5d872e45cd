"""Limits and faults on purpose, as a client meets them."""

from pathlib import Path

import httpx
import numpy as np
import pytest

from doghouse import running
from doghouse.running import House
from doghouse.storage.config import OptionError, Settings
from doghouse.time.clock import Clock
from doghouse.web import chaos
from doghouse.web.chaos import Fault
from doghouse.web.rate_limits import Counter

NOW = 1_772_445_600.0


def submit(house: House, value: float) -> httpx.Response:
    body = {"series": [{"metric": "m", "points": [[NOW + value, value]]}]}
    return httpx.post(f"{house.url}/api/v1/series", json=body, headers=house.headers)


def kept(house: House) -> list[float]:
    found: list[float] = house.app.state.points.read(np.arange(1), 0, 2**32).value.tolist()
    return found


def test_an_answer_says_how_it_stands_with_datadogs_own_limit_which_is_not_enforced(tmp_path: Path) -> None:
    with running.serve(tmp_path, clock=Clock(NOW + 10)) as house:
        said = httpx.get(f"{house.url}/api/v1/query?query=avg:m{{*}}&from=0&to=60", headers=house.headers).headers
        assert {name: said[f"x-ratelimit-{name}"] for name in ("limit", "period", "remaining", "reset", "name")} == {
            "limit": "1600",
            "period": "3600",
            "remaining": "1599",
            "reset": "3590",
            "name": "query",
        }


def test_with_a_rate_limit_one_request_too_many_gets_429_until_the_period_ends(tmp_path: Path) -> None:
    with running.serve(tmp_path, clock=Clock(NOW + 20), settings=Settings(rate_limit=2)) as house:

        def ask() -> httpx.Response:
            return httpx.get(f"{house.url}/api/v1/hosts", headers=house.headers)

        assert [ask().status_code for _ in range(3)] == [200, 200, 429]
        refused = ask()
        assert refused.json() == {"errors": ["Too many requests"]}
        assert refused.headers["x-ratelimit-reset"] == "40"
        assert submit(house, 1.0).status_code == 202  # points are never limited
        house.clock.set(NOW + 60)
        assert ask().status_code == 200


def test_what_is_not_evaluated_does_not_tell_clients_to_wait_for_the_next_period(tmp_path: Path) -> None:
    with running.serve(tmp_path, clock=Clock(NOW + 10)) as house:
        path = f"{house.url}/api/v1/query?query=outliers(avg:m{{*}} by {{host}}, 'MAD', 2)&from=0&to=60"
        answer = httpx.get(path, headers=house.headers)
        assert (answer.status_code, "x-ratelimit-reset" in answer.headers) == (501, False)


def test_families_are_counted_apart_and_periods_begin_with_the_calendar() -> None:
    counter = Counter(1)
    first = counter.count("/api/v1/monitor/1", 119.5)
    assert first
    assert (first.is_over, first.reset) == (False, 1)
    assert [
        bool(s and s.is_over)
        for s in (counter.count("/api/v1/monitor", 119.9), counter.count("/api/v1/dashboard", 119.9))
    ] == [True, False]
    later = counter.count("/api/v1/monitor", 120.0)
    assert later
    assert (later.is_over, later.reset) == (False, 60)
    assert counter.count("/api/v1/series", 120.0) is None


def test_a_status_of_chaos_does_nothing_else(tmp_path: Path) -> None:
    with running.serve(tmp_path, clock=Clock(NOW), settings=Settings(chaos="503=1")) as house:
        assert submit(house, 1.0).status_code == 503
        assert kept(house) == []
        assert httpx.get(f"{house.url}/health").status_code == 200


def test_a_connection_cut_before_has_no_effect_and_one_cut_after_has(tmp_path: Path) -> None:
    for fault, values in (("drop-before", []), ("drop-after", [1.0])):
        with running.serve(tmp_path / fault, clock=Clock(NOW), settings=Settings(chaos=f"{fault}=1")) as house:
            with pytest.raises(httpx.TransportError):
                submit(house, 1.0)
            assert kept(house) == values


def test_the_same_seed_makes_the_same_faults(tmp_path: Path) -> None:
    def statuses(seed: int, run: int) -> list[int]:
        settings = Settings(chaos="500=0.5", seed=seed)
        with running.serve(tmp_path / f"{seed}-{run}", clock=Clock(NOW), settings=settings) as house:
            return [submit(house, float(number)).status_code for number in range(20)]

    assert statuses(1, 0) == statuses(1, 1)
    assert set(statuses(1, 2)) == {202, 500}
    assert statuses(1, 3) != statuses(2, 0)


def test_a_spec_is_read_as_it_is_written() -> None:
    spec = "503=0.1, slow=0.05:2s,slow=0.5,drop-before=1,drop-after=0"
    assert chaos.parse(spec) == (
        Fault("503", 0.1),
        Fault("slow", 0.05, 2.0),
        Fault("slow", 0.5, 1.0),
        Fault("drop-before", 1.0),
        Fault("drop-after", 0.0),
    )


@pytest.mark.parametrize("spec", ["404=0.1", "503", "503=2", "slow=0.1:soon", "drop-after=0.1:2s", "nothing"])
def test_a_spec_that_cannot_be_is_refused(spec: str) -> None:
    with pytest.raises(OptionError):
        chaos.parse(spec)
