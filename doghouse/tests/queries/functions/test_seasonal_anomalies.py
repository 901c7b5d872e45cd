"""anomalies() with 'agile' and 'robust': what their documentation claims of them (monitors/types/anomaly), season by season."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from query_points import T0, ask, every, series, source

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Floats, Series
from doghouse.queries import QuerySyntaxError, ResultSeries, Window, evaluate, parse

HOUR, DAY, WEEK = 3600, 86_400, 604_800
ALGORITHMS = ("agile", "robust")


def banded(query: str, values: Floats, every: int = 60, shown: int = HOUR, end: int = T0, **kind: str) -> ResultSeries:
    """The last `shown` seconds of a series that ends at `end`."""
    ts = end - every * np.arange(len(values), 0, -1)
    there = ~np.isnan(values)
    columns = Columns(np.zeros(there.sum(), np.int64), ts[there].astype(np.int64), values[there])
    found = MemorySource([Series(0, "m", kind.get("type", "gauge"), 0, "", ())], columns)  # type: ignore[arg-type]
    (expression,) = parse(query)
    (answer,) = evaluate(expression, found, Window(end - shown, end, every))
    return answer


def outside(answer: ResultSeries) -> np.ndarray:
    assert answer.bounds is not None
    return (answer.values < answer.bounds[0]) | (answer.values > answer.bounds[1])


def expected(answer: ResultSeries) -> Floats:
    assert answer.bounds is not None
    return (answer.bounds[0] + answer.bounds[1]) / 2


def width(answer: ResultSeries) -> float:
    assert answer.bounds is not None
    return float(np.nanmedian(answer.bounds[1] - answer.bounds[0]))


def wave(length: int, period: int, step: int = 60, noise: float = 5) -> Floats:
    """A pattern that repeats each `period` seconds, from 100 to 300, with noise; it ends at a period's end."""
    t = np.arange(-length, 0, step)
    return 200 + 100 * np.sin(t * 2 * np.pi / period) + np.random.default_rng(5).normal(0, noise, len(t))


def call(algorithm: str, seasonality: str, bounds: float = 3, more: str = "") -> str:
    return f"anomalies(avg:m{{*}}, '{algorithm}', {bounds}, interval=60, seasonality='{seasonality}'{more})"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(("seasonality", "season"), [("hourly", HOUR), ("daily", DAY), ("weekly", WEEK)])
def test_a_season_that_repeats_is_expected_and_a_flat_line_near_its_minimum_is_not(
    algorithm: str, seasonality: str, season: int
) -> None:
    calm = wave((14 if season == HOUR else 7) * season, season)
    stuck = calm.copy()
    stuck[-60:] = 105  # as low as it ever is, at a time when it is not

    query = call(algorithm, seasonality)
    assert outside(banded(query, calm)).mean() < 0.1
    assert outside(banded(query, stuck))[:20].mean() > 0.9
    assert expected(banded(query, calm)) == pytest.approx(200 + 100 * np.sin(np.arange(-HOUR, 0, 60) * 2 * np.pi / season), abs=15)  # fmt: skip


def test_basic_knows_no_season() -> None:
    stuck = wave(7 * DAY, DAY)
    stuck[-60:] = 195
    assert (
        outside(banded("anomalies(avg:m{*}, 'basic', 3, interval=60)", stuck))[20:].mean() < 0.1
    )  # it goes by the last hours


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(("seasonality", "season"), [("hourly", HOUR), ("daily", DAY)])
def test_there_is_no_band_before_three_seasons_and_the_answer_says_so(
    algorithm: str, seasonality: str, season: int
) -> None:
    query = call(algorithm, seasonality)
    short, enough = (banded(query, wave(length, season)) for length in (3 * season - 900, 3 * season + 2 * HOUR))

    assert short.bounds is not None
    assert enough.bounds is not None
    assert np.isnan(short.bounds[0]).all()
    assert not np.isnan(enough.bounds[0]).any()
    unit = "hours" if season == HOUR else "days"
    assert short.approximate == (
        f"anomalies '{algorithm}' is an approximation: the original algorithm is not published; "
        f"no band: it needs 3 {unit} of points before"
    )
    assert enough.approximate is not None
    assert "no band" not in enough.approximate


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_without_a_seasonality_it_is_weekly(algorithm: str) -> None:
    values = wave(4 * WEEK, WEEK, 300)
    query = f"anomalies(avg:m{{*}}, '{algorithm}', 3)"
    default = banded(query, values, 300)
    weekly = banded(query.replace(", 3)", ", 3, seasonality='weekly')"), values, 300)
    assert default.bounds is not None
    assert weekly.bounds is not None
    assert not np.isnan(default.bounds[0]).any()
    np.testing.assert_array_equal(default.bounds, weekly.bounds)


