"""How long something takes, to see how that grows."""

import time
from collections.abc import Callable


def seconds(act: Callable[[], object], times: int = 5) -> float:
    """The thread's own time (s), the least of several: what the machine's other work disturbs least."""
    took = []
    for _ in range(times):
        began = time.thread_time()
        act()
        took.append(time.thread_time() - began)
    return min(took)
