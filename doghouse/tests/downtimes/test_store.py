"""Downtimes as they are kept: which are found for whom, what is held, and what a cancellation changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doghouse.downtimes import matching, record, v1
from doghouse.downtimes.holds import Hold
from doghouse.downtimes.matching import Cover
from doghouse.downtimes.schedule import Stretch
from doghouse.downtimes.store import DowntimeStore
from doghouse.storage.sqlite import Database
from doghouse.web.errors import ApiError

NOW = 1_772_445_600.0  # 2026-03-02T10:00:00Z


def iso(after: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(NOW + after, UTC).isoformat()


@pytest.fixture
def store(tmp_path: Path) -> DowntimeStore:
    return DowntimeStore(Database(tmp_path / "x.sqlite"))


def add(
    store: DowntimeStore, scope: str = "*", start: float = 0, end: float | None = 600, tags: Any = ("*",), **more: Any
) -> record.Record:
    identifier = more.pop("monitor_identifier", {"monitor_tags": list(tags)})
    schedule = {"start": iso(start), "end": None if end is None else iso(end)}
    sent = {"scope": scope, "monitor_identifier": identifier, "schedule": schedule, **more}
    return store.add(record.fill_in(sent, NOW), None, NOW)


def test_a_downtime_is_got_by_its_number_and_its_id(store: DowntimeStore) -> None:
    first, second = add(store), add(store)
    assert (first.number, second.number, first.created, first.modified, first.updated) == (1, 2, NOW, NOW, False)
    assert [store.get(2), store.get(first.id), store.get(3), store.get("x")] == [second, first, None, None]
    assert store.all() == [first, second]
    assert [store.page(0, 1), store.page(1, 5), store.page(0, 0)] == [([first], 2), ([second], 2), ([], 2)]


def test_those_that_may_hold_a_monitor_are_not_over_and_name_it_or_its_tags(store: DowntimeStore) -> None:
    mine = add(store, monitor_identifier={"monitor_id": 7})
    add(store, monitor_identifier={"monitor_id": 8})
    every, tagged, later, endless = add(store), add(store, tags=["a:b"]), add(store, start=300), add(store, end=None)
    add(store, tags=["c:d"])
    add(store, start=-600, end=-1)
    ends_now = add(store, start=-600, end=60)

    def live(now: float, tags: list[str]) -> list[str]:
        return [each.id for each in store.live(7, tags, now)]

    assert live(NOW, ["a:b", "x"]) == [each.id for each in (mine, every, tagged, later, endless, ends_now)]
    assert live(NOW + 59, []) == [each.id for each in (mine, every, later, endless, ends_now)]
    assert live(NOW + 60, []) == [each.id for each in (mine, every, later, endless)]
    assert live(NOW + 600, ["a:b"]) == [endless.id]
    assert [each.number for each in store.targeting(7)] == [mine.number]


def test_a_cancellation_ends_what_has_not_ended(store: DowntimeStore) -> None:
    runs, comes, over = add(store), add(store, start=300), add(store, start=-600, end=-1)
    for each in (runs, comes, over):
        store.cancel(each, NOW + 5)
    kept = [store.get(each.number) for each in (runs, comes, over)]
    assert [each and (each.canceled, each.modified, each.updated, each.revision) for each in kept] == [
        (NOW + 5, NOW + 5, True, 1),
        (NOW + 5, NOW + 5, True, 1),
        (None, NOW, False, 0),
    ]
    assert kept[0]
    store.cancel(kept[0], NOW + 9)
    assert store.get(runs.number) == kept[0]
    assert store.live(1, [], NOW + 5) == []
    assert [each.id for each in store.live(1, [], NOW + 4)] == [runs.id, comes.id]


def test_a_change_is_kept_and_seen(store: DowntimeStore) -> None:
    before = add(store, scope="a:b")
    assert store.downtime(before).scope == "a:b"
    sent = record.V1(1, 2, None)
    changed = store.change(
        before, {**before.attributes, "scope": "c:d", "monitor_identifier": {"monitor_id": 3}}, sent, NOW + 9
    )
    assert (changed.modified, changed.updated, changed.revision, changed.v1, changed.created) == (
        NOW + 9,
        True,
        1,
        sent,
        NOW,
    )
    assert store.get(before.id) == changed
    assert store.downtime(changed).scope == "c:d"
    assert [store.of_scope(scope, NOW) for scope in ("a:b", "c:d")] == [[], [changed]]
    assert (store.targeting(3), store.live(4, [], NOW)) == ([changed], [])


def test_those_of_a_scope_are_active_or_scheduled_and_alike_ones_say_all_the_same(store: DowntimeStore) -> None:
    one, other = add(store, scope="a:b"), add(store, scope="a:b", start=60)
    add(store, scope="a:b", start=-9, end=-1)
    add(store, scope="a:b AND c:d")
    gone = add(store, scope="a:b", start=120)
    store.cancel(gone, NOW)
    assert [each.id for each in store.of_scope("a:b", NOW)] == [one.id, other.id]
    assert store.like(one.attributes, NOW) == [one.id]
    assert store.like({**one.attributes, "message": "m"}, NOW) == []
    assert store.like(one.attributes, NOW + 600) == []


def test_what_is_held_is_the_groups_in_scope_of_what_is_active(store: DowntimeStore) -> None:
    named = add(store, scope="host:a AND env:x", monitor_identifier={"monitor_id": 7})
    every = add(store, scope="host:a", end=None)
    add(store, scope="host:c")
    add(store, scope="host:a", start=60)
    nobody = add(store, scope="host:z", monitor_identifier={"monitor_id": 7})
    a, b = (("host", "a"),), (("host", "b"),)
    holds = store.holding(NOW)(7, [], ["env:x"], [a, b])
    assert holds == [
        Hold(named.number, named.id, 7, NOW, NOW + 600, ["host:a", "env:x"], [a]),
        Hold(every.number, every.id, None, NOW, None, ["host:a"], [a]),
        Hold(nobody.number, nobody.id, 7, NOW, NOW + 600, ["host:z"], []),
    ]
    assert [hold.id for hold in store.holding(NOW)(8, [], [], [a, b])] == [every.number]
    assert store.holding(NOW - 1)(7, [], ["env:x"], [a, b]) == []


def test_a_mute_is_a_downtime_from_now_and_an_unmute_cancels_it(store: DowntimeStore) -> None:
    mine = store.mute(7, "host:a", NOW + 60, NOW, "m")
    assert (mine["monitor_id"], mine["scope"], mine["start"], mine["end"], mine["message"]) == (
        7,
        ["host:a"],
        NOW,
        NOW + 60,
        "m",
    )
    every = store.mute(None, "host:a", None, NOW)
    assert (every["monitor_id"], every["monitor_tags"], every["end"], every["message"]) == (None, ["*"], None, None)
    other = store.mute(7, "host:b", None, NOW)
    both = store.mute(7, "host:b,env:x", None, NOW)
    with pytest.raises(ApiError, match=r"^The end of a downtime must be after its start$"):
        store.mute(7, "*", NOW, NOW)
    assert store.unmute(7, "host:b, env:x", NOW + 1) == [both["id"]]
    assert store.unmute(7, "host:a", NOW + 1) == [mine["id"]]
    assert store.unmute(7, None, NOW + 2) == [other["id"]]
    assert store.unmute(7, None, NOW + 3) == []
    assert store.unmute(None, None, NOW + 3) == [every["id"]]


def test_a_host_has_one_downtime_of_all_monitors(store: DowntimeStore) -> None:
    first = store.mute_host("a", None, None, NOW)
    second = store.mute_host("a", NOW + 60, "m", NOW + 1)
    kept = [store.get(number) for number in (first, second)]
    assert [each and each.canceled for each in kept] == [NOW + 1, None]
    assert [store.unmute_host("a", NOW + 2), store.unmute_host("a", NOW + 3)] == [second, None]


def test_version_1_answers_all_that_there_is(store: DowntimeStore) -> None:
    attributes, sent = v1.read({"scope": "host:a", "start": NOW, "end": NOW + 60, "monitor_tags": ["b", "a"]}, NOW)
    made = store.add(record.fill_in(attributes, NOW), sent, NOW + 0.7)
    answer = v1.answer(made, store.downtime(made), NOW + 30)
    user = answer.pop("creator_id")
    assert answer.pop("org_id") > 0
    assert answer == {
        "message": None,
        "mute_first_recovery_notification": False,
        "notify_end_states": ["alert", "no data", "warn"],
        "notify_end_types": ["expired"],
        "id": 1,
        "uuid": made.id,
        "monitor_id": None,
        "monitor_tags": ["a", "b"],
        "scope": ["host:a"],
        "downtime_type": 1,
        "start": NOW,
        "end": NOW + 60,
        "timezone": "UTC",
        "recurrence": None,
        "active": True,
        "status": "active",
        "disabled": False,
        "canceled": None,
        "created": NOW,
        "modified": NOW,
        "updater_id": None,
        "parent_id": None,
        "child_id": None,
    }
    store.cancel(made, NOW + 31.9)
    gone = store.get(1)
    assert gone
    said = v1.answer(gone, store.downtime(gone), NOW + 32)
    assert (said["active"], said["status"], said["disabled"], said["canceled"], said["updater_id"]) == (False, "canceled", True, NOW + 31, user)  # fmt: skip


# -- ends


def cover(start: float, end: float, ended_by: str = "expired", **more: Any) -> Cover:
    from doghouse import downtimes as dt

    return Cover(dt.parse({"scope": "*", **more}, NOW), Stretch(start, end, ended_by))


def test_the_ends_in_a_stretch_are_released_by_time_from_behind_its_beginning_to_its_end() -> None:
    covers = [cover(0, 30), cover(0, 10), cover(40, 50)]
    found = [matching.releases(covers, *each) for each in ((0, 60), (10, 30), (9, 10), (30, 49))]
    assert [[each.stretch.end for each in part] for part in found] == [[30, 50], [30], [], []]


def test_an_end_inside_another_downtime_or_at_the_next_ones_beginning_is_not_released() -> None:
    assert matching.releases([cover(0, 10), cover(10, 20)], 0, 15) == []
    assert [each.stretch.end for each in matching.releases([cover(0, 10), cover(10.5, 20)], 0, 15)] == [10]


def test_of_several_that_end_at_once_the_one_that_notifies_most_is_released() -> None:
    few, most = cover(0, 10, notify_end_states=["alert"]), cover(5, 10, notify_end_states=["alert", "warn"])
    silent = cover(7, 10, "canceled", notify_end_states=["alert", "warn", "no data"])
    for covers in ([few, most, silent], [silent, most, few]):
        assert matching.releases(covers, 0, 10) == [most]


@pytest.mark.parametrize(
    ("state", "notifies_no_data", "ended_by", "released"),
    [
        ("alert", False, "expired", True),
        ("warn", False, "expired", False),
        ("no data", False, "expired", False),
        ("no data", True, "expired", True),
        ("ok", True, "expired", False),
        ("alert", True, "canceled", False),
    ],
)
def test_what_an_end_notifies(state: str, notifies_no_data: bool, ended_by: str, released: bool) -> None:
    ending = cover(0, 10, ended_by, notify_end_states=["alert", "no data"])
    assert matching.released(ending, state, notifies_no_data=notifies_no_data) is released


def test_a_recovery_is_let_through_where_it_triggered_before_all_that_covers_it() -> None:
    first, second = cover(10, 20), cover(15, 30)

    def silenced(at: float, began: float | None, covers: list[Cover], recovery: bool = True) -> bool:
        return matching.silencer(covers, at, recovery=recovery, episode_start=began) is not None

    assert [silenced(12, began, [first]) for began in (9, 10, None)] == [False, True, True]
    assert [silenced(at, 9, [first], recovery=False) for at in (9.9, 10, 19.9, 20)] == [False, True, True, False]
    assert [silenced(16, began, [first, second]) for began in (9, 12)] == [False, True]
    assert silenced(12, 9, [cover(10, 20, mute_first_recovery_notification=True)])
    of_one = cover(10, 20)
    touching = [of_one, Cover(of_one.downtime, Stretch(20, 30))]
    assert [silenced(25, began, touching) for began in (9, 15)] == [False, True]