def test_through_a_long_anomaly_robust_stays_and_agile_takes_it_for_the_new_normal() -> None:
    """The page's comparison of reactions to change: an hour-long anomaly."""
    shifted = wave(8 * DAY, DAY)
    shifted[-180:-120] += 150
    query = "anomalies(avg:m{*}, 'agile', 3, interval=60, alert_window='last_15m', seasonality='daily')"
    agile, robust = (banded(one, shifted, shown=3 * HOUR) for one in (query, query.replace("agile", "robust")))

    assert outside(agile)[:15].all()  # one alert window of it is anomalous as a whole
    assert not outside(agile)[40:60].any()
    assert outside(agile)[60:75].all()  # and so is the return to what was usual
    assert outside(robust)[:60].all()
    assert outside(robust)[60:].mean() < 0.05


def test_after_a_level_shift_agile_is_quick_and_robust_is_wider_for_it() -> None:
    """The page's comparison for weekly seasonality, with days: a level shift two days and a half ago."""
    calm = wave(9 * DAY, DAY)
    shifted = calm + np.where(np.arange(len(calm)) >= len(calm) - 2.5 * 1440, 60, 0)
    agile, robust = (banded(call(algorithm, "daily"), shifted) for algorithm in ALGORITHMS)
    before = banded(call("robust", "daily"), calm)

    assert outside(agile).mean() < 0.05
    assert width(agile) == pytest.approx(width(banded(call("agile", "daily"), calm)), rel=0.5)
    assert width(robust) > 1.5 * width(before)


def test_agile_minds_the_scale_and_robust_does_not() -> None:
    """The page's comparison of reactions to scale: 1000 is added to the same metric."""
    small = wave(14 * HOUR, HOUR, noise=0.5)
    small[-12:] += 25
    high = small + 1000
    seen = {
        algorithm: [outside(banded(call(algorithm, "hourly"), values))[-12:].all() for values in (small, high)]
        for algorithm in ALGORITHMS
    }
    assert seen == {"agile": [True, False], "robust": [True, True]}


def test_robust_follows_a_steady_growth() -> None:
    growing = wave(7 * DAY, DAY) + np.arange(7 * 1440) * 0.05  # 72 a day
    assert outside(banded(call("robust", "daily"), growing)).mean() < 0.05


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_past_anomalies_do_not_move_the_band(algorithm: str) -> None:
    """The page's FAQ: the day after, the same metric is unaffected. Here a fall by 170 or so moves what is expected by less than 15 on average."""
    calm = wave(8 * DAY, DAY)
    broken = calm.copy()
    broken[-1440 - 120 : -1440 + 120] = 0  # the same time yesterday
    moved = expected(banded(call(algorithm, "daily"), broken)) - expected(banded(call(algorithm, "daily"), calm))
    assert np.abs(moved).mean() < 15


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_comes_after_a_point_does_not_move_its_band(algorithm: str) -> None:
    calm = wave(5 * DAY, DAY)
    later = calm.copy()
    later[-30:] = 999
    one, other = (banded(call(algorithm, "daily"), values) for values in (calm, later))
    assert one.bounds is not None
    assert other.bounds is not None
    np.testing.assert_array_equal(one.bounds[0][:31], other.bounds[0][:31])


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_with_a_zone_the_same_time_is_the_same_local_time(algorithm: str) -> None:
    """A rush from noon to one in Paris, over the night (29 March 2026) in which summer time begins there: an hour earlier in UTC from then on."""
    noon = int(datetime(2026, 3, 29, 10, 0, tzinfo=UTC).timestamp())  # 12:00 in Paris, in summer time
    end = noon + HOUR
    ts = np.arange(end - 6 * DAY, end, 60)
    local = np.where(ts >= noon - 9 * HOUR, ts + 2 * HOUR, ts + HOUR) % DAY
    rush = np.where((local >= 12 * HOUR) & (local < 13 * HOUR), 300.0, 100.0) + np.random.default_rng(5).normal(
        0, 2, len(ts)
    )

    with_zone = banded(call(algorithm, "daily", more=", timezone='Europe/Paris'"), rush, end=end)
    without = banded(call(algorithm, "daily"), rush, end=end)

    assert outside(with_zone)[:20].mean() < 0.2
    assert outside(without)[:20].all()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_counts_that_stop_are_zeros_where_the_call_says_so(algorithm: str) -> None:
    counts = np.round(wave(5 * DAY, DAY) / 10) + 10
    counts[-45:] = np.nan
    query = call(algorithm, "daily", more=", count_default_zero='true'").replace("avg:m{*}", "sum:m{*}.as_count()")

    zeros = banded(query, counts, type="count")
    assert zeros.values[-45:].tolist() == [0] * 45
    assert outside(zeros)[-30:].sum() >= 10
    assert len(banded(query.replace("true", "false"), counts, type="count").ts) == 15


