"""`doghouse import`: files of history into a running doghouse, as a person runs it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from doghouse import running
from doghouse.metrics.distributions.sketches import Sketches, of_values
from doghouse.metrics.intake import importing
from doghouse.metrics.intake.importing import parts, received
from doghouse.metrics.model import Columns, Series
from doghouse.metrics.packing import pack_sketches, unpack
from doghouse.metrics.store.index import SeriesIndex
from doghouse.running import House
from doghouse.time.clock import Clock
from doghouse.web.body import limits

LONG_AGO = 1_500_000_000
CSV = """timestamp,metric,value,type,interval,tags
1500000000,old.metric,1.5,count,10,"host:A,Env:x"
1500000010,old.metric,2,count,10,"host:A,Env:x"
1500000000,other,7,,,
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running.serve(tmp_path_factory.mktemp("house"), clock=Clock(1_772_445_600.0)) as one:
        yield one


def test_history_of_many_series_goes_in_parts_that_the_server_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million points of a million series were one body, which was refused."""
    monkeypatch.setattr(importing, "PART_BYTES", 20_000)
    tags = tuple(f"tag{number}:{'x' * 20}" for number in range(20))
    series = [Series(number, f"m{number}", "gauge", 0, "", tags) for number in range(200)]
    places = np.arange(400) % 200
    bodies = list(parts(series, Columns(places, 1000 + np.arange(400), np.arange(400.0))))
    assert max(map(len, bodies)) <= 20_000
    got: list[tuple[str, int, float]] = []
    for body in bodies:
        part = msgspec.msgpack.decode(body, type=importing.Part)
        there = unpack(part.columns)
        names = [part.series[place].metric for place in there.series]
        got += zip(names, there.ts.tolist(), there.value.tolist(), strict=True)
    assert got == [(f"m{place}", 1000 + at, float(at)) for at, place in enumerate(places)]


def test_a_part_of_history_is_within_what_its_endpoint_takes() -> None:
    rng, count = np.random.default_rng(1), 100_000
    tags = tuple(f"tag{number}:{'x' * 30}" for number in range(20))
    series = [Series(number, f"metric.{number:x}", "gauge", 0, f"host{number}", tags) for number in range(count)]
    columns = Columns(np.arange(count), rng.integers(0, 2**32, count), rng.standard_normal(count))
    bounds = limits.of("/doghouse/import")
    for body in parts(series, columns):
        limits.check(body, bounds, importing.CONTENT_TYPE)
        assert len(body) <= bounds.unpacked


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "doghouse", "import", *arguments], capture_output=True, text=True, timeout=60
    )
    assert "Traceback" not in done.stderr
    return done


def held(house: House, metric: str) -> dict[tuple[str, ...], list[tuple[int, float]]]:
    points = house.app.state.points
    found = {}
    for series in points.find(metric):
        columns = points.read([series.id], 0, 2**32)
        found[series.tags] = list(zip(columns.ts.tolist(), columns.value.tolist(), strict=True))
    return found


def test_a_csv_of_any_age_is_taken_without_being_told_the_keys(house: House, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(CSV)
    done = run(str(file), "--url", house.url)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"imported 3 points of 2 series into {house.url}\n", "")
    assert held(house, "old.metric") == {("env:x", "host:a"): [(LONG_AGO, 1.5), (LONG_AGO + 10, 2.0)]}
    assert held(house, "other") == {(): [(LONG_AGO, 7.0)]}
    [series] = house.app.state.points.find("old.metric")
    assert (series.type, series.interval) == ("count", 10)


def test_a_parquet_file_means_the_same(house: House, tmp_path: Path) -> None:
    source, file = tmp_path / "a.csv", tmp_path / "a.parquet"
    source.write_text(CSV.replace("old.metric", "parquet.metric"))
    duckdb.sql(f"COPY (FROM read_csv('{source}')) TO '{file}'")
    assert run(str(file), "--url", house.url).returncode == 0
    assert held(house, "parquet.metric") == {("env:x", "host:a"): [(LONG_AGO, 1.5), (LONG_AGO + 10, 2.0)]}


def test_the_values_of_a_distribution_are_all_kept_also_several_of_one_second(house: House, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    rows = "".join(f"{LONG_AGO},lead.time,{value},distribution,0,shop:a\n" for value in (1, 2, 3, 4, 100))
    file.write_text(f"timestamp,metric,value,type,interval,tags\n{rows}")
    done = run(str(file), "--url", house.url, "--json")
    assert json.loads(done.stdout) == {"points": 5, "series": 1}
    [series] = house.app.state.points.find("lead.time")
    sketch = house.app.state.points.read_sketches([series.id], [0], LONG_AGO, LONG_AGO + 10, 10)
    assert (sketch.count.tolist(), sketch.sum.tolist(), sketch.max.tolist()) == ([5.0], [110.0], [100.0])
    assert sketch.percentile(0.5) == pytest.approx([3], rel=0.02)


def test_several_files_and_json_for_programs(house: House, tmp_path: Path) -> None:
    files = []
    for number in range(2):
        file = tmp_path / f"{number}.csv"
        file.write_text(f"timestamp,metric,value\n{LONG_AGO},several,{number}\n")
        files.append(str(file))
    done = run(*files, "--url", house.url, "--json")
    assert json.loads(done.stdout) == {"points": 2, "series": 2}
    assert held(house, "several") == {(): [(LONG_AGO, 1.0)]}  # the later one of a second wins


def test_a_mistake_names_file_and_line_and_nothing_is_imported(house: House, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(f"timestamp,metric,value\n{LONG_AGO},unsent,1\n")
    bad.write_text(f"timestamp,metric,value\n{LONG_AGO},unsent,1\n{LONG_AGO},unsent,much\n")
    done = run(str(good), str(bad), "--url", house.url)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"doghouse: {bad}:3: value 'much' is not a number\n"
    assert held(house, "unsent") == {}


def test_wrong_keys_and_a_house_that_is_not_there_are_one_sentence(house: House, tmp_path: Path) -> None:
    file, keys = tmp_path / "a.csv", tmp_path / "keys.json"
    file.write_text(CSV)
    keys.write_text(json.dumps({"api_key": "0" * 32, "app_key": "0" * 40}))
    refused = run(str(file), "--url", house.url, "--keys-file", str(keys))
    assert (refused.returncode, refused.stderr) == (
        1,
        f"doghouse: {house.url}/doghouse/import answered 403: Forbidden\n",
    )
    away = run(str(file), "--url", "http://127.0.0.1:9")
    assert away.returncode == 1
    assert "http://127.0.0.1:9 cannot be reached" in away.stderr
    nonsense = run(str(file), "--url", "example")
    assert nonsense.returncode == 64
    assert nonsense.stderr.startswith("doghouse: 'example' is not the address of a doghouse")
    assert run("--url", house.url).returncode == 64


def test_parts_of_any_size_carry_the_same_points() -> None:
    series = [Series(place, f"m{place}", "gauge", 0, "", ()) for place in range(3)]
    columns = Columns(np.array([2, 0, 1, 2, 0]), np.arange(5) + LONG_AGO, np.arange(5.0))
    for size in (1, 2, 5, 100):
        index = SeriesIndex()
        bodies = list(parts(series, columns, size=size))
        got = [received(body, index)[0] for body in bodies]
        points = {
            (index[number].metric, ts, value)
            for part in got
            for number, ts, value in zip(part.series.tolist(), part.ts.tolist(), part.value.tolist(), strict=True)
        }
        assert points == {
            ("m2", LONG_AGO, 0.0),
            ("m0", LONG_AGO + 1, 1.0),
            ("m1", LONG_AGO + 2, 2.0),
            ("m2", LONG_AGO + 3, 3.0),
            ("m0", LONG_AGO + 4, 4.0),
        }
        assert len(bodies) == -(-5 // size)


def test_sketches_that_are_none_are_refused() -> None:
    series = [Series(0, "d", "distribution", 0, "", ()), Series(1, "m", "gauge", 0, "", ())]
    whole = of_values(np.array([0, 0]), np.array([LONG_AGO, LONG_AGO]), np.array([1.0, 50.0]))
    nothing = np.array([], np.int64)

    def body(sketches: Sketches) -> bytes:
        return next(parts(series, Columns(nothing, nothing, np.array([])), sketches))

    [sketch] = [received(body(whole), SeriesIndex())[1]]
    assert (sketch.count.tolist(), sketch.n.tolist()) == ([2.0], [1.0, 1.0])
    for wrong, text in (
        (replace(whole, group=np.array([1])), "a sketch belongs to no distribution"),
        (replace(whole, key=whole.key + 40_000), "there is no such bucket"),
    ):
        with pytest.raises(ValueError, match=text):
            received(body(wrong), SeriesIndex())
    packed = pack_sketches(whole)
    for cut in (0, 6, 7, 8):
        part = importing.Part(
            series[:1], b"", [one[:8] if place == cut else one + one[:8] for place, one in enumerate(packed)]
        )
        with pytest.raises(ValueError, match=r"columns of sketches differ in length|belongs to no s"):
            received(msgspec.msgpack.encode(part), SeriesIndex())


def test_a_body_whose_points_belong_to_nothing_is_refused() -> None:
    [body] = parts([Series(0, "m", "gauge", 0, "", ())], Columns(np.array([0]), np.array([1]), np.array([1.0])))
    with pytest.raises(ValueError, match="belongs to no series"):
        received(body.replace(b"\x00\x00\x00\x00\x01", b"\x07\x00\x00\x00\x01", 1), SeriesIndex())
