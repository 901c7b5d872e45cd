"""Which monitor of BASE is which of HEAD: by id, resource address, file, then name; and over random edits nothing is missed, nothing unchanged is shown."""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping
from typing import Any

import pytest

from doghouse.importing.things import MonitorInFile
from doghouse.review.headline import headline
from doghouse.review.making import ReviewOptions, review
from doghouse.review.model import Change, Side

BODY: dict[str, Any] = {
    "type": "metric alert",
    "query": "avg(last_5m):avg:m{*} by {host} > 90",
    "name": "high",
    "message": "{{value}} @ops@example.com",
    "tags": ["team:a", "env:prod"],
    "options": {"thresholds": {"critical": 90}, "renotify_interval": 60},
}


def found(where: str, file: str | None = None, **changed: Any) -> MonitorInFile:
    return MonitorInFile(where, {**BODY, **changed}, file=where if file is None else file)


def changes(before: list[MonitorInFile], after: list[MonitorInFile]) -> list[Change]:
    return list(review(Side("base", before), Side("head", after), ReviewOptions()).changes)


def kinds(before: list[MonitorInFile], after: list[MonitorInFile]) -> list[tuple[str, str]]:
    return [(change.kind, change.name) for change in changes(before, after)]


def test_an_id_pairs_whatever_file_and_name_a_monitor_has() -> None:
    (change,) = changes([found("a.json", id=7, name="a")], [found("z.json", id=7, name="z", message="other")])
    assert (change.kind, change.old_name, [one.field for one in change.fields]) == ("changed", "a", ["name", "message"])


def test_an_id_goes_before_a_file_and_a_name() -> None:
    before = [found("a.json", id=1, name="a"), found("b.json", id=2, name="b")]
    swapped = [found("a.json", id=2, name="b", message="new"), found("b.json", id=1, name="a")]
    assert kinds(before, swapped) == [("changed", "b")]


def test_a_resource_address_pairs_in_another_file_and_with_another_name() -> None:
    before = [found("main.tf datadog_monitor.cpu", "main.tf", name="cpu")]
    after = [found("monitors.tf datadog_monitor.cpu", "monitors.tf", name="processor")]
    assert kinds(before, after) == [("renamed", "processor")]


def test_the_same_address_in_two_folders_is_two_resources() -> None:
    before = [
        found(
            f"{one}/main.tf datadog_monitor.cpu",
            f"{one}/main.tf",
            name=one,
            query=f"avg(last_5m):avg:m{{env:{one}}} by {{host}} > 90",
        )
        for one in ("eu", "us")
    ]
    after = [
        found(
            f"{one}/main.tf datadog_monitor.cpu",
            f"{one}/main.tf",
            name=one,
            query=f"avg(last_5m):avg:m{{env:{one}}} by {{host}} > 90",
        )
        for one in ("us",)
    ]
    assert kinds(before, after) == [("removed", "eu")]


def test_the_made_up_id_of_a_resource_that_got_another_address_is_no_change() -> None:
    before = [found("main.tf datadog_monitor.cpu", "main.tf", id=1)]
    assert kinds(before, [found("main.tf datadog_monitor.high", "main.tf", id=2)]) == []


def test_a_file_pairs_before_a_name() -> None:
    before = [found("a.json", name="a"), found("b.json", name="b")]
    after = [found("a.json", name="b2"), found("b.json", name="b")]
    assert kinds(before, after) == [("renamed", "b2")]


def test_in_a_list_a_name_pairs_before_a_place() -> None:
    before = [found(f"all.json[{place}]", "all.json", name=name) for place, name in enumerate("abc")]
    after = [found(f"all.json[{place}]", "all.json", name=name) for place, name in enumerate("xac")]
    assert kinds(before, after) == [("renamed", "x")]  # only its name tells it from b


