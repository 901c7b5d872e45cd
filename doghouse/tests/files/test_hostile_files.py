"""Files that are no files, have no end, or are small and come to much: each command says so in a sentence, within bounded memory and time."""

import os
import resource
import subprocess
import sys
import threading

import pytest
from user_files import READERS

from doghouse import files
from doghouse.files import reading, yaml_texts

MB = 1 << 20
MOST_MEMORY = 1200 * MB  # what numpy, DuckDB and their threads take is in it
MOST_CPU_S = 30

readers = pytest.mark.parametrize("reader", READERS, ids=str)


def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def bounded(folder, *arguments):
    """The exit code, what was printed, and the most memory (bytes) of a doghouse in a process of its own."""
    output = folder / "output"
    environment = {**os.environ, "NO_COLOR": "1", "OPENBLAS_NUM_THREADS": "1"}
    with output.open("wb") as file:
        command = [sys.executable, "-m", "doghouse", *arguments]
        process = subprocess.Popen(
            command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, cwd=folder, env=environment, preexec_fn=limits
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, output.read_text(errors="replace"), usage.ru_maxrss * 1024


@readers
def test_a_device_without_end_is_refused_within_bounded_memory(reader, tmp_path):
    path = reader.place(tmp_path)
    path.symlink_to("/dev/zero")
    code, said, memory = bounded(tmp_path, *reader.arguments(path))
    assert (code in (0, 1, 64), "Traceback" in said) == (True, False), said
    assert memory < MOST_MEMORY, f"{memory / MB:.0f} MB"


@pytest.mark.parametrize(
    "name", ["lint", "test", "backtest series", "backtest logs", "agent wheel", "agent datadog.yaml"]
)
def test_a_sparse_file_of_20_gb_is_refused_within_bounded_memory(name, tmp_path):
    [reader] = [each for each in READERS if each.name == name]
    path = reader.place(tmp_path)
    with path.open("wb") as file:
        file.truncate(20_000 * MB)
    code, said, memory = bounded(tmp_path, *reader.arguments(path))
    assert (code in (0, 1, 64), "Traceback" in said) == (True, False), said
    assert memory < MOST_MEMORY, f"{memory / MB:.0f} MB"


def folder_instead(path):
    path.mkdir()


def loop(path):
    path.symlink_to(path.name)


def nowhere(path):
    path.symlink_to("nowhere")


def pipe(path):
    os.mkfifo(path)


def empty(path):
    path.touch()


def binary(path):
    path.write_bytes(bytes(range(256)) * 40)


def utf16(path):
    path.write_bytes("a: 1\n".encode("utf-16"))


def long_line(path):
    path.write_bytes(b"timestamp,metric,value\n" + b"1" * (17 * MB))


def nested(path):
    path.write_text("[" * 100_000 + "]" * 100_000)


def nested_objects(path):
    path.write_text('{"a":' * 3000 + "1" + "}" * 3000)


def long_number(path):
    path.write_text('{"id": ' + "9" * 6000 + "}")


def aliases(path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{each}: &a{each} [{', '.join([f'*a{each - 1}'] * 9)}]" for each in range(1, 12)]
    path.write_text("\n".join(lines) + "\n")


def merges(path):
    lines = ["a0: &a0 {x: 1, y: 2}"]
    lines += [f"a{each}: &a{each} {{<<: [{', '.join([f'*a{each - 1}'] * 9)}]}}" for each in range(1, 12)]
    path.write_text("\n".join(lines) + "\n")


def itself(path):
    path.write_text("a: &a {b: *a}\n")


def base_60(path):
    path.write_text("a: 1" + ":10" * 500_000 + "\n")


THINGS = (
    folder_instead, loop, nowhere, pipe, empty, binary, utf16, long_line, nested, nested_objects, long_number, aliases, merges, itself,
    base_60,
)  # fmt: skip


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.__name__)
@readers
def test_what_is_no_such_file_is_said_in_a_sentence(reader, thing, tmp_path, call, monkeypatch):
    monkeypatch.setattr(reading, "WAIT_MS", 50)
    path = reader.place(tmp_path)
    thing(path)
    code, said = call(tmp_path, *reader.arguments(path))
    assert code in (0, 1, 64)
    assert said


@readers
def test_a_file_that_may_not_be_read_is_said_in_a_sentence(reader, tmp_path, call):
    path = reader.place(tmp_path)
    path.write_bytes(reader.content())
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    code, said = call(tmp_path, *reader.arguments(path))
    assert code in (0, 1, 64)
    assert "Permission denied" in said


TEXTS = [reader for reader in READERS if not {"wheel", "parquet"} & set(reader.name.split())]


@pytest.mark.parametrize("reader", TEXTS, ids=str)
def test_the_mark_that_editors_of_windows_write_changes_nothing(reader, tmp_path, call):
    path = reader.place(tmp_path)
    path.write_bytes(reader.content())
    plain = call(tmp_path, *reader.arguments(path))
    path.write_bytes(b"\xef\xbb\xbf" + reader.content().replace(b"\n", b"\r\n"))
    assert call(tmp_path, *reader.arguments(path)) == plain


def test_a_pipe_is_read_when_somebody_writes_into_it_late(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Timer(0.2, path.write_text, ["late"])
    writer.start()
    assert files.text(path) == "late"
    writer.join()


def test_a_pipe_into_which_nobody_writes_is_not_waited_for_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "WAIT_MS", 50)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(files.FileError, match="is a pipe into which nobody writes"):
        files.text(path)


def test_standard_input_without_end_is_refused(tmp_path):
    with open("/dev/zero", "rb") as zeros:  # noqa: PTH123
        ran = subprocess.run(
            [sys.executable, "-m", "doghouse", "lint", "-"], stdin=zeros, capture_output=True, text=True, check=False
        )
    assert (ran.returncode, ran.stderr) == (1, "doghouse: standard input is larger than 200 MB and is not read\n")


def test_standard_input_that_is_no_text_is_said_in_a_sentence(tmp_path):
    command = [sys.executable, "-m", "doghouse", "lint", "-"]
    ran = subprocess.run(command, input=b'{"a": "\xff"}', capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (
        1,
        b"doghouse: standard input:1: is no text: the byte 0xff is no UTF-8\n",
    )


@pytest.mark.parametrize(("size", "is_read"), [(10, True), (11, False)])
def test_a_file_is_read_up_to_its_budget(tmp_path, size, is_read):
    path = tmp_path / "x"
    path.write_bytes(b"x" * size)
    if is_read:
        assert files.contents(path, 10) == b"x" * 10
    else:
        with pytest.raises(files.FileError, match="is larger than"):
            files.contents(path, 10)


@pytest.mark.parametrize(("depth", "is_read"), [(files.reading.DEEPEST, True), (files.reading.DEEPEST + 1, False)])
@pytest.mark.parametrize("ends", ["[]", ('{"a":', "}")])
def test_json_is_read_as_deep_as_its_budget(depth, is_read, ends):
    opening, closing = ends
    text = opening * depth + ("1" if opening != "[" else "") + closing * depth
    if is_read:
        files.decoded_json(text)
    else:
        with pytest.raises(files.FileError, match="nested too deeply"):
            files.decoded_json(text)


def test_aliases_count_for_what_they_stand_for():
    few = "a: &a [1, 2]\nb: [*a, *a]\n"
    assert yaml_texts.values(yaml_texts.compose(few)) == {"a": [1, 2], "b": [[1, 2], [1, 2]]}
    many = "a: &a [" + "1, " * 1000 + "]\nb: [" + "*a, " * 600 + "]\n"
    with pytest.raises(files.FileError, match="comes to more than 500,000 values"):
        yaml_texts.compose(many)
