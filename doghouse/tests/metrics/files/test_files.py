import numpy as np
import pytest

from doghouse.metrics.files import rows
from doghouse.metrics.files.series_files import SeriesFileError, open_series, read_series
from doghouse.monitors import evaluate, parse

ROWS = """timestamp,metric,value,type,interval,tags
1772445600,my_metric,10,gauge,,"host:a,env:prod"
1772445645.9,my_metric,20.5,,,"env:prod,host:a"
1772445600,requests,3,count,10,
"""


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "series.csv"
        path.write_text(text)
        return path

    return write


def test_a_csv_file_holds_a_point_a_row_and_the_order_of_tags_does_not_matter(file):
    series, columns, _ = read_series(file(ROWS))
    assert [(one.metric, one.type, one.interval, one.host, one.tags) for one in series] == [
        ("my_metric", "gauge", 0, "a", ("env:prod",)),
        ("requests", "count", 10, "", ()),
    ]
    assert columns.series.tolist() == [0, 0, 1]
    assert columns.ts.tolist() == [1772445600, 1772445645, 1772445600]
    assert columns.value.tolist() == [10, 20.5, 3]


def test_a_parquet_file_holds_the_same_as_a_csv_file(file, tmp_path):
    duckdb = pytest.importorskip("duckdb")
    path, parquet = file(ROWS), tmp_path / "series.parquet"
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{path}', header=true)) TO '{parquet}' (FORMAT parquet)")
    points = []
    for series, columns, _ in (read_series(path), read_series(parquet)):
        order = np.lexsort((columns.ts, columns.series))
        points.append(
            sorted(
                (series[i].metric, series[i].host, t, v)
                for i, t, v in zip(columns.series[order], columns.ts[order], columns.value[order], strict=True)
            )
        )
    assert points[0] == points[1]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("timestamp,metric\n1,a\n", "series.csv:1: has no column value"),
        ("timestamp,metric,value\n1,a,1\nx,a,1\n", "series.csv:3: timestamp 'x' is not a number"),
        ("timestamp,metric,value\n1,a,one\n", "series.csv:2: value 'one' is not a number"),
        ("timestamp,metric,value\n1,a,nan\n", "series.csv:2: value 'nan' is not a finite number"),
        (
            "timestamp,metric,value,type\n1,a,1,gage\n",
            "series.csv:2: type 'gage' is not gauge, count, rate or distribution",
        ),
        ("timestamp,metric,value\n1,a\n", r"series\.csv:2: the line has 2 fields, the header 3"),
        ("timestamp,metric,value,interval\n1,a,1,-10\n", r"series\.csv:2: interval '-10' is not .* 0 or more"),
        ("timestamp,metric,value,value\n1,a,1,1\n", "series.csv:1: has the column value twice"),
        ("timestamp,metric,value,host,tags,host\n1,a,1,h,,h\n", "series.csv:1: has the column host twice"),
        ('timestamp,metric,value\n1,a,1\n2,"a"b,1\n', "series.csv:3: is no CSV here: "),
        ("timestamp,metric,value\n1,a,1\n-1,a,1\n", "series.csv:3: timestamp -1 is before 1970"),
        ("timestamp,metric,value\n32503680001,a,1\n", "series.csv:2: timestamp 32503680001 is beyond the year 3000"),
        ("timestamp,metric,value\n1,,1\n", "series.csv:2: metric is empty"),
    ],
)
def test_a_mistake_is_named_with_its_line(file, text, wrong):
    with pytest.raises(SeriesFileError, match=wrong):
        read_series(file(text))


@pytest.mark.parametrize("form", ["csv", "parquet", "parquet that polars writes"])
def test_the_host_may_stand_in_a_column_of_its_own(file, tmp_path, form):
    """It was passed over: `by {host}` found nothing, and nobody said why."""
    path = written(
        file("timestamp,metric,value,host,tags\n1,m,1,web-1,env:prod\n2,m,2,web-2,\n3,m,3,,host:web-1\n"), form
    )
    series, _, _ = read_series(path)
    assert [(one.host, one.tags) for one in series] == [("web-1", ("env:prod",)), ("web-2", ()), ("web-1", ())]


@pytest.mark.parametrize("form", ["csv", "parquet", "parquet that polars writes"])
@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("timestamp,metric,value,region\n1,m,1,eu\n", "has a column 'region', which is not read: expected timestamp, metric, value and perhaps"),
        ("timestamp,metric,value,host,tags\n1,m,1,web-1,host:web-2\n", "host 'web-1' is another one than that of its tag host:web-2"),
    ],
)  # fmt: skip
def test_what_a_file_says_beside_is_refused_in_a_sentence(file, form, text, wrong):
    with pytest.raises(SeriesFileError, match=wrong):
        read_series(written(file(text), form))


