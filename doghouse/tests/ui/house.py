"""A doghouse with the sample in it: for the tests, and `python doghouse/tests/ui/house.py` for a person who wants to look."""

import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

sys.path.append(str(Path(__file__).parents[1] / "shared"))  # for who runs this file by hand

import sample
from served import Server

from doghouse import running
from doghouse.metrics.intake.importing import CONTENT_TYPE, parts

NOW = int(datetime.fromisoformat("2026-03-02T10:00:00Z").timestamp())  # the time of tests
HISTORY_S = 3600  # before this, my_metric is said to be simulated


class Served(Server):
    """A running doghouse and what is put into it for its pages."""

    def board(self, body: dict[str, Any]) -> str:
        """Create a dashboard; its address."""
        return self.url + str(self.ok("POST", "/api/v1/dashboard", body)["url"])

    def fill(self, now: int) -> None:
        """The sample's points, around `now` (s)."""
        for part in parts(*sample.points(now)):
            answer = self.client.post("/doghouse/import", content=part, headers={"Content-Type": CONTENT_TYPE})
            assert answer.is_success, answer.text
        self.ok(
            "POST", "/doghouse/simulated", {"metric": "my_metric", "from": now - sample.PAST_S, "to": now - HISTORY_S}
        )
        for host, tags in sample.HOST_TAGS.items():
            self.ok("POST", f"/api/v1/tags/hosts/{host}", {"tags": tags})
        runs = [
            {"check": "postgres.can_connect", "host_name": "db-1", "status": 0, "timestamp": now, "tags": ["db:shop"]}
        ]
        self.ok("POST", "/api/v1/check_run", runs)
        body = msgspec.msgpack.encode(sample.traces(now))
        answer = self.client.put("/v0.4/traces", content=body, headers={"Content-Type": "application/msgpack"})
        assert answer.is_success, answer.text
        self.ok("POST", "/api/v2/logs", sample.logs(now))
        for event in sample.events(now):
            self.ok("POST", "/api/v1/events", event)

    def watch(self) -> list[int]:
        """The sample's monitors, and the downtimes of the first: their ids."""
        ids = [int(self.ok("POST", "/api/v1/monitor", body)["id"]) for body in sample.MONITORS]
        for one in (sample.NIGHTS, sample.WEEKEND):
            self.ok("POST", "/api/v2/downtime", sample.downtime(ids[0], *one))
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