def test_one_that_is_put_into_a_list_is_new_and_moves_the_others_only() -> None:
    before = [found(f"all.json[{n}]", "all.json", name=name, query=f"{name} > 1") for n, name in enumerate("ab")]
    after = [found(f"all.json[{n}]", "all.json", name=name, query=f"{name} > 1") for n, name in enumerate("xab")]
    assert kinds(before, after) == [("new", "x")]


def test_a_name_pairs_a_file_that_moved() -> None:
    before, after = [found("a.json", name="a")], [found("team/a.json", name="a", message="new")]
    assert kinds(before, after) == [("changed", "a")]


def test_a_name_alone_pairs_a_monitor_that_moved_and_asks_something_else() -> None:
    other = found("b.json", query="avg(last_5m):avg:other{*} > 1")
    before, after = (
        [found("a.json", name="a"), other],
        [other, found("c.json", name="a", query="max(last_5m):max:m{*} > 1")],
    )
    assert kinds(before, after) == [("changed", "a")]


def test_two_files_are_one_to_the_other_whatever_they_are_called() -> None:
    old, new = (
        Side("old.json", [found("old.json")], prefix="old.json"),
        Side("x.json", [found("x.json", message="b", name="c")], prefix="x.json"),
    )
    assert [change.kind for change in review(old, new, ReviewOptions()).changes] == ["changed"]


def test_a_file_that_moved_is_counted_and_not_shown() -> None:
    made = review(Side("base", [found("a.json")]), Side("head", [found("b.json")]), ReviewOptions())
    assert (made.changes, made.unchanged, made.moved) == ([], 1, 1)


def test_what_an_api_answer_has_besides_settings_is_no_change() -> None:
    answered = {
        "id": 1,
        "modified": "2026-01-01",
        "overall_state": "OK",
        "creator": {"name": "x"},
        "options": {**BODY["options"], "silenced": {}},
    }
    assert kinds([found("a.json", id=1)], [found("a.json", **answered)]) == []


def test_order_of_tags_no_value_and_the_way_a_number_is_written_are_no_change() -> None:
    other = {
        "tags": ["env:prod", "team:a"],
        "priority": None,
        "options": {"thresholds": {"critical": 90.0}, "renotify_interval": 60},
    }
    assert kinds([found("a.json")], [found("a.json", **other)]) == []


def test_of_a_set_only_what_is_new_or_gone_is_told() -> None:
    (change,) = changes([found("a.json")], [found("a.json", tags=["env:prod", "team:b"])])
    assert headline(change) == "high: tags with team:b, without team:a"


def test_a_list_of_tables_is_told_field_by_field() -> None:
    before, after = ({"variables": [{"name": "a", "compute": {"aggregation": one}}]} for one in ("sum", "max"))
    (change,) = changes([found("a.json", options=before)], [found("a.json", options=after)])
    assert headline(change) == "high: variables[0].compute.aggregation sum → max"


def test_one_and_true_are_not_the_same() -> None:
    before, after = ({**BODY["options"], "notify_no_data": value} for value in (True, 1))
    assert kinds([found("a.json", options=before)], [found("a.json", options=after)]) == [("changed", "high")]


def test_a_composite_whose_members_only_got_other_ids_is_the_same() -> None:
    def side(first: int) -> list[MonitorInFile]:
        members = [found(f"main.tf datadog_monitor.m{first}{n}", "main.tf", id=first + n, name=f"m{n}") for n in (0, 1)]
        return [
            *members,
            found(
                "main.tf datadog_monitor.c",
                "main.tf",
                id=9,
                type="composite",
                name="both",
                query=f"{first} && {first + 1}",
            ),
        ]

    assert kinds(side(100), side(300)) == []


def test_a_composite_whose_member_changed_is_affected() -> None:
    def side(message: str) -> list[MonitorInFile]:
        return [
            found("a.json", id=1, name="a", message=message),
            found("c.json", id=2, type="composite", name="c", query="1 && 1"),
        ]

    changed, affected = changes(side("x @a@example.com"), side("y @a@example.com"))
    assert (changed.kind, affected.kind, affected.because) == ("changed", "affected", ["its member a changed"])


