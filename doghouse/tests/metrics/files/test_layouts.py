"""How values lie in files and columns: what a plain writer of each layout writes is read back, and what no writer writes is refused."""

from __future__ import annotations

import struct as structs
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.metrics.distributions import sketches
from doghouse.metrics.files import encodings, thrift
from doghouse.metrics.model import Columns
from doghouse.metrics.store.lateness import DAY_S, NEVER, Tips, days, late

# -- Thrift's compact protocol: a writer of values of a few kinds


def varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def zigzag(number: int) -> bytes:
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)


KINDS = {int: 6, bytes: 8, list: 9, dict: 12}


def value_of(value: Any) -> bytes:
    if isinstance(value, bool):
        return b"\x01" if value else b"\x02"
    if isinstance(value, int):
        return zigzag(value)
    if isinstance(value, bytes):
        return varint(len(value)) + value
    if isinstance(value, list):
        kind = KINDS[type(value[0])] if value else 6
        head = bytes([len(value) << 4 | kind]) if len(value) < 15 else bytes([0xF0 | kind]) + varint(len(value))
        return head + b"".join(map(value_of, value))
    return struct_of(value)


def struct_of(fields: dict[int, Any]) -> bytes:
    out, last = b"", 0
    for number, value in sorted(fields.items()):
        kind = (1 if value else 2) if isinstance(value, bool) else KINDS[type(value)]
        step = number - last
        out += bytes([step << 4 | kind]) if 0 < step < 16 else bytes([kind]) + zigzag(number)
        out += b"" if isinstance(value, bool) else value_of(value)
        last = number
    return out + b"\x00"


wholes = st.integers(-(2**62), 2**62)
values = st.one_of(
    st.booleans(),
    wholes,
    st.binary(max_size=9),
    st.lists(wholes, max_size=20),
    st.lists(st.binary(max_size=3), max_size=3),
)
fields = st.dictionaries(st.integers(1, 60), values, max_size=6)


@given(
    st.dictionaries(
        st.integers(1, 60), st.one_of(values, fields, st.lists(fields, min_size=1, max_size=3)), max_size=6
    ),
    st.binary(max_size=5),
)
def test_a_struct_is_read_as_it_was_written_with_its_length(made: dict[int, Any], behind: bytes) -> None:
    written = struct_of(made)
    assert thrift.struct_and_length(written + behind) == (made, len(written))


@given(fields, st.data())
def test_a_struct_that_is_cut_is_refused(made: dict[int, Any], data: st.DataObject) -> None:
    written = struct_of(made)
    cut = data.draw(st.integers(0, len(written) - 1))
    with pytest.raises((IndexError, KeyError, ValueError)):
        thrift.struct(written[:cut])


def test_a_number_has_64_bits_and_no_more() -> None:
    for number in (0, 127, 128, 2**14 - 1, 2**14, 2**64 - 1):
        assert thrift.varint(b"\xff" + varint(number) + b"\x00", 1) == (number, 1 + len(varint(number)))
    with pytest.raises(ValueError, match="a number of more than 64 bits"):
        thrift.varint(b"\x80" * 10 + b"\x01", 0)


def test_structs_lie_within_each_other_as_deep_as_there_is_a_limit() -> None:
    def nested(depth: int) -> bytes:
        return b"\x1c" * depth + b"\x00" * (depth + 1)

    thrift.struct(nested(thrift.DEEPEST))
    with pytest.raises(ValueError, match="structs within structs"):
        thrift.struct(nested(thrift.DEEPEST + 1))


def test_maps_bytes_and_doubles_take_their_room() -> None:
    entries = varint(2) + b"\x88" + b"".join(varint(len(text)) + text for text in (b"a", b"1", b"b", b"22"))
    number = structs.pack("<d", 1.5)
    written = b"\x1b" + entries + b"\x1b\x00" + b"\x17" + number + b"\x13\x07" + b"\x15" + zigzag(-3) + b"\x00"
    made, length = thrift.struct_and_length(memoryview(written))
    assert (made, length) == ({1: {b"a": b"1", b"b": b"22"}, 2: {}, 3: None, 4: 7, 5: -3}, len(written))
    with pytest.raises(IndexError):
        thrift.struct(b"\x17" + number[:7])
    with pytest.raises(ValueError, match="type 13"):
        thrift.struct(b"\x1d\x00")


