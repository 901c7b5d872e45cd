"""A backtest says the same of the same points, in whatever file and order they come."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doghouse import monitors
from doghouse.backtest.figures import figures
from doghouse.backtest.run import backtest
from doghouse.metrics.files import rowgroups
from doghouse.metrics.files.series_files import open_series
from doghouse.reports.json import document

polars = pytest.importorskip("polars")

START, MINUTES = 1_772_445_600, 240
MONITOR = monitors.parse(
    {
        "type": "query alert",
        "query": "avg(last_5m):avg:m{*} by {host} > 60",
        "message": "{{host.name}} {{value}} @a@example.com",
        "options": {"thresholds": {"critical": 60, "warning": 45}, "notify_no_data": True, "no_data_timeframe": 10},
    }
)
POINTS = st.dictionaries(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, MINUTES * 60 - 1)),
    st.integers(0, 100),
    min_size=1,
    max_size=400,
)


def said(path):
    """The JSON document of a backtest over a file."""
    result = backtest(MONITOR, open_series(path), START, START + MINUTES * 60)
    return document(result, figures(result))


@given(POINTS, st.integers(0, 2**32), st.integers(20, 100))
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_and_the_form_of_the_file_make_no_difference(tmp_path_factory, points, seed, size):
    folder = tmp_path_factory.mktemp("files")
    frame = polars.DataFrame(
        [(START + ts, "m", float(value), f"host:{host}") for (host, ts), value in points.items()],
        schema=["timestamp", "metric", "value", "tags"],
        orient="row",
    )
    by_series = frame.sort("tags", "timestamp")
    by_series.write_csv(folder / "expected.csv")
    expected = said(folder / "expected.csv")
    for name, each in {
        "series": by_series,
        "time": frame.sort("timestamp"),
        "chance": frame.sample(fraction=1, shuffle=True, seed=seed),
    }.items():
        each.write_csv(folder / f"{name}.csv")
        each.write_parquet(folder / f"{name}.parquet", row_group_size=size)
        assert said(folder / f"{name}.csv") == expected
        assert said(folder / f"{name}.parquet") == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rowgroups, "LARGE_ROWS", 0)
        patch.setattr(rowgroups, "SCATTERED", 0)
        assert said(folder / "series.parquet") == expected
        assert said(folder / "chance.parquet") == expected
