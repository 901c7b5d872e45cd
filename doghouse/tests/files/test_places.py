"""Where histories lie: what names of folders say of days, and the same folder on this machine and in a store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from object_store import BUCKET, s3, web

from doghouse.files import FileError
from doghouse.files.places import Folder, LocalFolder, date_of, in_words, on_days, parquet_files, place, says, to_write
from doghouse.files.places.ranges import Ranged
from doghouse.files.places.remote import Remote, sentence
from doghouse.time.lengths import DAY

days = st.dates(date(1970, 1, 2), date(2200, 1, 1))


def midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


@given(days)
def test_a_day_is_written_as_a_date_or_as_its_three_parts(day: date) -> None:
    assert date_of(f"metric=a/date={day.isoformat()}/p.parquet") == midnight(day)
    assert date_of(f"year={day.year}/month={day.month:02}/day={day.day}/p.parquet") == midnight(day)


@pytest.mark.parametrize(
    "name",
    [
        "p.parquet",
        "date=2026-11-29.parquet",  # a file's name says nothing, only those of folders do
        "date=soon/p.parquet",
        "date=2026-13-01/p.parquet",
        "date=2026-11/p.parquet",
        "year=2026/month=11/p.parquet",
        "month=11/day=29/p.parquet",
        "2026-11-29/p.parquet",
    ],
)
def test_a_name_that_says_no_day_may_hold_any(name: str) -> None:
    assert date_of(name) is None
    assert on_days(name, 0, 1)


@given(days, st.integers(-2 * DAY, 2 * DAY), st.integers(1, DAY))
def test_a_day_is_read_where_a_second_of_it_is_asked_for(day: date, offset: int, length: int) -> None:
    first = midnight(day)
    start, end = first + offset, first + offset + length
    shared = min(end, first + DAY) - max(start, first)
    assert on_days(f"date={day}/p.parquet", start, end) == (shared > 0)


def test_a_day_is_not_read_for_its_neighbours_last_and_first_second() -> None:
    name = "date=1970-01-03/p.parquet"
    first = 2 * DAY
    asked = [(first - 1, first), (first - 1, first + 1), (first + DAY - 1, first + DAY), (first + DAY, first + DAY + 1)]
    assert [on_days(name, *each) for each in asked] == [False, True, True, False]
    assert [on_days(name, None, end) for end in (first, first + 1)] == [False, True]


def test_a_name_says_a_value_that_was_written_for_addresses_and_the_first_of_a_key() -> None:
    name = "metric=a%2Fb%3D1/env=x=y/env=z/plain/metric=p.parquet"
    assert [says(name, key) for key in ("metric", "env", "plain", "host")] == ["a/b=1", "x=y", None, None]


@pytest.fixture(params=["local", "s3", "s3, whole bucket"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
    if request.param == "local":
        yield to_write(str(tmp_path / "history"))
        return
    with s3(monkeypatch):
        yield to_write(f"s3://{BUCKET}" + ("/some/where/" if request.param == "s3" else ""))


def test_what_is_put_into_a_folder_is_got_and_listed_by_name(folder: Folder) -> None:
    names = ["b/y.parquet", "a/x.pq", "a/c/z.parquet", "top.parquet", "readme.txt"]
    for name in names:
        folder.put(name, name.encode() * 2)
    folder.put("top.parquet", b"newer")  # in the place of what was there
    assert folder.get("a/x.pq") == b"a/x.pqa/x.pq"
    assert (folder.get("top.parquet"), folder.get("no.parquet"), folder.get("a/no.parquet")) == (b"newer", None, None)
    listed = {each.name: each.size for each in folder.entries()}
    assert list(listed) == sorted(names)
    assert listed == {name: 5 if name == "top.parquet" else 2 * len(name) for name in names}
    assert [each.name for each in folder.entries("a")] == ["a/c/z.parquet", "a/x.pq"]
    assert folder.entries("nothing") == []
    assert [folder.folders(), folder.folders("a"), folder.folders("b"), folder.folders("nothing")] == [["a", "b"], ["c"], [], []]  # fmt: skip
    now = datetime.now(UTC).timestamp()
    assert all(abs(each.modified - now) < 600 for each in folder.entries())
    assert [each.name for each in parquet_files(folder)] == sorted(set(names) - {"readme.txt"})
    assert [each.name for each in parquet_files(folder, "b")] == ["b/y.parquet"]


@pytest.mark.parametrize(
    ("within", "text"), [("", "holds no Parquet files ("), ("logs", "holds no Parquet files in logs (")]
)
def test_a_folder_without_parquet_files_says_so_and_how_they_are_known(folder: Folder, within: str, text: str) -> None:
    folder.put("logs/readme.txt", b"x")
    with pytest.raises(FileError) as error:
        parquet_files(folder, within)
    assert str(error.value) == f"{text}a folder of them is read by their names: .parquet, .pq)"


def test_a_local_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(FileError, match=r"^cannot be written: Is a directory$"):
        LocalFolder(tmp_path).put("taken", b"x")
    assert [each.name for each in tmp_path.iterdir()] == ["taken"]
    (tmp_path / "file").write_text("x")
    with pytest.raises(FileError, match=r"^cannot be written: File exists$"):
        LocalFolder(tmp_path).put("file/in", b"x")
    with pytest.raises(FileError, match=r"^cannot be read: Not a directory$"):
        LocalFolder(tmp_path).get("file/in")
    with pytest.raises(FileError, match=r"^cannot be read: Not a directory$"):
        LocalFolder(tmp_path).folders("file")


def test_a_file_that_is_not_finished_is_not_listed(tmp_path: Path) -> None:
    LocalFolder(tmp_path).put("a/whole.parquet", b"x")
    (tmp_path / "a" / ".half.parquet.7.unfinished").write_bytes(b"x")
    assert [each.name for each in LocalFolder(tmp_path).entries()] == ["a/whole.parquet"]
    assert LocalFolder(tmp_path).address("a/whole.parquet") == f"{tmp_path}/a/whole.parquet"
    assert str(LocalFolder(tmp_path)) == str(tmp_path)


def test_a_file_in_the_place_of_a_folder_is_the_place_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "p.parquet").write_bytes(b"0123456789")
    assert place(str(tmp_path / "p.parquet")) == tmp_path / "p.parquet"
    assert place(str(tmp_path / "nothing")) == tmp_path / "nothing"
    assert place(str(tmp_path)) == LocalFolder(tmp_path)
    with web(tmp_path) as served:
        remote = place(f"{served.url}/p.parquet")
        assert isinstance(remote, Remote)
        [entry] = parquet_files(remote)
        assert (entry.name, entry.size, remote.folders()) == ("", 10, [])
        assert remote.address("") == f"{served.url}/p.parquet"
    with s3(monkeypatch):
        to_write(f"s3://{BUCKET}").put("in/p.parquet", b"0123")
        remote = place(f"s3://{BUCKET}/in/p.parquet")
        assert isinstance(remote, Remote)
        [entry] = parquet_files(remote)
        assert (entry.name, entry.size, remote.address("")) == ("", 4, f"s3://{BUCKET}/in/p.parquet")
        with pytest.raises(FileError, match=r"^cannot be read: nothing is there$"):
            place(f"s3://{BUCKET}/in/other.parquet").entries()  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["http://example.com/x", "https://example.com/x", "HTTPS://example.com/x"])
def test_a_web_server_takes_no_files(text: str) -> None:
    with pytest.raises(
        FileError, match=r"^is a web server's, which takes no files: expected a folder, s3:// or gs://$"
    ):
        to_write(text)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://name:password@example.com/p.parquet?signature=secret#x", "https://example.com/p.parquet"),
        ("s3://bucket/some/where", "s3://bucket/some/where"),
    ],
)
def test_an_address_is_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    assert str(place(url)) == shown


class NotFoundError(Exception):
    pass


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError("Error performing PUT http://169.254.169.254/latest/api/token"), "there are no keys for it in the environment (AWS_ACCESS_KEY_ID and such)"),
        (ValueError("Missing region"), "there are no keys for it in the environment (AWS_ACCESS_KEY_ID and such)"),
        (OSError("<Code>NoSuchBucket</Code> 404"), "there is no such bucket"),
        (NotFoundError("x"), "nothing is there"),
        (OSError("status 404"), "nothing is there"),
        (OSError("status 401"), "the store refuses it to these keys (AWS_ACCESS_KEY_ID and such in the environment)"),
        (OSError("SignatureDoesNotMatch"), "the store refuses it to these keys (AWS_ACCESS_KEY_ID and such in the environment)"),
        (OSError("dns error"), "the store cannot be reached"),
        (OSError("operation timed out"), "the store cannot be reached"),
        (OSError("unexpected EOF"), "the connection ended before all of it was there"),
        (KeyError("hidden-secret"), "KeyError"),
    ],
)  # fmt: skip
def test_why_a_store_gave_nothing_is_said_without_its_own_words(error: Exception, why: str) -> None:
    assert sentence(error) == f"cannot be read: {why}"


def test_a_programs_mistake_is_not_taken_for_a_stores() -> None:
    remote = Remote("s3://bucket")
    with pytest.raises(ValueError, match="own"), remote.reading():
        raise ValueError("own")
    with pytest.raises(ModuleNotFoundError), remote.reading():
        raise ModuleNotFoundError("x", name="another")
    with pytest.raises(FileError, match=r"^needs an extra: pip install './doghouse\[remote\]'$"), remote.reading():
        raise ModuleNotFoundError("x", name="obstore")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("IO Error: broken\nLINE 1: SELECT", "IO Error: broken"),
        ("Traceback\ndoghouse.files.reading.FileError: cannot be read: nothing is there\nmore", "cannot be read: nothing is there"),
        ("Traceback FileError: not at the line's beginning", "Traceback FileError: not at the line's beginning"),
        ("", "RuntimeError"),
    ],
)  # fmt: skip
def test_what_duckdb_says_is_one_line_and_a_stores_own_sentence_counts(text: str, said: str) -> None:
    assert in_words(RuntimeError(text)) == said


class Ten:
    """A store of one object of ten bytes, which counts its requests."""

    requests = 0

    def get_range(self, name: str, *, start: int, end: int) -> bytes:
        self.requests += 1
        return b"0123456789"[start:end]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(-1, 12)), max_size=6))
def test_a_file_of_a_store_reads_as_one_of_this_machine_does(steps: list[tuple[int, int]]) -> None:
    import io

    here, there = io.BytesIO(b"0123456789"), Ranged(Ten(), "x", 10, Remote("s3://b").reading)  # type: ignore[arg-type]
    for at, length in steps:
        assert (here.seek(at), here.read(length), here.tell()) == (there.seek(at), there.read(length), there.tell())


def test_a_file_of_a_store_is_read_from_where_it_stands_or_from_its_end() -> None:
    store = Ten()
    file = Ranged(store, "x", 10, Remote("s3://b").reading)  # type: ignore[arg-type]
    assert (file.seek(-3, os.SEEK_END), file.read(2), file.seek(-1, os.SEEK_CUR), file.read()) == (7, b"78", 8, b"89")
    assert (file.read(), file.read(0), store.requests) == (b"", b"", 2)
