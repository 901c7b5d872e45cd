"""The live loop, the backtest and the unit test make the same of one history: the same transitions, the same notifications, sent or silenced."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from live_house import T0, Live, Points, living

from doghouse import monitors as mon
from doghouse.backtest.run import Backtest, backtest
from doghouse.downtimes import Downtime
from doghouse.metrics.model import MetricType
from doghouse.monitors.notification_rules import read
from doghouse.notifications.model import Notification
from doghouse.tags.pairs import group_text
from doghouse.testing.running import run as run_unit_tests

MINUTES = 60
GROUPS = (("a", "x"), ("b", "x"), ("c", "y"))  # host and zone of each series

Samples = Sequence[float | None]

stays = st.tuples(
    st.sampled_from([None, 0.0, 60.0, 85.0, 100.0, 100.0]), st.integers(1, 9)
)  # a value, and for how many minutes
samples = st.lists(stays, min_size=3, max_size=9).map(
    lambda parts: [value for value, many in parts for _ in range(many)]
)
downtimes = st.lists(
    st.fixed_dictionaries(
        {
            "start": st.integers(0, 25),
            "minutes": st.integers(1, 12),
            "again": st.sampled_from([None, None, 0, 3]),  # a recurring one, that is on again after so many minutes
            "canceled": st.sampled_from([None, None, 4, 17]),  # minutes after T0, and a half
            "scope": st.sampled_from(["*", "*", "host:a", "zone:x", "host:(a OR c)"]),
            "mute_first_recovery_notification": st.booleans(),
            "notify_end_types": st.sampled_from([["expired"], ["expired"], ["canceled", "expired"], []]),
            "notify_end_states": st.sampled_from([["alert", "warn", "no data"], ["alert"]]),
        }
    ),
    min_size=1,
    max_size=4,
)
OPTIONS: list[dict[str, object]] = [
    {},
    {"notify_no_data": True, "no_data_timeframe": 6},
    {"renotify_interval": 3, "escalation_message": "still {{value}} @boss@example.com"},
    {
        "renotify_interval": 3,
        "renotify_occurrences": 2,
        "renotify_statuses": ["warn", "no data"],
        "on_missing_data": "show_and_notify_no_data",
    },
    {"on_missing_data": "show_no_data"},
    {"on_missing_data": "resolve", "evaluation_delay": 90},
    {"on_missing_data": "default", "require_full_window": True},
    {"timeout_h": 1, "new_group_delay": 120},
]
CONDITIONS: list[tuple[str, dict[str, float]]] = [
    ("> 90", {"critical": 90, "warning": 80}),
    ("> 90", {"critical": 90, "warning": 80, "critical_recovery": 70, "warning_recovery": 50}),
    ("<= 60", {"critical": 60, "warning": 85, "critical_recovery": 70}),
    ("!= 0", {"critical": 0}),
]
QUERIES = [
    "avg(last_2m):avg:m{*}",
    "max(last_1m):avg:m{*} by {host}",
    "max(last_1m):avg:m{*} by {host,zone}",
    "max(last_1m):avg:m{zone:x} by {host}",
    "change(avg(last_2m),last_2m):sum:m{*}",
    'formula("a - b / 10").last("2m")',
    'formula("anomalies(b, \'basic\', 2, interval=60)").last("10m")',
]
VARIABLES = [
    {"data_source": "metrics", "name": "a", "query": "avg:m{*} by {host}", "aggregator": "last"},
    {"data_source": "metrics", "name": "b", "query": "max:m{*} by {host}", "aggregator": "area"},
]
MESSAGES = [
    "{{value}} {{host.name}} {{triggered_duration_sec}} @ops@example.com",
    "{{value}} for those whom rules name",
    "{{#is_alert}}{{#is_renotify}}again{{/is_renotify}} @a@example.com{{/is_alert}}{{^is_alert}}{{last_triggered_at}} @b@example.com{{/is_alert}}",
]
RULES: list[list[dict[str, Any]]] = [
    [],
    [],
    [{"name": "all", "filter": {"tags": ["team:x"]}, "recipients": ["r@example.com"]}],
    [
        {
            "name": "by state and group",
            "filter": {"scope": "host:(a OR b) AND NOT zone:y"},
            "conditional_recipients": {
                "conditions": [{"scope": "transition_type:is_alert", "recipients": ["b@example.com", "webhook-x"]}],
                "fallback_recipients": ["f"],
            },
        }
    ],
]
PRESETS = [None, "hide_query", "hide_handles", "hide_query_and_handles", "show_only_snapshot", "hide_all"]


def body_of(query: str, condition: tuple[str, dict[str, float]], message: str, **options: object) -> dict[str, Any]:
    """A metric monitor as its API has it."""
    comparison, thresholds = condition
    chosen = {name: value for name, value in options.items() if value is not None}
    if query.startswith("formula"):
        chosen["variables"] = VARIABLES
    return {
        "type": "metric alert",
        "query": f"{query} {comparison}",
        "name": "High {{host.name}}",
        "message": message,
        "tags": ["team:x"],
        "priority": 2,
        "options": {"new_group_delay": 0, **chosen, "thresholds": thresholds},
    }


def history_of(series: Sequence[Samples], kind: MetricType = "gauge") -> Points:
    points = Points()
    for values, (host, zone) in zip(series, GROUPS, strict=False):
        points.give(values, host=host, tags=(f"zone:{zone}",), type=kind, interval=0 if kind == "gauge" else 60)
    return points


def store(house: Live, wanted: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Store the downtimes; when each that is to be canceled is (s UTC)."""
    canceled: dict[str, float] = {}
    for one in wanted:
        attributes = {name: value for name, value in one.items() if "_" in name or name == "scope"}
        start, end = one["start"], one["start"] + one["minutes"]
        if one["again"] is not None:
            recurrences = [
                {
                    "start": f"2026-03-02T{10 + when // 60}:{when % 60:02d}",
                    "duration": f"{one['minutes']}m",
                    "rrule": "FREQ=DAILY;COUNT=1",
                }
                for when in (start, end + one["again"])
            ]
            attributes["schedule"] = {"timezone": "UTC", "recurrences": recurrences}
        identity = house.downtime(f"10:{start:02d}", f"{10 + end // 60}:{end % 60:02d}", **attributes)
        if one["canceled"] is not None:
            canceled[identity] = T0 + 60 * one["canceled"] + 30
    return canceled


