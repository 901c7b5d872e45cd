"""Parquet files as several programs write them: doghouse's own reader, and the source that reads in parts, give what DuckDB gives."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doghouse.metrics.files import ahead, rowgroups
from doghouse.metrics.files import series_files as files
from doghouse.metrics.files.encodings import Unusual
from doghouse.metrics.files.parquet import PlainFile
from doghouse.metrics.files.series_files import SeriesFileError, open_series, read_series
from doghouse.metrics.memory import MemorySource

duckdb = pytest.importorskip("duckdb")
polars = pytest.importorskip("polars")

START = 1_772_445_600
TAGS = ["host:a,env:prod", "env:prod,host:a", "host:b", "", "host:ü,role:web"]


def table(rows, seed, order="series", **more):
    """So many rows of a few series, sorted by series, by time, or not at all."""
    rng = np.random.default_rng(seed)
    columns = {
        "timestamp": START + rng.integers(0, 4000, rows),
        "metric": rng.choice(["my_metric", "other"], rows),
        "value": rng.integers(0, 1000, rows).astype(np.float64) / 8,
        "tags": rng.choice(TAGS, rows),
    }
    frame = polars.DataFrame(columns | more)
    keys = {"series": ["metric", "tags", "timestamp"], "time": ["timestamp"], "chance": []}[order]
    return frame.sort(keys) if keys else frame


def as_written(path):
    """What any reader must find: rows with their series, in the file's order."""
    series, columns, _ = read_series(path)
    named = [(series[one].metric, series[one].host, series[one].tags) for one in columns.series.tolist()]
    return named, columns.ts.tolist(), columns.value.tolist()


def with_duckdb(path):
    """The same, read by DuckDB."""
    series, columns, _ = files._with_duckdb(path)
    named = [(series[one].metric, series[one].host, series[one].tags) for one in columns.series.tolist()]
    return named, columns.ts.tolist(), columns.value.tolist()


@pytest.mark.parametrize("order", ["series", "time", "chance"])
@pytest.mark.parametrize("codec", ["zstd", "gzip", "uncompressed", "snappy", "lz4"])
def test_a_file_of_polars_is_read_whatever_its_order_and_codec(tmp_path, codec, order):
    path = tmp_path / "series.parquet"
    frame = table(5000, 1, order)
    frame.write_parquet(path, compression=codec, row_group_size=1300)
    assert as_written(path) == with_duckdb(path)
    assert as_written(path)[1:] == (frame["timestamp"].to_list(), frame["value"].to_list())


def test_series_that_take_turns_keep_their_own_points_whoever_reads_them(tmp_path):
    path = tmp_path / "series.parquet"
    turns = [f"host:{name}" for name in "abcabc"]
    columns = {"timestamp": [START] * 3 + [START + 10] * 3, "metric": ["m"] * 6, "value": [1.0, 2, 3, 4, 5, 6]}
    polars.DataFrame({**columns, "tags": turns}).write_parquet(path)
    for named, _, values in (as_written(path), with_duckdb(path)):
        assert [(host, value) for (_, host, _), value in zip(named, values, strict=True)] == [
            ("a", 1), ("b", 2), ("c", 3), ("a", 4), ("b", 5), ("c", 6),
        ]  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3, 7, 500])
def test_row_groups_of_a_few_rows_are_read(tmp_path, size):
    path = tmp_path / "series.parquet"
    table(40 if size < 500 else 5000, 11).write_parquet(path, row_group_size=size)
    assert as_written(path) == with_duckdb(path)


@pytest.mark.parametrize("version", ["V1", "V2"])
@pytest.mark.parametrize("codec", ["zstd", "snappy", "uncompressed"])
def test_a_file_of_duckdb_is_read_with_dictionaries_of_numbers_too(tmp_path, codec, version):
    path = tmp_path / "series.parquet"
    frame = table(9000, 2)
    frame.write_csv(tmp_path / "series.csv")
    rows = f"FROM read_csv('{tmp_path / 'series.csv'}', types = {{'value': 'DOUBLE', 'timestamp': 'BIGINT'}})"
    duckdb.sql(
        f"COPY ({rows}) TO '{path}' (FORMAT parquet, CODEC '{codec}', PARQUET_VERSION '{version}', ROW_GROUP_SIZE 2048)"
    )
    assert as_written(path) == with_duckdb(path)
    assert as_written(path)[1:] == (frame["timestamp"].to_list(), frame["value"].to_list())


