"""The live loop over real stores: what it sends, keeps and makes up for; the same as the backtest of the same history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from live_house import HIGH, T0, TOLD, Live, Points, S, living, shown

from doghouse import monitors as mon
from doghouse.events.model import Event
from doghouse.hosts.metadata import Reported


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Live]:
    with living(tmp_path) as live:
        yield live


def test_a_monitor_triggers_and_recovers_minute_by_minute(house: Live) -> None:
    house.points.give(S)
    house.monitor()

    house.advance(12)

    assert house.told == ["10:05 Triggered", "10:08 Recovered"]
    first = house.notifications[0]
    assert (first.body, first.recipients, first.value) == ("high 91.8 @ops@example.com", ("ops@example.com",), 91.8)


def test_a_loop_that_ends_leaves_its_ticks_to_the_next_start(tmp_path: Path) -> None:
    with living(tmp_path) as house:
        house.points.give(S)
        house.monitor()
        house.service.live.end()
        house.advance(6)
        assert house.told == []
    with living(tmp_path) as house:
        house.points.give(S)
        house.clock.set(T0 + 240)
        house.advance(1)
        assert house.told == ["10:05 Triggered"]


def test_the_store_knows_the_states(house: Live) -> None:
    house.points.give(S)
    monitor_id = house.monitor()

    house.advance(6)

    stored = house.stores.monitors.get(monitor_id)
    assert stored is not None
    assert stored.overall == "Alert"
    state = house.stores.monitors.states(monitor_id)[()]
    assert (state.status, state.last_triggered) == (mon.Status.ALERT, T0 + 300)


def test_a_downtime_silences_and_its_end_tells(house: Live) -> None:
    house.points.give(S)
    house.monitor()
    house.downtime("10:04", "10:06")

    house.advance(12)

    assert house.told == ["10:05 Triggered silenced", "10:06 Triggered (end)", "10:08 Recovered"]


def test_a_cancelled_downtime_tells_nothing_by_default(house: Live) -> None:
    house.points.give(S)
    house.monitor()
    downtime_id = house.downtime("10:04", "10:30")
    house.advance(6)

    house.cancel(downtime_id)
    house.advance(6)

    assert house.told == ["10:05 Triggered silenced", "10:08 Recovered"]


def test_a_cancelled_downtime_tells_if_it_was_asked_to(house: Live) -> None:
    house.points.give((100,) * 20)
    house.monitor()
    downtime_id = house.downtime("10:01", "10:30", notify_end_types=["canceled"])
    house.advance(6)

    house.cancel(downtime_id)
    house.advance(6)

    assert house.told == ["10:01 Triggered silenced", "10:06 Triggered (end)"]


def test_a_downtime_over_one_group_leaves_the_others_loud(house: Live) -> None:
    house.points.give((100,) * 10, host="a")
    house.points.give((100,) * 10, host="b")
    house.monitor("avg(last_5m):avg:m{*} by {host} > 90", options={"new_group_delay": 0})
    house.downtime("10:00", "11:00", scope="host:a")

    house.advance(3)

    assert sorted(house.told) == ["10:01 Triggered host:a silenced", "10:01 Triggered host:b"]


def test_a_muted_host_is_silent(house: Live) -> None:
    house.points.give((100,) * 10, host="a")
    house.stores.downtimes.mute_host("a", None, None, T0)  # as the endpoint that mutes hosts does
    house.monitor("avg(last_5m):avg:m{*} by {host} > 90", options={"new_group_delay": 0})

    house.advance(3)

    assert house.told == ["10:01 Triggered host:a silenced"]


def test_messages_know_the_host(house: Live) -> None:
    house.points.give((100,) * 10, host="a")
    meta = {"gohai": '{"network": {"ipaddress": "10.0.0.7"}}', "platform": "linux"}
    house.stores.hosts.report(Reported("a", meta, (), {"users": ("role:web",)}), T0)
    house.monitor(
        "avg(last_5m):avg:m{*} by {host} > 90",
        "{{host.ip}} {{host.role.name}} {{host.metadata_platform}} @a@example.com",
        options={"new_group_delay": 0},
    )

    house.advance(1)

    assert house.notifications[0].body == "10.0.0.7 web linux @a@example.com"


def test_groups_are_notified_together_by_the_keys_that_notify_by_names(house: Live) -> None:
    house.points.give([50] * 3 + [100] * 6 + [50] * 10, host="a")
    house.points.give([50] * 5 + [100] * 2 + [50] * 10, host="b")
    house.monitor(
        "avg(last_1m):avg:m{*} by {host} > 90", "@a@example.com", options={"notify_by": ["*"], "new_group_delay": 0}
    )

    house.advance(15)

    assert house.told == ["10:04 Triggered", "10:10 Recovered"]


def test_repeats_go_on_and_are_counted(house: Live) -> None:
    house.points.give((100,) * 60)
    house.monitor("avg(last_1m):avg:m{*} > 90", options={"renotify_interval": 10, "renotify_occurrences": 2})

    house.advance(45)

    assert house.told == ["10:01 Triggered", "10:11 Re-Triggered", "10:21 Re-Triggered"]


def test_a_long_window_is_evaluated_more_rarely(house: Live) -> None:
    house.points.give((100,) * 60)
    monitor_id = house.monitor("avg(last_1d):avg:m{*} > 90")

    house.advance(15)

    assert house.told == ["10:10 Triggered"]
    assert house.service.store.last(f"monitor:{monitor_id}") == T0 + 600


def test_a_stop_of_minutes_is_made_up_for(tmp_path: Path) -> None:
    points = Points()
    points.give(S)
    with living(tmp_path, points=points) as house:
        house.monitor()
        house.advance(3)

    with living(tmp_path, points=points, now=T0 + 720.0) as again:
        again.service.live.step()

        assert again.told == ["10:05 Triggered", "10:08 Recovered"]


def test_after_a_stop_of_hours_evaluation_begins_anew(tmp_path: Path) -> None:
    points = Points()
    points.give((100,) * 600)
    with living(tmp_path, points=points) as house:
        house.monitor()
        house.advance(3)

    with living(tmp_path, points=points, now=T0 + 5 * 3600.0) as again:
        again.service.live.step()

        assert again.told == ["10:01 Triggered"]
        assert again.service.store.last("monitor:1") == T0 + 5 * 3600


def test_a_minute_is_stepped_once(house: Live) -> None:
    house.points.give((100,) * 60)
    house.monitor()
    house.advance(2)

    for _ in range(3):
        house.service.live.step()

    assert house.told == ["10:01 Triggered"]


def test_a_monitor_that_cannot_be_evaluated_does_not_stop_the_others(house: Live) -> None:
    house.points.give((100,) * 10)
    house.monitor("avg(last_5m):outliers(avg:m{*} by {host}, 'dbscan', 2) > 0")
    house.monitor('logs("x").index("*").rollup("count").last("5m") > 1', type="log alert")
    house.monitor()

    house.advance(2)

    assert house.told == ["10:01 Triggered"]


def test_a_changed_monitor_is_stepped_as_it_now_is(house: Live) -> None:
    house.points.give((100,) * 20)
    monitor_id = house.monitor("avg(last_5m):avg:m{*} > 200")
    house.advance(3)
    stored = house.stores.monitors.get(monitor_id)
    assert stored is not None

    house.stores.monitors.replace(mon.parse({**stored.document, "query": HIGH}), house.clock.now())
    house.advance(2)

    assert house.told == ["10:04 Triggered"]


def test_a_deleted_monitor_is_silent(house: Live) -> None:
    house.points.give(S)
    monitor_id = house.monitor()
    house.advance(6)

    house.stores.monitors.delete(monitor_id)
    house.advance(6)

    assert house.told == ["10:05 Triggered"]


CHECK = '"can_connect".over("*").by("host").last(3).count_by_status()'


def test_a_service_check_alerts_after_consecutive_failures(house: Live) -> None:
    house.monitor(
        CHECK,
        "{{host.name}} {{check_message}} @a@example.com",
        "service check",
        options={"thresholds": {"critical": 2, "warning": 1, "ok": 2}},
    )
    for status in (0, 2, 2, 0, 0):
        house.check(status, message=f"said {status}")
        house.advance(1)

    assert house.told == ["10:03 Triggered host:a", "10:05 Recovered host:a"]
    assert house.notifications[0].body == "a said 2 @a@example.com"


def test_a_service_check_that_falls_silent_has_no_data(house: Live) -> None:
    house.monitor(CHECK, TOLD, "service check", options={"notify_no_data": True, "no_data_timeframe": 3})
    house.check(0)

    house.advance(6)

    assert house.told == ["10:03 No Data host:a"]


def test_a_check_that_says_unknown_is_told_where_a_threshold_counts_it(house: Live) -> None:
    """Whatever is said of missing data, which it is not."""
    message = "{{#is_unknown}}unknown {{/is_unknown}}{{#is_no_data}}silent {{/is_no_data}}@a@example.com"
    options = {"thresholds": {"critical": 1, "unknown": 1}, "notify_no_data": False}
    house.monitor(CHECK, message, "service check", options=options)
    for status in (0, 3, 0):
        house.check(status)
        house.advance(1)

    assert house.told == ["10:02 No Data host:a", "10:03 Recovered host:a"]
    assert house.notifications[0].body == "unknown @a@example.com"


def test_a_cluster_alert_counts_percent(house: Live) -> None:
    house.monitor(
        '"can_connect".over("*").last(1).pct_by_status()',
        TOLD,
        "service check",
        options={"thresholds": {"critical": 60, "warning": 30}},
    )
    for statuses in ((0, 0), (2, 0), (2, 2)):
        for host, status in zip("ab", statuses, strict=True):
            house.check(status, host=host)
        house.advance(1)

    assert house.told == ["10:03 Triggered"]


def test_a_composite_follows_its_members_and_a_downtime_of_a_member_does_not_silence_it(house: Live) -> None:
    house.points.give(S)
    house.points.give((100,) * 20, metric="other")
    high = house.monitor(message="x")
    other = house.monitor("avg(last_5m):avg:other{*} > 90", message="y")
    house.monitor(f"{high} && {other}", "{{a.value}} {{b.value}} @a@example.com", "composite", name="both")
    house.downtime("10:00", "11:00", monitor_identifier={"monitor_id": high})

    house.advance(10)

    mine = [one for one in house.notifications if one.monitor_name == "both"]
    assert [shown(one) for one in mine] == ["10:05 Triggered", "10:08 Recovered"]
    assert mine[0].body == "91.8 100.0 @a@example.com"


def test_notifications_are_events_too_unless_silenced(house: Live) -> None:
    house.points.give(S)
    house.monitor(tags=["team:x"])
    house.downtime("10:07", "10:20", mute_first_recovery_notification=True)

    house.advance(12)

    found = list(house.stores.events.between(T0, T0 + 3600))
    assert [one.title for one in found] == ["[Triggered] High"]
    assert found[0].alert_type == "error"
    assert "team:x" in found[0].tags
    assert HIGH in found[0].text


def test_an_event_that_mentions_somebody_is_told_to_them(house: Live) -> None:
    house.stores.events.add(Event("Deployed", "ask @dev@example.com", T0))

    assert [(one.kind, one.recipients) for one in house.notifications] == [("event", ("dev@example.com",))]


def test_a_downtime_with_a_message_says_when_it_is_scheduled_begins_and_ends(house: Live) -> None:
    house.advance(1)
    house.downtime("10:03", "10:05", message="Upgrading @team@example.com")

    house.advance(6)

    assert house.told == ["10:01 Downtime scheduled", "10:03 Downtime started", "10:05 Downtime ended"]


def test_a_cancelled_downtime_says_so_once(house: Live) -> None:
    house.advance(1)
    downtime_id = house.downtime("10:03", "10:30", message="Upgrading @team@example.com")
    house.advance(4)

    house.cancel(downtime_id)
    house.advance(30)

    assert house.told == ["10:01 Downtime scheduled", "10:03 Downtime started", "10:05 Downtime canceled"]
