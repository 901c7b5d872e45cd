"""A doghouse with the sample in it: for the tests, and `python doghouse/tests/ui/house.py` for a person who wants to look."""

import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import sample

from doghouse import running
from doghouse.metrics.importing import CONTENT_TYPE, parts
from doghouse.running import House

NOW = int(datetime.fromisoformat("2026-03-02T10:00:00Z").timestamp())  # the time of tests
HISTORY_S = 3600  # before this, my_metric is said to be simulated


class Served:
    """A running doghouse and what was put into it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.url = house.url
        self.client = httpx.Client(base_url=house.url, headers=house.headers, timeout=30)

    def post(self, path: str, body: Any) -> Any:
        """A POST of the API that has to work: its answer."""
        answer = self.client.post(path, json=body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def board(self, body: dict[str, Any]) -> str:
        """Create a dashboard; its address."""
        return self.url + str(self.post("/api/v1/dashboard", body)["url"])

    def fill(self, now: int) -> None:
        """The sample's points, around `now` (s)."""
        for part in parts(*sample.points(now)):
            answer = self.client.post("/doghouse/import", content=part, headers={"Content-Type": CONTENT_TYPE})
            assert answer.is_success, answer.text
        self.post("/doghouse/simulated", {"metric": "my_metric", "from": now - sample.PAST_S, "to": now - HISTORY_S})
        for host, tags in sample.HOST_TAGS.items():
            self.post(f"/api/v1/tags/hosts/{host}", {"tags": tags})
        runs = [
            {"check": "postgres.can_connect", "host_name": "db-1", "status": 0, "timestamp": now, "tags": ["db:shop"]}
        ]
        self.post("/api/v1/check_run", runs)
        body = msgspec.msgpack.encode(sample.traces(now))
        answer = self.client.put("/v0.4/traces", content=body, headers={"Content-Type": "application/msgpack"})
        assert answer.is_success, answer.text
        self.post("/api/v2/logs", sample.logs(now))
        for event in sample.events(now):
            self.post("/api/v1/events", event)

    def watch(self) -> list[int]:
        """The sample's monitors, and the downtimes of the first: their ids."""
        ids = [int(self.post("/api/v1/monitor", body)["id"]) for body in sample.MONITORS]
        for one in (sample.NIGHTS, sample.WEEKEND):
            self.post("/api/v2/downtime", sample.downtime(ids[0], *one))
        return ids


def main() -> None:
    """Serve the sample until interrupted; prints the addresses of its boards."""
    with tempfile.TemporaryDirectory() as folder, running.serve(Path(folder)) as house:
        served = Served(house)
        served.fill(int(time.time()))
        served.watch()
        for body in sample.BOARDS:
            print(served.board(body), flush=True)
        time.sleep(7200)


if __name__ == "__main__":
    main()
