"""`doghouse query`, as a person and as a program use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from query_points import T0

from doghouse import running
from doghouse.queries.sparkline import sparkline
from doghouse.time.clock import Clock

CSV = f"""timestamp,metric,value,tags
{T0},load,10,"host:a,env:prod"
{T0 + 60},load,20,"host:a,env:prod"
{T0},load,30,"host:b"
"""


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "series.csv"
    path.write_text(CSV)
    return path


def doghouse(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "doghouse", "query", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_json_is_what_the_api_answers(csv: Path) -> None:
    got = doghouse("max:load{env:prod}.rollup(max,60)", "--from", T0, "--to", T0 + 120, "--series", csv, "--json")
    (one,) = json.loads(got.stdout)["series"]
    assert one["scope"] == "env:prod"
    assert one["pointlist"] == [[T0 * 1000, 10], [(T0 + 60) * 1000, 20]]


def test_a_person_sees_a_line_for_each_series(csv: Path) -> None:
    got = doghouse(
        "avg:load{*} by {host}", "--from", "2026-03-02T10:00:00Z", "--to", "2026-03-02T10:02Z", "--series", csv
    )
    assert got.returncode == 0, got.stderr
    lines = got.stdout.splitlines()
    assert lines[1].split()[:6] == ["avg:load{host:a}", "2", "10", "15", "20", "20"]
    assert lines[2].split()[0] == "avg:load{host:b}"


def test_a_running_doghouse_gives_the_same_answer(tmp_path: Path, csv: Path) -> None:
    with running.serve(tmp_path / "data", clock=Clock(T0 + 120.0)) as house:
        for host, values in {"a": [10, 20], "b": [30]}.items():
            points = [[T0 + 60 * place, value] for place, value in enumerate(values)]
            tags = ["env:prod"] if host == "a" else []
            series = [{"metric": "load", "points": points, "host": host, "tags": tags}]
            httpx.post(f"{house.url}/api/v1/series", json={"series": series}, headers=house.headers).raise_for_status()
        asked = ("avg:load{*} by {host}, sum:load{*}", "--from", T0, "--to", T0 + 120, "--json")
        live = doghouse(*asked, "--url", house.url, "--keys-file", house.keys_file)
    assert live.returncode == 0, live.stderr
    assert json.loads(live.stdout) == json.loads(doghouse(*asked, "--series", csv).stdout)


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("avg:load{*",), 64, "a '{' is not closed"),
        (("avg:load{*}", "--from", "yesterday"), 64, "--from: 'yesterday' is not a time"),
        (("avg:load{*}", "--from", "now", "--to", "now-1h"), 64, "--from is not before --to"),
        (("avg:load{*}", "--series", "missing.csv"), 1, "missing.csv: cannot be read"),
        (("avg:load{*}", "--url", "http://127.0.0.1:9"), 1, "http://127.0.0.1:9 cannot be reached"),
    ],
)
def test_a_mistake_is_one_clear_sentence(arguments: tuple[str, ...], code: int, text: str) -> None:
    got = doghouse(*arguments)
    assert (got.returncode, got.stdout) == (code, "")
    assert text in got.stderr
    assert "Traceback" not in got.stderr


def test_what_is_not_evaluated_is_named(csv: Path) -> None:
    got = doghouse("outliers(avg:load{*} by {host}, 'MAD', 3)", "--from", T0, "--to", T0 + 60, "--series", csv)
    assert (got.returncode, got.stderr) == (1, "doghouse: doghouse does not evaluate outliers()\n")


def test_a_sparkline_rises_with_its_values_and_is_blank_where_there_are_none() -> None:
    assert sparkline([(0, 0.0), (1, 5.0), (3, 10.0)], 0, 4, 4) == "▁▅ █"
    assert sparkline([(0, 7.0), (1, None)], 0, 2, 2) == "▄ "
    assert sparkline([], 0, 1, 3) == "   "


def test_a_sparklines_cell_is_the_mean_of_its_part_of_the_time_and_the_ends_hold_what_lies_beyond() -> None:
    assert sparkline([(0, 0.0), (1, 4.0), (2, 2.0), (3, 9.0)], 0, 4, 2) == "▁█"
    assert sparkline([(100, 0.0), (150, 7.0), (199, 3.0)], 100, 200, 4) == "▁ █▄"
    assert sparkline([(-5, 1.0), (15, 2.0)], 0, 10, 3) == "▁ █"
    assert len(sparkline([(0, 1.0)], 0, 1)) == 32


def test_a_time_in_milliseconds_is_refused(csv: Path) -> None:
    got = doghouse("avg:load{*}", "--from", T0 * 1000, "--to", T0 * 1000 + 1, "--series", csv)
    assert (got.returncode, got.stderr.strip().splitlines()[-1]) == (
        64,
        "doghouse: --from and --to are seconds, not milliseconds",
    )
