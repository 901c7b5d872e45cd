"""How far the loop is behind, what is read together and what alone at the edge of the budgets, and what messages and checks are told of hosts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_house import Live, living
from record_lines import T0 as FIRST
from record_lines import alert, lines

from doghouse.hosts.store import HostStore
from doghouse.live import points, sources
from doghouse.live.lag import Lag, is_behind, sentence
from doghouse.live.sources import ALIKE, LazyHosts, hosts_of, posted, records_of, runs_of
from doghouse.monitors import Host
from doghouse.monitors.records.alert import RecordAlert
from doghouse.monitors.service_checks import CheckQuery
from doghouse.queries import NotEvaluated
from doghouse.search.matching import tree
from doghouse.search.records import Lines
from doghouse.storage.sqlite import Database


class Stopwatch:
    """A clock that is moved on."""

    at = 100.0

    def __call__(self) -> float:
        return self.at


def behind(passes: list[tuple[int, float]]) -> list[float]:
    """The lag after each pass: its minute, and the seconds that it takes."""
    watch = Stopwatch()
    lag, seen = Lag(watch), []
    for minute, seconds in passes:
        lag.begin(minute)
        watch.at += seconds
        assert lag.now() >= seconds
        lag.end()
        seen.append(lag.now())
        watch.at += 7  # what lies between two passes is no lag
    return seen


def test_a_pass_waits_for_what_the_passes_before_it_left_of_their_minutes() -> None:
    assert behind([(1, 10), (2, 70), (3, 80), (4, 10), (5, 10)]) == [10, 70, 90, 40, 10]
    assert behind([(1, 200), (4, 10), (5, 0)]) == [200, 30, 0]  # two minutes were left out
    assert behind([(1, 70), (1, 10)]) == [70, 80]
    assert behind([(5, 70), (4, 10)]) == [70, 80]  # a clock that went back gives no time


@given(st.lists(st.integers(0, 200), min_size=1, max_size=20))
def test_a_lag_is_lindleys_recursion(seconds: list[int]) -> None:
    wanted, waits = [], 0
    for each in seconds:
        wanted.append(waits + each)
        waits = max(0, wanted[-1] - 60)
    assert behind([(minute, each) for minute, each in enumerate(seconds)]) == wanted


def test_a_lag_of_a_minute_is_said() -> None:
    assert [is_behind(lag) for lag in (59.9, 60, 61)] == [False, True, True]
    assert sentence(61.4).startswith("the monitors are 61 s behind: ")


# -- points


@pytest.mark.parametrize(("room", "kept"), [(29, []), (30, [300]), (89, [300]), (90, [300, 600])])
def test_windows_are_kept_as_far_as_there_is_room_for_a_point_each_ten_seconds(
    monkeypatch: pytest.MonkeyPatch, room: int, kept: list[int]
) -> None:
    monkeypatch.setattr(points, "MOST_POINTS", room)
    made = points._within_budget({(0, 300): np.array([7]), (0, 600): np.array([7])})
    assert [end for _, end in made] == kept


@given(st.lists(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_ids_are_all_there_where_each_is(ids: list[int], known: set[int]) -> None:
    if ids:
        assert points._all_in(np.array(ids), np.array(sorted(known), np.int64)) == (set(ids) <= known)


# -- records


def reads(*windows: str) -> list[Any]:
    found = []
    for window in windows:
        monitor = alert(f'logs("a").rollup("count").last("{window}") > 1')
        assert isinstance(monitor, RecordAlert)
        found += list(monitor.record_windows(FIRST + 3600 * 24))
    return found


def test_windows_up_to_twelve_times_as_long_as_the_shortest_are_read_together() -> None:
    lengths = [(each.end - each.start) // 60_000 for each in sources._stretches(reads("5m", "1h", "1m", "12m", "13m"))]
    assert (ALIKE, lengths) == (12, [12, 60])


def test_events_that_monitors_made_are_left_out() -> None:
    made = [lines(at, source=source)[0] for at, source in ((1, "Monitor Alert"), (2, "ci"))]
    there = Lines(made)
    wanted = tree("*")
    span = (FIRST * 1000, (FIRST + 10) * 1000)
    assert len(there.select(wanted, *span, ()).times) == 2
    assert posted(there).select(wanted, *span, ()).times.tolist() == [(FIRST + 2) * 1000]
    assert len(posted(there).newest(wanted, *span, 9)) == 1


def test_a_source_that_is_not_here_is_said() -> None:
    [(query, _, _)] = reads("5m")
    there = Lines(lines(1))
    assert records_of({"logs": there})(query) is there
    with pytest.raises(NotEvaluated, match=r"^doghouse does not evaluate monitors over logs here$"):
        records_of({})(query)


# -- hosts and checks


def test_messages_know_what_is_kept_of_a_host(tmp_path: Path) -> None:
    store = HostStore(Database(tmp_path / "x.sqlite"))
    store.make(["Web-1", "bare"])
    made = hosts_of(store)
    assert made == {"web-1": Host("", (), {}), "bare": Host("", (), {})}
    asked: list[int] = []

    def load() -> dict[str, Host]:
        asked.append(1)
        return made

    lazy = LazyHosts(load)
    assert asked == []
    assert (lazy["bare"], sorted(lazy), len(lazy), "x" in lazy) == (Host("", (), {}), ["bare", "web-1"], 2, False)
    assert asked == [1]


def test_a_check_query_reads_the_last_runs_of_its_check(tmp_path: Path) -> None:
    with living(tmp_path) as house:
        _submit(house, "can_connect", 0, 1, 2, 0)
        _submit(house, "other", 2)
        runs = runs_of(house.stores.checks, lambda host: (f"rack:{host}",))
        [made] = runs(CheckQuery("can_connect", ("*",), (), ("host",), 3, percent=False))
    assert (tuple(made.statuses), made.last_run, made.message) == ((1, 2, 0), int(house.clock.now()), "m")
    assert set(made.tags) >= {"host:a", "rack:a"}


def _submit(house: Live, name: str, *statuses: int) -> None:
    for status in statuses:
        house.check(status, name=name, message="m")
