"""Many monitors over one history: windows that several look at are worked out once, and processes share the work; the result is the same to the byte."""

import json
import multiprocessing
import os
import time

import pytest
import typer
from memory_points import T0, minutely, source
from typer.testing import CliRunner

from doghouse.backtest.sources import points_of
from doghouse.cli import application
from doghouse.cli.backtesting import inputs, spreading
from doghouse.cli.backtesting.monitors import LeftOut, ToRun
from doghouse.cli.backtesting.single import BacktestOptions
from doghouse.importing.things import MonitorInFile
from doghouse.monitors import parse
from doghouse.monitors.lint.settings import Settings

VALUES = [50.0, 95, 95, 50, 85, 91, 70, 99, 50, 50] * 12
SPAN = ("--from", str(T0), "--to", str(T0 + 60 * len(VALUES)))


def body(number=0, threshold=90, window="last_5m", **options):
    return {
        "type": "metric alert",
        "name": f"monitor {number}",
        "query": f"avg({window}):avg:m{{*}} by {{host}} > {threshold}",
        "message": "{{value}} of {{host.name}} @ops@example.com",
        "options": {"new_host_delay": 0, **options},
    }


@pytest.fixture(autouse=True)
def _some_cores(monkeypatch):
    monkeypatch.setattr(spreading, "cores", lambda: 2)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Monitors that share windows and some that do not, among them one that cannot run, and points of two hosts."""
    made = [body(number, 60 + number * 4, window) for number, window in enumerate(["last_5m", "last_1m"] * 4)]
    made[3] = body(3, 70, evaluation_delay=120)
    made[5] = {**body(5), "type": "composite", "query": "77 && 78"}
    made[6] = body(6, 70, require_full_window=True)
    (tmp_path / "monitors").mkdir()
    for number, one in enumerate(made):
        (tmp_path / "monitors" / f"{number}.json").write_text(json.dumps(one))
    rows = [
        f"{T0 + 60 * at},m,{value + shift},host:{host}"
        for at, value in enumerate(VALUES)
        for host, shift in (("a", 0), ("b", -9))
    ]
    (tmp_path / "points.csv").write_text("\n".join(["timestamp,metric,value,tags", *rows]) + "\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def backtest(*given, span=SPAN):
    made = CliRunner().invoke(application(["backtest"]), ["backtest", *given, "--series", "points.csv", *span])
    return made.exit_code, made.stdout, made.stderr


@pytest.mark.parametrize("how", ["json", "text", "markdown", "json-lines"])
@pytest.mark.parametrize("more", [(), ("--suggest",)])
def test_however_many_processes_work_the_output_is_the_same(folder, how, more):
    one = backtest("monitors", "--format", how, "--jobs", "1", *more)
    assert backtest("monitors", "--format", how, "--jobs", "3", *more) == one
    assert "monitors/5.json: the composite names monitors 77, 78" in one[2]


def test_a_monitor_does_among_others_what_it_does_alone(folder):
    together = json.loads(backtest("monitors", "--json")[1])["monitors"]
    alone = [
        json.loads(backtest(f"monitors/{number}.json", "--json")[1])["monitors"] for number in (0, 1, 2, 3, 4, 6, 7)
    ]
    assert [[one] for one in together] == alone
    assert all(one["transitions"] for one in together)


def test_json_lines_have_a_line_a_monitor_and_what_was_left_out(folder):
    code, out, _ = backtest("monitors", "--json-lines")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [one.get("monitor") for one in lines[:-1]] == [f"monitor {number}" for number in (0, 1, 2, 3, 4, 6, 7)]
    assert lines[-1]["left_out"]["where"] == "monitors/5.json"
    assert lines[:-1] == json.loads(backtest("monitors", "--json")[1])["monitors"]
    assert backtest("monitors", "--json-lines", "--json")[0] == 64
    assert code == 0


def test_only_what_windows_do_not_depend_on_may_differ_where_they_are_shared():
    plain = parse(body())
    assert parse(body(1, 50, renotify_interval=60)).windows_key == plain.windows_key
    others = [
        body(window="last_10m"),
        body(evaluation_delay=60),
        body(require_full_window=True),
        {**body(), "query": "max(last_5m):avg:m{*} by {host} > 90"},
        {**body(), "query": "avg(last_5m):avg:m{*} > 90"},
        {**body(), "query": "avg(last_5m):avg:m{env:a} by {host} > 90"},
    ]
    keys = [parse(one).windows_key for one in [body(), *others]]
    assert len(set(keys)) == len(keys)
    assert parse({**body(), "type": "composite", "query": "1 && 2"}).windows_key is None


@pytest.mark.parametrize("jobs", [1, 2, 3, 50])
def test_every_monitor_is_in_one_batch(jobs):
    monitors = [to_run(number, window) for number, window in enumerate(["last_5m", "last_1m", "last_5m"] * 7)]
    made = spreading.batches(monitors, jobs)
    assert sorted(number for part in made for number in part) == list(range(21))
    assert len(made) <= 2 * jobs or all(len(part) == 1 for part in made)
    assert all(len({monitors[number].monitor.windows_key for number in part}) == 1 for part in made)


@pytest.mark.parametrize(
    ("wanted", "monitors", "minutes", "many"),
    [
        (0, 2, 43_200, 1),
        (0, 3, 43_200, 3),
        (0, 330, 43_200, 4),
        (3, 330, 60, 3),
        (8, 2, 60, 2),
        (1, 330, 43_200, 1),
        (0, 0, 60, 1),
    ],
)
def test_there_are_as_many_processes_as_are_worth_it_or_asked_for(monkeypatch, wanted, monitors, minutes, many):
    monkeypatch.setattr(spreading, "cores", lambda: 4)
    assert spreading.processes(wanted, monitors, minutes) == many


def to_run(number, window="last_5m"):
    return ToRun(MonitorInFile(f"{number}.json", body(number, window=window)), parse(body(number, window=window)))


def asked():
    end = T0 + 60 * len(VALUES)
    points = points_of(source(minutely(VALUES, metric="m", tags=("host:a",))))
    return BacktestOptions(T0, end, points, [], {}, "UTC", False, {}, {}, inputs.no_points, (), Settings())


def test_a_process_that_is_killed_ends_the_command_with_a_sentence(capsys):
    monitors = [to_run(number, window) for number, window in enumerate(["last_5m", "last_1m"])]
    with pytest.raises(typer.Exit):
        list(spreading.spread(monitors, asked(), lambda made: os._exit(9), 2))
    assert "a process that worked on monitors ended before it was done" in capsys.readouterr().err


def test_who_stops_early_leaves_no_process_behind():
    monitors = [to_run(number, window) for number, window in enumerate(["last_5m", "last_1m", "last_2m"])]

    def slow(made):
        if made.name != "monitor 0":
            time.sleep(600)  # longer than the test: only an end from outside ends it
        return made.name

    working = spreading.spread(monitors, asked(), slow, 2)
    assert next(working).result == "monitor 0"
    working.close()
    deadline = time.monotonic() + 60
    while multiprocessing.active_children() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert multiprocessing.active_children() == []


def test_why_a_monitor_does_not_run_comes_back_from_its_process():
    wrong = {**body(1), "type": "composite", "query": "77 && 78"}
    monitors = [to_run(0), ToRun(MonitorInFile("1.json", wrong), parse(wrong))]
    first, second = (one.result for one in spreading.spread(monitors, asked(), lambda made: made.name, 2))
    assert first == "monitor 0"
    assert isinstance(second, LeftOut)


@pytest.mark.parametrize("parts", [1, 2, 3, 20])
def test_shards_put_together_are_what_one_machine_prints(folder, parts):
    whole = backtest("monitors", "--json")[1]
    names = [f"{number}-of-{parts}.json" for number in range(1, parts + 1)]
    for number, name in enumerate(names, 1):
        (folder / name).write_text(backtest("monitors", "--json", "--shard", f"{number}/{parts}")[1])
    assert merge(*reversed(names)) == (0, whole, "")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (["1.json"], "shards are missing: 2 of 2"),
        (["1.json", "1.json"], "1.json: shard 1, and so is 1.json"),
        (["1.json", "other.json"], "other.json: a shard of 3, and 1.json is one of 2"),
        (["1.json", "later.json"], "later.json: monitors over history"),
        (["1.json", "none.json"], "none.json cannot be read: No such file or directory"),
        (["1.json", "whole.json"], "whole.json: expected what `doghouse backtest --shard I/N --json` printed"),
        (["points.csv"], "points.csv: expected what"),
    ],
)
def test_shards_that_are_not_those_of_one_backtest_are_refused(folder, given, text):
    (folder / "1.json").write_text(backtest("monitors", "--json", "--shard", "1/2")[1])
    (folder / "later.json").write_text(
        backtest("monitors", "--json", "--shard", "2/2", span=(*SPAN[:3], str(T0 + 600)))[1]
    )
    (folder / "other.json").write_text(backtest("monitors", "--json", "--shard", "2/3")[1])
    (folder / "whole.json").write_text(backtest("monitors", "--json")[1])
    code, out, said = merge(*given)
    assert (code, out) == (1, "")
    assert text in said


@pytest.mark.parametrize("shard", ["0/2", "3/2", "2", "1/0", "a/b", "1/", "-1/2", "1/2/3"])
def test_a_shard_is_a_number_of_so_many(folder, shard):
    code, out, said = backtest("monitors", "--json", f"--shard={shard}")
    assert (code, out) == (64, "")
    assert f"'{shard}' is not I/N" in said


def test_a_composite_in_one_shard_may_name_a_monitor_of_another(folder):
    named = {**body(1), "id": 77}
    (folder / "two").mkdir()
    (folder / "two" / "0.json").write_text(json.dumps(named))
    (folder / "two" / "1.json").write_text(json.dumps({**body(2), "type": "composite", "query": "77 && 77"}))
    alone = json.loads(backtest("two", "--json", "--shard", "2/2")[1])
    assert alone["monitors"] == json.loads(backtest("two", "--json")[1])["monitors"][1:]


def merge(*given):
    made = CliRunner().invoke(application(["merge"]), ["merge", *given])
    return made.exit_code, made.stdout, made.stderr
