"""The goldens: their cheap areas are checked here, all of them by `make goldens`; and a difference is one that a person can read."""

import json

import pytest

from scripts.goldens import kept
from scripts.goldens.__main__ import AREAS, CHEAP, check, entries
from scripts.goldens.case import Case, rounded


@pytest.mark.parametrize("area", CHEAP)
def test_doghouse_answers_what_it_answered_when_the_goldens_were_recorded(
    area: str, capsys: pytest.CaptureFixture[str]
) -> None:
    differing = check(area, list(AREAS[area]()))
    assert differing == 0, capsys.readouterr().out


def test_a_difference_names_its_case_and_shows_both_sides() -> None:
    before, after = Case("a", "exit 0\nfine"), Case("a", "exit 1\nfine")
    shown = list(kept.differences({"a": kept.entry(before)}, {"a": kept.entry(after)}, {"a": after.text}))
    assert len(shown) == 1
    assert shown[0].startswith("a\n")
    assert "-exit 0" in shown[0]
    assert "+exit 1" in shown[0]


def test_a_difference_beyond_what_is_kept_is_one_too() -> None:
    numbers = [str(number) for number in range(1, 500)]
    before, after = Case("a", "\n".join(numbers)), Case("a", "\n".join([*numbers[:399], "other", *numbers[400:]]))
    shown = list(kept.differences({"a": kept.entry(before)}, {"a": kept.entry(after)}, {"a": after.text}))
    assert "line 400: 1 of before are now\n    +other" in shown[0]


def test_cases_that_are_gone_or_new_are_differences() -> None:
    kept_before, now = {"old": kept.entry(Case("old", ""))}, {"new": kept.entry(Case("new", ""))}
    assert [difference.split("\n")[0] for difference in kept.differences(kept_before, now, {"new": ""})] == [
        "new",
        "old",
    ]


def test_nothing_of_other_peoples_texts_is_kept() -> None:
    kept_rows = kept.read("extras").values()
    assert kept_rows
    assert all(set(row) == {"digest", "length"} for row in kept_rows)


def test_two_cases_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="one name"):
        entries("lint", [Case("a", ""), Case("a", "")])


def test_the_order_of_a_sum_is_no_difference() -> None:
    assert rounded(json.dumps(0.1 + 0.2)) == rounded("0.3000000000000001")
    assert rounded("8.2") == "8.2"
