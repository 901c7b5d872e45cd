"""What a file is read as, and the sentence and the line for what it cannot be read as."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse import files
from doghouse.files import BrokenFileError, FileError, NotJsonError, reading, yaml_texts


def refused(path: Path) -> str:
    with pytest.raises(FileError) as error:
        files.json_of(path)
    return error.value.of("f")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ":1: is not JSON: it is empty"),
        (b" \n", ":2: is not JSON: it is empty"),
        (b'{"a": 1,\n\n b}', ":3: is not JSON: Expecting property name enclosed in double quotes"),
        (b"\xff\xfea\x00", " is no text in UTF-8: it begins as UTF-16 does; save it as UTF-8"),
        (b"\xfe\xff\x00a", " is no text in UTF-8: it begins as UTF-16 does; save it as UTF-8"),
        (b"\xe9", ":1: is no text: the byte 0xe9 is no UTF-8"),
        (b'"a"\n\n\x0c\x80\n', ":3: is no text: the byte 0x80 is no UTF-8"),
        (b"9" * 5000, " is not JSON that can be read: Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits"),
        (b"[" * 201 + b"]" * 201, " is nested too deeply to be read"),
        (b"[" * 99_999, " is nested too deeply to be read"),
    ],
)  # fmt: skip
def test_what_is_no_json_is_said_with_the_line_where_it_has_one(tmp_path: Path, content: bytes, text: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    assert refused(path) == f"f{text}"


def test_only_a_fault_of_json_is_one_that_may_be_other_than_json() -> None:
    with pytest.raises(NotJsonError):
        files.decoded_json("a: 1")


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (b"\xef\xbb\xbfa\r\nb\rc\n", "a\nb\nc\n"),
        (b"a\xef\xbb\xbf", "a\ufeff"),
        ("ä\n".encode(), "ä\n"),
        (b"", ""),
    ],
)
def test_a_text_has_plain_line_ends_and_no_mark_at_its_beginning(tmp_path: Path, content: bytes, read: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    assert files.text(path) == read


@given(content=st.binary(max_size=300), part=st.integers(1, 100))
def test_a_file_is_whole_however_it_is_cut_into_reads(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, part: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "cut"
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "AT_ONCE", part)
        assert files.contents(path, len(content)) == content
        if content:
            with pytest.raises(FileError):
                files.contents(path, len(content) - 1)


def test_each_kind_of_file_has_its_budget(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b'"' + b"x" * (10 << 20) + b'"')
    assert len(files.json_of(path)) == 10 << 20
    with pytest.raises(FileError, match=r"^is larger than 10 MB and is not read$"):
        yaml_texts.load_yaml(path)
    with path.open("wb") as file:
        file.truncate((200 << 20) + 1)
    for read in (files.contents, files.text, files.json_of):
        with pytest.raises(FileError, match=r"^is larger than 200 MB and is not read$"):
            read(path)


@pytest.mark.parametrize(("size", "is_read"), [(10, True), (11, False)])
@pytest.mark.parametrize("binary", [True, False])
def test_standard_input_is_read_up_to_its_budget(
    monkeypatch: pytest.MonkeyPatch, size: int, is_read: bool, binary: bool
) -> None:
    given: Any = io.TextIOWrapper(io.BytesIO(b"x" * size)) if binary else io.StringIO("x" * size)
    monkeypatch.setattr(sys, "stdin", given)
    if is_read:
        assert files.standard_input(10) == "x" * size
    else:
        with pytest.raises(FileError, match="is larger than 0 MB"):
            files.standard_input(10)


@pytest.mark.parametrize("check", [files.contents, files.check_file, files.check_lines])
def test_what_cannot_be_opened_is_said_in_the_systems_words(tmp_path: Path, check: Any) -> None:
    for path, text in ((tmp_path / "no", "No such file or directory"), (Path("a\0b"), ".*embedded null")):
        with pytest.raises(FileError, match=f"^cannot be read: {text}"):
            check(path)


@pytest.mark.parametrize("check", [files.contents, files.check_lines])
def test_a_folder_is_no_file(tmp_path: Path, check: Any) -> None:
    with pytest.raises(FileError, match=r"^cannot be read: Is a directory$"):
        check(tmp_path)


def test_what_can_be_read_only_once_or_without_end_is_refused_where_it_is_read_twice(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match=r"^is a pipe, and it is read more than once: save it to a file first$"):
        files.check_file(tmp_path / "pipe")
    with pytest.raises(FileError, match=r"^is a device, no file$"):
        files.check_file(Path("/dev/null"))
    files.check_file(tmp_path)
    (tmp_path / "x").touch()
    files.check_file(tmp_path / "x")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"a\nb\n" + b"x" * 16, 3),
        (b"x" * 16, 1),
        (b"a" * 7 + b"\n" + b"b" * 16, 2),
    ],
)
def test_a_line_that_is_too_long_is_said_with_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, line: int
) -> None:
    monkeypatch.setattr(reading, "LONGEST_LINE", 8)
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(FileError) as error:
        files.check_lines(tmp_path / "x")
    assert error.value.of("x") == f"x:{line}: has a line of more than 0 MB: it is no file of lines"


@pytest.mark.parametrize("content", [b"1234567\n" * 4, b"1234567\r" * 4, b"x" * 7, b"", b"\n" * 100, b"a\n" + b"x" * 9])
def test_lines_within_the_budget_are_let_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(reading, "LONGEST_LINE", 8)
    (tmp_path / "x").write_bytes(content)
    files.check_lines(tmp_path / "x")


def test_a_fault_is_told_with_its_place() -> None:
    assert FileError("is wrong").of("f") == "f is wrong"
    assert FileError("is wrong", 1).of("f") == "f:1: is wrong"
    assert [str(BrokenFileError("f", "wrong", line)) for line in (None, 1)] == ["f: wrong", "f:1: wrong"]


def test_a_pipe_is_read_to_its_end_in_several_parts(tmp_path: Path) -> None:
    import os
    import threading
    import time

    path = tmp_path / "pipe"
    os.mkfifo(path)

    def write() -> None:
        with path.open("wb", buffering=0) as file:
            for part in (b"one ", b"two ", b"three"):
                file.write(part)
                time.sleep(0.02)

    writer = threading.Thread(target=write)
    writer.start()
    assert files.contents(path) == b"one two three"
    writer.join()


def test_a_pipe_that_somebody_has_open_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os
    import threading

    monkeypatch.setattr(reading, "WAIT_MS", 1)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    descriptor = os.open(path, os.O_RDWR)  # it has a writer all the time

    def write() -> None:
        os.write(descriptor, b"late")
        os.close(descriptor)

    writer = threading.Timer(0.1, write)
    writer.start()
    assert files.contents(path) == b"late"
    writer.join()