EDITS = (
    "threshold",
    "name",
    "message",
    "query",
    "tag",
    "option",
    "drop option",
    "remove",
    "add",
    "move",
    "shuffle tags",
)


def edited(rng: random.Random, side: dict[str, dict[str, Any]], edit: str, number: int) -> tuple[str, str] | None:
    """Edit one monitor of a side: what it is now called and what became of it; None where nothing did."""
    file = rng.choice([name for name in side if not name.startswith("edited")])
    body = copy.deepcopy(side.pop(file))
    expected: tuple[str, str] | None = (body["name"], "changed")
    kept = f"edited-{file}" if edit == "move" else file
    if edit == "threshold":
        body["options"]["thresholds"]["critical"] += rng.choice([-5, 1, 0.5])
    elif edit == "name":
        body["name"] += f" {number}"
        expected = (body["name"], "renamed")
    elif edit == "message":
        body["message"] = body["message"].replace("@ops", "@dev")
    elif edit == "query":
        body["query"] = body["query"].replace("last_5m", "last_10m")
    elif edit == "tag":
        body["tags"].append(f"new:{number}")
    elif edit == "option":
        body["options"][f"option_{number}"] = rng.choice([True, 0, "x", [1], {"deep": {"er": 1}}])
    elif edit == "drop option":
        del body["options"]["renotify_interval"]
    elif edit == "remove":
        return body["name"], "removed"
    elif edit == "add":
        added = {**copy.deepcopy(BODY), "name": f"added {number}", "query": f"added {number} > 1"}
        side[f"edited-new-{number}.json"] = added
        side[file] = body
        return added["name"], "new"
    elif edit == "shuffle tags":
        rng.shuffle(body["tags"])
        expected = None
    else:
        expected = None
    side[kept if edit == "move" else f"{file}"] = body
    return expected


@pytest.mark.parametrize("seed", range(200))
def test_of_random_edits_nothing_changed_is_missed_and_nothing_unchanged_is_shown(seed: int) -> None:
    rng = random.Random(seed)
    with_ids, in_a_list = rng.random() < 0.5, rng.random() < 0.3
    before: dict[str, dict[str, Any]] = {}
    for number in range(rng.randint(3, 20)):
        body = copy.deepcopy(BODY) | {"name": f"monitor {number}", "query": f"avg(last_5m):avg:m{number}{{*}} > 90"}
        before[f"m{number}.json"] = ({"id": 1000 + number} if with_ids else {}) | body
    after, expected, touched = copy.deepcopy(before), {}, set()
    for number in range(rng.randint(0, 5)):
        left = {
            name: body for name, body in after.items() if body["name"] not in touched and not name.startswith("edited")
        }
        if not left:
            break
        rest = {name: body for name, body in after.items() if name not in left}
        names = {body["name"] for body in left.values()}
        result = edited(rng, left, rng.choice(EDITS), number)
        touched |= {body["name"] for body in left.values()} - names
        if result is not None:
            touched.add(result[0])
            expected[result[0]] = result[1]
        after = rest | left
    made = review(Side("base", listed(before, in_a_list)), Side("head", listed(after, in_a_list)), ReviewOptions())
    assert {change.name: change.kind for change in made.changes} == expected
    assert len(made.changes) == len(expected)
    unchanged = len(after) - sum(kind != "removed" for kind in expected.values())
    assert made.unchanged == unchanged


def listed(side: Mapping[str, dict[str, Any]], in_a_list: bool) -> list[MonitorInFile]:
    if in_a_list:
        return [MonitorInFile(f"all.json[{n}]", body, file="all.json") for n, body in enumerate(side.values())]
    return [MonitorInFile(name, body, file=name) for name, body in sorted(side.items())]