@pytest.mark.parametrize("kind", [polars.Int64, polars.Int32, polars.Float32, polars.Float64, polars.UInt16])
def test_values_may_be_of_any_type_of_number(tmp_path, kind):
    path = tmp_path / "series.parquet"
    table(500, 3).with_columns(polars.col("value").cast(kind)).write_parquet(path)
    assert as_written(path) == with_duckdb(path)


def test_only_whole_numbers_of_8_bytes_say_between_which_two_they_are(tmp_path):
    path = tmp_path / "series.parquet"
    frame = table(100, 5, value=polars.Series(range(100)).cast(polars.Int32), other=polars.Series([1.5] * 100))
    frame.write_parquet(path, statistics=True)
    file = PlainFile(path, ("timestamp", "value", "other"), ())
    assert file.extent(0, "timestamp") == (frame["timestamp"].min(), frame["timestamp"].max())
    assert (file.extent(0, "value"), file.extent(0, "other")) == (None, None)


def test_types_and_intervals_are_read_as_from_csv(tmp_path):
    path, text = tmp_path / "series.parquet", tmp_path / "series.csv"
    frame = table(300, 4, type=["count"] * 300, interval=[10] * 300)
    frame.write_parquet(path)
    frame.write_csv(text)
    assert read_series(path)[0] == read_series(text)[0] == files._with_duckdb(path)[0]
    assert {(one.type, one.interval) for one in read_series(path)[0]} == {("count", 10)}


@pytest.mark.parametrize("codec", ["zstd", "uncompressed"])
def test_our_own_reader_knows_what_polars_writes(tmp_path, codec):
    path = tmp_path / "series.parquet"
    table(300, 5).write_parquet(path, compression=codec)
    assert PlainFile(path, ("timestamp", "value"), ("metric", "tags")).sizes == [300]


def test_a_missing_value_is_refused_and_a_missing_tag_is_none(tmp_path):
    path = tmp_path / "series.parquet"
    frame = table(100, 6)
    frame.with_columns(value=polars.when(polars.col("value") > 50).then(polars.col("value"))).write_parquet(path)
    with pytest.raises(SeriesFileError, match="a value is not a finite number"):
        read_series(path)
    frame.with_columns(tags=polars.lit(None, polars.String)).write_parquet(path)
    assert [one.tags for one in read_series(path)[0]] == [(), ()]


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_a_value_that_is_no_number_is_refused_even_where_points_are_read_late(tmp_path, monkeypatch, wrong):
    path = tmp_path / "series.parquet"
    frame = table(2000, 7)
    frame.with_columns(
        value=polars.when(polars.col("value") > 50).then(wrong).otherwise(polars.col("value"))
    ).write_parquet(path)
    with pytest.raises(SeriesFileError, match=r"series\.parquet: a value is not a finite number"):
        read_series(path)
    monkeypatch.setattr(rowgroups, "LARGE_ROWS", 100)
    with pytest.raises(SeriesFileError, match=r"series\.parquet: a value is not a finite number"):
        open_series(path).read(np.arange(5), START, START + 4000)


@given(st.integers(0, 2**32), st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(tmp_path_factory, seed, data):
    path = tmp_path_factory.mktemp("damaged") / "series.parquet"
    table(400, seed, "time").write_parquet(path, compression="uncompressed", row_group_size=150)
    whole = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=4)):
        whole[place] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(bytes(whole[: data.draw(st.integers(4, len(whole)))]))
    with contextlib.suppress(SeriesFileError):
        read_series(path)


@given(
    st.integers(0, 2**32),
    st.integers(30, 600),
    st.lists(
        st.tuples(st.sets(st.integers(0, 8), min_size=1), st.integers(-100, 4100), st.integers(0, 4200)), max_size=12
    ),
    st.none() | st.tuples(st.integers(-100, 4100), st.integers(-100, 4100)),
)
@settings(max_examples=25, deadline=None)
def test_what_is_read_in_parts_is_what_is_read_at_once(tmp_path_factory, seed, size, reads, soon):
    path = tmp_path_factory.mktemp("parts") / "series.parquet"
    table(3000, seed).write_parquet(path, row_group_size=size)
    hosts = {"a": ["role:db"]}
    with pytest.MonkeyPatch.context() as patch:
        rows = {"LARGE_ROWS": 100, "SCATTERED": 1, "HELD_ROWS": 700, "AHEAD_ROWS": 300, "FIRST_ROWS": 900}
        for name, value in rows.items():
            patch.setattr(ahead if hasattr(ahead, name) else rowgroups, name, value)
        parts = open_series(path, hosts, soon and (START + soon[0], START + soon[1]))
        assert isinstance(parts, rowgroups.RowGroups)
        whole = MemorySource(*read_series(path)[:2], hosts)
        assert parts.find("my_metric") == whole.find("my_metric")
        for ids, start, length in reads:
            wanted = np.array(sorted(ids), np.int64)
            ours = parts.read(wanted, START + start, START + start + length)
            theirs = whole.read(wanted, START + start, START + start + length)
            for name in ("series", "ts", "value"):
                assert getattr(ours, name).tolist() == getattr(theirs, name).tolist()


