"""Threads that run checks: one for each that runs at the moment, and none that is idle for long."""

import threading
import time

import pytest

from doghouse.agent.checks import workers
from doghouse.agent.checks.workers import Workers

PATIENCE_S = 60


class Jobs:
    """Jobs that say in which thread they run, and end when they are let go."""

    def __init__(self):
        self.workers = Workers()
        self.begun = threading.Semaphore(0)
        self.threads = []
        self.go_on = threading.Event()

    def start(self, count):
        for _ in range(count):
            self.workers.run(self.job)
        for _ in range(count):
            assert self.begun.acquire(timeout=PATIENCE_S)

    def job(self):
        self.threads.append(threading.current_thread())
        self.begun.release()
        assert self.go_on.wait(PATIENCE_S)

    def let_go(self, free):
        """End what runs, and wait until so many threads are free."""
        self.go_on.set()
        until = time.monotonic() + PATIENCE_S
        while self.workers._free != free:
            assert time.monotonic() < until
            time.sleep(0.001)
        self.go_on.clear()


def test_a_job_never_waits_for_another_and_a_free_thread_is_used_again():
    jobs = Jobs()
    jobs.start(3)
    first = set(jobs.threads)
    jobs.let_go(free=3)
    jobs.threads.clear()
    jobs.start(4)
    assert (len(first), len(set(jobs.threads)), len(first - set(jobs.threads))) == (3, 4, 0)
    jobs.let_go(free=4)


def test_a_thread_without_work_ends_and_the_next_job_has_a_new_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workers, "IDLE_S", 0.01)
    jobs = Jobs()
    jobs.start(2)
    first = list(jobs.threads)
    jobs.let_go(free=0)
    for thread in first:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
    jobs.start(1)
    assert jobs.threads[-1] not in first
    jobs.go_on.set()
