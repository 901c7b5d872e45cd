"""The store of points against the plain one in memory: whatever comes in, in whatever order, both give the same answers."""

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doghouse.metrics.distributions.sketches import of_values
from doghouse.metrics.door import Full
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Rollup, Series, TimeAggregator
from doghouse.metrics.packing import joined
from doghouse.metrics.store import pipeline, selection
from doghouse.metrics.store.point_store import PointStore
from doghouse.metrics.store.selection import AGGREGATES
from doghouse.storage import duckfile

DAY = 20_000 * 86400
SECONDS = st.one_of(st.integers(DAY - 3, DAY + 3), st.integers(DAY - 100_000, DAY + 100_000))
POINTS = st.lists(st.tuples(st.integers(0, 2), SECONDS, st.integers(-1000, 1000)), max_size=40)
ROLLUPS = st.one_of(
    st.none(),
    st.builds(
        Rollup, st.sampled_from([1, 7, 60, 3600, 86400]), st.sampled_from(["avg", "sum", "min", "max", "count", "last"])
    ),
)
fresh = itertools.count()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PointStore]:
    one = PointStore(tmp_path_factory.mktemp("points"))
    yield one
    one.close()


def new_series(store: PointStore, count: int) -> list[Series]:
    metric = f"metric{next(fresh)}"
    for number in range(count):
        store.numbers([(metric, f"host{number}", "gauge", 15, ())])
    return store.find(metric)


def columns(series: list[Series], points: list[tuple[int, int, int]]) -> Columns:
    return Columns(
        np.array([series[place].id for place, _, _ in points], np.int64),
        np.array([ts for _, ts, _ in points], np.int64),
        np.array([value for _, _, value in points], np.float64),
    )


def same(got: Columns, expected: Columns) -> None:
    assert got.series.tolist() == expected.series.tolist()
    assert got.ts.tolist() == expected.ts.tolist()
    np.testing.assert_allclose(got.value, expected.value, rtol=1e-12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(POINTS, min_size=1, max_size=4),
    rollup=ROLLUPS,
    compactions=st.sets(st.integers(0, 3)),
    window=st.tuples(SECONDS, SECONDS),
)
def test_the_store_answers_as_the_source_in_memory_does(
    store: PointStore,
    batches: list[list[tuple[int, int, int]]],
    rollup: Rollup | None,
    compactions: set[int],
    window: tuple[int, int],
) -> None:
    series = new_series(store, 3)
    for place, batch in enumerate(batches):
        store.append(columns(series, batch))
        if place in compactions:
            while store.compact(now=float(DAY * 2)):
                pass
    memory = MemorySource(series, joined([columns(series, batch) for batch in batches]))
    start, end = sorted(window)
    for chosen in (series, series[:1], series[::2]):
        ids = np.array([one.id for one in chosen], np.int64)
        same(store.read(ids, start, end, rollup), memory.read(ids, start, end, rollup))


@pytest.fixture(scope="module")
def tidy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PointStore]:
    """A store where nothing is ever late, so that it may read rows and roll them up itself."""
    one = PointStore(tmp_path_factory.mktemp("tidy"))
    yield one
    one.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    points=st.lists(st.tuples(st.integers(0, 2), SECONDS, st.integers(-1000, 1000)), unique_by=lambda one: one[:2]),
    rollup=st.builds(Rollup, st.sampled_from([7, 3600, 7200, 86400]), st.sampled_from(list(AGGREGATES))),
    compacted=st.integers(0, 2),
    window=st.tuples(SECONDS, SECONDS),
)
def test_rows_rolled_up_here_and_rows_grouped_by_duckdb_are_the_same(
    tidy: PointStore,
    points: list[tuple[int, int, int]],
    rollup: Rollup,
    compacted: int,
    window: tuple[int, int],
) -> None:
    series = new_series(tidy, 3)
    ordered = sorted(points, key=lambda one: one[1])
    half = len(ordered) // 2
    for place, part in enumerate((ordered[:half], ordered[half:])):
        tidy.append(columns(series, part))
        while place < compacted and tidy.compact(now=float(DAY * 2)):
            pass
    memory = MemorySource(series, columns(series, ordered))
    start, end = sorted(window)
    for few_seconds, few_hours in ((10**9, 0), (0, 10**9), (0, -1)):  # points; hours and the window's ends; DuckDB
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(selection, "FEW_SECONDS", few_seconds)
            patched.setattr(selection, "FEW_HOURS", few_hours)
            for chosen in (series, series[::2]):
                ids = np.array([one.id for one in chosen], np.int64)
                same(tidy.read(ids, start, end, rollup), memory.read(ids, start, end, rollup))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    points=st.lists(st.tuples(st.integers(0, 2), SECONDS, st.integers(-1000, 1000)), min_size=1, max_size=40),
    groups=st.lists(st.integers(0, 1), min_size=3, max_size=3),
)
def test_distributions_are_merged_alike_by_both(
    store: PointStore, points: list[tuple[int, int, int]], groups: list[int]
) -> None:
    series = new_series(store, 3)
    sent = columns(series, points)
    sketches = of_values(sent.series, sent.ts, sent.value)
    store.append_sketches(sketches)
    memory = MemorySource(series, columns(series, []), sketches=sketches)
    ids = np.array([one.id for one in series], np.int64)
    asked = (ids, np.array(groups, np.int64), DAY - 50_000, DAY + 50_000, 3600)
    got, expected = store.read_sketches(*asked), memory.read_sketches(*asked)
    for name in ("group", "ts", "count", "min", "max", "sketch", "key", "n"):
        assert getattr(got, name).tolist() == getattr(expected, name).tolist()
    np.testing.assert_allclose(got.percentile(0.9), expected.percentile(0.9))


