"""Points come faster than the disk takes them: what does not fit the queue is refused with 429, and can be sent again."""

import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np
import pytest

from doghouse import running
from doghouse.clock import Clock
from doghouse.metrics import pipeline
from doghouse.metrics.model import Columns

NOW = 1_772_445_600


def wait_until(reached: Callable[[], object]) -> None:
    for _ in range(1000):
        if reached():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not come to that")


def test_a_full_queue_is_a_429_and_what_was_accepted_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "QUEUE_POINTS", 0)
    with running.serve(tmp_path, clock=Clock(NOW)) as house, httpx.Client(headers=house.headers, timeout=30) as client:
        store = house.app.state.points
        number = store.index.resolve(("waits", None, None, None, None))
        points = [Columns(np.array([number]), np.array([NOW - second]), np.ones(1)) for second in (1, 2)]
        body = {"series": [{"metric": "waits", "points": [[NOW, 1]]}]}
        sketch = {"series": [{"metric": "waits.too", "points": [[NOW, [1]]]}]}
        with store._journal._database.transaction():  # the journal's writer waits for this
            accepted = [store.append(points[0])]
            wait_until(lambda: not store._pipeline._queue)
            accepted.append(store.append(points[1]))
            refused = client.post(f"{house.url}/api/v1/series", json=body)
            refused_too = client.post(f"{house.url}/api/v1/distribution_points", json=sketch)
        assert [refused.status_code, refused_too.status_code] == [429, 429]
        for done in accepted:
            done.result()
        assert client.post(f"{house.url}/api/v1/series", json=body).status_code == 202
        assert client.get(f"{house.url}/doghouse/store").json()["arrived"] == 3
