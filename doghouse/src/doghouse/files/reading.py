"""Opens, reads and decodes a user's file: at most so many bytes of it, from a pipe too, and JSON at most so deep."""

from __future__ import annotations

import json
import os
import select
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

LARGEST = 200 << 20  # bytes of a file that is read whole
LARGEST_SETTINGS = 10 << 20  # bytes of what people write by hand: settings, keys, YAML
AT_ONCE = 1 << 20  # bytes
LONGEST_LINE = 8 << 20  # bytes of a line, in files that are read line by line
DEEPEST = 200  # objects within objects: deeper than any tool writes, and not so deep that Python's stack is a limit
WAIT_MS = 5_000  # for somebody to open the other end of a pipe
BYTE_ORDERS = (b"\xff\xfe", b"\xfe\xff")


class FileError(Exception):
    """What is wrong with a file, as the rest of a sentence that begins with its name; the 1-based `line`, 0 where it is not of one line."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.line = line

    def of(self, name: object) -> str:
        """The sentence: `monitor.json:3: is not JSON: …`."""
        return f"{name}:{self.line}: {self}" if self.line else f"{name} {self}"


class NotJsonError(FileError):
    """What is no JSON, and where it stops being so."""


class BrokenFileError(Exception):
    """What is wrong in a file of data, with its place: `path:line: text`. Some of it shows only when the data are asked for."""

    def __init__(self, path: object, text: str, line: int | None = None) -> None:
        super().__init__(f"{path}:{line}: {text}" if line else f"{path}: {text}")


def refuse_folder(error: OSError) -> None:
    """The `onerror` of os.walk, which passes over a folder that may not be read, as pathlib does: its files would count as not there.

    A folder that is gone has none. Raises FileError.
    """
    if not isinstance(error, FileNotFoundError):
        raise FileError(f"cannot be read: {error.filename}: {error.strerror}")


@contextmanager
def readable() -> Iterator[None]:
    """What the system refuses inside, while something of a file is read, is FileError."""
    try:
        yield
    except OSError as error:
        raise FileError(f"cannot be read: {error.strerror}") from None


@contextmanager
def _named() -> Iterator[None]:
    """The same where a file is looked for: its name may be one that no file has, with a zero byte or half of a character."""
    try:
        with readable():
            yield
    except ValueError as error:
        raise FileError(f"cannot be read: {error}") from None


def contents(path: Path, most: int = LARGEST) -> bytes:
    """All bytes of a file or a pipe. Raises FileError."""
    with _named():
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with readable():
        try:
            return _all(descriptor, most)
        finally:
            os.close(descriptor)


def text(path: Path, most: int = LARGEST) -> str:
    """A file's UTF-8 text, without the mark at its beginning that some editors write, and with plain line ends. Raises FileError."""
    return _decoded(contents(path, most))


def json_of(path: Path, most: int = LARGEST) -> Any:
    """A file's JSON document. Raises FileError."""
    return decoded_json(text(path, most))


def standard_input(most: int = LARGEST) -> str:
    """The text of standard input. Raises FileError."""
    binary: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    read = sys.stdin.read().encode() if binary is None else binary.read(most + 1)
    if len(read) > most:
        raise _too_large(most)
    return _decoded(read)


def decoded_json(text: str, made_of: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """The document of a JSON text; `made_of` makes an object of its keys and values (default: a dict). Raises FileError."""
    try:
        document = json.loads(text, object_pairs_hook=made_of)
    except json.JSONDecodeError as error:
        raise not_json(text, error) from None
    except RecursionError:
        raise FileError("is nested too deeply to be read") from None
    except ValueError as error:  # a number of more digits than Python takes
        raise FileError(f"is not JSON that can be read: {str(error).partition(';')[0]}") from None
    if _is_deeper(document, DEEPEST):
        raise FileError("is nested too deeply to be read")
    return document


def not_json(text: str, error: json.JSONDecodeError) -> NotJsonError:
    """What is wrong with a text that is no JSON."""
    return NotJsonError(f"is not JSON: {error.msg if text.strip() else 'it is empty'}", error.lineno)


def check_file(path: Path) -> None:
    """Refuse what can be read only once, or without end: a pipe, a device. Raises FileError."""
    with _named():
        mode = path.stat().st_mode
    if stat.S_ISFIFO(mode):
        raise FileError("is a pipe, and it is read more than once: save it to a file first")
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # of a folder the system's own words are better
        raise FileError("is a device, no file")


def check_lines(path: Path) -> None:
    """Refuse a file with a line of many megabytes, which a reader of lines would take into memory whole. Raises FileError."""
    check_file(path)
    with readable(), path.open("rb") as file:
        line = 1
        while len(part := file.read(LONGEST_LINE)) == LONGEST_LINE:
            if b"\n" not in part and b"\r" not in part:
                raise FileError(f"has a line of more than {LONGEST_LINE >> 20} MB: it is no file of lines", line)
            line += part.count(b"\n")


def _all(descriptor: int, most: int) -> bytes:
    is_pipe = stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    parts: list[bytes] = []
    size = 0
    while True:
        try:
            part = os.read(descriptor, AT_ONCE)
        except BlockingIOError:
            select.select([descriptor], [], [])
            continue
        if not part and is_pipe and hasattr(os, "O_NONBLOCK"):  # elsewhere opening it has waited for a writer
            is_pipe = False
            _wait_for_writer(descriptor)
            continue
        if not part:
            return b"".join(parts)
        is_pipe = False
        parts.append(part)
        if (size := size + len(part)) > most:
            raise _too_large(most)


def _wait_for_writer(descriptor: int) -> None:
    """Wait until somebody opens the other end of a pipe, which reads as empty until then. Raises FileError where nobody does so within some seconds."""
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    if waiting.poll(WAIT_MS):
        return
    try:
        os.read(descriptor, 1)  # nothing came within that time, so that this takes nothing away
    except BlockingIOError:
        return  # somebody has it open, and writes nothing yet
    raise FileError("is a pipe into which nobody writes")


def _too_large(most: int) -> FileError:
    return FileError(f"is larger than {most >> 20} MB and is not read")


def _decoded(read: bytes) -> str:
    if read.startswith(BYTE_ORDERS):
        raise FileError("is no text in UTF-8: it begins as UTF-16 does; save it as UTF-8")
    try:
        decoded = read.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = read.count(b"\n", 0, error.start) + 1
        raise FileError(f"is no text: the byte 0x{read[error.start]:02x} is no UTF-8", line) from None
    return decoded.replace("\r\n", "\n").replace("\r", "\n") if "\r" in decoded else decoded


def _is_deeper(document: Any, most: int) -> bool:
    """Whether there are more than `most` objects and lists within each other."""
    level = [document]
    for _ in range(most):
        level = [value for value in level if isinstance(value, dict | list)]
        if not level:
            return False
        level = [inner for value in level for inner in (value.values() if isinstance(value, dict) else value)]
    return any(isinstance(value, dict | list) for value in level)
