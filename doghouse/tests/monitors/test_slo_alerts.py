"""SLO alerts: their queries, their limits, and what they make of an SLO."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from memory_points import T0, Given, minutely, source

from doghouse import monitors as mon
from doghouse.backtest.run import Backtest, replay
from doghouse.backtest.sources import points_of, sources_of
from doghouse.monitors.slo_query import SloQuery, parse
from doghouse.monitors.validation import check
from doghouse.queries import NotEvaluated, QuerySyntaxError
from doghouse.slos.reading import read

BURN = 'burn_rate("s").over("7d").long_window("1h").short_window("5m")'
BUDGET = 'error_budget("s").over("7d")'
MINUTES = 90


def metric_slo(target: float = 99.9, **threshold: Any) -> Any:
    return read(
        {
            "id": "s",
            "type": "metric",
            "name": "SLO",
            "query": {"numerator": "sum:good{*}.as_count()", "denominator": "sum:all{*}.as_count()"},
            "thresholds": [{"timeframe": "7d", "target": target, **threshold}],
        }
    )


def monitor_slo(*monitors: int, target: float = 99.9, **more: Any) -> Any:
    thresholds = [{"timeframe": "7d", "target": target}]
    return read(
        {"id": "s", "type": "monitor", "name": "SLO", "monitor_ids": list(monitors), "thresholds": thresholds, **more}
    )


def alert(query: str, **options: Any) -> mon.Definition:
    return mon.parse({"type": "slo alert", "query": query, "name": "a", "message": "{{value}}", "options": options})


def count(metric: str, values: Sequence[float | None]) -> Given:
    return minutely(values, metric=metric, type="count", interval=60)


def run(
    monitor: mon.Definition,
    slo: Any,
    *points: Given,
    members: Mapping[int, mon.Definition] | None = None,
    minutes: int = MINUTES,
) -> Backtest:
    end = T0 + 60 * minutes
    sources = sources_of(monitor, points_of(source(*points)), members or {}, T0, end, slos={"s": slo})
    return replay(monitor, sources, T0, end)


def changes(test: Backtest) -> list[str]:
    return [f"+{(one.at - T0) // 60}m {one.after.label}" for _, one in test.transitions()]


def test_a_query_is_read_step_by_step() -> None:
    assert parse(f"{BUDGET} > 75") == SloQuery("s", "7d", ">", 75)
    assert parse(f"  {BURN} >= 14.4\n") == SloQuery("s", "7d", ">=", 14.4, 3600, 300)
    other_order = 'burn_rate("s").short_window("5m").over("7d").long_window("1h") > 1'
    assert parse(other_order) == SloQuery("s", "7d", ">", 1, 3600, 300)


@pytest.mark.parametrize(
    ("query", "place", "problem"),
    [
        ("avg(last_5m):avg:m{*} > 1", 0, 'expected error_budget("<slo id>") or burn_rate("<slo id>")'),
        ('error_budget("s") > 75', 17, 'expected .over("…")'),
        ('error_budget("").over("7d") > 75', 13, "error_budget() names no SLO"),
        (f"{BUDGET} < 75", 29, "expected > or >= and a number at the end"),
        (f"{BUDGET} > lots", 29, "expected > or >= and a number at the end"),
        ('error_budget("s").over("1d") > 75', 18, ".over() takes 7d, 30d, 90d, not 1d"),
        ('error_budget("s").over("7d").long_window("1h") > 75', 29, ".long_window() is none of error_budget()"),
        ('burn_rate("s").over("7d").long_window("1h") > 2', 43, 'expected .short_window("…")'),
        (BURN.replace('"1h"', '"49h"') + " > 2", 25, ".long_window() is from 1h to 48h, not 49h"),
        (BURN.replace('"1h"', '"30m"') + " > 2", 25, ".long_window() is from 1h to 48h, not 30m"),
        (BURN.replace('"5m"', '"1h"') + " > 2", 43, ".short_window() is shorter than .long_window(): 1h is not shorter than 1h"),
        (BURN.replace('"5m"', '"5s"') + " > 2", 43, '.short_window() takes minutes or hours, as in .short_window("5m"), not 5s'),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_query_is_said_with_its_place(query: str, place: int, problem: str) -> None:
    with pytest.raises(QuerySyntaxError) as error:
        parse(query)
    assert error.value.problem == problem
    assert error.value.position == place or "window" in problem


@pytest.mark.parametrize(
    ("target", "threshold", "most"), [(99.9, 1000, "1000.0"), (96, 25, "25.0"), (95, 20, "20.0"), (90, 10, "10.0")]
)
def test_w09_a_burn_rate_beyond_the_highest_there_can_be_is_refused(target: float, threshold: float, most: str) -> None:
    slo = metric_slo(target)
    alert(f"{BURN} > {threshold}").check_slo(slo, ())
    with pytest.raises(mon.MonitorError) as error:
        alert(f"{BURN} > {threshold * 1.44}").check_slo(slo, ())
    said = f"Alert threshold ({float(threshold * 1.44)}) must be in range 0 to {most} for burn rate alerts (max threshold = 1/1-slo target)."
    assert (error.value.field, error.value.text) == ("options.thresholds.critical", said)


def test_b5_the_words_of_a_burn_rate_that_is_too_high() -> None:
    with pytest.raises(mon.MonitorError, match=r"^Alert threshold \(14\.4\) must be in range 0 to 10\.0 for burn rate"):
        alert(f"{BURN} > 14.4").check_slo(metric_slo(90), ())


def test_a_timeframe_that_the_slo_has_not_is_refused() -> None:
    with pytest.raises(mon.MonitorError, match="SLO s has no target for 30d, only for 7d"):
        alert('error_budget("s").over("30d") > 75').check_slo(metric_slo(), ())


def test_an_alert_over_an_slo_of_service_checks_is_refused() -> None:
    checks = mon.parse({"type": "service check", "query": '"c".over("*").last(2).count_by_status()'})
    with pytest.raises(mon.MonitorError, match="only SLOs of metric monitors have alerts"):
        alert(f"{BUDGET} > 75").check_slo(monitor_slo(1), (checks,))


@pytest.mark.parametrize(
    ("options", "field"),
    [({"thresholds": {"critical": 80}}, "options.thresholds.critical"), ({"thresholds": {"critical": 75, "warning": 80}}, "options.thresholds.warning")],
)  # fmt: skip
def test_thresholds_that_contradict_the_query_are_refused(options: dict[str, Any], field: str) -> None:
    with pytest.raises(mon.MonitorError) as error:
        check(alert(f"{BUDGET} > 75", **options))
    assert error.value.field == field


def test_w01_w02_an_error_budget_warns_and_alerts_by_how_much_of_it_is_used() -> None:
    monitor = alert(f"{BUDGET} > 75", thresholds={"critical": 75, "warning": 50})
    good, total = count("good", [999_400, None, 0]), count("all", [1_000_000, None, 900])
    test = run(monitor, metric_slo(), good, total, minutes=10)
    assert changes(test) == ["+1m Warn", "+3m Alert"]
    assert next(one.value for _, one in test.transitions()) == 60


def test_w03_an_error_budget_without_events_has_no_state() -> None:
    assert run(alert(f"{BUDGET} > 75"), metric_slo(), minutes=10).timelines[0].status_at(T0 + 600).label == "No Data"


def test_w07_a_burn_rate_alerts_where_both_windows_do_and_recovers_as_soon_as_one_does_not() -> None:
    monitor = alert(f"{BURN} > 14.4")
    # 98,200 of 100,000 good in the hour, 4,900 of 5,000 in its last five minutes; then all five minutes are better
    total = [95_000.0] + [0.0] * 54 + [1_000.0] * 5 + [1_000.0] * 5
    good = [93_300.0] + [0.0] * 54 + [980.0] * 5 + [998.0] * 5
    test = run(monitor, metric_slo(), count("good", good), count("all", total))
    at_the_hour, later = (one.status_at(T0 + 60 * minute).label for one in test.timelines for minute in (60, 65))
    assert (at_the_hour, later) == ("Alert", "OK")
    said = test.more
    assert said is not None
    assert dict(said((), T0 + 3600)) == {
        "timeframe": "7d",
        "long_window_burn_rate": "18.0",
        "short_window_burn_rate": "20.0",
    }


def test_w08_one_minute_of_downtime_alerts_for_as_long_as_it_is_in_the_short_window() -> None:
    down = mon.parse({"type": "metric alert", "query": "max(last_1m):max:m{*} > 90", "id": 7})
    values = [0.0] * 70 + [100.0] + [0.0] * 19
    test = run(alert(f"{BURN} > 14.4"), monitor_slo(7), minutely(values), members={7: down})
    # the monitor alerts at +71m and recovers at +72m; that minute is in the windows that end at +72m to +76m
    assert changes(test) == ["+72m Alert", "+77m OK"]


def test_a_composite_over_an_slo_alert_follows_it() -> None:
    budget = mon.parse({"type": "slo alert", "query": f"{BUDGET} > 75", "id": 1})
    high = mon.parse({"type": "metric alert", "query": "max(last_1m):max:all{*} > 0", "id": 2})
    both = mon.parse({"type": "composite", "query": "1 && 2", "id": 3})
    good, total = count("good", [1000, 1000, 0]), count("all", [1000, 1000, 1000])
    test = run(both, metric_slo(), good, total, members={1: budget, 2: high}, minutes=5)
    assert changes(test) == ["+3m Alert"]


def test_grouped_monitors_are_down_where_a_group_that_counts_is() -> None:
    down = mon.parse(
        {
            "type": "metric alert",
            "query": "max(last_1m):max:m{*} by {host} > 90",
            "id": 7,
            "options": {"new_group_delay": 0},
        }
    )
    points = (minutely([0.0] * 90, host="a"), minutely([0.0] * 70 + [100.0] + [0.0] * 19, host="b"))
    monitor = alert(f"{BURN} > 14.4")
    assert changes(run(monitor, monitor_slo(7), *points, members={7: down})) == ["+72m Alert", "+77m OK"]
    assert changes(run(monitor, monitor_slo(7, groups=["host:a"]), *points, members={7: down})) == []


def test_missing_data_is_down_only_where_somebody_is_told_of_it() -> None:
    body = {"type": "metric alert", "query": "max(last_1m):max:m{*} > 90", "id": 7}
    points = minutely([0.0] * 70 + [None] * 3 + [0.0] * 17)
    monitor = alert(f"{BURN} > 14.4")
    told = {"on_missing_data": "show_and_notify_no_data"}
    for options, made in (({}, []), ({"on_missing_data": "show_no_data"}, []), (told, ["+72m Alert", "+79m OK"])):
        down = mon.parse({**body, "options": options})
        assert changes(run(monitor, monitor_slo(7), points, members={7: down})) == made


def test_an_slo_that_is_not_given_is_not_evaluated() -> None:
    monitor = alert(f"{BUDGET} > 75")
    with pytest.raises(NotEvaluated, match="an alert of SLO s, which is not there"):
        replay(monitor, sources_of(monitor, points_of(source()), {}, T0, T0 + 60), T0, T0 + 60)
    with pytest.raises(NotEvaluated, match="an SLO of monitor 9, which is not there"):
        run(monitor, monitor_slo(9))
