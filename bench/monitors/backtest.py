"""A backtest of the shipped monitor against promtool's test of the like rule, on the same random series, whole process against whole process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import yaml

from bench.figures import Figure, Row, note, p50

ROOT = Path(__file__).resolve().parent.parent.parent
MONITOR = ROOT / "my_metric/assets/monitors/my_metric_high.json"
RULE = "avg_over_time(my_metric[5m] offset 1ms) > 800"  # promtool's windows hold both their ends, Datadog's do not
START_S = 1_772_445_600
EVERY_S, DAY_S, MINUTE_S = 45, 86_400, 60
CHECKED_HOSTS, CHECKED_DAYS = 3, 7
ROWS = (
    Row("backtest of one host, 90 days: times as fast as promtool", ("backtest_1host_90d",), "≥ 20"),
    Row("of a hundred hosts", ("backtest_100hosts_90d",), "≥ 80"),
    Row("the same: most memory (MB)", ("backtest_100hosts_90d_memory",)),
    Row("of a hundred hosts, a year (s)", ("backtest_100hosts_365d",)),
)

# Measures a command in a small process: the kernel counts a parent's memory as its child's until that is another program.
MEASURED = """
import os, sys, time
start = time.perf_counter()
_, status, used = os.wait4(os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ), 0)
print(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@dataclass(frozen=True, slots=True)
class Took:
    """What a process took: seconds by the clock, seconds of processors, and the most memory it had (MB)."""

    seconds: float
    cpu: float
    memory: float


def run() -> Iterator[Figure]:
    """One host and a hundred, ninety days each, and a year of a hundred; both sides must find the same minutes in alert first."""
    if shutil.which("promtool") is None:
        note("bench: backtest: promtool is missing (apt-get install prometheus)")
        return
    with tempfile.TemporaryDirectory() as folder:
        check(Path(folder) / "check")
        yield from compare("backtest_1host_90d", Path(folder) / "one", 1, 5)
        yield from compare("backtest_100hosts_90d", Path(folder) / "hundred", 100, 1)
        year = Path(folder) / "year.parquet"
        write_parquet(year, samples(100, 365))
        took = [doghouse(year, 365) for _ in range(3)]
        yield Figure("backtest_100hosts_365d", p50([timing.seconds for timing in took]), "s", "whole-process")
        yield Figure("backtest_100hosts_365d_memory", max(timing.memory for timing in took), "MB", "peak")


def compare(name: str, folder: Path, hosts: int, rounds: int) -> Iterator[Figure]:
    """How many times faster doghouse is; it runs before promtool and after it in each round."""
    folder.mkdir()
    series = samples(hosts, 90)
    write_parquet(folder / "series.parquet", series)
    write_promtool(folder, series, 90, [])
    del series
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(doghouse(folder / "series.parquet", 90))
        theirs.append(promtool(folder))
        ours.append(doghouse(folder / "series.parquet", 90))
    for who, took in (("doghouse", ours), ("promtool", theirs)):
        clock, cpu = p50([timing.seconds for timing in took]), p50([timing.cpu for timing in took])
        note(
            f"bench: {name}: {who} {clock:.2f} s, {cpu:.2f} s of processors, {max(timing.memory for timing in took):.0f} MB"
        )
    yield Figure(
        name, p50([timing.seconds for timing in theirs]) / p50([timing.seconds for timing in ours]), "ratio", "promtool"
    )
    yield Figure(f"{name}_memory", max(timing.memory for timing in ours), "MB", "peak")


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


def doghouse(series: Path, days: int, out: Path | None = None) -> Took:
    """The shipped monitor over the series, as a process; with `out` its JSON goes there."""
    command = [sys.executable, "-m", "doghouse", "backtest", str(MONITOR), "--series", str(series)]
    times = ["--from", str(START_S), "--to", str(START_S + days * DAY_S)]
    return process([*command, *times, *(["--json"] if out else [])], ROOT, out)


def promtool(folder: Path) -> Took:
    """promtool's test, as a process."""
    return process(["promtool", "test", "rules", "test.yml"], folder, folder / "said")


def process(command: list[str], folder: Path, out: Path | None) -> Took:
    """Run a command to its end. What it says goes to `out`, and is shown where it fails."""
    with (out or Path(os.devnull)).open("w") as output:
        run = subprocess.run(
            [sys.executable, "-S", "-c", MEASURED, *command],
            cwd=folder,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    *errors, figures = run.stderr.splitlines()
    if run.returncode:
        raise SystemExit(
            f"bench: backtest: {command[0]} failed: {' '.join(errors)} {out.read_text()[-900:] if out else ''}"
        )
    clock, cpu, memory = map(float, figures.split())
    return Took(clock, cpu, memory / 1024)


def check(folder: Path) -> None:
    """Both sides find the same minutes in alert: promtool is told for each minute which hosts doghouse has in alert, and must agree."""
    folder.mkdir()
    series = samples(CHECKED_HOSTS, CHECKED_DAYS)
    write_parquet(folder / "series.parquet", series)
    alerts = hosts_in_alert(folder / "series.parquet", folder / "found.json")
    tests: list[dict[str, object]] = []
    for minute in range(5, CHECKED_DAYS * 1440 + 1):  # before, promtool has no whole window
        expected = [
            {"labels": f'{{__name__="ALERTS", alertname="High", alertstate="firing", host="{host}"}}', "value": 1}
            for host in sorted(alerts.get(START_S + minute * MINUTE_S, ()))
        ]
        tests.append({"expr": 'ALERTS{alertstate="firing"}', "eval_time": f"{minute}m", "exp_samples": expected})
    write_promtool(folder, series, CHECKED_DAYS, tests)
    promtool(folder)
    minutes = sum(map(len, alerts.values()))
    note(
        f"bench: backtest: both find the same {minutes} minutes of {CHECKED_HOSTS} hosts in alert in {CHECKED_DAYS} days"
    )


def hosts_in_alert(series: Path, out: Path) -> dict[int, set[str]]:
    """The hosts that doghouse has in Alert, minute by minute (s UTC), from the transitions that it prints."""
    doghouse(series, CHECKED_DAYS, out)
    hosts: dict[int, set[str]] = {}
    since: dict[str, int] = {}
    end = START_S + CHECKED_DAYS * DAY_S + MINUTE_S
    changes = [
        (int(datetime.fromisoformat(change["time"]).timestamp()), change["group"]["host"], change["to"] == "Alert")
        for change in json.loads(out.read_text())["transitions"]
    ]
    for at, host, alert in [*changes, *((end, f"web-{number}", False) for number in range(CHECKED_HOSTS))]:
        if not alert and host in since:
            for minute in range(since.pop(host), at, MINUTE_S):
                hosts.setdefault(minute, set()).add(host)
        elif alert:
            since[host] = at
    return hosts