@given(aggregator=st.sampled_from(["sum", "min", "max", "count"]))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_rollup_of_hours_is_the_rollup_of_its_minutes(store: PointStore, aggregator: TimeAggregator) -> None:
    series = new_series(store, 1)
    ts = DAY + np.arange(0, 20_000, 7)
    store.append(Columns(np.full(len(ts), series[0].id), ts, (ts % 991).astype(float)))
    ids = np.array([series[0].id])
    hours = store.read(ids, DAY, DAY + 20_000, Rollup(3600, aggregator))
    minutes = store.read(ids, DAY, DAY + 20_000, Rollup(60, aggregator))
    again = MemorySource(series, minutes).read(
        ids, DAY, DAY + 20_000, Rollup(3600, "sum" if aggregator == "count" else aggregator)
    )
    same(hours, again)


def test_what_was_acknowledged_is_there_after_closing_and_opening(tmp_path: Path) -> None:
    first = PointStore(tmp_path)
    number = int(first.numbers([("my.metric", "a", "count", 10, ("env:prod",))])[0])
    first.append(Columns(np.array([number]), np.array([DAY]), np.array([2.5])))
    first.close()
    second = PointStore(tmp_path)
    assert second.find("my.metric") == [Series(number, "my.metric", "count", 10, "a", ("env:prod", "host:a"))]
    assert second.read(np.array([number]), DAY, DAY + 1).value.tolist() == [2.5]
    assert int(second.numbers([("my.metric", "a", "count", 10, ("env:prod",))])[0]) == number
    assert second._newest().tolist() == [DAY]
    second.close()


def test_a_point_that_repeats_after_a_restart_still_replaces_its_twin(tmp_path: Path) -> None:
    for value in (1.0, 2.0):
        store = PointStore(tmp_path)
        number = int(store.numbers([("m", None, None, None, None)])[0])
        store.append(Columns(np.array([number]), np.array([DAY]), np.array([value])))
        assert store.read(np.array([number]), DAY, DAY + 1).value.tolist() == [value]
        store.close()


def test_a_hosts_tags_are_joined_when_series_are_found_so_that_they_apply_to_history(tmp_path: Path) -> None:
    tags = {"a": ["role:db"]}
    store = PointStore(tmp_path, lambda host: tags.get(host, ()))
    int(store.numbers([("m", "a", None, None, ("env:prod",))])[0])
    assert store.find("m")[0].tags == ("env:prod", "host:a", "role:db")
    tags["a"] = ["role:web"]
    assert store.find("m")[0].tags == ("env:prod", "host:a", "role:web")
    store.close()


@pytest.mark.parametrize("compacted", [False, True])
def test_hours_older_than_the_retention_are_forgotten(tmp_path: Path, compacted: bool) -> None:
    store = PointStore(tmp_path)
    number = int(store.numbers([("m", None, None, None, None)])[0])
    ids = np.array([number])
    ts = DAY + np.array([0, 3599, 3600, 3700, 7200])
    store.append(Columns(np.full(5, number), ts, np.arange(5.0)))
    assert store.compact(float(DAY * 2 if compacted else DAY)) is compacted
    store.forget(DAY + 3650)
    assert store.read(ids, 0, DAY * 2).ts.tolist() == ts[2:].tolist()
    assert store.read(ids, 0, DAY * 2, Rollup(3600, "count")).value.tolist() == [2, 1]
    store.close()


