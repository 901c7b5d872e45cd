"""Runs on a grid that does not drift; a hanging run stops no other."""

import itertools
import threading

from hypothesis import given
from hypothesis import strategies as st

from doghouse.agent.checks.schedule import SPREAD_S, Schedule
from doghouse.agent.checks.workers import Workers


def starts(schedule, until, step=0.01):
    """When each id was due, looking every `step` seconds."""
    seen, ticks = {}, round(until / step)
    for tick in range(ticks):
        for one in schedule.due(tick * step):
            seen.setdefault(one, []).append(round(tick * step, 6))
    return seen


def test_the_first_run_is_at_once_and_the_others_an_interval_apart():
    schedule = Schedule()
    schedule.add({"a": 45}, 0.0)
    assert starts(schedule, 200, 0.5) == {"a": [0, 45, 90, 135, 180]}


def test_the_first_runs_of_many_are_spread():
    schedule = Schedule()
    schedule.add({str(n): 15 for n in range(500)}, 0.0)
    firsts = sorted(times[0] for times in starts(schedule, 15).values())
    assert len(firsts) == 500
    assert firsts[-1] <= 7.5
    assert max(b - a for a, b in itertools.pairwise(firsts)) <= SPREAD_S


@given(st.floats(0, 1e9), st.integers(1, 3600), st.lists(st.floats(0, 7), max_size=50))
def test_however_late_each_look_is_a_run_stays_on_its_grid_and_is_never_given_twice(start, interval, delays):
    schedule = Schedule()
    schedule.add({"a": interval}, start)
    now, given_at = start, []
    for delay in [0.0, *delays]:
        now += delay
        given_at += [now for _ in schedule.due(now)]
        upcoming = schedule.next()
        turns = (upcoming - start) / interval
        assert upcoming > now
        assert abs(turns - round(turns)) < 1e-3
    assert len(given_at) == len(set(given_at))


def test_turns_that_were_missed_are_skipped():
    schedule = Schedule()
    schedule.add({"a": 10}, 0.0)
    assert list(schedule.due(0)) == ["a"]
    assert list(schedule.due(47)) == ["a"]
    assert schedule.next() == 50


def test_what_is_removed_is_due_no_more():
    schedule = Schedule()
    schedule.add({"a": 10, "b": 10}, 0.0)
    schedule.remove("a")
    assert starts(schedule, 25, 0.5).keys() == {"b"}
    schedule.remove("b")
    assert schedule.next() is None


def test_a_job_that_hangs_stops_no_other():
    workers, release, done = Workers(), threading.Event(), threading.Semaphore(0)
    for _ in range(20):
        workers.run(release.wait)
    for _ in range(50):
        workers.run(done.release)
    assert all(done.acquire(timeout=60) for _ in range(50))
    release.set()


def test_a_free_thread_is_used_again():
    workers, threads = Workers(), set()
    for _ in range(20):
        finished = threading.Event()
        workers.run(lambda finished=finished: (threads.add(threading.get_ident()), finished.set()))
        assert finished.wait(60)
    assert len(threads) <= 3
