"""The second process that decodes under load: it makes of a body what this one makes of it, and nothing is lost when it goes."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest

from doghouse import running
from doghouse.clock import Clock
from doghouse.errors import ApiError
from doghouse.metrics.batch import columns, numbered
from doghouse.metrics.decoding import offloading, v1
from doghouse.metrics.decoding.offloading import Helper
from doghouse.metrics.index import SeriesIndex
from doghouse.metrics.model import Rollup

NOW = 1_772_445_600


def body(first_host: int, at: int = NOW) -> bytes:
    series = [
        {
            "metric": "m",
            "host": f"h{first_host + host}",
            "type": "count",
            "interval": 10,
            "tags": ["Env:x"],
            "points": [[at, host], [at + 1, 0.5]],
        }
        for host in range(200)
    ]
    return json.dumps({"series": series}).encode()


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offloading, "START_AFTER", 1)


@pytest.mark.usefixtures("eager")
def test_a_body_means_the_same_in_both_processes_and_a_series_has_one_number() -> None:
    async def both() -> None:
        index = SeriesIndex()
        helper = Helper(index)
        try:
            assert not helper.is_free(body(0))  # this asks for it
            for first_host in (0, 100, 0):
                here = columns(numbered(v1.decode(body(first_host)), index), NOW)
                there = await helper.decode(body(first_host), "v1")
                assert there is not None
                there_columns = columns(there, NOW)
                assert there_columns.series.tolist() == here.series.tolist()
                assert there_columns.ts.tolist() == here.ts.tolist()
                assert there_columns.value.tolist() == here.value.tolist()
            with pytest.raises(ApiError, match="not in the expected format"):
                await helper.decode(b'{"series": 3}', "v1")
        finally:
            helper.close()

    asyncio.run(both())


@pytest.mark.usefixtures("eager")
def test_a_helper_that_is_gone_is_replaced_and_the_body_it_had_is_decoded_here() -> None:
    async def lose_it() -> None:
        helper = Helper(SeriesIndex())
        try:
            helper.is_free(body(0))
            assert await helper.decode(body(0), "v1") is not None
            assert helper._process
            helper._process.kill()
            assert await helper.decode(body(0), "v1") is None
            helper.is_free(body(0))
            assert await helper.decode(body(0), "v1") is not None
        finally:
            helper.close()

    asyncio.run(lose_it())


@pytest.mark.usefixtures("eager")
def test_under_load_every_point_is_kept_once_and_no_process_is_left(tmp_path: Path) -> None:
    bodies = [body(0, NOW + 2 * step) for step in range(60)]
    with running.serve(tmp_path, clock=Clock(float(NOW))) as house:

        def post(part: list[bytes]) -> set[int]:
            with httpx.Client(base_url=house.url, headers=house.headers) as client:
                return {client.post("/api/v1/series", content=one).status_code for one in part}

        with ThreadPoolExecutor(4) as pool:
            assert set().union(*pool.map(post, [bodies[place::4] for place in range(4)])) == {202}
        assert [child.cmdline()[-1] for child in psutil.Process().children()] == ["doghouse.metrics.decoding.helper"]
        points = house.app.state.points
        ids = [series.id for series in points.find("m")]
        assert len(ids) == 200
        assert points.read(ids, NOW, NOW + 3600, Rollup(3600, "count")).value.tolist() == [120.0] * 200
    assert psutil.Process().children() == []
