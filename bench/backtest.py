"""A backtest of the shipped monitor against promtool's test of the like rule, on the same random series, whole process against whole process."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import yaml

from bench.figures import Figure, in_turn, note, p50

ROOT = Path(__file__).resolve().parent.parent
MONITOR = ROOT / "my_metric/assets/monitors/my_metric_high.json"
RULE = "avg_over_time(my_metric[5m] offset 1ms) > 800"  # promtool's windows hold both their ends, Datadog's do not
START_S = 1_772_445_600
EVERY_S, DAY_S, MINUTE_S, HOUR_S = 45, 86_400, 60, 3_600
CHECKED_DAYS = 7
ROUNDS = 3


def run() -> Iterator[Figure]:
    """One host and a hundred, ninety days each; both sides must find the same minutes in alert first."""
    if shutil.which("promtool") is None:
        note("bench: backtest: promtool is missing (apt-get install prometheus)")
        return
    with tempfile.TemporaryDirectory() as folder:
        check(Path(folder) / "check")
        yield from compare("backtest_1host_90d", Path(folder) / "one", 1, ROUNDS)
        yield from compare("backtest_100hosts_90d", Path(folder) / "hundred", 100, 1)
        series = samples(100, 365)
        write_parquet(Path(folder) / "year.parquet", series)
        del series
        took = in_turn({"year": lambda: doghouse(Path(folder) / "year.parquet", 365)}, 1)["year"]
        yield Figure("backtest_100hosts_365d", took[0], "s", "whole-process")


def compare(name: str, folder: Path, hosts: int, rounds: int) -> Iterator[Figure]:
    """How many times faster doghouse is."""
    folder.mkdir()
    series = samples(hosts, 90)
    write_parquet(folder / "series.parquet", series)
    write_promtool(folder, series, 90, [])
    took = in_turn(
        {"doghouse": lambda: doghouse(folder / "series.parquet", 90), "promtool": lambda: promtool(folder)}, rounds
    )
    note(f"bench: {name}: doghouse {p50(took['doghouse']):.2f} s, promtool {p50(took['promtool']):.2f} s")
    yield Figure(name, p50(took["promtool"]) / p50(took["doghouse"]), "ratio", "promtool")


def samples(hosts: int, days: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Random integers from 0 to 1000: int64[hosts, points], one each 45 s."""
    return np.random.default_rng(45).integers(0, 1000, (hosts, days * DAY_S // EVERY_S), endpoint=True)


def write_parquet(path: Path, series: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> None:
    """The series as `doghouse backtest --series` takes them."""
    import polars

    hosts, points = series.shape
    polars.DataFrame(
        {
            "timestamp": np.tile(START_S + EVERY_S * np.arange(points), hosts),
            "metric": polars.repeat("my_metric", hosts * points, eager=True),
            "value": series.reshape(-1).astype(np.float64),
            "tags": np.repeat([f"host:web-{number}" for number in range(hosts)], points),
        }
    ).write_parquet(path)


def write_promtool(
    folder: Path, series: np.ndarray[tuple[int, int], np.dtype[np.int64]], days: int, tests: list[dict[str, object]]
) -> None:
    """The series and the rule as promtool takes them. Its own end is evaluated in any case, so that the rule is up to there."""
    rule = {"groups": [{"name": "g", "interval": "1m", "rules": [{"alert": "High", "expr": RULE}]}]}
    (folder / "rules.yml").write_text(yaml.safe_dump(rule))
    until = {"expr": "vector(1)", "eval_time": f"{days}d", "exp_samples": [{"labels": "{}", "value": 1}]}
    inputs = "".join(
        f"      - {{series: 'my_metric{{host=\"web-{number}\"}}', values: '{' '.join(map(str, values))}'}}\n"
        for number, values in enumerate(series.tolist())
    )
    (folder / "test.yml").write_text(
        "rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n"
        f"  - interval: {EVERY_S}s\n    input_series:\n{inputs}    promql_expr_test: {json.dumps([*tests, until])}\n"
    )


def doghouse(series: Path, days: int) -> None:
    """The shipped monitor over the series, as a process."""
    command = [sys.executable, "-m", "doghouse", "backtest", str(MONITOR), "--series", str(series)]
    times = ["--from", str(START_S), "--to", str(START_S + days * DAY_S)]
    subprocess.run([*command, *times], check=True, stdout=subprocess.DEVNULL)


def promtool(folder: Path) -> None:
    """promtool's test, as a process."""
    done = subprocess.run(
        ["promtool", "test", "rules", "test.yml"], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"bench: backtest: promtool disagrees: {done.stdout[-600:]}{done.stderr[-300:]}")


def check(folder: Path) -> None:
    """Both sides find the same minutes in alert: promtool is given doghouse's count for each hour, and must agree."""
    folder.mkdir()
    series = samples(1, CHECKED_DAYS)
    alerts = minutes_in_alert(series)
    tests: list[dict[str, object]] = []
    for hour in range(2, CHECKED_DAYS * 24):
        count = int(np.count_nonzero((alerts > (hour - 1) * HOUR_S) & (alerts <= hour * HOUR_S)))
        expected = (
            [{"labels": '{alertname="High", alertstate="firing", host="web-0"}', "value": count}] if count else []
        )
        expression = 'count_over_time(ALERTS{alertstate="firing"}[59m])'
        tests.append({"expr": expression, "eval_time": f"{hour}h", "exp_samples": expected})
    write_promtool(folder, series, CHECKED_DAYS, tests)
    promtool(folder)
    note(f"bench: backtest: both find the same {len(alerts)} minutes in alert in {CHECKED_DAYS} days")


def minutes_in_alert(
    series: np.ndarray[tuple[int, int], np.dtype[np.int64]],
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The minutes that doghouse finds in Alert, in seconds from the start."""
    from doghouse import monitors
    from doghouse.backtest.replay import backtest
    from doghouse.metrics.memory import MemorySource
    from doghouse.metrics.model import Columns, Series

    points = series.shape[1]
    times = START_S + EVERY_S * np.arange(points)
    columns = Columns(np.zeros(points, np.int64), times, series[0].astype(np.float64))
    source = MemorySource([Series(0, "my_metric", "gauge", 0, "web-0", ())], columns)
    monitor = monitors.parse(json.loads(MONITOR.read_text()))
    found = backtest(monitor, source, START_S, START_S + CHECKED_DAYS * DAY_S)
    (timeline,) = found.timelines
    return found.ticks[timeline.history.statuses == monitors.Status.ALERT] - START_S