def run(house: Live, canceled: Mapping[str, float], minutes: int = MINUTES) -> list[Downtime]:
    """Let the time pass, each downtime canceled at its time; the downtimes as they were in the end."""
    for when in sorted(set(canceled.values())):
        house.advance(int(when - house.clock.now()) // 60)
        house.clock.set(when)
        for identity in [one for one, at in canceled.items() if at == when]:
            house.cancel(identity)
    house.advance(minutes - int(house.clock.now() - T0) // 60)
    records = house.stores.downtimes.all()
    return [house.stores.downtimes.downtime(one) for one in records]


def comparable(notifications: Sequence[Notification]) -> list[dict[str, Any]]:
    """Notifications in an order of their own, without what only the inbox gives them; times in whole seconds."""
    plain = [msgspec.structs.asdict(notification) for notification in notifications]
    for one in plain:
        del one["id"], one["event_id"]
        one |= {name: int(one[name]) for name in ("at", "since", "until")} | {"value": repr(one["value"])}
    return sorted(plain, key=repr)


def as_unit_test(
    folder: Path,
    body: Mapping[str, Any],
    series: Sequence[Samples],
    downtimes: Sequence[Downtime],
    rules: Sequence[Mapping[str, Any]],
    test: Backtest,
    minutes: int,
    kind: MetricType,
) -> Path:
    """A test file that expects what a backtest gave."""

    def expected(notifications: Sequence[Notification]) -> list[dict[str, Any]]:
        return [
            {
                "at": f"+{int(one.at - T0)}s",
                "transition": one.transition,
                "to": list(one.recipients),
                "group": group_text(one.group),
                "subject": one.subject,
                "contains": [one.body],
            }
            | ({"by": one.silenced_by} if one.silenced_by else {})
            for one in notifications
        ]

    notifications = test.notifications()
    path = folder / "same.test.yaml"
    written = {
        f"m{{host:{host},zone:{zone}}}": {"type": kind, "values": list(values)}
        for values, (host, zone) in zip(series, GROUPS, strict=False)
    }
    case = {
        "name": "the same",
        "series": written,
        "until": f"+{minutes}m",
        "unread": ["*"],
        "transitions": [
            " ".join(filter(None, (f"+{int(one.at - T0)}s", one.after.label, group_text(group))))
            for group, one in test.transitions()
        ],
        "notifications": expected([one for one in notifications if not one.silenced_by]),
        "silenced": expected([one for one in notifications if one.silenced_by]),
        "exact": True,
    }
    file = {
        "monitor": dict(body),
        "start": "2026-03-02T10:00Z",
        "downtimes": [{**(one.document or {}), "name": one.label} for one in downtimes],
        "rules": list(rules),
        "tests": [case],
    }
    path.write_text(json.dumps(file))
    return path


ENDS = ["alert", "warn", "no data"]


def quiet(**given: Any) -> dict[str, Any]:
    """A downtime over everything, from T0 on."""
    usual = {"mute_first_recovery_notification": False, "notify_end_types": ["expired"]}
    return {"start": 0, "again": None, "canceled": None, "scope": "*", **usual, **given}


@settings(max_examples=40, deadline=None)
@example(
    # the second host is known first, and both warn in the second minute
    [[None, 85.0, None, None, None], [100.0, 60.0, None, None, None]],
    [],
    body_of(QUERIES[1], CONDITIONS[1], MESSAGES[0], notify_by=["*"]),
    RULES[0],
)
@example(
    [[None] * 5, [None] * 4 + [85.0]],
    [quiet(minutes=6)],
    body_of(QUERIES[1], CONDITIONS[0], MESSAGES[0], notify_by=["*"]),
    RULES[0],
)
# canceled between two ticks, of which the second recovers: the end tells of the state before it
@example(
    [[100.0] * 5 + [0.0] * 5],
    [quiet(minutes=12, canceled=5, notify_end_types=["canceled"])],
    body_of(QUERIES[1], CONDITIONS[0], MESSAGES[0]),
    RULES[0],
)
# triggered in one occurrence, recovered in the next, which follows without a break
@example(
    [[0.0, 0.0, 100.0, 100.0, 100.0, 0.0, 0.0]],
    [quiet(minutes=4, again=0)],
    body_of(QUERIES[1], CONDITIONS[0], MESSAGES[0]),
    RULES[0],
)
# the last point has none to be compared with: what is missing counts from the last difference on
@example(
    [[0.0, 0.0, 0.0, None, None, 0.0]],
    [],
    body_of(QUERIES[4], CONDITIONS[0], MESSAGES[1], notify_no_data=True, no_data_timeframe=6),
    RULES[2],
)
# two downtimes begin alike, and one is canceled: until then nothing tells which holds
@example(
    [[None] * 15 + [85.0] + [None] * 5],
    [
        quiet(start=16, minutes=2, notify_end_states=ENDS),
        quiet(start=16, minutes=2, canceled=17, notify_end_states=ENDS),
    ],
    body_of(QUERIES[0], CONDITIONS[0], MESSAGES[0]),
    RULES[0],
)
@given(
    st.lists(samples, min_size=1, max_size=3),
    downtimes,
    st.builds(
        lambda query, condition, message, options, notify_by, preset: body_of(
            query,
            condition,
            message,
            **options,
            notify_by=notify_by if "by {" in query else None,
            notification_preset_name=preset,
        ),
        st.sampled_from(QUERIES),
        st.sampled_from(CONDITIONS),
        st.sampled_from(MESSAGES),
        st.sampled_from(OPTIONS),
        st.sampled_from([None, None, ["*"], ["host"]]),
        st.sampled_from(PRESETS),
    ),
    st.sampled_from(RULES),
)
def test_live_loop_backtest_and_unit_test_send_and_silence_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    series: list[Samples],
    wanted: list[dict[str, Any]],
    body: dict[str, Any],
    rules: list[dict[str, Any]],
) -> None:
    agree(tmp_path_factory.mktemp("live"), series, wanted, body, rules)


def season(hours: int) -> list[float]:
    """A pattern that repeats each hour, a sample a minute, with a little besides that does not."""
    return [60 + 20 * math.sin(minute * math.pi / 30) + minute * 7919 % 11 / 5 for minute in range(60 * hours)]


@settings(max_examples=4, deadline=None)
@given(
    st.lists(samples, min_size=1, max_size=2),
    st.sampled_from(["agile", "robust", "basic"]),
    st.sampled_from([" by {host}", ""]),
    st.sampled_from(["seasonality='hourly'", "seasonality='hourly', count_default_zero='true'"]),
)
def test_an_anomaly_monitor_does_the_same_live_in_a_backtest_and_in_a_unit_test(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[Samples], algorithm: str, by: str, named: str
) -> None:
    """Four hours that repeat, then what was drawn; the first three have no band."""
    named = f"{named}, interval=60, alert_window='last_5m'"
    query = f"avg(last_30m):anomalies(avg:m{{*}}{by}, '{algorithm}', 2, {named})"
    body = body_of(query, (">= 0.6", {"critical": 0.6, "critical_recovery": 0}), MESSAGES[0])

    agree(tmp_path_factory.mktemp("live"), [[*season(4), *values] for values in drawn], [], body, [], 300)


def agree(
    folder: Path,
    series: list[Samples],
    wanted: list[dict[str, Any]],
    body: dict[str, Any],
    rules: list[dict[str, Any]],
    minutes: int = MINUTES,
    kind: MetricType = "gauge",
) -> None:
    """Whether live loop, backtest and unit test send and silence the same in so many minutes from T0 on."""
    points = history_of(series, kind)
    with living(folder, points=points) as house:
        number = house.monitor(**body)
        for rule in rules:
            house.rule(**rule)
        downtimes = run(house, store(house, wanted), minutes)
        live = [notification for notification in house.notifications if notification.recipients]
        states = {group: state.status for group, state in house.stores.monitors.states(number).items()}

    monitor, end = mon.parse({**body, "id": number}), T0 + 60 * minutes
    test = backtest(monitor, points, T0, end, downtimes, rules=read(rules))

    assert comparable(live) == comparable(test.notifications())
    ended = {one.group: one.status_at(T0 + 60 * minutes) for one in test.timelines}
    assert states == {
        group: status for group, status in ended.items() if status is not mon.Status.NEW or group in states
    }
    if not any(one.canceled for one in downtimes):  # a test file cannot say that
        path = as_unit_test(folder, {**body, "id": number}, series, downtimes, rules, test, minutes, kind)
        (result,) = run_unit_tests(path, force=True)  # the property makes monitors that Datadog would refuse
        assert result.passed, result.differences
