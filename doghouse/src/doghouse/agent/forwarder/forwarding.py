"""Delivers payloads, and keeps on disk what can't be delivered yet (datadog-agent: comp/forwarder)."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable

from msgspec import Struct

from doghouse.agent.forwarder.payloads import Payload
from doghouse.agent.forwarder.spool import Spool
from doghouse.agent.forwarder.transport import Fate, Outcome

# datadog.yaml: forwarder_backoff_base, _factor, _max, forwarder_recovery_interval
BACKOFF_BASE_S = 2
BACKOFF_FACTOR = 2
BACKOFF_MAX_S = 64
RECOVERY = 2
HELD = 1_000  # requests in memory while the disk takes none; then the oldest are dropped
_logger = logging.getLogger("doghouse.agent.forwarder")


class Traffic(Struct):
    """What was sent since the start."""

    delivered: int = 0
    refused: int = 0
    retried: int = 0
    last_problem: str = ""


def backoff(errors: int, share: float) -> float:
    """Seconds to wait after so many errors: between a half and the whole of 2·2^errors, at most 64; `share` (0 to 1) says where between."""
    if errors <= 0:
        return 0.0
    longest = float(min(BACKOFF_MAX_S, BACKOFF_BASE_S * 2**errors))
    return longest / BACKOFF_FACTOR * (1 + share)


class Forwarder:
    """Sends what it is given to one intake. For one thread at a time. It waits for nothing but the request itself."""

    def __init__(self, send: Callable[[Payload], Outcome], spool: Spool, share: Callable[[], float]) -> None:
        self._send = send
        self._spool = spool
        self._share = share
        self._errors = 0
        self._not_before = 0.0
        self._unsettled: deque[Payload] = deque()  # neither delivered nor on disk
        self._overflowed = 0
        self.traffic = Traffic()

    def deliver(self, payloads: Iterable[Payload], now: float) -> None:
        """Send these, then what was kept, oldest first; keep what can't be sent. After an error nothing is tried until the backoff is over.

        Raises OSError where the disk takes no more: what is not on it yet is held in memory until the next call.
        """
        self._hold(payloads)
        while self._unsettled:
            payload = self._unsettled[0]
            if now < self._not_before or self._try(payload, now) is Fate.LATER:
                self._spool.keep(payload)
            self._unsettled.popleft()
        for path, payload in self._spool.oldest_first():
            if now < self._not_before:
                break
            self.traffic.retried += 1
            if self._try(payload, now) is Fate.LATER:
                break
            self._spool.forget(path)

    def leave(self, payloads: Iterable[Payload]) -> None:
        """Keep these, and what `deliver` is sending in another thread, which may hang: that request may then be made twice. Raises OSError."""
        for payload in (*self._unsettled, *payloads):
            self._spool.keep(payload)

    def _hold(self, payloads: Iterable[Payload]) -> None:
        self._unsettled.extend(payloads)
        while len(self._unsettled) > HELD:
            self._unsettled.popleft()
            self._overflowed += 1

    @property
    def waiting(self) -> int:
        """How many payloads are not delivered yet, on disk or, where that takes no more, in memory."""
        return len(self._spool) + len(self._unsettled)

    @property
    def dropped(self) -> int:
        """How many were dropped because the queue was full."""
        return self._spool.dropped + self._overflowed

    def _try(self, payload: Payload, now: float) -> Fate:
        outcome = self._send(payload)
        if outcome.fate is Fate.LATER:
            self._errors += 1
            self._not_before = now + backoff(self._errors, self._share())
            self._complain(outcome.why, "kept, to be sent later")
        else:
            self._errors = max(0, self._errors - RECOVERY)
            if outcome.fate is Fate.REFUSED:
                self.traffic.refused += 1
                self._complain(outcome.why, "dropped")
            else:
                self.traffic.delivered += 1
                if self.traffic.last_problem:
                    _logger.info("delivering again; %d kept requests to go", len(self._spool))
                    self.traffic.last_problem = ""
        return outcome.fate

    def _complain(self, why: str, consequence: str) -> None:
        if why != self.traffic.last_problem:  # once, not every few seconds
            _logger.error("%s; the request is %s", why, consequence)
        self.traffic.last_problem = why
