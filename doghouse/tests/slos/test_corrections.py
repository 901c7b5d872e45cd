"""Corrections: what one may be, how many there may be, which SLOs it is of, and what it covers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.numbers import LATEST_S
from doghouse.slos import records
from doghouse.slos.corrections import Correction, covered, shown
from doghouse.slos.files import objective
from doghouse.slos.model import SloError
from doghouse.slos.records import Attributes, CorrectionRecord, check_number, checked
from doghouse.time.lengths import DAY
from doghouse.web.errors import ApiError

T0 = 1_772_445_600  # 2026-03-02T10:00:00Z, a Monday
USUAL: dict[str, Any] = {"slo_id": "s", "category": "Other", "start": T0, "end": T0 + 60}
RULE: dict[str, Any] = {"slo_id": "s", "category": "Other", "start": T0, "rrule": "FREQ=DAILY", "duration": 60}


def refused(given: dict[str, Any]) -> str:
    with pytest.raises(ApiError) as error:
        checked(given)
    assert error.value.status == 400
    return str(error.value.errors[0]).removeprefix("Invalid payload: ")


@pytest.mark.parametrize(
    ("taken", "not_taken", "text"),
    [
        ({"start": 0, "end": 1}, {"start": -1}, "start must be seconds since 1970, not -1"),
        ({"start": LATEST_S - 1, "end": LATEST_S}, {"start": LATEST_S + 1}, f"start must be seconds since 1970, not {LATEST_S + 1}"),
        ({"end": T0 + 1}, {"end": T0}, "end must be later than start"),
        ({"end": LATEST_S}, {"end": LATEST_S + 1}, "end must be later than start"),
        ({}, {"end": None}, "must specify end, or rrule and duration"),
        ({"slo_id": None, "slo_query": "a:b"}, {"slo_query": "a:b"}, "must specify exactly one of slo_id and slo_query"),
        ({}, {"slo_id": None}, "must specify exactly one of slo_id and slo_query"),
        ({"category": "Scheduled Maintenance"}, {"category": "other"},
         "category 'other' is not one of Scheduled Maintenance, Outside Business Hours, Deployment, Other"),
        ({"timezone": "Europe/Berlin"}, {"timezone": "Berlin"}, "timezone 'Berlin' is not a time zone of the IANA database"),
    ],
)  # fmt: skip
def test_a_one_time_correction_has_its_limits(taken: dict[str, Any], not_taken: dict[str, Any], text: str) -> None:
    checked({**USUAL, **taken})
    assert refused({**USUAL, **not_taken}) == text


@pytest.mark.parametrize(
    ("taken", "not_taken", "text"),
    [
        ({"duration": 1}, {"duration": 0}, "duration must be seconds from 1 to 31622400 with an rrule"),
        ({"duration": 366 * DAY}, {"duration": 366 * DAY + 1}, "duration must be seconds from 1 to 31622400 with an rrule"),
        ({}, {"duration": None}, "duration must be seconds from 1 to 31622400 with an rrule"),
        ({"rrule": "FREQ=WEEKLY;INTERVAL=2;COUNT=3;BYDAY=MO"}, {"rrule": "FREQ=YEARLY;BYMONTH=3;BYHOUR=1"},
         "rrule: BYMONTH is not supported: it has FREQ, INTERVAL, COUNT, UNTIL, BYDAY"),
        ({"rrule": "FREQ=DAILY;UNTIL=20270101"}, {"rrule": "FREQ=SECONDLY"}, "rrule: FREQ=SECONDLY is not supported"),
    ],
)  # fmt: skip
def test_a_correction_that_recurs_has_its_limits(taken: dict[str, Any], not_taken: dict[str, Any], text: str) -> None:
    checked({**RULE, **taken})
    assert refused({**RULE, **not_taken}).startswith(text)


def test_what_is_not_said_is_utc_and_without_a_description() -> None:
    assert checked(USUAL) == Attributes(T0, "Other", "s", None, T0 + 60, None, None, "UTC", "")
    assert refused({**USUAL, "start": "soon"}) == "Expected `int`, got `str` - at `$.start`"


def record(id: str = "c", **attributes: Any) -> CorrectionRecord:
    return CorrectionRecord(id, Attributes(**attributes), 1, 2)


def one_time(start: int, end: int) -> CorrectionRecord:
    return record(category="Other", slo_id="s", start=start, end=end)


def recurring(frequency: str, start: int = T0) -> CorrectionRecord:
    return record(category="Other", slo_id="s", start=start, rrule=f"FREQ={frequency}", duration=60)


def is_one_too_many(wanted: CorrectionRecord, others: Iterable[CorrectionRecord]) -> bool:
    try:
        check_number(wanted.attributes, others)
    except ApiError:
        return True
    return False


@pytest.mark.parametrize(("frequency", "most"), [("DAILY", 2), ("WEEKLY", 3), ("MONTHLY", 5), ("YEARLY", 100)])
def test_an_slo_has_so_many_corrections_of_each_frequency(frequency: str, most: int) -> None:
    wanted = recurring(frequency)
    others = [one_time(T0, T0 + 60)] * 100  # of another kind
    assert not is_one_too_many(wanted, [*others, *[wanted] * (most - 1)])
    assert is_one_too_many(wanted, [wanted] * most)


def test_an_slo_has_a_hundred_corrections_within_90_days() -> None:
    wanted = one_time(T0, T0 + 60)
    inside, before = one_time(T0 - 80 * DAY, T0 - 80 * DAY + 1), one_time(T0 - 91 * DAY, T0 - 90 * DAY + 60)
    recurs, later = recurring("DAILY", T0 - DAY), one_time(T0 + 60, T0 + 90)
    assert not is_one_too_many(wanted, [*[inside] * 99, *[before, recurs, later] * 50])
    assert is_one_too_many(wanted, [inside] * 100)
    edge = one_time(T0 - 91 * DAY, T0 - 90 * DAY + 61)  # its last second is the first of the 90 days
    assert is_one_too_many(wanted, [edge] * 100)
    with pytest.raises(ApiError, match=r"^Invalid payload: an SLO has at most 100 one-time corrections over 90 days$"):
        check_number(wanted.attributes, [inside] * 100)


@pytest.mark.parametrize(
    ("query", "tags", "matches"),
    [("a:b", ["a:b"], True), ("a:b c:d", ["c:d", "x", "a:b"], True), ("a:b c:d", ["a:b"], False), ("a", ["a:b"], False), (" ", ["a:b"], False)],
)  # fmt: skip
def test_a_query_matches_an_slo_that_has_all_of_its_tags(query: str, tags: list[str], matches: bool) -> None:
    assert record(category="Other", slo_query=query, start=0).matches(tags) is matches
    assert not record(category="Other", slo_id="s", start=0).matches(tags)


def test_an_answer_has_what_was_sent_and_times_but_where_it_is_fresh() -> None:
    kept = CorrectionRecord("c", checked({**USUAL, "description": "d", "timezone": "Asia/Tokyo"}), 5, 6)
    said = records.answer(kept)
    assert (said["type"], said["id"]) == ("correction", "c")
    creator = said["attributes"].pop("creator")
    assert said["attributes"] == {
        "slo_id": "s",
        "start": T0,
        "end": T0 + 60,
        "description": "d",
        "category": "Other",
        "timezone": "Asia/Tokyo",
        "created_at": 5,
        "modified_at": 6,
        "rrule": None,
        "duration": None,
        "modifier": None,
    }
    assert (creator["data"]["type"], sorted(creator["data"]["attributes"])) == ("users", ["email", "handle", "icon", "name", "uuid"])  # fmt: skip
    assert creator["data"]["id"] == creator["data"]["attributes"]["uuid"]
    fresh = records.answer(kept, fresh=True)["attributes"]
    assert (fresh["created_at"], fresh["modified_at"]) == (None, None)
    changed = CorrectionRecord("c", checked({**RULE, "slo_id": None, "slo_query": "a:b", "end": 7}), 5, 6, True)
    said = records.answer(changed)["attributes"]
    assert (said["end"], said["slo_query"], said["modifier"]) == (None, "a:b", creator)
    assert (said["rrule"], said["duration"]) == ("FREQ=DAILY", 60)


times = st.integers(-200, 200)


@given(st.lists(st.tuples(times, times), max_size=5), st.lists(times, max_size=20))
def test_a_time_is_covered_from_a_corrections_start_to_before_its_end(
    given: list[tuple[int, int]], asked: list[int]
) -> None:
    wanted = [any(start <= time < end for start, end in given) for time in sorted(asked)]
    made = covered([Correction(*each) for each in given], np.array(sorted(asked), np.int64))
    assert made.tolist() == wanted


@given(st.tuples(times, times).filter(lambda pair: pair[0] < pair[1]), st.tuples(times, times).map(sorted))
def test_a_stretch_is_shown_where_it_shares_a_second_with_what_is_asked_for(
    pair: tuple[int, int], asked: list[int]
) -> None:
    low, high = asked
    shares = pair[0] < high and pair[1] > low
    assert list(Correction(*pair).stretches(low, high)) == ([tuple(map(float, pair))] if shares else [])


def test_an_occurrence_that_began_before_and_lasts_is_covered() -> None:
    nightly = Correction(T0, None, "FREQ=DAILY", 7200, "UTC")
    day = DAY
    assert list(nightly.stretches(T0 + day + 3600, T0 + day + 3601)) == [(T0 + day, T0 + day + 7200)]
    assert list(nightly.stretches(T0 + day + 7200, T0 + 2 * day)) == []
    assert list(nightly.stretches(T0 - day, T0)) == []


def test_what_has_no_end_covers_nothing() -> None:
    assert list(Correction(T0, None).stretches(T0 - 1, T0 + 1)) == [(T0, T0)]
    assert not covered([Correction(T0, None)], np.array([T0], np.int64)).any()


def test_stretches_are_shown_in_order_as_times() -> None:
    given = [Correction(T0 + 60, T0 + 120), Correction(T0, T0 + 30)]
    assert shown(given, T0, T0 + 600) == [
        {"start": "2026-03-02T10:00:00+00:00", "end": "2026-03-02T10:00:30+00:00"},
        {"start": "2026-03-02T10:01:00+00:00", "end": "2026-03-02T10:02:00+00:00"},
    ]


SLO = {
    "name": "s",
    "type": "metric",
    "query": {"numerator": "sum:a{*}.as_count()", "denominator": "sum:b{*}.as_count()"},
    "thresholds": [{"timeframe": "7d", "target": 99}],
}


def test_a_file_has_its_corrections_with_times_as_text_or_numbers() -> None:
    given = [
        {"start": "2026-03-02T10:00:00Z", "end": T0 + 60},
        {"start": T0, "end": "2026-03-02T11:00:00+01:00", "category": "Deployment"},
    ]
    with pytest.raises(SloError, match=r"^correction 2: Invalid payload: end must be later than start$"):
        objective({**SLO, "corrections": given})
    given[1]["end"] = "2026-03-02T11:00:01+01:00"
    given.append({**RULE, "slo_id": "other", "timezone": "Asia/Tokyo"})
    made = objective({**SLO, "corrections": given}).corrections
    assert made == (Correction(T0, T0 + 60), Correction(T0, T0 + 1), Correction(T0, None, "FREQ=DAILY", 60, "Asia/Tokyo"))  # fmt: skip
    assert [objective({**SLO, **more}).corrections for more in ({}, {"corrections": None}, {"corrections": []})] == [()] * 3  # fmt: skip
    with pytest.raises(SloError, match=r"^corrections: expected a list$"):
        objective({**SLO, "corrections": {}})
    with pytest.raises(SloError, match=r"^correction 1: Invalid payload: category 'x' is not one of"):
        objective({**SLO, "corrections": [{"start": 1, "end": 2, "category": "x"}]})
    with pytest.raises(SloError, match=r"^correction 2: 'noon' is no time as ISO 8601 has it$"):
        objective({**SLO, "corrections": [{"start": 1, "end": 2}, {"start": 1, "end": "noon"}]})
