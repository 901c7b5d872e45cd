"""Folders of partitioned Parquet, here and in object stores: what is read of them is what a file with the same points gives, and no more than was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from memory_points import T0
from object_store import BUCKET, Served, s3, serving, web

from doghouse.files import FileError
from doghouse.files.places import Folder, LocalFolder, place
from doghouse.metrics.files import writing
from doghouse.metrics.files.partitions import History
from doghouse.metrics.files.series_files import SeriesFileError
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Ints, Series, Source

DAY = 86_400
FIRST = T0 // DAY * DAY
METRICS = ("cpu", "mem")


def series_of(metric: str, hosts: int) -> list[Series]:
    return [Series(n, metric, "gauge", 0, f"h{n}", ("env:prod", f"host:h{n}")) for n in range(hosts)]


def points_of(day: int, hosts: int, step: int = 60, seed: int = 0) -> Columns:
    times = np.arange(FIRST + day * DAY, FIRST + day * DAY + DAY, step)
    values = np.random.default_rng(seed + day).standard_normal(hosts * len(times))
    return Columns(np.repeat(np.arange(hosts), len(times)), np.tile(times, hosts), values)


def written(folder: Folder, days: int = 3, hosts: int = 3) -> None:
    for metric in METRICS:
        for day in range(days):
            name = f"metrics/metric={metric}/date=2026-03-{2 + day:02d}/points.parquet"
            folder.put(name, writing.parquet(series_of(metric, hosts), points_of(day, hosts)))


def ids(source: Source, metric: str) -> Ints:
    return np.array([one.id for one in source.find(metric)], np.int64)


def read(source: Source, metric: str, start: int, end: int) -> list[tuple[tuple[str, ...], int, float]]:
    tags = {one.id: one.tags for one in source.find(metric)}
    columns = source.read(ids(source, metric), start, end)
    return sorted(
        (tags[number], ts, value)
        for number, ts, value in zip(columns.series.tolist(), columns.ts.tolist(), columns.value.tolist(), strict=True)
    )


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with s3(monkeypatch) as served:
        yield served


@pytest.fixture(params=["local", "s3"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    if request.param == "s3":
        request.getfixturevalue("store")
        made = place(f"s3://{BUCKET}/some/where")
        assert not isinstance(made, Path)
        return made
    return LocalFolder(tmp_path / "history")


def test_points_of_a_metric_and_a_time_are_those_that_were_written(folder: Folder) -> None:
    written(folder)
    start, end = FIRST + DAY - 600, FIRST + DAY + 600
    source = History(folder, {}, {"cpu": (start, end)}, end)
    whole = MemorySource(series_of("cpu", 3), Columns(*(np.concatenate(columns) for columns in zip(*(
        (one.series, one.ts, one.value) for one in (points_of(0, 3), points_of(1, 3))), strict=True))))  # fmt: skip
    got = read(source, "cpu", start, end)
    assert got == read(whole, "cpu", start, end)
    assert len(got) == 3 * 20
    assert source.find("disk") == []


def test_a_window_that_begins_before_what_was_expected_is_read_too(folder: Folder) -> None:
    written(folder)
    source = History(folder, {}, {"cpu": (FIRST + 2 * DAY, FIRST + 3 * DAY)}, FIRST + 3 * DAY)
    assert len(read(source, "cpu", FIRST + 2 * DAY, FIRST + 3 * DAY)) == 3 * 1440
    assert len(read(source, "cpu", FIRST + DAY, FIRST + 3 * DAY)) == 3 * 2 * 1440


def test_hosts_have_their_tags(folder: Folder) -> None:
    written(folder, days=1)
    source = History(folder, {"h1": ["role:db"]}, {}, FIRST + DAY)
    assert [one.tags for one in source.find("mem") if one.host == "h1"] == [("env:prod", "host:h1", "role:db")]


def test_two_metrics_that_are_read_together_are_sorted_by_series(folder: Folder) -> None:
    written(folder, days=1)
    source = History(folder, {}, {}, FIRST + DAY)
    both = np.concatenate([ids(source, "mem"), ids(source, "cpu")])
    columns = source.read(both, FIRST, FIRST + DAY)
    assert len(columns) == 2 * 3 * 1440
    assert np.all(np.diff(columns.series) >= 0)


def test_only_the_files_of_the_metric_and_the_days_that_are_asked_for_are_read(store: Served) -> None:
    folder = place(f"s3://{BUCKET}")
    assert not isinstance(folder, Path)
    written(folder, days=5, hosts=40)
    store.asked.clear()
    start = FIRST + 2 * DAY
    source = History(folder, {}, {"cpu": (start, start + DAY)}, start + DAY)
    assert len(read(source, "cpu", start, start + DAY)) == 40 * 1440
    assert {one.path for one in store.read()} == {f"/{BUCKET}/metrics/metric=cpu/date=2026-03-04/points.parquet"}
    size = next(one.size for one in folder.entries("metrics/metric=cpu/date=2026-03-04"))
    assert (
        store.bytes() <= size + 2 * 16_384
    )  # the file once, and twice its footer, of which nobody knows how long it is
    assert len(store.asked) < 40


def seconds_of_cpu(store: Served, scratch: Path, count: int, more: str, form: str) -> tuple[Folder, int]:
    """A folder of the store with one file of a point each second, of which nothing was asked yet, and the bytes of the file."""
    duckdb = pytest.importorskip("duckdb")
    folder, path = place(f"s3://{BUCKET}/{count}"), scratch / "points.parquet"
    assert not isinstance(folder, Path)
    duckdb.sql(
        f"COPY (SELECT {FIRST} + i AS timestamp, 'cpu' AS metric, random() AS value{more} FROM range({count}) t(i)) "
        f"TO '{path}' (FORMAT parquet, {form})"
    )
    content = path.read_bytes()
    folder.put(path.name, content)
    store.asked.clear()
    return folder, len(content)


def test_columns_that_no_series_has_are_not_read(store: Served, tmp_path: Path) -> None:
    """A file with a column ten times as large as all others: its bytes stay where they are."""
    folder, size = seconds_of_cpu(store, tmp_path, 50_000, ", repeat(md5(i::VARCHAR), 20) AS more", "COMPRESSION zstd")
    source = History(folder, {}, {}, FIRST + DAY)
    assert len(read(source, "cpu", FIRST, FIRST + DAY)) == 50_000
    assert store.bytes() < size / 2


def test_row_groups_of_other_times_are_not_read(store: Served, tmp_path: Path) -> None:
    folder, size = seconds_of_cpu(store, tmp_path, 500_000, "", "ROW_GROUP_SIZE 20480")
    source = History(folder, {}, {"cpu": (FIRST + 100_000, FIRST + 101_000)}, FIRST + DAY)
    assert len(read(source, "cpu", FIRST + 100_000, FIRST + 101_000)) == 1000
    assert store.bytes() < size / 5


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 3 * 24 - 1), st.sampled_from(("a", "b")), st.floats(-9, 9)),
        min_size=1,
    ),
    start=st.integers(-5, 80),
    hours=st.integers(1, 80),
)
def test_however_points_are_spread_over_files_the_answer_is_that_of_one_file(
    rows: list[tuple[int, int, str, float]], start: int, hours: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Points of one series in one second differ between files in no way that an answer tells, so each second has one."""
    distinct = {(metric, hour, host): value for metric, hour, host, value in rows}
    series = [Series(n, f"m{n // 2}", "gauge", 0, "ab"[n % 2], (f"host:{'ab'[n % 2]}",)) for n in range(6)]
    number = {(n // 2, "ab"[n % 2]): n for n in range(6)}
    columns = Columns(
        np.array([number[metric, host] for metric, _, host in distinct]),
        np.array([FIRST + 3600 * hour for _, hour, _ in distinct]),
        np.array(list(distinct.values())),
    )
    folder = LocalFolder(tmp_path_factory.mktemp("spread"))
    for metric in range(3):
        for day in range(3):
            mine = (columns.series // 2 == metric) & (columns.ts // DAY == FIRST // DAY + day)
            if mine.any():
                part = Columns(columns.series[mine], columns.ts[mine], columns.value[mine])
                folder.put(f"metric=m{metric}/date=2026-03-{2 + day:02d}/p.parquet", writing.parquet(series, part))
    first, last = FIRST + 3600 * start, FIRST + 3600 * (start + hours)
    source = History(folder, {}, {}, last)
    for metric in range(3):
        assert read(source, f"m{metric}", first, last) == read(MemorySource(series, columns), f"m{metric}", first, last)


def test_one_file_behind_a_web_server_is_read_by_ranges(tmp_path: Path) -> None:
    (tmp_path / "points.parquet").write_bytes(writing.parquet(series_of("cpu", 3), points_of(0, 3)))
    with web(tmp_path) as served:
        source = History(_folder(f"{served.url}/points.parquet"), {}, {}, FIRST + DAY)
        assert len(read(source, "cpu", FIRST, FIRST + DAY)) == 3 * 1440
        missing = History(_folder(f"{served.url}/other.parquet?signature=hidden-secret"), {}, {}, FIRST + DAY)
        with pytest.raises(SeriesFileError, match=r"/other.parquet: cannot be read: nothing is there") as error:
            missing.find("cpu")
        assert "hidden" not in str(error.value)


def _folder(text: str) -> Folder:
    made = place(text)
    assert not isinstance(made, Path)
    return made


def _no_bucket(_: pytest.MonkeyPatch, url: str) -> str:
    return "s3://no-such-bucket/x"


def _offline(patch: pytest.MonkeyPatch, url: str) -> str:
    patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    return f"s3://{BUCKET}"


def _empty(_: pytest.MonkeyPatch, url: str) -> str:
    return f"s3://{BUCKET}/nothing"


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (_no_bucket, "s3://no-such-bucket/x: cannot be read: there is no such bucket"),
        (_offline, "s3://history: cannot be read: the store cannot be reached"),
        (_empty, "s3://history/nothing: cannot be read: nothing is there"),
    ],
)
def test_what_is_wrong_with_a_store_is_said_in_one_sentence(
    spoil: Callable[[pytest.MonkeyPatch, str], str], text: str, store: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = History(_folder(spoil(monkeypatch, store.url)), {}, {}, FIRST + DAY)
    with pytest.raises(SeriesFileError) as error:
        source.find("cpu")
    assert str(error.value) == text


def test_a_store_that_refuses_is_said_without_what_it_was_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(environ: dict[str, str], start: Callable[..., object]) -> list[bytes]:
        start("403 Forbidden", [("Content-Type", "application/xml")])
        return [b"<Error><Code>AccessDenied</Code><AWSAccessKeyId>not-a-key</AWSAccessKeyId></Error>"]

    with s3(monkeypatch), serving(refuse) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
        with pytest.raises(SeriesFileError) as error:
            History(_folder(f"s3://{BUCKET}"), {}, {}, FIRST + DAY).find("cpu")
    assert (
        str(error.value)
        == f"s3://{BUCKET}: cannot be read: the store refuses it to these keys (AWS_ACCESS_KEY_ID and such in the environment)"
    )


def test_a_connection_that_ends_is_said(tmp_path: Path) -> None:
    (tmp_path / "points.parquet").write_bytes(writing.parquet(series_of("cpu", 3), points_of(0, 3)))
    with web(tmp_path) as served:
        source = History(_folder(f"{served.url}/points.parquet"), {}, {}, FIRST + DAY)
        served.parts = 0
        with pytest.raises(SeriesFileError, match=r"points.parquet: cannot be read: ") as error:
            source.find("cpu")
    assert "\n" not in str(error.value)
    assert str(error.value).endswith("the connection ended before all of it was there")


def test_what_is_wrong_with_the_files_of_a_folder_here_is_said_as_of_one_file(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    (tmp_path / "metric=cpu").mkdir()
    duckdb.sql(f"COPY (SELECT {T0} AS timestamp, 1.0 AS worth) TO '{tmp_path}/metric=cpu/points.parquet'")
    with pytest.raises(SeriesFileError) as error:
        ids(History(LocalFolder(tmp_path), {}, {}, T0 + 60), "cpu")
    assert str(error.value) == f"{tmp_path}: has no column value"


def test_another_scheme_is_no_place() -> None:
    with pytest.raises(FileError, match="expected a path, s3://, gs://, https://, http://"):
        place("ftp://example.com/points.parquet")
