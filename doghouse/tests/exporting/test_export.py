"""`doghouse export`: what a house has, as a folder that backtests read; run again it adds what is new and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from memory_points import T0
from object_store import BUCKET, Served, s3
from typer.testing import CliRunner

from doghouse import running
from doghouse.cli import application
from doghouse.exporting import export
from doghouse.exporting.house import Opened
from doghouse.exporting.house import Served as ServedHouse
from doghouse.files import FileError
from doghouse.files.places import LocalFolder
from doghouse.logs.files import open_logs
from doghouse.logs.model import Log
from doghouse.metrics.files.partitions import History
from doghouse.metrics.files.series_files import open_series
from doghouse.metrics.intake import exporting as intake_exporting
from doghouse.metrics.intake.importing import CONTENT_TYPE, parts
from doghouse.metrics.model import Columns, Series
from doghouse.queries import Window, evaluate, parse
from doghouse.running import House
from doghouse.search.parser import parse as parse_search
from doghouse.time.clock import Clock

DAY = 86_400
FIRST = T0 // DAY * DAY
END = FIRST + 2 * DAY
MONITOR = {
    "type": "metric alert",
    "name": "high",
    "query": "avg(last_5m):avg:cpu{*} by {host} > 75",
    "message": "{{value}} of {{host.name}} @ops@example.com",
    "options": {"new_host_delay": 0},
}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with running.serve(tmp_path / "house", clock=Clock(float(T0))) as one:
        yield one


def served(house: House, asked: list[str]) -> ServedHouse:
    """The house, asked over HTTP; each path that is asked for is added to `asked`."""

    def ask(method: str, path: str, body: bytes | None) -> bytes:
        asked.append(path)
        return httpx.request(method, house.url + path, content=body, headers=house.headers).content

    return ServedHouse(ask)


def send(house: House, values: dict[str, list[float]], start: int = T0 - 3600, metric: str = "cpu") -> None:
    """A value a minute of each host, from `start` on."""
    hosts = list(values)
    series = [Series(n, metric, "gauge", 0, host, ("env:prod",)) for n, host in enumerate(hosts)]
    rows = [(n, start + 60 * at, value) for n, host in enumerate(hosts) for at, value in enumerate(values[host])]
    columns = Columns(*(np.array(column) for column in zip(*rows, strict=True)))
    for body in parts(series, columns):
        headers = {**house.headers, "Content-Type": CONTENT_TYPE}
        assert httpx.post(f"{house.url}/doghouse/import", content=body, headers=headers).status_code == 200


def log(house: House, *messages: str, **more: object) -> None:
    body = [
        {"message": text, "service": "web", "hostname": "a", "ddsource": "nginx", "ddtags": "env:prod", **more}
        for text in messages
    ]
    assert httpx.post(f"{house.url}/api/v2/logs", json=body, headers=house.headers).status_code == 202


def run(house: House, folder: object, *more: str) -> dict[str, int]:
    keys = ("--url", house.url, "--keys-file", str(house.keys_file))
    span = ("--from", str(FIRST), "--to", str(END))
    result = CliRunner().invoke(application(["export"]), ["export", str(folder), *span, *keys, "--json", *more])
    assert result.exit_code == 0, result.output
    made: dict[str, int] = json.loads(result.stdout)
    return made


def test_a_house_is_exported_once_and_only_what_is_new_after_that(house: House, tmp_path: Path) -> None:
    send(house, {"a": [1.0, 2, 3], "b": [4.0, 5]})
    log(house, "hello", "hello", "bye")
    folder = tmp_path / "history"
    assert run(house, folder) == {"points": 5, "logs": 3, "written": 2, "kept": 0}
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.parquet")}
    assert sorted(path.relative_to(folder).as_posix() for path in before) == [
        "logs/date=2026-03-02/logs.parquet",
        "metrics/metric=cpu/date=2026-03-02/points.parquet",
    ]
    assert run(house, folder) == {"points": 0, "logs": 0, "written": 0, "kept": 2}
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.parquet")} == before
    send(house, {"a": [7.0]}, start=T0 - 7200)
    log(house, "more")
    assert run(house, folder) == {"points": 1, "logs": 1, "written": 2, "kept": 0}


def distribution(house: House, values: dict[str, list[float]], at: int) -> None:
    """Values of one second of each host."""
    series = [{"metric": "lead", "host": host, "tags": ["shop:x"], "points": [[at, values[host]]]} for host in values]
    sent = httpx.post(f"{house.url}/api/v1/distribution_points", json={"series": series}, headers=house.headers)
    assert sent.status_code == 202


DISTRIBUTED = ("p95:lead{*} by {host}", "avg:lead{*}", "count:lead{shop:x}.as_count()", "max:lead{*}", "sum:lead{*}")


def test_distributions_are_exported_as_the_sketches_that_the_house_keeps(house: House, tmp_path: Path) -> None:
    """An open folder and a house that runs give the same; a query of the export answers what the house answers; what is new is added."""
    distribution(house, {"a": [1.0, 2, 3, 100], "b": [-7.5, 0]}, T0 - 600)
    distribution(house, {"a": [5.0]}, T0 - 300)
    folder = tmp_path / "history"
    assert run(house, folder) == {"points": 3, "logs": 0, "written": 1, "kept": 0}
    assert run(house, folder) == {"points": 0, "logs": 0, "written": 0, "kept": 1}
    opened = LocalFolder(tmp_path / "opened")
    export(Opened(house.app.state.points, house.app.state.logs), opened, FIRST, END)
    name = "metrics/metric=lead/date=2026-03-02/points.parquet"
    assert opened.get(name) == LocalFolder(folder).get(name)
    distribution(house, {"b": [9.0, 10]}, T0 - 120)
    assert run(house, folder) == {"points": 1, "logs": 0, "written": 1, "kept": 0}
    history = History(LocalFolder(folder), {}, {}, END)
    alone = open_series(folder / name)
    for text in DISTRIBUTED:
        (expression,) = parse(text)
        window = Window(T0 - 1200, T0)
        answers = [_shown(evaluate(expression, one, window)) for one in (house.app.state.points, history, alone)]
        assert answers[0] == answers[1] == answers[2], text
        assert "[]" not in str(answers[0])[:2]


def test_what_was_exported_of_a_distribution_can_be_imported_again(house: House, tmp_path: Path) -> None:
    distribution(house, {"a": [1.0, 2, 3, 100], "b": [-7.5, 0]}, T0 - 600)
    run(house, tmp_path / "history")
    [file] = (tmp_path / "history").rglob("*.parquet")
    with running.serve(tmp_path / "another", clock=Clock(float(T0))) as other:
        keys = ("--url", other.url, "--keys-file", str(other.keys_file))
        result = CliRunner().invoke(application(["import"]), ["import", str(file), *keys, "--json"])
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout) == {"points": 6, "series": 2}
        for text in DISTRIBUTED:
            (expression,) = parse(text)
            window = Window(T0 - 1200, T0)
            answers = [_shown(evaluate(expression, one.app.state.points, window)) for one in (house, other)]
            assert answers[0] == answers[1], text


def test_what_the_house_has_forgotten_stays_in_the_folder(house: House, tmp_path: Path) -> None:
    send(house, {"a": [1.0, 2, 3]})
    folder = LocalFolder(tmp_path / "history")
    stores = Opened(house.app.state.points, house.app.state.logs)
    export(stores, folder, FIRST, END)
    house.app.state.points.forget(END)
    send(house, {"a": [8.0]}, start=T0)
    assert export(stores, folder, FIRST, END).points == 1
    source = History(folder, {}, {}, END)
    assert source.read(np.array([one.id for one in source.find("cpu")]), FIRST, END).value.tolist() == [1, 2, 3, 8]


def test_an_open_folder_and_a_house_that_runs_export_the_same(house: House, tmp_path: Path) -> None:
    send(house, {"a": [1.0, 2, 3], "b": [4.0, 5]})
    log(house, *(f"message {number}" for number in range(7)))
    httpx.post(f"{house.url}/api/v1/tags/hosts/a", json={"tags": ["role:db"]}, headers=house.headers).raise_for_status()
    folders = LocalFolder(tmp_path / "opened"), LocalFolder(tmp_path / "served")
    export(Opened(house.app.state.points, house.app.state.logs), folders[0], FIRST, END)
    export(served(house, []), folders[1], FIRST, END)
    names = [one.name for one in folders[0].entries()]
    assert names == [one.name for one in folders[1].entries()]
    assert [folders[0].get(name) for name in names] == [folders[1].get(name) for name in names]


def test_an_export_that_was_stopped_is_finished_by_the_next(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before each write in turn: what is there is whole, and the next export comes to what one alone does."""
    for metric in ("cpu", "mem", "disk"):
        send(house, {"a": [1.0, 2, 3]}, metric=metric)
    log(house, "hello")
    stores = Opened(house.app.state.points, house.app.state.logs)
    export(stores, LocalFolder(tmp_path / "whole"), FIRST, END)
    whole = {
        one.name: LocalFolder(tmp_path / "whole").get(one.name) for one in LocalFolder(tmp_path / "whole").entries()
    }
    put = LocalFolder.put
    for stop in range(len(whole)):
        folder, left = LocalFolder(tmp_path / f"stopped {stop}"), [stop]

        def failing(self: LocalFolder, name: str, content: bytes, left: list[int] = left) -> None:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            put(self, name, content)

        monkeypatch.setattr(LocalFolder, "put", failing)
        with pytest.raises(KeyboardInterrupt):
            export(stores, folder, FIRST, END)
        monkeypatch.setattr(LocalFolder, "put", put)
        assert len(folder.entries()) == stop
        assert all(folder.get(one.name) == whole[one.name] for one in folder.entries())
        export(stores, folder, FIRST, END)
        assert {one.name: folder.get(one.name) for one in folder.entries()} == whole


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(("x:1", "x:2")), st.integers(0, 200), st.floats(-9, 9)),
        min_size=1,
        max_size=40,
    )
)
def test_a_query_of_the_export_answers_what_the_house_answers(
    rows: list[tuple[str, str, int, float]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    keys = sorted({(host, tag) for host, tag, _, _ in rows})
    series = [
        Series(n, "m", "count" if tag == "x:1" else "gauge", 10 * (tag == "x:1"), host, (tag,))
        for n, (host, tag) in enumerate(keys)
    ]
    columns = Columns(
        np.array([keys.index((host, tag)) for host, tag, _, _ in rows]),
        np.array([FIRST + 700 * at for _, _, at, _ in rows]),
        np.array([value for *_, value in rows]),
    )
    with running.serve(tmp_path_factory.mktemp("house"), clock=Clock(float(END))) as house:
        for body in parts(series, columns):
            headers = {**house.headers, "Content-Type": CONTENT_TYPE}
            httpx.post(f"{house.url}/doghouse/import", content=body, headers=headers).raise_for_status()
        store, folder = house.app.state.points, LocalFolder(tmp_path_factory.mktemp("history"))
        made = export(Opened(store, house.app.state.logs), folder, FIRST, END)
        assert made.points == len(
            {(key, ts) for key, ts in zip(columns.series.tolist(), columns.ts.tolist(), strict=True)}
        )
        for text in ("avg:m{*} by {host}", "sum:m{x:1}.as_count()", "max:m{*} by {x}"):
            (expression,) = parse(text)
            answers = [
                evaluate(expression, source, Window(FIRST, END)) for source in (store, History(folder, {}, {}, END))
            ]
            assert _shown(answers[0]) == _shown(answers[1])


def _shown(answer: object) -> object:
    return msgspec.to_builtins(
        answer, enc_hook=lambda value: value.tolist() if hasattr(value, "tolist") else repr(value)
    )


def test_logs_of_the_export_are_those_of_the_house(house: House, tmp_path: Path) -> None:
    log(house, "a plain one", status="error", duration=120.5, user={"name": "Ann"})
    log(house, "another", ids=[1, 2])
    folder = LocalFolder(tmp_path / "history")
    stores = Opened(house.app.state.points, house.app.state.logs)
    export(stores, folder, FIRST, END)
    kept, exported = house.app.state.logs, open_logs(folder, {})
    for text in (
        "*",
        "service:web",
        "source:nginx",
        "env:prod",
        "@duration:>100",
        "@user.name:Ann",
        "status:error",
        "plain",
        "host:a",
    ):
        search, span = parse_search(text), (FIRST * 1000, END * 1000)
        fields = ("service", "status", "host", "source", "env", "@duration", "@ids")
        answers = [records.select(search, *span, fields) for records in (kept, exported)]
        assert answers[0].times.tolist() == answers[1].times.tolist(), text
        for field in fields:
            values = [sorted((row, str(one.values[code])) for row, code in zip(one.rows.tolist(), one.codes.tolist(), strict=True))
                      for one in (answer.columns[field] for answer in answers)]  # fmt: skip
            assert values[0] == values[1], (text, field)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with s3(monkeypatch) as served:
        yield served


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_backtest_of_the_export_is_that_of_the_file(
    jobs: str, house: House, store: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {host: [50.0, 95, 95, 50, 85, 91, 70, 99, 50, 50][shift:] * 6 for shift, host in enumerate("abc")}
    send(house, values)
    rows = [
        f'{T0 - 3600 + 60 * at},cpu,{value},"host:{host},env:prod"'
        for host in values
        for at, value in enumerate(values[host])
    ]
    (tmp_path / "points.csv").write_text("\n".join(["timestamp,metric,value,tags", *rows]) + "\n")
    (tmp_path / "monitors").mkdir()
    for number, window in enumerate(("last_5m", "last_10m", "last_5m")):
        body = {**MONITOR, "name": f"monitor {number}", "query": MONITOR["query"].replace("last_5m", window)}
        (tmp_path / "monitors" / f"{number}.json").write_text(json.dumps(body))
    assert run(house, f"s3://{BUCKET}/nightly", "--metric", "cpu*")["written"] == 1
    monkeypatch.chdir(tmp_path)
    span = ("--from", str(T0 - 3000), "--to", str(T0), "--json")

    def backtest(place: str, *more: str) -> str:
        result = CliRunner().invoke(
            application(["backtest"]), ["backtest", "monitors", "--series", place, *span, *more]
        )
        assert result.exit_code == 0, result.output
        assert "hidden-secret" not in result.output
        return result.stdout

    alone = backtest("points.csv", "--jobs", "1")
    assert '"transitions":[{' in alone
    assert backtest(f"s3://{BUCKET}/nightly", "--jobs", jobs) == alone
    assert backtest("points.csv", "--jobs", "1", "--suggest") == backtest(
        f"s3://{BUCKET}/nightly", "--suggest", "--jobs", jobs
    )


def test_one_answer_covers_a_day_and_no_second_more(house: House) -> None:
    start = T0 - DAY - 60
    for at in (start, start + DAY - 60, start + DAY):
        send(house, {"a": [1.0]}, at)
    asked = {"metric": "cpu", "from": start, "to": start + 2 * DAY}
    answer = httpx.get(f"{house.url}/doghouse/export", params=asked, headers=house.headers)
    _, columns, _ = intake_exporting.answered(answer.content)
    assert sorted(columns.ts.tolist()) == [start, start + DAY - 60]


def test_a_year_in_which_little_happened_takes_few_requests(house: House, tmp_path: Path) -> None:
    """A metric's days are asked for first, and a day of few points in longer and longer pieces."""
    send(house, {"a": [1.0, 2]}, FIRST - 300 * DAY)
    send(house, {"a": [3.0]}, FIRST)
    distribution(house, {"a": [1.0]}, T0 - 600)
    asked: list[str] = []
    told: list[str] = []
    folder = LocalFolder(tmp_path / "history")
    made = export(served(house, asked), folder, FIRST - 365 * DAY, END, with_logs=False, tell=told.append)
    assert (made.points, made.written) == (4, 3)
    assert len(asked) < 25
    assert told[:2] == ["cpu, metric 1 of 2: 2025-05-06", "cpu, metric 1 of 2: 2026-03-02"]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(times=st.lists(st.integers(0, 3 * DAY), max_size=30), start=st.integers(0, DAY), few=st.integers(1, 5))
def test_a_house_that_runs_gives_all_points_whatever_pieces_it_is_asked_in(
    times: list[int], start: int, few: int, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    metric = f"cpu{len(house.app.state.points.metrics())}"  # of an example its own
    for at in [DAY, *times]:
        send(house, {"a": [1.0]}, FIRST + at, metric)
    monkeypatch.setattr("doghouse.exporting.house.FEW", few)
    over_http = served(house, [])
    inside = {FIRST + at for at in [DAY, *times] if start <= at < 2 * DAY}
    assert set(over_http.points(metric, FIRST + start, END).columns.ts.tolist()) == inside
    assert list(over_http.days(metric, FIRST + start, END)) == sorted({at // DAY * DAY for at in inside})


def test_a_folder_that_takes_no_file_is_refused_with_nothing_to_write_too(house: House, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    stores = Opened(house.app.state.points, house.app.state.logs)
    with pytest.raises(FileError, match="cannot be written: Not a directory"):
        export(stores, LocalFolder(file / "history"), FIRST, END)


def test_logs_are_cut_at_midnight_utc_and_days_without_any_are_not_searched(house: House, tmp_path: Path) -> None:
    times = [FIRST - 300 * DAY, FIRST - 300 * DAY + 1.5, FIRST - 0.5, FIRST, FIRST + DAY - 0.5]
    house.app.state.logs.add([Log(at, f"at {at}") for at in times])
    asked: list[str] = []
    told: list[str] = []
    folder = LocalFolder(tmp_path / "history")
    written = export(served(house, asked), folder, FIRST - 365 * DAY + 60, END, tell=told.append)
    assert (written.logs, written.written) == (5, 3)
    assert len(asked) < 15
    days = ["2025-03-02", "2025-05-06", "2025-05-07", "2026-03-01", "2026-03-02", "2026-03-03"]
    assert told == [f"logs: {day}" for day in days]
    logs = {path.parent.name: len(open_logs(LocalFolder(path.parent), {}).select(parse_search("*"), 0, END * 1000, ()).times)
            for path in (tmp_path / "history").rglob("logs.parquet")}  # fmt: skip
    assert logs == {"date=2025-05-06": 2, "date=2026-03-01": 1, "date=2026-03-02": 2}


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["https://example.com/x"], "is a web server's, which takes no files"),
        (["ftp://example.com/x"], "is no place that can be read"),
        (["x", "--from", "now", "--to", "now-1d"], "--from is not before --to"),
        (["x", "--data", "nowhere"], "--data: nowhere is no data folder of a doghouse: it has no manifest.json"),
    ],
)
def test_what_is_wrong_is_said(
    arguments: list[str], text: str, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    send(house, {"a": [1.0]})
    span = [] if "--from" in arguments else ["--from", str(FIRST), "--to", str(END)]
    keys = ["--url", house.url, "--keys-file", str(house.keys_file)] if "--data" not in arguments else []
    result = CliRunner().invoke(application(["export"]), ["export", *arguments, *span, *keys])
    assert result.exit_code in (1, 64)
    assert text in result.output


def test_an_account_is_exported_rolled_up_with_the_tags_of_its_metrics(house: House, tmp_path: Path) -> None:
    """A doghouse plays the account: gauges are averages of each minute, counts sums, and its logs are there."""
    values = {"a": [float(n) for n in range(30)], "b": [float(-n) for n in range(30)]}
    send(house, values)
    log(house, "hello", "bye")
    account = ("--datadog", "--api-url", house.url, "--keys-file", str(house.keys_file), "--resolution", "300")
    span = ("--from", str(T0 - 3600), "--to", str(T0 + 60))
    arguments = ["export", str(tmp_path / "history"), *span, *account, "--json", "--metric", "cpu"]
    result = CliRunner().invoke(application(["export"]), arguments)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"points": 12, "logs": 2, "written": 2, "kept": 0}
    again = CliRunner().invoke(application(["export"]), arguments)
    assert json.loads(again.stdout) == {"points": 0, "logs": 0, "written": 0, "kept": 2}
    source = History(LocalFolder(tmp_path / "history"), {}, {}, END)
    assert [one.tags for one in source.find("cpu")] == [("env:prod", "host:a"), ("env:prod", "host:b")]
    (expression,) = parse("avg:cpu{*} by {host}.rollup(avg, 300)")
    window = Window(T0 - 3600, T0)
    assert _shown(evaluate(expression, source, window)) == _shown(evaluate(expression, house.app.state.points, window))
