"""A folder of Parquet files of logs, here and in an object store: the days that are asked for are read, and once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from memory_points import T0
from object_store import BUCKET, Served, s3

from doghouse.files.places import Folder, LocalFolder, place
from doghouse.logs.files import LogFileError, open_logs, writing
from doghouse.logs.model import Log
from doghouse.search.parser import parse
from doghouse.search.record import Record

DAY = 86_400
FIRST = T0 // DAY * DAY
COUNT = 3000  # logs a day


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with s3(monkeypatch) as served:
        yield served


def logs_of(day: int) -> list[Log]:
    noise = Random(day)
    return [
        Log(
            timestamp=FIRST + day * DAY + at * 20,
            message=f"day {day} number {at}",
            service=("web", "store")[at % 2],
            host="a",
            tags=("env:prod", "source:nginx"),
            attributes={"number": at, "noise": noise.randbytes(200).hex()},
        )
        for at in range(COUNT)
    ]


def write(folder: Folder) -> None:
    for day in range(3):
        folder.put(f"logs/date=2026-03-{2 + day:02d}/logs.parquet", writing.parquet(map(writing.row, logs_of(day))))


def test_the_days_that_are_asked_for_are_read_once(store: Served) -> None:
    folder = place(f"s3://{BUCKET}/logs-of-three-days")
    assert not isinstance(folder, Path)
    write(folder)
    size = next(one.size for one in folder.entries("logs/date=2026-03-03"))
    store.asked.clear()
    span = ((FIRST + DAY) * 1000, (FIRST + 2 * DAY) * 1000)
    records = open_logs(folder, {})
    assert len(records.select(parse("service:web"), *span, ("service",)).times) == COUNT // 2
    assert len(records.select(parse("@number:<10"), *span, ("@number", "host")).times) == 10
    assert len(records.newest(parse("number"), *span, 3)) == 3
    assert {one.path.split("/")[-2] for one in store.read()} == {"date=2026-03-03"}
    assert store.bytes() <= size + 2 * 16_384  # with its footer, of which nobody knows how long it is


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("text", ["*", "service:web", "@number:[5 TO 9]", "number", "env:prod -service:web"])
def test_several_days_answer_as_one_file_with_all_of_them(text: str, first: int, tmp_path: Path) -> None:
    """Also where another day was open before."""
    write(LocalFolder(tmp_path / "days"))
    (tmp_path / "all.parquet").write_bytes(
        writing.parquet(writing.row(log) for day in range(3) for log in logs_of(day))
    )
    days, whole = open_logs(LocalFolder(tmp_path / "days"), {}), open_logs(tmp_path / "all.parquet", {})
    spans = [(FIRST + 2 * DAY, FIRST + 3 * DAY), (FIRST + DAY // 2, FIRST + 3 * DAY), (FIRST, FIRST + DAY)]
    for start, end in spans[first:]:
        search, span = parse(text), (start * 1000, end * 1000)
        got, wanted = (one.select(search, *span, ("service", "@number")) for one in (days, whole))
        assert got.times.tolist() == wanted.times.tolist()
        for field in ("service", "@number"):
            values = [
                [one.columns[field].values[code] for code in one.columns[field].codes.tolist()] for one in (got, wanted)
            ]
            assert values[0] == values[1]
        newest = [[(time, _shown(record)) for time, record in one.newest(search, *span, 5)] for one in (days, whole)]
        assert newest[0] == newest[1]


def _shown(record: Record) -> str:
    return repr(record.values("@number")) + repr(record.values("service"))


def test_a_folder_without_logs_says_so(tmp_path: Path) -> None:
    with pytest.raises(LogFileError, match="holds no Parquet files"):
        open_logs(LocalFolder(tmp_path), {}).select(parse("*"), 0, 1, ())
