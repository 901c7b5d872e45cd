"""The pytest plugin: the fixture `doghouse`, a running one with a clock of its own. A test run that does not use it imports nothing more.

def test_someone_is_told(doghouse):
    MonitorsApi(doghouse.client()).create_monitor(...)
    for _ in range(10):
        doghouse.submit("my_metric", 900, host="web-1")
        doghouse.advance(minutes=1)
    assert doghouse.notifications[-1]["transition"] == "Triggered"
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from datadog_api_client import ApiClient

    from doghouse.running import House

START_S = 1_772_445_600.0  # 2026-03-02T10:00:00Z, a Monday: tests that say nothing else start there
TIMEOUT_S = 60
NOTIFICATIONS_MOST = 10_000


class RunningDoghouse:
    """A doghouse in this process whose clock stands still until it is told to move.

    `url`, `api_key` and `app_key` are for programs that are pointed at it.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self.url, self.api_key, self.app_key = house.url, house.api_key, house.app_key

    def __repr__(self) -> str:
        return f"<doghouse at {self.url}>"

    @property
    def now(self) -> float:
        """Its time (s UTC)."""
        return self._house.clock.now()

    def client(self, **settings: Any) -> ApiClient:
        """An ApiClient of the official client (package `datadog-api-client`) that speaks to this doghouse; `settings` go to its Configuration."""
        from urllib.parse import urlsplit

        from datadog_api_client import ApiClient, Configuration

        address = urlsplit(self.url)
        configuration = Configuration(
            api_key={"apiKeyAuth": self.api_key, "appKeyAuth": self.app_key},
            server_index=1,
            server_variables={"name": address.netloc, "protocol": address.scheme},
            **settings,
        )
        return ApiClient(configuration)

    def submit(
        self,
        metric: str,
        value: float | Sequence[float],
        *,
        host: str = "",
        tags: Sequence[str] = (),
        type: str = "gauge",
        every: int = 60,
        interval: int = 0,
    ) -> None:
        """Send a point at this doghouse's time; of several values the last is now, and the others are `every` seconds apart before it."""
        values = [value] if isinstance(value, int | float) else list(value)
        first = int(self.now) - every * (len(values) - 1)
        series: dict[str, Any] = {
            "metric": metric,
            "type": type,
            "tags": list(tags),
            "points": [[first + every * place, number] for place, number in enumerate(values)],
        }
        series |= ({"host": host} if host else {}) | ({"interval": interval} if interval else {})
        self.request("POST", "/api/v1/series", {"series": [series]})

    def advance(self, *, minutes: int) -> None:
        """Let minutes pass; each monitor is evaluated at each of them, downtimes start and end, and notifications are sent."""
        self.request("POST", "/doghouse/advance", {"minutes": minutes})

    @property
    def notifications(self) -> list[dict[str, Any]]:
        """What was sent and what was silenced, oldest first: `transition`, `recipients`, `subject`, `body`, `silenced_by`, `time`, `group`."""
        notifications: list[dict[str, Any]] = self.request(
            "GET", f"/doghouse/notifications?limit={NOTIFICATIONS_MOST}"
        )["notifications"]
        return notifications

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """A request with both keys, its answer decoded. Raises urllib.error.HTTPError."""
        import json
        from urllib.request import Request, urlopen

        data = None if body is None else json.dumps(body).encode()
        headers = {**self._house.headers, "Content-Type": "application/json"}
        with urlopen(Request(self.url + path, data, headers, method=method), timeout=TIMEOUT_S) as answer:
            text = answer.read()
        return json.loads(text) if text else None


@pytest.fixture
def doghouse(tmp_path: Path) -> Iterator[RunningDoghouse]:
    """A running doghouse of this test's own, on a free port of 127.0.0.1, at 2026-03-02T10:00:00Z until `advance`."""
    try:
        from doghouse import running, server  # noqa: F401 - all that it needs
    except ImportError as error:
        missing = str(error)
    else:
        missing = ""
    if missing:
        pytest.fail(
            f"the fixture doghouse needs the extra: pip install './doghouse[server]' ({missing})", pytrace=False
        )
    from doghouse.storage.config import Settings
    from doghouse.time.clock import Clock

    with running.serve(tmp_path / "doghouse", clock=Clock(START_S), settings=Settings(time_travel=True)) as house:
        yield RunningDoghouse(house)
