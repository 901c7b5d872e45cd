"""Reads the history of a Datadog account (or of a doghouse that plays it) through the official client: pages, a cache, rate limits, progress."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from doghouse import monitors as mon
from doghouse.importing import account_points
from doghouse.importing.access import AccountError, Keys, client
from doghouse.importing.rate_limits import asked_to_wait, is_used_up
from doghouse.metrics.memory import MemorySource
from doghouse.monitors.kinds.metric import metric_query
from doghouse.queries import metric_queries

# A page that ended so long ago gets no more points (they are taken up to an hour late), and is kept.
SETTLED_S = 2 * 3600
ATTEMPTS = 6
MOST_WAIT_S = 600  # for a rate limit to be over
BACKOFF_S = 2.0
TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: `monitor` is to be evaluated over `source` in the place of the one that was asked for."""

    source: MemorySource
    monitor: mon.Definition


class Account:
    """The query API of the account at `address`. `progress` is told of each page (what is read, number, of how many); `sleep` waits (s)."""

    def __init__(
        self,
        address: str,
        keys: Keys,
        cache: Path | None,
        progress: Callable[[str, int, int], None],
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.address, self._keys, self._cache = address, keys, cache
        self._progress, self._sleep, self._now = progress, sleep, now
        try:
            self._client = client(address, keys, request_timeout=TIMEOUT_S)
        except ImportError:
            raise AccountError("--datadog needs the official client: pip install 'doghouse[datadog]'") from None
        self._pages_read: dict[tuple[str, int, int], Mapping[str, Any]] = {}
        self._types: dict[str, str] = {}
        self.asked = self.cached = 0  # pages from the account, and from the cache

    def read(
        self, monitor: mon.Definition, start: int, end: int, resolution: int, hosts: Mapping[str, mon.Host]
    ) -> Read:
        """All that the monitor's evaluations in (start, end] look at. Raises AccountError, QuerySyntaxError, NotEvaluated."""
        ticks = mon.ticks_of(monitor, start, end)
        if len(ticks) == 0:
            ticks = np.array([end], np.int64)
        names = {one.metric for one in metric_queries(metric_query(monitor).expression)}
        plan = account_points.plan(monitor, ticks, resolution, {name: self._type(name) for name in names})
        answers = {one.metric: self._pages(one, resolution) for one in plan.asked}
        tags = {name: host.tags for name, host in hosts.items()}
        return Read(account_points.source(plan, answers, tags), plan.monitor)

    def _type(self, metric: str) -> str:
        """A metric's type; of one that is unknown to the account, none."""
        from datadog_api_client.v1.api.metrics_api import MetricsApi

        if metric not in self._types:
            found = self._ask(lambda: MetricsApi(self._client).get_metric_metadata(metric), missing=True)
            self._types[metric] = str((found or {}).get("type") or "")
        return self._types[metric]

    def _pages(self, asked: account_points.Asked, resolution: int) -> Sequence[Mapping[str, Any]]:
        spans = account_points.pages(asked, resolution)
        found = []
        for number, (start, end) in enumerate(spans, 1):
            place = (asked.text, start, end)
            if place not in self._pages_read:
                self._progress(asked.text, number, len(spans))
                self._pages_read[place] = self._page(asked.text, start, end)
            answer = self._pages_read[place]
            for series in answer.get("series") or []:
                if series.get("interval") and series["interval"] != resolution:
                    raise AccountError(
                        f"{asked.text}: the account answers in steps of {series['interval']} s, not {resolution} s: give --resolution {series['interval']}"
                    )
            found.append(answer)
        return found

    def _page(self, text: str, start: int, end: int) -> Mapping[str, Any]:
        """One page, from the cache if it is there."""
        from datadog_api_client.v1.api.metrics_api import MetricsApi

        kept = self._kept(text, start, end)
        if kept is not None and kept.is_file():
            try:
                found: Mapping[str, Any] = json.loads(kept.read_text())
            except (OSError, ValueError):
                kept.unlink(missing_ok=True)
            else:
                self.cached += 1
                return found
        if start >= self._now():
            return {"series": []}
        answer = self._ask(lambda: MetricsApi(self._client).query_metrics(_from=start, to=end, query=text)) or {}
        if answer.get("error"):
            raise AccountError(f"{text}: {answer['error']}")
        self.asked += 1
        if kept is not None and end < self._now() - SETTLED_S:
            _write(kept, json.dumps({"series": answer.get("series") or []}))
        return answer

    def _kept(self, text: str, start: int, end: int) -> Path | None:
        """Where a page is kept. Accounts are told apart by a digest of their keys."""
        if self._cache is None:
            return None
        whose = "\0".join((self.address, self._keys.api_key, self._keys.app_key, text, str(start), str(end)))
        return self._cache / f"{hashlib.sha256(whose.encode()).hexdigest()}.json"

    def _ask(self, call: Callable[[], Any], missing: bool = False) -> Any:
        """A call's document; rate limits and failures of the moment are waited out. With `missing` a 404 is None."""
        from urllib3.exceptions import HTTPError

        said, wait = "", 0.0
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(wait)
            try:
                status, headers, document = _answered(call)
            except (HTTPError, OSError, ValueError) as error:
                wait, said = BACKOFF_S * 2**attempt, f"does not answer ({type(error).__name__})"
                continue
            if status == 404 and missing:
                return None
            if status < 300:
                self._rest(headers)
                return document
            said = _refusal(status, document)
            if status != 429 and status < 500:
                raise AccountError(f"{self.address} {said}")
            wait = _wait(headers, attempt)
        raise AccountError(f"{self.address} {said}, {ATTEMPTS} times")

    def _rest(self, headers: Mapping[str, str]) -> None:
        """Where this answer was the last that the rate limit allows, wait until it allows more."""
        if is_used_up(headers):
            self._sleep(_wait(headers, 0))


def _answered(call: Callable[[], Any]) -> tuple[int, Mapping[str, str], Any]:
    """A call's status, headers and document. Raises urllib3's HTTPError, or OSError or ValueError where there is none."""
    from datadog_api_client.exceptions import ApiException

    try:
        answer = call()
    except ApiException as error:
        if not error.status:
            raise OSError(str(error.reason)) from None
        return error.status, error.headers or {}, error.body
    return answer.status, answer.headers, json.loads(answer.data or b"{}")


def _wait(headers: Mapping[str, str], attempt: int) -> float:
    """How long (s) a rate limit asks to wait; else longer at each attempt."""
    asked = asked_to_wait(headers)
    return BACKOFF_S * 2**attempt if asked is None else min(asked, MOST_WAIT_S)


def _refusal(status: int, document: Any) -> str:
    errors = document.get("errors") if isinstance(document, dict) else None
    return f"answers {status}" + (
        f": {'; '.join(str(error) for error in errors)}" if isinstance(errors, list) and errors else ""
    )


def _write(path: Path, text: str) -> None:
    """All of it or nothing: a page that is half written would be read as whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    Path(name).replace(path)


def cache_folder() -> Path:
    """Where pages are kept unless said otherwise: `$XDG_CACHE_HOME/doghouse/history`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "doghouse" / "history"
