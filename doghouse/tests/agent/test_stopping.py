"""A signal ends the Agent whenever it arrives."""

from __future__ import annotations

import subprocess
import sys

SIGNALS_AT_EVERY_MOMENT = """
import signal
from doghouse.agent.stopping import Stop

stop = Stop()
stop.listen()
signal.signal(signal.SIGALRM, signal.getsignal(signal.SIGTERM))
signal.setitimer(signal.ITIMER_REAL, 2e-5, 2e-5)
for _ in range(100_000):
    stop.wait(1e-6)
signal.setitimer(signal.ITIMER_REAL, 0)
print("stopped" if stop.wait(0) else "goes on")
"""


def test_a_signal_that_arrives_at_any_moment_of_a_wait_sets_it_and_hangs_nothing() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SIGNALS_AT_EVERY_MOMENT], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "stopped\n"), ended.stderr