def test_a_full_store_refuses_and_nothing_that_was_accepted_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "TAIL_POINTS", 500)
    monkeypatch.setattr(pipeline, "FULL_POINTS", 1000)
    store = PointStore(tmp_path)
    number = int(store.numbers([("m", None, None, None, None)])[0])
    refused = 0
    with ThreadPoolExecutor(1) as patient:
        with store._points._writing:  # DuckDB's writer waits for this, so that the journal fills
            for place in range(30):
                part = Columns(np.full(100, number), DAY + 100 * place + np.arange(100), np.zeros(100))
                try:
                    store.append(part)
                except Full:
                    refused += 1
            with pytest.raises(Full):
                store.append(part, patience=0.01)
            waiting = patient.submit(store.append, part, 60)
        waiting.result()
    assert refused == 20
    assert len(store.read(np.array([number]), 0, DAY * 2)) == 1100
    store.close()


def test_the_disk_that_arrival_took_is_given_back_while_others_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duckfile, "UNUSED_BYTES", 0)
    monkeypatch.setattr(duckfile, "UNUSED_SHARE", 0)
    store = PointStore(tmp_path)
    numbers = np.array([int(store.numbers([("m", f"h{host}", None, None, None)])[0]) for host in range(50)])
    ts = DAY + np.repeat(np.arange(12_000) * 45, len(numbers))
    value = np.random.default_rng(1).integers(0, 1001, len(ts)).astype(float)
    store.append(Columns(np.tile(numbers, 12_000), ts, value))
    expected = store.read(numbers, 0, DAY * 2, Rollup(3600, "sum"))
    wrong: list[Columns] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            found = store.read(numbers, 0, DAY * 2, Rollup(3600, "sum"))
            if found.value.tolist() != expected.value.tolist():
                wrong.append(found)

    readers = [threading.Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    sizes = [(tmp_path / "points.duckdb").stat().st_size]
    while store.compact(float(DAY * 2)):
        sizes.append((tmp_path / "points.duckdb").stat().st_size)
    store.shrink()
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert (tmp_path / "points.duckdb").stat().st_size < 0.8 * max(sizes)
    store.append(Columns(numbers[:1], np.array([DAY - 1]), np.array([4.0])))
    same(store.read(numbers, DAY, DAY * 2, Rollup(3600, "sum")), expected)
    store.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["journal", "journal.sqlite", "points.duckdb"]


def test_putting_a_week_in_order_forgets_late_points_of_that_week_alone(tmp_path: Path) -> None:
    week = 7 * 86400
    start = 2_900 * week
    edges = [start - 1, start, start + week - 1, start + week]
    store = PointStore(tmp_path)
    series = new_series(store, 1)
    store.append(columns(series, [(0, ts, 1) for ts in sorted([*edges, *range(start + 1000, start + 5000, 10)])]))
    store.append(columns(series, [(0, ts, 2) for ts in edges]))
    assert store.compact(float(start + week + 3 * 3600))  # the week with the most points

    read = store.read(np.array([series[0].id], np.int64), start - 10, start + week + 10)
    assert len(set(read.ts.tolist())) == len(read)
    assert [dict(zip(read.ts.tolist(), read.value.tolist(), strict=True))[ts] for ts in edges] == [2, 2, 2, 2]
    store.close()


def test_who_reads_series_without_points_on_their_way_does_not_wait_for_those_of_others(store: PointStore) -> None:
    here, coming = new_series(store, 2)
    store.append(columns([here], [(0, DAY, 1)]))
    store.settle()
    with ThreadPoolExecutor() as pool, store._points._writing:  # DuckDB's writer waits for this
        store.append(columns([coming], [(0, DAY, 2)]))
        got = pool.submit(store.read, np.array([here.id]), DAY, DAY + 1).result(timeout=10)
    same(got, columns([here], [(0, DAY, 1)]))
    both = store.read(np.array([here.id, coming.id]), DAY, DAY + 1)
    same(both, columns([here, coming], [(0, DAY, 1), (1, DAY, 2)]))
