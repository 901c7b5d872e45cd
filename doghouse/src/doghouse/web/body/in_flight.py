"""How much all bodies hold together that are being read or worked on: what would be too much is answered 429, and sent again later."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from doghouse.web import errors
from doghouse.web.body.limits import IN_FLIGHT_BYTES

Charge = Callable[[int], object]


class InFlight:
    """Bytes in flight. One request alone may have as many as its own limit allows."""

    def __init__(self, most: int = IN_FLIGHT_BYTES) -> None:
        self.most = most
        self.bytes = 0
        self._lock = threading.Lock()

    @contextmanager
    def request(self) -> Iterator[Charge]:
        """What a request calls with each further piece (bytes) that it is about to hold, until the block ends. Raises ApiError 429 where there is no room."""
        own = 0

        def charge(size: int) -> None:
            nonlocal own
            with self._lock:
                others = self.bytes - own
                if others > 0 and self.bytes + size > self.most:
                    raise errors.too_much_in_flight()
                self.bytes += size
                own += size

        try:
            yield charge
        finally:
            with self._lock:
                self.bytes -= own