@pytest.mark.parametrize("index", ["", "__index_level_0__"])
def test_an_index_that_pandas_writes_is_passed_over(file, index):
    [series], columns, _ = read_series(file(f"{index},timestamp,metric,value\n0,60,m,1\n1,120,m,2\n"))
    assert (series.metric, columns.value.tolist()) == ("m", [1, 2])


def written(path, form):
    """The rows of a CSV file in a file of a form."""
    if form == "csv":
        return path
    if form == "parquet":
        duckdb = pytest.importorskip("duckdb")
        duckdb.sql(f"COPY (SELECT * FROM read_csv('{path}', header=true)) TO '{path}.parquet' (FORMAT parquet)")
    else:
        pytest.importorskip("polars").read_csv(path).fill_null("").write_parquet(f"{path}.parquet")
    return path.parent / f"{path.name}.parquet"


@pytest.mark.parametrize("form", ["csv", "parquet", "parquet that polars writes"])
def test_the_values_of_a_distribution_in_a_file_are_watched_together(file, form):
    """They were points that no query read, and of several in a second the last."""
    rows = "".join(f"{1772445600 + at},lead,{value},distribution\n" for at in (0, 60) for value in (1, 2, 9))
    source = open_series(written(file(f"timestamp,metric,value,type\n{rows}"), form))
    monitor = parse({"type": "query alert", "query": "avg(last_5m):avg:lead{*} > 1"})
    assert {group: window.value for group, window in evaluate(monitor, source, 1772445900).items()} == {(): 4.0}


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(SeriesFileError, match=r"none\.csv: cannot be read"):
        read_series(tmp_path / "none.csv")


def test_a_parquet_file_with_a_missing_value_is_refused(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "null.parquet"
    duckdb.sql(
        f"COPY (SELECT 1 AS timestamp, 'm' AS metric, CAST(NULL AS DOUBLE) AS value) TO '{path}' (FORMAT parquet)"
    )
    with pytest.raises(SeriesFileError, match="a value is not a finite number"):
        read_series(path)


def test_rows_are_read_many_at_a_time_as_if_each_were_alone(file):
    rng = np.random.default_rng(1)
    tags = ["host:a", '"host:a,env:prod"', '"env:prod,host:a"', "", '"role:""x"""']
    rows = [
        f"{1772445600 + 45 * row}{rng.choice(['', '.5', '.0'])},{rng.choice(['m', 'n'])},{rng.integers(0, 1000) / 4},{rng.choice(tags)}"
        for row in range(3000)
    ]
    series, columns, _ = read_series(file("\n".join(["timestamp,metric,value,tags", *rows, "", ""])))
    alone = [read_series(file(f"timestamp,metric,value,tags\n{row}\n")) for row in rows[::50]]
    assert len(columns) == 3000
    assert len(series) == 8
    for row, (own, points, _) in zip(range(0, 3000, 50), alone, strict=True):
        there = series[columns.series[row]]
        assert (there.metric, there.host, there.tags) == (own[0].metric, own[0].host, own[0].tags)
        assert (columns.ts[row], columns.value[row]) == (points.ts[0], points.value[0])


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("x,m,1", "timestamp 'x' is not a number"),
        ("99999999999999999999,m,1", "timestamp '99999999999999999999' is not a number of seconds"),
        ("1,m,inf", "value 'inf' is not a finite number"),
        ("1772445600000,m,1", "timestamp 1772445600000 is beyond the year 3000"),
        ("-5,m,1", "timestamp -5 is before 1970"),
        ("1,,1", "metric is empty"),
        ("1,m", "has 2 fields, the header 3"),
        ("1,m,1,a", "has 4 fields, the header 3"),
    ],
)
def test_a_mistake_far_down_is_named_with_its_line(file, row, wrong):
    rows = ["timestamp,metric,value", *["1,m,1"] * 5000, row, *["1,m,1"] * 5000]
    with pytest.raises(SeriesFileError, match=rf"series\.csv:5002: .*{wrong}"):
        read_series(file("\n".join(rows)))


def test_a_file_without_rows_has_no_series(file):
    series, columns, _ = read_series(file("timestamp,metric,value\n"))
    assert (series, len(columns)) == ([], 0)


def test_the_first_and_the_last_second_of_a_file_can_be_read(file):
    _, columns, _ = read_series(file("timestamp,metric,value\n0,m,1\n32503680000,m,2\n"))
    assert columns.ts.tolist() == [0, 32_503_680_000]


def test_more_points_than_memory_holds_are_refused(monkeypatch):
    monkeypatch.setattr(rows, "MOST_AT_ONCE", 1000)
    rows.check_rows(1000)
    with pytest.raises(ValueError, match="has 1,001 points, and at most 1,000 are read at once: sort it by metric"):
        rows.check_rows(1001)