# -- pages of Parquet


def packed(numbers: Sequence[int], width: int) -> bytes:
    """A run of packed numbers, filled up to a group of eight."""
    groups = -(-len(numbers) // 8)
    bits = sum(number << place * width for place, number in enumerate(numbers))
    return varint(groups << 1 | 1) + bits.to_bytes(groups * width, "little")


def repeated(number: int, count: int, width: int) -> bytes:
    return varint(count << 1) + number.to_bytes((width + 7) // 8, "little")


@given(st.integers(1, encodings.WIDEST), st.data())
def test_numbers_of_a_dictionary_are_read_whatever_their_runs(width: int, data: st.DataObject) -> None:
    number = st.integers(0, (1 << width) - 1)
    groups_of_eight = st.lists(number, min_size=8, max_size=24).map(lambda numbers: numbers[: len(numbers) // 8 * 8])
    one_value = st.tuples(number, st.integers(1, 300))
    runs = data.draw(st.lists(st.one_of(groups_of_eight, one_value), min_size=1, max_size=4))
    written, wanted = bytes([width]), []
    for run in runs:
        written += repeated(*run, width) if isinstance(run, tuple) else packed(run, width)
        wanted += [run[0]] * run[1] if isinstance(run, tuple) else run
    count = data.draw(st.integers(1, len(wanted)))
    assert encodings.codes(memoryview(written), count).tolist() == wanted[:count]


def test_numbers_that_are_too_wide_are_unusual() -> None:
    with pytest.raises(encodings.Unusual, match="numbers of 25 bits"):
        encodings.codes(memoryview(b"\x19\x02\x00\x00\x00\x00"), 1)


@pytest.mark.parametrize(
    ("levels", "missing"),
    [
        (repeated(1, 20, 1), False),
        (repeated(1, 12, 1) + repeated(1, 8, 1), False),
        (packed([1] * 24, 1), False),
        (repeated(1, 19, 1) + repeated(0, 1, 1), True),
        (repeated(0, 20, 1), True),
        (packed([1] * 19 + [0], 1), True),
    ],
)
def test_a_page_with_a_missing_value_is_unusual(levels: bytes, missing: bool) -> None:
    page = memoryview(len(levels).to_bytes(4, "little") + levels + b"values")
    if missing:
        with pytest.raises(encodings.Unusual, match="missing values"):
            encodings.without_levels(page, 20)
    else:
        assert bytes(encodings.without_levels(page, 20)) == b"values"


@given(st.lists(st.text(max_size=5), max_size=5))
def test_texts_stand_behind_their_lengths(words: list[str]) -> None:
    written = b"".join(len(word.encode()).to_bytes(4, "little") + word.encode() for word in words)
    assert encodings.texts(memoryview(written), len(words)) == words
    if words and words[-1]:
        with pytest.raises(encodings.Unusual, match="a text that does not end"):
            encodings.texts(memoryview(written[:-1]), len(words))


@pytest.mark.parametrize(("kind", "form"), [(encodings.INT32, "<i"), (encodings.INT64, "<q"), (encodings.FLOAT, "<f"), (encodings.DOUBLE, "<d")])  # fmt: skip
def test_numbers_stand_one_after_another(kind: int, form: str) -> None:
    written = memoryview(b"".join(structs.pack(form, number) for number in (1, -2, 3)))
    assert encodings.plain(written, kind, 2).tolist() == [1, -2]
    whole = kind in (encodings.INT32, encodings.INT64)
    assert encodings.written(written, kind, 3) == (["1", "-2", "3"] if whole else ["1.0", "-2.0", "3.0"])


# -- columns

points = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6)), max_size=25)


@given(points, points)
def test_a_point_is_late_where_its_series_had_one_of_that_second_or_a_later_one(
    before: list[tuple[int, int]], now: list[tuple[int, int]]
) -> None:
    tips, newest = Tips(), {}
    for part in (before, now):
        columns = Columns(*(np.array([row[place] for row in part], np.int64) for place in (0, 1)), np.zeros(len(part)))
        wanted = []
        known = tips.of(columns.series)
        for series, ts in part:
            wanted.append(ts <= newest.get(series, -1))
            newest[series] = max(ts, newest.get(series, -1))
        assert late(columns, known).tolist() == wanted
        tips.advance(columns.series, columns.ts)
    assert tips.of(np.arange(4)).tolist() == [newest.get(series, NEVER) for series in range(4)]
    assert tips.highest() == max(newest, default=-1)


@pytest.mark.parametrize("number", [1023, 1024, 1025, 5000])
def test_a_new_series_has_no_newest_point_whatever_its_number(number: int) -> None:
    tips = Tips()
    assert tips.of(np.array([number])).tolist() == [NEVER]
    tips.advance(np.array([number]), np.array([5]))
    assert (tips.of(np.array([number, 0])).tolist(), tips.highest()) == ([5, NEVER], number)


def test_the_days_of_points_are_those_of_utc_each_once() -> None:
    columns = Columns(np.array([1, 1, 1, 0, 2]), np.array([0, DAY_S - 1, DAY_S, 3 * DAY_S, 0]), np.zeros(5))
    chosen = np.array([True, True, True, True, False])
    series, day = days(columns, chosen)
    assert list(zip(series.tolist(), day.tolist(), strict=True)) == [(0, 3), (1, 0), (1, 1)]


# -- columns of sketches

rows = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(-5, 5).map(float)), min_size=1, max_size=12)


