"""What becomes of each command when its user's file is cut, damaged or something else altogether: never a traceback."""

import os
import random

import pytest
from user_files import READERS

CASES = int(os.environ.get("FUZZ_CASES", "40"))  # a file; `make torture ARGS=--long` takes more
CODES = (0, 1, 64)

readers = pytest.mark.parametrize("reader", READERS, ids=str)


@readers
def test_a_valid_file_is_read(reader, tmp_path, call):
    path = reader.place(tmp_path)
    path.write_bytes(reader.content())
    code, said = call(tmp_path, *reader.arguments(path))
    assert code == reader.code, said


@readers
def test_a_file_that_is_cut_anywhere_gives_no_traceback(reader, tmp_path, call, record_property):
    path, whole = reader.place(tmp_path), reader.content()
    step = max(1, len(whole) // CASES)
    for end in range(0, len(whole), step):
        path.write_bytes(whole[:end])
        code, said = call(tmp_path, *reader.arguments(path))
        assert code in CODES, (end, said)
    record_property("faults", len(range(0, len(whole), step)))


@readers
def test_a_file_with_damaged_bytes_gives_no_traceback(reader, tmp_path, call, record_property):
    path, whole = reader.place(tmp_path), reader.content()
    chance = random.Random(17)
    for case in range(CASES):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 1, 2, 8))):
            damaged = damaged or bytearray(whole)
            at = chance.randrange(len(damaged) or 1)
            kind = chance.randrange(4)
            if kind == 0:
                damaged[at] ^= 1 << chance.randrange(8)
            elif kind == 1:
                damaged[at] = chance.randrange(256)
            elif kind == 2:
                del damaged[at : at + chance.randrange(1, 9)]
            else:
                damaged[at:at] = damaged[chance.randrange(len(damaged)) :][: chance.randrange(1, 40)]
        path.write_bytes(damaged)
        code, said = call(tmp_path, *reader.arguments(path))
        assert code in CODES, (case, bytes(damaged), said)
    record_property("faults", CASES)
