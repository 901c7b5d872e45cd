"""Bodies whose series were sent before: looked up by their text they mean what they mean when they are decoded as a whole."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.metrics.intake import repeats, v1
from doghouse.metrics.intake.batch import Numbered, numbered
from doghouse.metrics.intake.repeats import Repeats
from doghouse.metrics.store.index import SeriesIndex

Meaning = tuple[list[int], list[int], list[float], list[float]]
TEXTS = st.sampled_from(["a", "b.c", "{", "}", "]}", '"', "\\", '"points": [[1, 2]]', "points", "é", " "])
NUMBERS = st.one_of(st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False), st.just(-0.0))
WELL_FORMED = st.fixed_dictionaries(
    {"metric": TEXTS, "points": st.lists(st.tuples(NUMBERS, NUMBERS), max_size=3)},
    optional={
        "type": st.sampled_from(["gauge", "count", None]),
        "host": TEXTS,
        "interval": st.integers(0, 99),
        "tags": st.lists(TEXTS, max_size=2),
        "device": st.sampled_from(["", "sda"]),
        "other": TEXTS,
    },
)
SERIES = WELL_FORMED.flatmap(lambda one: st.permutations(list(one.items()))).map(dict)
ODD_POINTS = st.sampled_from(["x", None, [], [[1]], [[1, 2, 3]], [1, 2], [[1, "2"]], [[[1], 2]]])
ODD = st.builds(lambda one, points: {**one, "points": points}, WELL_FORMED, ODD_POINTS)
SPACES = st.sampled_from([(", ", ": "), (",", ":"), (" ,\n ", " :\t")])


def body(series: list[dict[str, Any]], spaces: tuple[str, str] = (", ", ": ")) -> bytes:
    return json.dumps({"series": series}, separators=spaces).encode()


def meaning(read: Numbered) -> Meaning:
    return read.series.tolist(), read.counts.tolist(), read.ts.tolist(), read.value.tolist()


def whole(sent: bytes, index: SeriesIndex) -> Meaning | None:
    """What it means when it is decoded as a whole; None where it is wrong."""
    try:
        return meaning(numbered(v1.decode(sent), index))
    except (msgspec.MsgspecError, ValueError):
        return None


@given(st.lists(st.tuples(st.lists(st.one_of(SERIES, SERIES, ODD), max_size=4), SPACES), max_size=6))
def test_what_is_looked_up_is_what_would_have_been_decoded(sent: list[tuple[list[dict[str, Any]], Any]]) -> None:
    index = SeriesIndex()
    texts = Repeats(index)
    for series, spaces in [*sent, *sent]:
        one = body(series, spaces)
        found = texts.decode(one)
        if found is not None:
            assert meaning(found) == whole(one, index)


@given(st.lists(WELL_FORMED, min_size=1, max_size=3), st.data())
def test_a_body_cut_or_changed_anywhere_is_not_taken_for_another(
    series: list[dict[str, Any]], data: st.DataObject
) -> None:
    index = SeriesIndex()
    texts = Repeats(index)
    good = body([{**one, "points": [[1, 2]]} for one in series])
    texts.decode(good)
    start = data.draw(st.integers(0, len(good)))
    stop = data.draw(st.integers(start, min(start + 9, len(good))))
    changed = (
        good[:start] + data.draw(st.sampled_from([b"", b'"', b"{", b"}", b"]", b",", b"[1,2]", b"\\"])) + good[stop:]
    )
    found = texts.decode(changed)
    if found is not None:
        assert meaning(found) == whole(changed, index)


A, B = '{"metric":"a","points":[[1,2]]}', '{"metric":"b","points":[[3,4]]}'


@pytest.mark.parametrize(
    "sent",
    [
        f'{{"series":[{A}{B}]}}',
        f'{{"series":[{A},,{B}]}}',
        f'{{"series":[{A}],"series":[{B}]}}',
        f'{{"series":[{A}],"series":[]}}',
        f'{{"other":[{A}],"series":[{B}]}}',
        f'{{"series":[{A},{{"series":[{B}]}}]}}',
        f"[{A},{B}]",
        f'{{"series":[{A},{B}]',
        f'{{"series":[{A},{B}]}}}}',
        f'{{"series":[{A},{B},]}}',
        f",{A}]}}",
        f'{{"series":[{A}{{"series":[{B}]}}',
        '{"series":[{"metric":"a","points":[[1,2]],"points":[[3,4]]}]}',
        '{"series":[{"metric":"a","points":[[1,2]],"tags":["x},{y"],"points":[[3,4]]}]}',
        '{"series":[{"metric":"a","points":[[1,2]],"host":"}, {","tags":["x},{y"],"points":[[3,4]]}]}',
        '{"series":[{"metric":"a","p\\u006fints":[[5,6]],"points":[[1,2]]}]}',
        '{"series":[{"metric":"a","points":[[1,2]],"p\\u006fints":[[5,6]]}]}',
        '{"series":[{"metric":"a","x\\"points":[[1,2]]}]}',
        '{"series":[{"metric":"a","points":[],"x\\"points":[[1,2]]}]}',
        '{"series":[{"metric":"a","points":[[1,2][3,4]]}]}',
        '{"series":[{"metric":"a","points":[[1,2],]}]}',
        '{"series":[{"metric":"a","points":[[1 2,3]]}]}',
        '{"series":[{"metric":"a","points":[[1,2,3,4]]}]}',
        '{"series":[{"metric":"a","points":[[1e999,2]]}]}',
        '{"series":[{"metric":"a","points":[["]],[[",2]]}]}',
    ],
)
def test_bodies_made_of_known_parts_wrongly_are_not_guessed_at(sent: str) -> None:
    index = SeriesIndex()
    texts = Repeats(index)
    for known in (f'{{"series":[{A},{B}]}}', f'{{"series":[{B},{A}]}}', f'{{"series":[{A}]}}', f'{{"series":[{B}]}}'):
        assert texts.decode(known.encode()) is not None
    found = texts.decode(sent.encode())
    assert found is None or meaning(found) == whole(sent.encode(), index)


@pytest.mark.parametrize("order", [["metric", "points", "tags", "host"], ["tags", "host", "metric", "points"]])
def test_clients_bodies_are_looked_up_wherever_the_points_stand(order: list[str]) -> None:
    index = SeriesIndex()
    texts = Repeats(index)
    for second in range(3):
        series = [
            {"metric": f"m{number}", "points": [[second, number], [9, 9]], "tags": ["a:b"], "host": "h"}
            for number in range(4)
        ]
        series = [{name: one[name] for name in order} for one in series]
        found = texts.decode(body(series[second:]))
        assert found is not None
        assert meaning(found) == whole(body(series[second:]), index)
    assert len(index) == 4


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "KNOWN_LIMIT", 10)
    index = SeriesIndex()
    texts = Repeats(index)
    for number in range(40):
        one = body([{"metric": f"m{number + place}", "points": [[1, 2]]} for place in range(4)])
        found = texts.decode(one)
        assert found is not None
        assert meaning(found) == whole(one, index)
        assert len(texts._next) <= 10
        assert len(texts._first) <= 10