def of(given_rows: Sequence[tuple[int, int, float]]) -> sketches.Sketches:
    group, ts, value = (np.array(column) for column in zip(*given_rows, strict=True))
    return sketches.of_values(group.astype(np.int64), ts.astype(np.int64), value.astype(np.float64))


def content(made: sketches.Sketches) -> list[tuple[Any, ...]]:
    return [
        (
            *(float(getattr(made, name)[place]) for name in ("group", "ts", "count", "sum", "min", "max")),
            *zip(made.key[made.sketch == place].tolist(), made.n[made.sketch == place].tolist(), strict=True),
        )
        for place in range(len(made))
    ]


@given(rows, st.data())
def test_sketches_that_are_chosen_joined_and_added_up_are_those_of_their_values(
    given_rows: list[tuple[int, int, float]], data: st.DataObject
) -> None:
    whole = of(given_rows)
    pairs = sorted({row[:2] for row in given_rows})
    keep = data.draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
    kept = [pair for pair, flag in zip(pairs, keep, strict=True) if flag]
    some = [row for row in given_rows if row[:2] in kept]
    assert content(whole.where(np.array(keep))) == (content(of(some)) if some else [])
    low = data.draw(st.integers(0, len(pairs) - 1))
    high = data.draw(st.integers(low + 1, len(pairs)))
    inside = [(0, 0, row[2]) for row in given_rows if row[:2] in pairs[low:high]]
    assert content(whole.together(low, high)) == content(of(inside))
    assert content(sketches.concatenated([whole, whole])) == content(whole) * 2
    twice = sketches.concatenated([whole, whole])
    assert content(twice.merged(twice.group, twice.ts)) == content(of(given_rows * 2))
    places = sketches.places(whole.group, whole.ts, *zip(*pairs, strict=True))
    assert places.tolist() == list(range(len(pairs)))


def test_no_sketches_joined_are_none() -> None:
    assert (len(sketches.concatenated([])), sketches.no_sketches().percentile(0.5).tolist()) == (0, [])
