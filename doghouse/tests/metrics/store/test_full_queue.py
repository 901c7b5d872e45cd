"""Points come faster than DuckDB takes them: what is beyond the limit is refused with 429, and can be sent again."""

from pathlib import Path

import httpx
import numpy as np
import pytest

from doghouse import running
from doghouse.metrics.model import Columns
from doghouse.metrics.store import pipeline
from doghouse.time.clock import Clock

NOW = 1_772_445_600


def test_a_full_store_is_a_429_and_what_was_accepted_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "FULL_POINTS", 0)
    with running.serve(tmp_path, clock=Clock(NOW)) as house, httpx.Client(headers=house.headers, timeout=60) as client:
        store = house.app.state.points
        number = int(store.numbers([("waits", None, None, None, None)])[0])
        body = {"series": [{"metric": "waits", "points": [[NOW, 1]]}]}
        sketch = {"series": [{"metric": "waits.too", "points": [[NOW, [1]]]}]}
        with store._points._writing:  # DuckDB's writer waits for this
            store.append(Columns(np.array([number]), np.array([NOW - 1]), np.ones(1)))
            refused = client.post(f"{house.url}/api/v1/series", json=body)
            refused_too = client.post(f"{house.url}/api/v1/distribution_points", json=sketch)
        assert [refused.status_code, refused_too.status_code] == [429, 429]
        store.settle()
        assert client.post(f"{house.url}/api/v1/series", json=body).status_code == 202
        assert client.get(f"{house.url}/doghouse/store").json()["arrived"] == 2