def test_no_more_is_kept_than_was_said_once_what_was_read_at_first_was_asked_for(tmp_path, monkeypatch):
    rows = {"LARGE_ROWS": 100, "SCATTERED": 1, "HELD_ROWS": 700, "AHEAD_ROWS": 300, "FIRST_ROWS": 1500, "AGAIN": 99}
    for name, value in rows.items():
        monkeypatch.setattr(ahead if hasattr(ahead, name) else rowgroups, name, value)
    path = tmp_path / "series.parquet"
    table(6000, 7).write_parquet(path, row_group_size=100)
    parts = open_series(path, None, (START, START + 9000))
    assert isinstance(parts, rowgroups.RowGroups)
    assert len(parts._opened.decoded.readings) == 15
    every = np.array([one.id for one in parts.find("my_metric")])
    for ids in (every, every[::-1], every[3:4], every):
        for one in ids.tolist():
            parts.read(np.array([one]), START, START + 9000)
            assert sum(parts._opened.file.sizes[group] for group in parts._opened.decoded.readings) <= 700 + 1500
    assert sum(parts._opened.file.sizes[group] for group in parts._opened.decoded.readings) <= 700 + 300


def test_of_a_file_of_which_nothing_will_be_asked_nothing_is_read_at_first(tmp_path, monkeypatch):
    monkeypatch.setattr(rowgroups, "LARGE_ROWS", 100)
    path = tmp_path / "series.parquet"
    table(2000, 7).write_parquet(path, row_group_size=100)
    parts = open_series(path, None, (START - 900, START - 800))
    assert isinstance(parts, rowgroups.RowGroups)
    assert not parts._opened.decoded.readings


def test_a_file_that_is_sorted_by_time_is_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(rowgroups, "LARGE_ROWS", 100)
    path = tmp_path / "series.parquet"
    table(2000, 8, "time").write_parquet(path)
    assert isinstance(open_series(path), MemorySource)


def test_without_what_reads_a_codec_the_extra_is_named(tmp_path, monkeypatch):
    path = tmp_path / "series.parquet"
    table(10, 9).write_parquet(path, compression="snappy")
    modules = __import__("sys").modules
    monkeypatch.setitem(modules, "duckdb", None)
    monkeypatch.delitem(modules, "doghouse.metrics.files.queried", raising=False)
    with pytest.raises(SeriesFileError, match=r"needs the extra: pip install '\./doghouse\[server\]'"):
        read_series(path)


def test_the_own_reader_says_what_it_does_not_know(tmp_path):
    path = tmp_path / "series.parquet"
    table(10, 10).write_parquet(path, compression="snappy")
    with pytest.raises(Unusual, match="codec"):
        PlainFile(path, ("timestamp", "value"), ("metric",))


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (
            {"timestamp": polars.col("timestamp") * 1000},
            "timestamp 177244.* is beyond the year 3000: timestamps are seconds",
        ),
        (
            {"timestamp": polars.from_epoch("timestamp")},
            "column timestamp is TIMESTAMP.*, not a number of seconds since 1970",
        ),
        ({"tags": polars.concat_list("tags")}, r"column tags is VARCHAR\[\], not text"),
        ({"value": polars.lit("high")}, "column value is VARCHAR, not a number"),
        ({"type": polars.lit("gage")}, "type 'gage' is not gauge, count, rate or distribution"),
    ],
)
def test_a_column_that_cannot_be_meant_is_refused(tmp_path, change, wrong):
    path = tmp_path / "series.parquet"
    table(50, 12).with_columns(**change).write_parquet(path)
    with pytest.raises(SeriesFileError, match=wrong):
        read_series(path)
