"""YAML as files have it: words as they were typed, its budget, and the sentence and the line for what cannot be read."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from doghouse.files import FileError, yaml_texts
from doghouse.files.reading import DEEPEST

HALF = yaml_texts.MOST_NODES // 2


@pytest.mark.parametrize("word", ["0x30", "010", "1_000", "10:13", "off", "yes", "2026-03-02", "on", "0o7", "1e", ".", "+", "1.2.3", "nul", "<<"])  # fmt: skip
def test_a_word_that_yaml_changes_stays_as_it_was_typed(word: str) -> None:
    assert yaml_texts.plain_values(f"a: {word}") == {"a": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("1", 1), ("-1", -1), ("+12", 12), ("0", 0), ("1.5", 1.5), ("-.5", -0.5), ("1.", 1.0), ("1e3", 1000.0), ("1.5E-3", 0.0015), ("0.0", 0.0),
        (".inf", math.inf), ("-.Inf", -math.inf), (".INF", math.inf), ("true", True), ("True", True), ("TRUE", True), ("false", False), ("FALSE", False),
        ("~", None), ("null", None), ("Null", None), ("NULL", None), ("", None), ("'1'", "1"), ("10", 10), ("105", 105), ("12.25e+1", 122.5),
    ],
)  # fmt: skip
def test_decimal_numbers_true_false_and_null_are_more_than_text(word: str, value: Any) -> None:
    assert yaml_texts.plain_values(f"a: {word}") == {"a": value}
    assert type(yaml_texts.plain_values(f"a: {word}")["a"]) is type(value)


def test_nan_is_a_number() -> None:
    assert math.isnan(yaml_texts.plain_values(".nan"))


def test_an_empty_text_is_nothing_and_a_file_is_read_as_its_text(tmp_path: Path) -> None:
    assert yaml_texts.plain_values("") is None
    (tmp_path / "x.yaml").write_text("a: [1, {b: off}]\n")
    assert yaml_texts.load_yaml(tmp_path / "x.yaml") == {"a": [1, {"b": "off"}]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: [1\n", ":3: is not YAML: did not find expected ',' or ']'"),
        ("a: 1\n\nb: \x07\n", ":3: is not YAML: the character U+0007 may not stand in it"),
        ("a: b: c\n", ":1: is not YAML: mapping values are not allowed in this context"),
        ("a: *b\n", ":1: is not YAML: found undefined alias"),
        ("a: &a {b: 1,\n c: *a}\n", ":1: has an alias within what it names"),
        ("x: 1\ny: &a\n  b: [*a]\n", ":2: has an alias within what it names"),
        ("a: 1\nb: !!bool q\n", " is not YAML: a value is not of the type that its tag names"),
        ("b: !!timestamp z\n", " is not YAML: a value is not of the type that its tag names"),
        ("a: 1\nb: !!timestamp 2026-13-40\n", " is not YAML: month must be in 1..12"),
        ("a: 1\n? [b]\n: 1\n", ":2: is not YAML: found unhashable key"),
        ("a: 1\nb: !mine c\n", ":2: is not YAML: could not determine a constructor for the tag '!mine'"),
    ],
)
def test_what_is_no_yaml_is_said_with_the_line_where_it_has_one(text: str, said: str) -> None:
    with pytest.raises(FileError) as error:
        yaml_texts.values(yaml_texts.compose(text))
    assert error.value.of("f") == f"f{said}"


@pytest.mark.parametrize("form", ["[]", "{a: }", "- "])
@pytest.mark.parametrize(("depth", "is_read"), [(DEEPEST, True), (DEEPEST + 1, False)])
def test_yaml_is_read_as_deep_as_its_budget(form: str, depth: int, is_read: bool) -> None:
    text = form * depth + "x" if form == "- " else form[:-1] * depth + "x" + form[-1] * depth
    if is_read:
        assert yaml_texts.compose(text) is not None
    else:
        with pytest.raises(FileError) as error:
            yaml_texts.compose(f"\n\n{text}")
        assert error.value.of("f") == "f:3: is nested too deeply to be read"


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert yaml_texts.plain_values("[" + "[], {}, " * 1000 + "]") == [[], {}] * 1000
    deep = " " * 300 + "a: 1"
    assert yaml_texts.plain_values(deep) == {"a": 1}


def test_an_alias_counts_for_all_that_it_stands_for_at_every_place() -> None:
    most = (
        f"a: &a [{'1, ' * (HALF - 3)}]\nb: *a\n"  # the map, two keys, and the list twice: HALF - 3 numbers and itself
    )
    whole = yaml_texts.values(yaml_texts.compose(most))
    assert len(whole["b"]) == HALF - 3
    with pytest.raises(FileError) as error:
        yaml_texts.compose(f"\na: &a [{'1, ' * (HALF - 2)}]\nb: *a\n")
    assert error.value.of("f") == "f:2: comes to more than 500,000 values, with its aliases written out"


@pytest.mark.parametrize("kind", ["int", "float", "timestamp"])
def test_a_number_has_at_most_400_characters_and_a_text_any(kind: str) -> None:
    yaml_texts.compose(f"a: !!{kind} {'1' * 400}")
    with pytest.raises(FileError) as error:
        yaml_texts.compose(f"a: 1\nb: !!{kind} {'1' * 401}")
    assert error.value.of("f") == f"f:2: has a {kind} of 401 characters"
    assert yaml_texts.plain_values(f"a: x{'1' * 401}")["a"] == "x" + "1" * 401