def test_a_group_without_a_past_has_no_band_and_its_neighbour_has() -> None:
    there = source(series(every(60, wave(5 * HOUR, HOUR).tolist(), -5 * HOUR), "a:1"), series(every(60, [1.0] * 30, -1800), "a:2"))  # fmt: skip
    old, new = ask(there, call("robust", "hourly").replace("{*}", "{*} by {a}"), -HOUR, 0, 60)
    assert old.bounds is not None
    assert new.bounds is not None
    assert (np.isnan(old.bounds[0]).any(), np.isnan(new.bounds[0]).all()) == (False, True)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_band_does_not_depend_on_where_the_graph_begins(algorithm: str) -> None:
    values = wave(5 * DAY, DAY)
    hour, day = (banded(call(algorithm, "daily"), values, shown=shown) for shown in (HOUR, DAY))
    assert hour.bounds is not None
    assert day.bounds is not None
    np.testing.assert_array_equal(hour.bounds[0], day.bounds[0][-60:])


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_long_stretch_is_worked_out_in_parts_with_the_same_result(
    algorithm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = wave(5 * DAY, DAY)
    whole = banded(call(algorithm, "daily"), values, shown=DAY)
    monkeypatch.setattr("doghouse.queries.functions.anomalies.seasonal.MOST_CELLS", 1)
    np.testing.assert_array_equal(whole.bounds, banded(call(algorithm, "daily"), values, shown=DAY).bounds)  # type: ignore[arg-type]


@pytest.mark.parametrize("interval", [HOUR, 2 * HOUR, DAY])
def test_buckets_as_long_as_a_season_have_a_band_of_their_own_past(interval: int) -> None:
    """A graph of weeks has buckets in which an hour is not seen any more."""
    values = np.random.default_rng(5).normal(100, 5, 60 * 24)
    there = source(series(every(HOUR, values.tolist(), -60 * DAY)))
    (answer,) = ask(
        there, f"anomalies(avg:m{{*}}, 'robust', 3, seasonality='hourly', interval={interval})", -10 * DAY, 0
    )
    assert answer.interval == interval
    assert answer.bounds is not None
    assert not np.isnan(answer.bounds[0]).any()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_nothing_found_has_no_band(algorithm: str) -> None:
    assert ask(source(), call(algorithm, "daily"), 0, 600) == []


@pytest.mark.parametrize("rollup", [30, 60, 300])
def test_a_rollup_of_the_querys_own_makes_the_buckets_of_its_seasons(rollup: int) -> None:
    query = call("robust", "daily").replace("{*}", f"{{*}}.rollup(avg, {rollup})")
    answer = banded(query, wave(7 * DAY, DAY, 30), 30)
    assert answer.interval == rollup
    assert expected(answer) == pytest.approx(200 + 100 * np.sin(np.arange(-HOUR, 0, rollup) * 2 * np.pi / DAY), abs=15)


WRONG = [
    ("'agil', 2", "unknown algorithm 'agil'; did you mean 'agile'?", "'agil'"),
    ("'agile', '2'", "takes a number here (bounds)", "'2'"),
    ("'agile', 0", "bounds above 0", "0"),
    ("'agile', 2, seasonality='dayly'", "unknown seasonality 'dayly'; did you mean 'daily'?", "seasonality"),
    ("'agile', 2, seasonality=7", "unknown seasonality '7'", "seasonality"),
    ("'agile', 2, timezone='Europe/Pari'", "'Europe/Pari' is no time zone", "timezone"),
    ("'agile', 2, direction='up'", "unknown direction 'up'", "direction"),
    ("'agile', 2, count_default_zero='yes'", "unknown count_default_zero 'yes'", "count_default_zero"),
    ("'agile', 2, alert_window='15 minutes'", "is no length of time", "alert_window"),
    ("'agile', 2, interval='often'", "is no length of time", "interval"),
    ("'agile', 2, season='daily'", "unknown argument 'season'; did you mean 'seasonality'?", "season"),
]


@pytest.mark.parametrize(("arguments", "text", "place"), WRONG)
def test_a_mistake_is_named_at_its_place(arguments: str, text: str, place: str) -> None:
    query = f"anomalies(avg:m{{*}}, {arguments})"
    with pytest.raises(QuerySyntaxError) as caught:
        parse(query)
    assert text in str(caught.value)
    assert query[caught.value.position :].startswith(place)


RIGHT = [
    "'AGILE', 2, seasonality='Daily'",
    "'robust', 2.5, direction='below', alert_window='last_15m', interval=60, count_default_zero='true', seasonality='hourly', timezone='utc'",
    "'agile', 2, direction='both', interval='60', alert_window='15m', count_default_zero=true, seasonality='weekly', timezone='america/new_york'",
    "'robust', 4, count_default_zero='False'",
]


@pytest.mark.parametrize("arguments", RIGHT)
def test_every_spelling_that_is_in_use_is_read(arguments: str) -> None:
    assert ask(source(series(every(60, [1.0] * 60, -3600))), f"anomalies(avg:m{{*}}, {arguments})", -600, 0)


def test_the_spans_of_algorithms_differ() -> None:
    """All three over one series: no two bands are the same, or a name would not reach its algorithm."""
    values = wave(5 * DAY, DAY)
    middles = [expected(banded(call(algorithm, "daily"), values)) for algorithm in ("basic", *ALGORITHMS)]
    assert not any(np.allclose(one, other, equal_nan=True) for one, other in pairwise([*middles, middles[0]]))
