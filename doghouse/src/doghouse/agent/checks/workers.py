"""Threads that run checks: as many as checks run at the moment, so that a check that hangs never stops another."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

IDLE_S = 60.0  # a thread without work ends after this


class Workers:
    """Runs jobs in daemon threads, which are kept for the next job; a new one is made only when none is free."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._free = 0

    def run(self, job: Callable[[], object]) -> None:
        """Start a job. It must not raise."""
        with self._lock:
            if self._free > 0:
                self._free -= 1
                fresh = False
            else:
                fresh = True
        if fresh:
            threading.Thread(target=self._work, args=(job,), name="check", daemon=True).start()
        else:
            self._jobs.put(job)

    def _work(self, job: Callable[[], object]) -> None:
        while True:
            job()
            with self._lock:
                self._free += 1
            try:
                job = self._jobs.get(timeout=IDLE_S)
            except queue.Empty:
                with self._lock:
                    if self._free > 0:
                        self._free -= 1
                        return
                job = self._jobs.get()  # one was promised to a free thread just now
