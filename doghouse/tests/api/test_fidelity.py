"""The measure itself: what `make fidelity` counts as faithful, and what it must not."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.fidelity import houses, outside, recorded, result, superseded
from scripts.fidelity.client import Case, Exchange
from scripts.fidelity.compare import Names, differences

THEN, NOW = 1_700_000_000.0, 1_772_445_600.0


def found(expected: Any, ours: Any, names: Names | None = None) -> list[str]:
    return list(differences(expected, ours, names or Names(), THEN, NOW))


def test_what_is_recorded_must_be_there_and_more_may_be() -> None:
    assert found({"a": 1}, {"a": 1, "b": 2}) == []
    assert found({"a": 1, "b": None}, {"a": 1}) == ["b: missing"]


@pytest.mark.parametrize(
    ("expected", "ours"),
    [(1, 2), ("x", "y"), (None, ""), (True, 1), ([1], [1, 1]), ([1, 2], [2, 1]), ({"a": {}}, {"a": []}), ("x", None)],
)
def test_a_value_that_differs_is_a_miss(expected: Any, ours: Any) -> None:
    assert found({"v": expected}, {"v": ours})


def test_numbers_are_equal_as_json_has_them() -> None:
    assert found({"v": 2.0}, {"v": 2}) == []


def test_an_id_may_be_another_but_must_stay_the_same_and_of_its_kind() -> None:
    names = Names()
    assert found({"id": 7001}, {"id": 1}, names) == []
    assert found({"monitor_id": 7001}, {"monitor_id": 1}, names) == []
    assert found({"monitor_id": 7001}, {"monitor_id": 2}, names)
    assert found({"id": 9}, {"id": "9"}, Names())
    assert found({"url": "/monitors/7001/x"}, {"url": "/monitors/1/x"}, names) == []
    assert found({"url": "/monitors/7001/x"}, {"url": "/monitors/3/x"}, names)


def test_a_time_must_be_as_near_to_now_as_the_recorded_one() -> None:
    recorded_time, right, wrong = (
        "2023-11-14T22:13:21.123456+00:00",
        "2026-03-02T10:00:00.000000+00:00",
        "2026-03-02T11:00:00.000000+00:00",
    )
    assert found({"created": recorded_time}, {"created": right}) == []
    assert found({"created": recorded_time}, {"created": wrong})
    assert found({"created": recorded_time}, {"created": "2026-03-02T10:00:00Z"})
    assert found({"end": "2050-01-02T03:04:05+00:00"}, {"end": right})


def a_case(answer: Any, status: int = 200) -> Case:
    sent = {"title": "t", "layout_type": "ordered", "widgets": []}
    url = "https://api.datadoghq.com/api/v1/dashboard"
    made = Exchange(
        "POST", url, json.dumps(sent), "application/json", 200, json.dumps({"id": "abc-def-ghi", "title": "t"})
    )
    read = Exchange("GET", f"{url}/abc-def-ghi", None, "application/json", status, json.dumps(answer))
    return Case("v1/case", "v1/dashboards", "2026-03-02T10:00:00.000Z", Path(), True, (made, read))


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        ({"id": "abc-def-ghi", "url": "/dashboard/abc-def-ghi/t"}, 200, None),
        ({"id": "abc-def-ghi", "title": "other"}, 200, "title: 't' where 'other' was recorded"),
        ({"errors": ["x"]}, 404, "status 200 where 404 was recorded"),
    ],
)
def test_a_case_is_replayed_in_order_with_its_ids_mapped(answer: Any, status: int, reason: str | None) -> None:
    class OneCase:
        def cases(self) -> list[Case]:
            return [a_case(answer, status)]

    first, second = recorded.check(OneCase(), outside.read(), houses.doghouse)  # type: ignore[arg-type]
    assert first.reason is None
    assert (second.reason or "").startswith(reason or "")
    assert (second.reason is None) == (reason is None)
    assert result.share([first, second], outside=True).done == 1 + (reason is None)


def test_a_server_that_says_nothing_passes_nothing_here() -> None:
    class OneCase:
        def cases(self) -> list[Case]:
            return [a_case({"id": "abc-def-ghi"})]

    results = list(recorded.check(OneCase(), outside.read(), houses.constant))  # type: ignore[arg-type]
    assert [one.reason is None for one in results] == [False, False]


@pytest.mark.parametrize(
    ("path", "body", "product"),
    [
        ("/api/v2/roles", None, "roles and users"),
        ("/api/v2/powerpacks/x", None, "powerpacks"),
        ("/api/v1/dashboard", '{"data_source": "logs"}', None),
        ("/api/v2/query/scalar", '{"data_source": "rum"}', "queries of other products' data"),
        ("/api/v2/query/scalar", '{"data_source": "logs"}', None),
        ("/api/v2/query/scalar", '{"data_source": "metrics"}', None),
    ],
)
def test_only_requests_to_other_products_are_outside(path: str, body: str | None, product: str | None) -> None:
    assert outside.read().of_request(path, body) == product


def a_result(name: str, time: str, answer: Any, *differences: str) -> result.Result:
    endpoint, _, case = name.rpartition(" ")
    recording = result.Recording(time, answer, differences)
    return result.Result(endpoint, case, "; ".join(differences) or None, None, recording)


OLD, NEW = "POST /x old", "POST /x new"
PAIR = [superseded.Pair(OLD, NEW, "why")]


@pytest.mark.parametrize(
    ("answer", "difference"),
    [
        ({"a": {"at": "1970"}}, "a.at: '2025' where '1970' was recorded"),
        ({"a": {"gone": 1}}, "a.gone: missing"),
        ({"list": [1]}, "list: 2 items where 1 were recorded"),
    ],
)
def test_what_a_newer_recording_contradicts_is_counted_apart(answer: Any, difference: str) -> None:
    newer = a_result(NEW, "2026-01-01", {"a": {"at": "2026"}, "list": [1, 2]})
    older, other = superseded.marked([a_result(OLD, "2025-01-01", answer, difference), newer], PAIR)

    assert (older.superseded, other.superseded) == (PAIR[0], None)
    assert str(result.share([older, other], outside=False)) == "1/2 (50.0%)"
    assert str(result.share([older, other], outside=False, superseded=False)) == "1/1 (100.0%)"


@pytest.mark.parametrize(
    ("newer", "why"),
    [
        (a_result(NEW, "2024-01-01", {"at": "2026"}), "it is older"),
        (a_result(NEW, "2026-01-01", {"at": "2026"}, "b: missing"), "doghouse does not do as it does"),
        (a_result(NEW, "2026-01-01", {}), "it says nothing of what differs"),
        (a_result(NEW, "2026-01-01", {"at": "1970"}), "it says the same"),
        (a_result("POST /x another", "2026-01-01", {"at": "2026"}), "nobody named it"),
    ],
)
def test_a_pair_that_does_not_hold_stays_a_miss(newer: result.Result, why: str) -> None:
    older = a_result(OLD, "2025-01-01", {"at": "1970"}, "at: '2025' where '1970' was recorded")

    assert superseded.marked([older, newer], PAIR)[0].superseded is None, why


def test_a_wrong_status_is_never_superseded() -> None:
    older = a_result(OLD, "2025-01-01", {"at": "1970"}, "status 400 where 200 was recorded: x")

    assert superseded.marked([older, a_result(NEW, "2026-01-01", {"at": "2026"})], PAIR)[0].superseded is None
