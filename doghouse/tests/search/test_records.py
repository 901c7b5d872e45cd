"""Records in memory: which of them a search selects, with the values of the fields that were asked for."""

from __future__ import annotations

from doghouse.search.parser import parse
from doghouse.search.record import Record
from doghouse.search.records import Column, Lines


def record(message: str, *tags: str, host: str | None = None, **attributes: object) -> Record:
    return Record(message, {"host": [host] if host else []}, tags, attributes)


LINES = Lines(
    [
        (3000, record("third", "team:sre", "team:ops", host="a", duration=5)),
        (1000, record("first", host="a", duration=1.5)),
        (2000, record("second", "team:ops", host="b", users=["x", "y", None], object={"deep": 1})),
    ]
)


def values(column: Column) -> list[tuple[int, object]]:
    return [(row, column.values[code]) for row, code in zip(column.rows.tolist(), column.codes.tolist(), strict=True)]


def test_records_are_selected_by_the_search_and_by_their_time_oldest_first() -> None:
    assert LINES.select(parse("*"), 0, 4000, []).times.tolist() == [1000, 2000, 3000]
    assert LINES.select(parse("host:a"), 0, 4000, []).times.tolist() == [1000, 3000]
    assert LINES.select(parse("*"), 1000, 3000, []).times.tolist() == [1000, 2000]  # the end does not belong to it


def test_a_column_has_a_row_for_each_value_and_none_where_there_is_no_value() -> None:
    columns = LINES.select(parse("*"), 0, 4000, ["team", "host", "@duration", "@users", "@object"]).columns
    assert values(columns["team"]) == [(1, "ops"), (2, "sre"), (2, "ops")]
    assert values(columns["host"]) == [(0, "a"), (1, "b"), (2, "a")]
    assert values(columns["@duration"]) == [(0, 1.5), (2, 5)]
    assert values(columns["@users"]) == [(1, "x"), (1, "y")]
    assert values(columns["@object"]) == []


def test_equal_values_of_different_types_are_different_values() -> None:
    lines = Lines([(0, record("", n=1)), (0, record("", n=True)), (0, record("", n=1.0)), (0, record("", n="1"))])
    assert [value for _, value in values(lines.select(parse("*"), 0, 1, ["@n"]).columns["@n"])] == [1, True, 1.0, "1"]


def test_the_newest_records_come_first_and_no_more_than_asked() -> None:
    newest = LINES.newest(parse("*"), 0, 3000, 5)
    assert [(time, line.message) for time, line in newest] == [(2000, "second"), (1000, "first")]
    assert [line.message for _, line in LINES.newest(parse("*"), 0, 4000, 1)] == ["third"]
