"""Whether the Agent is to end: set by a signal, looked at between jobs."""

from __future__ import annotations

import queue
import signal


class Stop:
    """Whether to end. SIGTERM and SIGINT set it, from `listen` on.

    A threading.Event would not do: a signal that arrives while the main thread has the event's lock waits for that lock for ever, on the thread that has it.
    """

    def __init__(self) -> None:
        self._requests: queue.SimpleQueue[None] = queue.SimpleQueue()  # its put may be called in the midst of its get

    def listen(self) -> None:
        """Take the signals over."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._requests.put(None))

    def wait(self, seconds: float) -> bool:
        """Sleep for so long, or until it is set; whether it is."""
        try:
            self._requests.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return False
        self._requests.put(None)  # it stays set
        return True
